//! The page on which a person says which of their accounts are meant.

use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kit::web::Nonce;
use maud::Markup;

use super::views;
use crate::accounts::Password;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::connections::pages::{fresh, parse};
use crate::connections::store as connections;
use crate::connections::{Connection, ConnectionId, Refused, Status, is_fresh_enough};
use crate::web::cookies::with_renewed_cookie;
use crate::web::errors::{Error, Result};
use crate::web::ui;
use crate::workspaces::WorkspaceId;

pub async fn page(State(app): State<App>, who: SignedIn, nonce: Nonce, Path(id): Path<String>) -> Result<Response> {
    let connection = find(&app, who.workspace.id, parse(&id)?).await?;
    // Chosen already, in another tab or by somebody else.
    if connection.connection_status != Status::Choosing {
        return Ok(Redirect::to("/connections").into_response());
    }
    Ok(shown(&app, &who, &nonce, &connection, None).into_response())
}

pub async fn choose(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response> {
    let id = parse(&id)?;
    let fields = url::form_urlencoded::parse(&form).into_owned().collect::<Vec<_>>();
    match chosen(&app, &who, id, fields).await {
        Ok(renewed) => Ok(with_renewed_cookie(&app, renewed, Ok(Redirect::to("/connections")))),
        Err(error) => {
            let was_too_long_ago = error.status() == StatusCode::FORBIDDEN && asks_password(&app, &who);
            if !(matches!(error, Error::Invalid(_)) || error.is_passing() || was_too_long_ago) {
                return Err(error);
            }
            let connection = find(&app, who.workspace.id, id).await?;
            let page = shown(&app, &who, &nonce, &connection, Some(&error));
            Ok((error.status(), error.headers(), page).into_response())
        }
    }
}

/// The session's new token, where the password had to be typed for it.
async fn chosen(app: &App, who: &SignedIn, id: ConnectionId, fields: Vec<(String, String)>) -> Result<Option<String>> {
    let (user, workspace) = (who.user.id, who.workspace.id);
    let password = fields.iter().find(|(name, value)| name == "password" && !value.is_empty());
    let password = password.map(|(_, typed)| Password::new(typed.clone()));
    let renewed = fresh(app, who, password.as_ref()).await?;
    let ticked = fields.into_iter().filter(|(name, _)| name == "account").map(|(_, account)| account);
    let ticked = ticked.collect::<Vec<_>>();
    app.write(who.acting(), move |work| super::choose(work, user, workspace, id, &ticked).map(drop)).await?;
    Ok(renewed)
}

fn asks_password(app: &App, who: &SignedIn) -> bool {
    !is_fresh_enough(&who.session, &who.workspace, app.now())
}

async fn find(app: &App, workspace: WorkspaceId, id: ConnectionId) -> Result<Connection> {
    let found = app.db.read(move |conn| connections::find(conn, workspace, id)).await?;
    Ok(found.ok_or(Refused::NotFound)?)
}

fn shown(app: &App, who: &SignedIn, nonce: &Nonce, connection: &Connection, error: Option<&Error>) -> Markup {
    let title = views::title(connection.platform);
    ui::page(&who.shell(app, nonce, "/connections"), &title, views::body(connection, asks_password(app, who), error))
}
