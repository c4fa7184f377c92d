//! In plain words: what each derived fact means and why it is what it is. Pages open them beside the fact.

use std::time::Duration;

use super::derive::{Fact, Intent, Language, PriorityBand, Reason, Sentiment};
use super::listing::{RatedAnew, Stars};
use super::triage::TriageState;
use crate::model::{Kind, ProviderState};
use crate::web::ui::numbers::span;

pub const LANGUAGE: &str = "Worked out from the script, common words and letters. Texts with fewer than eight letters count as \
    the account's own language. If we don't know the language, it stays unknown.";

pub const SENTIMENT: &str = "How the text comes across. The first of these that tells us something decides: the star rating (1–2 \
    negative, 3 mixed, 4–5 positive unless the words clearly say otherwise), then emoji, then words, including negations; clear \
    words on both sides are mixed. A score of 0.30 or more is positive, −0.30 or less is negative, anything between is neutral. \
    Where no word tells, a complaint is negative and a plain question neutral. With nothing to go on, it stays unknown: we don't \
    guess.";

pub const INTENTS: &str = "What the person wants, from phrases in their language and the shape of the text: a question, a \
    complaint, praise, interest in buying, a safety or legal concern, or spam. There can be several, or none. A comment that \
    starts with another viewer's @name is for them, so it asks nothing of you. A review of 4 or 5 stars asks with a question mark only.";

pub const PRIORITY: &str = "Points for each reason: safety or legal +130, complaint +30, rated 1 or 2 stars +20, question +20, wants \
    to buy +10, several people say the same +15, up to 20 for likes (5 × log₁₀), has written before +5, spam −250. While a reply is \
    due: +120 on the first day, +45 up to 3 days, +25 up to a week, +10 up to 30 days. 155 or more is urgent, 120 or more high, \
    10 or more normal, below that low.";

pub const STATE: &str = "A comment needs a reply when it's published, can be replied to, isn't spam, and is a question, a \
    complaint, about buying, a safety or legal concern, negative, or rated 3 stars or fewer. It counts as answered once you reply \
    later in the thread. If it's edited after that, it needs a reply again.";

pub const fn state(state: TriageState) -> &'static str {
    match state {
        TriageState::NeedsReply => "needs reply",
        TriageState::Answered => "answered",
        TriageState::NoReplyNeeded => "no reply needed",
        TriageState::Own => "yours",
        TriageState::Spam => "spam",
        TriageState::Waiting => "waiting for them",
        TriageState::Done => "done",
        TriageState::Snoozed => "snoozed",
        TriageState::Removed => "removed here",
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

pub const fn rating(stars: Stars) -> &'static str {
    match stars {
        Stars::One => "1 star",
        Stars::Two => "2 stars",
        Stars::Three => "3 stars",
        Stars::Four => "4 stars",
        Stars::Five => "5 stars",
    }
}

pub const fn rated_anew(how: RatedAnew) -> &'static str {
    match how {
        RatedAnew::Raised => "more stars",
        RatedAnew::Lowered => "fewer stars",
    }
}

/// What the platform does with it, where that is not plain.
pub const fn provider_state(state: ProviderState) -> Option<(&'static str, &'static str)> {
    match state {
        ProviderState::Published => None,
        ProviderState::Hidden => Some(("hidden", "Hidden on the platform: only its author can see it.")),
        ProviderState::Held => {
            Some(("held for review", "The platform is holding it until the channel owner approves it."))
        }
        ProviderState::Spam => Some(("likely spam", "The platform is holding it as likely spam.")),
        ProviderState::Rejected => Some(("rejected", "The channel owner rejected it.")),
        ProviderState::Removed => Some(("removed", "No longer on the platform: two full syncs didn't find it.")),
    }
}

