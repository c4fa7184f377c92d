//! What stands in an act's way, in the platform's words where it has some, and what its job says of it.

use kit::clock::Timestamp;
use kit::jobs::Failure;

use crate::model::{Platform, ProviderState};
use crate::moderation::Act;
use crate::platforms::{ActRules, Error};
use crate::replies::{Trouble, Wish};

/// Of a platform to which this version does not speak.
pub(super) const NO_RULES: ActRules =
    ActRules { verbs: &[], at_once: 1, cost: 0, hidden_as: ProviderState::Hidden, are_read_back: false };

const WISH: Wish = Wish { this: "this", goes_on: "This will go on", subject: "This" };

pub(super) fn trouble(error: &Error, platform: Platform) -> Trouble {
    Trouble::of(error, platform, WISH)
}

pub(super) fn interrupted() -> Trouble {
    Trouble { code: "interrupted", message: "We were interrupted while doing this.".to_owned() }
}

pub(super) fn not_connected() -> Trouble {
    let message = "The account isn't connected. Reconnect it, then try again.";
    Trouble { code: "not_connected", message: message.to_owned() }
}

pub(super) fn cannot_look_without_account() -> Trouble {
    let message = "The account isn't connected, so we can't check whether this was done. Reconnect it, then try again.";
    Trouble { code: "not_connected", message: message.to_owned() }
}

pub(super) fn cannot_look(error: &Error, platform: Platform, next: Timestamp) -> Failure {
    let Trouble { code, message } = trouble(error, platform);
    Failure::retry_at(code, message, next).because(error)
}

/// What the job says while its next act is not due.
pub(super) fn waits(act: &Act) -> Failure {
    let code = match act.error_code.as_deref() {
        Some("quota_exhausted") => "quota_exhausted",
        Some("rate_limited") => "rate_limited",
        Some("unreachable") => "unreachable",
        _ => "transient",
    };
    let message = act.error_message.clone().unwrap_or_else(|| "Waiting for the platform.".to_owned());
    Failure::retry_at(code, message, act.due_at)
}

/// The job's last word where nothing was done: each act says why.
pub(super) const NOT_DONE: &str = "not_done";

pub(super) fn failed(act: &Act) -> Failure {
    let message = act.error_message.clone().unwrap_or_else(|| "The platform didn't do this.".to_owned());
    Failure::fail(NOT_DONE, message)
}
