//! The statements about threads and what people decided about them.

use std::collections::HashMap;

use kit::args;
use kit::clock::Timestamp;
use kit::db::lists::{all_in, rows_of};
use kit::db::{Conn, FromRow, Result, Row, Tx, Val};

use super::{Decision, SaidBy, Tally, ThreadId, ThreadState};
use crate::inbox::triage::TriageState;
use crate::model::{ConnectionId, InteractionId, ProviderState};
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Thread {
        pub id: ThreadId,
        pub connection_id: ConnectionId,
        pub external_id: String,
        pub state: ThreadState,
        pub state_by: SaidBy,
        pub news: i64,
    }
}

/// A thread as it is known, and the last word on it.
#[derive(Clone, Debug)]
pub struct Known {
    pub thread: Thread,
    pub decision: Option<Decision>,
}

impl FromRow for Known {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let decision = match row.get(6)? {
            Some(state) => Some(Decision { state, snoozed_until: row.get(7)?, at_news: row.get(8)? }),
            None => None,
        };
        Ok(Self { thread: Thread::from_row(row)?, decision })
    }
}

/// By external id.
pub fn known(tx: &mut Tx, connection: ConnectionId, names: &[&str]) -> Result<HashMap<String, Known>> {
    let sql = "SELECT t.id, t.connection_id, t.external_id, t.state, t.state_by, t.news,
            d.state, d.snoozed_until, d.at_news
         FROM threads t LEFT JOIN thread_decisions d ON d.thread_id = t.id
         WHERE t.connection_id = $1 AND t.external_id IN ";
    let rows = all_in::<Known, _>(tx, sql, "", args![connection], names)?;
    Ok(rows.into_iter().map(|known| (known.thread.external_id.clone(), known)).collect())
}

pub fn tallies(tx: &mut Tx, connection: ConnectionId, names: &[&str]) -> Result<HashMap<String, Tally>> {
    let sql = "SELECT thread_external_id, state, provider_state, count(*) FROM interactions
               WHERE connection_id = $1 AND thread_external_id IN ";
    let tail = " GROUP BY thread_external_id, state, provider_state";
    let mut tallies: HashMap<String, Tally> = HashMap::with_capacity(names.len());
    for row in all_in::<(String, TriageState, ProviderState, i64), _>(tx, sql, tail, args![connection], names)? {
        let (name, state, said, count) = row;
        tallies.entry(name).or_default().insert((state, said), count);
    }
    Ok(tallies)
}

/// Threads as they now stand; one that is known keeps its id.
pub fn put(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp, threads: &[Thread]) -> Result<()> {
    for (chunk, places) in rows_of(threads, 2, 6) {
        let sql = format!(
            "INSERT INTO threads (workspace_id, first_seen_at, id, connection_id, external_id, state, state_by, news)
             VALUES {places}
             ON CONFLICT (connection_id, external_id)
             DO UPDATE SET state = excluded.state, state_by = excluded.state_by, news = excluded.news"
        );
        let mut args = vec![Val::from(&workspace), Val::from(&now)];
        for thread in chunk {
            args.extend([
                Val::from(&thread.id),
                Val::from(&thread.connection_id),
                Val::from(thread.external_id.as_str()),
                Val::from(&thread.state),
                Val::from(&thread.state_by),
                Val::from(&thread.news),
            ]);
        }
        tx.exec(&sql, &args)?;
    }
    Ok(())
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: ThreadId) -> Result<Option<Thread>> {
    Ok(find_all(conn, workspace, &[id])?.pop())
}

/// Those of them that are there.
pub fn find_all(conn: &mut Conn, workspace: WorkspaceId, ids: &[ThreadId]) -> Result<Vec<Thread>> {
    // As a condition alone: by its index SQLite would read every thread of the workspace.
    let sql = format!("SELECT {} FROM threads WHERE (workspace_id = $1) IS TRUE AND id IN ", Thread::COLUMNS);
    all_in(conn, &sql, "", args![workspace], ids)
}

