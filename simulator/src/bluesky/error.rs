//! Refusals in the protocol's words. Source: <https://atproto.com/specs/xrpc#error-responses>; the names as @atproto/pds gives them.

use axum::Json;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::faults::Dialect;

#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    error: &'static str,
    message: String,
}

impl ApiError {
    fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, message: message.into() }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    pub fn named(error: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, message)
    }

    pub fn missing(parameter: &str) -> Self {
        Self::invalid(format!("Error: Params must have the property \"{parameter}\""))
    }

    pub fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AuthMissing", "Authentication Required")
    }

    pub fn bad_token() -> Self {
        Self::named("InvalidToken", "Token could not be verified")
    }

    pub fn expired() -> Self {
        Self::named("ExpiredToken", "Token has expired")
    }

    pub fn wrong_password() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AuthenticationRequired", "Invalid identifier or password")
    }

    pub fn no_record(address: &str) -> Self {
        Self::named("RecordNotFound", format!("Could not locate record: {address}"))
    }

    pub fn no_post(address: &str) -> Self {
        Self::named("NotFound", format!("Post not found: {address}"))
    }

    pub fn unknown_method() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "MethodNotImplemented", "Method Not Implemented")
    }
}

impl Dialect for ApiError {
    fn unauthorized() -> Self {
        Self::expired()
    }

    fn quota() -> Self {
        Self::rate_limited()
    }

    fn rate_limited() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RateLimitExceeded", "Rate Limit Exceeded")
    }

    fn unavailable() -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "UpstreamFailure", "Upstream service unreachable")
    }
}

impl From<kit::db::Error> for ApiError {
    fn from(error: kit::db::Error) -> Self {
        tracing::error!(%error, "the simulator's database refused");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "Internal Server Error")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.error, "message": self.message }));
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            // The provider's own window for calls of one account.
            let header = |name: &'static str, value: &'static str| (HeaderName::from_static(name), value);
            let limits = [
                header("ratelimit-limit", "3000"),
                header("ratelimit-remaining", "0"),
                header("ratelimit-policy", "3000;w=300"),
                header("retry-after", "30"),
            ];
            return (self.status, limits, body).into_response();
        }
        (self.status, body).into_response()
    }
}
