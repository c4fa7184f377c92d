//! Each metric: its value or the reason why there is none, its window, and what it means.

mod answers;
mod audience;

use std::time::Duration;

use kit::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Day, Facts, SMALLEST_BASE, WINDOW_DAYS};
use crate::web::ui::numbers::{counted, decimal, duration, grouped, signed};
use crate::web::ui::{Icon, Local};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Metric {
    pub name: &'static str,
    #[serde(skip)]
    pub title: &'static str,
    #[serde(skip)]
    pub icon: Icon,
    #[schema(value_type = Option<f64>)]
    pub value: Option<Value>,
    pub unit: &'static str,
    pub window: String,
    /// When the number was counted, or read at the platform.
    pub as_of: Option<Timestamp>,
    /// Of what is counted here: up to when everything of the platforms is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    pub definition: &'static str,
    /// The rows behind the number.
    pub href: String,
    /// What else is worth knowing at a glance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    Count(i64),
    Percent(f64),
    #[serde(serialize_with = "in_seconds")]
    Seconds(Duration),
}

fn in_seconds<S: serde::Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(value.as_secs())
}

/// What a number is made of, with the rows behind it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MetricPart)]
pub struct Part {
    pub label: String,
    pub value: i64,
    pub href: String,
}

/// Why a number is unknown, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WhyUnknown)]
pub struct Reason {
    pub code: &'static str,
    pub text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NextStep)]
pub struct Next {
    pub href: &'static str,
    pub label: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MetricChange)]
pub struct Change {
    pub value: f64,
    pub unit: &'static str,
    pub since: String,
}

const NO_CONNECTION: Reason = Reason {
    code: "no_connection",
    text: "No account connected yet.",
    next: Some(Next { href: "/connections", label: "Connect an account" }),
};
const NOT_CONNECTED: Reason = Reason {
    code: "not_connected",
    text: "No account is being synced.",
    next: Some(Next { href: "/connections", label: "See connections" }),
};
const FIRST_READING: Reason = Reason { code: "first_reading", text: "The first sync is in progress.", next: None };
const NOTHING_PUBLISHED: Reason =
    Reason { code: "no_views", text: "Nothing published in this period shows views.", next: None };
const NO_MOOD: Reason =
    Reason { code: "no_sentiment", text: "No comments with a known sentiment in this period.", next: None };

/// All metrics, in the order in which they are shown.
pub fn metrics(facts: &Facts, local: &Local) -> Vec<Metric> {
    vec![
        needs_reply(facts, local),
        interactions_today(facts, local),
        answers::response_time(facts, local),
        answers::response_time_p90(facts, local),
        answers::response_rate(facts, local),
        answers::answered_today(facts, local),
        sentiment(facts, local),
        audience::audience(facts, local),
        audience::new_followers(facts, local),
        audience::views(facts, local),
        engagement_rate(facts),
    ]
}

fn needs_reply(facts: &Facts, local: &Local) -> Metric {
    let waiting = facts.waiting;
    let mut notes = Vec::new();
    if waiting.urgent > 0 {
        notes.push(format!("{} urgent", grouped(waiting.urgent)));
    }
    if let Some(oldest) = waiting.oldest {
        notes.push(format!("oldest {}", duration(local.now.since(oldest))));
    }
    let reason = no_rows(facts);
    Metric {
        name: "needs_reply",
        title: "Needs reply",
        icon: Icon::Reply,
        value: reason.is_none().then_some(Value::Count(waiting.total)),
        unit: "interactions",
        window: "now".to_owned(),
        as_of: Some(local.now),
        read_to: facts.read_to(),
        reason,
        change: None,
        definition: "Comments and reviews from other people that wait for you: published, not spam, and neither answered, done, \
                     snoozed nor in need of no reply. Those with 155 or more priority points are urgent.",
        href: "/inbox?state=needs_reply&order=priority".to_owned(),
        notes,
        parts: Vec::new(),
    }
}

fn interactions_today(facts: &Facts, local: &Local) -> Metric {
    let of = |back: usize| facts.days.iter().rev().nth(back).map_or(0, |day| day.total());
    let (today, yesterday, so_far) = (of(0), of(1), facts.yesterday_so_far);
    let reason = no_rows(facts);
    let change = (reason.is_none() && so_far >= SMALLEST_BASE).then(|| Change {
        value: 100.0 * (today - so_far) as f64 / so_far as f64,
        unit: "%",
        since: "this time yesterday".to_owned(),
    });
    Metric {
        name: "interactions_today",
        title: if facts.are_reviews() { "Reviews today" } else { "Comments today" },
        icon: Icon::Message,
        value: reason.is_none().then_some(Value::Count(today)),
        unit: "interactions",
        window: format!("today, {}", local.zone_name()),
        as_of: Some(local.now),
        read_to: facts.read_to(),
        reason,
        change,
        definition: "Comments, replies, reviews and mentions from other people, by the day they were written in your time \
                     zone, without spam. The change compares today so far with yesterday up to the same minute; with fewer than ten then, it's left \
                     out.",
        href: format!("/inbox?since={0}&until={0}", local.today()),
        notes: if reason.is_none() { vec![format!("{} yesterday", grouped(yesterday))] } else { Vec::new() },
        parts: Vec::new(),
    }
}

