//! Calls of the AT Protocol (XRPC): how they are asked, and what their errors mean.
//!
//! Source: <https://atproto.com/specs/xrpc>; the names of errors as the provider's own servers give them.

use std::time::Duration;

use kit::clock::Timestamp;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::model::repaired_json;
use crate::outbound::{Answer, HttpClient};
use crate::platforms::LISTING;
use crate::platforms::error::{Error, SLOW_DOWN, unspoken};
use crate::secrets::Secret;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub name: &'a str,
    query: &'a [(&'a str, &'a str)],
    body: Option<Value>,
    is_procedure: bool,
}

impl<'a> Call<'a> {
    pub fn get(name: &'a str, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { name, query, body: None, is_procedure: false }
    }

    pub fn post(name: &'a str, body: Option<Value>) -> Self {
        Self { name, query: &[], body, is_procedure: true }
    }
}

pub async fn ask(
    http: &HttpClient,
    now: Timestamp,
    server: &Url,
    call: Call<'_>,
    bearer: Option<&Secret>,
) -> Result<Answer, Error> {
    let mut url = server.clone();
    url.set_path(&format!("/xrpc/{}", call.name));
    if !call.query.is_empty() {
        url.query_pairs_mut().extend_pairs(call.query);
    }
    let mut request = http.request(if call.is_procedure { Method::POST } else { Method::GET }, url);
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer.expose());
    }
    if let Some(body) = &call.body {
        request = request.json(body);
    }
    let answer = http.send(request, LISTING).await?;
    if answer.is_success() { Ok(answer) } else { Err(classify(&answer, now)) }
}

pub fn read<T: DeserializeOwned>(answer: Answer) -> Result<T, Error> {
    let body = if answer.body.is_empty() { b"null".to_vec() } else { answer.body };
    serde_json::from_str(&repaired_json(&body)).map_err(|problem| Error::protocol(problem, &body))
}

pub fn classify(answer: &Answer, now: Timestamp) -> Error {
    #[derive(serde::Deserialize)]
    struct Body {
        error: String,
        #[serde(default)]
        message: String,
    }
    if answer.status == 429 {
        return limited(answer, now);
    }
    let Ok(Body { error: reason, message }) = serde_json::from_str(&repaired_json(&answer.body)) else {
        return unspoken(answer);
    };
    match (answer.status, reason.as_str()) {
        (_, "ExpiredToken" | "InvalidToken" | "AuthMissing" | "AuthenticationRequired" | SECOND_FACTOR) => {
            Error::Reauth { reason }
        }
        (_, "AccountTakedown" | "AccountSuspended" | "AccountDeactivated" | "RepoTakendown" | "RepoSuspended") => {
            Error::Permission { reason }
        }
        (_, "RepoDeactivated" | "BlockedActor" | "BlockedByActor" | "Forbidden") => Error::Permission { reason },
        // Not the account's own server's word: an AppView that does not believe its messenger.
        (401, _) => Error::Unavailable { status: 401 },
        (403, _) => Error::Permission { reason },
        (404, _) | (_, "NotFound" | "RecordNotFound" | "RepoNotFound") => Error::NotFound { reason },
        // A server without an AppView behind it.
        (501, _) | (_, "MethodNotImplemented" | "XRPCNotSupported") => {
            Error::Rejected { reason: NOT_OFFERED.into(), message }
        }
        (400, _) => Error::Rejected { reason, message },
        _ => unspoken(answer),
    }
}

/// A code by mail is asked for besides.
pub const SECOND_FACTOR: &str = "AuthFactorTokenRequired";

/// The server does not have that call at all.
pub const NOT_OFFERED: &str = "MethodNotImplemented";

pub fn is_not_offered(error: &Error) -> bool {
    matches!(error, Error::Rejected { reason, .. } if reason == NOT_OFFERED)
}

/// The moment at which the limit is lifted stands in `ratelimit-reset`, in seconds since 1970.
fn limited(answer: &Answer, now: Timestamp) -> Error {
    let header =
        answer.headers.get("ratelimit-reset").and_then(|value| value.to_str().ok()?.trim().parse::<i64>().ok());
    let until = match (header, answer.retry_after()) {
        (Some(second), _) => Timestamp::from_second(second.clamp(0, 253_402_300_799)),
        (None, Some(wait)) => now + wait.min(LONGEST),
        (None, None) => now + SLOW_DOWN,
    };
    Error::RateLimited { until: until.clamp(now + Duration::from_secs(1), now + LONGEST) }
}

/// Bluesky's longest window is a day.
const LONGEST: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderMap, HeaderValue};
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_795_000_000)
    }

    fn answer(status: u16, body: &Value, reset: Option<&str>) -> Answer {
        let mut headers = HeaderMap::new();
        headers.extend(reset.and_then(|reset| {
            Some(("ratelimit-reset".parse::<reqwest::header::HeaderName>().ok()?, HeaderValue::from_str(reset).ok()?))
        }));
        Answer { status, headers, body: body.to_string().into_bytes() }
    }

    #[test]
    fn the_servers_words_are_told_apart() {
        let class =
            |status, error: &str| classify(&answer(status, &json!({ "error": error, "message": "m" }), None), now());
        assert!(matches!(class(400, "ExpiredToken"), Error::Reauth { .. }));
        assert!(matches!(class(401, "AuthenticationRequired"), Error::Reauth { .. }));
        assert!(matches!(class(401, "JwtExpired"), Error::Unavailable { .. }), "not the server's own word");
        let page = Answer { status: 401, headers: HeaderMap::new(), body: b"<html>Sign in".to_vec() };
        assert!(matches!(classify(&page, now()), Error::Protocol { .. }), "a proxy's page");
        assert!(matches!(class(400, "NotFound"), Error::NotFound { .. }), "a post that is gone is answered with 400");
        assert!(matches!(class(400, "AccountTakedown"), Error::Permission { .. }));
        assert!(is_not_offered(&class(501, "MethodNotImplemented")));
        assert!(matches!(class(502, "UpstreamFailure"), Error::Unavailable { status: 502 }));
        assert!(matches!(class(400, "InvalidRequest"), Error::Rejected { .. }));
    }

    proptest! {
        #[test]
        fn any_answer_has_a_class_and_no_wait_is_longer_than_a_day(
            status in 300..1000_u16, error in "RateLimitExceeded|ExpiredToken|\\PC{0,12}", reset in proptest::option::of("-?[0-9]{0,22}|\\PC{0,8}"),
        ) {
            let told = classify(&answer(status, &json!({ "error": error }), reset.as_deref()), now());
            if let Error::RateLimited { until } = told {
                prop_assert!(status == 429 && until > now() && until.since(now()) <= LONGEST);
            } else {
                prop_assert!(status != 429);
            }
        }
    }
}
