//! The walk of every request: info, admitted, handled, made readable, given its headers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, RETRY_AFTER, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::body::{self, BODY_BYTES, TOO_LARGE};
use super::meters::Counted;
use super::{Limits, Meters, RequestInfo, Site, headers};
use crate::random::Random;

/// A request's target; the whole head is bounded by the accept loop.
const ADDRESS_BYTES: usize = 8 * 1024;
/// In one query string.
const PARAMETERS: usize = 32;

/// Makes an answer out of a refusal or error: the product's page or JSON. Other answers pass through.
pub type Render = fn(&RequestInfo, Response) -> Response;

/// What stands between the network and the routes.
#[derive(Clone)]
pub struct Edge(Arc<Inner>);

struct Inner {
    site: Site,
    random: Random,
    render: Render,
    limits: Limits,
    places: Semaphore,
    meters: Meters,
    for_watchers: &'static [&'static str],
}

/// The edge's own "no". It travels without a body, as an extension of the answer, until it is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub text: &'static str,
}

impl Edge {
    /// `for_watchers` may be read under every host name and however much is going on: whoever watches a process knows only
    /// its address. They must not tell anything that a foreign page should not know.
    pub fn new(
        site: Site,
        random: Random,
        render: Render,
        limits: Limits,
        meters: Meters,
        for_watchers: &'static [&'static str],
    ) -> Self {
        let places = Semaphore::new(limits.in_flight);
        Self(Arc::new(Inner { site, random, render, limits, places, meters, for_watchers }))
    }

    /// Puts the edge in front of all routes, the fallback included.
    pub fn around(self, routes: Router) -> Router {
        routes.layer(from_fn_with_state(self, walk))
    }
}

async fn walk(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let edge = &*edge.0;
    let (started, route) = (Instant::now(), request.extensions().get::<MatchedPath>().cloned());
    let info = RequestInfo::new(&request, &edge.random);
    let (answer, closes) = match edge.handle(&info, request, next).await {
        Ok(answer) => (answer, false),
        // Where this request ends, and so where the next one begins, is not to be trusted.
        Err(refusal) => (refusal.into_response(), matches!(refusal.status.as_u16(), 400 | 408 | 413)),
    };
    let mut answer = (edge.render)(&info, answer);
    headers::secure(answer.headers_mut(), &info, edge.site.is_https());
    if closes {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    edge.meters.answered(route.as_ref(), answer.status(), started.elapsed());
    answer
}

impl Inner {
    async fn handle(&self, info: &RequestInfo, request: Request, next: Next) -> Result<Response, Refusal> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_watcher = is_read && self.for_watchers.contains(&request.uri().path());
        if !is_watcher && let Err(refusal) = self.admit(&request) {
            if refusal == TOO_LARGE {
                body::discard(request).await;
            }
            return Err(refusal);
        }
        let mut request = body::whole(request, self.limits.body).await?;
        // Only now: a body that drips holds no place.
        let _place = if is_watcher { None } else { Some(self.place()?) };
        let _counted = Counted::on(&self.meters.in_flight);
        request.extensions_mut().insert(info.id.clone());
        request.extensions_mut().insert(info.nonce.clone());
        // A panic is logged by the hook; it harms this request alone.
        let handled = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        Ok(handled.unwrap_or_else(|_| PANICKED.into_response()))
    }

    fn admit(&self, request: &Request) -> Result<(), Refusal> {
        self.site.admit(request.method(), request.uri(), request.headers())?;
        check_address(request.uri())?;
        check_length(request.headers())
    }

    fn place(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.places.try_acquire().map_err(|_| {
            self.meters.shed.inc();
            Refusal::of_status(StatusCode::SERVICE_UNAVAILABLE)
        })
    }
}

fn check_address(uri: &Uri) -> Result<(), Refusal> {
    let query = uri.query().unwrap_or_default();
    if uri.path().len() + query.len() > ADDRESS_BYTES {
        return Err(Refusal::of_status(StatusCode::URI_TOO_LONG));
    }
    if !query.contains('&') {
        return Ok(());
    }
    // Of two values one would be ignored, and not everybody ignores the same.
    let mut names = Vec::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        if names.len() == PARAMETERS || names.contains(&name) {
            return Err(AMBIGUOUS);
        }
        names.push(name);
    }
    Ok(())
}

/// The HTTP library drops a Content-Length that comes with a Transfer-Encoding; a proxy may have believed it. What has but
/// one length cannot be read in two ways.
fn check_length(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(TRANSFER_ENCODING) {
        return Err(UNSURE_LENGTH);
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_BYTES as u64) { Err(TOO_LARGE) } else { Ok(()) }
}

impl Refusal {
    /// What a bare status means when nothing more is known: an extractor's rejection, a route without the method.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, text) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "The request couldn't be read."),
            StatusCode::UNAUTHORIZED => ("sign_in_needed", "Sign in first."),
            StatusCode::NOT_FOUND => ("not_found", "This page doesn't exist, or you don't have access to it."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "Go back and use the button or link on the page instead.")
            }
            StatusCode::REQUEST_TIMEOUT => ("too_slow", "The request took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => (TOO_LARGE.code, TOO_LARGE.text),
            StatusCode::URI_TOO_LONG => ("too_long", "The address is longer than 8 KiB."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media_type", "This content type isn't supported."),
            StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "A field in the request couldn't be read."),
            StatusCode::SERVICE_UNAVAILABLE => ("busy", "The server is busy right now. Try again in a moment."),
            status if status.is_server_error() => (PANICKED.code, PANICKED.text),
            _ => ("refused", "The request was refused."),
        };
        Self { status, code, text }
    }
}

const AMBIGUOUS: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    code: "ambiguous",
    text: "The address has a repeated parameter, or too many parameters.",
};
const UNSURE_LENGTH: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    code: "length_needed",
    text: "Send the body with a Content-Length, not a Transfer-Encoding.",
};
const PANICKED: Refusal = Refusal {
    status: StatusCode::INTERNAL_SERVER_ERROR,
    code: "internal",
    text: "Something went wrong on our side. We've logged it.",
};

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
