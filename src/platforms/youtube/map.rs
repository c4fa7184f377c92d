//! From YouTube's words into the common model.

use jiff::{Span, SpanRelativeTo, Unit};
use kit::clock::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::api::Known;
use super::threads::ThreadPlace;
use super::wire;
use crate::model::{
    ContentKind, Kind, ObservedAccount, ObservedAuthor, ObservedContent, ObservedInteraction, ProviderState, SetAside,
    UnreadKind, web_address,
};
use crate::platforms::adapter::{Account, Batch, Cursor, PartialThread};
use crate::platforms::pages::Pages;

/// A thread as a listing shows it: its first comment, and some of its replies.
#[derive(Clone, Debug)]
pub struct Thread {
    pub root: ObservedInteraction,
    pub replies: Vec<ObservedInteraction>,
    pub unread: Vec<SetAside>,
}

impl Thread {
    /// Whether the listing showed every reply that the thread says it has.
    pub fn is_whole(&self) -> bool {
        self.root.reply_count.unwrap_or(0) <= (self.replies.len() + self.unread.len()) as i64
    }

    pub fn put_into(self, batch: &mut Batch) {
        if !self.is_whole() {
            let place = ThreadPlace {
                content: self.root.content_external_id.clone(),
                can_reply: self.root.can_reply,
                page: Pages::default(),
            };
            batch.partial.push(PartialThread {
                external_id: self.root.external_id.clone(),
                replies: self.root.reply_count,
                cursor: Cursor::of(&place),
            });
        }
        batch.interactions.push(self.root);
        batch.interactions.extend(self.replies);
        batch.set_aside.extend(self.unread);
    }
}

/// Why an object of the platform's is none that we know.
type Read<T> = Result<T, String>;

fn read<'a, T: Deserialize<'a>>(raw: &'a Value) -> Read<T> {
    T::deserialize(raw).map_err(|problem| problem.to_string())
}

pub fn unread(kind: UnreadKind, raw: &Value, problem: impl ToString) -> SetAside {
    unread_id(kind, raw["id"].as_str().unwrap_or_default(), raw, problem)
}

pub fn unread_id(kind: UnreadKind, external_id: &str, raw: &Value, problem: impl ToString) -> SetAside {
    let raw = (!raw.is_null()).then(|| raw.clone());
    SetAside { kind, external_id: external_id.to_owned(), reason: problem.to_string(), raw }
}

pub fn channel(raw: &Value) -> Read<Account> {
    let wire: wire::Channel = read(raw)?;
    let followers = wire.statistics.subscriber_count.filter(|_| !wire.statistics.hidden_subscriber_count);
    let known = Known { uploads: wire.content_details.related_playlists.uploads, videos: wire.statistics.video_count };
    let observed = ObservedAccount {
        external_id: wire.id,
        display_name: wire.snippet.title,
        handle: wire.snippet.custom_url,
        avatar_url: wire.snippet.thumbnails.best(),
        followers,
        views: wire.statistics.view_count,
        content_total: wire.statistics.video_count,
        language: wire.snippet.default_language,
    };
    Ok(Account { observed, has_counters: true, state: known.state() })
}

/// The video, and when it was published.
pub fn playlist_item(raw: &Value) -> Read<(String, Option<Timestamp>)> {
    let wire: wire::PlaylistItem = read(raw)?;
    let published_at = wire.content_details.video_published_at.and_then(|at| Timestamp::parse(&at).ok());
    Ok((wire.content_details.video_id, published_at))
}

/// `None` for one that its owner alone sees.
pub fn video(raw: &Value) -> Read<Option<ObservedContent>> {
    let wire: wire::Video = read(raw)?;
    if wire.status.privacy_status.as_deref() == Some("private") {
        return Ok(None);
    }
    Ok(Some(ObservedContent {
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
    }))
}

/// `listed` is the state that the listing was asked for; a comment's own word counts more.
pub fn thread(raw: &Value, channel: &str, listed: ProviderState) -> Read<Thread> {
    let wire: wire::Thread = read(raw)?;
    let snippet = wire.snippet;
    let context =
        Context { channel, listed, thread: None, video: snippet.video_id.as_deref(), can_reply: snippet.can_reply };
    let mut root = comment(&snippet.top_level_comment, context)?;
    root.reply_count = Some(snippet.total_reply_count.unwrap_or(wire.replies.comments.len() as i64));
    let context = Context { thread: Some(&root.external_id), ..context };
    let (mut replies, mut aside) = (Vec::new(), Vec::new());
    for raw in &wire.replies.comments {
        match comment(raw, context) {
            Ok(reply) => replies.push(reply),
            Err(problem) => aside.push(unread(UnreadKind::Interaction, raw, problem)),
        }
    }
    Ok(Thread { root, replies, unread: aside })
}

/// What a comment does not say of itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub channel: &'a str,
    pub listed: ProviderState,
    pub thread: Option<&'a str>,
    pub video: Option<&'a str>,
    pub can_reply: bool,
}

pub fn comment(raw: &Value, place: Context<'_>) -> Read<ObservedInteraction> {
    let wire: wire::Comment = read(raw)?;
    let snippet = wire.snippet;
    let created_at = Timestamp::parse(&snippet.published_at).map_err(|problem| problem.to_string())?;
    let edited_at = snippet.updated_at.and_then(|at| Timestamp::parse(&at).ok()).filter(|at| *at != created_at);
    let author_id = snippet.author_channel_id.and_then(|id| id.value);
    Ok(ObservedInteraction {
        kind: if place.thread.is_some() { Kind::Reply } else { Kind::Comment },
        parent_external_id: place.thread.map(str::to_owned),
        thread_external_id: place.thread.unwrap_or(&wire.id).to_owned(),
        content_external_id: place.video.map(str::to_owned),
        author: ObservedAuthor {
            is_self: author_id.as_deref() == Some(place.channel),
            external_id: author_id,
            display_name: snippet.author_display_name.unwrap_or_else(|| "YouTube user".into()),
            avatar_url: snippet.author_profile_image_url.as_deref().and_then(web_address),
            profile_url: snippet.author_channel_url.as_deref().and_then(web_address),
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
        translation: None,
        state_reason: None,
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
