//! The places of one account as their API sees them: the generated world up to now, and the owner's answers on top.

use std::collections::HashMap;

use kit::clock::Timestamp;

use super::replies::{Replies, Written};
use crate::oauth;
use crate::switches::Reads;
use crate::world::business::{self, Account, Location, Review, Text, Version};
use crate::world::{Profile, World};

pub struct Listings {
    pub account: Account,
    pub summary: Summary,
    profile: Profile,
    places: Vec<Place>,
    /// Arrivals up to here are among the items.
    known_to: Timestamp,
}

pub struct Place {
    /// Its reviews are among the items.
    pub location: Location,
    items: Vec<Item>,
    by_id: HashMap<String, usize>,
}

/// A review with what was answered, and what its writer made of the answer.
pub struct Item {
    pub review: Review,
    replies: Replies,
    reaction: Option<Version>,
}

/// Something that a reviewer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    pub location: u64,
    pub review: String,
    /// Not a change of an earlier one.
    pub is_new: bool,
}

/// An account in figures, as of the profile's making.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    pub locations: usize,
    pub average_rating: f64,
    /// What a complete read finds: reviews, and the owner's answers.
    pub interactions: usize,
}

impl Listings {
    pub fn new(world: &World, written: Vec<Written>, now: Timestamp) -> Listings {
        let Some(business) = world.business.clone() else { return Listings::without_places(&world.profile) };
        let mut listings = Listings {
            account: business.account,
            summary: Summary::default(),
            places: business.locations.into_iter().map(Place::new).collect(),
            known_to: world.profile.created_at,
            profile: world.profile.clone(),
        };
        listings.summary = Summary::of(&listings.places, listings.known_to);
        listings.advance(now);
        for written in written {
            listings.write(written);
        }
        listings
    }

    /// Everybody with a Google account may manage places; most have none.
    pub fn without_places(profile: &Profile) -> Listings {
        let digits = oauth::hash(&profile.user_key).iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        Listings {
            account: Account { number: 10_u64.pow(18) + digits % 10_u64.pow(18), name: profile.channel_name.clone() },
            summary: Summary::default(),
            places: Vec::new(),
            known_to: profile.created_at,
            profile: profile.clone(),
        }
    }

    pub fn places(&self) -> &[Place] {
        &self.places
    }

    pub fn place(&self, number: u64) -> Option<&Place> {
        self.places.iter().find(|place| place.location.number == number)
    }

    pub fn is_behind(&self, now: Timestamp) -> bool {
        self.known_to < now
    }

    /// Takes in what arrived since.
    pub fn advance(&mut self, now: Timestamp) {
        if self.is_behind(now) {
            for place in &mut self.places {
                for review in place.location.arrivals(&self.profile, self.known_to, now) {
                    place.take(review);
                }
            }
            self.known_to = now;
        }
    }

    pub fn write(&mut self, written: Written) {
        let place = self.places.iter_mut().find(|place| place.location.number == written.location);
        let item = place.and_then(|place| place.by_id.get(&written.review).map(|index| &mut place.items[*index]));
        if let Some(item) = item {
            item.replies.put(written);
            let answered_at = item.replies.first_approved_at();
            item.reaction = answered_at.and_then(|at| business::reaction(&self.profile, &item.review, at));
        }
    }

    /// A review's writer changed it, or, where it reads nothing any more, took it back.
    pub fn amend(&mut self, review: &str, reads: Option<&Reads>, at: Timestamp) {
        let place = self.places.iter_mut().find(|place| place.by_id.contains_key(review));
        let Some(item) = place.and_then(|place| place.by_id.get(review).map(|index| &mut place.items[*index])) else {
            return;
        };
        let Some(reads) = reads else {
            item.review.deleted_at = Some(at);
            return;
        };
        let before = item.version(at).cloned();
        let language = before.as_ref().and_then(|before| before.text.as_ref()).map(|text| text.language);
        let text = Text {
            original: reads.text.clone(),
            language: language.unwrap_or(self.profile.language),
            translation: None,
        };
        let stars = reads.stars.or(before.map(|before| before.stars)).unwrap_or(5);
        item.reaction = None;
        item.review.versions.push(Version { at, stars, text: Some(text) });
    }

    /// What reviewers did after `from`, up to and with `to`, oldest first. What is deleted by then is nothing to tell.
    pub fn events(&self, from: Timestamp, to: Timestamp) -> Vec<Event> {
        let mut events = Vec::new();
        for place in &self.places {
            for item in place.items.iter().filter(|item| item.version(to).is_some()) {
                let event = |(at, is_new)| Event {
                    at,
                    location: place.location.number,
                    review: item.review.id.clone(),
                    is_new,
                };
                events.extend(item.changes().filter(|(at, _)| from < *at && *at <= to).map(event));
            }
        }
        events.sort_by_key(|event| event.at);
        events
    }
}

impl Place {
    fn new(mut location: Location) -> Place {
        let reviews = std::mem::take(&mut location.reviews);
        let mut place = Place { location, items: Vec::new(), by_id: HashMap::new() };
        for review in reviews {
            place.take(review);
        }
        place
    }

    fn take(&mut self, review: Review) {
        self.by_id.insert(review.id.clone(), self.items.len());
        let replies = Replies::since(review.answer.as_ref().map(|answer| (answer.at, answer.text.as_str())));
        self.items.push(Item { review, replies, reaction: None });
    }

    pub fn item(&self, id: &str) -> Option<&Item> {
        self.by_id.get(id).map(|index| &self.items[*index])
    }

    /// The reviews that exist, each as it reads at that instant.
    pub fn shown(&self, now: Timestamp) -> impl Iterator<Item = (&Item, &Version)> {
        self.items.iter().filter_map(move |item| Some((item, item.version(now)?)))
    }

    /// How many reviews, and the stars' mean.
    pub fn rating(&self, now: Timestamp) -> (usize, f64) {
        mean(self.shown(now).map(|(_, version)| version.stars))
    }
}

impl Item {
    /// As the review reads; none before it was written and after it was deleted.
    pub fn version(&self, now: Timestamp) -> Option<&Version> {
        let read = self.review.version_at(now)?;
        let later = self.reaction.as_ref().filter(|reaction| read.at < reaction.at && reaction.at <= now);
        Some(later.unwrap_or(read))
    }

    pub fn replies(&self) -> &Replies {
        &self.replies
    }

    /// When something was written, and whether it was new.
    fn changes(&self) -> impl Iterator<Item = (Timestamp, bool)> {
        let edits = self.review.versions.iter().skip(1).chain(&self.reaction).map(|version| (version.at, false));
        std::iter::once((self.review.created_at, true)).chain(edits)
    }
}

impl Summary {
    fn of(places: &[Place], at: Timestamp) -> Summary {
        let shown = || places.iter().flat_map(|place| place.shown(at));
        let (reviews, average_rating) = mean(shown().map(|(_, version)| version.stars));
        let answers = shown().filter(|(item, _)| item.replies.reply(at).is_some()).count();
        Summary { locations: places.len(), average_rating, interactions: reviews + answers }
    }
}

/// To one digit, as Google shows it.
fn mean(stars: impl Iterator<Item = u8>) -> (usize, f64) {
    let (count, sum) = stars.fold((0_usize, 0.0), |(count, sum), stars| (count + 1, sum + f64::from(stars)));
    let mean = if count == 0 { 0.0 } else { sum / count as f64 };
    (count, (mean * 10.0).round() / 10.0)
}
