//! Who waits for an answer, and how urgently.

use kit::clock::Timestamp;

use crate::inbox::derive::{self, Facts, Intent, PriorityBand, Reason, Sentiment, Standing};
use crate::model::ProviderState;

kit::text_enum! {
    pub enum State {
        /// A person waits for an answer.
        NeedsReply = "needs_reply",
        /// An own reply follows it in its thread.
        Answered = "answered",
        NoReplyNeeded = "no_reply_needed",
        /// Written by the connected account.
        Own = "own",
    }
}

/// What decides an interaction's state and priority.
pub struct Case<'a> {
    pub is_own: bool,
    pub provider_state: ProviderState,
    pub can_reply: bool,
    pub rating: Option<i64>,
    pub likes: Option<i64>,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub is_repeat_author: bool,
    pub facts: &'a Facts,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub state: State,
    pub score: i64,
    pub band: PriorityBand,
    /// The facts' reasons, and the priority's.
    pub reasons: Vec<Reason>,
}

/// `answered_at` is the newest own reply's time in the thread. An edit after it asks again.
pub fn settle(case: &Case<'_>, answered_at: Option<Timestamp>, now: Timestamp) -> Verdict {
    let said_at = case.edited_at.map_or(case.created_at, |edited| edited.max(case.created_at));
    let state = match answered_at {
        _ if case.is_own => State::Own,
        Some(at) if at > said_at => State::Answered,
        _ if wants_reply(case) => State::NeedsReply,
        _ => State::NoReplyNeeded,
    };
    judge(case, state, now)
}

/// The priority in a state that is known.
pub fn judge(case: &Case<'_>, state: State, now: Timestamp) -> Verdict {
    let (score, band, reasons) = if case.is_own {
        (0, PriorityBand::Low, Vec::new())
    } else {
        derive::priority(Standing {
            intents: &case.facts.intents,
            rating: case.rating,
            likes: case.likes,
            is_repeat_author: case.is_repeat_author,
            waiting: (state == State::NeedsReply).then(|| now.since(case.created_at)),
        })
    };
    let of_text = case.facts.reasons.iter().cloned();
    Verdict { state, score, band, reasons: of_text.chain(reasons).collect() }
}

/// Praise and small talk are a pleasure, not a task; so is everything that cannot be answered, or should not be.
fn wants_reply(case: &Case<'_>) -> bool {
    const ASKING: [Intent; 4] = [Intent::Question, Intent::Complaint, Intent::Purchase, Intent::Safety];
    let facts = case.facts;
    case.provider_state == ProviderState::Published
        && case.can_reply
        && !facts.intents.contains(&Intent::Spam)
        && (facts.intents.iter().any(|intent| ASKING.contains(intent))
            || facts.sentiment == Sentiment::Negative
            || case.rating.is_some_and(|rating| rating <= 3))
}
