//! How an audience grows, or leaves.

use kit::clock::Timestamp;

use super::dice::exp;
use super::{Profile, Scenario};

/// How many an audience had or has at an instant that was so large when the profile was made.
pub fn audience(profile: &Profile, when_made: u64, at: Timestamp) -> f64 {
    let days = (at.micros() - profile.created_at.micros()) as f64 / 86.4e9;
    let daily = match profile.scenario {
        Scenario::Healthy => 0.0011,
        Scenario::Typical => 0.0004,
        Scenario::Struggling => -0.0003,
        Scenario::Viral => 0.006,
    };
    when_made as f64 * exp(daily * days.clamp(-90.0, 365.0))
}
