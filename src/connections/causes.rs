//! Why a connection is not as it should be, in words for a person.

use super::Status;
use crate::model::Platform;

kit::text_enum! {
    /// Why a connection is not, or not quite, as it should be.
    pub enum Cause {
        Denied = "access_denied",
        ScopesMissing = "scopes_missing",
        NoAccount = "no_channel",
        OtherAccount = "other_account",
        Cancelled = "cancelled",
        ConsentLate = "consent_late",
        ConsentUnusable = "consent_unusable",
        ClientRefused = "client_refused",
        ClientChanged = "client_changed",
        NotEnabled = "not_enabled",
        AuthorisationLost = "authorisation_lost",
        PermissionLost = "permission_lost",
        SecretUnreadable = "secret_unreadable",
        RateLimited = "rate_limited",
        QuotaExhausted = "quota_exhausted",
        Unreachable = "unreachable",
        AnswerUnreadable = "answer_unreadable",
        Imported = "imported",
        HandleUnknown = "handle_unknown",
        HandleContradicted = "handle_contradicted",
        HostNotAllowed = "host_not_allowed",
        PasswordRefused = "password_refused",
        SecondFactor = "second_factor",
        AccountInactive = "account_inactive",
        ServerUnknown = "server_unknown",
        Internal = "internal",
    }
}

impl Cause {
    /// What happened, and what to do about it: two plain sentences, with the platform's own words where it has some.
    pub const fn text(self, platform: Platform) -> (&'static str, &'static str) {
        let words = platform.words();
        match self {
            Cause::Denied => ("Access wasn't granted on the consent page.", "Connect again and choose Allow."),
            Cause::ScopesMissing => {
                ("Some permissions were left out on the consent page.", "Connect again and leave every box ticked.")
            }
            Cause::NoAccount => words.no_account,
            Cause::OtherAccount => (
                "You signed in to a different account, so it was added separately.",
                "Reconnect and sign in to this account.",
            ),
            Cause::Cancelled => ("Connecting was cancelled.", "Connect again whenever you like."),
            Cause::ConsentLate => ("The consent page wasn't completed within ten minutes.", "Connect again."),
            Cause::ConsentUnusable => ("The consent page's response was no longer valid.", "Connect again."),
            Cause::ClientRefused => ("The platform rejected this server's OAuth client.", words.client_refused),
            Cause::ClientChanged => (
                "The OAuth client this account was connected with was replaced or removed.",
                "Reconnect with the present one. Nothing you have is lost.",
            ),
            Cause::NotEnabled => words.not_enabled,
            Cause::AuthorisationLost => {
                ("Access was revoked or has expired.", "Reconnect to keep syncing. Nothing you have is lost.")
            }
            Cause::PermissionLost => {
                ("The platform no longer lets us read this account's comments.", words.permission_returns)
            }
            Cause::SecretUnreadable => (
                "The saved access can't be decrypted with this server's key file.",
                "Restore the previous key file, or reconnect.",
            ),
            Cause::RateLimited => {
                ("The platform is asking us to slow down.", "Syncing resumes on its own in a moment.")
            }
            Cause::QuotaExhausted => ("Today's platform quota is used up.", words.quota_returns),
            Cause::Unreachable => ("The platform isn't responding right now.", "Repruv will keep trying."),
            Cause::AnswerUnreadable => {
                ("The platform sent a response we couldn't read.", "Repruv will keep trying. Details are in the log.")
            }
            Cause::Imported => (
                "This account was imported from the previous system, without its access.",
                "Connect it again to keep syncing. Nothing you have is lost.",
            ),
            Cause::HandleUnknown
            | Cause::HandleContradicted
            | Cause::HostNotAllowed
            | Cause::PasswordRefused
            | Cause::SecondFactor
            | Cause::ServerUnknown
            | Cause::AccountInactive => self.of_signing_in(),
            Cause::Internal => {
                ("Something went wrong on our side.", "Repruv will keep trying. Details are in the log.")
            }
        }
    }

    const fn of_signing_in(self) -> (&'static str, &'static str) {
        match self {
            Cause::HandleUnknown => {
                ("No account with this handle could be found.", "Check the spelling, then try again.")
            }
            Cause::HandleContradicted => (
                "The handle points to an account that doesn't use it.",
                "Check the handle at the platform, then try again.",
            ),
            Cause::HostNotAllowed => (
                "The account's server is at a private address or has no HTTPS, so Repruv won't contact it.",
                "If it's your own, allow its address with REPRUV_OUTBOUND_ALLOW, then try again.",
            ),
            Cause::PasswordRefused => {
                ("The handle and the app password don't match.", "Make a new app password, copy it, and try again.")
            }
            Cause::ServerUnknown => (
                "The account doesn't say which server it lives on.",
                "Check its handle, or ask whoever runs its server.",
            ),
            Cause::SecondFactor => (
                "That's the account's own password, and it asks for a code by email.",
                "Make an app password instead, and try again.",
            ),
            _ => ("The account is deactivated, or was taken down.", "Reactivate it at the platform, then try again."),
        }
    }

    /// The same in a state of its connection: an attempt at connecting that failed is tried again by nobody but its person.
    pub fn text_in(self, status: Status, platform: Platform) -> (&'static str, &'static str) {
        match (status, self) {
            (Status::Failed, Cause::Unreachable | Cause::AnswerUnreadable | Cause::Internal | Cause::RateLimited) => {
                (self.text(platform).0, "Try again in a few minutes.")
            }
            _ => self.text(platform),
        }
    }
}