/// The threads that other people's interactions stand in, each once.
pub fn of_interactions(conn: &mut Conn, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<Vec<Thread>> {
    let sql = "SELECT DISTINCT t.id, t.connection_id, t.external_id, t.state, t.state_by, t.news
         FROM interactions i
         JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
         WHERE (i.workspace_id = $1) IS TRUE AND NOT i.is_own AND i.id IN ";
    let mut threads: Vec<Thread> = all_in(conn, sql, "", args![workspace], ids)?;
    threads.sort_by_key(|thread| thread.id);
    threads.dedup_by_key(|thread| thread.id);
    Ok(threads)
}

/// The same of those that were here at an instant.
pub fn of_known(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[InteractionId],
    at: Timestamp,
) -> Result<Vec<ThreadId>> {
    let sql = "SELECT DISTINCT t.id FROM interactions i
         JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
         WHERE (i.workspace_id = $1) IS TRUE AND NOT i.is_own AND i.first_seen_at <= $2 AND i.id IN ";
    let mut threads: Vec<ThreadId> = all_in(conn, sql, "", args![workspace, at], ids)?;
    threads.sort_unstable();
    threads.dedup();
    Ok(threads)
}

/// A thread, and whether a word says something of what is meant in it: it is moved by it, or the thread has a person's word
/// already.
#[derive(Clone, Debug)]
pub struct Meant {
    pub thread: Thread,
    pub is_spoken_of: bool,
}

impl FromRow for Meant {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { thread: Thread::from_row(row)?, is_spoken_of: row.get(6)? })
    }
}

/// The threads that other people's interactions stand in, each once.
pub fn meant(conn: &mut Conn, workspace: WorkspaceId, ids: &[InteractionId], word: ThreadState) -> Result<Vec<Meant>> {
    let moved = match word {
        ThreadState::Spam | ThreadState::Removed => "TRUE",
        // Nobody answers what others do not see.
        ThreadState::NeedsReply => "i.provider_state = 'published'",
        ThreadState::Waiting | ThreadState::Done | ThreadState::Snoozed | ThreadState::NoReplyNeeded => {
            "i.state NOT IN ('own', 'answered', 'no_reply_needed')"
        }
    };
    let sql = format!(
        "SELECT t.id, t.connection_id, t.external_id, t.state, t.state_by, t.news, {moved} OR t.state_by = 'person'
         FROM interactions i
         JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
         WHERE (i.workspace_id = $1) IS TRUE AND NOT i.is_own AND i.id IN "
    );
    let mut threads: Vec<Meant> = all_in(conn, &sql, "", args![workspace], ids)?;
    threads.sort_by_key(|meant| (meant.thread.id, !meant.is_spoken_of));
    threads.dedup_by_key(|meant| meant.thread.id);
    Ok(threads)
}

/// A word that is said: what, whose, and when.
#[derive(Clone, Copy)]
pub struct Told {
    pub state: ThreadState,
    pub until: Option<Timestamp>,
    pub by: UserId,
    pub at: Timestamp,
    /// Nobody takes back what was said before; so what it stands on is forgotten when another word is said.
    pub undoable_since: Timestamp,
}

/// The last word counts; the threads on which it is another than the one that holds, which is kept below it.
pub fn decide(tx: &mut Tx, workspace: WorkspaceId, threads: &[ThreadId], told: Told) -> Result<Vec<ThreadId>> {
    keep_what_holds(tx, workspace, threads, told)?;
    let Told { state, until, by, at, undoable_since } = told;
    let sql =
        "INSERT INTO thread_decisions (thread_id, workspace_id, state, snoozed_until, at_news, decided_by, decided_at,
            stands_on)
         SELECT id, workspace_id, $2, $3, news, $4, $5, 0 FROM threads WHERE (workspace_id = $1) IS TRUE AND id IN ";
    let tail = " ON CONFLICT (thread_id) DO UPDATE SET state = excluded.state, snoozed_until = excluded.snoozed_until,
            at_news = excluded.at_news, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
            stands_on = CASE
                WHEN thread_decisions.at_news <> excluded.at_news
                    OR thread_decisions.snoozed_until <= excluded.decided_at THEN 0
                WHEN thread_decisions.decided_at > $6 THEN thread_decisions.stands_on + 1
                ELSE 1 END
         WHERE thread_decisions.at_news <> excluded.at_news OR thread_decisions.state <> excluded.state
            OR COALESCE(thread_decisions.snoozed_until, excluded.decided_at)
               <> COALESCE(excluded.snoozed_until, excluded.decided_at)
         RETURNING thread_id";
    all_in(tx, sql, tail, args![workspace, state, until, by, at, undoable_since], threads)
}