/// The same of a comment or, in other words, of an own reply.
pub const fn standing(state: ProviderState, is_own: bool) -> Option<(&'static str, &'static str)> {
    match state {
        ProviderState::Held if is_own => {
            Some(("waiting for moderation", "It appears on the platform once it has been checked."))
        }
        ProviderState::Rejected if is_own => Some(("rejected", "The platform doesn't show it.")),
        ProviderState::Removed if is_own => Some(("removed", "It is no longer on the platform.")),
        _ => provider_state(state),
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
    format!("waiting {}", span(waited))
}

/// Why a fact is what it is, without the words that the rule went by.
pub fn reason(reason: &Reason) -> &'static str {
    match (reason.fact, reason.reason.as_str()) {
        (Fact::Language | Fact::Sentiment, "person") => "A person said so.",
        (Fact::Language, "no_letters") => "It has no letters.",
        (Fact::Language, "script") => "Recognised by its script.",
        (Fact::Language, "too_short") => "Too short to tell, so we assume the account's own language.",
        (Fact::Language, "too_short_to_tell") => "Too short to tell.",
        (Fact::Language, "not_recognised") => "We don't recognise enough of its words.",
        (Fact::Language, _) => "Recognised by its words:",
        (Fact::Sentiment, "rating") => "From the star rating.",
        (Fact::Sentiment, "rating_against_words") => "A good rating, but clearly negative words.",
        (Fact::Sentiment, "emoji") => "From its emoji:",
        (Fact::Sentiment, "emoji_against_words") => "Emoji and words disagree.",
        (Fact::Sentiment, "no_evidence") => "No rating, emoji or word that tells us either way.",
        (Fact::Sentiment, "intents") => "From what it asks for.",
        (Fact::Sentiment, "words_both_ways") => "Clearly positive and negative words:",
        (Fact::Sentiment, _) => "From its words:",
        (Fact::Intent, "question_mark") => "Question: has a question mark.",
        (Fact::Intent, "question_words") => "Question: starts like one.",
        (Fact::Intent, "complaint_words") => "Complaint:",
        (Fact::Intent, "complaint_rating") => "Complaint: rated 1 or 2 stars, with text.",
        (Fact::Intent, "complaint_sentiment") => "Complaint: clearly negative.",
        (Fact::Intent, "praise_words") => "Praise:",
        (Fact::Intent, "praise_sentiment") => "Praise: clearly positive.",
        (Fact::Intent, "purchase_words") => "Wants to buy:",
        (Fact::Intent, "safety_words") => "Safety or legal:",
        (Fact::Intent, "spam_platform") => "Spam: flagged by the platform.",
        (Fact::Intent, "spam_repeated") => "Spam: several people posted exactly the same ad.",
        (Fact::Intent, "answers_another") => "For another viewer: starts with their name.",
        (Fact::Intent, "spam_person") => "Spam: a person said so.",
        (Fact::Intent, "no_spam_person") => "Not spam: a person said so.",
        (Fact::Intent, "reply_person") => "Needs a reply: a person said so.",
        (Fact::Intent, "no_reply_person") => "Needs no reply: a person said so.",
        (Fact::Intent, "wave") => "Several people wrote exactly the same.",
        (Fact::Intent, "spam_words") => "Spam:",
        (Fact::Intent, "spam_link") => "Spam: promotion with a link, handle or phone number.",
        (Fact::Intent, "spam_promotion") => "Spam: reads like an ad.",
        (Fact::Intent, "spam_money") => "Spam: an amount of money with a handle or phone number.",
        (Fact::Intent, _) => "Matched a rule.",
        (Fact::Priority, "low_rating") => "rated 1 or 2 stars",
        (Fact::Priority, "complaint") => "complaint",
        (Fact::Priority, "question") => "question",
        (Fact::Priority, "safety") => "safety or legal",
        (Fact::Priority, "purchase") => "wants to buy",
        (Fact::Priority, "waiting") => "waiting",
        (Fact::Priority, "wave") => "several people say the same",
        (Fact::Priority, "reach") => "likes",
        (Fact::Priority, "repeat_author") => "has written before",
        (Fact::Priority, "spam") => "spam",
        (Fact::Priority, _) => "other",
    }
}
