//! The walk of every request: seen, admitted, handled, made readable, given its headers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use tower_http::limit::RequestBodyLimitLayer;

use super::{Seen, Site, headers};
use crate::random::Random;

/// The largest body that any route reads.
const BODY_LIMIT: usize = 64 * 1024;

/// Makes an answer out of a refusal or error: the product's page or JSON. Other answers pass through.
pub type Render = fn(&Seen, Response) -> Response;

/// What stands between the network and the routes.
#[derive(Clone)]
pub struct Edge(Arc<Inner>);

struct Inner {
    site: Site,
    random: Random,
    render: Render,
    for_any_host: &'static [&'static str],
}

/// The edge's own "no". It travels without a body, as an extension of the answer, until it is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub text: &'static str,
}

impl Edge {
    pub fn new(site: Site, random: Random, render: Render) -> Self {
        Self(Arc::new(Inner { site, random, render, for_any_host: &[] }))
    }

    /// These paths may be read under every host name: whoever watches a process knows only its address. They must not
    /// tell anything that a foreign page should not know.
    pub fn open_to_any_host(mut self, paths: &'static [&'static str]) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.for_any_host = paths;
        }
        self
    }

    /// Puts the edge in front of all routes, the fallback included.
    pub fn around(self, routes: Router) -> Router {
        routes.layer(RequestBodyLimitLayer::new(BODY_LIMIT)).layer(from_fn_with_state(self, walk))
    }
}

async fn walk(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let edge = &*edge.0;
    let seen = Seen::new(&request, &edge.random);
    let answer = match edge.admit(&request) {
        Ok(()) => {
            request.extensions_mut().insert(seen.id.clone());
            request.extensions_mut().insert(seen.nonce.clone());
            // A panic is logged by the hook; it harms this request alone.
            let handled = AssertUnwindSafe(next.run(request)).catch_unwind().await;
            handled.unwrap_or_else(|_| PANICKED.into_response())
        }
        Err(refusal) => refusal.into_response(),
    };
    let mut answer = (edge.render)(&seen, answer);
    headers::secure(answer.headers_mut(), &seen, edge.site.is_https());
    answer
}

impl Inner {
    fn admit(&self, request: &Request) -> Result<(), Refusal> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        if is_read && self.for_any_host.contains(&request.uri().path()) {
            return Ok(());
        }
        self.site.admit(request.method(), request.uri(), request.headers())?;
        let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > BODY_LIMIT as u64) { Err(TOO_LARGE) } else { Ok(()) }
    }
}

impl Refusal {
    /// What a bare status means when nothing more is known: an extractor's rejection, a route without the method.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, text) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "The request could not be read."),
            StatusCode::UNAUTHORIZED => ("sign_in_needed", "Sign in first."),
            StatusCode::NOT_FOUND => ("not_found", "There is nothing here, or nothing that you may see."),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not take that method."),
            StatusCode::REQUEST_TIMEOUT => ("too_slow", "The request took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => (TOO_LARGE.code, TOO_LARGE.text),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media_type", "The body is not of a type that is read here."),
            StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "The request has a field that cannot be read."),
            StatusCode::SERVICE_UNAVAILABLE => ("busy", "Too much is going on right now. Try again in a moment."),
            status if status.is_server_error() => (PANICKED.code, PANICKED.text),
            _ => ("refused", "The request was refused."),
        };
        Self { status, code, text }
    }
}

const TOO_LARGE: Refusal =
    Refusal { status: StatusCode::PAYLOAD_TOO_LARGE, code: "too_large", text: "The request is larger than 64 KiB." };
const PANICKED: Refusal = Refusal {
    status: StatusCode::INTERNAL_SERVER_ERROR,
    code: "internal",
    text: "Something went wrong on our side. It has been logged.",
};

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
