//! The filter that a URL is: unknown names and bad values are refused, never ignored.

use std::cmp::Ordering;
use std::fmt::Display;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::Date;
use utoipa::PartialSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

use crate::inbox::derive::{Intent, Language, PriorityBand, Sentiment};
use crate::inbox::marks::{Assignee, TagName};
use crate::inbox::search::{self, Query, Traits};
use crate::inbox::triage::TriageState;
use crate::model::{AuthorId, ConnectionId, ContentId, Kind, Platform, UserId};

kit::text_enum! { #[derive(Default)] pub enum Order {
    #[default]
    Newest = "newest",
    Oldest = "oldest",
    /// Most pressing first; only of what waits, for nothing else has an urgency.
    Priority = "priority",
} }

kit::text_enum! {
    /// Which of the platform's states is shown.
    #[derive(Default)]
    pub enum Visibility {
        #[default]
        Published = "published",
        Held = "held", Spam = "spam", Hidden = "hidden", Rejected = "rejected",
        Removed = "removed", Any = "any",
    }
}

kit::text_enum! {
    /// By whoever looks.
    pub enum Starred { Yes = "yes" }
}

kit::text_enum! {
    /// Of a review.
    pub enum Stars { One = "1", Two = "2", Three = "3", Four = "4", Five = "5" }
}

kit::text_enum! {
    /// How the stars of a review were changed after our answer.
    pub enum RatedAnew { Raised = "raised", Lowered = "lowered" }
}

impl RatedAnew {
    /// Of the stars now, and of those when it was answered. None where they are as they were.
    pub fn of(rating: Option<i64>, at_reply: Option<i64>) -> Option<Self> {
        let (rating, at_reply) = rating.zip(at_reply)?;
        match rating.cmp(&at_reply) {
            Ordering::Greater => Some(Self::Raised),
            Ordering::Less => Some(Self::Lowered),
            Ordering::Equal => None,
        }
    }

    /// Between the stars when it was answered, and those now.
    pub(super) const fn sign(self) -> char {
        match self {
            Self::Raised => '<',
            Self::Lowered => '>',
        }
    }
}

kit::text_enum! {
    /// How it stands with the newest reply from here.
    pub enum ReplyStands {
        /// It is not at the platform yet.
        OnItsWay = "on_its_way",
        /// It did not get there, or nobody knows: a person has to look.
        ToCheck = "to_check",
    }
}

kit::text_enum! {
    /// Days by name, up to now.
    pub enum Days { Today = "today", Last7 = "last_7_days", Last30 = "last_30_days", ThisMonth = "this_month" }
}

impl Days {
    /// The first of them; today is the last.
    pub fn since(self, today: Date) -> Date {
        match self {
            Days::Today => today,
            Days::Last7 => today.saturating_sub(6.days()),
            Days::Last30 => today.saturating_sub(29.days()),
            Days::ThisMonth => today.first_of_month(),
        }
    }
}

