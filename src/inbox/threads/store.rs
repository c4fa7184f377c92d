//! The statements about threads and what people decided about them.

use std::collections::HashMap;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx, Val};

use super::{Decision, SaidBy, Tally, ThreadId, ThreadState};
use crate::inbox::ingest::lists::{all_in, rows_of};
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

/// By external id.
pub fn known(tx: &mut Tx, connection: ConnectionId, names: &[&str]) -> Result<HashMap<String, Thread>> {
    let sql = format!("SELECT {} FROM threads WHERE connection_id = $1 AND external_id IN ", Thread::COLUMNS);
    let rows = all_in::<Thread, _>(tx, &sql, "", args![connection], names)?;
    Ok(rows.into_iter().map(|thread| (thread.external_id.clone(), thread)).collect())
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

/// With the number of each thread's news.
pub fn decisions(tx: &mut Tx, connection: ConnectionId, names: &[&str]) -> Result<Vec<(String, i64, Decision)>> {
    let sql = "SELECT t.external_id, t.news, d.state, d.snoozed_until, d.at_news
               FROM threads t JOIN thread_decisions d ON d.thread_id = t.id
               WHERE t.connection_id = $1 AND t.external_id IN ";
    let rows = all_in::<(String, i64, ThreadState, Option<Timestamp>, i64), _>(tx, sql, "", args![connection], names)?;
    let decision =
        |(name, news, state, snoozed_until, at_news)| (name, news, Decision { state, snoozed_until, at_news });
    Ok(rows.into_iter().map(decision).collect())
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
    let sql = format!("SELECT {} FROM threads WHERE workspace_id = $1 AND id = $2", Thread::COLUMNS);
    conn.opt(&sql, args![workspace, id])
}

/// The thread that an interaction stands in.
pub fn of_interaction(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<Option<Thread>> {
    conn.opt(
        "SELECT t.id, t.connection_id, t.external_id, t.state, t.state_by, t.news
         FROM interactions i
         JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
         WHERE i.workspace_id = $1 AND i.id = $2",
        args![workspace, id],
    )
}

/// The last word counts.
pub fn decide(
    tx: &mut Tx,
    (workspace, thread): (WorkspaceId, ThreadId),
    decision: Decision,
    by: UserId,
    now: Timestamp,
) -> Result<()> {
    tx.exec(
        "INSERT INTO thread_decisions (thread_id, workspace_id, state, snoozed_until, at_news, decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (thread_id) DO UPDATE SET state = excluded.state, snoozed_until = excluded.snoozed_until,
            at_news = excluded.at_news, decided_by = excluded.decided_by, decided_at = excluded.decided_at",
        args![thread, workspace, decision.state, decision.snoozed_until, decision.at_news, by, now],
    )?;
    Ok(())
}
