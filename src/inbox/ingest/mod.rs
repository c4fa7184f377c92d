//! Ingest: what an adapter observed becomes rows, derived facts and rollups, all in the caller's transaction.
//!
//! Idempotent by (connection, family, external id): the same page twice changes nothing, in whatever order pages come.

mod ageing;
mod authors;
pub(super) mod lists;
mod missing;
mod page;
mod rollups;
mod spared;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use kit::random::Random;

use super::derive::Language;
use super::jobs;
use crate::model::{ConnectionId, ObservedInteraction, Platform};
use crate::workspaces::WorkspaceId;

pub use ageing::{Aged, age, somebody_ages};
pub use missing::{Missing, pass_completed};
pub use spared::spare;

use page::Page;
use rollups::Rollups;

/// Whose data is ingested, and the circumstances.
#[derive(Clone, Copy)]
pub struct IngestContext<'a> {
    pub workspace: WorkspaceId,
    pub connection: ConnectionId,
    pub platform: Platform,
    /// The owner's: whose midnight ends a day.
    pub time_zone: &'a TimeZone,
    /// What the account's people mostly write.
    pub language: Option<Language>,
    pub now: Timestamp,
    pub random: &'a Random,
}

impl IngestContext<'_> {
    /// The day of an instant in the owner's time zone, like `2026-11-22`.
    pub fn day(&self, at: Timestamp) -> String {
        at.to_jiff().to_zoned(self.time_zone.clone()).date().to_string()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
}

impl std::ops::AddAssign for Ingested {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// Keeps interactions with their authors, derives what their texts tell, and says who waits for an answer.
pub fn interactions(tx: &mut Tx, context: &IngestContext<'_>, observed: &[ObservedInteraction]) -> Result<Ingested> {
    let mut rollups = Rollups::default();
    let mut page = Page::compare(tx, context, observed)?;
    page.write(tx, context, &mut rollups)?;
    rollups.apply(tx, context.workspace, context.connection)?;
    if page.ingested.new + page.ingested.changed > 0 {
        tell_members(tx, context.workspace)?;
    }
    if page.has_newly_waiting {
        jobs::keep_ageing(tx, context)?;
    }
    Ok(page.ingested)
}

/// Those of the interactions that are here already, by family and external id.
pub fn known(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[&ObservedInteraction],
) -> Result<HashSet<(&'static str, String)>> {
    Ok(store::stored(tx, context, observed)?.into_keys().collect())
}

/// Open pages of everybody in the workspace look again.
pub(super) fn tell_members(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    for user in store::members(tx, workspace)? {
        tx.signal("hint", format!("{user}:inbox"));
    }
    Ok(())
}