/// Declares a filter's fields, once: the struct and its default, the URL's parameters both ways, and what the API's
/// description says of them.
macro_rules! filter {
    ($(#[$meta:meta])* $visibility:vis struct $filter:ident {
        $($name:ident: $type:ty $(= $description:literal)?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        $visibility struct $filter { $(pub $name: $type),+ }

        impl $filter {
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            fn set(&mut self, name: &str, value: &str) -> Result<(), BadFilter> {
                match name {
                    $(stringify!($name) => self.$name.put(read(name, value)?),)+
                    _ => return Err(BadFilter::unknown(name)),
                }
                Ok(())
            }

            /// The same without what one parameter says.
            pub fn without(&self, name: &str) -> Self {
                let (mut filter, blank) = (self.clone(), Self::default());
                match name {
                    $(stringify!($name) => filter.$name = blank.$name,)+
                    _ => {}
                }
                filter
            }

            /// What differs from the default, as a URL's parameters.
            pub fn parameters(&self) -> Vec<(&'static str, String)> {
                let shown = [$((stringify!($name), self.$name.shown())),+];
                shown.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
            }
        }

        impl utoipa::IntoParams for $filter {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![$(parameter::<$type>(stringify!($name), None$(.or(Some($description)))?)),+]
            }
        }
    };
}

filter! {
    /// Without any field set: everything published that other people wrote and that is no spam, newest first.
    pub struct Filter {
        q: Option<Query> = "Words that all occur, \"words in a row\", author:name, -without, begin*",
        state: Option<TriageState>,
        kind: Option<Kind>,
        platform: Option<Platform>,
        sentiment: Option<Sentiment>,
        priority: Option<PriorityBand>,
        rating: Option<Stars> = "Of reviews: how many stars",
        rated_anew: Option<RatedAnew> = "Of reviews: how their stars were changed after your answer",
        intent: Option<Intent>,
        language: Option<Language>,
        connection: Option<ConnectionId>,
        content: Option<ContentId>,
        author: Option<AuthorId>,
        starred: Option<Starred> = "What the user starred",
        tag: Option<TagName> = "However it is written",
        assignee: Option<Assignee> = "me, nobody, or the id of a member",
        answered: Option<Days> = "First answered from here on these days, by name",
        answered_by: Option<UserId> = "First answered from here by this member",
        reply: Option<ReplyStands> = "How it stands with the newest reply from here",
        days: Option<Days> = "By name, in the user's time zone; since and until narrow them further",
        since: Option<Date> = "First day, like 2026-11-22, in the user's time zone",
        until: Option<Date> = "Last day: the same as since, or later",
        visibility: Visibility = "defaults to published",
        order: Order = "priority goes with state=needs_reply",
    }
}

/// What a parameter may be.
trait Value: FromStr + Display {
    fn wanted() -> String;
    fn schema() -> RefOr<Schema>;
}

macro_rules! values {
    ($($choice:ty),+; $($id:ty = $wanted:literal),+) => {
        $(impl Value for $choice {
            fn wanted() -> String {
                format!("one of {}", <$choice>::ALL.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }

            fn schema() -> RefOr<Schema> {
                <$choice as PartialSchema>::schema()
            }
        })+
        $(impl Value for $id {
            fn wanted() -> String {
                $wanted.to_owned()
            }

            fn schema() -> RefOr<Schema> {
                <$id as PartialSchema>::schema()
            }
        })+
    };
}

values! {
    TriageState, Kind, Platform, Sentiment, PriorityBand, Intent, Language, Visibility, Order, Starred, Stars, RatedAnew, ReplyStands, Days;
    ConnectionId = "a connection's id", ContentId = "a content item's id", AuthorId = "an author's id",
    UserId = "a member's id"
}

impl Value for TagName {
    fn wanted() -> String {
        "a tag of 1 to 40 letters".to_owned()
    }

    fn schema() -> RefOr<Schema> {
        <TagName as PartialSchema>::schema()
    }
}

impl Value for Assignee {
    fn wanted() -> String {
        "me, nobody, or a member's id".to_owned()
    }

    fn schema() -> RefOr<Schema> {
        let pattern = "^(me|nobody|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$";
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build().into()
    }
}

impl Value for Date {
    fn wanted() -> String {
        "a day like 2026-11-22".to_owned()
    }

    fn schema() -> RefOr<Schema> {
        let day =
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
        day.build().into()
    }
}

impl Value for Query {
    fn wanted() -> String {
        format!("at least one word, number or emoji, in {} words and {} letters at most", search::MOST, search::LONGEST)
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(search::LONGEST)).build().into()
    }
}

/// A field holds a value or none, or has one that it is left out for.
trait Field {
    type Value: Value;
    fn put(&mut self, value: Self::Value);
    fn shown(&self) -> Option<String>;
}

impl<T: Value> Field for Option<T> {
    type Value = T;

    fn put(&mut self, value: T) {
        *self = Some(value);
    }

    fn shown(&self) -> Option<String> {
        self.as_ref().map(ToString::to_string)
    }
}

macro_rules! with_default {
    ($($type:ty),+) => {$(
        impl Field for $type {
            type Value = Self;

            fn put(&mut self, value: Self) {
                *self = value;
            }

            fn shown(&self) -> Option<String> {
                (*self != Self::default()).then(|| self.to_string())
            }
        }
    )+};
}

with_default!(Visibility, Order);

fn read<T: Value>(name: &str, value: &str) -> Result<T, BadFilter> {
    value.parse().map_err(|_| BadFilter::value(name, &T::wanted()))
}

fn parameter<F: Field>(name: &str, description: Option<&str>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(description)
        .schema(Some(F::Value::schema()))
        .build()
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

    /// What the index of words knows of it.
    pub fn traits(&self) -> Traits {
        Traits {
            connection: self.connection,
            platform: self.platform,
            kind: self.kind,
            language: self.language,
            sentiment: self.sentiment,
            intents: self.intent.into_iter().collect(),
        }
    }

    /// The address under which `path` shows this filter: everything is asked for by an empty state, for an address without
    /// a filter opens what needs a reply.
    pub fn address(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { format!("{path}?state=") } else { format!("{path}?{query}") }
    }

    /// As `GET /interactions` takes it: nothing asks for everything.
    pub fn query(&self) -> String {
        let pair = |(name, value): &(&str, String)| format!("{name}={}", escaped(value));
        self.parameters().iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

/// A value as an address holds it. Words, ids and days stay as they are.
pub fn escaped(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