/// Before another word is said, the one that still holds is kept for whoever takes that back.
fn keep_what_holds(tx: &mut Tx, workspace: WorkspaceId, threads: &[ThreadId], told: Told) -> Result<()> {
    let Told { state, until, at, undoable_since, .. } = told;
    let sql = "INSERT INTO overruled_decisions
            (thread_id, place, workspace_id, state, snoozed_until, decided_by, decided_at, overruled_at)
         SELECT d.thread_id, CASE WHEN d.decided_at > $5 THEN d.stands_on ELSE 0 END, d.workspace_id,
            d.state, d.snoozed_until, d.decided_by, d.decided_at, $4
         FROM thread_decisions d JOIN threads t ON t.id = d.thread_id
         WHERE (d.workspace_id = $1) IS TRUE AND d.at_news = t.news
            AND (d.snoozed_until IS NULL OR d.snoozed_until > $4)
            AND (d.state <> $2 OR COALESCE(d.snoozed_until, $4) <> COALESCE($3, $4)) AND d.thread_id IN ";
    let tail = " ON CONFLICT (thread_id, place) DO UPDATE SET state = excluded.state,
            snoozed_until = excluded.snoozed_until, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
            overruled_at = excluded.overruled_at
         RETURNING thread_id";
    all_in::<ThreadId, _>(tx, sql, tail, args![workspace, state, until, at, undoable_since], threads).map(drop)
}

/// Forgets at most `batch` of what was overruled before `overruled_before`; how many.
pub fn purge(tx: &mut Tx, overruled_before: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM overruled_decisions WHERE (thread_id, place) IN
            (SELECT thread_id, place FROM overruled_decisions WHERE overruled_at < $1 ORDER BY overruled_at LIMIT $2)",
        args![overruled_before, batch],
    )
}

/// What held before holds again, as its own speaker's, where the last word is the one that `by` said at `at`; the threads
/// on which it is.
pub fn take_back(
    tx: &mut Tx,
    workspace: WorkspaceId,
    threads: &[ThreadId],
    by: UserId,
    at: Timestamp,
) -> Result<Vec<ThreadId>> {
    let args = args![workspace, by, at];
    let forgotten = "DELETE FROM thread_decisions
         WHERE workspace_id = $1 AND decided_by = $2 AND decided_at = $3 AND stands_on = 0 AND thread_id IN ";
    let restored =
        "UPDATE thread_decisions SET state = o.state, snoozed_until = o.snoozed_until, decided_by = o.decided_by,
            decided_at = o.decided_at, stands_on = o.place
         FROM overruled_decisions o
         WHERE o.thread_id = thread_decisions.thread_id AND o.place = thread_decisions.stands_on - 1
            AND thread_decisions.workspace_id = $1 AND thread_decisions.decided_by = $2
            AND thread_decisions.decided_at = $3 AND thread_decisions.thread_id IN ";
    let mut changed = all_in(tx, forgotten, " RETURNING thread_id", args, threads)?;
    changed.extend(all_in::<ThreadId, _>(tx, restored, " RETURNING thread_decisions.thread_id", args, threads)?);
    Ok(changed)
}

/// Threads that are still snoozed though their time has come.
pub fn due(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp, limit: i64) -> Result<Vec<Thread>> {
    conn.all(
        "SELECT t.id, t.connection_id, t.external_id, t.state, t.state_by, t.news
         FROM thread_decisions d JOIN threads t ON t.id = d.thread_id
         WHERE d.workspace_id = $1 AND d.snoozed_until IS NOT NULL AND d.snoozed_until <= $2 AND t.state = 'snoozed'
         ORDER BY d.snoozed_until LIMIT $3",
        args![workspace, now, limit],
    )
}

