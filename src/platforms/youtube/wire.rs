//! YouTube's own words. Unknown fields are ignored; what may be absent is optional; a counter may be a string or a number.
//! What is null is absent: `google_api` takes it away.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::web_address;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    #[serde(default)]
    pub items: Vec<Value>,
    pub next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    pub id: String,
    pub snippet: ChannelSnippet,
    #[serde(default)]
    pub statistics: ChannelStatistics,
    pub content_details: ChannelContent,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelSnippet {
    #[serde(default)]
    pub title: String,
    pub custom_url: Option<String>,
    #[serde(default)]
    pub thumbnails: Thumbnails,
    pub default_language: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct ChannelStatistics {
    #[serde(default, deserialize_with = "counter")]
    pub view_count: Option<i64>,
    #[serde(default, deserialize_with = "counter")]
    pub subscriber_count: Option<i64>,
    #[serde(default, deserialize_with = "counter")]
    pub video_count: Option<i64>,
    #[serde(default)]
    pub hidden_subscriber_count: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelContent {
    pub related_playlists: RelatedPlaylists,
}

#[derive(Deserialize)]
pub struct RelatedPlaylists {
    pub uploads: String,
}

#[derive(Deserialize, Default)]
pub struct Thumbnails {
    pub default: Option<Thumbnail>,
    pub medium: Option<Thumbnail>,
}

impl Thumbnails {
    pub fn best(self) -> Option<String> {
        self.medium.or(self.default).and_then(|thumbnail| web_address(&thumbnail.url))
    }
}

#[derive(Deserialize)]
pub struct Thumbnail {
    pub url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistItem {
    pub content_details: PlaylistItemContent,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistItemContent {
    pub video_id: String,
    pub video_published_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Video {
    pub id: String,
    pub snippet: VideoSnippet,
    #[serde(default)]
    pub statistics: VideoStatistics,
    pub content_details: Option<VideoContent>,
    #[serde(default)]
    pub status: VideoStatus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct VideoStatus {
    pub privacy_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoSnippet {
    pub title: Option<String>,
    pub published_at: Option<String>,
    #[serde(default)]
    pub thumbnails: Thumbnails,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct VideoStatistics {
    #[serde(default, deserialize_with = "counter")]
    pub view_count: Option<i64>,
    #[serde(default, deserialize_with = "counter")]
    pub like_count: Option<i64>,
    #[serde(default, deserialize_with = "counter")]
    pub comment_count: Option<i64>,
}

#[derive(Deserialize)]
pub struct VideoContent {
    pub duration: Option<String>,
}

#[derive(Deserialize)]
pub struct Thread {
    pub snippet: ThreadSnippet,
    #[serde(default)]
    pub replies: Replies,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadSnippet {
    pub video_id: Option<String>,
    #[serde(default)]
    pub can_reply: bool,
    #[serde(default, deserialize_with = "counter")]
    pub total_reply_count: Option<i64>,
    pub top_level_comment: Value,
}

#[derive(Deserialize, Default)]
pub struct Replies {
    #[serde(default)]
    pub comments: Vec<Value>,
}

#[derive(Deserialize)]
pub struct Comment {
    pub id: String,
    pub snippet: CommentSnippet,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommentSnippet {
    pub author_display_name: Option<String>,
    pub author_profile_image_url: Option<String>,
    pub author_channel_url: Option<String>,
    pub author_channel_id: Option<AuthorChannelId>,
    pub text_display: Option<String>,
    pub text_original: Option<String>,
    #[serde(default, deserialize_with = "counter")]
    pub like_count: Option<i64>,
    pub published_at: String,
    pub updated_at: Option<String>,
    pub moderation_status: Option<String>,
}

#[derive(Deserialize)]
pub struct AuthorChannelId {
    pub value: Option<String>,
}

/// Sums of counters stay far from where numbers end.
const MOST: i64 = 10_000_000_000_000_000;

/// `"123"`, `123` or absent.
fn counter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Counter {
        Number(i64),
        Text(String),
    }
    let counted = match Option::<Counter>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Counter::Number(number)) => number,
        Some(Counter::Text(digits)) if digits.len() > 18 && digits.bytes().all(|digit| digit.is_ascii_digit()) => MOST,
        Some(Counter::Text(text)) => text.parse().map_err(serde::de::Error::custom)?,
    };
    Ok((counted >= 0).then(|| counted.min(MOST)))
}
