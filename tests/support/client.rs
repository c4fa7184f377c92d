//! A program that uses the JSON API with a session cookie of its own.

use std::sync::Once;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::server::Server;

pub const PASSWORD: &str = "seven kettles on a green hill";

/// With its port behind it, where that is a particular one.
const COOKIE: &str = "__Host-session_token";

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookie: String,
    /// Who they are: `users.id`.
    pub user_id: String,
}

/// What is asked until it is answered is asked anew after as long: the connection may be one to a process that was killed.
pub const A_QUESTION: Duration = Duration::from_secs(5);

pub fn http() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    // A request that was given to a connection in the moment in which its server was killed may never come back.
    let builder = reqwest::Client::builder().timeout(Duration::from_secs(120));
    builder.redirect(reqwest::redirect::Policy::none()).build().expect("a client needs nothing")
}

impl Client {
    /// Makes the first account through the printed link.
    pub async fn sign_up(server: &Server, email: &str) -> Self {
        Self::sign_up_at(&server.url(""), email, Some(&server.setup_link)).await
    }

    /// Makes an account: the first by the printed link, others where sign-up is open.
    pub async fn sign_up_at(base: &str, email: &str, link: Option<&str>) -> Self {
        let token = link.map(|link| link.split("token=").nth(1).expect("the link holds a token"));
        let account = json!({"email": email, "password": PASSWORD, "name": "Ann", "setup_token": token});
        let entered = Self::enter(base, "/api/auth/signup", account, StatusCode::CREATED).await;
        entered.expect("the server answers")
    }

    /// Another session of the same person; `None` when there is no whole answer, or none but "busy" and "too many".
    pub async fn sign_in_at(base: &str, email: &str) -> Option<Self> {
        Self::enter(base, "/api/auth/login", json!({"email": email, "password": PASSWORD}), StatusCode::OK).await
    }

    /// As a Cookie header has it.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// The same session, at another process of the installation. Each has an address of its own here, and so a name of its own for
    /// the cookie.
    pub fn at(&self, base: &str) -> Self {
        let value = self.cookie.split_once('=').expect("a cookie has a name").1;
        let port = base.rsplit(':').next().expect("a port of its own");
        Self { base: base.to_owned(), cookie: format!("{COOKIE}-{port}={value}"), ..self.clone() }
    }

    /// The same session, over another's connections.
    pub fn over(&self, http: &reqwest::Client) -> Self {
        Self { http: http.clone(), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(Method::GET, path, None).await.expect("the server answers")
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, Some(body)).await.expect("the server answers")
    }

    /// `None` when there is no whole answer: the server may be down.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Option<(StatusCode, Value)> {
        self.answer_to(self.request(method, path, body)).await
    }

    /// With an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Option<(StatusCode, Value)> {
        let key = key.replace(' ', "-");
        self.answer_to(self.request(Method::POST, path, Some(body)).header("idempotency-key", key)).await
    }

    fn request(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header("cookie", &self.cookie).header("origin", &self.base);
        match &body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    async fn answer_to(&self, request: reqwest::RequestBuilder) -> Option<(StatusCode, Value)> {
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// A page's form; `None` when there is no whole answer.
    pub async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Option<StatusCode> {
        let request = self.http.post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        let answer = request.header("origin", &self.base).form(form).send().await.ok()?;
        let status = answer.status();
        answer.bytes().await.ok()?;
        Some(status)
    }

    /// A whole request, as it goes over the wire.
    pub fn raw(&self, method: &str, path: &str, body: &str) -> String {
        let (base, cookie, length) = (&self.base, &self.cookie, body.len());
        let host = base.trim_start_matches("http://");
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: {base}\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    }

    async fn enter(base: &str, path: &str, body: Value, expected: StatusCode) -> Option<Self> {
        let http = http();
        let answer = http.post(format!("{base}{path}")).json(&body).send().await.ok()?;
        let status = answer.status();
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with(COOKIE));
        let session = session.map(str::to_owned);
        let text = answer.text().await.ok()?;
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            return None;
        }
        assert_eq!(status, expected, "{path}: {text}");
        let cookie = session.expect("whoever comes in is given a session");
        let user: Value = serde_json::from_str(&text).expect("whoever comes in is told who they are");
        let user_id = user["user"]["id"].as_str().expect("a user has an id").to_owned();
        Some(Self { http, base: base.to_owned(), cookie, user_id })
    }
}
