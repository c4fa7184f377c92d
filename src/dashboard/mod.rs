//! The dashboard: numbers that are computed from rows and say what they mean, or say why they are unknown.

pub mod api;
mod drawings;
mod metrics;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;
pub mod views;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Later};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::drawings::Drawings;
pub use self::metrics::{Change, Metric, Part, Value, metrics};
use crate::connections::{Cause, Status};
use crate::inbox::derive::{PriorityBand, Reason, Sentiment};
use crate::inbox::triage::TriageState;
use crate::model::{ConnectionId, InteractionId, Platform, UserId};
use crate::replies::answers::{self, Waits};
use crate::web::ui::Local;
use crate::workspaces::{self, Right, Role, WorkspaceId};

/// How far the charts and the rates look back.
pub const WINDOW_DAYS: usize = 30;
/// The sentiment of a day is that of the days up to it, so that a quiet day does not jump.
pub const SMOOTHING_DAYS: usize = 7;
/// How far growth looks back.
pub const GROWTH_DAYS: usize = 7;
/// Of so many answers it is looked at how long they took.
pub const ANSWERS: i64 = 2_000;
/// A change against fewer than this says nothing.
pub const SMALLEST_BASE: i64 = 10;

/// What the metrics are computed from. Everything is kept as things arrive; nothing is counted at a request.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub connections: Vec<Connection>,
    pub waiting: Waiting,
    /// The days of the charts and of their smoothing, oldest first, today last; days without interactions are zero.
    pub days: Vec<Day>,
    /// Of yesterday, what was written up to this time of the day.
    pub yesterday_so_far: i64,
    pub engagement: Engagement,
    pub follower_growth: Option<Growth>,
    pub view_growth: Option<Growth>,
    /// Of whoever was answered within the window, of the newest first answers.
    pub waits: Waits,
    /// Who gave how many first answers today.
    pub answered_today: Vec<(UserId, Option<String>, i64)>,
}

kit::row! {
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(as = ConnectionState)]
    pub struct Connection {
        pub id: ConnectionId,
        pub platform: Platform,
        /// Null until the account was read.
        pub display_name: Option<String>,
        #[schema(inline)]
        pub connection_status: Status,
        pub connection_error: Option<Cause>,
        pub followers: Option<i64>,
        pub synced_at: Option<Timestamp>,
        pub complete_to: Option<Timestamp>,
    }
}

kit::row! {
    /// People who wait for an answer.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Waiting {
        pub total: i64,
        pub urgent: i64,
        pub oldest: Option<Timestamp>,
    }
}

kit::row! {
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
        /// For an answer, or was given one.
        pub asked: i64,
        pub answered: i64,
    }
}

impl Day {
    pub const fn total(self) -> i64 {
        self.comments + self.replies + self.reviews + self.mentions
    }

    /// Those whose mood is known.
    pub const fn moods(self) -> i64 {
        self.positive + self.neutral + self.negative + self.mixed
    }

    pub const fn plus(self, other: Day) -> Day {
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
            asked: self.asked + other.asked,
            answered: self.answered + other.answered,
        }
    }

    pub fn sum(days: &[Day]) -> Day {
        days.iter().fold(Day::default(), |sum, day| sum.plus(*day))
    }
}

kit::row! {
    /// Counters of what was published within the window, where the platform shows them. Summed as floating numbers, which
    /// are exact up to nine quadrillions and never overflow.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Engagement {
        pub items: i64,
        pub views: f64,
        pub likes: f64,
        pub comments: f64,
        /// When the one was read that was read longest ago.
        pub read_at: Option<Timestamp>,
    }
}

kit::row! {
    /// What an account's counter gained between its oldest reading within a week and its newest.
    #[derive(Clone, Debug)]
    pub struct Growth {
        /// The time of the oldest reading.
        pub since: Timestamp,
        /// That of the newest, of the account that was read longest ago.
        pub until: Timestamp,
        /// How many connections have both readings.
        pub connections: i64,
        pub value: f64,
    }
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Item {
        pub id: InteractionId,
        pub platform: Platform,
        pub author: String,
        /// Its beginning.
        pub text: Option<String>,
        pub rating: Option<i64>,
        pub state: TriageState,
        pub sentiment: Sentiment,
        pub content_title: Option<String>,
        pub created_at: Timestamp,
    }
}

impl Growth {
    /// `22 Nov`
    pub fn since(&self, local: &Local) -> String {
        local.day(self.since)
    }
}

/// One that waits, with the reasons for its place in the queue.
#[derive(Clone, Debug)]
pub struct Open {
    pub item: Item,
    pub priority: PriorityBand,
    /// The weightiest first.
    pub reasons: Vec<Reason>,
}

