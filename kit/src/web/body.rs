//! A request's body, whole before any handler runs: within its deadline, within its size, and not nested without end.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt as _;
use hyper::body::Body as _;

use super::Refusal;

/// The largest body that any route reads.
///
/// Forms spell what is not ASCII in three bytes each: 100,000 bytes of somebody's draft arrive as 300,000.
pub(super) const BODY_BYTES: usize = 320 * 1024;

const DISCARDED_BYTES: usize = 1 << 20;
const DISCARDED_TIME: Duration = Duration::from_secs(2);

/// Deeper than any document that is read here.
const JSON_DEPTH: usize = 32;

pub(super) async fn whole(request: Request, deadline: Duration) -> Result<Request, Refusal> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let read = tokio::time::timeout(deadline, collect(body));
    let bytes = read.await.map_err(|_| Refusal::of_status(StatusCode::REQUEST_TIMEOUT))??;
    if is_json(&head.headers) && depth(&bytes) > JSON_DEPTH {
        return Err(TOO_DEEP);
    }
    Ok(Request::from_parts(head, Body::from(bytes)))
}

async fn collect(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut whole = Vec::new();
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Refusal::of_status(StatusCode::BAD_REQUEST))?;
        if whole.len() + part.len() > BODY_BYTES {
            return Err(TOO_LARGE);
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole)
}

/// Takes what is too large, within reason: whoever is still sending when the connection ends, as a proxy does, never reads why.
pub(super) async fn discard(request: Request) {
    let taking = async {
        let mut parts = request.into_body().into_data_stream();
        let mut taken = 0;
        while let Some(Ok(part)) = parts.next().await {
            taken += part.len();
            if taken > DISCARDED_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(DISCARDED_TIME, taking).await;
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|media| media.as_bytes().windows(4).any(|part| part == b"json"))
}

/// How many brackets stand open at most, outside of strings.
fn depth(json: &[u8]) -> usize {
    let (mut open, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

pub(super) const TOO_LARGE: Refusal =
    Refusal { status: StatusCode::PAYLOAD_TOO_LARGE, code: "too_large", text: "The request is larger than 320 KiB." };
const TOO_DEEP: Refusal =
    Refusal { status: StatusCode::BAD_REQUEST, code: "too_deep", text: "The request's JSON is nested too deeply." };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_of_brackets_outside_of_strings() {
        assert_eq!(depth(b"1"), 0);
        assert_eq!(depth(br#"{"a": [1, [2]], "b": {}}"#), 3);
        assert_eq!(depth(br#"["[[[", "\"[[", "\\"]"#), 1);
        assert_eq!(depth(b"]]]["), 1);
    }
}
