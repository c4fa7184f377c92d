//! What two members do, by the doors that programs have.

use std::time::Duration;

use axum::http::StatusCode;
use kit::args;
use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::history::History;
use crate::model::InteractionId;
use crate::testing::{Answer, Browser};

/// A word that somebody said, by which it is taken back.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub by_cleo: bool,
    pub at: Timestamp,
}

const STATES: [&str; 7] = ["done", "done", "snoozed", "no_reply_needed", "needs_reply", "spam", "removed"];

impl History {
    pub fn browser(&self, is_cleo: bool) -> &Browser {
        if is_cleo { &self.cleo } else { &self.stand.app }
    }

    async fn call(&self, is_cleo: bool, method: &str, path: &str, body: Value) -> Answer {
        let answer = self.browser(is_cleo).json(method, path, body).await;
        assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text);
        answer
    }

    /// Of what is stored, and what other people wrote.
    pub async fn others(&self) -> Vec<InteractionId> {
        self.ids("SELECT id FROM interactions WHERE NOT is_own ORDER BY external_id").await
    }

    async fn ids(&self, sql: &'static str) -> Vec<InteractionId> {
        self.stand.app.app.db.read(move |conn| conn.all(sql, args![])).await.expect("the database answers")
    }

    async fn some(&self) -> Vec<InteractionId> {
        let all = self.others().await;
        let count = if all.is_empty() { 0 } else { 1 + self.dice.below(5) };
        (0..count).map(|_| all[self.dice.below(all.len())]).collect()
    }

    /// On one, many or all that match; by either.
    pub async fn say(&mut self) {
        let is_cleo = self.dice.chance(400);
        let state = self.dice.pick(&STATES);
        let now = self.stand.app.app.now();
        let hours = self.dice.pick(&[1, 4, 30]);
        let until = (state == "snoozed").then(|| now + Duration::from_secs(hours * 3_600));
        let some = self.some().await;
        let Some(first) = some.first().copied() else { return };
        let (path, mut body) = match self.dice.below(3) {
            0 => (format!("/api/interactions/{first}/state"), json!({ "state": state })),
            1 => ("/api/moves".to_owned(), json!({ "ids": some, "state": state })),
            _ => ("/api/moves/matching".to_owned(), json!({ "filter": self.filter(), "state": state })),
        };
        if let Some(until) = until {
            body["until"] = json!(until);
        }
        let answer = self.call(is_cleo, "POST", &path, body.clone()).await;
        let matches_none = answer.json()["code"] == "nothing_matches";
        assert!(answer.status.is_success() || matches_none, "{path} {body}: {}", answer.text);
        self.tell(|| format!("{} {path} {body}: {}", name(is_cleo), answer.text));
        // What moved nothing is taken back, too: that must be refused.
        self.said.push(Said { by_cleo: is_cleo, at: now });
        if !matches_none {
            self.done.push(state);
        }
    }

    fn filter(&self) -> Value {
        self.dice.pick::<fn() -> Value>(&[
            || json!({ "state": "needs_reply" }),
            || json!({ "kind": "comment" }),
            || json!({}),
            || json!({ "sentiment": "negative" }),
            || json!({ "language": "de" }),
            || json!({ "state": "done" }),
            || json!({ "state": "snoozed" }),
            || json!({ "q": "what" }),
            || json!({ "priority": "urgent" }),
            || json!({ "intent": "question", "days": "last_7_days" }),
        ])()
    }

    pub async fn take_back(&mut self) {
        if !self.said.is_empty() {
            let said = self.said.remove(self.dice.below(self.said.len()));
            self.undo(said).await;
        }
    }

    pub async fn undo(&mut self, said: Said) {
        let answer = self.call(said.by_cleo, "POST", "/api/moves/undo", json!({ "at": said.at })).await;
        self.tell(|| format!("{} takes back what was said {}: {}", name(said.by_cleo), said.at, answer.text));
        assert!(
            matches!(answer.status, StatusCode::OK | StatusCode::ACCEPTED | StatusCode::CONFLICT),
            "{}",
            answer.text
        );
        if answer.status.is_success() {
            self.done.push("undo");
        }
    }

    pub async fn correct(&mut self) {
        let all = self.others().await;
        if all.is_empty() {
            return;
        }
        let (id, is_cleo) = (all[self.dice.below(all.len())], self.dice.chance(500));
        let (fact, values) = self.dice.pick::<(&str, &[&str])>(&[
            ("corrections/sentiment", &["negative", "positive", "neutral"]),
            ("corrections/language", &["de", "en", "other"]),
            ("corrections/spam", &["yes", "no"]),
            ("corrections/reply", &["yes", "no"]),
        ]);
        let value = self.dice.pick(values);
        let path = format!("/api/interactions/{id}/{fact}");
        let answer = if self.dice.chance(300) {
            self.call(is_cleo, "DELETE", &path, Value::Null).await
        } else {
            self.call(is_cleo, "PUT", &path, json!({ "value": value })).await
        };
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        self.tell(|| format!("{} corrects {path} {value}: {}", name(is_cleo), answer.text));
        if answer.json()["changed"] == true {
            self.done.push(fact);
        }
    }

    /// What is sent goes out with the next jobs.
    pub async fn answer(&mut self) {
        let some = self.some().await;
        let Some(id) = some.first() else { return };
        let path = format!("/api/inbox/{id}/replies");
        let answer = self.call(self.dice.chance(500), "POST", &path, json!({ "text": "At the corner." })).await;
        self.tell(|| format!("{path}: {}", answer.text));
        if answer.status.is_success() {
            self.done.push("answer");
        }
    }

    pub async fn moderate(&mut self) {
        let verb = self.dice.pick(&["hide", "publish", "reject", "ban", "report_spam", "delete"]);
        let ids = match verb {
            "delete" => self.ids("SELECT id FROM interactions WHERE is_own ORDER BY external_id").await,
            _ => self.some().await,
        };
        let ids = ids.into_iter().take(3).collect::<Vec<_>>();
        if ids.is_empty() {
            return;
        }
        let body = json!({ "ids": ids, "verb": verb });
        let answer = self.call(false, "POST", "/api/moderation", body.clone()).await;
        self.tell(|| format!("moderation {body}: {}", answer.text));
        if answer.status.is_success() {
            self.done.push(verb);
        }
    }
}

fn name(is_cleo: bool) -> &'static str {
    if is_cleo { "Cleo" } else { "Ann" }
}
