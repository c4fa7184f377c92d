//! What people decide about threads, and where a thread stands.

#[cfg(test)]
mod tests;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

use super::ingest::{self, Place};
use super::threads::{self, Decision, Thread, ThreadId, ThreadState};
use crate::model::InteractionId;
use crate::workspaces::{self, UserId, WorkspaceId};

/// A person's word on a thread. It holds until the platform brings something new in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub state: ThreadState,
    /// With [`ThreadState::Snoozed`], and only with it.
    pub until: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such thread")]
    NotFound,
    #[error("a snooze needs an end, and nothing else has one")]
    Until,
    #[error(transparent)]
    Database(#[from] db::Error),
}

/// Keeps the word with who said it and when, and derives what follows from it.
pub fn decide(
    tx: &mut Tx,
    (now, random): (Timestamp, &Random),
    by: UserId,
    workspace: WorkspaceId,
    thread: ThreadId,
    word: Word,
) -> Result<Thread, Refused> {
    let is_snooze = word.state == ThreadState::Snoozed;
    if is_snooze != word.until.is_some() || word.until.is_some_and(|until| until <= now) {
        return Err(Refused::Until);
    }
    let zone = workspaces::lock(tx, workspace)?;
    let found = threads::store::find(tx, workspace, thread)?.ok_or(Refused::NotFound)?;
    let decision = Decision { state: word.state, snoozed_until: word.until, at_news: found.news };
    threads::store::decide(tx, (workspace, thread), decision, by, now)?;
    let place = Place { workspace, connection: found.connection_id, now, random };
    ingest::decided(tx, place, &zone, &found.external_id)?;
    threads::store::find(tx, workspace, thread)?.ok_or(Refused::NotFound)
}

/// The thread that an interaction stands in.
pub fn thread_of(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> db::Result<Option<Thread>> {
    threads::store::of_interaction(conn, workspace, interaction)
}
