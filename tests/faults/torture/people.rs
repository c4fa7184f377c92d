//! People who use an installation without mercy, and write down what they were told.

use std::sync::Arc;
use std::time::Duration;

use kit::random::Random;
use repruv::secrets::Vault;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::ledger::{Account, Ledger, Requests};
use crate::support::{Client, webhook};

pub struct Person {
    pub email: String,
    pub client: Client,
    /// Whether they call back and leave as often as they begin.
    pub restless: bool,
    /// Another of their browsers does the rest.
    pub sees_to_comments: bool,
    pub urls: Arc<[String]>,
    pub ledger: Arc<Ledger>,
    pub random: Random,
    pub vault: Vault,
    pub http: reqwest::Client,
    /// Another browser of the same person.
    pub spare: Option<Client>,
    /// Browsers that were signed out.
    pub ended: Vec<Client>,
}

/// How an answer to a request is written down.
enum Told {
    Accepted(Value),
    Refused,
    /// The answer was lost: it may have been done or not.
    Nothing,
}

impl Person {
    /// One thing after the other, until there is enough.
    pub async fn live(mut self, enough: CancellationToken) -> Self {
        while !enough.is_cancelled() {
            self.client = self.client.at(&self.urls[self.below(self.urls.len())]);
            let changes_mind = self.restless || self.below(20) == 0;
            match self.below(100) {
                _ if self.sees_to_comments => self.see_to_comments().await,
                0..16 => self.order("/api/demo/enable", json!({"size": "small", "seed": 7}), |a| &mut a.enables).await,
                16..20 if changes_mind => {
                    self.order("/api/demo/disable", json!({}), |account| &mut account.disables).await;
                }
                20..22 if changes_mind => self.cancel().await,
                22..30 => self.retry().await,
                30..46 => self.rename().await,
                46..76 => self.deliver().await,
                76..80 => self.sync().await,
                80..82 => self.change_browser().await,
                82..84 => self.leave_browser().await,
                84..88 => self.answer().await,
                88..92 => self.see_to_comments().await,
                _ => self.look().await,
            }
            // People pause, and so a kill finds them in every state.
            tokio::time::sleep(Duration::from_millis(self.below(25) as u64)).await;
        }
        self
    }

    /// Whoever was told that they are out is out.
    pub async fn check_sessions(&self) {
        for session in &self.ended {
            match session.send(Method::GET, "/api/auth/session", None).await {
                Some((StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE, _)) | None => {}
                Some((status, _)) => self.ledger.broken(format!("a session that was ended answers {status}")),
            }
        }
        match self.client.send(Method::GET, "/api/auth/session", None).await {
            Some((StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE, _)) | None => {}
            Some((status, _)) => self.ledger.broken(format!("a session that was begun answers {status}")),
        }
    }

    pub fn below(&self, limit: usize) -> usize {
        (self.random.unit() * limit as f64) as usize
    }

    pub fn write(&self, entry: impl FnOnce(&mut Account)) {
        self.ledger.account(&self.client.user_id, entry);
    }

    async fn post(&self, path: &str, body: Value) -> Told {
        let answer = self.client.send(Method::POST, path, Some(body)).await;
        self.ledger.count(answer.is_some());
        match answer {
            Some((status, answer)) if status.is_success() => Told::Accepted(answer),
            Some((status, answer)) => {
                self.expect_no_fault(path, status, &answer);
                Told::Refused
            }
            None => {
                self.wait_for_the_server().await;
                Told::Nothing
            }
        }
    }

