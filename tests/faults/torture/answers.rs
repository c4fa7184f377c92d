//! People who answer comments while everything is killed around them: each answer that was acknowledged is kept, and none
//! stands at the platform twice.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use kit::args;
use kit::db::Conn;
use repruv::replies::ReplyId;
use repruv::workspaces::{UserId, WorkspaceId};
use reqwest::Method;
use serde_json::json;

use super::audit::with_database;
use super::ledger::{Answer, Ledger};
use super::people::Person;

kit::row! {
    struct Row {
        id: ReplyId,
        state: String,
        asks_a_person: bool,
    }
}

impl Person {
    /// Answers somebody who waits, and asks again with the same key until there is an answer to that.
    pub async fn answer(&self) {
        let found = self.client.send(Method::GET, "/api/interactions?state=needs_reply&limit=20", None).await;
        let Some((_, list)) = found else { return self.wait_for_the_server().await };
        let waiting = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(item) = waiting.get(self.below(waiting.len().max(1))) else { return };
        let Some(workspace) = self.home().await else { return };
        let text = format!("Thank you {}", self.random.token());
        self.write(|account| {
            account.answers.insert(text.clone(), Answer { workspace, ..Answer::default() });
        });
        let path = format!("/api/inbox/{}/replies", item["id"].as_str().expect("an item has an id"));
        for _ in 0..4 {
            let answer = self.client.post_once(&path, &text, json!({ "text": text })).await;
            self.ledger.count(answer.is_some());
            match answer {
                Some((status, body)) if status.is_success() => {
                    let id = body["id"].as_str().map(str::to_owned);
                    self.write(|account| account.answers.entry(text.clone()).or_default().id = id);
                    return;
                }
                Some((status, body)) => return self.expect_no_fault(&path, status, &body),
                None => self.wait_for_the_server().await,
            }
        }
    }
}

/// What is wrong with the answers: one that was acknowledged is lost or has been left lying, or one was sent twice.
pub async fn check(url: &str, data_dir: &Path, ledger: &Ledger) -> Vec<String> {
    let before = ledger.copy();
    let found = with_database(url, kept).await;
    let simulator = format!("sqlite:{}", data_dir.join("simulator.db").display());
    let counts = with_database(&simulator, sent).await;
    // Last: who leaves a demo is taken off the platform first, and what was published there is gone then.
    let demos = with_database(url, homes).await;
    let mut wrong = Vec::new();
    for (user, account) in &before.accounts {
        for (text, answer) in &account.answers {
            let count = counts.get(text).copied().unwrap_or_default();
            if count > 1 {
                wrong.push(format!("“{text}” stands at the platform {count} times"));
            }
            if count > 0 && answer.is_called_back {
                wrong.push(format!("“{text}” was called back and stands at the platform"));
            }
            // Answers go with the demo that they belong to.
            let is_here = demos.get(user).is_some_and(|home| *home == answer.workspace);
            let Some(id) = answer.id.as_ref().filter(|_| is_here) else { continue };
            match found.replies.get(id) {
                None => wrong.push(format!("answer {id} was acknowledged and is lost")),
                Some(row) if row.state == "published" && count == 0 => {
                    wrong.push(format!("answer {id} was never sent"))
                }
                Some(row) if found.is_left_lying(id, row) => {
                    wrong.push(format!("nobody goes on with {id}, {}", row.state))
                }
                Some(_) => {}
            }
        }
    }
    wrong
}

/// Answers by id, and those that a job has in its hands.
struct Kept {
    replies: HashMap<String, Row>,
    in_hands: HashSet<String>,
}

impl Kept {
    fn is_left_lying(&self, id: &str, row: &Row) -> bool {
        let is_open = matches!(row.state.as_str(), "queued" | "sending" | "unknown");
        is_open && !row.asks_a_person && !self.in_hands.contains(&format!("reply:{id}"))
    }
}

fn kept(conn: &mut Conn) -> kit::db::Result<Kept> {
    let rows = conn.all::<Row>("SELECT id, state, state = 'unknown' AND next_look_at IS NULL FROM replies", args![])?;
    let keys = conn.all::<String>(
        "SELECT operation_key FROM background_jobs WHERE job_type = 'send_reply' AND status IN ('pending', 'running')",
        args![],
    )?;
    let replies = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    Ok(Kept { replies, in_hands: keys.into_iter().collect() })
}

/// The demo workspace of each person who is in one, and has not begun to leave it.
pub fn homes(conn: &mut Conn) -> kit::db::Result<HashMap<String, String>> {
    let rows = conn.all::<(UserId, WorkspaceId)>(
        "SELECT id, demo_workspace_id FROM users WHERE demo_mode_status = 'enabled' AND demo_workspace_id IS NOT NULL",
        args![],
    )?;
    Ok(rows.into_iter().map(|(user, home)| (user.to_string(), home.to_string())).collect())
}

/// How often each text stands at the platform, or stood there, whatever was added to it later.
fn sent(conn: &mut Conn) -> kit::db::Result<HashMap<String, i64>> {
    let mut counts = HashMap::new();
    // Each of a repository's records once, whatever it was put for again.
    let written = "SELECT text FROM written_comments UNION ALL
         SELECT text FROM (SELECT DISTINCT profile_id, record_key, record ->> 'text' AS text FROM repo_writes
         WHERE collection = 'app.bsky.feed.post' AND record IS NOT NULL) posts";
    for text in conn.all::<String>(written, args![])? {
        *counts.entry(text.split(", and").next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    Ok(counts)
}
