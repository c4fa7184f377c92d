//! Keys at the door of the API.

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::middleware::Next;
use axum::response::Response;

use super::access::{Needs, needs};
use crate::accounts::sessions::TokenHash;
use crate::app::App;
use crate::web::errors::{Error, Result};

/// In front of every operation: a key stands for its person, within its scopes. Cookies that come with it count for
/// nothing; without one, whoever asks is told by their cookie.
pub async fn guard(State(app): State<App>, route: MatchedPath, mut request: Request, next: Next) -> Result<Response> {
    let Some(token) = bearer(request.headers())? else { return Ok(next.run(request).await) };
    let now = app.now();
    let found = app.db.read(move |conn| super::authenticate(conn, &token, now)).await?;
    let (key, caller) = found.ok_or_else(bad_key)?;
    super::used(&app, &key);

    request.headers_mut().remove(COOKIE);
    match needs(request.method().as_str(), operation(route.as_str())) {
        Some(Needs::Scope(scope)) => {
            key.allows(scope).inspect_err(|_| {
                tracing::warn!(event = "authz_fail", user = %key.user_id, key = %key.id, %scope, "an API key was used beyond its scopes");
            })?;
            request.extensions_mut().insert(caller);
        }
        Some(Needs::Session) => {
            tracing::warn!(event = "authz_fail", user = %key.user_id, key = %key.id, "an API key was used in a person's place");
            return Err(session_needed());
        }
        // Without the caller, whatever asks for one says that nobody is signed in.
        Some(Needs::Nothing) | None => {}
    }
    Ok(next.run(request).await)
}

/// The same route under each version's prefix.
fn operation(route: &str) -> &str {
    let route = route.strip_prefix("/api").unwrap_or(route);
    route.strip_prefix("/v1").unwrap_or(route)
}

/// The key of a request that brings one. Other schemes are for others, such as a proxy.
fn bearer(headers: &HeaderMap) -> Result<Option<TokenHash>> {
    let mut keys = headers.get_all(AUTHORIZATION).iter().filter_map(|value| {
        let (scheme, token) = value.as_bytes().split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii())
    });
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => Ok(Some(TokenHash::of(std::str::from_utf8(key).map_err(|_| bad_key())?))),
        (Some(_), Some(_)) => Err(bad_key()),
    }
}

fn bad_key() -> Error {
    Error::unauthorized("bad_key", "This API key has expired, was revoked, or is incomplete.")
}

fn session_needed() -> Error {
    Error::forbidden("session_needed", "API keys can't do this. Sign in instead.")
}