    /// Busy is an honest answer, a fault is not.
    pub fn expect_no_fault(&self, path: &str, status: StatusCode, answer: &Value) {
        if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
            self.ledger.broken(format!("{path} answers {status}: {answer}"));
        }
    }

    pub async fn wait_for_the_server(&self) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    async fn order(&self, path: &str, body: Value, requests: fn(&mut Account) -> &mut Requests) {
        self.write(|account| requests(account).sent += 1);
        match self.post(path, body).await {
            Told::Accepted(answer) => match answer["job_id"].as_str() {
                Some(job) => {
                    let state = answer["status"].as_str().unwrap_or_default();
                    self.write(|account| requests(account).acknowledge(job, state));
                }
                None => self.ledger.broken(format!("{path} names no job: {answer}")),
            },
            Told::Refused => self.write(|account| requests(account).refused += 1),
            Told::Nothing => {}
        }
    }

    async fn jobs(&self, status: &str) -> Option<Vec<String>> {
        let path = format!("/api/jobs?status={status}");
        let (status, list) = self.client.send(Method::GET, &path, None).await?;
        self.expect_no_fault(&path, status, &list);
        let ids = list["items"].as_array()?.iter().filter_map(|job| job["id"].as_str().map(str::to_owned));
        Some(ids.collect())
    }

    async fn cancel(&self) {
        let Some(live) = self.jobs("running").await else { return self.wait_for_the_server().await };
        if let Some(job) = live.first() {
            self.post(&format!("/api/jobs/{job}/cancel"), json!({})).await;
        }
    }

    async fn retry(&self) {
        // What reads a demo's channel goes with the demo, acknowledged or not.
        let Some(failed) = self.jobs("failed&job_type=enable_demo").await else {
            return self.wait_for_the_server().await;
        };
        if let Some(job) = failed.first() {
            self.order(&format!("/api/jobs/{job}/retry"), json!({}), |account| &mut account.retries).await;
        }
    }

    async fn rename(&self) {
        let number = self.ledger.account(&self.client.user_id, |account| {
            account.name.1 += 1;
            account.name.1
        });
        let form = [("name", format!("Ann {number}")), ("time_zone", "UTC".into())];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let status = self.client.submit("/settings/account", &form).await;
        self.ledger.count(status.is_some());
        match status {
            Some(StatusCode::SEE_OTHER) => self.write(|account| account.name.0 = number),
            Some(status) => self.expect_no_fault("/settings/account", status, &Value::Null),
            None => self.wait_for_the_server().await,
        }
    }

    /// A webhook as the demo service would send it; every third one comes twice.
    async fn deliver(&self) {
        let Some((_, demo)) = self.client.send(Method::GET, "/api/demo/status", None).await else {
            return self.wait_for_the_server().await;
        };
        let (Some("enabled"), Some(workspace)) = (demo["status"].as_str(), demo["workspace_id"].as_str()) else {
            return;
        };
        let id = format!("evt_{}", self.random.token());
        for _ in 0..=self.below(3) / 2 {
            let status = self.send_webhook(&id).await;
            self.ledger.count(status.is_some());
            match status {
                Some(StatusCode::OK) => {
                    self.write(|account| drop(account.deliveries.insert(id.clone(), workspace.to_owned())))
                }
                Some(status) => self.expect_no_fault("a webhook", status, &Value::Null),
                None => self.wait_for_the_server().await,
            }
        }
    }

    async fn send_webhook(&self, id: &str) -> Option<StatusCode> {
        let base = &self.urls[self.below(self.urls.len())];
        webhook::send(&self.http, base, &self.vault, &self.client.user_id, id).await
    }

    async fn sync(&self) {
        let found = self.client.send(Method::GET, "/api/connections", None).await;
        let Some((_, list)) = found else { return self.wait_for_the_server().await };
        if let Some(id) = list["items"][0]["id"].as_str() {
            self.post(&format!("/api/connections/{id}/sync"), json!({})).await;
        }
    }

    /// Signs in once more; that session must hold from then on.
    async fn change_browser(&mut self) {
        let base = &self.urls[self.below(self.urls.len())];
        if let Some(session) = Client::sign_in_at(base, &self.email).await {
            self.spare = Some(std::mem::replace(&mut self.client, session));
        }
    }

    /// Signs the other browser out; it must stay out.
    async fn leave_browser(&mut self) {
        let Some(spare) = self.spare.take() else { return };
        let spare = spare.at(&self.urls[self.below(self.urls.len())]);
        match spare.send(Method::POST, "/api/auth/logout", None).await {
            Some((StatusCode::NO_CONTENT, _)) => {
                // A connection for each of them would be what grows in a soak.
                self.ended.push(spare.over(&self.http));
                self.check_sessions().await;
            }
            Some((status, answer)) => self.expect_no_fault("/api/auth/logout", status, &answer),
            None => self.wait_for_the_server().await,
        }
    }

    async fn look(&self) {
        let path = ["/api/dashboard", "/dashboard", "/inbox", "/activity"][self.below(4)];
        match self.client.send(Method::GET, path, None).await {
            Some((StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE, _)) => {}
            Some((status, answer)) => self.ledger.broken(format!("{path} answers {status}: {answer}")),
            None => self.wait_for_the_server().await,
        }
    }
}
