//! Ingest: what an adapter observed becomes rows, derived facts and rollups, all in the caller's transaction.
//!
//! Idempotent by (connection, family, external id): the same page twice changes nothing, in whatever order pages come.

mod ageing;
mod authors;
mod corrected;
mod missing;
mod moderated;
mod page;
mod rated_anew;
mod retriage;
mod rollups;
mod shown;
mod spared;
mod store;
#[cfg(test)]
pub(super) mod tests;
mod versions;

use std::collections::HashSet;
use std::time::Duration;

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use kit::random::Random;

use super::derive::Language;
use super::jobs;
use super::threads::Touched;
use crate::events::{self, Event};
use crate::model::{ConnectionId, InteractionId, ObservedInteraction, Platform};
use crate::moderation;
use crate::replies;
use crate::workspaces::{self, WorkspaceId};

pub use ageing::{Aged, age, somebody_ages};
pub(super) use corrected::{by_rules, corrected};
pub use missing::{Missing, pass_completed};
pub use moderated::moderated;
pub(super) use retriage::Place;
pub use spared::{spare, spare_all_but, unseen};

use page::Page;
use retriage::Unsettled;
use rollups::Rollups;

/// Whose data is ingested, and the circumstances.
#[derive(Clone, Copy)]
pub struct IngestContext<'a> {
    pub workspace: WorkspaceId,
    pub connection: ConnectionId,
    pub platform: Platform,
    /// What the account's people mostly write.
    pub language: Option<Language>,
    pub now: Timestamp,
    pub random: &'a Random,
}

impl IngestContext<'_> {
    fn place(&self) -> Place<'_> {
        Place { workspace: self.workspace, connection: self.connection, now: self.now, random: self.random }
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
///
/// The workspace's lock comes first here and wherever interactions are read to be written: two who write what follows from
/// the same rows would lose one another's changes.
pub fn interactions(tx: &mut Tx, context: &IngestContext<'_>, observed: &[ObservedInteraction]) -> Result<Ingested> {
    let zone = workspaces::lock(tx, context.workspace)?;
    let mut rollups = Rollups::default();
    let mut page = Page::compare(tx, context, observed)?;
    page.write(tx, context, &mut rollups)?;
    rollups.apply(tx, context.workspace, context.connection, &zone)?;
    if page.has_newly_waiting {
        jobs::keep_ageing(tx, context.place())?;
    }
    if page.ingested.new + page.ingested.changed > 0 {
        replies::moderated(tx, context.now, context.connection)?;
        events::record(tx, context.now, context.workspace, Event::InboxChanged(context.connection))?;
    }
    Ok(page.ingested)
}

/// So far a platform's lists may lie behind what was done there.
const LAG: Duration = Duration::from_secs(60);

/// The same for what a list said that was asked for at `asked_at`: nothing of a comment with which something was done from
/// here since, or a moment before.
pub fn listed(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[ObservedInteraction],
    asked_at: Timestamp,
) -> Result<Ingested> {
    as_of(tx, context, observed, asked_at - LAG)
}

/// The same for what was asked for by its id.
pub fn fetched(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[ObservedInteraction],
    asked_at: Timestamp,
) -> Result<Ingested> {
    as_of(tx, context, observed, asked_at)
}

/// What was done from here since is newer than what was read.
fn as_of(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[ObservedInteraction],
    since: Timestamp,
) -> Result<Ingested> {
    workspaces::lock(tx, context.workspace)?;
    let done = moderation::done_since(tx, context.connection, since)?;
    if done.is_empty() {
        return interactions(tx, context, observed);
    }
    let is_it = |one: &ObservedInteraction, (_, family, external_id): &(InteractionId, String, String)| {
        *family == one.kind.family() && *external_id == one.external_id
    };
    let (lagging, rest): (Vec<_>, Vec<_>) =
        observed.iter().cloned().partition(|one| done.iter().any(|done| is_it(one, done)));
    let seen = done.iter().filter(|done| lagging.iter().any(|one| is_it(one, done))).map(|(id, ..)| *id);
    store::seen(tx, context, &seen.collect::<Vec<_>>())?;
    interactions(tx, context, &rest)
}

/// Those of the interactions that are here already, by family and external id.
pub fn known(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[&ObservedInteraction],
) -> Result<HashSet<(&'static str, String)>> {
    Ok(store::stored(tx, context, observed)?.into_keys().collect())
}

/// People's decisions about threads were written, taken back or ran out: what follows from it.
pub(super) fn decided(tx: &mut Tx, place: Place<'_>, zone: &TimeZone, threads: &[&str]) -> Result<()> {
    let mut rollups = Rollups::default();
    let touched = threads.iter().map(|thread| ((*thread).to_owned(), 0)).collect::<Touched>();
    let again = touched.keys().cloned().collect();
    retriage::settle(tx, place, Unsettled { touched, again, ..Unsettled::default() }, &mut rollups)?;
    rollups.apply(tx, place.workspace, place.connection, zone)?;
    events::record(tx, place.now, place.workspace, Event::InboxChanged(place.connection))
}
