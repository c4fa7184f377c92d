//! What is taken from a request for handlers: who asks, from where; and what no handler gets to see.

use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use kit::web::{Nonce, Peer, cookie, customer};

use super::errors::{Error, Result};
use super::pace::Pace;
use super::rights;
use crate::accounts::sessions::{self, Caller, PageContext, SessionToken, SignedIn, TokenHash, UserRow, Visitor};
use crate::app::App;
use crate::live::Streams;
use crate::workspaces::{Role, Workspace};

/// Says for which workspace a page was drawn: a header, and a field of addresses.
pub const WORKSPACE: &str = "workspace";
/// Of what a browser calls itself.
const USER_AGENT_BYTES: usize = 300;
impl FromRequestParts<App> for SessionToken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(cookie::get(&parts.headers, &app.config.cookies.session).map(TokenHash::of)))
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Ok(SessionToken(token)) = SessionToken::from_request_parts(parts, app).await;
        let who = find(app, token).await?.ok_or(Error::SignInNeeded)?;
        let_in(app, (&who.user, who.role), parts)?;
        DrawnFor::of(parts).is(&who.workspace)?;
        Ok(who)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    /// Whom the guard of the API has found by a key; without a key, who is signed in.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        if let Some(caller) = parts.extensions.remove::<Caller>() {
            let_in(app, (&caller.user, caller.role), parts)?;
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

/// For which workspace a page was drawn, as its scripts say in a header, and a form of what has no id in its address. Another
/// tab may have gone to another workspace since.
#[derive(Clone, Debug)]
pub struct DrawnFor(Vec<String>);

impl DrawnFor {
    fn of(parts: &Parts) -> Self {
        let header = parts.headers.get(WORKSPACE).and_then(|value| value.to_str().ok());
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let field = url::form_urlencoded::parse(query).find(|(name, _)| name == WORKSPACE).map(|(_, value)| value);
        Self(header.into_iter().map(str::to_owned).chain(field.map(|field| field.into_owned())).collect())
    }

    /// Nothing of a page is asked of another workspace than its own.
    pub fn is(&self, current: &Workspace) -> Result<()> {
        let current = current.id.to_string();
        if self.0.iter().all(|workspace| *workspace == current) { Ok(()) } else { Err(Error::elsewhere()) }
    }
}

impl FromRequestParts<App> for DrawnFor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// What is open to somebody whose password the terminal printed: choosing another, who they are (of the API, whose handlers
/// see addresses without its prefix), and leaving.
const BEFORE_THE_CHANGE: [&str; 3] = ["/settings/account", "/settings/account/password", "/auth/session"];

fn let_in(app: &App, (user, role): (&UserRow, Role), parts: &Parts) -> Result<()> {
    if !parts.method.is_safe() {
        app.part::<Pace>().order(user.id, app.now())?;
    }
    passes(user, parts.uri.path())?;
    match rights::needed(!parts.method.is_safe(), parts.uri.path()) {
        right if role.may(right) => Ok(()),
        right => Err(Error::forbidden("role_missing", right.missing(role))),
    }
}

/// Whether this page is open to them yet.
pub fn passes(user: &UserRow, path: &str) -> Result<()> {
    match user.must_change_password && !BEFORE_THE_CHANGE.contains(&path) {
        true => Err(Error::PasswordChangeNeeded),
        false => Ok(()),
    }
}

async fn find(app: &App, token: Option<TokenHash>) -> Result<Option<SignedIn>> {
    let Some(token) = token else { return Ok(None) };
    let (now, version) = (app.now(), app.part::<Streams>().version(&app.db));
    let mut found = app.db.read(move |conn| sessions::authenticate(conn, &token, now)).await?;
    if let Some(who) = &mut found {
        who.version = version;
        sessions::seen(app, &who.session);
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
            session: cookie::get(&parts.headers, &app.config.cookies.session).map(TokenHash::of),
            device: cookie::get(&parts.headers, &app.config.cookies.device).map(TokenHash::of),
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

/// Programs of others, whose words are kept whatever they hold.
const DELIVERIES: &str = "/webhooks/";

/// No text that is kept holds U+0000: PostgreSQL takes none, and what one database holds the other must hold. Refused
/// here, so that no field, filter or name can be forgotten.
pub async fn refuse_nul(request: Request, next: Next) -> Result<Response> {
    let uri = request.uri();
    if has_encoded(uri.path().as_bytes()) {
        return Err(Error::NotFound);
    }
    if uri.query().is_some_and(|query| has_encoded(query.as_bytes())) {
        return Err(nul());
    }
    let Some(kind) = kind(request.headers()).filter(|_| !uri.path().starts_with(DELIVERIES)) else {
        return Ok(next.run(request).await);
    };
    let (parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::new(body), &()).await?;
    let found = match kind {
        Kind::Form => has_encoded(&body),
        Kind::Json => has_escaped(&body),
    };
    if found {
        return Err(nul());
    }
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

enum Kind {
    Form,
    Json,
}

fn kind(headers: &HeaderMap) -> Option<Kind> {
    let kind = headers.get(CONTENT_TYPE)?.as_bytes();
    let is = |name: &[u8]| kind.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if is(b"application/x-www-form-urlencoded") {
        return Some(Kind::Form);
    }
    is(b"application/json").then_some(Kind::Json)
}

fn has_encoded(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(3).any(|three| three == b"%00")
}

/// `\u0000`, and not `\\u0000`, which is a backslash and four digits. Elsewhere than in a string it is no JSON.
fn has_escaped(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, 0 | b'\\')) {
        if rest[at] == 0 || rest[at..].starts_with(b"\\u0000") {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

fn nul() -> Error {
    Error::bad_request("nul", "It holds a character that cannot be kept (U+0000). Take it out and send it again.")
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

    #[test]
    fn a_nul_is_found_however_it_is_written_and_nothing_else_is_taken_for_one() {
        for text in [&b"name=a%00b"[..], b"a\0", b"%00"] {
            assert!(has_encoded(text));
        }
        for text in [&br#"{"a":"x\u0000"}"#[..], br#"{"\u0000":1}"#, br#"["\\\u0000"]"#, b"[\0]"] {
            assert!(has_escaped(text), "{}", String::from_utf8_lossy(text));
        }
        for text in [&br#"{"a":"x\\u0000"}"#[..], br#"["\\\\u0000", "\n"]"#, br#"["\"#] {
            assert!(!has_escaped(text), "{}", String::from_utf8_lossy(text));
        }
    }
}
