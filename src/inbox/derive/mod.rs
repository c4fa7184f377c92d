//! What a text tells by itself: language, sentiment, intents, priority. Pure, deterministic, with the reason of each.

mod emoji;
mod intents;
mod language;
mod lexicon;
mod priority;
mod sentiment;
#[cfg(test)]
mod tests;
mod text;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use language::Language;
pub use priority::{MAX_WAITING_HOURS, PriorityInputs, priority};

use text::Text;

/// Grows with every change of the rules: a row says by which ones it was judged.
pub const RULESET: i64 = 1;

kit::text_enum! { pub enum Sentiment {
    Positive = "positive", Neutral = "neutral", Negative = "negative", Mixed = "mixed", Unknown = "unknown",
} }

kit::text_enum! { pub enum Intent {
    Question = "question", Complaint = "complaint", Praise = "praise", Purchase = "purchase", Safety = "safety", Spam = "spam",
} }

kit::text_enum! {
    /// Most pressing first.
    pub enum PriorityBand { Urgent = "urgent", High = "high", Normal = "normal", Low = "low" }
}

kit::text_enum! { pub enum Fact {
    Language = "language", Sentiment = "sentiment", Intent = "intent", Priority = "priority",
} }

/// Why a fact is what it is; stored with it and shown beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FactReason)]
pub struct Reason {
    pub fact: Fact,
    /// The rule's code; its words are in `definitions`.
    pub reason: String,
    /// What the rule added to the priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// What in the text the rule went by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

/// What the rules know of an interaction besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    pub text: Option<&'a str>,
    pub rating: Option<i64>,
    /// What the account's people mostly write: the prior for short texts.
    pub account_language: Option<Language>,
    /// The platform itself called it spam.
    pub platform_says_spam: bool,
    /// Several people wrote exactly this.
    pub repeated_by_others: bool,
}

/// What a text says, whenever it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub language: Option<Language>,
    pub sentiment: Sentiment,
    /// -1 to 1.
    pub score: Option<f64>,
    pub intents: Vec<Intent>,
    pub reasons: Vec<Reason>,
}

impl Facts {
    /// Of a text that nobody judges: an own one.
    pub fn none() -> Self {
        Facts { language: None, sentiment: Sentiment::Unknown, score: None, intents: Vec::new(), reasons: Vec::new() }
    }
}

pub fn facts(given: Given<'_>) -> Facts {
    let text = Text::read(given.text.unwrap_or_default());
    let mut reasons = Vec::new();
    let language = language::detect(&text, given.account_language, &mut reasons);
    let hits = language.and_then(lexicon::of).map(|lexicon| lexicon.scan(&text)).unwrap_or_default();
    let (sentiment, score) = sentiment::judge(&text, &hits, language, given.rating, &mut reasons);
    // Spam comes in English on every channel, and in no language at all.
    let english = (language != Some(Language::English)).then(|| lexicon::of(Language::English)).flatten();
    let english = english.map(|lexicon| lexicon.scan(&text)).unwrap_or_default();
    let finder = intents::Finder { text: &text, hits: &hits, english: &english, given: &given, sentiment, score };
    let intents = finder.find(&mut reasons);
    Facts { language, sentiment, score, intents, reasons }
}

impl Reason {
    fn new(fact: Fact, reason: &str, because: Vec<String>) -> Self {
        Self { fact, reason: reason.to_owned(), points: None, because }
    }
}

/// Long enough for a text to be somebody's own: the same short praise by many people is no wave of spam.
pub fn is_worth_comparing(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 24
}
