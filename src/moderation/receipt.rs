//! An order with what became of it, and how that is counted: on its page, in the API and by its job alike.

use kit::clock::Timestamp;

use super::refused::Skipped;
use super::store::Act;
use super::{OrderId, State};
use crate::platforms::Verb;

/// An order with what became of it, comment by comment.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub id: OrderId,
    pub verb: Verb,
    pub ordered_at: Timestamp,
    /// None of somebody whose account is gone.
    pub ordered_by: Option<String>,
    /// How many people wrote the comments.
    pub authors: i64,
    pub acts: Vec<Act>,
}

/// How many of an order's comments stand where. Each is counted once: the parts make up what was meant, at any moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub matched: usize,
    pub done: usize,
    pub failed: usize,
    /// Those that the platform has yet to do, or to say whether it did.
    pub under_way: usize,
    pub cancelled: usize,
    /// How many were passed over for which reason, in the order of the reasons.
    pub skipped: Vec<(Skipped, usize)>,
}

impl Receipt {
    pub fn tally(&self) -> Tally {
        let count = |state: State| self.acts.iter().filter(|act| act.state == state).count();
        let because = |why: Skipped| self.acts.iter().filter(|act| act.skipped() == Some(why)).count();
        Tally {
            matched: self.acts.len(),
            done: count(State::Done),
            failed: count(State::Failed),
            under_way: self.acts.iter().filter(|act| act.state.is_under_way()).count(),
            cancelled: count(State::Cancelled),
            skipped: Skipped::ALL.iter().map(|why| (*why, because(*why))).filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// Those that can still be called back.
    pub fn waiting(&self) -> usize {
        self.acts.iter().filter(|act| act.can_be_cancelled()).count()
    }
}
