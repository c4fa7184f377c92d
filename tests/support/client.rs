//! A program that uses the JSON API with a session cookie of its own.

use std::sync::Once;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::server::Server;

pub const PASSWORD: &str = "seven kettles on a green hill";

pub struct Client {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

pub fn http() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client needs nothing")
}

impl Client {
    /// Makes the first account through the printed link.
    pub async fn sign_up(server: &Server, email: &str) -> Self {
        let token = server.setup_link.split("token=").nth(1).expect("the link holds a token");
        let account = json!({"email": email, "password": PASSWORD, "name": "Ann", "setup_token": token});
        Self::enter(server, "/api/auth/signup", account, StatusCode::CREATED).await
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(Method::GET, path, None).await.expect("the server answers")
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, Some(body)).await.expect("the server answers")
    }

    /// `None` when there is no whole answer: the server may be down.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Option<(StatusCode, Value)> {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).header("cookie", &self.cookie);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    async fn enter(server: &Server, path: &str, body: Value, expected: StatusCode) -> Self {
        let http = http();
        let answer = http.post(server.url(path)).json(&body).send().await.expect("the server answers");
        let status = answer.status();
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let text = answer.text().await.unwrap_or_default();
        assert_eq!(status, expected, "{path}: {text}");
        assert!(cookie.starts_with("__Host-session_token="), "{path} sets {cookie:?}");
        Self { http, base: server.url(""), cookie }
    }
}
