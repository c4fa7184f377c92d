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
use crate::web::ui::Local;
use crate::workspaces::Right;

const PATH: &str = "/inbox/views";

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
    panel: Option<String>,
}

/// `GET /inbox/views`: the page, or the list of them that stands beside the places.
pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(done): Query<Done>) -> Result<Markup> {
    if done.panel.is_some() {
        let (views, _) = read(&app, &who).await?;
        return Ok(views::side(&views, None, &format!("{PATH}?panel=side")));
    }
    let done = match done.done.as_deref() {
        Some("renamed") => Some("View renamed."),
        Some("deleted") => Some("View deleted. Its comments are still there."),
        Some("default") => Some("Your inbox now opens with this view."),
        Some("first") => Some("Your inbox now opens with what needs a reply."),
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

#[derive(Debug, Deserialize)]
pub struct FilterForm {
    view: SavedViewId,
    filter: String,
}

/// `POST /inbox/views/filter`: what is listed now takes the place of a view's filter.
pub async fn refilter(State(app): State<App>, who: SignedIn, Form(form): Form<FilterForm>) -> Result<Redirect> {
    let (workspace, user, id) = (who.workspace.id, who.user.id, form.view);
    let changed = app.write(who.acting(), move |work| {
        let name = super::find(work.tx, workspace, user, id)?.ok_or(Error::NotFound)?.name;
        super::change(work, workspace, id, &Typed { name, filter: form.filter.clone() })
    });
    changed.await?;
    Ok(Redirect::to(&format!("/inbox?view={id}")))
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
    let (views, default) = read(app, who).await?;
    let mut shell = who.shell(app, nonce, PATH);
    shell.views = Some(views::side(&views, None, &format!("{PATH}?panel=side")));
    Ok(views::index(&shell, &Page { views, default, ..page }))
}

/// All that somebody sees, counted; and what their inbox opens with.
pub(in crate::inbox) async fn read(app: &App, who: &SignedIn) -> Result<(Views, Option<SavedViewId>)> {
    let (workspace, user, may_share) = (who.workspace.id, who.user.id, who.role.may(Right::Answer));
    let local = Local::new(app.now(), &who.user.time_zone);
    let read = move |conn: &mut Conn| {
        let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
        let all = super::list(conn, workspace, user)?;
        let counts = Some(super::counts(conn, reader, &all)?);
        Ok::<_, Error>((
            Views { all, counts, may_share, workspace: Some(workspace) },
            super::default_of(conn, workspace, user)?,
        ))
    };
    app.db.read(read).await
}
