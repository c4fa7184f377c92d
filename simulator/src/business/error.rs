//! Errors as Google's newer APIs tell them: a code, a message, a status word, and details by type.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::faults::Dialect;
use crate::google;
use crate::oauth::BUSINESS_MANAGE;

#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    word: &'static str,
    message: String,
    details: Vec<Value>,
    challenge: Option<String>,
}

impl ApiError {
    fn new(status: StatusCode, word: &'static str, message: impl Into<String>) -> Self {
        Self { status, word, message: message.into(), details: Vec::new(), challenge: None }
    }

    fn detailed(mut self, detail: Value) -> Self {
        self.details.push(detail);
        self
    }

    /// Nobody shows who they are: these APIs take no keys instead.
    fn nobody() -> Self {
        let message = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
        let challenge = Some("Bearer realm=\"https://accounts.google.com/\"".into());
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message) }
            .detailed(info("CREDENTIALS_MISSING", json!({})))
    }

    fn key() -> Self {
        let message = "API key not valid. Please pass a valid API key.";
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message).detailed(info("API_KEY_INVALID", json!({})))
    }

    pub fn auth() -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
        let challenge = Some("Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"".into());
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message) }
    }

    /// The token is good, for something else.
    pub fn scopes(service: &str) -> Self {
        let challenge = format!(
            "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{BUSINESS_MANAGE}\""
        );
        let message = "Request had insufficient authentication scopes.";
        Self { challenge: Some(challenge), ..Self::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message) }
            .detailed(info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", json!({ "service": service })))
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Requested entity was not found.")
    }

    pub fn no_such_method() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Method not found.")
    }

    pub fn invalid(field: &str, description: impl Into<String>) -> Self {
        let violation = json!({ "field": field, "description": description.into() });
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", "Request contains an invalid argument.")
            .detailed(json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation] }))
    }

    pub fn bad_json(message: impl Into<String>) -> Self {
        let message = format!("Invalid JSON payload received. {}", message.into());
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
    }

    /// More calls within a minute than the limit lets through.
    pub fn too_many(limit: &str, value: i64) -> Self {
        Self::exhausted(limit, &value.to_string())
    }

    fn exhausted(limit: &str, value: &str) -> Self {
        let message = format!("Quota exceeded for quota metric 'Requests' and limit '{limit}'.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", message).detailed(info(
            "RATE_LIMIT_EXCEEDED",
            json!({ "quota_metric": "Requests", "quota_limit": limit, "quota_limit_value": value }),
        ))
    }
}

fn info(reason: &str, metadata: Value) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": metadata,
    })
}

impl Dialect for ApiError {
    fn unauthorized() -> Self {
        Self::auth()
    }

    fn quota() -> Self {
        Self::exhausted("Requests per day", "0")
    }

    fn rate_limited() -> Self {
        Self::exhausted("Requests per minute", "300")
    }

    fn unavailable() -> Self {
        let message = "The service is currently unavailable.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    fn anonymous(key: Option<&str>) -> Self {
        key.map_or_else(Self::nobody, |_| Self::key())
    }
}

impl From<kit::db::Error> for ApiError {
    fn from(error: kit::db::Error) -> Self {
        tracing::error!(%error, "the simulator's database refused");
        Self::unavailable()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.status.as_u16(), "message": self.message, "status": self.word });
        if !self.details.is_empty() {
            error["details"] = self.details.into();
        }
        let mut response = google::json(self.status, &json!({ "error": error }));
        let challenge = self.challenge.and_then(|challenge| HeaderValue::try_from(challenge).ok());
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
