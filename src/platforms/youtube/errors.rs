//! YouTube's error answers, as the classes that every adapter shares.

use kit::clock::Timestamp;
use serde::Deserialize;

use crate::outbound::Answer;
use crate::platforms::error::{Error, next_midnight_pacific, rate_limited, unspoken};

#[derive(Deserialize)]
struct Body {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    reason: String,
}

pub fn classify(answer: &Answer, now: Timestamp) -> Error {
    let Ok(Body { error }) = serde_json::from_slice(&answer.body) else {
        return match answer.status {
            401 => Error::Reauth { reason: "HTTP 401".into() },
            429 => rate_limited(answer, now),
            _ => unspoken(answer),
        };
    };
    let message = without_tags(&error.message);
    let reason = error.errors.into_iter().next().map(|detail| detail.reason).unwrap_or_default();
    match (answer.status, reason.as_str()) {
        (401, "youtubeSignupRequired") => Error::NoAccount,
        (401, _) => Error::Reauth { reason },
        // The operator's switch, not the account's.
        (403, "accessNotConfigured" | "SERVICE_DISABLED") => Error::NotEnabled { reason },
        (403, "quotaExceeded" | "dailyLimitExceeded") => Error::QuotaExhausted { until: next_midnight_pacific(now) },
        (403, "rateLimitExceeded" | "userRateLimitExceeded") | (429, _) => rate_limited(answer, now),
        (403, "commentsDisabled") => Error::Rejected { reason, message },
        (403, _) => Error::Permission { reason },
        (404, _) => Error::NotFound { reason },
        (400, "processingFailure") => Error::Unavailable { status: 400 },
        (400, _) => Error::Rejected { reason, message },
        _ => unspoken(answer),
    }
}

/// Messages come with links in HTML.
fn without_tags(message: &str) -> String {
    let mut inside = false;
    message
        .chars()
        .filter(|&character| {
            let tag = inside || character == '<';
            inside = tag && character != '>';
            !tag
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn any_answer_has_a_class(
            status in 100..1000_u16,
            reason in "quotaExceeded|rateLimitExceeded|commentsDisabled|processingFailure|\\PC{0,12}",
            message in "\\PC{0,40}|(<a href=\"x\">|</a>|[<> a-z]){0,12}",
            wait in "[0-9]{0,22}|\\PC{0,8}",
            junk in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..64)),
        ) {
            let body = json!({ "error": { "message": message, "errors": [{ "reason": reason }] } });
            let body = junk.unwrap_or_else(|| body.to_string().into_bytes());
            let mut headers = HeaderMap::new();
            headers.extend(HeaderValue::from_str(&wait).ok().map(|wait| (RETRY_AFTER, wait)));
            let now = Timestamp::from_second(1_795_000_000);
            match classify(&Answer { status, headers, body }, now) {
                Error::RateLimited { until } | Error::QuotaExhausted { until } => {
                    let wait = until.since(now).as_secs();
                    prop_assert!((1..=25 * 3_600).contains(&wait), "a wait of {} s", wait);
                }
                Error::Reauth { .. } | Error::NoAccount => prop_assert_eq!(status, 401),
                Error::Permission { .. } | Error::NotEnabled { .. } => prop_assert_eq!(status, 403),
                Error::NotFound { .. } => prop_assert_eq!(status, 404),
                Error::Rejected { message, .. } => prop_assert!(!message.contains("<a"), "{}", message),
                Error::BudgetSpent { .. } | Error::Silenced { .. } | Error::SignIn(_) => {
                    prop_assert!(false, "our own word, not the platform's");
                }
                Error::Transport(_) | Error::Unavailable { .. } | Error::Storage | Error::Protocol { .. } => {}
            }
        }
    }
}
