//! Life after the history: on a schedule that is itself a function of the seed. And whoever was answered comes back.

use std::time::Duration;

use kit::clock::Timestamp;

use super::plan::{self, LIVE};
use super::writer::{Draft, after};
use super::{Bluesky, Post};
use crate::world::pace::Pace;
use crate::world::said::{Fresh, fingerprint};
use crate::world::text::Intent;
use crate::world::text::posts::{Section, Topic};

/// Until how many seconds after the history's end, one post per how many seconds.
const PACE: Pace = Pace([(300, 100), (1_800, 300), (10_800, 2_250), (86_400, 8_400), (u64::MAX, 14_400)]);
/// Who thinks better of it takes it back within minutes.
const TAKEN_BACK: f64 = 0.05;
/// Of two who were answered, one says no more.
const COMES_BACK: f64 = 0.5;
/// Of three who come back, one asks again; the others say thanks, or how it went.
const ASKS_AGAIN: f64 = 0.33;

impl Bluesky {
    /// Posts after `from`, up to and with `to`, oldest first. However a span is split, it brings the same ones.
    pub fn arrivals(&self, from: Timestamp, to: Timestamp) -> Vec<Post> {
        let start = self.source.profile.created_at;
        if to <= start || to <= from {
            return Vec::new();
        }
        let slots = PACE.slot_at(from.since(start).as_secs())..=PACE.slot_at(to.since(start).as_secs());
        let mut arrived: Vec<Post> =
            slots.map(|slot| self.arrival(slot)).filter(|post| from < post.at && post.at <= to).collect();
        arrived.extend(self.posts.iter().filter(|post| from < post.at && post.at <= to && start < post.at).cloned());
        arrived.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.key.cmp(&b.key)));
        arrived
    }

    fn arrival(&self, slot: u64) -> Post {
        let (begin, length) = PACE.span(slot);
        let mut dice = self.source.chance.dice("arrival", &[slot]);
        let at = after(self.source.profile.created_at, begin as f64 + length as f64 * (0.34 + 0.32 * dice.unit()));
        let about = plan::weighted_post(&self.posts, at, 3.0, &mut dice);
        let fresh: Fresh<'_> = &mut |text| !self.said.contains(&fingerprint(text));
        let key = [LIVE, slot];
        let post = plan::thread(&self.writer(), &key, (about as u64, &self.posts[about]), at, &mut dice, fresh);
        let taken_back = dice.chance(TAKEN_BACK).then(|| at + Duration::from_secs(dice.between(90, 900) as u64));
        Post { deleted_at: taken_back, ..post }
    }

    /// What the author of `heard` says to what the account wrote to them at `at`, if anything: a function of the seed and
    /// of the answer's key.
    pub fn answer_back(&self, heard: &Post, own: &Post) -> Option<Post> {
        let thing = [LIVE * 2, fingerprint(&own.key)];
        let mut dice = self.source.chance.dice("comes back", &thing);
        if heard.by_owner || heard.intent == Intent::Spam || !dice.chance(COMES_BACK) {
            return None;
        }
        let delay = dice.log_normal(50.0, 0.8).clamp(10.0, 420.0);
        let asks = dice.chance(ASKS_AGAIN).then(|| Topic::draw(Intent::Question, &mut dice));
        let draft = Draft {
            thing: &thing,
            author: heard.author.clone(),
            at: after(own.at, delay),
            intent: if asks.is_some() { Intent::Question } else { Intent::Answer },
            topic: asks,
            section: asks.map_or(Section::AskerReturns, |topic| Section::Reader(Intent::Question, Some(topic))),
            subject: 0,
            to: Some(own),
        };
        let fresh: Fresh<'_> = &mut |text| !self.said.contains(&fingerprint(text));
        Some(self.writer().post(draft, fresh))
    }
}
