//! What stands in a reply's way, in the platform's words where it has some, and what its job says of it.

use kit::clock::Timestamp;
use kit::jobs::Failure;

use crate::model::Platform;
use crate::platforms::Error;
use crate::replies::{NOT_SENT, Reply, Trouble, Wish};

const WISH: Wish = Wish { this: "this reply", goes_on: "The reply will be sent", subject: "The reply" };

pub(super) fn trouble(error: &Error, platform: Platform) -> Trouble {
    Trouble::of(error, platform, WISH)
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
