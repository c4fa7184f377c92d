//! What stands in the way of something that a platform was asked for: a code for programs, and a sentence.

use std::time::Duration;

use crate::model::Platform;
use crate::platforms::Error;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub code: &'static str,
    pub message: String,
}

/// What was asked for, in the sentences that are about it.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// "YouTube doesn't allow …".
    pub this: &'static str,
    /// "… as soon as there is more."
    pub goes_on: &'static str,
    /// "… couldn't be saved."
    pub subject: &'static str,
}

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Trouble {
    /// In the platform's words, where it has some.
    pub fn of(error: &Error, platform: Platform, wish: Wish) -> Self {
        let (name, Wish { this, goes_on, subject }) = (platform.label(), wish);
        let message = match error {
            Error::Reauth { .. } | Error::NoAccount | Error::SignIn(_) => {
                "Access to the account was revoked or has expired. Reconnect it, then try again.".to_owned()
            }
            Error::NotEnabled { .. } => platform.words().not_enabled.0.to_owned(),
            Error::Permission { reason } => format!("{name} doesn't allow {this} ({reason})."),
            Error::NotFound { .. } => return Self::gone(platform),
            Error::Rejected { reason, message } if message.is_empty() => format!("{name} refused {this} ({reason})."),
            Error::Rejected { message, .. } => format!("{name} says: {message}"),
            Error::RateLimited { .. } | Error::Silenced { .. } => format!("{name} asked us to wait."),
            Error::QuotaExhausted { .. } | Error::BudgetSpent { .. } => {
                format!("Today's {name} quota is used up. {goes_on} as soon as there is more.")
            }
            Error::Transport(_) | Error::Unavailable { .. } => format!("{name} isn't responding right now."),
            Error::Storage => format!("{subject} couldn't be saved."),
            Error::Protocol { .. } => format!("{name} sent a response we couldn't read."),
        };
        Self { code: error.code(), message }
    }

    pub fn gone(platform: Platform) -> Self {
        Self { code: "not_found", message: format!("{} no longer has this comment.", platform.label()) }
    }
}

/// Until the next attempt: doubles with each.
pub fn pause(attempt: i64) -> Duration {
    let doublings = u32::try_from(attempt).unwrap_or(0).min(6);
    Duration::from_secs(1 << doublings).min(LONGEST_PAUSE)
}

/// Whether the platform has refused it, by the code that is kept: asking again would be refused again.
pub fn is_refusal(code: &str) -> bool {
    ["rejected", "permission", "not_found"].contains(&code)
}
