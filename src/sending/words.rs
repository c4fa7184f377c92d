//! What stands in a reply's way, in the platform's words where it has some, and what its job says of it.

use kit::clock::Timestamp;
use kit::jobs::Failure;

use crate::model::Platform;
use crate::platforms::Error;
use crate::replies::{NOT_SENT, Reply, Trouble};

pub(super) fn trouble(error: &Error, platform: Platform) -> Trouble {
    let name = platform.label();
    let message = match error {
        Error::Reauth { .. } | Error::NoAccount => {
            "Access to the account was revoked or has expired. Reconnect it, then try again.".to_owned()
        }
        Error::NotEnabled { .. } => platform.words().not_enabled.0.to_owned(),
        Error::Permission { reason } => format!("{name} doesn't allow this reply ({reason})."),
        Error::NotFound { .. } => format!("{name} no longer has this comment."),
        Error::Rejected { reason, message } if message.is_empty() => format!("{name} refused the reply ({reason})."),
        Error::Rejected { message, .. } => format!("{name} says: {message}"),
        Error::RateLimited { .. } => format!("{name} is asking us to slow down."),
        Error::QuotaExhausted { .. } | Error::BudgetSpent { .. } => {
            "Today's platform quota is used up. The reply will be sent as soon as there is more.".to_owned()
        }
        Error::Transport(_) | Error::Unavailable { .. } => format!("{name} isn't responding right now."),
        Error::Storage => "The reply couldn't be saved.".to_owned(),
        Error::Protocol { .. } => format!("{name} sent a response we couldn't read."),
    };
    Trouble { code: error.code(), message }
}

pub(super) fn interrupted() -> Trouble {
    Trouble { code: "interrupted", message: "Sending was interrupted.".to_owned() }
}

pub(super) fn is_not_read_back(platform: Platform) -> Trouble {
    let message =
        format!("{} doesn't show whether the reply was sent. Check there, then say so here.", platform.label());
    Trouble { code: "not_read_back", message }
}

pub(super) fn cannot_look_without_account() -> Trouble {
    let message =
        "The account isn't connected, so we can't check whether the reply was sent. Reconnect it, or check yourself.";
    Trouble { code: "not_connected", message: message.to_owned() }
}

pub(super) fn not_connected() -> Failure {
    Failure::fail("not_connected", "The account isn't connected. Reconnect it, then try again.")
}

pub(super) fn waits_for_its_double(until: Timestamp) -> Failure {
    Failure::retry_at("double", "The same reply is being sent in this thread already.", until)
}

pub(super) fn looking_it_up(next: Timestamp) -> Failure {
    Failure::retry_at("unknown", "Not known yet whether it was sent: looking it up.", next)
}

pub(super) fn cannot_look(error: &Error, platform: Platform, next: Timestamp) -> Failure {
    let Trouble { code, message } = trouble(error, platform);
    Failure::retry_at(code, message, next).because(error)
}

/// The last word on a reply that is not at the platform.
pub(super) fn gives_up(reply: &Reply, platform: Platform) -> Failure {
    let usual = || format!("{} didn't take the reply.", platform.label());
    Failure::fail(NOT_SENT, reply.error_message.clone().unwrap_or_else(usual))
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
