//! A running simulator for one test: on either database, with a clock moved by hand.

use std::time::Duration;

use kit::clock::{Clock, Hand, Timestamp};
use kit::random::Random;
use kit::testing::{Database, Engine};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde_json::{Value, json};
use url::Url;

use crate::oauth::{BUSINESS_MANAGE, DEMO_CLIENT, DEMO_CLIENT_SECRET, YOUTUBE_FORCE_SSL, YOUTUBE_READONLY};
use crate::{Host, Options, Simulator, business, youtube};

pub const SECRET: &str = "the demo service's secret";
pub const REDIRECT: &str = "http://localhost:8080/connections/youtube/callback";

pub struct Sim {
    running: Option<Simulator>,
    /// Removed when the test is over.
    _database: Database,
    options: Options,
    pub client: Client,
    pub hand: Hand,
}

impl Sim {
    pub async fn fresh(engine: Engine) -> Self {
        let database = Database::fresh(engine).await;
        let (clock, hand) = Clock::manual(Timestamp::parse("2026-11-22T10:00:00.5Z").expect("a valid instant"));
        let mut options = Options::new(std::path::Path::new("/unused"), SECRET, clock, Random::seeded(1));
        options.database_url = database.url().to_owned();
        options.slow = Duration::from_millis(1);
        options.tick = Duration::from_millis(50);
        let running = crate::start(options.clone()).await.expect("the simulator starts");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .build()
            .expect("a client can be built");
        Self { running: Some(running), _database: database, options, client, hand }
    }

    /// Stops it and starts it again on the same database.
    pub async fn restart(&mut self) {
        self.running.take().expect("it runs").stop().await;
        self.running = Some(crate::start(self.options.clone()).await.expect("the simulator starts again"));
    }

    pub fn simulator(&self) -> &Simulator {
        self.running.as_ref().expect("it runs")
    }

    pub fn host(&self, host: Host) -> String {
        self.simulator().hosts()[host.as_str()].clone()
    }

    /// A call of the demo service's API.
    pub fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.simulator().api_url())).bearer_auth(SECRET)
    }

    pub async fn make_profile(&self, user: &str, key: &str, more: Value) -> (StatusCode, Value) {
        let mut body = json!({ "user_id": user, "size": "small", "seed": 7, "redirect_uris": [REDIRECT] });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        answer(self.api(Method::POST, "/profiles").header("Idempotency-Key", key).json(&body)).await
    }

    pub async fn set_fault(&self, user: &str, body: Value) {
        let (status, _) = answer(self.api(Method::POST, &format!("/profiles/{user}/faults")).json(&body)).await;
        assert_eq!(status, StatusCode::OK);
    }

    /// The authorize request of a demo set-up; `more` replaces and adds.
    pub fn authorize_url(&self, user: &str, more: &[(&str, &str)]) -> Url {
        let mut url = Url::parse(&self.host(Host::GoogleAccounts)).expect("a host is an address");
        url.set_path("/o/oauth2/v2/auth");
        let scope = format!("{YOUTUBE_READONLY} {YOUTUBE_FORCE_SSL}");
        let usual = [
            ("client_id", DEMO_CLIENT),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", &scope),
            ("state", "the state"),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("simulator_profile", user),
            ("simulator_consent", "allow"),
        ];
        for (name, value) in usual.iter().filter(|(name, _)| !more.iter().any(|(other, _)| name == other)).chain(more) {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }

    /// What the redirect carries.
    pub async fn consent(&self, user: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let response = self.client.get(self.authorize_url(user, more)).send().await.expect("the host answers");
        assert_eq!(response.status(), StatusCode::FOUND, "{}", response.text().await.unwrap_or_default());
        redirected(&response)
    }

    pub async fn token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let url = format!("{}/token", self.host(Host::GoogleOauth));
        let mut form: Vec<(&str, &str)> = form.to_vec();
        form.extend([("client_id", DEMO_CLIENT), ("client_secret", DEMO_CLIENT_SECRET)]);
        answer(self.client.post(url).form(&form)).await
    }

    pub async fn exchange(&self, code: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT)]).await
    }

    /// An access token with all scopes.
    pub async fn connect(&self, user: &str) -> String {
        let code = value(&self.consent(user, &[]).await, "code");
        let (status, tokens) = self.exchange(&code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        text(&tokens["access_token"])
    }

    /// An access token to places and their reviews.
    pub async fn connect_business(&self, user: &str) -> String {
        let code = value(&self.consent(user, &[("scope", BUSINESS_MANAGE)]).await, "code");
        let (status, tokens) = self.exchange(&code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        text(&tokens["access_token"])
    }

    pub fn business(&self, host: Host, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/{path}", self.host(host))).bearer_auth(token)
    }

    /// The answer of a reading call, which is of the schema.
    pub async fn get_business(&self, host: Host, token: &str, path: &str, schema: &str) -> Value {
        let (status, body) = answer(self.business(host, token, Method::GET, path)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert_eq!(business::schema::faults(host, schema, &body), Vec::<String>::new(), "{path}");
        body
    }

    pub fn youtube(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/youtube/v3/{path}", self.host(Host::Youtube))).bearer_auth(token)
    }

    pub async fn get(&self, token: &str, path: &str) -> Value {
        let (status, body) = answer(self.youtube(token, Method::GET, path)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert_eq!(youtube::schema::faults(&body), Vec::<String>::new(), "{path}");
        body
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, token: &str, path: &str) -> Vec<Value> {
        let (mut items, mut page) = (Vec::new(), String::new());
        loop {
            let body = self.get(token, &format!("{path}&pageToken={page}")).await;
            items.extend(body["items"].as_array().expect("a list has items").clone());
            match body["nextPageToken"].as_str() {
                Some(next) => page = next.to_owned(),
                None => return items,
            }
        }
    }

    /// The status and reason of a call that is refused.
    pub async fn refusal(&self, token: &str, method: Method, path: &str, body: Value) -> (u16, String) {
        let (status, body) = answer(self.youtube(token, method, path).json(&body)).await;
        (status.as_u16(), text(&body["error"]["errors"][0]["reason"]))
    }
}

/// A test that no database decides.
pub fn with_sim(test: impl AsyncFnOnce(Sim)) {
    kit::testing::run(async { test(Sim::fresh(Engine::Sqlite).await).await });
}

/// Status and JSON body; null where there is none.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("the simulator answers");
    let status = response.status();
    let body = response.bytes().await.expect("the answer is whole");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub fn redirected(response: &reqwest::Response) -> Vec<(String, String)> {
    let location = response.headers()["location"].to_str().expect("an address is ASCII");
    let location = Url::parse(location).expect("a redirect names an address");
    location.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

pub fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
