//! The lexicons' objects, as far as they are read.

use serde::Deserialize;
use serde_json::Value;

use crate::model::OutsideText;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub did: String,
    pub handle: String,
    #[serde(default)]
    pub display_name: Option<OutsideText>,
    #[serde(default)]
    pub avatar: Option<String>,
    pub followers_count: Option<i64>,
    pub posts_count: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Author {
    pub did: String,
    pub handle: String,
    #[serde(default)]
    pub display_name: Option<OutsideText>,
    #[serde(default)]
    pub avatar: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Link {
    pub uri: String,
    pub cid: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ReplyTo {
    pub root: Link,
    pub parent: Link,
}

/// `app.bsky.feed.post`, as its author's own program wrote it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    #[serde(default)]
    pub text: OutsideText,
    pub created_at: Option<String>,
    #[serde(default)]
    pub reply: Option<ReplyTo>,
    #[serde(default)]
    pub facets: Vec<Facet>,
    #[serde(default)]
    pub embed: Value,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Facet {
    #[serde(default)]
    pub features: Vec<Value>,
}

/// `app.bsky.feed.defs#postView`, and a notification, which is one with fewer counters.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostView {
    pub uri: String,
    pub author: Author,
    pub record: Value,
    pub indexed_at: Option<String>,
    pub reply_count: Option<i64>,
    pub like_count: Option<i64>,
    #[serde(default)]
    pub embed: Value,
    #[serde(default)]
    pub labels: Vec<Value>,
    #[serde(default)]
    pub viewer: Value,
}

/// `app.bsky.feed.defs#threadViewPost`; without a post where it is blocked or gone.
#[derive(Clone, Debug, Deserialize)]
pub struct ThreadView {
    pub post: Option<Value>,
    #[serde(default)]
    pub parent: Option<Box<ThreadView>>,
    #[serde(default)]
    pub replies: Option<Vec<ThreadView>>,
}

#[derive(Debug, Deserialize)]
pub struct Thread {
    pub thread: ThreadView,
    /// With the record in which the first post's author hides replies.
    #[serde(default)]
    pub threadgate: Value,
}

#[derive(Debug, Deserialize)]
pub struct Feed {
    pub feed: Vec<Value>,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Posts {
    pub posts: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Notifications {
    pub notifications: Vec<Value>,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Records {
    pub records: Vec<Record>,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Record {
    pub uri: String,
    pub cid: String,
    pub value: Value,
}
