//! Where a reply stands, and where it may go from there.

use crate::model::ProviderState;

kit::text_enum! {
    pub enum State {
        /// Not handed over yet.
        Draft = "draft",
        /// An owner is asked whether it may go out.
        AwaitingApproval = "awaiting_approval",
        /// An owner has said no, and why: its text is its author's draft again.
        SentBack = "sent_back",
        /// Sent as soon as it is due. Until then it can be called back.
        Queued = "queued",
        /// The platform is being asked: committed before it is.
        Sending = "sending",
        /// It may be at the platform. It is looked for there; or, with no next look, a person decides.
        Unknown = "unknown",
        Published = "published",
        /// The platform has it, and does not show it yet.
        PendingModeration = "pending_moderation",
        /// The platform has it, and will not show it.
        Rejected = "rejected",
        /// It is not at the platform.
        Failed = "failed",
        Cancelled = "cancelled",
        /// It was published, and has been taken away there since.
        Deleted = "deleted",
    }
}

impl State {
    pub const fn may_become(self, next: State) -> bool {
        use State::{
            AwaitingApproval, Cancelled, Deleted, Draft, Failed, PendingModeration, Published, Queued, Rejected,
            Sending, SentBack, Unknown,
        };
        match self {
            Draft => matches!(next, AwaitingApproval | Queued | Cancelled),
            AwaitingApproval => matches!(next, Queued | SentBack | Cancelled),
            Queued => matches!(next, Queued | Sending | Failed | Cancelled),
            // Back to the queue only where nothing was sent.
            Sending => matches!(next, Published | PendingModeration | Rejected | Unknown | Queued),
            Unknown => matches!(next, Published | PendingModeration | Rejected | Unknown | Queued | Failed),
            PendingModeration => matches!(next, Published | Rejected | Deleted),
            // What may be there all the same is looked for before it is sent again.
            Failed => matches!(next, Queued | Unknown),
            // Other words are moderated anew.
            Published => matches!(next, PendingModeration | Rejected | Deleted),
            Rejected => matches!(next, PendingModeration | Published | Deleted),
            Cancelled | SentBack | Deleted => false,
        }
    }

    /// What a reply is whose comment stands so at the platform.
    pub const fn at_platform(stands: ProviderState) -> State {
        match stands {
            ProviderState::Published | ProviderState::Hidden => State::Published,
            ProviderState::Held | ProviderState::Spam => State::PendingModeration,
            ProviderState::Rejected | ProviderState::Removed => State::Rejected,
        }
    }

    /// What it waits for, said of it.
    pub const fn waits(self) -> &'static str {
        match self {
            State::AwaitingApproval => "is waiting for an owner's approval",
            State::PendingModeration => "is waiting for moderation: edit it instead",
            _ => "is on its way",
        }
    }

    /// Nobody has to do anything for it.
    pub const fn is_on_its_way(self) -> bool {
        matches!(self, State::Queued | State::Sending | State::PendingModeration)
    }

    /// Nobody else may answer the same item meanwhile.
    pub const fn is_under_way(self) -> bool {
        matches!(
            self,
            State::AwaitingApproval | State::Queued | State::Sending | State::Unknown | State::PendingModeration
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_as_it_is_and_what_failed_can_be_tried_again() {
        for (over, other) in [(State::Published, State::Rejected), (State::Rejected, State::Published)] {
            let mut next = State::ALL.iter().filter(|next| over.may_become(**next)).collect::<Vec<_>>();
            next.sort_by_key(|next| next.as_str());
            let mut known = [&State::Deleted, &State::PendingModeration, &other];
            known.sort_by_key(|next| next.as_str());
            assert_eq!(next, known, "{over}: deleted, or edited and moderated anew");
        }
        for over in [State::Cancelled, State::SentBack, State::Deleted] {
            assert!(State::ALL.iter().all(|next| !over.may_become(*next)), "{over}");
        }
        assert!(State::Failed.may_become(State::Queued));
    }

    #[test]
    fn nothing_is_called_back_once_the_platform_was_asked() {
        let called_back = State::ALL.iter().filter(|state| state.may_become(State::Cancelled)).collect::<Vec<_>>();
        assert_eq!(called_back, [&State::Draft, &State::AwaitingApproval, &State::Queued]);
    }

    #[test]
    fn the_platform_is_asked_from_the_queue_alone() {
        let asked = State::ALL.iter().filter(|state| state.may_become(State::Sending)).collect::<Vec<_>>();
        assert_eq!(asked, [&State::Queued]);
    }
}
