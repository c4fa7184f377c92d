//! How many reviews there are, when they come, and what they are like, before a word of them is written.

use std::time::Duration;

use kit::clock::Timestamp;

use super::text::{Incident, Kind, Shape, Tone};
use super::{Location, Source, Trade};
use crate::world::dice::{Dice, exp, ln};
use crate::world::{Language, Platform, Scenario, Story, interactions, share};

pub const DAY: f64 = 86_400.0;
const HISTORY_DAYS: f64 = 730.0;
/// Of a hundred reviews so many were answered before Repruv.
pub const ANSWERED_SHARE: f64 = 0.14;
/// Of those who are neither delighted nor angry so many leave stars alone.
const RATING_ONLY: f64 = 0.28;

/// Places in the history beyond the common ones: the reviews of the story, of the incident, and those that come after it.
pub const STORY: u64 = 1 << 32;
pub const INCIDENT: u64 = 1 << 36;
pub const LIVE: u64 = 1 << 40;

/// How many reviews a location has.
pub fn count(source: &Source, location: &Location) -> u64 {
    let interactions = interactions(source.profile.size) as f64 * share(source.profile.story, Platform::Google);
    (interactions / (1.0 + ANSWERED_SHARE) * location.share + 0.5) as u64
}

/// What went wrong at a brand's first house, and how many wrote about it. A kettle leaks wherever it was bought.
pub fn incident(source: &Source, location: &Location) -> (Incident, u64) {
    let profile = &source.profile;
    let is_crisis = profile.scenario == Scenario::Struggling;
    let incident = match location.trade {
        Trade::Restaurant if is_crisis => Incident::Booking,
        Trade::Restaurant => Incident::Oven,
        Trade::Shop if is_crisis => Incident::Billing,
        Trade::Shop => Incident::Machine,
        Trade::Store => Incident::Kettle,
    };
    if profile.story == Story::Restaurant {
        let counts = if is_crisis { [5, 11, 26] } else { [3, 4, 5] };
        let at_first = if location.index == 0 { counts[profile.size as usize] } else { 0 };
        return (incident, at_first);
    }
    let (of_all, least, most) = match (incident, is_crisis) {
        (Incident::Kettle, true) => (0.16, 6.0, 130.0),
        (_, true) => (0.05, 4.0, 26.0),
        (_, false) => (0.01, 3.0, 6.0),
    };
    (incident, (count(source, location) as f64 * of_all).clamp(least, most) as u64)
}

/// When a guest of the incident writes: in a week that lies a week back, after the one evening or morning, or ever since the
/// kettle came out.
pub fn incident_time(source: &Source, incident: Incident, dice: &mut Dice) -> Timestamp {
    let profile = &source.profile;
    let days_ago = |days: f64| profile.created_at - micros(days * DAY);
    let after = |hour: f64, hours: f64, dice: &mut Dice| {
        let day = 86_400_000_000;
        let offset = offset_hours(profile.language) * 3_600_000_000;
        let midnight = (days_ago(11.0).micros() + offset).div_euclid(day) * day - offset;
        Timestamp::from_micros(midnight) + micros(3600.0 * (hour + hours * dice.unit()))
    };
    match incident {
        Incident::Booking | Incident::Billing => days_ago(6.0 + 7.0 * dice.unit()),
        // From eight in the evening until late the next morning.
        Incident::Oven => after(20.0, 15.0, dice),
        Incident::Machine => after(8.0, 9.0, dice),
        Incident::Kettle => days_ago(0.2 + 9.6 * dice.unit()),
    }
}

pub fn stars(scenario: Scenario, dice: &mut Dice) -> u8 {
    let weights = match scenario {
        Scenario::Healthy | Scenario::Viral => [0.07, 0.03, 0.05, 0.15, 0.70],
        Scenario::Typical => [0.10, 0.05, 0.09, 0.20, 0.56],
        Scenario::Struggling => [0.22, 0.08, 0.10, 0.15, 0.45],
    };
    1 + dice.weighted(&weights) as u8
}

/// None where somebody leaves stars alone: the delighted often do, the angry rarely.
pub fn shape(stars: u8, dice: &mut Dice) -> Option<Shape> {
    let lean = match stars {
        5 => 1.3,
        1 => 0.5,
        _ => 1.0,
    };
    if dice.chance(RATING_ONLY * lean) {
        return None;
    }
    // Nobody is angry in two words as often as delighted.
    let weights = if stars >= 4 { [0.24, 0.60, 0.16] } else { [0.11, 0.62, 0.27] };
    let kind = [Kind::Short, Kind::Plain, Kind::Long][dice.weighted(&weights)];
    let tone = match stars {
        5 => Tone::Praise,
        4 if kind == Kind::Short || dice.chance(0.55) => Tone::Praise,
        4 => Tone::Mixed,
        3 if dice.chance(0.8) => Tone::Mixed,
        2 if dice.chance(0.2) => Tone::Mixed,
        _ => Tone::Complaint,
    };
    let asks = kind != Kind::Short && stars >= 3 && dice.chance(0.09);
    Some(Shape { tone, kind, asks, incident: None })
}

/// When a review of the history was written: the nearer to now the denser, after meals, and more at the weekend.
pub fn time(source: &Source, trade: Trade, dice: &mut Dice) -> Timestamp {
    let profile = &source.profile;
    // Whom fame found was not found by it two years ago.
    let lean = if profile.scenario == Scenario::Viral { 2.2 } else { 1.6 };
    let mut at = profile.created_at;
    for _ in 0..10 {
        let age = HISTORY_DAYS * DAY * exp(lean * ln(1.0 - dice.unit()));
        at = profile.created_at - micros(age + 1.0);
        if dice.chance(hour_weight(at, profile.language, trade)) {
            break;
        }
    }
    at
}

/// The probability that a proposed time is kept: after lunch, and above all in the evening; of a shop also after breakfast.
pub fn hour_weight(at: Timestamp, language: Language, trade: Trade) -> f64 {
    const OF_SHOP: [f64; 24] = [
        0.14, 0.07, 0.04, 0.03, 0.03, 0.08, 0.20, 0.42, 0.66, 0.84, 0.96, 1.0, 0.92, 0.86, 0.82, 0.80, 0.76, 0.70,
        0.66, 0.68, 0.70, 0.62, 0.46, 0.28,
    ];
    const HOURS: [f64; 24] = [
        0.34, 0.16, 0.07, 0.04, 0.03, 0.04, 0.07, 0.13, 0.20, 0.27, 0.32, 0.38, 0.50, 0.66, 0.62, 0.48, 0.42, 0.46,
        0.58, 0.76, 0.94, 1.0, 0.92, 0.64,
    ];
    let local = at.micros() + offset_hours(language) * 3_600_000_000;
    let hour = local.div_euclid(3_600_000_000).rem_euclid(24);
    // 1970-01-01 was a Thursday.
    let weekday = (local.div_euclid(86_400_000_000) + 3).rem_euclid(7);
    let day = if weekday >= 5 { 1.0 } else { 0.62 };
    let hours = if trade == Trade::Restaurant { HOURS } else { OF_SHOP };
    hours[hour as usize] * day
}

pub fn micros(seconds: f64) -> Duration {
    Duration::from_micros((seconds.max(0.0) * 1e6) as u64)
}

/// Where the places stand, without their summer time.
fn offset_hours(language: Language) -> i64 {
    match language {
        Language::En => -5,
        Language::De | Language::Es | Language::Fr | Language::It => 1,
        Language::Pt => -3,
    }
}
