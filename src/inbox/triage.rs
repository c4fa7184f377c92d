//! Who waits for an answer, and how urgently.

use kit::clock::Timestamp;

use crate::inbox::derive::{self, Facts, Intent, PriorityBand, PriorityInputs, Reason};
use crate::model::ProviderState;

kit::text_enum! {
    pub enum TriageState {
        /// A person waits for an answer.
        NeedsReply = "needs_reply",
        /// An own reply follows it in its thread.
        Answered = "answered",
        NoReplyNeeded = "no_reply_needed",
        /// Written by the connected account.
        Own = "own",
        Spam = "spam",
        /// By a person's word on its thread, like the two below: the other side has the next word.
        Waiting = "waiting",
        Done = "done",
        Snoozed = "snoozed",
        /// Taken out of the inbox; on the platform it stays as it is.
        Removed = "removed",
    }
}

impl TriageState {
    /// Whether it is listed and counted only for whoever asks for it.
    pub fn is_set_aside(self) -> bool {
        matches!(self, Self::Spam | Self::Removed)
    }
}

/// What decides an interaction's state and priority.
pub struct TriageInput<'a> {
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
pub struct Triage {
    pub state: TriageState,
    pub score: i64,
    pub band: PriorityBand,
    /// The facts' reasons, and the priority's.
    pub reasons: Vec<Reason>,
}

/// `answered_at` is the newest own reply's time in the thread. An edit after it asks again.
pub fn triage(input: &TriageInput<'_>, answered_at: Option<Timestamp>, now: Timestamp) -> Triage {
    triage_as(input, state(input, answered_at), now)
}

/// The state by the rules alone.
pub fn state(input: &TriageInput<'_>, answered_at: Option<Timestamp>) -> TriageState {
    let said_at = input.edited_at.map_or(input.created_at, |edited| edited.max(input.created_at));
    match answered_at {
        _ if input.is_own => TriageState::Own,
        Some(at) if at > said_at => TriageState::Answered,
        _ if input.facts.intents.contains(&Intent::Spam) => TriageState::Spam,
        _ if wants_reply(input) => TriageState::NeedsReply,
        _ => TriageState::NoReplyNeeded,
    }
}

/// The priority in a state that is known.
pub fn triage_as(input: &TriageInput<'_>, state: TriageState, now: Timestamp) -> Triage {
    let (score, band, reasons) = if input.is_own {
        (0, PriorityBand::Low, Vec::new())
    } else {
        derive::priority(PriorityInputs {
            facts: input.facts,
            rating: input.rating,
            likes: input.likes,
            is_repeat_author: input.is_repeat_author,
            waiting: (state == TriageState::NeedsReply).then(|| now.since(input.created_at)),
        })
    };
    let of_text = input.facts.reasons.iter().cloned();
    Triage { state, score, band, reasons: of_text.chain(reasons).collect() }
}

/// Praise and small talk are a pleasure, not a task; so is everything that cannot be answered, or should not be.
fn wants_reply(input: &TriageInput<'_>) -> bool {
    input.provider_state == ProviderState::Published && input.can_reply && input.facts.want_reply(input.rating)
}
