//! A secret on its way to the one page that shows it: sealed in a cookie, which that page takes away again. So a page that is
//! loaded anew makes nothing anew.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kit::web::cookie;

use crate::app::App;
use crate::secrets::{Place, Secret};
use crate::workspaces::UserId;

const COOKIE: &str = "__Host-shown_once";
/// Longer than a browser takes to follow a redirect.
const LIFE: std::time::Duration = std::time::Duration::from_secs(120);

/// The cookie that carries it to `page`, and to no other.
pub fn carry_once(app: &App, user: UserId, page: &str, secret: &str) -> [(HeaderName, HeaderValue); 1] {
    let sealed = app.vault.seal(place(page, user.uuid().as_bytes()), secret.as_bytes(), &app.random);
    [(SET_COOKIE, cookie::set(COOKIE, &BASE64_URL_SAFE_NO_PAD.encode(sealed), LIFE))]
}

/// What was carried to this page, and the end of its cookie.
pub fn take_once(
    app: &App,
    user: UserId,
    page: &str,
    headers: &HeaderMap,
) -> Option<(Secret, [(HeaderName, HeaderValue); 1])> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(cookie::get(headers, COOKIE)?).ok()?;
    let secret = app.vault.open_sealed(place(page, user.uuid().as_bytes()), &sealed).ok()?;
    Some((secret, [(SET_COOKIE, cookie::clear(COOKIE))]))
}

fn place<'a>(page: &'a str, owner: &'a [u8]) -> Place<'a> {
    Place { table: "cookie", column: page, row: owner, owner }
}
