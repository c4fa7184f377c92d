//! `/api/interactions/{id}/notes`: what a team says to each other about a thread, or about who wrote in it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{About, Note, NoteId, Words};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::inbox::listing;
use crate::model::InteractionId;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::UserId;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notes)]
pub struct ListAnswer {
    items: Vec<Body>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub struct Body {
    id: NoteId,
    text: String,
    about: About,
    author: Author,
    created_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NoteAuthor)]
struct Author {
    id: UserId,
    name: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNoteBody {
    #[schema(min_length = 1)]
    text: String,
    /// Of a person it is told with everything that they write on that account.
    #[serde(default)]
    about: About,
}

/// The notes on the thread of an interaction and on its author, the oldest first.
#[utoipa::path(get, path = "/interactions/{id}/notes", tag = "notes", params(("id" = inline(InteractionId), Path)),
    responses((status = 200, body = ListAnswer), (status = 401), (status = 404)))]
pub async fn list(State(app): State<App>, who: Caller, Path(id): Path<String>) -> Result<Json<ListAnswer>> {
    let (id, workspace) = (interaction(&id)?, who.workspace.id);
    let found = app.db.read(move |conn| {
        listing::open(conn, workspace, id)?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(super::of_item(conn, workspace, id)?)
    });
    Ok(Json(ListAnswer { items: found.await?.into_iter().map(Body::of).collect(), next_cursor: None }))
}

/// Writes a note of up to 2,000 letters, which no platform ever sees.
#[utoipa::path(post, path = "/interactions/{id}/notes", tag = "notes", params(("id" = inline(InteractionId), Path)),
    request_body = NewNoteBody,
    responses((status = 201, body = Body), (status = 401), (status = 404), (status = 422)))]
pub async fn write(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<NewNoteBody>,
) -> Result<Response> {
    let (id, workspace) = (interaction(&id)?, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let note = super::write(work, workspace, id, Words { text: &body.text, about: body.about })?;
        Ok::<_, Error>((StatusCode::CREATED, Some(Body::of(note))))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Deletes a note of one's own.
#[utoipa::path(delete, path = "/interactions/{id}/notes/{note}", tag = "notes",
    params(("id" = inline(InteractionId), Path), ("note" = inline(NoteId), Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
pub async fn delete(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path((id, note)): Path<(String, String)>,
) -> Result<Response> {
    let (id, workspace) = (interaction(&id)?, who.workspace.id);
    let note: NoteId = note.parse().map_err(|_| Error::NotFound)?;
    let effect = move |work: &mut Work<'_>| {
        super::delete(work, workspace, id, note)?;
        Ok::<_, Error>((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

fn interaction(id: &str) -> Result<InteractionId> {
    id.parse().map_err(|_| Error::NotFound)
}

impl Body {
    fn of(note: Note) -> Self {
        let about = note.about();
        let author = Author { id: note.written_by, name: note.author };
        Self { id: note.id, text: note.text, about, author, created_at: note.written_at }
    }
}
