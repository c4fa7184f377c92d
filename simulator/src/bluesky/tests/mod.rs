//! The network as an adapter meets it, on either database.

mod reading;
mod signing_in;
mod writing;

use kit::testing::Engine;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Host;
use crate::testing::{Sim, answer};

/// Somebody's account, signed in.
pub struct Signed {
    pub sim: Sim,
    pub did: String,
    pub access: String,
    pub refresh: String,
}

impl Signed {
    pub async fn fresh(engine: Engine) -> Signed {
        Signed::with(engine, json!({ "story": "shop" })).await
    }

    pub async fn with(engine: Engine, more: Value) -> Signed {
        let sim = Sim::fresh(engine).await;
        let (status, _) = sim.make_profile("ann", "k1", more).await;
        assert_eq!(status, StatusCode::OK);
        let password = app_password(&sim, "ann").await;
        let body = json!({ "identifier": password["did"], "password": password["app_password"] });
        let (status, session) =
            xrpc(&sim, Method::POST, "com.atproto.server.createSession", None, &[], Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{session}");
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        Signed { did: text("did"), access: text("accessJwt"), refresh: text("refreshJwt"), sim }
    }

    pub async fn get(&self, name: &str, query: &[(&str, &str)]) -> (StatusCode, Value) {
        xrpc(&self.sim, Method::GET, name, Some(&self.access), query, None).await
    }

    pub async fn found(&self, name: &str, query: &[(&str, &str)]) -> Value {
        let (status, answer) = self.get(name, query).await;
        assert_eq!(status, StatusCode::OK, "{name} {query:?}: {answer}");
        answer
    }

    pub async fn post(&self, name: &str, body: Value) -> (StatusCode, Value) {
        xrpc(&self.sim, Method::POST, name, Some(&self.access), &[], Some(body)).await
    }

    /// All pages of a list.
    pub async fn all(&self, name: &str, field: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let mut query = query.to_vec();
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let page = self.found(name, &query).await;
            items.extend(page[field].as_array().unwrap().iter().cloned());
            cursor = page["cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return items;
            }
        }
    }
}

pub async fn app_password(sim: &Sim, user: &str) -> Value {
    let (status, made) = answer(sim.api(Method::POST, &format!("/profiles/{user}/app-passwords"))).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    made
}

pub async fn xrpc(
    sim: &Sim,
    method: Method,
    name: &str,
    token: Option<&str>,
    query: &[(&str, &str)],
    body: Option<Value>,
) -> (StatusCode, Value) {
    let mut request = sim.client.request(method, format!("{}/xrpc/{name}", sim.host(Host::Bluesky))).query(query);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    answer(request).await
}

pub fn uri_of(view: &Value) -> &str {
    view["uri"].as_str().unwrap()
}
