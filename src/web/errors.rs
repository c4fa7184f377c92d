//! Every way in which a request can fail, and the one place where failures become pages or problem+json (RFC 9457).

pub mod api;
pub mod extract;
mod pages;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kit::db;
use kit::web::Refusal;

use crate::model::visible::{self, BadName};

pub use pages::render;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or somebody else's: never told apart.
    #[error("not found")]
    NotFound,
    #[error("sign-in needed")]
    SignInNeeded,
    /// The password was printed on a terminal, and is good for nothing but choosing another.
    #[error("password change needed")]
    PasswordChangeNeeded,
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

    /// Too late, not theirs, or done already.
    pub fn nothing_to_undo() -> Self {
        Self::conflict("nothing_to_undo", "There is nothing of yours to undo here any more.")
    }

    /// What was pressed was meant for the workspace of its page.
    pub fn elsewhere() -> Self {
        let text =
            "You're in another workspace by now, so nothing was changed. Go back to the other one, and try again.";
        Self::conflict("other_workspace", text)
    }

    /// Of all that match, where there is none.
    pub fn nothing_matches() -> Self {
        Self::unprocessable("nothing_matches", "No comments match this filter.")
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
            Error::PasswordChangeNeeded => StatusCode::FORBIDDEN,
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
            Error::PasswordChangeNeeded => "password_change_needed",
            Error::TooMany { .. } => "too_many_requests",
            other => Refusal::of_status(other.status()).code,
        }
    }

    /// What a person is told.
    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Error::Invalid(_) => "Some fields need your attention.".into(),
            Error::Refused { message, .. } => message.clone(),
            Error::PasswordChangeNeeded => "Choose a password of your own first, on the account page.".into(),
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
        if let Some(errors) = api::errors(&rejection.body_text()) {
            return Self::Invalid(errors);
        }
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
    pub field: Cow<'static, str>,
    pub code: &'static str,
    pub message: String,
}

impl FieldErrors {
    pub fn one(field: impl Into<Cow<'static, str>>, code: &'static str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, code, message);
        errors
    }

    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), code, message: message.into() });
    }

    /// Reads the field `name`: what people call themselves, or something of theirs, as it is kept.
    pub fn name(&mut self, text: &str, longest: usize) -> Option<String> {
        let (code, message) = match visible::name(text, longest) {
            Ok(name) => return Some(name),
            Err(BadName::Empty) => ("required", "Enter a name.".to_owned()),
            Err(BadName::Hidden) => ("bad_characters", "A name can't contain invisible characters.".to_owned()),
            Err(BadName::Long) => ("too_long", format!("A name has up to {longest} letters.")),
        };
        self.add("name", code, message);
        None
    }

    /// The first message for the field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    pub fn messages(&self) -> Vec<&str> {
        self.0.iter().map(|error| error.message.as_str()).collect()
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
