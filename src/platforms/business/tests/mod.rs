//! Google Business Profile, as far as one network's answers tell.

mod fake;
mod reading;
mod writing;

use kit::clock::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::errors;
use crate::outbound::Answer;
use crate::platforms::Error;

fn classify(status: u16, body: &Value) -> Error {
    let now = Timestamp::parse("2026-11-30T10:00:00Z").unwrap();
    errors::classify(&Answer { status, headers: HeaderMap::new(), body: body.to_string().into_bytes() }, now)
}

#[test]
fn every_error_answer_has_its_class() {
    let problem =
        |status: &str, details: Value| json!({ "error": { "message": "No.", "status": status, "details": details } });
    let info = |reason: &str| json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason }]);
    let no_quota = json!([{ "reason": "RATE_LIMIT_EXCEEDED", "metadata": { "quota_limit_value": "0" } }]);
    for (status, body, code) in [
        (401, problem("UNAUTHENTICATED", json!([])), "reauth"),
        (403, problem("PERMISSION_DENIED", json!([])), "permission"),
        (403, problem("PERMISSION_DENIED", info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")), "permission"),
        (403, problem("PERMISSION_DENIED", info("SERVICE_DISABLED")), "not_enabled"),
        (404, problem("NOT_FOUND", json!([])), "not_found"),
        (400, problem("INVALID_ARGUMENT", json!([])), "rejected"),
        (429, problem("RESOURCE_EXHAUSTED", info("RATE_LIMIT_EXCEEDED")), "rate_limited"),
        (429, problem("RESOURCE_EXHAUSTED", no_quota), "not_enabled"),
        (503, problem("UNAVAILABLE", json!([])), "transient"),
        (500, json!("oops"), "transient"),
        (401, json!("<html>"), "reauth"),
        (429, json!("<html>"), "rate_limited"),
        (403, json!("<html>"), "protocol"),
    ] {
        assert_eq!(classify(status, &body).code(), code, "{status} {body}");
    }
}
