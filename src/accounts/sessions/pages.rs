//! Signing out.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use kit::web::cookie;

use super::Visitor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::errors::Result;
use crate::work::{Actor, Who};

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
    headers.insert(SET_COOKIE, cookie::clear(&app.config.cookies.session));
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(headers)
}
