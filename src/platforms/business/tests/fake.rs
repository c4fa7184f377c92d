//! A Google of one test: its answers are a function of what was asked.

use std::sync::{Arc, Mutex};

use kit::clock::{Clock, Timestamp};
use reqwest::Request;
use serde_json::{Value, json};

use crate::outbound::Outbound;
use crate::outbound::testing::Scripted;
use crate::platforms::adapter::{AccountKey, Adapter as _, Batch, Reading, World};
use crate::platforms::bluesky::Directory;
use crate::platforms::business::api::{Api, Known};
use crate::platforms::{Error, Hosts};
use crate::secrets::Secret;

#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET mybusiness /v4/…`, without the domain.
    pub what: String,
    pub query: Vec<(String, String)>,
    pub body: Value,
}

impl Asked {
    fn read(request: &Request) -> Self {
        let url = request.url();
        let host = url.host_str().and_then(|host| host.split('.').next()).unwrap_or_default();
        let body = request.body().and_then(|body| serde_json::from_slice(body.as_bytes()?).ok()).unwrap_or_default();
        Self {
            what: format!("{} {host} {}", request.method(), url.path()),
            query: url.query_pairs().into_owned().collect(),
            body,
        }
    }

    pub fn of(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

#[derive(Clone)]
pub struct Fake {
    network: Scripted,
    log: Arc<Mutex<Vec<Asked>>>,
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

    pub fn api(&self) -> Api {
        let (clock, _) = Clock::manual(Timestamp::parse("2026-11-30T10:00:00Z").unwrap());
        let outbound = Outbound::default().over(Arc::new(self.network.clone()));
        let world = World {
            http: outbound.providers,
            named: outbound.named,
            clock,
            hosts: Hosts::providers(),
            is_simulated: false,
            google: None,
            atproto: Directory::default(),
        };
        Api::new(world, Arc::new(Secret::new("token")), Arc::new(std::sync::atomic::AtomicI64::new(0)))
    }

    /// A whole pass, or one for what changed since then.
    pub async fn pass(&self, since: Option<&str>) -> Result<Batch, Error> {
        let since = since.map(|at| Timestamp::parse(at).unwrap());
        let reading = Reading { since, promised_content: 0, promised_interactions: 0, is_last_attempt: false };
        let (api, mut whole, mut cursor) = (self.api(), Batch::default(), None);
        loop {
            let batch = api.read(&key(), &reading, cursor.as_ref()).await?;
            cursor = batch.next.clone();
            whole.absorb(batch);
            if cursor.is_none() {
                return Ok(whole);
            }
        }
    }

    pub fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }
}

pub fn key() -> AccountKey {
    let known = Known {
        account: "accounts/1".into(),
        title: "Harbor & Thyme".into(),
        maps_uri: Some("https://maps.google.com/?cid=2".into()),
    };
    AccountKey { external_id: "locations/2".into(), state: known.state() }
}

pub const REVIEWS: &str = "/v4/accounts/1/locations/2/reviews";

pub fn review(id: &str, stars: &str, comment: Option<&str>, updated: &str) -> Value {
    let mut review = json!({
        "name": format!("accounts/1/locations/2/reviews/{id}"), "reviewId": id,
        "reviewer": { "displayName": "Ann", "profilePhotoUrl": "https://lh3.example/a" }, "starRating": stars,
        "createTime": "2026-10-01T09:00:00.123456Z", "updateTime": updated, "reviewReplyUrl": "https://business.google.com/r",
    });
    if let Some(comment) = comment {
        review["comment"] = comment.into();
    }
    review
}

pub fn problem(status: u16, name: &str) -> (u16, Value) {
    (status, json!({ "error": { "code": status, "message": "No.", "status": name } }))
}
