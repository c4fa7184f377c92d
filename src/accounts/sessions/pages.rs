//! Who asks: the extractors for handlers, and the cookies that answer for them.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use kit::web::{Nonce, Peer, cookie, customer};

use super::{COOKIE, Caller, DEVICE_COOKIE, SignedIn, TokenHash, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::web::ui::{Local, Person, Shell};
use crate::work::{Actor, Who};

/// How long a browser stays known.
const DEVICE_LIFE: std::time::Duration = std::time::Duration::from_secs(180 * 86_400);
/// Of what a browser calls itself.
const USER_AGENT_BYTES: usize = 300;

/// The session's token as it came, for handlers that look it up in the same read as their own rows.
#[derive(Clone, Copy, Debug)]
pub struct SessionToken(pub Option<TokenHash>);

/// What a page needs besides its content, with or without somebody signed in.
#[derive(Clone, Debug)]
pub struct PageContext {
    pub nonce: Nonce,
    pub path: String,
    pub signed_in: Option<SignedIn>,
}

impl<S: Sync> FromRequestParts<S> for SessionToken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(cookie::get(&parts.headers, COOKIE).map(TokenHash::of)))
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Ok(SessionToken(token)) = SessionToken::from_request_parts(parts, app).await;
        find(app, token).await?.ok_or(Error::SignInNeeded)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    /// Whom the guard of the API has found by a key; without a key, who is signed in.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        if let Some(caller) = parts.extensions.remove::<Caller>() {
            return Ok(caller);
        }
        Ok(SignedIn::from_request_parts(parts, app).await?.into())
    }
}

impl FromRequestParts<App> for PageContext {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Ok(nonce) = Nonce::from_request_parts(parts, app).await;
        let Ok(SessionToken(token)) = SessionToken::from_request_parts(parts, app).await;
        Ok(Self { nonce, path: parts.uri.path().to_owned(), signed_in: find(app, token).await? })
    }
}

async fn find(app: &App, token: Option<TokenHash>) -> Result<Option<SignedIn>> {
    let Some(token) = token else { return Ok(None) };
    let (now, version) = (app.now(), app.streams.version(&app.db));
    let mut found = app.db.read(move |conn| super::authenticate(conn, &token, now)).await?;
    if let Some(who) = &mut found {
        who.version = version;
        super::seen(app, &who.session);
    }
    Ok(found)
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Ok(peer) = Peer::from_request_parts(parts, app).await;
        let mut user_agent =
            parts.headers.get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        if let Some(text) = &mut user_agent {
            text.truncate(text.floor_char_boundary(USER_AGENT_BYTES));
        }
        Ok(Self {
            ip: network(app.config.proxies.visitor(peer.ip(), &parts.headers)),
            user_agent: user_agent.unwrap_or_default(),
            session: cookie::get(&parts.headers, COOKIE).map(TokenHash::of),
            device: cookie::get(&parts.headers, DEVICE_COOKIE).map(TokenHash::of),
        })
    }
}

/// How whoever connected is named in rows and limits.
fn network(ip: IpAddr) -> String {
    match customer(ip) {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("{ip}/64"),
    }
}

impl SignedIn {
    /// The frame of a page for this person.
    pub fn shell(&self, app: &App, nonce: &Nonce, path: &str) -> Shell {
        let local = Local::new(app.now(), &self.user.time_zone);
        Shell {
            nonce: nonce.to_string(),
            path: path.to_owned(),
            banner: Some((app.banner)(&self.user, &local)),
            local,
            person: Some(Person { name: self.user.name.clone(), email: self.user.email.clone() }),
            needs_reply: None,
            version: self.version.clone(),
        }
    }
}

impl PageContext {
    pub fn shell(&self, app: &App) -> Shell {
        match &self.signed_in {
            Some(who) => who.shell(app, &self.nonce, &self.path),
            None => door(app, &self.nonce, &self.path),
        }
    }
}

/// The frame of a page for nobody in particular.
pub fn door(app: &App, nonce: &Nonce, path: &str) -> Shell {
    Shell {
        nonce: nonce.to_string(),
        path: path.to_owned(),
        local: Local::new(app.now(), "UTC"),
        person: None,
        needs_reply: None,
        version: String::new(),
        banner: None,
    }
}

/// What a browser is given to keep.
pub type Cookies = AppendHeaders<Vec<(HeaderName, HeaderValue)>>;

pub fn cookies(session_token: &str, device_token: Option<&str>) -> Cookies {
    let session = cookie::set(COOKIE, session_token, super::ABSOLUTE);
    let device = device_token.map(|token| cookie::set(DEVICE_COOKIE, token, DEVICE_LIFE));
    AppendHeaders(std::iter::once(session).chain(device).map(|cookie| (SET_COOKIE, cookie)).collect())
}

/// The answer with the session's new token, where there is one: whatever became of the request, the old one is dead.
pub fn keeping(renewed: Option<String>, outcome: Result<impl IntoResponse>) -> Response {
    match renewed {
        Some(token) => (cookies(&token, None), outcome).into_response(),
        None => outcome.into_response(),
    }
}

/// Ends the session that the browser comes with, if any, and has the browser forget this site's pages. The cookie goes by
/// name: clearing all "cookies" would forget that the device is known.
pub async fn sign_out(app: &App, visitor: &Visitor) -> Result<HeaderMap> {
    if let Some(token) = visitor.session {
        app.write(Who::stranger(&visitor.ip), move |work| {
            let Some((session, user)) = super::end_by_token(work.tx, &token)? else { return Ok(()) };
            audit::record_by(work, Actor::User(user), Event::SessionEnded, session)
        })
        .await?;
    }
    let mut headers = HeaderMap::new();
    headers.insert(SET_COOKIE, cookie::clear(COOKIE));
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_v6_customer_is_one_address() {
        let name = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(name("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(name("203.0.113.7"), "203.0.113.7");
    }
}
