//! In plain words: what each derived fact means and why it is what it is. Pages open them beside the fact.

use std::time::Duration;

use super::derive::{Fact, Intent, Language, PriorityBand, Reason, Sentiment};
use super::triage::TriageState;
use crate::model::{Kind, ProviderState};

pub const LANGUAGE: &str = "The language of the text, by its script, its frequent words and its letters. Texts with fewer than \
    eight letters are taken to be in the account's own language; texts in a language without word lists stay unknown.";

pub const SENTIMENT: &str = "How the text is meant. The first of these that says something decides: the star rating (1–2 \
    negative, 3 mixed, 4–5 positive unless the words clearly say otherwise), emoji, then the words by a list of the text's own \
    language with its negations. A score of 0.30 or more is positive, −0.30 or less negative, between them neutral. Without \
    evidence it is unknown, never a guess.";

pub const INTENTS: &str = "What the text wants, by phrases of its language and by its shape: a question, a complaint, praise, \
    interest in buying, a matter of safety or law, or spam. A text can want several things, or none. What begins with another \
    viewer's @name is said to them and wants nothing of you.";

pub const PRIORITY: &str = "A sum of named reasons: safety or legal +130, complaint +30, rating of 1 or 2 +20, question +20, wants \
    to buy +10, the same from several people +15, up to 20 for likes (5 × log₁₀), wrote before +5, spam −250. While somebody \
    waits, +120 on the first day, +45 up to 3 days, +25 up to a week, +10 up to 30 days. From 155 it is urgent, from 120 high, from \
    10 normal, else low.";

pub const STATE: &str = "Somebody waits for a reply when what they wrote is published, can be answered, is no spam, and asks, \
    complains, wants to buy, speaks of safety or law, is negative, or rates with 3 stars or fewer. It is answered when an own reply \
    follows it in its thread; an edit after that asks again.";

pub const fn state(state: TriageState) -> &'static str {
    match state {
        TriageState::NeedsReply => "needs reply",
        TriageState::Answered => "answered",
        TriageState::NoReplyNeeded => "no reply needed",
        TriageState::Own => "yours",
    }
}

pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Comment => "comment",
        Kind::Reply => "reply",
        Kind::Review => "review",
        Kind::Mention => "mention",
    }
}

pub const fn intent(intent: Intent) -> &'static str {
    match intent {
        Intent::Question => "question",
        Intent::Complaint => "complaint",
        Intent::Praise => "praise",
        Intent::Purchase => "wants to buy",
        Intent::Safety => "safety or legal",
        Intent::Spam => "spam",
    }
}

pub const fn band(band: PriorityBand) -> &'static str {
    match band {
        PriorityBand::Urgent => "urgent",
        PriorityBand::High => "high",
        PriorityBand::Normal => "normal",
        PriorityBand::Low => "low",
    }
}

pub const fn sentiment(sentiment: Sentiment) -> &'static str {
    sentiment.as_str()
}

pub fn language(language: Option<Language>) -> &'static str {
    language.map_or("unknown", Language::name)
}

/// What the platform does with it, where that is not plain.
pub const fn provider_state(state: ProviderState) -> Option<(&'static str, &'static str)> {
    match state {
        ProviderState::Published => None,
        ProviderState::Hidden => Some(("hidden", "Hidden on the platform: only its author sees it.")),
        ProviderState::Held => {
            Some(("held for review", "Held by the platform until the channel's owner publishes it."))
        }
        ProviderState::Spam => Some(("likely spam", "Kept back by the platform as likely spam.")),
        ProviderState::Rejected => Some(("rejected", "Rejected by the channel's owner.")),
        ProviderState::Removed => {
            Some(("removed", "No longer on the platform: two complete readings did not find it."))
        }
    }
}

/// The same for somebody who has waited so long: "waiting 20 days".
pub fn reason_after(reason_given: &Reason, waited: Duration) -> String {
    match (reason_given.fact, reason_given.reason.as_str()) {
        (Fact::Priority, "waiting") => waiting(waited),
        _ => reason(reason_given).to_owned(),
    }
}

fn waiting(waited: Duration) -> String {
    let hours = waited.as_secs() / 3600;
    match (hours, hours / 24) {
        (0, _) => "waiting less than an hour".to_owned(),
        (1, _) => "waiting 1 hour".to_owned(),
        (2..48, _) => format!("waiting {hours} hours"),
        (_, days) => format!("waiting {days} days"),
    }
}

/// Why a fact is what it is, without the words that the rule went by.
pub fn reason(reason: &Reason) -> &'static str {
    match (reason.fact, reason.reason.as_str()) {
        (Fact::Language, "no_letters") => "There are no letters in it.",
        (Fact::Language, "script") => "By its script.",
        (Fact::Language, "too_short") => "Too short to tell: the account's own language.",
        (Fact::Language, "too_short_to_tell") => "Too short to tell.",
        (Fact::Language, "not_recognised") => "Hardly a word of it is in a language that has a word list.",
        (Fact::Language, _) => "By words that it uses.",
        (Fact::Sentiment, "rating") => "By the rating.",
        (Fact::Sentiment, "rating_against_words") => "The rating is good, but the words are clearly not.",
        (Fact::Sentiment, "emoji") => "By its emoji.",
        (Fact::Sentiment, "emoji_against_words") => "Emoji and words say opposite things.",
        (Fact::Sentiment, "no_evidence") => "No rating, emoji or known word speaks for or against.",
        (Fact::Sentiment, "words_both_ways") => "Clear words stand on both sides.",
        (Fact::Sentiment, _) => "By its words.",
        (Fact::Intent, "question_mark") => "Question: it has a question mark.",
        (Fact::Intent, "question_words") => "Question: it begins like one.",
        (Fact::Intent, "complaint_words") => "Complaint: by its words.",
        (Fact::Intent, "complaint_rating") => "Complaint: a rating of 1 or 2 with words.",
        (Fact::Intent, "complaint_sentiment") => "Complaint: clearly negative.",
        (Fact::Intent, "praise_words") => "Praise: by its words.",
        (Fact::Intent, "praise_sentiment") => "Praise: clearly positive.",
        (Fact::Intent, "purchase_words") => "Wants to buy: by its words.",
        (Fact::Intent, "safety_words") => "Safety or legal: by its words.",
        (Fact::Intent, "spam_platform") => "Spam: the platform says so.",
        (Fact::Intent, "spam_repeated") => "Spam: several people advertise in exactly the same words.",
        (Fact::Intent, "answers_another") => "Said to another viewer: it begins with their name.",
        (Fact::Intent, "wave") => "Wave: several people wrote exactly the same.",
        (Fact::Intent, "spam_words") => "Spam: by its words.",
        (Fact::Intent, "spam_link") => "Spam: promotion together with a link, a handle or a number.",
        (Fact::Intent, "spam_promotion") => "Spam: many words of promotion.",
        (Fact::Intent, "spam_money") => "Spam: a sum of money together with a handle or a number.",
        (Fact::Intent, _) => "By a rule.",
        (Fact::Priority, "low_rating") => "rating of 1 or 2",
        (Fact::Priority, "complaint") => "complaint",
        (Fact::Priority, "question") => "question",
        (Fact::Priority, "safety") => "safety or legal",
        (Fact::Priority, "purchase") => "wants to buy",
        (Fact::Priority, "waiting") => "waiting",
        (Fact::Priority, "wave") => "several people say so",
        (Fact::Priority, "reach") => "likes",
        (Fact::Priority, "repeat_author") => "wrote before",
        (Fact::Priority, "spam") => "spam",
        (Fact::Priority, _) => "another reason",
    }
}
