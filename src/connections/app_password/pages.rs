//! The page on which a handle and an app password are typed.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kit::web::Nonce;
use serde::Deserialize;

use super::super::pages::{StartForm, fresh};
use super::super::{ConnectionId, store};
use super::views::{self, Form};
use super::{Typed, beginning, is_used_by};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::model::Platform;
use crate::web::cookies::with_renewed_cookie;
use crate::web::errors::{Error, Result};
use crate::web::ui;
use crate::workspaces::Kind;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    connection_id: Option<ConnectionId>,
}

pub async fn page(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(platform): Path<String>,
    Query(again): Query<Again>,
) -> Result<Response> {
    let platform: Platform = platform.parse().map_err(|_| Error::NotFound)?;
    if !is_used_by(&app, platform) || who.workspace.kind == Kind::Demo {
        return Ok(Redirect::to("/connections").into_response());
    }
    let known = match again.connection_id {
        Some(id) => {
            let workspace = who.workspace.id;
            let found = app.db.read(move |conn| store::find(conn, workspace, id)).await?;
            Some(found.filter(|found| found.platform == platform).ok_or(Error::NotFound)?)
        }
        None => None,
    };
    let handle = known.and_then(|known| known.handle);
    let form = Form {
        platform,
        connection: again.connection_id,
        typed: Typed { handle, ..Typed::default() },
        asks_password: !super::super::is_fresh_enough(&who.session, &who.workspace, app.now()),
        error: None,
    };
    Ok(shown(&app, &who, &nonce, &form).into_response())
}

fn shown(app: &App, who: &SignedIn, nonce: &Nonce, form: &Form) -> maud::Markup {
    let title = format!("Connect {}", form.platform.label());
    ui::page(&who.shell(app, nonce, "/connections"), &title, views::body(form))
}

/// The form again with what is wrong beside its fields, or on to the connections.
pub async fn submit(app: App, who: SignedIn, nonce: Nonce, platform: Platform, form: StartForm) -> Result<Response> {
    match begin(&app, &who, platform, &form).await {
        Ok(renewed) => Ok(with_renewed_cookie(&app, renewed, Ok(Redirect::to("/connections")))),
        Err(error) => {
            let asks_password = !super::super::is_fresh_enough(&who.session, &who.workspace, app.now());
            let was_too_long_ago = asks_password && error.status() == StatusCode::FORBIDDEN;
            if !(matches!(error, Error::Invalid(_)) || error.is_passing() || was_too_long_ago) {
                return Err(error);
            }
            let (status, headers) = (error.status(), error.headers());
            let form =
                Form { platform, connection: form.connection_id, typed: form.typed, asks_password, error: Some(error) };
            Ok((status, headers, shown(&app, &who, &nonce, &form)).into_response())
        }
    }
}

/// Begins an attempt; the session's new token, where the password had to be typed for it.
async fn begin(app: &App, who: &SignedIn, platform: Platform, form: &StartForm) -> Result<Option<String>> {
    let module = app.platforms.get(platform).ok_or(Error::NotFound)?;
    let credentials = form.typed.read(module).map_err(Error::Invalid)?;
    let begin = beginning(app, who, platform, form.connection_id, credentials)?;
    let renewed = fresh(app, who, form.password.as_ref()).await?;
    app.db.write(begin).await?;
    Ok(renewed)
}
