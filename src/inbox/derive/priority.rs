//! What should be answered first: a sum of named reasons, so that every place in the list can be explained.

use std::time::Duration;

use super::{Fact, Intent, PriorityBand, Reason};

/// Waiting longer than this adds nothing more.
pub const MAX_WAITING_HOURS: u64 = 24;

/// What counts for the priority.
#[derive(Clone, Copy, Debug)]
pub struct PriorityInputs<'a> {
    pub intents: &'a [Intent],
    pub rating: Option<i64>,
    pub likes: Option<i64>,
    /// The author wrote before.
    pub is_repeat_author: bool,
    /// How long somebody has waited for an answer; none when nobody waits.
    pub waiting: Option<Duration>,
}

/// The score, its band, and the reasons whose points make the score.
pub fn priority(inputs: PriorityInputs<'_>) -> (i64, PriorityBand, Vec<Reason>) {
    let has = |intent| inputs.intents.contains(&intent);
    let hours = inputs.waiting.map_or(0, |waiting| (waiting.as_secs() / 3600).min(MAX_WAITING_HOURS));
    let points = [
        ("low_rating", if inputs.rating.is_some_and(|rating| rating <= 2) { 40 } else { 0 }),
        ("complaint", if has(Intent::Complaint) { 25 } else { 0 }),
        ("question", if has(Intent::Question) { 20 } else { 0 }),
        ("safety", if has(Intent::Safety) { 50 } else { 0 }),
        ("waiting", i64::try_from(hours).unwrap_or(0)),
        ("reach", reach(inputs.likes.unwrap_or(0))),
        ("repeat_author", if inputs.is_repeat_author { 10 } else { 0 }),
        ("spam", if has(Intent::Spam) { -60 } else { 0 }),
    ];
    let score = points.iter().map(|(_, points)| points).sum();
    let reasons = points
        .into_iter()
        .filter(|(_, points)| *points != 0)
        .map(|(code, points)| Reason { points: Some(points), ..Reason::new(Fact::Priority, code, Vec::new()) });
    (score, band(score), reasons.collect())
}

fn band(score: i64) -> PriorityBand {
    match score {
        60.. => PriorityBand::Urgent,
        35.. => PriorityBand::High,
        5.. => PriorityBand::Normal,
        _ => PriorityBand::Low,
    }
}

fn reach(likes: i64) -> i64 {
    let points = 5.0 * (likes.max(0) as f64 + 1.0).log10();
    // Between 0 and 20 by the clamp.
    points.round().clamp(0.0, 20.0) as i64
}
