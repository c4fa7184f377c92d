//! `POST /batch/…`: several calls in one, as `multipart/mixed` (RFC 2046), each answered as if it had come alone.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kit::random::Random;
use serde_json::json;
use tower::ServiceExt;

/// As Google's guides have it.
const MOST_CALLS: usize = 100;
const MOST_HEADERS: usize = 64;

/// `api` answers each; what a call lacks (who asks, and of which host) it has from the batch.
pub async fn answer(api: Router, random: &Random, headers: &HeaderMap, body: &Bytes) -> Response {
    let Some(calls) = boundary(headers).and_then(|boundary| parts(body, &boundary)) else {
        return refused("Failed to parse batch request, error: the body is no multipart/mixed.");
    };
    if calls.len() > MOST_CALLS {
        return refused(&format!("The batch request could not be processed: it has more than {MOST_CALLS} calls."));
    }
    let boundary = format!("batch_{}", random.token());
    let mut told = String::new();
    for call in calls {
        let (id, answer) = match parse(call, headers) {
            Some((id, request)) => (id, api.clone().oneshot(request).await.unwrap_or_else(|never| match never {})),
            None => (None, refused("Failed to parse batch request, error: a part is no HTTP request.")),
        };
        told += &part(&boundary, id.as_deref(), answer).await;
    }
    told += &format!("--{boundary}--\r\n");
    ([(CONTENT_TYPE, format!("multipart/mixed; boundary={boundary}"))], told).into_response()
}

fn refused(message: &str) -> Response {
    let entry = json!({ "message": message, "domain": "global", "reason": "badRequest" });
    let error = json!({ "code": 400, "message": message, "errors": [entry], "status": "INVALID_ARGUMENT" });
    super::json(StatusCode::BAD_REQUEST, &json!({ "error": error }))
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (mixed, parameters) = kind.split_once(';')?;
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let (_, boundary) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim_matches('"');
    (mixed.trim().eq_ignore_ascii_case("multipart/mixed") && !boundary.is_empty()).then(|| boundary.to_owned())
}

/// What stands between the boundaries.
fn parts<'a>(body: &'a Bytes, boundary: &str) -> Option<Vec<&'a str>> {
    let text = std::str::from_utf8(body).ok()?;
    let delimiter = format!("--{boundary}");
    let between = text.split(delimiter.as_str()).skip(1);
    let parts: Vec<&str> = between.take_while(|part| !part.starts_with("--")).map(str::trim_start).collect();
    (!parts.is_empty()).then_some(parts)
}

/// The part's `Content-ID`, and the request in it. Clients end lines with or without a carriage return.
fn parse(part: &str, batch: &HeaderMap) -> Option<(Option<String>, Request)> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let httparse::Status::Complete((length, fields)) = httparse::parse_headers(part.as_bytes(), &mut fields).ok()?
    else {
        return None;
    };
    let id = fields.iter().find(|field| field.name.eq_ignore_ascii_case("content-id"));
    let id = id.map(|field| String::from_utf8_lossy(field.value).into_owned());
    // A call without a body may end with its head.
    let call = format!("{}\r\n\r\n", &part[length..]);
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(length) = head.parse(call.as_bytes()).ok()? else { return None };
    let mut request = Request::builder().method(head.method?).uri(head.path?);
    for field in &*head.headers {
        request = request.header(field.name, field.value);
    }
    let mut request = request.body(Body::from(call[length..].trim().to_owned())).ok()?;
    for name in [AUTHORIZATION, HOST] {
        lend(request.headers_mut(), batch, name);
    }
    Some((id, request))
}

fn lend(call: &mut HeaderMap, batch: &HeaderMap, name: HeaderName) {
    if let Some(value) = batch.get(&name)
        && !call.contains_key(&name)
    {
        call.insert(name, value.clone());
    }
}

async fn part(boundary: &str, id: Option<&str>, answer: Response) -> String {
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, super::WHOLE).await.unwrap_or_default();
    let mut told = format!("--{boundary}\r\nContent-Type: application/http\r\n");
    if let Some(id) = id {
        told += &format!("Content-ID: {}\r\n", id.replacen('<', "<response-", 1));
    }
    told += &format!("\r\nHTTP/1.1 {}\r\n", head.status);
    let plain = |value: &HeaderValue| value.to_str().map(str::to_owned).ok();
    for (name, value) in head.headers.iter().filter_map(|(name, value)| Some((name, plain(value)?))) {
        told += &format!("{name}: {value}\r\n");
    }
    told + &format!("Content-Length: {}\r\n\r\n{}\r\n", body.len(), String::from_utf8_lossy(&body))
}
