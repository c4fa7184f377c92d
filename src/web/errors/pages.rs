//! Failures as whoever asked can read them: a page, or problem+json.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use kit::clock::Timestamp;
use kit::web::{Refusal, RequestInfo};
use serde_json::json;

use super::Error;
use super::extract::Typed;
use crate::model::InteractionId;
use crate::web::ui::{Local, NOTHING, Shell, error_page};

/// The edge's renderer: logs a failure once and gives it a body that fits the address asked.
pub fn render(seen: &RequestInfo, response: Response) -> Response {
    let Some(failure) = Failure::of(&response) else { return response };
    let typed = response.extensions().get::<Typed>();
    log(seen, &failure);
    let mut answer = if is_api(&seen.path) {
        problem(seen, &failure)
    } else if let Some(location) = meant(seen, &failure) {
        (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response()
    } else if failure.needs_sign_in() && !is_panel(seen) && typed.is_none() {
        to_login(seen)
    } else if failure.needs_password_change() && !is_panel(seen) {
        (StatusCode::SEE_OTHER, [(LOCATION, "/settings/account")]).into_response()
    } else if failure.is_elsewhere() && matches!(seen.method, Method::GET | Method::HEAD) {
        // The page around this part is another workspace's by now: its script loads it anew.
        StatusCode::RESET_CONTENT.into_response()
    } else {
        page(seen, &failure, typed)
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

    fn needs_password_change(&self) -> bool {
        matches!(self, Self::Ours(error) if matches!(**error, Error::PasswordChangeNeeded))
    }

    fn is_elsewhere(&self) -> bool {
        self.code() == Error::elsewhere().code()
    }

    fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Ours(error) if matches!(**error, Error::SignInNeeded))
    }
}

/// The page that somebody means by an address that is none, but for a slash at its end, or its last part.
fn meant(seen: &RequestInfo, failure: &Failure) -> Option<String> {
    let is_unknown = matches!(failure, Failure::Edge(refusal) if refusal.status == StatusCode::NOT_FOUND);
    if !is_unknown || !matches!(seen.method, Method::GET | Method::HEAD) {
        return None;
    }
    if seen.path == "/settings" {
        return Some("/settings/account".to_owned());
    }
    let path = seen.path.strip_suffix('/').filter(|path| !path.is_empty() && !path.ends_with('/'))?;
    // `//host` and `/\host` would be somebody else's page.
    if path[1..].starts_with(['/', '\\']) {
        return None;
    }
    Some(seen.query.as_ref().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

/// Where providers send people back to. What an address of theirs hands over is for one visit, and is copied nowhere.
const CALLBACKS: &str = "/connections/callback/";

/// The address to come back to after signing in.
fn wanted(seen: &RequestInfo) -> String {
    if seen.path.starts_with(CALLBACKS) {
        return "/connections".to_owned();
    }
    seen.query.as_ref().map_or_else(|| seen.path.clone(), |query| format!("{}?{query}", seen.path))
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
        // Not there, somebody else's, or not allowed: whoever tries many of them is looking for something.
        Failure::Ours(_) if matches!(status, 403 | 404) || code == "bad_key" => {
            tracing::info!(event = "authz_fail", request_id = %id, %method, path, status, code, "a request was refused");
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
    let detail = match failure.code() {
        "method_not_allowed" => "This address doesn't accept this method; see the Allow header.".into(),
        _ => failure.text(),
    };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Refused"),
        "status": status.as_u16(),
        "code": failure.code(),
        "detail": detail,
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
        location.push_str("?return_to=");
        location.extend(percent_encoding::utf8_percent_encode(&wanted(seen), percent_encoding::NON_ALPHANUMERIC));
    }
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn page(seen: &RequestInfo, failure: &Failure, typed: Option<&Typed>) -> Response {
    let status = failure.status();
    let shell = Shell {
        nonce: seen.nonce.as_str().to_owned(),
        path: seen.path.clone(),
        local: Local::new(Timestamp::EPOCH, "UTC"),
        person: None,
        workspace: None,
        views: None,
        tour: None,
        needs_reply: None,
        version: String::new(),
        banner: None,
    };
    let text = match typed {
        Some(_) if failure.needs_sign_in() => {
            "You've been signed out. Sign in in another tab, then send this again.".to_owned()
        }
        _ => text(seen, failure),
    };
    let next: &[(&str, &str)] = match seen.method {
        _ if status == StatusCode::UNAUTHORIZED => &[("/login", "Sign in")],
        Method::GET if status.is_server_error() => &[(&seen.path, "Try again"), ("/", "Go to the dashboard")],
        _ if seen.path.starts_with("/inbox/") => &[("/inbox?state=needs_reply", "Go to the inbox")],
        _ => &[("/", "Go to the dashboard")],
    };
    let typed = typed.map_or(NOTHING, Typed::form);
    let html = error_page(&shell, status.as_u16(), title(status), &text, &typed, next);
    (status, html).into_response()
}

/// What a page says of it, and what to do next.
fn text(seen: &RequestInfo, failure: &Failure) -> String {
    let status = failure.status();
    let said = failure.text();
    match failure {
        _ if is_gone_comment(seen, status) => {
            "This comment isn't here any more: it's gone, or you're in another workspace now.".to_owned()
        }
        // The fields are on the page that it came from.
        Failure::Ours(error) if matches!(**error, Error::Invalid(_)) => error.fields().messages().join(" "),
        _ if status.is_server_error() => {
            format!("{said} If it keeps happening, tell whoever runs this server. Request ID: {}.", seen.id)
        }
        _ if status == StatusCode::PAYLOAD_TOO_LARGE && seen.method == Method::POST => {
            format!("{said} Go back with your browser: what you wrote is still there to be copied or made shorter.")
        }
        _ => said.into_owned(),
    }
}

fn is_gone_comment(seen: &RequestInfo, status: StatusCode) -> bool {
    let named = seen.path.strip_prefix("/inbox/").and_then(|rest| rest.split('/').next());
    status == StatusCode::NOT_FOUND && named.is_some_and(|id| id.parse::<InteractionId>().is_ok())
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
