//! The reviews: who writes what, and what the owner said to it before Repruv.

use std::collections::HashSet;

use kit::clock::Timestamp;

use super::text::{self, Facts, Heard, Owner, Said, Shape};
use super::{Answer, Location, Photo, Review, Source, Text, Version, plan, reviewers, story};
use crate::world::Language;
use crate::world::dice::{Dice, ln};
use crate::world::said::{Fresh, fingerprint};

/// A review, and what its writer meant: an answer needs it.
pub struct Drafted {
    pub thing: [u64; 2],
    pub review: Review,
    pub facts: Facts,
    pub said: Option<Said>,
}

const MOST_ATTEMPTS: u64 = 30;

/// What makes the reviews of one location.
pub struct Writer<'a> {
    pub source: &'a Source,
    pub location: &'a Location,
    pub staff: Vec<&'static str>,
}

/// Oldest first.
pub fn history(source: &Source, location: &Location, said: &mut HashSet<u64>) -> Vec<Review> {
    let writer = Writer::new(source, location);
    let fresh: Fresh<'_> = &mut |text| said.insert(fingerprint(text));
    let mut drafts = story::reviews(&writer, fresh);
    let rest = plan::count(source, location).saturating_sub(drafts.len() as u64);
    drafts.extend((0..rest).map(|ordinal| {
        let at = plan::time(source, location.trade, &mut source.chance.dice("time", &[location.index, ordinal]));
        writer.common(ordinal, at, fresh)
    }));
    writer.answer(&mut drafts, fresh);
    story::turn(&writer, &mut drafts, fresh);
    let mut reviews: Vec<Review> = drafts.into_iter().map(|draft| draft.review).collect();
    reviews.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| a.id.cmp(&b.id)));
    reviews
}

impl<'a> Writer<'a> {
    pub fn new(source: &'a Source, location: &'a Location) -> Self {
        Self { source, location, staff: reviewers::staff(source, location.trade, location.index) }
    }

    /// A review with nothing special about it.
    pub fn common(&self, ordinal: u64, at: Timestamp, fresh: Fresh<'_>) -> Drafted {
        let mut dice = self.source.chance.dice("stars", &[self.location.index, ordinal]);
        let stars = plan::stars(self.source.profile.scenario, &mut dice);
        let shape = plan::shape(stars, &mut dice);
        self.review(ordinal, at, stars, shape, fresh)
    }

    pub fn review(&self, ordinal: u64, at: Timestamp, stars: u8, shape: Option<Shape>, fresh: Fresh<'_>) -> Drafted {
        let thing = [self.location.index, ordinal];
        let language = reviewers::language(self.source, &thing);
        let (text, said) = shape.map(|shape| self.text(&thing, language, shape, fresh)).unzip();
        let facts = said.as_ref().map_or_else(|| self.facts(&thing, language, 0), |said: &Said| said.facts.clone());
        let review = Review {
            id: format!("AbFvOq{}", self.source.ids.dice("review", &thing).base64url(34)),
            reviewer: reviewers::reviewer(self.source, &thing, language),
            created_at: at,
            photos: if text.is_some() { self.photos(&thing, &facts) } else { Vec::new() },
            versions: vec![Version { at, stars, text }],
            answer: None,
            deleted_at: None,
            trade: self.location.trade,
        };
        Drafted { thing, review, facts, said }
    }

    /// Tried again while somebody said the same before; only a few words may be said by anybody.
    fn text(&self, thing: &[u64; 2], language: Language, shape: Shape, fresh: Fresh<'_>) -> (Text, Said) {
        let mut attempt = 0;
        loop {
            let facts = self.facts(thing, language, attempt);
            let mut dice = self.source.chance.dice("text", &[thing[0], thing[1], attempt]);
            let (text, said) = text::review(shape, facts, &mut dice);
            attempt += 1;
            if text.original.chars().count() <= 20 || fresh(&text.original) || attempt == MOST_ATTEMPTS {
                return (text, said);
            }
        }
    }

    fn facts(&self, thing: &[u64; 2], language: Language, attempt: u64) -> Facts {
        let mut dice = self.source.chance.dice("facts", &[thing[0], thing[1], attempt]);
        Facts::draw(self.location.trade, language, self.location.language, &self.staff, &mut dice)
    }

    fn photos(&self, thing: &[u64], facts: &Facts) -> Vec<Photo> {
        let mut dice = self.source.chance.dice("photos", thing);
        if !dice.chance(0.12) {
            return Vec::new();
        }
        let count = 1 + dice.weighted(&[0.6, 0.25, 0.15]);
        let mut labels: Vec<String> = (0..count).map(|_| text::photo(facts, &mut dice)).collect();
        labels.sort();
        labels.dedup();
        labels.into_iter().map(|label| Photo { label }).collect()
    }

    /// The owner answered some, rather those who wrote something, and those who were let down.
    fn answer(&self, drafts: &mut [Drafted], fresh: Fresh<'_>) {
        let mut order: Vec<(f64, usize)> = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.iter().enumerate() {
            let mut dice = self.source.chance.dice("answered", &draft.thing);
            let weight = match (&draft.said, draft.review.versions[0].stars) {
                _ if story::is_answered(draft.thing[1]) => 1e9,
                (Some(_), 1..=3) => 3.5,
                (Some(_), _) => 2.5,
                (None, _) => 1.0,
            };
            // Drawn without putting back, in proportion to the weights: the smallest keys win.
            order.push((-ln(1.0 - dice.unit()) / weight, index));
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count = (drafts.len() as f64 * plan::ANSWERED_SHARE + 0.5) as usize;
        for (_, index) in order.into_iter().take(count) {
            let draft = &drafts[index];
            let answer = self.answer_to(draft, fresh);
            drafts[index].review.answer = Some(answer);
        }
    }

    fn answer_to(&self, draft: &Drafted, fresh: Fresh<'_>) -> Answer {
        let profile = &self.source.profile;
        let version = &draft.review.versions[0];
        let owner = Owner { language: profile.language, personality: profile.personality };
        let heard = Heard {
            said: draft.said.as_ref(),
            text: &version.text.as_ref().map_or_else(String::new, readable),
            facts: &draft.facts,
            guest: if draft.review.reviewer.is_anonymous { "" } else { &draft.review.reviewer.name },
            stars: version.stars,
        };
        let mut text = String::new();
        for attempt in 0..12 {
            let mut dice = self.source.chance.dice("answer", &[draft.thing[0], draft.thing[1], attempt]);
            text = owner.answer(&heard, &mut dice);
            if fresh(&text) {
                break;
            }
        }
        Answer { at: self.answer_time(draft), text }
    }

    /// Hours to days later, but not in the future.
    fn answer_time(&self, draft: &Drafted) -> Timestamp {
        let mut dice = self.source.chance.dice("answer time", &draft.thing);
        let written = draft.review.created_at;
        let room = self.source.profile.created_at.since(written).as_secs_f64();
        let delay = delay(&mut dice);
        written + plan::micros(if delay < room { delay } else { room * (0.2 + 0.7 * dice.unit()) })
    }
}

/// What the owner goes by: the text, and what a machine makes of it.
fn readable(text: &Text) -> String {
    format!("{} {}", text.original, text.translation.as_deref().unwrap_or_default())
}

fn delay(dice: &mut Dice) -> f64 {
    dice.log_normal(15.0, 1.1) * 3600.0
}
