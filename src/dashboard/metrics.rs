//! Each metric: its value or the reason why there is none, its window, and what it means.

mod answers;

use std::time::Duration;

use kit::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Day, Facts, Growth, SMALLEST_BASE, WINDOW_DAYS};
use crate::connections::Status;
use crate::model::Platform;
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
const ONE_READING: Reason = Reason { code: "one_reading", text: "Needs two days of data.", next: None };
const HIDDEN: Reason = Reason { code: "hidden", text: "The platform hides this number.", next: None };
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
        audience(facts, local),
        new_followers(facts, local),
        views(facts, local),
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

/// Each platform by itself: none allows its numbers to be mixed with another's.
fn audience(facts: &Facts, local: &Local) -> Metric {
    let connected =
        || facts.connections.iter().filter(|connection| connection.connection_status != Status::Disconnected);
    let mut platforms: Vec<(Platform, i64, usize)> = Vec::new();
    for (platform, followers) in connected().filter_map(|connection| Some((connection.platform, connection.followers?)))
    {
        match platforms.iter_mut().find(|(known, ..)| *known == platform) {
            Some((_, sum, accounts)) => (*sum, *accounts) = (sum.saturating_add(followers), *accounts + 1),
            None => platforms.push((platform, followers, 1)),
        }
    }
    platforms.sort_by_key(|(platform, sum, _)| (std::cmp::Reverse(*sum), platform.as_str()));
    let reason = no_account(facts).or(platforms.is_empty().then_some(HIDDEN));
    let growth = facts.follower_growth.as_ref().filter(|_| reason.is_none());
    let notes = match platforms.split_first() {
        None => Vec::new(),
        Some(((platform, _, accounts), [])) => {
            let all = connected().filter(|connection| connection.platform == *platform).count();
            vec![match all - accounts {
                0 => counted(*accounts as i64, "account", "accounts"),
                _ => format!("{accounts} of {all} accounts"),
            }]
        }
        Some(((first, ..), others)) => {
            let others = others.iter().map(|(platform, sum, _)| format!("{} on {}", grouped(*sum), platform.label()));
            std::iter::once(format!("on {}", first.label())).chain(others).collect()
        }
    };
    Metric {
        name: "audience",
        title: "Audience",
        icon: Icon::Audience,
        value: platforms.first().filter(|_| reason.is_none()).map(|(_, sum, _)| Value::Count(*sum)),
        unit: "followers",
        window: "now".to_owned(),
        as_of: connected().filter_map(|connection| connection.synced_at).min(),
        read_to: None,
        reason,
        change: growth.map(|growth| Change { value: growth.value, unit: "followers", since: growth.since(local) }),
        definition: "Subscribers or followers on the platform where you have most, as last synced, and beside it those on \
                     others: numbers of two platforms are never added up. The change is since the oldest count of the \
                     last seven days.",
        href: "/connections".to_owned(),
        notes: if reason.is_none() { notes } else { Vec::new() },
        parts: Vec::new(),
    }
}

fn new_followers(facts: &Facts, local: &Local) -> Metric {
    growth(
        (facts, local),
        facts.follower_growth.as_ref(),
        Metric {
            name: "new_followers",
            title: "New followers",
            icon: Icon::Trend,
            unit: "followers",
            definition: "How many followers you gained since the oldest count of the last seven days, on the platform where \
                         you have most, for accounts with both counts. Platforms round large counts, so it moves in steps.",
            href: "/connections".to_owned(),
            ..blank()
        },
    )
}

fn views(facts: &Facts, local: &Local) -> Metric {
    growth(
        (facts, local),
        facts.view_growth.as_ref(),
        Metric {
            name: "views",
            title: "Views",
            icon: Icon::Views,
            unit: "views",
            definition: "How many views you gained since the oldest count of the last seven days, on content of any age, for \
                         accounts with both counts.",
            href: "/connections".to_owned(),
            ..blank()
        },
    )
}

fn engagement_rate(facts: &Facts) -> Metric {
    let seen = facts.engagement;
    let reason = no_account(facts).or((seen.views <= 0.0).then_some(NOTHING_PUBLISHED));
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

/// The parts that are the same for both growths.
fn growth((facts, local): (&Facts, &Local), growth: Option<&Growth>, metric: Metric) -> Metric {
    let reason = no_account(facts).or(growth.is_none().then_some(ONE_READING));
    let known = growth.filter(|_| reason.is_none());
    Metric {
        value: known.map(|growth| Value::Count(whole(growth.value))),
        window: known.map_or_else(|| "last 7 days".to_owned(), |growth| format!("since {}", growth.since(local))),
        as_of: known.map(|growth| growth.until),
        reason,
        notes: known.map(|growth| format!("since {}", growth.since(local))).into_iter().collect(),
        ..metric
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
