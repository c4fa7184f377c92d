//! `/api/views`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use kit::db::Conn;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SavedView, SavedViewId, Typed};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::inbox::listing::Filter;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedViews)]
pub struct ListAnswer {
    items: Vec<Body>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedView)]
pub struct Body {
    id: SavedViewId,
    name: String,
    /// What `GET /interactions` takes, `state=needs_reply&kind=review`; nothing, for everything.
    filter: String,
    /// The workspace's; else the user's own.
    is_shared: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedView {
    /// Up to 60 letters, and no other view's of the same owner.
    #[schema(min_length = 1)]
    name: String,
    /// As `GET /interactions` takes it; nothing, for everything.
    filter: String,
    /// For the whole workspace.
    #[serde(default)]
    is_shared: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedView {
    /// Up to 60 letters, and no other view's of the same owner.
    #[schema(min_length = 1)]
    name: String,
    /// As `GET /interactions` takes it; nothing, for everything.
    filter: String,
}

/// The inbox's filters that have a name: the user's own, then the workspace's.
#[utoipa::path(get, path = "/views", tag = "views", responses((status = 200, body = ListAnswer), (status = 401)))]
pub async fn list(State(app): State<App>, who: Caller) -> Result<Json<ListAnswer>> {
    let (workspace, user) = (who.workspace.id, who.user.id);
    let found = app.db.read(move |conn| super::list(conn, workspace, user)).await?;
    Ok(Json(ListAnswer { items: found.into_iter().map(Body::of).collect(), next_cursor: None }))
}

/// Saves a view.
#[utoipa::path(post, path = "/views", tag = "views", request_body = NewSavedView,
    responses((status = 201, body = Body), (status = 401), (status = 422)))]
pub async fn make(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<NewSavedView>,
) -> Result<Response> {
    let (typed, workspace) = (typed(body.name, body.filter), who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let view = super::make(work, workspace, &typed, body.is_shared)?;
        Ok::<_, Error>((StatusCode::CREATED, Some(Body::of(view))))
    };
    once.write(&app, Some(workspace), visitor.acting_for(who.user.id), effect).await
}

/// Changes a view.
#[utoipa::path(post, path = "/views/{id}", tag = "views", params(("id" = inline(SavedViewId), Path)),
    request_body = ChangedView,
    responses((status = 200, body = Body), (status = 401), (status = 404), (status = 422)))]
pub async fn change(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<ChangedView>,
) -> Result<Response> {
    let id: SavedViewId = id.parse().map_err(|_| Error::NotFound)?;
    let (typed, workspace) = (typed(body.name, body.filter), who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let view = super::change(work, workspace, id, &typed)?;
        Ok::<_, Error>((StatusCode::OK, Some(Body::of(view))))
    };
    once.write(&app, Some(workspace), visitor.acting_for(who.user.id), effect).await
}

/// Deletes a view, and no comment.
#[utoipa::path(delete, path = "/views/{id}", tag = "views", params(("id" = inline(SavedViewId), Path)),
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
    once.write(&app, Some(workspace), visitor.acting_for(who.user.id), effect).await
}

/// What a view lists by the API: all that it asks for, or nothing.
pub fn filter_of(conn: &mut Conn, workspace: WorkspaceId, user: UserId, id: &str) -> Result<Filter> {
    let gone = || Error::refused(StatusCode::NOT_FOUND, "view_gone", "This view doesn't exist, or isn't yours.");
    let id = id.parse().map_err(|_| gone())?;
    let view = super::find(conn, workspace, user, id)?.ok_or_else(gone)?;
    view.sound_filter().ok_or_else(|| {
        let text = "This view uses filters this version doesn't have. Change its filter, or list by one of your own.";
        Error::bad_request("view_outdated", text)
    })
}

/// On pages, an address without a filter means what needs a reply.
fn typed(name: String, filter: String) -> Typed {
    Typed { name, filter: if filter.is_empty() { "state=all".to_owned() } else { filter } }
}

impl Body {
    fn of(view: SavedView) -> Self {
        let (is_shared, sound) = (view.is_shared(), view.sound_filter().map(|filter| filter.query()));
        let SavedView { id, name, filter, created_at, updated_at, .. } = view;
        // One that asks for what nobody knows any more is refused there, and so is the view itself.
        let filter = sound.unwrap_or(filter);
        Self { id, name, filter, is_shared, created_at, updated_at }
    }
}
