//! First answers: when people asked, when somebody answered them from here, how long that took, and who did.

mod store;

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::workspaces::BusinessHours;

pub use store::{Answer, first_by_people, first_since, is_first};

/// How long people waited for their first answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    shortest_first: Vec<Duration>,
    /// Only the workspace's hours are counted.
    pub in_business_hours: bool,
}

impl Waits {
    /// By business hours alone, where the workspace has some.
    pub fn of(answers: &[Answer], (hours, zone): &(Option<BusinessHours>, TimeZone)) -> Self {
        let wait = |one: &Answer| match hours {
            Some(hours) => hours.between(zone, one.asked_at, one.answered_at),
            None => one.answered_at.since(one.asked_at),
        };
        let mut shortest_first = answers.iter().map(wait).collect::<Vec<_>>();
        shortest_first.sort_unstable();
        Self { shortest_first, in_business_hours: hours.is_some() }
    }

    pub fn count(&self) -> usize {
        self.shortest_first.len()
    }

    /// The shortest wait that so many of a hundred did not exceed.
    pub fn within(&self, percent: usize) -> Option<Duration> {
        let place = (self.count() * percent).div_ceil(100);
        self.shortest_first.get(place.saturating_sub(1)).copied()
    }
}
