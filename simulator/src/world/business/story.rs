//! What happened lately: the incident, guests who changed their minds, and one who took back what was said.

use std::time::Duration;

use kit::clock::Timestamp;

use super::reviews::{Drafted, Writer};
use super::text::{self, Incident, Kind, Shape, Tone};
use super::{Review, Source, Version, plan};
use crate::world::Profile;
use crate::world::dice::mix;
use crate::world::said::Fresh;

/// One review of the story: how it began, and how it went on.
struct Beat {
    days_ago: f64,
    stars: u8,
    turn: Turn,
}

enum Turn {
    /// So many days after the owner's answer.
    AfterAnswer { days: f64, stars: u8, why: &'static str },
    /// So many days after it was written.
    Later { days: f64, stars: u8, why: &'static str },
    /// So long after the history's end, while somebody watches.
    Live { minutes: f64, stars: u8, why: &'static str },
    /// Taken back so long after the history's end.
    Deleted { minutes: f64 },
}

const BEATS: [Beat; 6] = [
    Beat { days_ago: 19.0, stars: 2, turn: Turn::AfterAnswer { days: 3.2, stars: 4, why: "up" } },
    Beat { days_ago: 24.0, stars: 5, turn: Turn::Later { days: 15.0, stars: 2, why: "down" } },
    Beat { days_ago: 28.0, stars: 3, turn: Turn::Later { days: 9.0, stars: 5, why: "up" } },
    Beat { days_ago: 2.6, stars: 2, turn: Turn::Live { minutes: 14.0, stars: 4, why: "up" } },
    Beat { days_ago: 6.3, stars: 5, turn: Turn::Live { minutes: 170.0, stars: 2, why: "down" } },
    Beat { days_ago: 1.4, stars: 1, turn: Turn::Deleted { minutes: 42.0 } },
];

/// Of those whom an answer reached so many come back.
const COMES_BACK: f64 = 0.45;

/// The reviews of the story as they were first written.
pub fn reviews(writer: &Writer<'_>, fresh: Fresh<'_>) -> Vec<Drafted> {
    let (source, location) = (writer.source, writer.location.index);
    let mut drafts = Vec::new();
    for (index, beat) in BEATS.iter().enumerate() {
        let ordinal = plan::STORY + index as u64;
        let mut dice = source.chance.dice("story time", &[location, ordinal]);
        let at = source.profile.created_at - plan::micros((beat.days_ago + 0.8 * dice.unit()) * plan::DAY);
        let tone = if beat.stars == 5 { Tone::Praise } else { Tone::Complaint };
        let shape = Shape { tone, kind: Kind::Plain, asks: false, incident: None };
        drafts.push(writer.review(ordinal, at, beat.stars, Some(shape), fresh));
    }
    let (incident, count) = plan::incident(source, writer.location);
    for ordinal in (0..count).map(|index| plan::INCIDENT + index) {
        let mut dice = source.chance.dice("incident", &[location, ordinal]);
        let at = plan::incident_time(source, incident, &mut dice);
        let stars = match incident {
            Incident::Oven | Incident::Machine => dice.between(1, 3) as u8,
            Incident::Booking | Incident::Billing => 1,
            Incident::Kettle => dice.between(1, 2) as u8,
        };
        let shape = Shape { tone: Tone::Complaint, kind: Kind::Plain, asks: false, incident: Some(incident) };
        drafts.push(writer.review(ordinal, at, stars, Some(shape), fresh));
    }
    drafts
}

/// Whether the story needs the owner's answer to this review.
pub fn is_answered(ordinal: u64) -> bool {
    let beat = ordinal.checked_sub(plan::STORY).and_then(|index| BEATS.get(usize::try_from(index).ok()?));
    beat.is_some_and(|beat| matches!(beat.turn, Turn::AfterAnswer { .. }))
}

/// How the story's reviews went on.
pub fn turn(writer: &Writer<'_>, drafts: &mut [Drafted], fresh: Fresh<'_>) {
    let end = writer.source.profile.created_at;
    for (draft, beat) in drafts.iter_mut().zip(&BEATS) {
        let review = &draft.review;
        let (at, stars, why) = match beat.turn {
            Turn::AfterAnswer { days, stars, why } => {
                let answered = review.answer.as_ref().map_or(review.created_at, |answer| answer.at);
                // An answer that came late leaves less time.
                let room = end.since(answered).as_secs_f64();
                (answered + plan::micros((days * plan::DAY).min(room * 0.8)), stars, why)
            }
            Turn::Later { days, stars, why } => (review.created_at + plan::micros(days * plan::DAY), stars, why),
            Turn::Live { minutes, stars, why } => (end + plan::micros(minutes * 60.0), stars, why),
            Turn::Deleted { minutes } => {
                draft.review.deleted_at = Some(end + plan::micros(minutes * 60.0));
                continue;
            }
        };
        let version = changed(writer, draft, at, stars, why, fresh);
        draft.review.versions.push(version);
    }
}

fn changed(writer: &Writer<'_>, draft: &Drafted, at: Timestamp, stars: u8, why: &str, fresh: Fresh<'_>) -> Version {
    let before = draft.review.versions[0].stars;
    let mut text = None;
    for attempt in 0..12 {
        let mut dice = writer.source.chance.dice("edit", &[draft.thing[0], draft.thing[1], attempt]);
        let edited = text::edit(why, before, draft.facts.clone(), &mut dice);
        let is_fresh = fresh(&edited.original);
        text = Some(edited);
        if is_fresh {
            break;
        }
    }
    Version { at, stars, text }
}

/// What a reviewer does after an answer was published: some who were let down come back within minutes, with more stars and
/// other words.
pub fn reaction(profile: &Profile, review: &Review, answered_at: Timestamp) -> Option<Version> {
    let before = review.version_at(answered_at)?;
    let written = before.text.as_ref()?;
    let source = Source::new(profile);
    let thing = review.id.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
    let mut dice = source.chance.dice("reaction", &[thing]);
    if before.stars > 3 || !dice.chance(COMES_BACK) {
        return None;
    }
    let delay = Duration::from_secs_f64(dice.log_normal(420.0, 0.6).clamp(90.0, 2_400.0));
    let stars = (before.stars + 1 + dice.weighted(&[0.45, 0.55]) as u8).min(5);
    let facts = text::Facts::draw(
        review.trade,
        written.language,
        profile.language,
        &text::staff(review.trade, profile.language),
        &mut dice,
    );
    let text = text::edit("answered", before.stars, facts, &mut dice);
    Some(Version { at: answered_at + delay, stars, text: Some(text) })
}
