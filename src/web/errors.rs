//! Every way in which a request can fail, and the one place where failures become pages or problem+json (RFC 9457).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use kit::clock::Timestamp;
use kit::db;
use kit::web::{Refusal, RequestInfo};
use serde_json::json;

use crate::web::ui::{Local, Shell, error_page};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or somebody else's: never told apart.
    #[error("not found")]
    NotFound,
    #[error("sign-in needed")]
    SignInNeeded,
    /// Shown beside the fields of a form, or as `errors` of a problem.
    #[error("invalid: {0:?}")]
    Invalid(FieldErrors),
    /// A rule of the product says no; `code` is stable, `message` is for a person.
    #[error("refused: {code}")]
    Refused { status: StatusCode, code: &'static str, message: Cow<'static, str> },
    #[error("too many tries")]
    TooMany { retry_after: Duration },
    /// A bounded queue is full.
    #[error("busy")]
    Busy,
    #[error(transparent)]
    Db(db::Error),
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn refused(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused { status, code, message: message.into() }
    }

    pub fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(StatusCode::CONFLICT, code, message)
    }

    pub fn bad_request(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, code, message)
    }

    pub fn unauthorized(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(StatusCode::UNAUTHORIZED, code, message)
    }

    pub fn forbidden(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(StatusCode::FORBIDDEN, code, message)
    }

    /// It asks for a password that was typed a short while ago.
    pub fn reauthentication_needed() -> Self {
        Self::forbidden("reauthentication_needed", "Please confirm your password first: you signed in a while ago.")
    }

    pub fn unprocessable(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    pub fn gone(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(StatusCode::GONE, code, message)
    }

    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::SignInNeeded => StatusCode::UNAUTHORIZED,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Refused { status, .. } => *status,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Error::Db(error) if error.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
            Error::Db(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Refused { code, .. } => code,
            Error::TooMany { .. } => "too_many_requests",
            other => Refusal::of_status(other.status()).code,
        }
    }

    /// What a person is told.
    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Error::Invalid(_) => "Some fields need your attention.".into(),
            Error::Refused { message, .. } => message.clone(),
            Error::TooMany { retry_after } => {
                format!("Too many tries. Try again in {}.", in_words(*retry_after)).into()
            }
            other => Refusal::of_status(other.status()).text.into(),
        }
    }

    /// What stands beside the fields of a form.
    pub fn fields(&self) -> FieldErrors {
        match self {
            Error::Invalid(errors) => errors.clone(),
            _ => FieldErrors::default(),
        }
    }

    /// The same may succeed in a moment: a form stays as it is and says so.
    pub fn is_passing(&self) -> bool {
        matches!(self.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
    }

    /// What a handler that renders the failure by itself sends with it.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(wait) = self.retry_after() {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        headers
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::TooMany { retry_after } => Some(*retry_after),
            other => (other.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(Duration::from_secs(1)),
        }
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::NotFound => Self::NotFound,
            db::Error::Busy => Self::Busy,
            other => Self::Db(other),
        }
    }
}

impl From<BytesRejection> for Error {
    fn from(rejection: BytesRejection) -> Self {
        let refusal = Refusal::of_status(rejection.status());
        Self::refused(refusal.status, refusal.code, refusal.text)
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        let refusal = Refusal::of_status(rejection.status());
        Self::refused(refusal.status, refusal.code, refusal.text)
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

/// `90 seconds` as a person says it.
pub fn in_words(wait: Duration) -> String {
    match wait.as_secs().max(1) {
        1 => "a second".to_owned(),
        seconds @ ..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// What is wrong with which field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    pub field: &'static str,
    pub code: &'static str,
    pub message: String,
}

impl FieldErrors {
    pub fn one(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, code, message);
        errors
    }

    pub fn add(&mut self, field: &'static str, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field, code, message: message.into() });
    }

    /// The first message for the field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_result(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

impl IntoResponse for Error {
    /// Without a body: [`render`] makes it at the edge, where the request is known.
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.headers()).into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// The edge's renderer: logs a failure once and gives it a body that fits the address asked.
pub fn render(seen: &RequestInfo, response: Response) -> Response {
    let Some(failure) = Failure::of(&response) else { return response };
    log(seen, &failure);
    let mut answer = if is_api(&seen.path) {
        problem(seen, &failure)
    } else if failure.needs_sign_in() && !is_panel(seen) {
        to_login(seen)
    } else {
        page(seen, &failure)
    };
    for name in [ALLOW, RETRY_AFTER, SET_COOKIE] {
        for value in response.headers().get_all(&name) {
            answer.headers_mut().append(&name, value.clone());
        }
    }
    answer
}

enum Failure {
    Ours(Arc<Error>),
    Edge(Refusal),
}

impl Failure {
    /// `None` for successes, and for failures that a handler has rendered by itself.
    fn of(response: &Response) -> Option<Self> {
        if let Some(error) = response.extensions().get::<Arc<Error>>() {
            return Some(Self::Ours(error.clone()));
        }
        if let Some(refusal) = response.extensions().get::<Refusal>() {
            return Some(Self::Edge(*refusal));
        }
        let status = response.status();
        let rendered =
            response.headers().get(CONTENT_TYPE).is_some_and(|content| !content.as_bytes().starts_with(b"text/plain"));
        let failed = status.is_client_error() || status.is_server_error();
        (failed && !rendered).then(|| Self::Edge(Refusal::of_status(status)))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Ours(error) => error.status(),
            Self::Edge(refusal) => refusal.status,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Ours(error) => error.code(),
            Self::Edge(refusal) => refusal.code,
        }
    }

    fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Ours(error) => error.text(),
            Self::Edge(refusal) => refusal.text.into(),
        }
    }

    fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Ours(error) if matches!(**error, Error::SignInNeeded))
    }
}

fn log(seen: &RequestInfo, failure: &Failure) {
    let (id, method, path, status) = (&seen.id, &seen.method, &seen.path, failure.status().as_u16());
    let code = failure.code();
    match failure {
        // As many as there is room for were served.
        _ if code == "busy" => tracing::warn!(request_id = %id, %method, path, "a request was turned away"),
        Failure::Ours(error) if failure.status().is_server_error() => {
            tracing::error!(request_id = %id, %method, path, status, code, %error, "a request failed");
        }
        Failure::Edge(refusal) if refusal.status.is_server_error() => {
            tracing::error!(request_id = %id, %method, path, status, code, "a request failed");
        }
        Failure::Edge(_) if code == "cross_origin" => {
            tracing::warn!(event = "malicious_csrf", request_id = %id, %method, path, "a cross-origin request was refused");
        }
        _ => tracing::debug!(request_id = %id, %method, path, status, code, "a request was refused"),
    }
}

fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// A part of a page that a script asks for: it reloads the page when it is told 401.
fn is_panel(seen: &RequestInfo) -> bool {
    seen.query.as_deref().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("panel=")))
}

fn problem(seen: &RequestInfo, failure: &Failure) -> Response {
    let status = failure.status();
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Refused"),
        "status": status.as_u16(),
        "code": failure.code(),
        "detail": failure.text(),
        "request_id": seen.id.as_str(),
    });
    if let Failure::Ours(error) = failure
        && let Error::Invalid(errors) = &**error
    {
        body["errors"] = json!(errors.0);
    }
    let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response();
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110 section 11.6.1: a 401 says how to come in.
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"repruv\""));
    }
    response
}

fn to_login(seen: &RequestInfo) -> Response {
    let mut location = "/login".to_owned();
    if matches!(seen.method, Method::GET | Method::HEAD) && seen.path != "/" {
        let wanted = seen.query.as_ref().map_or_else(|| seen.path.clone(), |query| format!("{}?{query}", seen.path));
        location.push_str("?return_to=");
        location.extend(percent_encoding::utf8_percent_encode(&wanted, percent_encoding::NON_ALPHANUMERIC));
    }
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn page(seen: &RequestInfo, failure: &Failure) -> Response {
    let status = failure.status();
    let shell = Shell {
        nonce: seen.nonce.as_str().to_owned(),
        path: seen.path.clone(),
        local: Local::new(Timestamp::EPOCH, "UTC"),
        person: None,
        needs_reply: None,
        version: String::new(),
        banner: None,
    };
    let text = match status.is_server_error() {
        true => {
            format!("{} If it keeps happening, tell whoever runs this server. Request ID: {}.", failure.text(), seen.id)
        }
        false => failure.text().into_owned(),
    };
    let next: &[(&str, &str)] = match seen.method {
        Method::GET if status.is_server_error() => &[(&seen.path, "Try again"), ("/", "Go to the dashboard")],
        _ => &[("/", "Go to the dashboard")],
    };
    let html = error_page(&shell, status.as_u16(), title(status), &text, next);
    (status, html).into_response()
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Page not found",
        StatusCode::FORBIDDEN => "You don't have access",
        StatusCode::METHOD_NOT_ALLOWED => "This page can't be opened directly",
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::TOO_MANY_REQUESTS => "Slow down a moment",
        StatusCode::SERVICE_UNAVAILABLE => "Busy right now",
        StatusCode::CONFLICT => "That can't be done right now",
        StatusCode::GONE => "This link has expired",
        StatusCode::UNAUTHORIZED => "Sign in first",
        StatusCode::MISDIRECTED_REQUEST => "Wrong address",
        status if status.is_server_error() => "Something went wrong",
        _ => "That didn't work",
    }
}
