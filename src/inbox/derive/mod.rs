//! What a text tells by itself: language, sentiment, intents, priority. Pure, deterministic, with the reason of each.

mod emoji;
mod intents;
pub mod labels;
mod language;
mod lexicon;
mod priority;
mod questions;
mod relief;
mod sentiment;
mod spelling;
#[cfg(test)]
mod tests;
mod text;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use language::Language;
pub use priority::{PriorityInputs, priority, steps};

use text::Text;

/// Grows with every change of the rules: a row says by which ones it was judged.
pub const RULESET: i64 = 5;

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
    /// It answers another viewer, not the account.
    pub answers_another: bool,
    pub said: Said,
}

/// What people said of a text: the rules go by it, and no rule overrules it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// None inside: a language that is none of ours.
    pub language: Option<Option<Language>>,
    pub sentiment: Option<Sentiment>,
    pub spam: Option<bool>,
    /// Whether it needs a reply, as far as its text goes.
    pub reply: Option<bool>,
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

    /// Praise and small talk are a pleasure, not a task.
    pub fn want_reply(&self, rating: Option<i64>) -> bool {
        const ASKING: [Intent; 4] = [Intent::Question, Intent::Complaint, Intent::Purchase, Intent::Safety];
        if let Some(wanted) = [true, false].into_iter().find(|wanted| self.has(reply_by_person(*wanted))) {
            return wanted;
        }
        if self.answers_another() {
            return self.intents.contains(&Intent::Safety);
        }
        !self.intents.contains(&Intent::Spam)
            && (self.intents.iter().any(|intent| ASKING.contains(intent))
                || self.sentiment == Sentiment::Negative
                || rating.is_some_and(|rating| rating <= 3))
    }

    /// It is said to another viewer.
    pub fn answers_another(&self) -> bool {
        self.has("answers_another")
    }

    fn has(&self, reason: &str) -> bool {
        self.reasons.iter().any(|known| known.reason == reason)
    }

    /// Several people wrote exactly this, whether that is spam or one complaint of many.
    pub fn is_wave(&self) -> bool {
        self.reasons.iter().any(|reason| matches!(reason.reason.as_str(), "wave" | "spam_repeated"))
    }
}

pub fn facts(given: Given<'_>) -> Facts {
    let text = Text::read(given.text.unwrap_or_default());
    let mut reasons = Vec::new();
    let language = match given.said.language {
        Some(said) => by_person(Fact::Language, said, &mut reasons),
        None => language::detect(&text, given.account_language, &mut reasons),
    };
    let hits = language.map(|language| hits(&text, language)).unwrap_or_default();
    let (mut sentiment, score) = match given.said.sentiment {
        Some(said) => (by_person(Fact::Sentiment, said, &mut reasons), None),
        None => sentiment::judge(&text, &hits, language, given.rating, &mut reasons),
    };
    // Spam comes in English on every channel, and in no language at all.
    let english = (language != Some(Language::English)).then(|| lexicon::of(Language::English)).flatten();
    let english = english.map(|lexicon| lexicon.scan(&text)).unwrap_or_default();
    let finder = intents::Finder { text: &text, hits: &hits, english: &english, given: &given, sentiment, score };
    let mut intents = finder.find(&mut reasons);
    if let Some(told) = sentiment::by_intents(sentiment, &intents) {
        sentiment = told;
        reasons.retain(|reason| reason.fact != Fact::Sentiment);
        reasons.push(Reason::new(Fact::Sentiment, "intents", Vec::new()));
    }
    if given.answers_another {
        // What is asked of another viewer, or thrown at them, is between the two; harm and advertising are not.
        let is_anybodys = |intent: &Intent| matches!(intent, Intent::Safety | Intent::Spam);
        intents.retain(is_anybodys);
        reasons.retain(|reason| {
            reason.fact != Fact::Intent || intents.iter().any(|i| reason.reason.starts_with(i.as_str()))
        });
        reasons.push(Reason::new(Fact::Intent, "answers_another", Vec::new()));
    }
    // Whoever wants to answer it says that it is no spam.
    let is_spam = given.said.spam.or_else(|| given.said.reply.filter(|wanted| *wanted).map(|_| false));
    if let Some(is_spam) = is_spam {
        spam_by_person(is_spam, &mut intents, &mut reasons);
    }
    if given.repeated_by_others && (is_spam.is_some() || !intents.contains(&Intent::Spam)) {
        reasons.push(Reason::new(Fact::Intent, "wave", Vec::new()));
    }
    if let Some(wanted) = given.said.reply {
        reasons.push(Reason::new(Fact::Intent, reply_by_person(wanted), Vec::new()));
    }
    Facts { language, sentiment, score, intents, reasons }
}

/// What the language's words say.
fn hits(text: &Text<'_>, language: Language) -> Vec<lexicon::Hit> {
    let hits = lexicon::of(language).map(|lexicon| lexicon.scan(text)).unwrap_or_default();
    relief::relieve(text, hits, language)
}

fn by_person<T>(fact: Fact, said: T, reasons: &mut Vec<Reason>) -> T {
    reasons.push(Reason::new(fact, "person", Vec::new()));
    said
}

fn spam_by_person(is_spam: bool, intents: &mut Vec<Intent>, reasons: &mut Vec<Reason>) {
    let had_it = intents.contains(&Intent::Spam);
    intents.retain(|intent| *intent != Intent::Spam);
    reasons.retain(|reason| reason.fact != Fact::Intent || !reason.reason.starts_with(Intent::Spam.as_str()));
    if is_spam {
        intents.push(Intent::Spam);
    }
    if is_spam || had_it {
        reasons.push(Reason::new(Fact::Intent, if is_spam { "spam_person" } else { "no_spam_person" }, Vec::new()));
    }
}

const fn reply_by_person(wanted: bool) -> &'static str {
    if wanted { "reply_person" } else { "no_reply_person" }
}

impl Reason {
    fn new(fact: Fact, reason: &str, because: Vec<String>) -> Self {
        Self { fact, reason: reason.to_owned(), points: None, because }
    }
}

/// Whether a text begins by naming somebody who is not the account ("@ann which one is it?"). Names with or without their "@".
pub fn answers_another(text: &str, own_names: &[impl AsRef<str>]) -> bool {
    let Some(named) = text.trim_start().strip_prefix('@') else { return false };
    let named = named.to_lowercase();
    let is_own = |name: &str| {
        let rest = named.strip_prefix(&name.trim_start_matches('@').to_lowercase());
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
    };
    named.starts_with(char::is_alphanumeric) && !own_names.iter().any(|name| is_own(name.as_ref()))
}

/// Long enough for a text to be somebody's own: the same short praise by many people is no wave of spam.
pub fn is_worth_comparing(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 24
}
