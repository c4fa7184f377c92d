//! `/api/saved-replies`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SavedReply, SavedReplyId, Typed};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::web::errors::{Error, Result};
use crate::work::Work;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedReplies)]
pub struct ListAnswer {
    items: Vec<Body>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedReply)]
pub struct Body {
    id: SavedReplyId,
    name: String,
    /// With its variables, as it was written.
    text: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedReply {
    /// Up to 60 letters, and no other saved reply's.
    #[schema(min_length = 1)]
    name: String,
    /// Up to 2,000 letters; {first_name}, {author_name}, {content_title} and {link} are filled in for each comment.
    #[schema(min_length = 1)]
    text: String,
}

/// What the team answers often, by name.
#[utoipa::path(get, path = "/saved-replies", tag = "saved_replies", responses((status = 200, body = ListAnswer), (status = 401)))]
pub async fn list(State(app): State<App>, who: Caller) -> Result<Json<ListAnswer>> {
    let workspace = who.workspace.id;
    let found = app.db.read(move |conn| super::list(conn, workspace)).await?;
    Ok(Json(ListAnswer { items: found.into_iter().map(Body::of).collect(), next_cursor: None }))
}

/// Saves a reply.
#[utoipa::path(post, path = "/saved-replies", tag = "saved_replies", request_body = NewSavedReply,
    responses((status = 201, body = Body), (status = 401), (status = 422)))]
pub async fn make(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<NewSavedReply>,
) -> Result<Response> {
    let (typed, workspace) = (Typed { name: body.name, text: body.text }, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let reply = super::make(work, workspace, &typed)?;
        Ok::<_, Error>((StatusCode::CREATED, Some(Body::of(reply))))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Changes a saved reply. What was sent with it stays as it is.
#[utoipa::path(post, path = "/saved-replies/{id}", tag = "saved_replies", params(("id" = inline(SavedReplyId), Path)),
    request_body = NewSavedReply,
    responses((status = 200, body = Body), (status = 401), (status = 404), (status = 422)))]
pub async fn change(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<NewSavedReply>,
) -> Result<Response> {
    let id: SavedReplyId = id.parse().map_err(|_| Error::NotFound)?;
    let (typed, workspace) = (Typed { name: body.name, text: body.text }, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let reply = super::change(work, workspace, (id, None), &typed)?;
        Ok::<_, Error>((StatusCode::OK, Some(Body::of(reply))))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Deletes a saved reply. What was sent with it stays.
#[utoipa::path(delete, path = "/saved-replies/{id}", tag = "saved_replies", params(("id" = inline(SavedReplyId), Path)),
    responses((status = 204), (status = 401), (status = 404)))]
pub async fn delete(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let (id, workspace) = (id.parse().map_err(|_| Error::NotFound)?, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        super::delete(work, workspace, id)?;
        Ok::<_, Error>((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

impl Body {
    fn of(reply: SavedReply) -> Self {
        let SavedReply { id, name, text, created_at, updated_at } = reply;
        Self { id, name, text, created_at, updated_at }
    }
}
