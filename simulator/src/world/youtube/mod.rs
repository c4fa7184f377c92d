//! The YouTube side of a world: one channel, its uploads, and what people write under them.

mod answers;
mod arrivals;
mod channel;
mod comments;
mod plan;
mod stats;
#[cfg(test)]
mod tests;
mod videos;

use std::collections::HashSet;
use std::sync::Arc;

use kit::clock::Timestamp;

use super::dice::Streams;
use super::people::{AuthorRef, Crowd};
use super::said::fingerprint;
use super::text::Intent;
use super::{Language, Profile, Story};

pub use channel::Channel;
pub use stats::{ChannelStats, Promised, VideoStats};
pub use videos::{Privacy, Video};

/// A channel at any instant. Built once; every question about a later instant only adds to the answer for an earlier one.
#[derive(Debug, Clone)]
pub struct YouTube {
    pub channel: Channel,
    /// Oldest first. Uploads of the coming months are planned too: ask [`YouTube::videos`] for those that are out.
    videos: Vec<Video>,
    /// Comments up to the profile's `created_at`, newest first.
    history: Vec<Comment>,
    /// Fingerprints of the history's texts, for what is said later.
    said: Arc<HashSet<u64>>,
    source: Source,
}

/// What every part of the generation draws from.
#[derive(Debug, Clone)]
struct Source {
    profile: Profile,
    /// What is said: the same for everybody with the seed.
    chance: Streams,
    /// External ids: the profile's own.
    ids: Streams,
    crowd: Arc<Crowd>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moderation {
    Published,
    Held,
    LikelySpam,
}

/// A top-level comment (which is its thread too, under the same id), or a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub id: String,
    pub video_id: String,
    pub parent_id: Option<String>,
    pub author: AuthorRef,
    pub text: String,
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
    pub moderation: Moderation,
    /// What it has once its video is old; [`Comment::likes`] tells an instant's.
    pub eventual_likes: u64,
    pub can_reply: bool,
    /// Written by the channel's owner.
    pub by_owner: bool,
    /// What the text is, as far as its maker knows: never on the wire, but good for judging a classifier.
    pub intent: Intent,
    /// None for emoji alone.
    pub language: Option<Language>,
}

impl YouTube {
    pub(super) fn new(profile: &Profile) -> YouTube {
        let source = Source::new(profile);
        let channel = Channel::new(&source);
        let videos = videos::plan(&source);
        let history = comments::history(&source, &channel, &videos);
        let said = history.iter().map(|comment| fingerprint(&comment.text)).collect();
        YouTube { channel, videos, history, said: Arc::new(said), source }
    }

    /// The uploads that are out, newest first, as the uploads playlist has them.
    pub fn videos(&self, at: Timestamp) -> impl Iterator<Item = &Video> {
        self.videos.iter().rev().filter(move |video| video.published_at <= at)
    }

    pub fn video(&self, id: &str, at: Timestamp) -> Option<&Video> {
        self.videos(at).find(|video| video.id == id)
    }

    /// The comments up to the profile's `created_at`, newest first, whatever their moderation: threads and replies alike.
    pub fn history(&self) -> &[Comment] {
        &self.history
    }

    /// Every comment that exists at an instant, newest first.
    pub fn comments(&self, at: Timestamp) -> Vec<Comment> {
        let mut comments = self.arrivals(self.source.profile.created_at, at);
        comments.reverse();
        comments.extend(self.history.iter().filter(|comment| comment.published_at <= at).cloned());
        comments
    }
}

impl Source {
    fn new(profile: &Profile) -> Source {
        let seed = profile.seed.to_le_bytes();
        let chance = Streams::new(&[b"youtube", &seed]);
        let ids = Streams::new(&[b"youtube", &seed, profile.user_key.as_bytes()]);
        let crowd = Arc::new(Crowd::new(profile, &chance, &ids));
        let mut profile = profile.clone();
        if profile.story == Story::Agency {
            // It looks after somebody else's channel.
            profile.channel_name = profile.niche.channel_name().into();
        }
        Source { profile, chance, ids, crowd }
    }
}

impl Comment {
    pub fn is_thread(&self) -> bool {
        self.parent_id.is_none()
    }

    /// Likes at an instant: most come within the first two days.
    pub fn likes(&self, at: Timestamp) -> u64 {
        let days = at.since(self.published_at).as_secs_f64() / 86_400.0;
        (self.eventual_likes as f64 * stats::ripened(days, 0.8) + 0.5) as u64
    }
}