/// Everything that the page shows.
#[derive(Clone, Debug, Default)]
pub struct Dashboard {
    pub facts: Facts,
    /// Those that wait, first things first.
    pub open: Vec<Open>,
    pub recent: Vec<Item>,
    /// Whether whoever looks may connect accounts.
    pub may_connect: bool,
}

kit::text_enum! {
    /// A part of the page that can be fetched alone.
    pub enum Panel {
        Glance = "glance",
        Demo = "demo",
        DemoStrip = "demo-strip",
        Metrics = "metrics",
        First = "first",
        Connections = "connections",
        Kinds = "kinds",
        Moods = "moods",
        Recent = "recent",
        InboxCount = "inbox-count",
        /// All that a change of interactions or connections may touch, in one answer.
        All = "all",
    }
}

impl Dashboard {
    /// Reads what the page needs, or only what one panel needs.
    pub fn load(
        conn: &mut Conn,
        (workspace, role): (WorkspaceId, Role),
        local: &Local,
        only: Option<Panel>,
    ) -> db::Result<Self> {
        let wanted = |panels: &[Panel]| only.is_none_or(|one| one == Panel::All || panels.contains(&one));
        let (since, week) = (local.now - days(WINDOW_DAYS), local.day_back(GROWTH_DAYS));
        let of_metrics = wanted(&[Panel::Metrics]);
        // None hangs on another's answer, so they travel together.
        let connections =
            (only != Some(Panel::InboxCount)).then(|| conn.later(|conn| store::connections(conn, workspace)));
        let waiting = wanted(&[Panel::Glance, Panel::Metrics, Panel::First, Panel::InboxCount])
            .then(|| conn.later(|conn| store::waiting(conn, workspace)));
        let in_days = wanted(&[Panel::Metrics, Panel::Kinds, Panel::Moods])
            .then(|| conn.later(|conn| store::days(conn, workspace, local)));
        let so_far = of_metrics.then(|| conn.later(|conn| store::yesterday_so_far(conn, workspace, local)));
        let engagement = of_metrics.then(|| conn.later(|conn| store::engagement(conn, workspace, since)));
        let followers = of_metrics.then(|| conn.later(|conn| store::growth(conn, workspace, "followers", week)));
        let views = of_metrics.then(|| conn.later(|conn| store::growth(conn, workspace, "views", week)));
        let (month, today) = (local.start_of(local.day_back(WINDOW_DAYS - 1)), local.start_of(local.today()));
        let answers = of_metrics.then(|| conn.later(|conn| answers::first_since(conn, workspace, month, ANSWERS)));
        let hours = of_metrics.then(|| conn.later(|conn| workspaces::business_hours(conn, workspace)));
        let by_people = of_metrics.then(|| conn.later(|conn| answers::first_by_people(conn, workspace, today)));
        let open = wanted(&[Panel::First]).then(|| conn.later(|conn| store::first_things(conn, workspace)));
        let recent = wanted(&[Panel::Recent]).then(|| conn.later(|conn| store::recent(conn, workspace)));
        let facts = Facts {
            connections: answer(conn, connections)?,
            waiting: answer(conn, waiting)?,
            days: answer(conn, in_days)?,
            yesterday_so_far: answer(conn, so_far)?,
            engagement: answer(conn, engagement)?,
            follower_growth: answer(conn, followers)?,
            view_growth: answer(conn, views)?,
            waits: match (answers, hours) {
                (Some(answers), Some(hours)) => Waits::of(&answers.get(conn)?, &hours.get(conn)?),
                _ => Waits::default(),
            },
            answered_today: answer(conn, by_people)?,
        };
        let may_connect = role.may(Right::Connect);
        Ok(Self { facts, open: answer(conn, open)?, recent: answer(conn, recent)?, may_connect })
    }
}

fn answer<T: Default, F>(conn: &mut Conn, asked: Option<Later<F>>) -> db::Result<T>
where
    F: FnMut(&mut Conn) -> db::Result<T>,
{
    asked.map_or_else(|| Ok(T::default()), |asked| asked.get(conn))
}

fn days(n: usize) -> Duration {
    Duration::from_secs(86_400 * n as u64)
}

impl Facts {
    /// Up to when everything of the platforms is known: the connection that lags most.
    pub fn read_to(&self) -> Option<Timestamp> {
        self.reading().map(|connection| connection.complete_to.or(connection.synced_at)).min().flatten()
    }

    /// Whether all that comes in is rated.
    pub fn are_reviews(&self) -> bool {
        let mut platforms = self.connections.iter().map(|connection| connection.platform);
        !self.connections.is_empty() && platforms.all(|platform| platform.capabilities().has_ratings)
    }

    /// The connections that are being read.
    fn reading(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().filter(|connection| connection.connection_status == Status::Connected)
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
