//! What people decide about threads: one by one and many at once, by the same rules; how it is taken back, and how a snooze
//! ends.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

use super::ingest::{self, Place};
use super::jobs;
use super::threads::store::{Meant, Told};
use super::threads::{self, LastWord, Thread, ThreadId, ThreadState};
use crate::model::{ConnectionId, InteractionId};
use crate::workspaces::{self, UserId, WorkspaceId};

/// How long a word can be taken back by whoever said it.
pub const UNDO: Duration = Duration::from_secs(3_600);
/// What a word has overruled is kept for longer: a job that takes back many may come late.
const KEPT: Duration = Duration::from_secs(86_400);

/// A person's word on a thread. It holds until the platform brings something new in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub state: ThreadState,
    /// With [`ThreadState::Snoozed`], and only with it.
    pub until: Option<Timestamp>,
}

/// Of how many threads something was asked, and with how many it was not so already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    pub matched: usize,
    pub changed: usize,
}

/// Of how many threads nothing was said: what was asked for was so already or has no use, or something happened meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub spared: usize,
    pub passed_over: usize,
}

/// Whose word it is, where and when.
#[derive(Clone, Copy)]
pub struct Speaker<'a> {
    pub by: UserId,
    pub workspace: WorkspaceId,
    pub now: Timestamp,
    pub random: &'a Random,
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such thread")]
    NotFound,
    #[error("a snooze needs an end that is yet to come, and nothing else has one")]
    Until,
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl Word {
    /// A snooze ends later than now, and nothing else ends.
    pub fn check(self, now: Timestamp) -> Result<(), Refused> {
        let is_snooze = self.state == ThreadState::Snoozed;
        let is_sound = is_snooze == self.until.is_some() && self.until.is_none_or(|until| until > now);
        if is_sound { Ok(()) } else { Err(Refused::Until) }
    }
}

/// Whether the word moves any of the interactions, or spoke of it before.
pub fn is_of_use(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interactions: &[InteractionId],
    word: Word,
) -> db::Result<bool> {
    Ok(threads::store::meant(conn, workspace, interactions, word.state)?.iter().any(|meant| meant.is_spoken_of))
}

/// Says a word of interactions, and so of their threads: keeps it with who said it and when, and derives what follows from
/// it. What is not there is passed over. Where the word moves none of those that are meant, nothing is said: whoever waits in
/// the same thread, and was not meant, goes on waiting.
pub fn decide(
    tx: &mut Tx,
    speaker: Speaker<'_>,
    interactions: &[InteractionId],
    word: Word,
) -> Result<Receipt, Refused> {
    // Under the lock: who is meant hangs on where they stand.
    let zone = workspaces::lock(tx, speaker.workspace)?;
    let all = threads::store::meant(tx, speaker.workspace, interactions, word.state)?;
    let matched = all.len();
    let changed = say(tx, speaker, &zone, speaker.now, &spoken_of(all), word)?;
    Ok(Receipt { matched, changed })
}

/// The same for a word that was said at `asked_at` and is kept later, as that of then: it does not speak of
/// threads in which somebody said something since, here or on the platform.
pub fn decide_as_of(
    tx: &mut Tx,
    speaker: Speaker<'_>,
    asked_at: Timestamp,
    interactions: &[InteractionId],
    word: Word,
) -> Result<LeftOut, Refused> {
    let zone = workspaces::lock(tx, speaker.workspace)?;
    let all = threads::store::meant(tx, speaker.workspace, interactions, word.state)?;
    let meant = all.len();
    let mut threads = spoken_of(all);
    let (spoken_of, ids) = (threads.len(), ids_of(&threads));
    let moved_since = threads::store::moved_since(tx, speaker.workspace, &ids, asked_at)?;
    let is_told = threads::store::told_at(tx, speaker.workspace, &ids, (speaker.by, asked_at))?;
    let left_out = moved_since.iter().chain(&is_told).copied().collect::<HashSet<_>>();
    threads.retain(|thread| !left_out.contains(&thread.id));
    let changed = say(tx, speaker, &zone, asked_at, &threads, word)?;
    Ok(LeftOut { spared: meant - spoken_of + threads.len() - changed, passed_over: moved_since.len() })
}

fn spoken_of(meant: Vec<Meant>) -> Vec<Thread> {
    meant.into_iter().filter(|meant| meant.is_spoken_of).map(|meant| meant.thread).collect()
}

fn ids_of(threads: &[Thread]) -> Vec<ThreadId> {
    threads.iter().map(|thread| thread.id).collect()
}

/// On how many of the threads it is another word than the one that holds.
fn say(
    tx: &mut Tx,
    speaker: Speaker<'_>,
    zone: &TimeZone,
    said_at: Timestamp,
    threads: &[Thread],
    word: Word,
) -> Result<usize, Refused> {
    let Speaker { by, workspace, now, random } = speaker;
    word.check(now)?;
    let Word { state, until } = word;
    let told = Told { state, until, by, at: said_at, undoable_since: said_at - UNDO };
    let changed = threads::store::decide(tx, workspace, &ids_of(threads), told)?;
    if let Some(until) = word.until.filter(|_| !changed.is_empty()) {
        jobs::wake_at(tx, now, random, workspace, until)?;
    }
    settle(tx, (workspace, now, random), zone, those_of(threads, &changed))?;
    Ok(changed.len())
}

