//! Sending a webhook: bounded in time, never redirected.

use std::time::Duration;

use kit::clock::Timestamp;
use reqwest::{Client, StatusCode, redirect};

use super::store::Due;
use super::webhook::{Secret, unix_seconds};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Received,
    /// 410: the receiver wants no more of it. Or a secret that no longer reads.
    Unwanted,
    Failed,
}

#[derive(Clone)]
pub struct Sender(Client);

impl Sender {
    pub fn new() -> Self {
        // Whoever comes second finds it done.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .retry(reqwest::retry::never())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            .user_agent("Repruv-Simulator")
            .build();
        Self(client.expect("a client without files or proxies can be built"))
    }

    pub async fn send(&self, due: &Due, now: Timestamp) -> Outcome {
        let Some(secret) = Secret::parse(&due.secret) else { return Outcome::Unwanted };
        let request = self
            .0
            .post(&due.url)
            .header("content-type", "application/json")
            .header("webhook-id", &due.id)
            .header("webhook-timestamp", unix_seconds(now))
            .header("webhook-signature", secret.sign(&due.id, now, &due.body))
            .body(due.body.clone());
        match request.send().await.map(|response| response.status()) {
            Ok(status) if status.is_success() => Outcome::Received,
            Ok(StatusCode::GONE) => Outcome::Unwanted,
            Ok(_) | Err(_) => Outcome::Failed,
        }
    }
}
