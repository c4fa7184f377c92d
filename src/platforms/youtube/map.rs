//! From YouTube's words into the common model.

use jiff::{Span, SpanRelativeTo, Unit};
use kit::clock::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::wire;
use crate::model::{ContentKind, Kind, ObservedAuthor, ObservedContent, ObservedInteraction, ProviderState};

#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    pub id: String,
    pub title: String,
    pub handle: Option<String>,
    pub avatar_url: Option<String>,
    /// `None` when the channel hides it.
    pub subscribers: Option<i64>,
    pub views: Option<i64>,
    pub videos: Option<i64>,
    pub uploads_playlist: String,
    pub language: Option<String>,
}

/// A thread as a listing shows it: its first comment, and some of its replies.
#[derive(Clone, Debug)]
pub struct Thread {
    pub root: ObservedInteraction,
    pub replies: Vec<ObservedInteraction>,
}

impl Thread {
    /// Whether the listing showed every reply that the thread says it has.
    pub fn is_whole(&self) -> bool {
        self.root.reply_count.unwrap_or(0) <= self.replies.len() as i64
    }
}

pub fn channel(raw: &Value) -> Option<Channel> {
    let wire = wire::Channel::deserialize(raw).ok()?;
    let subscribers = wire.statistics.subscriber_count.filter(|_| !wire.statistics.hidden_subscriber_count);
    Some(Channel {
        id: wire.id,
        title: wire.snippet.title,
        handle: wire.snippet.custom_url,
        avatar_url: wire.snippet.thumbnails.best(),
        subscribers,
        views: wire.statistics.view_count,
        videos: wire.statistics.video_count,
        uploads_playlist: wire.content_details.related_playlists.uploads,
        language: wire.snippet.default_language,
    })
}

pub fn playlist_item(raw: &Value) -> Option<String> {
    Some(wire::PlaylistItem::deserialize(raw).ok()?.content_details.video_id)
}

pub fn video(raw: &Value) -> Option<ObservedContent> {
    let wire = wire::Video::deserialize(raw).ok()?;
    Some(ObservedContent {
        kind: ContentKind::Video,
        permalink: Some(format!("https://www.youtube.com/watch?v={}", wire.id)),
        title: wire.snippet.title,
        thumbnail_url: wire.snippet.thumbnails.best(),
        published_at: wire.snippet.published_at.and_then(|at| Timestamp::parse(&at).ok()),
        duration_seconds: wire.content_details.and_then(|content| seconds(&content.duration?)),
        // A video whose comments are off has no comment counter.
        comments_enabled: wire.statistics.comment_count.is_some(),
        views: wire.statistics.view_count,
        likes: wire.statistics.like_count,
        comments: wire.statistics.comment_count,
        external_id: wire.id,
    })
}

/// `listed` is the state that the listing was asked for; a comment's own word counts more.
pub fn thread(raw: &Value, channel: &str, listed: ProviderState) -> Option<Thread> {
    let wire = wire::Thread::deserialize(raw).ok()?;
    let snippet = wire.snippet;
    let place =
        Place { channel, listed, thread: None, video: snippet.video_id.as_deref(), can_reply: snippet.can_reply };
    let mut root = comment(&snippet.top_level_comment, place)?;
    root.reply_count = Some(snippet.total_reply_count.unwrap_or(wire.replies.comments.len() as i64));
    let place = Place { thread: Some(&root.external_id), ..place };
    let replies = wire.replies.comments.iter().filter_map(|raw| comment(raw, place)).collect();
    Some(Thread { root, replies })
}

pub fn reply(raw: &Value, thread: &Thread, channel: &str) -> Option<ObservedInteraction> {
    let root = &thread.root;
    comment(
        raw,
        Place {
            channel,
            listed: ProviderState::Published,
            thread: Some(&root.external_id),
            video: root.content_external_id.as_deref(),
            can_reply: root.can_reply,
        },
    )
}

/// What a comment does not say of itself.
#[derive(Clone, Copy)]
struct Place<'a> {
    channel: &'a str,
    listed: ProviderState,
    thread: Option<&'a str>,
    video: Option<&'a str>,
    can_reply: bool,
}

fn comment(raw: &Value, place: Place<'_>) -> Option<ObservedInteraction> {
    let wire = wire::Comment::deserialize(raw).ok()?;
    let snippet = wire.snippet;
    let created_at = Timestamp::parse(&snippet.published_at).ok()?;
    let edited_at = snippet.updated_at.and_then(|at| Timestamp::parse(&at).ok()).filter(|at| *at != created_at);
    let author_id = snippet.author_channel_id.and_then(|id| id.value);
    Some(ObservedInteraction {
        kind: if place.thread.is_some() { Kind::Reply } else { Kind::Comment },
        parent_external_id: place.thread.map(str::to_owned),
        thread_external_id: place.thread.unwrap_or(&wire.id).to_owned(),
        content_external_id: place.video.map(str::to_owned),
        author: ObservedAuthor {
            is_self: author_id.as_deref() == Some(place.channel),
            external_id: author_id,
            display_name: snippet.author_display_name.unwrap_or_else(|| "YouTube user".into()),
            avatar_url: snippet.author_profile_image_url,
            profile_url: snippet.author_channel_url,
        },
        text: snippet.text_display.or(snippet.text_original),
        rating: None,
        likes: snippet.like_count,
        reply_count: None,
        created_at,
        edited_at,
        provider_state: snippet.moderation_status.as_deref().and_then(state).unwrap_or(place.listed),
        can_reply: place.can_reply,
        permalink: place.video.map(|video| format!("https://www.youtube.com/watch?v={video}&lc={}", wire.id)),
        raw: without_expiring_links(raw),
        external_id: wire.id,
    })
}

/// An unknown word is no reason to change what is known from the listing.
fn state(word: &str) -> Option<ProviderState> {
    match word {
        "published" => Some(ProviderState::Published),
        "heldForReview" => Some(ProviderState::Held),
        "likelySpam" => Some(ProviderState::Spam),
        "rejected" => Some(ProviderState::Rejected),
        _ => None,
    }
}

/// A comment's image is signed and dies six hours after it was read.
fn without_expiring_links(raw: &Value) -> Value {
    let mut raw = raw.clone();
    if let Some(snippet) = raw.get_mut("snippet").and_then(Value::as_object_mut) {
        snippet.remove("imageUrl");
    }
    raw
}

/// ISO 8601, `PT4M13S`.
fn seconds(duration: &str) -> Option<i64> {
    let span: Span = duration.parse().ok()?;
    span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok().map(|seconds| seconds as i64)
}
