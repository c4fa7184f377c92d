//! Errors of the YouTube Data API: status, reason and body as documented.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::faults::Dialect;
use crate::google;
use crate::oauth::YOUTUBE_FORCE_SSL;

#[derive(Debug)]
pub struct ApiError {
    pub status: StatusCode,
    pub reason: &'static str,
    pub domain: &'static str,
    pub message: String,
    /// The parameter that is wrong.
    pub parameter: Option<String>,
    /// The newer top-level word, where the provider sends it.
    pub word: Option<&'static str>,
}

impl ApiError {
    fn new(status: StatusCode, domain: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self { status, reason, domain, message: message.into(), parameter: None, word: None }
    }

    pub fn at(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    fn called(mut self, word: &'static str) -> Self {
        self.word = Some(word);
        self
    }

    pub fn auth() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "global",
            "authError",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
        )
        .at("Authorization")
        .called("UNAUTHENTICATED")
    }

    pub fn scopes() -> Self {
        let message = "Request had insufficient authentication scopes.";
        Self::new(StatusCode::FORBIDDEN, "global", "insufficientPermissions", message).called("PERMISSION_DENIED")
    }

    /// Of a key where a token is wanted: the simulator gives out none.
    fn key() -> Self {
        let message = "API key not valid. Please pass a valid API key.";
        Self::new(StatusCode::BAD_REQUEST, "global", "badRequest", message).called("INVALID_ARGUMENT")
    }

    fn nobody() -> Self {
        let message = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.";
        Self::new(StatusCode::FORBIDDEN, "global", "forbidden", message).called("PERMISSION_DENIED")
    }

    pub fn out_of_quota() -> Self {
        let message = "The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.";
        Self::new(StatusCode::FORBIDDEN, "youtube.quota", "quotaExceeded", message)
    }

    pub fn backend() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "global", "backendError", "The service is currently unavailable.")
            .called("UNAVAILABLE")
    }

    /// Of an account that has no channel.
    pub fn signup_required() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "youtube.header", "youtubeSignupRequired", "Unauthorized")
            .at("Authorization")
    }

    pub fn no_such_method() -> Self {
        Self::new(StatusCode::NOT_FOUND, "global", "notFound", "Not Found").called("NOT_FOUND")
    }

    pub fn missing_part() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "youtube.part", "missingRequiredParameter", "No part selected.").at("part")
    }

    pub fn unknown_part(part: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "youtube.part", "unknownPart", part).at("part")
    }

    pub fn no_filter(expected: &str) -> Self {
        let message = format!("No filter selected. Expected one of: {expected}");
        Self::new(StatusCode::BAD_REQUEST, "youtube.parameter", "missingRequiredParameter", message).at("parameters.")
    }

    pub fn missing(parameter: &str) -> Self {
        let message = format!("Required parameter: {parameter}");
        Self::new(StatusCode::BAD_REQUEST, "youtube.parameter", "missingRequiredParameter", message).at(parameter)
    }

    pub fn incompatible(parameters: &str) -> Self {
        let message = format!("Incompatible parameters specified in the request: {parameters}");
        Self::new(StatusCode::BAD_REQUEST, "youtube.parameter", "incompatibleParameters", message).at("parameters.")
    }

    pub fn invalid(parameter: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "global", "invalidParameter", message).at(parameter)
    }

    pub fn page_token() -> Self {
        let message = "The request specifies an invalid page token.";
        Self::new(StatusCode::BAD_REQUEST, "youtube.parameter", "invalidPageToken", message).at("pageToken")
    }

    pub fn fields(text: &str) -> Self {
        Self::invalid("fields", format!("Invalid field selection {text:.100}"))
    }

    pub fn bad_request(domain: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, domain, reason, message)
    }

    pub fn forbidden(domain: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, domain, reason, message)
    }

    pub fn not_found(domain: &'static str, reason: &'static str, message: impl Into<String>, parameter: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, domain, reason, message).at(parameter)
    }

    pub fn comment_not_found(parameter: &str) -> Self {
        let message = "The comment identified by the request could not be found.";
        Self::not_found("youtube.comment", "commentNotFound", message, parameter)
    }

    /// Of a comment that is to be answered.
    pub fn parent_not_found() -> Self {
        let message = "The specified parent comment could not be found. Check the value of the <code>snippet.parentId</code> property in the request body to ensure that it is correct.";
        Self::not_found("youtube.comment", "parentCommentNotFound", message, "body.snippet.parentId")
    }

    pub fn video_not_found(parameter: &str) -> Self {
        let message = format!(
            "The video identified by the <code><a href=\"#{parameter}\">{parameter}</a></code> parameter could not be found."
        );
        Self::not_found("youtube.commentThread", "videoNotFound", message, parameter)
    }

    fn body(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("message".into(), self.message.clone().into());
        entry.insert("domain".into(), self.domain.into());
        entry.insert("reason".into(), self.reason.into());
        if let Some(parameter) = &self.parameter {
            let kind = match parameter.as_str() {
                "Authorization" => "header",
                place if place.starts_with("parameters.") || place.starts_with("body.") => "other",
                _ => "parameter",
            };
            entry.insert("location".into(), parameter.clone().into());
            entry.insert("locationType".into(), kind.into());
        }
        let mut error = Map::new();
        error.insert("code".into(), self.status.as_u16().into());
        error.insert("message".into(), self.message.clone().into());
        error.insert("errors".into(), json!([entry]));
        if let Some(word) = self.word {
            error.insert("status".into(), word.into());
        }
        json!({ "error": error })
    }
}

impl Dialect for ApiError {
    fn unauthorized() -> Self {
        Self::auth()
    }

    fn quota() -> Self {
        Self::out_of_quota()
    }

    fn rate_limited() -> Self {
        let message = "Rate Limit Exceeded";
        Self::new(StatusCode::FORBIDDEN, "usageLimits", "rateLimitExceeded", message)
    }

    fn unavailable() -> Self {
        Self::backend()
    }

    fn anonymous(key: Option<&str>) -> Self {
        key.map_or_else(Self::nobody, |_| Self::key())
    }
}

impl From<kit::db::Error> for ApiError {
    fn from(error: kit::db::Error) -> Self {
        tracing::error!(%error, "the simulator's database refused");
        Self::backend()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = google::json(self.status, &self.body());
        let challenge = match self.reason {
            "authError" => "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"".to_owned(),
            "insufficientPermissions" => format!(
                "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{YOUTUBE_FORCE_SSL}\""
            ),
            _ => return response,
        };
        response.headers_mut().extend(HeaderValue::try_from(challenge).ok().map(|told| (WWW_AUTHENTICATE, told)));
        response
    }
}
