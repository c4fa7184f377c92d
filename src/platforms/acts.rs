//! What a platform lets an account do with comments that are there already, and what it costs.

use crate::model::ProviderState;

kit::text_enum! {
    pub enum Verb {
        /// Other words for an own comment.
        Edit = "edit",
        /// Takes an own comment away.
        Delete = "delete",
        /// Keeps somebody's comment from viewers until it is published again.
        Hide = "hide",
        Publish = "publish",
        /// Takes somebody's comment away for good.
        Reject = "reject",
        /// The same, with whatever its author writes from now on.
        Ban = "ban",
        ReportSpam = "report_spam",
    }
}

impl Verb {
    /// Of the account's own comments; the others are of other people's.
    pub const fn is_about_own(self) -> bool {
        matches!(self, Verb::Edit | Verb::Delete)
    }

    /// Nobody can take it back.
    pub const fn is_final(self) -> bool {
        matches!(self, Verb::Delete | Verb::Reject | Verb::Ban | Verb::ReportSpam)
    }
}

/// What a platform can do with comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActRules {
    pub verbs: &'static [Verb],
    /// How many comments of other people one call takes.
    pub at_once: usize,
    /// Units of the budget, for a call.
    pub cost: i64,
    /// What a hidden comment is called there.
    pub hidden_as: ProviderState,
    /// Whether the platform shows what became of an act, so that one of which we do not know is looked for.
    pub are_read_back: bool,
}

impl ActRules {
    pub fn takes(&self, verb: Verb) -> bool {
        self.verbs.contains(&verb)
    }

    /// How many comments go in one call.
    pub fn company(&self, verb: Verb) -> usize {
        if verb.is_about_own() { 1 } else { self.at_once.max(1) }
    }

    /// What a verb costs for so many comments, if all goes well.
    pub fn units(&self, verb: Verb, comments: usize) -> i64 {
        let calls = comments.div_ceil(self.company(verb));
        self.cost.saturating_mul(i64::try_from(calls).unwrap_or(i64::MAX))
    }

    /// How a comment stands there afterwards; an edit changes nothing of that.
    pub const fn becomes(&self, verb: Verb) -> Option<ProviderState> {
        match verb {
            Verb::Edit => None,
            Verb::Delete => Some(ProviderState::Removed),
            Verb::Hide => Some(self.hidden_as),
            Verb::Publish => Some(ProviderState::Published),
            Verb::Reject | Verb::Ban => Some(ProviderState::Rejected),
            Verb::ReportSpam => Some(ProviderState::Spam),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_one_call_is_paid_for_once() {
        let rules = ActRules {
            verbs: &[Verb::Hide],
            at_once: 50,
            cost: 50,
            hidden_as: ProviderState::Held,
            are_read_back: true,
        };
        let units = |verb, comments| rules.units(verb, comments);
        assert_eq!((units(Verb::Hide, 1), units(Verb::Hide, 50), units(Verb::Hide, 51)), (50, 50, 100));
        assert_eq!(units(Verb::Delete, 3), 150, "own comments go one by one");
    }
}
