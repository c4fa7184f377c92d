//! What all of Google's hosts have in common: how a request may be dressed, and how an answer is.

mod batch;
mod order;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tower_http::compression::CompressionLayer;

use crate::MOST_BODY_BYTES;
use crate::params::Params;
use crate::state::Shared;
use order::Ordered;

const JSON: &str = "application/json; charset=UTF-8";
const FORM: &str = "application/x-www-form-urlencoded";

/// Answers are our own, and in memory already.
const WHOLE: usize = usize::MAX;

/// A host of interfaces, which takes several calls in one, too.
pub fn interfaces(routes: Router, state: &Shared) -> Router {
    let (calls, random) = (dressed(routes.clone()), state.random.clone());
    let batch = post(move |headers: HeaderMap, body: Bytes| {
        let (calls, random) = (calls.clone(), random.clone());
        async move { batch::answer(calls, &random, &headers, &body).await }
    });
    host(Router::new().route("/batch", batch.clone()).route("/batch/{*of}", batch).merge(routes))
}

/// A host of Google's, as the network sees it.
pub fn host(routes: Router) -> Router {
    dressed(routes).layer(CompressionLayer::new())
}

/// The same without compression, for calls within a batch.
fn dressed(routes: Router) -> Router {
    routes.layer(middleware::from_fn(dress))
}

/// Not yet indented: that is done for those who don't forbid it.
pub fn json(status: StatusCode, value: &Value) -> Response {
    let body = serde_json::to_string(&Ordered(value)).unwrap_or_default();
    (status, [(CONTENT_TYPE, JSON)], body).into_response()
}

async fn dress(request: Request, next: Next) -> Response {
    let request = match as_meant(request).await {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    let is_compact =
        Params::parse(request.uri().query().unwrap_or_default().as_bytes()).get("prettyPrint") == Some("false");
    let seen = request.headers().get(IF_NONE_MATCH).cloned();
    let reads = request.method() == Method::GET;
    let response = next.run(request).await;
    if reads && seen.is_some_and(|seen| is_seen(&response, &seen)) {
        return not_modified(response);
    }
    if is_compact { response } else { indented(response).await }
}

/// A HEAD asks what a GET would; and a GET whose address would be too long comes as a POST with another name.
async fn as_meant(mut request: Request) -> Result<Request, StatusCode> {
    if request.method() == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    let Some(meant) = request.headers().get("x-http-method-override").filter(|_| request.method() == Method::POST)
    else {
        return Ok(request);
    };
    let meant = Method::from_bytes(meant.as_bytes()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (mut head, body) = request.into_parts();
    head.method = meant;
    if head.method != Method::GET || !has_form(&head.headers) {
        return Ok(Request::from_parts(head, body));
    }
    let form = to_bytes(body, MOST_BODY_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let form = std::str::from_utf8(&form).map_err(|_| StatusCode::BAD_REQUEST)?;
    let query = [head.uri.query().unwrap_or_default(), form].into_iter().filter(|part| !part.is_empty());
    let query: Vec<&str> = query.collect();
    let target = format!("{}?{}", head.uri.path(), query.join("&"));
    head.uri = target.parse::<Uri>().map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(Request::from_parts(head, Body::empty()))
}

fn has_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM.as_bytes()))
}

/// Some clients send the `etag` of the body, which has no quotation marks.
fn is_seen(response: &Response, seen: &HeaderValue) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    let Some(own) = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(bare) else { return false };
    let seen = seen.to_str().unwrap_or_default();
    response.status() == StatusCode::OK && seen.split(',').any(|tag| tag.trim() == "*" || bare(tag) == own)
}

fn not_modified(response: Response) -> Response {
    let mut answer = StatusCode::NOT_MODIFIED.into_response();
    answer.headers_mut().extend(response.headers().get(ETAG).map(|tag| (ETAG, tag.clone())));
    answer
}

async fn indented(response: Response) -> Response {
    let is_json =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, WHOLE).await.unwrap_or_default();
    // What was cut off on purpose cannot be read, and stays as it is.
    let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    head.headers.remove(axum::http::header::CONTENT_LENGTH);
    let text = serde_json::to_string_pretty(&Ordered(&value)).unwrap_or_default();
    Response::from_parts(head, Body::from(text + "\n"))
}
