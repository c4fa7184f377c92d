//! Google's newer error answers, as the classes that every adapter shares.

use kit::clock::Timestamp;
use serde::Deserialize;

use crate::outbound::Answer;
use crate::platforms::error::{Error, rate_limited, unspoken};

#[derive(Deserialize)]
struct Body {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    quota_limit_value: Option<String>,
}

pub fn classify(answer: &Answer, now: Timestamp) -> Error {
    let Ok(Body { error }) = serde_json::from_slice(&answer.body) else {
        return match answer.status {
            401 => Error::Reauth { reason: "HTTP 401".into() },
            429 => rate_limited(answer, now),
            _ => unspoken(answer),
        };
    };
    // A quota of nothing is how a project without access is told so.
    let has_no_quota = error.details.iter().any(|detail| detail.metadata.quota_limit_value.as_deref() == Some("0"));
    let detail = error.details.into_iter().map(|detail| detail.reason).find(|reason| !reason.is_empty());
    let reason = detail.unwrap_or(error.status);
    match (answer.status, reason.as_str()) {
        (401, _) => Error::Reauth { reason },
        (429, _) if has_no_quota => Error::NotEnabled { reason },
        (429, _) => rate_limited(answer, now),
        // The operator's switch, not the account's.
        (403, "SERVICE_DISABLED" | "API_KEY_SERVICE_BLOCKED") => Error::NotEnabled { reason },
        (403, _) => Error::Permission { reason },
        (404, _) => Error::NotFound { reason },
        (400, _) => Error::Rejected { reason, message: error.message },
        _ => unspoken(answer),
    }
}
