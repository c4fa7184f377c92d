//! What can go wrong with a platform, in classes that every adapter shares: the class alone decides what the product does next.

use std::time::Duration;

use kit::clock::Timestamp;

use crate::outbound::{Answer, TransportError};

/// Why a refresh is refused whose authorisation was given to another registration of ours (RFC 6749, 5.2).
pub const OF_ANOTHER_CLIENT: &str = "unauthorized_client";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The authorisation is dead: only its person can give a new one.
    #[error("the platform refused the authorisation ({reason})")]
    Reauth { reason: String },
    #[error("the platform does not allow this ({reason})")]
    Permission { reason: String },
    /// Whoever authorised us has no account there.
    #[error("there is no account at the platform")]
    NoAccount,
    /// Whoever runs this installation has to switch the interface on there.
    #[error("the platform's interface is switched off for this installation ({reason})")]
    NotEnabled { reason: String },
    #[error("the platform is asking us to slow down until {until}")]
    RateLimited { until: Timestamp },
    /// Nobody was asked: the platform wants to hear nothing of the account yet.
    #[error("the platform has asked for silence until {until}")]
    Silenced { until: Timestamp },
    #[error("the platform's quota is used up until {until}")]
    QuotaExhausted { until: Timestamp },
    /// Nobody was asked: what this kind of call may use is booked already.
    #[error("our share of the platform's quota is used up until {until}")]
    BudgetSpent { until: Timestamp },
    #[error("the platform does not have it ({reason})")]
    NotFound { reason: String },
    /// The request itself is at fault; asking again changes nothing.
    #[error("the platform refused the request ({reason}: {message})")]
    Rejected { reason: String, message: String },
    /// No whole answer came; the next attempt may well have one.
    #[error("no answer from the platform: {0}")]
    Transport(#[from] TransportError),
    #[error("the platform has problems (HTTP {status})")]
    Unavailable { status: u16 },
    #[error("our own storage was not available")]
    Storage,
    /// An answer that is not what the platform documents. The body's beginning is kept for whoever looks into it.
    #[error("the platform's response cannot be read ({problem})")]
    Protocol { problem: String, body: String },
    /// What a person typed to sign in leads nowhere.
    #[error("signing in leads nowhere ({0:?})")]
    SignIn(SignInProblem),
}

/// Why what a person typed does not open an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// Nobody knows the handle.
    HandleUnknown,
    /// The account that the handle leads to does not call itself so.
    HandleContradicted,
    /// The account names no server where it lives.
    NoServer,
    /// It leads to an address that may not be asked.
    HostNotAllowed,
    PasswordRefused,
    /// The account's own password, where a code by mail is asked for besides.
    SecondFactor,
    /// Deactivated by its person, or taken down.
    AccountInactive,
}

impl Error {
    /// The class as a stable code, for causes and job errors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Reauth { .. } => "reauth",
            Self::Permission { .. } => "permission",
            Self::NoAccount => "no_account",
            Self::NotEnabled { .. } => "not_enabled",
            Self::RateLimited { .. } | Self::Silenced { .. } => "rate_limited",
            Self::QuotaExhausted { .. } | Self::BudgetSpent { .. } => "quota_exhausted",
            Self::NotFound { .. } => "not_found",
            Self::Rejected { .. } => "rejected",
            Self::Transport(TransportError::Unreachable | TransportError::NotAllowed) => "unreachable",
            Self::Transport(_) | Self::Unavailable { .. } | Self::Storage => "transient",
            Self::Protocol { .. } => "protocol",
            Self::SignIn(_) => "sign_in",
        }
    }

    /// Whether it says something of what was asked for, rather than of the moment or of the whole account.
    pub fn is_about_the_thing(&self) -> bool {
        matches!(self, Self::Permission { .. } | Self::NotFound { .. } | Self::Rejected { .. })
    }

    /// When what is in the way will be gone, where the platform, or our budget, says so.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::RateLimited { until }
            | Self::Silenced { until }
            | Self::QuotaExhausted { until }
            | Self::BudgetSpent { until } => Some(*until),
            _ => None,
        }
    }

    pub fn only_a_person_can_mend(&self) -> bool {
        matches!(self, Self::Reauth { .. } | Self::NoAccount | Self::NotEnabled { .. } | Self::SignIn(_))
    }

    /// Whether less at once might be answered.
    pub fn is_too_much(&self) -> bool {
        matches!(self, Self::Transport(TransportError::TooLarge { .. }) | Self::Protocol { .. })
    }

    pub fn protocol(problem: impl std::fmt::Display, body: &[u8]) -> Self {
        let body = &body[..body.len().min(2_048)];
        Self::Protocol { problem: problem.to_string(), body: String::from_utf8_lossy(body).into_owned() }
    }
}

/// The class of an answer that is not in the platform's own words: a proxy, a gateway, a page in between. It says nothing
/// of an authorisation or a permission.
pub(super) fn unspoken(answer: &Answer) -> Error {
    match answer.status {
        408 | 500..=599 => Error::Unavailable { status: answer.status },
        status => Error::protocol(format!("HTTP {status}"), &answer.body),
    }
}

/// When a platform that limits us says nothing about when to come back.
pub(super) const SLOW_DOWN: Duration = Duration::from_secs(60);

pub(super) fn rate_limited(answer: &Answer, now: Timestamp) -> Error {
    let wait = answer.retry_after().unwrap_or(SLOW_DOWN).clamp(Duration::from_secs(1), Duration::from_secs(3_600));
    Error::RateLimited { until: now + wait }
}

/// The rule written out, so that it holds on a machine without a time zone database.
fn pacific() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").expect("a POSIX time zone rule")
}

/// When the day at Google that `now` is in began.
pub fn last_midnight_pacific(now: Timestamp) -> Timestamp {
    now.to_jiff().to_zoned(pacific()).start_of_day().map_or(now, |midnight| midnight.timestamp().into())
}

/// Google's quota day begins at midnight Pacific time.
pub fn next_midnight_pacific(now: Timestamp) -> Timestamp {
    now.to_jiff()
        .to_zoned(pacific())
        .tomorrow()
        .and_then(|tomorrow| tomorrow.start_of_day())
        .map_or(now + Duration::from_secs(24 * 3_600), |midnight| midnight.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_returns_at_midnight_in_california() {
        for (now, midnight) in [
            ("2026-11-22T10:00:00Z", "2026-11-23T08:00:00Z"),
            ("2026-11-22T07:59:59Z", "2026-11-22T08:00:00Z"),
            ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"),
            ("2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z"),
            // The night in which summer time ends is an hour longer.
            ("2026-11-01T12:00:00Z", "2026-11-02T08:00:00Z"),
        ] {
            let (now, midnight) = (Timestamp::parse(now).unwrap(), Timestamp::parse(midnight).unwrap());
            assert_eq!(next_midnight_pacific(now), midnight, "{now}");
            let began = last_midnight_pacific(now);
            assert!(began <= now && next_midnight_pacific(began) == midnight, "{now}");
        }
    }
}
