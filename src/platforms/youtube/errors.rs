//! YouTube's error answers, as the classes that every adapter shares.

use kit::clock::Timestamp;
use serde::Deserialize;

use crate::platforms::error::{Error, Trouble, next_midnight_pacific, rate_limited, unspoken};
use crate::platforms::outside::Answer;

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
        (401, _) => Error::Reauth { reason },
        (403, "quotaExceeded" | "dailyLimitExceeded") => Error::QuotaExhausted { until: next_midnight_pacific(now) },
        (403, "rateLimitExceeded" | "userRateLimitExceeded") | (429, _) => rate_limited(answer, now),
        (403, "commentsDisabled") => Error::Rejected { reason, message },
        (403, _) => Error::Permission { reason },
        (404, _) => Error::NotFound { reason },
        (400, "processingFailure") => Error::Transient(Trouble::Status(400)),
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
