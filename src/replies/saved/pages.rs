//! `/settings/replies`.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::clock::Timestamp;
use kit::web::Nonce;
use serde::Deserialize;

use super::views::{self, Page};
use super::{SavedReplyId, Typed};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::workspaces::Right;

const PATH: &str = "/settings/replies";

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
}

/// `GET /settings/replies`
pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(done): Query<Done>) -> Result<Response> {
    let done = match done.done.as_deref() {
        Some("made") => Some("Reply saved. You can insert it under a comment."),
        Some("changed") => Some("Changes kept."),
        Some("deleted") => Some("Saved reply deleted. What was sent with it stays."),
        _ => None,
    };
    Ok(show(&app, &who, &nonce, Page { done, ..Page::default() }).await?.into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReplyForm {
    name: String,
    text: String,
    seen: Option<Timestamp>,
}

/// `POST /settings/replies`
pub async fn make(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Form(form): Form<ReplyForm>,
) -> Result<Response> {
    let (typed, workspace) = (Typed { name: form.name, text: form.text }, who.workspace.id);
    let new = typed.clone();
    match app.write(who.acting(), move |work| super::make(work, workspace, &new)).await {
        Ok(_) => Ok(Redirect::to(&format!("{PATH}?done=made")).into_response()),
        Err(Error::Invalid(errors)) => refused(&app, &who, &nonce, (None, typed, errors)).await,
        Err(error) => Err(error),
    }
}

/// `POST /settings/replies/{id}`
pub async fn change(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Form(form): Form<ReplyForm>,
) -> Result<Response> {
    let id: SavedReplyId = id.parse().map_err(|_| Error::NotFound)?;
    let (typed, workspace) = (Typed { name: form.name, text: form.text }, who.workspace.id);
    let new = typed.clone();
    match app.write(who.acting(), move |work| super::change(work, workspace, (id, form.seen), &new)).await {
        Ok(_) => Ok(Redirect::to(&format!("{PATH}?done=changed")).into_response()),
        Err(Error::Invalid(errors)) => refused(&app, &who, &nonce, (Some(id), typed, errors)).await,
        Err(error) => Err(error),
    }
}

/// `POST /settings/replies/{id}/delete`
pub async fn delete(State(app): State<App>, who: SignedIn, Path(id): Path<String>) -> Result<Redirect> {
    let id: SavedReplyId = id.parse().map_err(|_| Error::NotFound)?;
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::delete(work, workspace, id)).await?;
    Ok(Redirect::to(&format!("{PATH}?done=deleted")))
}

/// The page again, with what was typed and what is wrong with it.
async fn refused(
    app: &App,
    who: &SignedIn,
    nonce: &Nonce,
    told: (Option<SavedReplyId>, Typed, FieldErrors),
) -> Result<Response> {
    let page = show(app, who, nonce, Page { told: Some(told), ..Page::default() }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn show(app: &App, who: &SignedIn, nonce: &Nonce, page: Page) -> Result<maud::Markup> {
    let workspace = who.workspace.id;
    let replies = app.db.read(move |conn| super::list(conn, workspace)).await?;
    let shell = who.shell(app, nonce, PATH);
    Ok(views::index(&shell, &Page { replies, is_to_read: !who.role.may(Right::Answer), ..page }))
}
