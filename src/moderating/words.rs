//! What stands in an act's way, in the platform's words where it has some, and what its job says of it.

use kit::clock::Timestamp;
use kit::jobs::Failure;

use crate::model::{Platform, ProviderState};
use crate::moderation::Act;
use crate::platforms::{ActRules, Error};
use crate::replies::Trouble;

/// Of a platform to which this version does not speak.
pub(super) const NO_RULES: ActRules =
    ActRules { verbs: &[], at_once: 1, cost: 0, hidden_as: ProviderState::Hidden, are_read_back: false };

pub(super) fn trouble(error: &Error, platform: Platform) -> Trouble {
    let name = platform.label();
    let message = match error {
        Error::Reauth { .. } | Error::NoAccount => {
            "Access to the account was revoked or has expired. Reconnect it, then try again.".to_owned()
        }
        Error::NotEnabled { .. } => platform.words().not_enabled.0.to_owned(),
        Error::Permission { reason } => format!("{name} doesn't allow this ({reason})."),
        Error::NotFound { .. } => return gone(platform),
        Error::Rejected { reason, message } if message.is_empty() => format!("{name} refused this ({reason})."),
        Error::Rejected { message, .. } => format!("{name} says: {message}"),
        Error::RateLimited { .. } => format!("{name} is asking us to slow down."),
        Error::QuotaExhausted { .. } | Error::BudgetSpent { .. } => {
            "Today's platform quota is used up. This goes on as soon as there is more.".to_owned()
        }
        Error::Transport(_) | Error::Unavailable { .. } => format!("{name} isn't responding right now."),
        Error::Storage => "This couldn't be saved.".to_owned(),
        Error::Protocol { .. } => format!("{name} sent a response we couldn't read."),
    };
    Trouble { code: error.code(), message }
}

pub(super) fn gone(platform: Platform) -> Trouble {
    Trouble { code: "not_found", message: format!("{} no longer has this comment.", platform.label()) }
}

pub(super) fn interrupted() -> Trouble {
    Trouble { code: "interrupted", message: "This was interrupted.".to_owned() }
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

/// When what is in the way will be gone, where the platform, or our budget, says so.
pub(super) fn until(error: &Error) -> Option<Timestamp> {
    match error {
        Error::RateLimited { until } | Error::QuotaExhausted { until } | Error::BudgetSpent { until } => Some(*until),
        _ => None,
    }
}

pub(super) fn only_a_person_can_mend(error: &Error) -> bool {
    matches!(error, Error::Reauth { .. } | Error::NoAccount | Error::NotEnabled { .. })
}
