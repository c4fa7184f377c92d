//! Everything that follows from stored texts, words and times, derived once more beside what is stored.

use std::collections::BTreeMap;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use crate::inbox::corrections;
use crate::inbox::derive;
use crate::inbox::ingest::store::Stored;
use crate::inbox::threads::{self, Decision, SaidBy, ThreadState};
use crate::inbox::triage;
use crate::model::{ConnectionId, ProviderState};
use crate::workspaces::WorkspaceId;

/// What a text says, with what people said of it.
pub fn facts(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<String>> {
    let rows = rows(tx, workspace)?;
    let said = corrections::said_of(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let mut wrongs = Vec::new();
    for row in rows.iter().filter(|row| !row.is_own) {
        let anew = derive::facts(row.given(None, said.get(&row.id).copied().unwrap_or_default()));
        if anew != row.facts() {
            wrongs.push(format!("{} says {anew:?}, and is taken for {:?}", row.external_id, row.facts()));
        }
    }
    Ok(wrongs)
}

/// Where interactions and threads stand.
pub fn states(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<String>> {
    let mut wrongs = Vec::new();
    for ((connection, name), rows) in in_threads(tx, workspace)? {
        let decision = decision(tx, connection, &name, now)?;
        let published = || rows.iter().filter(|row| row.provider_state == ProviderState::Published);
        let answered_at = published().filter(|row| row.is_own).map(|row| row.created_at).max();
        let newest = published().filter(|row| !row.is_own).max_by_key(|row| (row.created_at, row.id)).map(|row| row.id);
        for row in &rows {
            let by_rules = triage::state(&row.input(&row.facts()), answered_at);
            let state = decision.map_or(by_rules, |word| word.applied_to(by_rules, newest == Some(row.id)));
            if state != row.state {
                wrongs.push(format!("{} is {}, not {state} by {decision:?}", row.external_id, row.state));
            }
        }
        let tally = threads::store::tallies(tx, connection, &[&name])?.remove(&name).unwrap_or_default();
        let stands = threads::standing(&tally, decision);
        let sql = "SELECT state, state_by FROM threads WHERE connection_id = $1 AND external_id = $2";
        let known: Option<(ThreadState, SaidBy)> = tx.opt(sql, args![connection, &name])?;
        if known != Some(stands) {
            wrongs.push(format!("thread {name} stands {known:?}, not {stands:?} by {tally:?}"));
        }
    }
    Ok(wrongs)
}

/// How urgent each is, now.
pub fn points(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<String>> {
    let mut wrongs = Vec::new();
    for row in rows(tx, workspace)? {
        let facts = row.facts();
        let anew = triage::triage_as(&row.input(&facts), row.state, now);
        if (anew.score, anew.band) != (row.priority_score, row.priority) {
            let (id, has) = (&row.external_id, row.priority_score);
            wrongs.push(format!("{id}, which is {}, has {has} points, not {}", row.state, anew.score));
        }
    }
    Ok(wrongs)
}

fn in_threads(tx: &mut Tx, workspace: WorkspaceId) -> Result<BTreeMap<(ConnectionId, String), Vec<Stored>>> {
    let mut threads: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows(tx, workspace)? {
        threads.entry((row.connection_id, row.thread_external_id.clone())).or_default().push(row);
    }
    Ok(threads)
}

fn decision(tx: &mut Tx, connection: ConnectionId, name: &str, now: Timestamp) -> Result<Option<Decision>> {
    let known = threads::store::known(tx, connection, &[name])?.remove(name);
    Ok(known.and_then(|known| known.decision.filter(|word| word.holds(known.thread.news, now))))
}

fn rows(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Stored>> {
    let sql = format!("SELECT {} FROM interactions WHERE workspace_id = $1 ORDER BY external_id", Stored::COLUMNS);
    tx.all(&sql, args![workspace])
}
