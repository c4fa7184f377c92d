//! A program that uses the JSON API with a session cookie of its own.

use std::sync::Once;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::server::Server;

pub const PASSWORD: &str = "seven kettles on a green hill";

const COOKIE: &str = "__Host-session_token=";

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
        let request = self.http.request(method, format!("{}{path}", self.base));
        let mut request = request.header("cookie", &self.cookie).header("origin", &self.base);
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
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with(COOKIE));
        let session = session.map(str::to_owned);
        let text = answer.text().await.unwrap_or_default();
        assert_eq!(status, expected, "{path}: {text}");
        let cookie = session.expect("whoever comes in is given a session");
        Self { http, base: server.url(""), cookie }
    }
}