kit::row! {
    /// A decision that holds.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LastWord {
        pub state: ThreadState,
        pub snoozed_until: Option<Timestamp>,
        pub decided_by: UserId,
        pub decided_at: Timestamp,
        /// Whose it is, by name.
        pub decider: Option<String>,
    }
}

impl LastWord {
    /// Until its snooze ends.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.snoozed_until.is_none_or(|until| until > now)
    }
}

pub fn last_word(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<Option<LastWord>> {
    conn.opt(
        "SELECT d.state, d.snoozed_until, d.decided_by, d.decided_at,
            (SELECT name FROM users WHERE users.id = d.decided_by)
         FROM interactions i
         JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
         JOIN thread_decisions d ON d.thread_id = t.id AND d.at_news = t.news
         WHERE i.workspace_id = $1 AND i.id = $2",
        args![workspace, interaction],
    )
}

/// Threads about which somebody decided after an instant, or in which somebody else wrote.
pub fn moved_since(
    conn: &mut Conn,
    workspace: WorkspaceId,
    threads: &[ThreadId],
    since: Timestamp,
) -> Result<Vec<ThreadId>> {
    let sql = "SELECT t.id FROM threads t
         WHERE (t.workspace_id = $1) IS TRUE
           AND (EXISTS (SELECT 1 FROM thread_decisions d WHERE d.thread_id = t.id AND d.decided_at > $2)
                OR EXISTS (SELECT 1 FROM interactions i WHERE i.connection_id = t.connection_id
                           AND i.thread_external_id = t.external_id AND NOT i.is_own AND i.first_seen_at > $2))
           AND t.id IN ";
    all_in(conn, sql, "", args![workspace, since], threads)
}

/// Those of them on which one word was said in one go.
pub fn told_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
    threads: &[ThreadId],
    (by, at): (UserId, Timestamp),
) -> Result<Vec<ThreadId>> {
    let sql = "SELECT thread_id FROM thread_decisions
         WHERE (workspace_id = $1) IS TRUE AND decided_by = $2 AND decided_at = $3 AND thread_id IN ";
    all_in(conn, sql, "", args![workspace, by, at], threads)
}

pub fn some_said_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (by, at): (UserId, Timestamp),
    most: usize,
) -> Result<Vec<ThreadId>> {
    conn.all(
        "SELECT thread_id FROM thread_decisions
         WHERE workspace_id = $1 AND decided_by = $2 AND decided_at = $3 LIMIT $4",
        args![workspace, by, at, i64::try_from(most).unwrap_or(i64::MAX)],
    )
}

pub fn said_at(conn: &mut Conn, workspace: WorkspaceId, by: UserId, at: Timestamp) -> Result<Vec<ThreadId>> {
    conn.all(
        "SELECT thread_id FROM thread_decisions
         WHERE workspace_id = $1 AND decided_by = $2 AND decided_at = $3 ORDER BY thread_id",
        args![workspace, by, at],
    )
}

pub fn summed_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
    by: UserId,
    at: Timestamp,
) -> Result<Option<(ThreadState, Option<Timestamp>, i64)>> {
    conn.opt(
        "SELECT state, snoozed_until, count(*) FROM thread_decisions
         WHERE workspace_id = $1 AND decided_by = $2 AND decided_at = $3
         GROUP BY state, snoozed_until ORDER BY count(*) DESC LIMIT 1",
        args![workspace, by, at],
    )
}

/// Who moved how many threads out of the way.
pub fn cleared_since(
    conn: &mut Conn,
    workspace: WorkspaceId,
    since: Timestamp,
) -> Result<Vec<(UserId, Option<String>, i64)>> {
    conn.all(
        "SELECT decided_by, (SELECT name FROM users WHERE users.id = thread_decisions.decided_by), count(*)
         FROM thread_decisions WHERE workspace_id = $1 AND decided_at >= $2 AND state <> 'needs_reply'
         GROUP BY decided_by",
        args![workspace, since],
    )
}
