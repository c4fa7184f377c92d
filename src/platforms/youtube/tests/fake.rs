//! A YouTube of one test, without a network: its answers are a function of what was asked.

use std::sync::{Arc, Mutex};

use kit::clock::{Clock, Timestamp};
use serde_json::{Value, json};

use crate::outbound::Outbound;
use crate::outbound::testing::Scripted;
use crate::platforms::adapter::{AccountKey, Batch, Reading, World};
use crate::platforms::google::Client;
use crate::platforms::youtube::Api;
use crate::platforms::{Adapter as _, Error, Hosts};
use crate::secrets::Secret;

#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    query: Vec<(String, String)>,
}

impl Asked {
    pub fn of(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> usize {
        self.of(name).and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    pub fn is_list(&self, moderation: &str) -> bool {
        self.path == "commentThreads" && self.of("moderationStatus") == Some(moderation)
    }
}

#[derive(Clone)]
pub struct Fake {
    network: Scripted,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    pub fn new(script: impl Fn(&Asked) -> (u16, Vec<u8>) + Send + Sync + 'static) -> Self {
        let log = Arc::<Mutex<Vec<Asked>>>::default();
        let kept = log.clone();
        let network = Scripted::new(move |request| {
            let url = request.url();
            let path = url.path().trim_start_matches("/youtube/v3/").to_owned();
            let asked = Asked { path, query: url.query_pairs().into_owned().collect() };
            kept.lock().unwrap().push(asked.clone());
            script(&asked)
        });
        Self { network, log }
    }

    pub fn api(&self) -> Api {
        let (clock, _) = Clock::manual(Timestamp::parse("2026-11-22T10:00:00Z").unwrap());
        let world = World {
            http: Outbound::default().over(Arc::new(self.network.clone())).providers,
            named: Outbound::default().named,
            clock,
            hosts: Hosts::providers(),
            is_simulated: true,
            google: Some(Client::of_simulator()),
            atproto: crate::platforms::bluesky::Directory::default(),
        };
        Api::new(world, Arc::new(Secret::new("token")), Arc::new(std::sync::atomic::AtomicI64::new(0)))
    }

    /// A whole pass, or one for what came since then.
    pub async fn pass(&self, since: Option<&str>) -> Result<Batch, Error> {
        let since = since.map(|at| Timestamp::parse(at).unwrap());
        let reading = Reading { since, promised_content: 3, promised_interactions: 0, is_last_attempt: false };
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

    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.log.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    pub fn count(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

pub fn key() -> AccountKey {
    AccountKey { external_id: "UC1".into(), state: json!({ "uploads": "UU1", "videos": 3 }) }
}

pub fn said(value: Value) -> (u16, Vec<u8>) {
    (200, value.to_string().into_bytes())
}

pub fn problem(status: u16, reason: &str) -> (u16, Vec<u8>) {
    let body = json!({ "error": { "code": status, "message": "no", "errors": [{ "reason": reason }] } });
    (status, body.to_string().into_bytes())
}

/// A channel in which nothing is wrong: a video, and a comment.
pub fn healthy(asked: &Asked) -> (u16, Vec<u8>) {
    said(match asked.path.as_str() {
        "channels" => json!({ "items": [{ "id": "UC1", "snippet": { "title": "Northside" },
            "contentDetails": { "relatedPlaylists": { "uploads": "UU1" } } }] }),
        "playlistItems" => json!({ "items": [{ "contentDetails": { "videoId": "v1" } }] }),
        "videos" => {
            let ids = asked.of("id").unwrap_or_default().split(',');
            json!({ "items": ids.map(video).collect::<Vec<_>>() })
        }
        "commentThreads" if asked.is_list("published") => json!({ "items": [comment_thread("T1")] }),
        _ => json!({ "items": [] }),
    })
}

pub fn video(id: &str) -> Value {
    json!({ "id": id, "snippet": { "title": id }, "statistics": { "viewCount": "1", "commentCount": "1" } })
}

pub fn comment_thread(id: &str) -> Value {
    thread_at(id, "2026-11-20T10:00:00Z", "Which grinder is that?")
}

pub fn thread_at(id: &str, at: &str, text: &str) -> Value {
    json!({ "id": id, "snippet": { "videoId": "v1", "canReply": true, "totalReplyCount": 0,
        "topLevelComment": { "id": id, "snippet": { "textDisplay": text, "publishedAt": at } } } })
}

/// The published list in pages, like YouTube's: a token is the place of the next item, whatever the page's size.
pub fn listing(threads: &[Value], asked: &Asked) -> Value {
    let (first, size) = (asked.number("pageToken"), asked.number("maxResults"));
    let mut page = json!({ "items": threads.iter().skip(first).take(size).collect::<Vec<_>>() });
    if asked.of("fields").is_some() {
        page = json!({ "items": threads.iter().skip(first).take(size).map(|raw| json!({ "id": raw["id"] })).collect::<Vec<_>>() });
    }
    if first + size < threads.len() {
        page["nextPageToken"] = json!((first + size).to_string());
    }
    page
}
