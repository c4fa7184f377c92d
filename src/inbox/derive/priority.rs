//! What should be answered first: a sum of named reasons, so that every place in the list can be explained.
//!
//! How new it is weighs most, but for harm and law: an answer of today still finds a reader, one after a month hardly does. The
//! points of waiting fall with time, and only at a few known instants, between which a score stands.

use std::time::Duration;

use super::{Fact, Facts, Intent, PriorityBand, Reason};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The instants after which somebody who waits has other points, and the points until then; later there are none.
const FRESHNESS: [(Duration, i64); 4] =
    [(DAY, 120), (DAY.saturating_mul(3), 45), (DAY.saturating_mul(7), 25), (DAY.saturating_mul(30), 10)];

/// What counts for the priority.
#[derive(Clone, Copy, Debug)]
pub struct PriorityInputs<'a> {
    pub facts: &'a Facts,
    pub rating: Option<i64>,
    pub likes: Option<i64>,
    /// The author wrote before.
    pub is_repeat_author: bool,
    /// How long somebody has waited for an answer; none when nobody waits.
    pub waiting: Option<Duration>,
}

/// The score, its band, and the reasons whose points make the score.
pub fn priority(inputs: PriorityInputs<'_>) -> (i64, PriorityBand, Vec<Reason>) {
    let has = |intent| inputs.facts.intents.contains(&intent);
    let when = |holds: bool, points: i64| if holds { points } else { 0 };
    let points = [
        ("safety", when(has(Intent::Safety), 130)),
        ("complaint", when(has(Intent::Complaint), 30)),
        ("low_rating", when(inputs.rating.is_some_and(|rating| rating <= 2), 20)),
        ("question", when(has(Intent::Question), 20)),
        ("purchase", when(has(Intent::Purchase), 10)),
        ("waiting", inputs.waiting.map_or(0, freshness)),
        ("wave", when(inputs.facts.is_wave(), 15)),
        ("reach", reach(inputs.likes.unwrap_or(0))),
        ("repeat_author", when(inputs.is_repeat_author, 5)),
        ("spam", when(has(Intent::Spam), -250)),
    ];
    let score = points.iter().map(|(_, points)| points).sum();
    let reasons = points
        .into_iter()
        .filter(|(_, points)| *points != 0)
        .map(|(code, points)| Reason { points: Some(points), ..Reason::new(Fact::Priority, code, Vec::new()) });
    (score, band(score), reasons.collect())
}

/// How long somebody has waited when their points fall: whoever wrote so long ago has another score from then on.
pub fn steps() -> impl Iterator<Item = Duration> {
    FRESHNESS.into_iter().map(|(until, _)| until)
}

fn freshness(waiting: Duration) -> i64 {
    FRESHNESS.into_iter().find(|(until, _)| waiting < *until).map_or(0, |(_, points)| points)
}

/// Urgent: harm or law, today's bad review, today's complaint that others like. High: what else came today and asks or complains,
/// and what many say or like. The rest of what asks is normal.
fn band(score: i64) -> PriorityBand {
    match score {
        155.. => PriorityBand::Urgent,
        120.. => PriorityBand::High,
        10.. => PriorityBand::Normal,
        _ => PriorityBand::Low,
    }
}

fn reach(likes: i64) -> i64 {
    let points = 5.0 * (likes.max(0) as f64 + 1.0).log10();
    // Between 0 and 20 by the clamp.
    points.round().clamp(0.0, 20.0) as i64
}
