//! The Bluesky side of a world: one account, what it posts, what people answer, and where they name it.

mod arrivals;
pub mod ids;
mod plan;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use kit::clock::Timestamp;

use super::dice::Streams;
use super::people::{Author, Crowd, fold};
use super::said::fingerprint;
use super::text::Intent;
use super::text::posts::Topic;
use super::{Language, Profile, Story, growth};
use writer::Writer;

pub const POST: &str = "app.bsky.feed.post";

/// An account and its surroundings up to the profile's `created_at`; [`Bluesky::arrivals`] tells what comes later.
#[derive(Debug, Clone)]
pub struct Bluesky {
    pub owner: ActorRef,
    pub description: String,
    pub followers: u64,
    pub follows: u64,
    /// The account's own posts, oldest first, with those of the coming months.
    posts: Vec<Post>,
    /// Oldest first: the account's own posts, and all that is written to it.
    history: Vec<Post>,
    /// Fingerprints of the history's texts, for what is said later.
    said: Arc<HashSet<u64>>,
    source: Source,
}

pub type ActorRef = Arc<Actor>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub did: String,
    /// Without an `@`.
    pub handle: String,
    pub display_name: String,
    pub language: Language,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    pub author: ActorRef,
    /// The record's key.
    pub key: String,
    pub text: String,
    pub at: Timestamp,
    pub reply: Option<Above>,
    /// Where in the text, in bytes, the account is named.
    pub mention: Option<Range<usize>>,
    /// The post of the account's that it quotes.
    pub quote: Option<String>,
    pub by_owner: bool,
    /// What it has once it is old; [`Post::likes`] tells an instant's.
    pub eventual_likes: u64,
    /// Labelled so by whoever moderates for the account's server.
    pub is_spam: bool,
    pub deleted_at: Option<Timestamp>,
    /// What the text is, as far as its maker knows: never on the wire.
    pub intent: Intent,
    pub topic: Option<Topic>,
    pub language: Language,
}

/// Where a reply stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Above {
    pub root: String,
    pub parent: String,
}

impl Bluesky {
    pub fn new(profile: &Profile) -> Bluesky {
        let source = Source::new(profile);
        let owner = Arc::new(source.owner());
        let (followers, follows) = plan::audience(&source);
        let mut said = HashSet::new();
        let writer = Writer { source: &source, owner: &owner };
        let posts = plan::posts(&writer, &mut said);
        let mut history = plan::history(&writer, &posts, &mut said);
        history.extend(posts.iter().filter(|post| post.at <= profile.created_at).cloned());
        history.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.key.cmp(&b.key)));
        let description = writer.description();
        Bluesky { owner, description, followers, follows, posts, history, said: Arc::new(said), source }
    }

    /// Up to the profile's `created_at`, oldest first.
    pub fn history(&self) -> &[Post] {
        &self.history
    }

    /// Those of the profile's making are [`Bluesky::followers`].
    pub fn followers_at(&self, at: Timestamp) -> u64 {
        growth::audience(&self.source.profile, self.followers, at).round() as u64
    }

    fn writer(&self) -> Writer<'_> {
        Writer { source: &self.source, owner: &self.owner }
    }
}

impl Post {
    pub fn uri(&self) -> String {
        uri(&self.author.did, &self.key)
    }

    /// Most come within hours.
    pub fn likes(&self, at: Timestamp) -> u64 {
        let hours = at.since(self.at).as_secs_f64() / 3_600.0;
        (self.eventual_likes as f64 * (hours / (hours + 5.0)) + 0.5) as u64
    }

    pub fn is_there(&self, at: Timestamp) -> bool {
        self.at <= at && self.deleted_at.is_none_or(|deleted_at| deleted_at > at)
    }

    /// The first post of its conversation.
    pub fn root(&self) -> String {
        self.reply.as_ref().map_or_else(|| self.uri(), |above| above.root.clone())
    }
}

pub fn uri(did: &str, key: &str) -> String {
    format!("at://{did}/{POST}/{key}")
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

impl Source {
    fn new(profile: &Profile) -> Source {
        let seed = profile.seed.to_le_bytes();
        let chance = Streams::new(&[b"bluesky", &seed]);
        let ids = Streams::new(&[b"bluesky", &seed, profile.user_key.as_bytes()]);
        let crowd = Arc::new(Crowd::new(profile, &chance, &ids));
        Source { profile: profile.clone(), chance, ids, crowd }
    }

    /// An agency looks after the account of one of its brands.
    fn owner(&self) -> Actor {
        let name = match self.profile.story {
            Story::Agency => Story::Brand.name().unwrap_or(&self.profile.channel_name),
            _ => &self.profile.channel_name,
        };
        let label: String = fold(name).chars().take(18).collect();
        Actor {
            did: ids::did(&mut self.ids.dice("owner", &[])),
            handle: format!("{}.bsky.social", if label.len() < 3 { "account" } else { &label }),
            display_name: name.to_owned(),
            language: self.profile.language,
        }
    }

    fn actor(&self, author: &Author) -> ActorRef {
        let label: String = fold(&author.handle.replace(['.', '_'], "-").replace(['&', '+'], ""))
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(18)
            .collect();
        let thing = [fingerprint(&author.channel_id)];
        let mut dice = self.ids.dice("actor", &thing);
        let label = if label.len() < 3 { format!("reader{}", dice.between(1_000, 9_999)) } else { label };
        Arc::new(Actor {
            did: ids::did(&mut dice),
            handle: format!("{label}.bsky.social"),
            display_name: author.display_name.clone(),
            language: author.language,
        })
    }
}
