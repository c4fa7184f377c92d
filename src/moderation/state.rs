//! Where an act stands, and where it may go from there.

kit::text_enum! {
    pub enum State {
        /// Asked for as soon as it is due. Until then it can be called back, unless it may be done already.
        Queued = "queued",
        /// The platform is being asked: committed before it is.
        Asking = "asking",
        /// It may be done. The platform is looked at before it is asked again.
        Unknown = "unknown",
        Done = "done",
        /// It is not done, for all we know.
        Failed = "failed",
        Cancelled = "cancelled",
        /// Nothing was to be asked, or it is not what was meant any more.
        Skipped = "skipped",
    }
}

impl State {
    pub const fn may_become(self, next: State) -> bool {
        use State::{Asking, Cancelled, Done, Failed, Queued, Skipped, Unknown};
        match self {
            Queued => matches!(next, Queued | Asking | Failed | Cancelled | Skipped),
            // Back to the queue only where nothing was sent.
            Asking => matches!(next, Queued | Unknown | Done | Failed),
            Unknown => matches!(next, Queued | Unknown | Done | Failed),
            Failed => matches!(next, Queued),
            Done | Cancelled | Skipped => false,
        }
    }

    /// Nothing else is asked for the same comment meanwhile.
    pub const fn is_under_way(self) -> bool {
        matches!(self, State::Queued | State::Asking | State::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_as_it_is_and_what_failed_can_be_tried_again() {
        for over in [State::Done, State::Cancelled, State::Skipped] {
            assert!(State::ALL.iter().all(|next| !over.may_become(*next)), "{over}");
        }
        assert!(State::Failed.may_become(State::Queued));
    }

    #[test]
    fn the_platform_is_asked_from_the_queue_alone_and_nothing_is_called_back_after_that() {
        let from = |to: State| State::ALL.iter().filter(|state| state.may_become(to)).collect::<Vec<_>>();
        assert_eq!(from(State::Asking), [&State::Queued]);
        assert_eq!(from(State::Cancelled), [&State::Queued]);
    }
}
