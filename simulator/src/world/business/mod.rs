//! The side of a world that is on the map: one Google account, its places, and what guests write about them.

mod arrivals;
mod places;
mod plan;
mod reviewers;
mod reviews;
mod story;
#[cfg(test)]
mod tests;
mod text;
mod trade;

use std::collections::HashSet;
use std::sync::Arc;

use kit::clock::Timestamp;

use super::dice::Streams;
use super::{Language, Profile};

pub use story::reaction;
pub use trade::Trade;

/// What the restaurant is called when nobody names it.
pub const BRAND: &str = "Harbor & Thyme";

/// A Google Business Profile up to the profile's `created_at`; [`Location::arrivals`] tells what comes later.
#[derive(Debug, Clone, PartialEq)]
pub struct Business {
    pub account: Account,
    pub locations: Vec<Location>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// As in `accounts/{number}`.
    pub number: u64,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// As in `locations/{number}`.
    pub number: u64,
    pub title: String,
    pub trade: Trade,
    pub language: Language,
    pub region: &'static str,
    pub postal_code: String,
    pub locality: String,
    pub address_line: String,
    pub phone: String,
    pub website: String,
    pub place_id: String,
    pub latitude: f64,
    pub longitude: f64,
    /// Oldest first.
    pub reviews: Vec<Review>,
    index: u64,
    /// Of what the account has on the map, so much is here.
    share: f64,
    /// Fingerprints of what was said anywhere in the history, for what is said later.
    said: Arc<HashSet<u64>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    pub id: String,
    pub reviewer: Reviewer,
    pub created_at: Timestamp,
    /// At least one, by time; later ones are edits.
    pub versions: Vec<Version>,
    pub answer: Option<Answer>,
    pub photos: Vec<Photo>,
    pub deleted_at: Option<Timestamp>,
    /// Of the place that it is about.
    pub trade: Trade,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    pub name: String,
    /// Google shows "A Google user".
    pub is_anonymous: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub at: Timestamp,
    pub stars: u8,
    /// None where somebody only gave stars.
    pub text: Option<Text>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub original: String,
    pub language: Language,
    /// What Google's machine makes of it in the location's language, where that is another one and the machine knows it.
    pub translation: Option<String>,
}

/// The owner's, from before Repruv.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub at: Timestamp,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    pub label: String,
}

impl Business {
    pub fn new(profile: &Profile) -> Business {
        let source = Source::new(profile);
        let mut locations = places::locations(&source);
        let mut said = HashSet::new();
        for location in &mut locations {
            location.reviews = reviews::history(&source, location, &mut said);
        }
        let said = Arc::new(said);
        for location in &mut locations {
            location.said = said.clone();
        }
        Business { account: Account::of(profile), locations }
    }
}

impl Account {
    /// Every profile's Google account has one, with or without places.
    pub fn of(profile: &Profile) -> Account {
        Account { number: places::number(&Source::new(profile), "account", 0), name: profile.channel_name.clone() }
    }
}

impl Location {
    /// Reviews that come in after the history, later than `from`, up to and with `to`, oldest first. However a span is split, it
    /// brings the same ones.
    pub fn arrivals(&self, profile: &Profile, from: Timestamp, to: Timestamp) -> Vec<Review> {
        arrivals::arrivals(&Source::new(profile), self, from, to)
    }
}

impl Review {
    /// As it reads at an instant; none before it was written and after it was deleted.
    pub fn version_at(&self, now: Timestamp) -> Option<&Version> {
        if self.deleted_at.is_some_and(|deleted_at| deleted_at <= now) {
            return None;
        }
        self.versions.iter().rev().find(|version| version.at <= now)
    }

    pub fn updated_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.version_at(now).map(|version| version.at)
    }
}

/// What every part of the generation draws from.
#[derive(Debug, Clone)]
struct Source {
    profile: Profile,
    /// What is said: the same for everybody with the seed.
    chance: Streams,
    /// External ids: the profile's own.
    ids: Streams,
}

impl Source {
    fn new(profile: &Profile) -> Source {
        let seed = profile.seed.to_le_bytes();
        Source {
            profile: profile.clone(),
            chance: Streams::new(&[b"business", &seed]),
            ids: Streams::new(&[b"business", &seed, profile.user_key.as_bytes()]),
        }
    }
}
