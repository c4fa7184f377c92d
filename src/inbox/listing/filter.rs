//! The filter that a URL is: unknown names and bad values are refused, never ignored.

use std::fmt::Display;
use std::str::FromStr;

use jiff::civil::Date;

use crate::inbox::derive::{Intent, Language, PriorityBand, Sentiment};
use crate::inbox::triage::TriageState;
use crate::model::{AuthorId, ConnectionId, ContentId, Kind, Platform};

kit::text_enum! { pub enum Order {
    Newest = "newest",
    Oldest = "oldest",
    /// Most pressing first; only of what waits, for nothing else has an urgency.
    Priority = "priority",
} }

kit::text_enum! {
    /// Which of the platform's states is shown.
    pub enum Visibility {
        Published = "published", Held = "held", Spam = "spam", Hidden = "hidden", Rejected = "rejected",
        Removed = "removed", Any = "any",
    }
}

/// Without any field set: everything published that other people wrote, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<TriageState>,
    pub kind: Option<Kind>,
    pub platform: Option<Platform>,
    pub sentiment: Option<Sentiment>,
    pub priority: Option<PriorityBand>,
    pub intent: Option<Intent>,
    pub language: Option<Language>,
    pub connection: Option<ConnectionId>,
    pub content: Option<ContentId>,
    pub author: Option<AuthorId>,
    /// First and last day, in the user's time zone.
    pub since: Option<Date>,
    pub until: Option<Date>,
    pub visibility: Visibility,
    pub order: Order,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            state: None,
            kind: None,
            platform: None,
            sentiment: None,
            priority: None,
            intent: None,
            language: None,
            connection: None,
            content: None,
            author: None,
            since: None,
            until: None,
            visibility: Visibility::Published,
            order: Order::Newest,
        }
    }
}

/// Which parameter is wrong, and what it wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct BadFilter {
    pub name: String,
    pub message: String,
}

impl BadFilter {
    pub fn value(name: &str, wanted: &str) -> Self {
        Self { name: name.to_owned(), message: format!("This must be {wanted}.") }
    }

    pub fn unknown(name: &str) -> Self {
        Self { name: name.to_owned(), message: "Unknown filter.".to_owned() }
    }
}

impl Filter {
    pub const NAMES: [&str; 14] = [
        "state",
        "kind",
        "platform",
        "sentiment",
        "priority",
        "intent",
        "language",
        "connection",
        "content",
        "author",
        "since",
        "until",
        "visibility",
        "order",
    ];

    /// Reads a URL's parameters. An empty value is none, as forms send it for "any".
    pub fn parse<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, BadFilter> {
        let mut filter = Filter::default();
        let mut seen = Vec::new();
        for (name, value) in parameters {
            if !Self::NAMES.contains(&name) {
                return Err(BadFilter::unknown(name));
            }
            if seen.contains(&name) {
                return Err(BadFilter::value(name, "given only once"));
            }
            seen.push(name);
            if !value.is_empty() {
                filter.set(name, value)?;
            }
        }
        if filter.order == Order::Priority && filter.state != Some(TriageState::NeedsReply) {
            return Err(BadFilter::value("order", "newest or oldest, or priority with state=needs_reply"));
        }
        if let (Some(since), Some(until)) = (filter.since, filter.until)
            && since > until
        {
            return Err(BadFilter::value("until", "the same day as since, or later"));
        }
        Ok(filter)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), BadFilter> {
        match name {
            "state" => self.state = Some(one_of(name, value, TriageState::ALL)?),
            "kind" => self.kind = Some(one_of(name, value, Kind::ALL)?),
            "platform" => self.platform = Some(one_of(name, value, Platform::ALL)?),
            "sentiment" => self.sentiment = Some(one_of(name, value, Sentiment::ALL)?),
            "priority" => self.priority = Some(one_of(name, value, PriorityBand::ALL)?),
            "intent" => self.intent = Some(one_of(name, value, Intent::ALL)?),
            "language" => self.language = Some(one_of(name, value, Language::ALL)?),
            "visibility" => self.visibility = one_of(name, value, Visibility::ALL)?,
            "order" => self.order = one_of(name, value, Order::ALL)?,
            "connection" => self.connection = Some(parsed(name, value, "a connection's id")?),
            "content" => self.content = Some(parsed(name, value, "a content item's id")?),
            "author" => self.author = Some(parsed(name, value, "an author's id")?),
            "since" => self.since = Some(parsed(name, value, "a day like 2026-11-22")?),
            "until" => self.until = Some(parsed(name, value, "a day like 2026-11-22")?),
            _ => return Err(BadFilter::unknown(name)),
        }
        Ok(())
    }

    /// What differs from the default, as a URL's parameters.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        fn text<T: Display>(value: Option<T>) -> Option<String> {
            value.map(|value| value.to_string())
        }
        let parameters = [
            ("state", text(self.state)),
            ("kind", text(self.kind)),
            ("platform", text(self.platform)),
            ("sentiment", text(self.sentiment)),
            ("priority", text(self.priority)),
            ("intent", text(self.intent)),
            ("language", text(self.language)),
            ("connection", text(self.connection)),
            ("content", text(self.content)),
            ("author", text(self.author)),
            ("since", text(self.since)),
            ("until", text(self.until)),
            ("visibility", text((self.visibility != Visibility::Published).then_some(self.visibility))),
            ("order", text((self.order != Order::Newest).then_some(self.order))),
        ];
        parameters.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
    }

    /// The address under which `path` shows this filter. Values are words, ids and days: nothing that needs escaping.
    pub fn address(&self, path: &str) -> String {
        let parameters = self.parameters().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        if parameters.is_empty() { path.to_owned() } else { format!("{path}?{}", parameters.join("&")) }
    }
}

fn one_of<T: FromStr + Display>(name: &str, value: &str, all: &[T]) -> Result<T, BadFilter> {
    let all = || all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    value.parse().map_err(|_| BadFilter::value(name, &format!("one of {}", all())))
}

fn parsed<T: FromStr>(name: &str, value: &str, wanted: &str) -> Result<T, BadFilter> {
    value.parse().map_err(|_| BadFilter::value(name, wanted))
}
