//! What is counted as it is written, so that no page counts interactions: by quarters of an hour, by days, by state.
//!
//! All of it can be counted again from the rows; the comparison is part of the examination, the mending a nightly job's.

mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use serde::Serialize;

use super::derive::PriorityBand;
use super::triage::TriageState;
use crate::model::ConnectionId;
use crate::workspaces::{self, WorkspaceId};

/// By kind, then by sentiment, then those that asked for an answer, and those that got one; in the columns' order.
pub type Counts = [i64; 11];

/// Where whoever asked for an answer is now, with or without one.
pub const ASKED: [TriageState; 5] =
    [TriageState::NeedsReply, TriageState::Answered, TriageState::Waiting, TriageState::Done, TriageState::Snoozed];

pub type Totals = BTreeMap<(TriageState, PriorityBand), i64>;

/// Every zone's offset is a multiple of it, so that every day of every zone is a whole number of them.
const QUARTER: i64 = 900_000_000;

/// Quarters of an hour since 1970.
pub fn quarter_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(QUARTER)
}

/// When a quarter begins.
pub fn start_of(quarter: i64) -> Timestamp {
    Timestamp::from_micros(quarter * QUARTER)
}

fn day_of(quarter: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(start_of(quarter).to_jiff()).date()
}

/// Adds to the quarters, and to the days in the workspace's zone: where they are still another zone's, they are counted anew.
pub(super) fn add(tx: &mut Tx, workspace: WorkspaceId, zone: &TimeZone, by: BTreeMap<i64, Counts>) -> Result<()> {
    if by.is_empty() {
        return Ok(());
    }
    store::add_to_quarters(tx, workspace, &by.iter().map(|(quarter, counts)| (*quarter, *counts)).collect::<Vec<_>>())?;
    if store::zone_of_days(tx, workspace)?.as_deref() == zone.iana_name() {
        store::add_to_days(tx, workspace, &by_day(by, zone))
    } else {
        count_days(tx, workspace, zone)
    }
}

pub(super) fn add_to_totals(tx: &mut Tx, workspace: WorkspaceId, connection: ConnectionId, by: Totals) -> Result<()> {
    by.into_iter().try_for_each(|((state, band), by)| store::add_to_total(tx, (workspace, connection), state, band, by))
}

fn count_days(tx: &mut Tx, workspace: WorkspaceId, zone: &TimeZone) -> Result<()> {
    let days = by_day(store::quarters(tx, workspace)?, zone);
    store::replace_days(tx, workspace, zone.iana_name().unwrap_or("UTC"), &days)
}

fn by_day(quarters: impl IntoIterator<Item = (i64, Counts)>, zone: &TimeZone) -> Vec<(String, Counts)> {
    let mut days: BTreeMap<Date, Counts> = BTreeMap::new();
    for (quarter, counts) in quarters {
        let day = days.entry(day_of(quarter, zone)).or_default();
        day.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    days.into_iter().map(|(day, counts)| (day.to_string(), counts)).collect()
}

/// How many counts of each kind are not what a recount finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drift {
    pub totals: usize,
    pub quarters: usize,
    pub days: usize,
    pub authors: usize,
}

impl Drift {
    pub const fn all(self) -> usize {
        self.totals + self.quarters + self.days + self.authors
    }
}

impl std::ops::AddAssign for Drift {
    fn add_assign(&mut self, other: Self) {
        self.totals += other.totals;
        self.quarters += other.quarters;
        self.days += other.days;
        self.authors += other.authors;
    }
}

/// Compares what is kept with what a recount of the workspace's rows finds. Reads every interaction's index.
pub fn drift(conn: &mut Conn, workspace: WorkspaceId) -> Result<Drift> {
    let quarters = store::recounted_quarters(conn, workspace)?;
    let days = match store::zone_of_days(conn, workspace)?.and_then(|zone| TimeZone::get(&zone).ok()) {
        Some(zone) => differences(by_day(quarters.clone(), &zone), store::days(conn, workspace)?),
        None => 0,
    };
    Ok(Drift {
        totals: differences(store::recounted_totals(conn, workspace)?, store::totals(conn, workspace)?),
        quarters: differences(quarters, store::quarters(conn, workspace)?),
        days,
        authors: store::miscounted_authors(conn, workspace)?.len(),
    })
}

/// Writes the recount where it differs; what it found.
pub fn mend(tx: &mut Tx, workspace: WorkspaceId) -> Result<Drift> {
    let zone = workspaces::lock(tx, workspace)?;
    let found = drift(tx, workspace)?;
    if found.totals > 0 {
        let totals = store::recounted_totals(tx, workspace)?;
        store::replace_totals(tx, workspace, &totals)?;
    }
    if found.quarters > 0 {
        let quarters = store::recounted_quarters(tx, workspace)?;
        store::replace_quarters(tx, workspace, &quarters)?;
    }
    if found.quarters + found.days > 0 {
        count_days(tx, workspace, &zone)?;
    }
    for (author, interactions) in store::miscounted_authors(tx, workspace)? {
        store::set_author(tx, author, interactions)?;
    }
    Ok(found)
}

/// Of two counts, how many keys differ; nothing counted and a count of nothing are the same.
fn differences<K: Ord, V: PartialEq + Default>(one: Vec<(K, V)>, other: Vec<(K, V)>) -> usize {
    let one = one.into_iter().filter(|(_, count)| *count != V::default()).collect::<BTreeMap<_, _>>();
    let other = other.into_iter().filter(|(_, count)| *count != V::default()).collect::<BTreeMap<_, _>>();
    let missing = one.keys().filter(|key| !other.contains_key(*key)).count();
    missing + other.iter().filter(|(key, count)| one.get(key) != Some(count)).count()
}
