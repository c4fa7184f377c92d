//! `/inbox/views`.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views::{self, Page, Views};
use super::{Direction, SavedViewId, Typed};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::listing::Reader;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::workspaces::Right;

const PATH: &str = "/inbox/views";

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
}

/// `GET /inbox/views`
pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(done): Query<Done>) -> Result<Markup> {
    let done = match done.done.as_deref() {
        Some("renamed") => Some("View renamed."),
        Some("deleted") => Some("View deleted. No comment went with it."),
        Some("default") => Some("Your inbox opens with it from now on."),
        Some("first") => Some("Your inbox opens with what needs a reply."),
        _ => None,
    };
    show(&app, &who, &nonce, Page { done, ..Page::default() }).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ViewForm {
    name: String,
    filter: String,
    shared: bool,
}

/// `POST /inbox/views`: opens what was saved.
pub async fn make(State(app): State<App>, who: SignedIn, nonce: Nonce, Form(form): Form<ViewForm>) -> Result<Response> {
    let (typed, workspace) = (Typed { name: form.name, filter: form.filter }, who.workspace.id);
    let (new, is_shared) = (typed.clone(), form.shared);
    match app.write(who.acting(), move |work| super::make(work, workspace, &new, is_shared)).await {
        Ok(view) => Ok(Redirect::to(&format!("/inbox?view={}", view.id)).into_response()),
        Err(Error::Invalid(errors)) => refused(&app, &who, &nonce, (None, typed, is_shared, errors)).await,
        Err(error) => Err(error),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NameForm {
    name: String,
}

/// `POST /inbox/views/{id}`
pub async fn rename(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Result<Response> {
    let id: SavedViewId = id.parse().map_err(|_| Error::NotFound)?;
    let (workspace, user, name) = (who.workspace.id, who.user.id, form.name.clone());
    let renamed = app.write(who.acting(), move |work| {
        let known = super::find(work.tx, workspace, user, id)?.ok_or(Error::NotFound)?;
        super::change(work, workspace, id, &Typed { name: name.clone(), filter: known.place().sound() })
    });
    match renamed.await {
        Ok(_) => Ok(Redirect::to(&format!("{PATH}?done=renamed")).into_response()),
        Err(Error::Invalid(errors)) => {
            let typed = Typed { name: form.name, filter: String::new() };
            refused(&app, &who, &nonce, (Some(id), typed, false, errors)).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /inbox/views/{id}/delete`
pub async fn delete(State(app): State<App>, who: SignedIn, Path(id): Path<String>) -> Result<Redirect> {
    let id: SavedViewId = id.parse().map_err(|_| Error::NotFound)?;
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::delete(work, workspace, id)).await?;
    Ok(Redirect::to(&format!("{PATH}?done=deleted")))
}

#[derive(Debug, Deserialize)]
pub struct MoveForm {
    direction: Direction,
}

/// `POST /inbox/views/{id}/move`
pub async fn shift(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<MoveForm>,
) -> Result<Redirect> {
    let id: SavedViewId = id.parse().map_err(|_| Error::NotFound)?;
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::shift(work, workspace, id, form.direction)).await?;
    Ok(Redirect::to(PATH))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DefaultForm {
    view: Option<SavedViewId>,
}

/// `POST /inbox/views/default`: without a view, what needs a reply.
pub async fn set_default(State(app): State<App>, who: SignedIn, Form(form): Form<DefaultForm>) -> Result<Redirect> {
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::set_default(work, workspace, form.view)).await?;
    let done = if form.view.is_some() { "default" } else { "first" };
    Ok(Redirect::to(&format!("{PATH}?done={done}")))
}

/// The page again, with what was typed and what is wrong with it.
async fn refused(
    app: &App,
    who: &SignedIn,
    nonce: &Nonce,
    told: (Option<SavedViewId>, Typed, bool, FieldErrors),
) -> Result<Response> {
    let page = show(app, who, nonce, Page { told: Some(told), ..Page::default() }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn show(app: &App, who: &SignedIn, nonce: &Nonce, page: Page) -> Result<Markup> {
    let (workspace, user, may_share) = (who.workspace.id, who.user.id, who.role.may(Right::Answer));
    let shell = who.shell(app, nonce, PATH);
    let (zone, now) = (shell.local.zone.clone(), shell.local.now);
    let read = move |conn: &mut Conn| {
        let all = super::list(conn, workspace, user)?;
        let counts = Some(super::counts(conn, Reader { workspace, user, zone: &zone, now }, &all)?);
        Ok::<_, Error>((Views { all, counts, may_share }, super::default_of(conn, workspace, user)?))
    };
    let (views, default) = app.db.read(read).await?;
    Ok(views::index(&shell, &Page { views, default, ..page }))
}