/// Takes back what `by` said at `at`, within [`UNDO`]: what held before it holds again. A word that was said since stays.
pub fn undo(tx: &mut Tx, speaker: Speaker<'_>, ids: &[ThreadId], at: Timestamp) -> Result<Receipt, Refused> {
    match speaker.now.since(at) < UNDO {
        true => take_back(tx, speaker, ids, at),
        false => Ok(Receipt { matched: ids.len(), changed: 0 }),
    }
}

/// Takes back all that `by` said in one go.
pub fn undo_all(tx: &mut Tx, speaker: Speaker<'_>, at: Timestamp) -> Result<Receipt, Refused> {
    let ids = threads::store::said_at(tx, speaker.workspace, speaker.by, at)?;
    undo(tx, speaker, &ids, at)
}

/// The same for at most `most` threads, whenever it was said; how many they were.
pub fn undo_some(tx: &mut Tx, speaker: Speaker<'_>, at: Timestamp, most: usize) -> Result<usize, Refused> {
    let ids = threads::store::some_said_at(tx, speaker.workspace, (speaker.by, at), most)?;
    Ok(take_back(tx, speaker, &ids, at)?.changed)
}

fn take_back(tx: &mut Tx, speaker: Speaker<'_>, ids: &[ThreadId], at: Timestamp) -> Result<Receipt, Refused> {
    let Speaker { by, workspace, now, random } = speaker;
    let zone = workspaces::lock(tx, workspace)?;
    let found = threads::store::find_all(tx, workspace, ids)?;
    let changed = threads::store::take_back(tx, workspace, ids, by, at)?;
    settle(tx, (workspace, now, random), &zone, those_of(&found, &changed))?;
    Ok(Receipt { matched: found.len(), changed: changed.len() })
}

fn those_of<'a>(found: &'a [Thread], changed: &[ThreadId]) -> impl Iterator<Item = &'a Thread> {
    let changed = changed.iter().copied().collect::<HashSet<_>>();
    found.iter().filter(move |thread| changed.contains(&thread.id))
}

/// What was said in one go, and of how many threads it holds.
pub fn said_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
    by: UserId,
    at: Timestamp,
) -> db::Result<Option<(ThreadState, Option<Timestamp>, i64)>> {
    threads::store::summed_at(conn, workspace, by, at)
}

/// Lets snoozed threads of the workspace stand where the rules put them, once their time has come; at most `batch`.
pub fn wake(tx: &mut Tx, now: Timestamp, random: &Random, workspace: WorkspaceId, batch: i64) -> db::Result<usize> {
    let zone = workspaces::lock(tx, workspace)?;
    let due = threads::store::due(tx, workspace, now, batch)?;
    settle(tx, (workspace, now, random), &zone, due.iter())?;
    Ok(due.len())
}

fn settle<'a>(
    tx: &mut Tx,
    (workspace, now, random): (WorkspaceId, Timestamp, &Random),
    zone: &TimeZone,
    changed: impl Iterator<Item = &'a Thread>,
) -> db::Result<()> {
    let mut of_connections: BTreeMap<ConnectionId, Vec<&str>> = BTreeMap::new();
    for thread in changed {
        of_connections.entry(thread.connection_id).or_default().push(&thread.external_id);
    }
    for (connection, names) in of_connections {
        ingest::decided(tx, Place { workspace, connection, now, random }, zone, &names)?;
    }
    Ok(())
}

/// Forgets what nobody can bring back any more; at most `batch`, how many.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> db::Result<u64> {
    threads::store::purge(tx, now - KEPT, batch)
}

/// The threads that other people's interactions stand in: nothing is decided about own words.
pub fn threads_of(conn: &mut Conn, workspace: WorkspaceId, interactions: &[InteractionId]) -> db::Result<Vec<Thread>> {
    threads::store::of_interactions(conn, workspace, interactions)
}

/// The same of those interactions that were here at an instant: what came since was not meant then.
pub fn threads_known_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interactions: &[InteractionId],
    at: Timestamp,
) -> db::Result<Vec<ThreadId>> {
    threads::store::of_known(conn, workspace, interactions, at)
}

/// Who moved how many threads out of the way since.
pub fn cleared_since(
    conn: &mut Conn,
    workspace: WorkspaceId,
    since: Timestamp,
) -> db::Result<Vec<(UserId, Option<String>, i64)>> {
    threads::store::cleared_since(conn, workspace, since)
}

/// The word that holds on a thread, and whose it is.
pub fn last_word(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> db::Result<Option<LastWord>> {
    threads::store::last_word(conn, workspace, interaction)
}
