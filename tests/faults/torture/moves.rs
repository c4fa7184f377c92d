//! People who move all that matches at once and take it back, while everything is killed around them: none of that is lost,
//! what stands is what was said, and nothing stands of what was called off.

use std::collections::HashMap;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json};
use kit::jobs::{JobId, JobStatus};
use repruv::workspaces::WorkspaceId;
use reqwest::Method;
use serde_json::json;

use super::answers::homes;
use super::audit::with_database;
use super::ledger::Ledger;
use super::people::Person;

kit::row! {
    struct Move {
        id: JobId,
        workspace_id: WorkspaceId,
        status: JobStatus,
        payload: Json,
        result_data: Option<Json>,
    }
}

impl Person {
    pub async fn move_all(&self) {
        let Some(home) = self.home().await else { return };
        let (filter, state) = [
            (json!({ "state": "needs_reply", "kind": "reply" }), "done"),
            (json!({ "sentiment": "negative" }), "no_reply_needed"),
            (json!({ "state": "done" }), "needs_reply"),
            (json!({ "priority": "low" }), "done"),
        ][self.below(4)]
        .clone();
        let told = self.ask_once("/api/moves/matching", json!({ "filter": filter, "state": state })).await;
        if let Some(job) = told.as_ref().and_then(|told| told["job_id"].as_str()) {
            self.write(|account| drop(account.moves.insert(job.to_owned(), home)));
        }
    }

    /// What was moved last, or is being moved.
    pub async fn take_back(&self) {
        let last = self.ledger.account(&self.client.user_id, |account| account.moves.keys().next_back().cloned());
        let Some(job) = last else { return };
        let Some((_, job)) = self.client.send(Method::GET, &format!("/api/jobs/{job}/status"), None).await else {
            return;
        };
        if let Some(at) = job["result"]["at"].as_str().or(job["created_at"].as_str()) {
            self.ask_once("/api/moves/undo", json!({ "at": at })).await;
        }
    }
}

impl Move {
    fn asked_at(&self) -> Timestamp {
        let at = self.payload["asked_at"].as_str().and_then(|at| Timestamp::parse(at).ok());
        at.expect("a move knows when it was asked for")
    }
}

/// What must hold of moves at any moment: none that was acknowledged is lost, and none has failed.
pub async fn check(url: &str, ledger: &Ledger) -> Vec<String> {
    let before = ledger.copy();
    let moves = with_database(url, moves).await;
    let homes = with_database(url, homes).await;
    let mut wrong = Vec::new();
    for (user, account) in &before.accounts {
        // Moves go with the demo that they belong to.
        for (id, _) in account.moves.iter().filter(|(_, home)| homes.get(user) == Some(*home)) {
            match moves.get(id).map(|found| found.status) {
                None => wrong.push(format!("move {id} was acknowledged and is lost")),
                Some(JobStatus::Failed) => wrong.push(format!("move {id} has failed")),
                Some(_) => {}
            }
        }
    }
    wrong
}

/// What must hold once all has come to its end: what stands of a move is its word, on no more threads than it told of, and on
/// none where it was called off.
pub async fn check_ends(url: &str) -> Vec<String> {
    let moves = with_database(url, moves).await;
    let words = with_database(url, words).await;
    let mut wrong = Vec::new();
    for found in moves.values() {
        let stand = words.get(&(found.workspace_id, found.asked_at())).map(Vec::as_slice).unwrap_or_default();
        let other = stand.iter().filter(|state| found.payload["state"] != state.as_str()).count();
        let changed = found.result_data.as_ref().and_then(|result| result["changed"].as_u64());
        let most = match (found.status, changed) {
            (JobStatus::Completed, Some(changed)) => changed as usize,
            (JobStatus::Cancelled, _) => 0,
            _ => {
                wrong.push(format!("move {} is {} and has changed {changed:?}", found.id, found.status));
                continue;
            }
        };
        if stand.len() > most || other > 0 {
            let told = format!("move {} is {} and has changed {changed:?}", found.id, found.status);
            wrong.push(format!("{told}, and {} stand of it, {other} of them with another word", stand.len()));
        }
    }
    wrong
}

/// In a line: how many moves there are in demos that are there still, and what is left of them.
pub async fn told(url: &str) -> String {
    let (moves, words) = (with_database(url, moves).await, with_database(url, words).await);
    let changed = |found: &Move| found.result_data.as_ref().and_then(|result| result["changed"].as_u64());
    let changed: u64 = moves.values().filter_map(changed).sum();
    let stand = moves.values().filter_map(|found| words.get(&(found.workspace_id, found.asked_at()))).map(Vec::len);
    format!("{} moves of {changed} threads, {} of which stand so", moves.len(), stand.sum::<usize>())
}

fn moves(conn: &mut Conn) -> kit::db::Result<HashMap<String, Move>> {
    let sql = format!("SELECT {} FROM background_jobs WHERE job_type = 'move_matching'", Move::COLUMNS);
    let rows = conn.all::<Move>(&sql, args![])?;
    Ok(rows.into_iter().map(|found| (found.id.to_string(), found)).collect())
}

/// What was said in each workspace at each instant, thread by thread, where it holds. What holds again because a later word
/// was taken back is left out: that may be one that was called off meanwhile.
fn words(conn: &mut Conn) -> kit::db::Result<HashMap<(WorkspaceId, Timestamp), Vec<String>>> {
    let rows = conn.all::<(WorkspaceId, Timestamp, String)>(
        "SELECT d.workspace_id, d.decided_at, d.state FROM thread_decisions d WHERE NOT EXISTS
            (SELECT 1 FROM overruled_decisions o WHERE o.thread_id = d.thread_id AND o.place >= d.stands_on)",
        args![],
    )?;
    let mut words: HashMap<_, Vec<_>> = HashMap::new();
    for (workspace, at, state) in rows {
        words.entry((workspace, at)).or_default().push(state);
    }
    Ok(words)
}
