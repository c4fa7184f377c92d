//! The dashboard: numbers that are computed from rows and say what they mean, or say why they are unknown.

mod metrics;
pub mod views;

use jiff::civil;
use kit::clock::Timestamp;

pub use self::metrics::{Change, Metric, Reason, Value, metrics};
use crate::ui::Local;

/// How far the charts and the rates look back.
pub const WINDOW_DAYS: usize = 30;
/// The sentiment of a day is that of the days up to it, so that a quiet day does not jump.
pub const SMOOTHING_DAYS: usize = 7;
/// A change against fewer than this says nothing.
pub const SMALLEST_BASE: i64 = 10;

/// What the metrics are computed from. Everything is kept as things arrive; nothing is counted at a request.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub connections: Vec<Connection>,
    pub waiting: Waiting,
    /// The days of the charts and of their smoothing, oldest first, today last; days without interactions are zero.
    pub days: Vec<Day>,
    pub engagement: Engagement,
    pub follower_growth: Option<Growth>,
    pub view_growth: Option<Growth>,
}

#[derive(Clone, Debug)]
pub struct Connection {
    pub id: String,
    pub platform: String,
    pub name: String,
    pub handle: Option<String>,
    pub status: String,
    pub cause: Option<String>,
    pub followers: Option<i64>,
    pub synced_at: Option<Timestamp>,
    pub complete_to: Option<Timestamp>,
}

/// People who wait for an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting {
    pub total: i64,
    pub urgent: i64,
    pub oldest: Option<Timestamp>,
}

/// Interactions of other people on one day of the reader's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    pub comments: i64,
    pub replies: i64,
    pub reviews: i64,
    pub mentions: i64,
    pub positive: i64,
    pub neutral: i64,
    pub negative: i64,
    pub mixed: i64,
    pub unknown: i64,
}

impl Day {
    pub const fn total(self) -> i64 {
        self.comments + self.replies + self.reviews + self.mentions
    }

    /// Those whose mood is known.
    pub const fn moods(self) -> i64 {
        self.positive + self.neutral + self.negative + self.mixed
    }

    const fn plus(self, other: Day) -> Day {
        Day {
            comments: self.comments + other.comments,
            replies: self.replies + other.replies,
            reviews: self.reviews + other.reviews,
            mentions: self.mentions + other.mentions,
            positive: self.positive + other.positive,
            neutral: self.neutral + other.neutral,
            negative: self.negative + other.negative,
            mixed: self.mixed + other.mixed,
            unknown: self.unknown + other.unknown,
        }
    }

    pub fn sum(days: &[Day]) -> Day {
        days.iter().fold(Day::default(), |sum, day| sum.plus(*day))
    }
}

/// Counters of what was published within the window, where the platform shows them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engagement {
    pub items: i64,
    pub views: i64,
    pub likes: i64,
    pub comments: i64,
}

/// A counter now against its oldest reading within a week.
#[derive(Clone, Debug)]
pub struct Growth {
    pub since: String,
    pub value: i64,
    /// How many connections have both readings.
    pub connections: i64,
}

/// One that waits, with the reasons for its place in the queue.
#[derive(Clone, Debug)]
pub struct Open {
    pub item: Item,
    pub priority: String,
    /// Codes, the weightiest first.
    pub reasons: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub id: String,
    pub platform: String,
    pub kind: String,
    pub author: String,
    pub text: Option<String>,
    pub rating: Option<i64>,
    pub state: String,
    pub sentiment: String,
    pub content_title: Option<String>,
    pub created_at: Timestamp,
}

impl Facts {
    /// Until when everything is known: the connection that lags most.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.reading().map(|connection| connection.complete_to.or(connection.synced_at)).min().flatten()
    }

    /// The connections that are being read.
    fn reading(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().filter(|connection| connection.status == "connected")
    }

    /// The days that the charts show.
    pub fn shown_days(&self) -> &[Day] {
        &self.days[self.days.len().saturating_sub(WINDOW_DAYS)..]
    }

    /// For each shown day, the sum of the days up to it.
    pub fn smoothed_days(&self) -> impl Iterator<Item = Day> {
        let first = self.days.len().saturating_sub(WINDOW_DAYS);
        (first..self.days.len()).map(|day| Day::sum(&self.days[day.saturating_sub(SMOOTHING_DAYS - 1)..=day]))
    }
}

/// The first day that the dashboard looks at.
pub fn first_day(local: &Local) -> civil::Date {
    let back = i64::try_from(WINDOW_DAYS + SMOOTHING_DAYS - 2).expect("a few weeks");
    local.today().saturating_sub(jiff::Span::new().days(back))
}
