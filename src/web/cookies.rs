//! What browsers are given to keep.

use std::time::Duration;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use kit::web::cookie;

use super::errors::Result;
use crate::app::App;

/// A session ends after this long in any case.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 86_400);
/// How long a browser stays known.
const DEVICE_LIFE: Duration = Duration::from_secs(180 * 86_400);

/// What a browser is given to keep.
pub type Cookies = AppendHeaders<Vec<(HeaderName, HeaderValue)>>;

pub fn cookies(app: &App, session_token: &str, device_token: Option<&str>) -> Cookies {
    let names = &app.config.cookies;
    let session = cookie::set(&names.session, session_token, SESSION_LIFE);
    let device = device_token.map(|token| cookie::set(&names.device, token, DEVICE_LIFE));
    AppendHeaders(std::iter::once(session).chain(device).map(|cookie| (SET_COOKIE, cookie)).collect())
}

/// The answer with the session's new token, where there is one: whatever became of the request, the old one is dead.
pub fn with_renewed_cookie(app: &App, renewed: Option<String>, outcome: Result<impl IntoResponse>) -> Response {
    match renewed {
        Some(token) => (cookies(app, &token, None), outcome).into_response(),
        None => outcome.into_response(),
    }
}
