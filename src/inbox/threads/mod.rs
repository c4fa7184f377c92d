//! A thread: what somebody said on a platform and what was said to it; where it stands by the rules, and by people's word.
//!
//! What people decided has tables of its own, which no reading rewrites. A decision holds until the platform brings
//! something new in its thread; what follows from rules and decisions is derived again at will.

pub(super) mod store;

use std::collections::{BTreeMap, HashMap};

use kit::clock::Timestamp;

use super::triage::TriageState;
use crate::model::ProviderState;

pub(super) use store::Known;
pub use store::{LastWord, Thread};

kit::id_types! { pub ThreadId }

kit::text_enum! {
    pub enum ThreadState {
        /// Somebody waits for an answer.
        NeedsReply = "needs_reply",
        /// It was answered, and the other side has the next word.
        Waiting = "waiting",
        Done = "done",
        Snoozed = "snoozed",
        Spam = "spam",
        NoReplyNeeded = "no_reply_needed",
        /// Taken out of the inbox, and only there.
        Removed = "removed",
    }
}

kit::text_enum! {
    /// Who says that a thread is in its state.
    pub enum SaidBy { Rules = "rules", Person = "person", Platform = "platform" }
}

kit::row! {
    /// A person's word on a thread.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Decision {
        pub state: ThreadState,
        pub snoozed_until: Option<Timestamp>,
        /// The number of the thread's news when it was said.
        pub at_news: i64,
    }
}

impl Decision {
    /// Until the platform brings something new, or the snooze is over.
    pub fn holds(&self, news: i64, now: Timestamp) -> bool {
        self.at_news == news && self.snoozed_until.is_none_or(|until| now < until)
    }

    /// What becomes of one interaction of the thread, which the rules alone would put `by_rules`. That a reply is needed
    /// after all is said of what was said last.
    pub fn applied_to(self, by_rules: TriageState, is_newest: bool) -> TriageState {
        let asks_for_attention = matches!(by_rules, TriageState::NeedsReply | TriageState::Spam);
        match self.state {
            _ if by_rules == TriageState::Own => TriageState::Own,
            ThreadState::Spam => TriageState::Spam,
            ThreadState::Removed => TriageState::Removed,
            ThreadState::NeedsReply if is_newest => TriageState::NeedsReply,
            ThreadState::Waiting if asks_for_attention => TriageState::Waiting,
            ThreadState::Done if asks_for_attention => TriageState::Done,
            ThreadState::Snoozed if asks_for_attention => TriageState::Snoozed,
            ThreadState::NoReplyNeeded if asks_for_attention => TriageState::NoReplyNeeded,
            _ => by_rules,
        }
    }
}

/// What a batch touched, by external id: how much of it is new from other people.
pub(super) type Touched = BTreeMap<String, i64>;

/// Of the touched threads those that people decided about: the decision, where it still holds.
pub(super) type Decided = HashMap<String, Option<Decision>>;

pub(super) fn decided(known: &HashMap<String, Known>, touched: &Touched, now: Timestamp) -> Decided {
    let held = |(name, known): (&String, &Known)| {
        let decision = known.decision?;
        let news = known.thread.news + touched.get(name).copied().unwrap_or_default();
        Some((name.clone(), Some(decision).filter(|decision| decision.holds(news, now))))
    };
    known.iter().filter_map(held).collect()
}

/// How many interactions of a thread are where, and what the platform does with them.
pub(super) type Tally = BTreeMap<(TriageState, ProviderState), i64>;

/// Where a thread stands, and who says so.
pub(super) fn standing(tally: &Tally, decision: Option<Decision>) -> (ThreadState, SaidBy) {
    if let Some(decision) = decision {
        return (decision.state, SaidBy::Person);
    }
    let has = |state| tally.keys().any(|(known, _)| *known == state);
    let is_all = |what: &dyn Fn(&(TriageState, ProviderState)) -> bool| {
        tally.keys().filter(|(state, _)| *state != TriageState::Own).all(what)
    };
    match () {
        () if has(TriageState::NeedsReply) => (ThreadState::NeedsReply, SaidBy::Rules),
        () if has(TriageState::Answered) => (ThreadState::Waiting, SaidBy::Rules),
        () if !has(TriageState::Spam) || !is_all(&|(state, _)| *state == TriageState::Spam) => {
            (ThreadState::NoReplyNeeded, SaidBy::Rules)
        }
        () if is_all(&|(_, said)| *said == ProviderState::Spam) => (ThreadState::Spam, SaidBy::Platform),
        () => (ThreadState::Spam, SaidBy::Rules),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_waits_while_any_of_it_needs_a_reply() {
        let stands =
            |states: &[(TriageState, ProviderState)]| standing(&states.iter().map(|state| (*state, 1)).collect(), None);
        let published = |state| (state, ProviderState::Published);
        let [asks, answered, own] = [TriageState::NeedsReply, TriageState::Answered, TriageState::Own].map(published);
        let [spam, small_talk] = [TriageState::Spam, TriageState::NoReplyNeeded].map(published);
        let by_rules = |state| (state, SaidBy::Rules);
        assert_eq!(stands(&[asks, answered, own]), by_rules(ThreadState::NeedsReply));
        assert_eq!(stands(&[answered, own, small_talk]), by_rules(ThreadState::Waiting));
        assert_eq!(stands(&[small_talk, spam]), by_rules(ThreadState::NoReplyNeeded));
        assert_eq!(stands(&[spam]), by_rules(ThreadState::Spam));
        assert_eq!(stands(&[(TriageState::Spam, ProviderState::Spam)]), (ThreadState::Spam, SaidBy::Platform));
        assert_eq!(stands(&[own]), by_rules(ThreadState::NoReplyNeeded));
    }

    #[test]
    fn a_decision_holds_until_something_new_comes_or_its_snooze_is_over() {
        let until = Timestamp::from_second(100);
        let done = Decision { state: ThreadState::Done, snoozed_until: None, at_news: 3 };
        assert!(done.holds(3, until) && !done.holds(4, until));
        let snoozed = Decision { state: ThreadState::Snoozed, snoozed_until: Some(until), at_news: 3 };
        assert!(snoozed.holds(3, Timestamp::from_second(99)) && !snoozed.holds(3, until));
    }

    #[test]
    fn a_decision_speaks_of_what_asks_for_attention_and_never_of_own_words() {
        let decided = |state| Decision { state, snoozed_until: None, at_news: 0 };
        let done = decided(ThreadState::Done);
        assert_eq!(done.applied_to(TriageState::NeedsReply, true), TriageState::Done);
        assert_eq!(done.applied_to(TriageState::Answered, true), TriageState::Answered);
        assert_eq!(done.applied_to(TriageState::Own, true), TriageState::Own);
        let ask = decided(ThreadState::NeedsReply);
        assert_eq!(ask.applied_to(TriageState::NoReplyNeeded, true), TriageState::NeedsReply);
        assert_eq!(ask.applied_to(TriageState::NoReplyNeeded, false), TriageState::NoReplyNeeded);
        assert_eq!(decided(ThreadState::NoReplyNeeded).applied_to(TriageState::Spam, true), TriageState::NoReplyNeeded);
    }
}
