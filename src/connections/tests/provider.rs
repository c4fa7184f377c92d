//! A provider that answers what a test tells it to, on a port of its own; it is its own demo service.

use std::sync::{Arc, Mutex};

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub token: String,
    query: String,
    form: String,
}

impl Asked {
    pub fn query(&self, name: &str) -> Option<String> {
        parameter(&self.query, name)
    }

    pub fn form(&self, name: &str) -> Option<String> {
        parameter(&self.form, name)
    }
}

fn parameter(pairs: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(pairs.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

type Script = Arc<dyn Fn(&Asked) -> (u16, Value) + Send + Sync>;

#[derive(Clone)]
pub struct Provider {
    pub url: Url,
    log: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Script>>,
}

impl Provider {
    pub async fn start(script: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url: Url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
        let provider = Self { url, log: Arc::default(), script: Arc::new(Mutex::new(Arc::new(script))) };
        let answering = provider.clone();
        let routes = axum::Router::new().fallback(move |request: Request| {
            let answering = answering.clone();
            async move { answering.answer(request).await }
        });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    /// From now on.
    pub fn answers(&self, script: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.log.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    async fn answer(&self, request: Request) -> (StatusCode, Bytes) {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
        let token = parts.headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let asked = Asked {
            path: parts.uri.path().to_owned(),
            token: token.unwrap_or_default().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            form: String::from_utf8_lossy(&body).into_owned(),
        };
        if asked.path == "/hosts" {
            let hosts = crate::platforms::Host::ALL.map(|host| (host.key().to_owned(), json!(self.url.as_str())));
            return (StatusCode::OK, Value::Object(hosts.into_iter().collect()).to_string().into());
        }
        self.log.lock().unwrap().push(asked.clone());
        let script = self.script.lock().unwrap().clone();
        // A script may block: it stands for another machine.
        let (status, body) = tokio::task::spawn_blocking(move || script(&asked)).await.expect("the script answers");
        (StatusCode::from_u16(status).expect("a status"), body.to_string().into())
    }
}

pub const SCOPE: &str = crate::platforms::google::YOUTUBE_SCOPE;

/// An account with one video, a comment and its answer.
pub fn healthy(asked: &Asked) -> (u16, Value) {
    let answer = match asked.path.as_str() {
        "/token" => grant("access-1", Some("refresh-1"), SCOPE),
        "/revoke" => json!({}),
        "/youtube/v3/channels" => channel("UC1"),
        "/youtube/v3/playlistItems" => json!({ "items": [{ "contentDetails": { "videoId": "v1" } }] }),
        "/youtube/v3/videos" => json!({ "items": [{ "id": "v1",
            "snippet": { "title": "Pour-over, slowly", "publishedAt": "2026-11-20T10:00:00Z" },
            "contentDetails": { "duration": "PT4M" }, "statistics": { "viewCount": "10", "commentCount": "2" } }] }),
        "/youtube/v3/commentThreads" if asked.query("moderationStatus").as_deref() == Some("published") => {
            json!({ "items": [thread("UgxA", "Which grinder is that?", "2026-11-21T10:00:00Z")] })
        }
        "/youtube/v3/commentThreads" => match asked.query("id") {
            Some(id) => json!({ "items": [thread(&id, "Which grinder is that?", "2026-11-21T10:00:00Z")] }),
            None => json!({ "items": [] }),
        },
        _ => return (404, json!({ "error": { "code": 404, "message": "", "errors": [{ "reason": "notFound" }] } })),
    };
    (200, answer)
}

pub fn grant(access: &str, refresh: Option<&str>, scope: &str) -> Value {
    let mut grant = json!({ "access_token": access, "expires_in": 3599, "scope": scope, "token_type": "Bearer" });
    if let Some(refresh) = refresh {
        grant["refresh_token"] = json!(refresh);
    }
    grant
}

pub fn channel(id: &str) -> Value {
    json!({ "items": [{ "id": id, "snippet": { "title": "Northside Coffee", "customUrl": "@northside", "defaultLanguage": "en" },
        "statistics": { "subscriberCount": "1200", "videoCount": "1", "viewCount": "10", "hiddenSubscriberCount": false },
        "contentDetails": { "relatedPlaylists": { "uploads": "UU1" } } }] })
}

pub fn thread(id: &str, text: &str, at: &str) -> Value {
    let comment = |id: &str, author: &str, text: &str| {
        json!({ "id": id, "snippet": { "authorDisplayName": "@ann", "authorChannelId": { "value": author }, "videoId": "v1",
            "textDisplay": text, "likeCount": 1, "publishedAt": at, "updatedAt": at } })
    };
    json!({ "id": id, "snippet": { "videoId": "v1", "canReply": true, "totalReplyCount": 1,
        "topLevelComment": comment(id, "UC9", text) },
        "replies": { "comments": [comment(&format!("{id}.1"), "UC1", "A Comandante.")] } })
}