fn sentiment(facts: &Facts, local: &Local) -> Metric {
    let month = Day::sum(facts.shown_days());
    let share = |part: i64| 100.0 * part as f64 / month.moods() as f64;
    let reason = no_rows(facts).or((month.moods() == 0).then_some(NO_MOOD));
    let notes = if reason.is_some() {
        Vec::new()
    } else {
        let negative = format!("{} % negative", decimal(share(month.negative)));
        let unknown = (month.unknown > 0).then(|| format!("{} unknown", grouped(month.unknown)));
        [Some(negative), unknown].into_iter().flatten().collect()
    };
    Metric {
        name: "sentiment",
        title: "Positive sentiment",
        icon: Icon::Smile,
        value: reason.is_none().then(|| Value::Percent(share(month.positive))),
        unit: "%",
        window: window(),
        as_of: Some(local.now),
        read_to: facts.read_to(),
        reason,
        change: None,
        definition: "The share of positive comments and reviews among those whose sentiment is known, based on ratings, \
                     emoji and words. Unknown ones are left out.",
        href: format!("/inbox?sentiment=positive&since={}&until={}", local.day_back(WINDOW_DAYS - 1), local.today()),
        notes,
        parts: Vec::new(),
    }
}

fn engagement_rate(facts: &Facts) -> Metric {
    let seen = facts.engagement;
    let reason =
        no_account(facts).or(audience::without_views(facts)).or((seen.views <= 0.0).then_some(NOTHING_PUBLISHED));
    let notes = vec![counted(seen.items, "video", "videos"), counted(whole(seen.views), "view", "views")];
    Metric {
        name: "engagement_rate",
        title: "Engagement rate",
        icon: Icon::Heart,
        value: reason.is_none().then(|| Value::Percent(100.0 * (seen.likes + seen.comments) / seen.views)),
        unit: "%",
        window: format!("published in the {}", window()),
        definition: "Likes and comments per hundred views, for content published in this period whose views the platform \
                     shows.",
        href: "/connections".to_owned(),
        as_of: seen.read_at,
        notes: if reason.is_none() { notes } else { Vec::new() },
        reason,
        ..blank()
    }
}

fn blank() -> Metric {
    Metric {
        name: "",
        title: "",
        icon: Icon::Info,
        value: None,
        unit: "",
        window: String::new(),
        as_of: None,
        read_to: None,
        reason: None,
        change: None,
        definition: "",
        href: String::new(),
        notes: Vec::new(),
        parts: Vec::new(),
    }
}

/// What no integer holds is the largest or the smallest of them.
fn whole(sum: f64) -> i64 {
    sum.round() as i64
}

fn window() -> String {
    format!("last {WINDOW_DAYS} days")
}

/// Why nothing can be known of any account.
fn no_account(facts: &Facts) -> Option<Reason> {
    if facts.connections.is_empty() {
        return Some(NO_CONNECTION);
    }
    let read = facts.connections.iter().any(|connection| connection.synced_at.is_some());
    match (read, facts.reading().next()) {
        (true, _) => None,
        (false, Some(_)) => Some(FIRST_READING),
        (false, None) => Some(NOT_CONNECTED),
    }
}

/// Why nothing can be known of any interaction: as for an account, but what was gathered stays known.
fn no_rows(facts: &Facts) -> Option<Reason> {
    if Day::sum(&facts.days).total() > 0 || facts.waiting.total > 0 { None } else { no_account(facts) }
}

impl Metric {
    /// The value in words.
    pub fn shown(&self) -> Option<String> {
        self.value.map(|value| match (value, self.name) {
            (Value::Count(n), "new_followers" | "views") => signed(n),
            (Value::Count(n), _) => grouped(n),
            (Value::Percent(share), _) => decimal(share),
            (Value::Seconds(time), _) => duration(time),
        })
    }
}

impl Change {
    /// `+12.5 %`, `−3 followers`.
    pub fn shown(&self) -> String {
        match self.unit {
            "%" => format!("{}{} %", if self.value > 0.0 { "+" } else { "" }, decimal(self.value)),
            _ => signed(self.value as i64),
        }
    }
}
