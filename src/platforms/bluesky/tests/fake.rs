//! A network of one test: its answers are a function of what was asked.

use std::sync::{Arc, Mutex};

use kit::clock::{Clock, Timestamp};
use reqwest::Request;
use serde_json::{Value, json};

use crate::outbound::Outbound;
use crate::outbound::testing::Scripted;
use crate::platforms::adapter::{AccountKey, Adapter as _, Batch, Reading, World};
use crate::platforms::bluesky::api::Api;
use crate::platforms::bluesky::session::Token;
use crate::platforms::bluesky::{Directory, map::POST};
use crate::platforms::{Error, Hosts};
use crate::secrets::Secret;

pub const ANN: &str = "did:plc:ann";
pub const BOB: &str = "did:plc:bob";

#[derive(Clone, Debug)]
pub struct Asked {
    /// The call's name, or the path where it is none.
    pub name: String,
    pub query: Vec<(String, String)>,
    pub body: Value,
}

impl Asked {
    pub fn of(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

#[derive(Clone)]
pub struct Fake {
    network: Scripted,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl Asked {
    pub fn read(request: &Request) -> Self {
        let url = request.url();
        let body = request.body().and_then(|body| serde_json::from_slice(body.as_bytes()?).ok()).unwrap_or_default();
        Self {
            name: url.path().trim_start_matches("/xrpc/").to_owned(),
            query: url.query_pairs().into_owned().collect(),
            body,
        }
    }
}

impl Fake {
    pub fn new(script: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let log = Arc::<Mutex<Vec<Asked>>>::default();
        let kept = log.clone();
        let network = Scripted::new(move |request| {
            let asked = Asked::read(request);
            kept.lock().unwrap().push(asked.clone());
            let (status, body) = script(&asked);
            (status, body.to_string().into_bytes())
        });
        Self { network, log }
    }

    pub fn outbound(&self) -> Outbound {
        Outbound::default().over(Arc::new(self.network.clone()))
    }

    pub fn world(&self) -> World {
        let (clock, _) = Clock::manual(Timestamp::parse("2026-11-30T10:00:00Z").unwrap());
        let outbound = self.outbound();
        World {
            http: outbound.providers,
            named: outbound.named,
            clock,
            hosts: Hosts::providers(),
            is_simulated: false,
            google: None,
            atproto: Directory::default(),
        }
    }

    pub fn api(&self) -> Api {
        let server = "https://pds.example.com/".parse().unwrap();
        let token = Token { server, did: ANN.into(), jwt: Secret::new("jwt") }.to_secret();
        Api::new(self.world(), Arc::new(token), Arc::new(std::sync::atomic::AtomicI64::new(0)))
    }

    /// A whole pass, or one for what came since then, with all its threads.
    pub async fn pass(&self, since: Option<&str>) -> Result<Batch, Error> {
        let since = since.map(|at| Timestamp::parse(at).unwrap());
        let reading = Reading { since, promised_content: 0, promised_interactions: 0, is_last_attempt: false };
        let (api, mut whole, mut cursor) = (self.api(), Batch::default(), None);
        loop {
            let batch = api.read(&key(), &reading, cursor.as_ref()).await?;
            cursor = batch.next.clone();
            whole.absorb(batch);
            while let Some(thread) = whole.partial.pop() {
                whole.absorb(api.read_thread(&key(), &reading, &thread).await?);
            }
            if cursor.is_none() {
                return Ok(whole);
            }
        }
    }

    /// The names of what was asked.
    pub fn asked(&self) -> Vec<String> {
        self.log.lock().unwrap().iter().map(|asked| asked.name.clone()).collect()
    }
}

pub fn key() -> AccountKey {
    AccountKey { external_id: ANN.into(), state: json!({ "name": "Ann" }) }
}

pub fn uri(who: &str, key: &str) -> String {
    format!("at://{who}/{POST}/{key}")
}

/// A post, as lists show it; `above` is the conversation's first post and the one that it answers.
pub fn post(who: &str, key: &str, above: Option<(&str, &str)>, replies: i64) -> Value {
    let mut record = json!({ "$type": POST, "text": key, "createdAt": "2026-11-30T09:00:00Z" });
    if let Some((root, parent)) = above {
        record["reply"] = json!({ "root": { "uri": root, "cid": "c" }, "parent": { "uri": parent, "cid": "c" } });
    }
    json!({
        "uri": uri(who, key), "cid": "c", "record": record, "indexedAt": "2026-11-30T09:00:01Z", "replyCount": replies,
        "author": { "did": who, "handle": "somebody.test" },
    })
}

pub fn refusal(status: u16, error: &str) -> (u16, Value) {
    (status, json!({ "error": error, "message": "no" }))
}
