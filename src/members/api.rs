//! `/api/members`, `/api/invitations` and `/api/workspaces`: the same as JSON.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use kit::web::NoFilters;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::link;
use crate::accounts::sessions::{self, Caller, SignedIn, UserId, Visitor};
use crate::accounts::{LinkId, joining};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{self, Kind, Member, Role, Workspace, WorkspaceId};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workspaces)]
pub struct WorkspacesAnswer {
    items: Vec<WorkspaceItem>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct WorkspaceItem {
    id: WorkspaceId,
    #[schema(inline)]
    kind: Kind,
    name: String,
    /// The one whose rows this session or key sees.
    current: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Members)]
pub struct MembersAnswer {
    items: Vec<MemberBody>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
struct MemberBody {
    id: UserId,
    name: String,
    email: String,
    #[schema(inline)]
    role: Role,
    joined_at: Timestamp,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    #[schema(inline)]
    role: Role,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitations)]
pub struct InvitationsAnswer {
    items: Vec<InvitationBody>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct InvitationBody {
    id: LinkId,
    #[schema(inline)]
    role: Role,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// Who made it.
    by: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationMade)]
pub struct Made {
    id: LinkId,
    /// For one person. It isn't shown again.
    link: String,
}

/// Where the person can go: their workspaces, and their demo while demo mode is on.
#[utoipa::path(get, path = "/workspaces", tag = "members", responses((status = 200, body = WorkspacesAnswer), (status = 401)))]
pub async fn workspaces(State(app): State<App>, who: Caller, _: Query<NoFilters>) -> Result<Json<WorkspacesAnswer>> {
    let (user, current) = (who.user.id, who.workspace.id);
    let found = app.read(move |look| workspaces::of_person(look.conn, user)).await?;
    let item = |Workspace { id, kind, name }| WorkspaceItem { current: id == current, id, kind, name };
    Ok(Json(WorkspacesAnswer { items: found.into_iter().map(item).collect(), next_cursor: None }))
}

/// This session goes to another workspace. A key always works in its own.
#[utoipa::path(post, path = "/workspaces/{id}/select", tag = "members", params(("id" = inline(WorkspaceId), Path)),
    responses((status = 204), (status = 401), (status = 404)))]
pub async fn select(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: WorkspaceId = id.parse().map_err(|_| Error::NotFound)?;
    let (user, session) = (who.user.id, who.session.id);
    done(&app, once, &who, &visitor, move |work| sessions::choose(work, user, session, id)).await
}

/// Who is in the workspace, owners first.
#[utoipa::path(get, path = "/members", tag = "members", responses((status = 200, body = MembersAnswer), (status = 401)))]
pub async fn list(State(app): State<App>, who: Caller, _: Query<NoFilters>) -> Result<Json<MembersAnswer>> {
    let workspace = who.workspace.id;
    let found = app.read(move |look| workspaces::people(look.conn, workspace)).await?;
    let item = |Member { user_id, name, email, role, created_at, .. }| MemberBody {
        id: user_id,
        name,
        email,
        role,
        joined_at: created_at,
    };
    Ok(Json(MembersAnswer { items: found.into_iter().map(item).collect(), next_cursor: None }))
}

/// Gives a member another role. Only for owners; the last one stays an owner.
#[utoipa::path(patch, path = "/members/{id}", tag = "members", params(("id" = inline(UserId), Path)), request_body = RoleBody,
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn set_role(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<RoleBody>,
) -> Result<Response> {
    let (workspace, user) = (who.workspace.id, id.parse().map_err(|_| Error::NotFound)?);
    done(&app, once, &who, &visitor, move |work| super::change_role(work, workspace, user, body.role)).await
}

/// Removes somebody: their keys and drafts end, what they did keeps their name. Only for owners.
#[utoipa::path(delete, path = "/members/{id}", tag = "members", params(("id" = inline(UserId), Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn remove(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let (workspace, user) = (who.workspace.id, id.parse().map_err(|_| Error::NotFound)?);
    done(&app, once, &who, &visitor, move |work| super::remove(work, workspace, user)).await
}

/// Leaves the workspace. Not for its last owner.
#[utoipa::path(post, path = "/members/leave", tag = "members", responses((status = 204), (status = 401), (status = 409)))]
pub async fn leave(State(app): State<App>, who: SignedIn, visitor: Visitor, once: Once) -> Result<Response> {
    let workspace = who.workspace.id;
    done(&app, once, &who, &visitor, move |work| super::leave(work, workspace)).await
}

/// Invitations that nobody has used. Others than owners see none.
#[utoipa::path(get, path = "/invitations", tag = "members",
    responses((status = 200, body = InvitationsAnswer), (status = 401)))]
pub async fn invitations(
    State(app): State<App>,
    who: SignedIn,
    _: Query<NoFilters>,
) -> Result<Json<InvitationsAnswer>> {
    let (workspace, role) = (who.workspace.id, who.role);
    let found = app.read(move |look| super::list(look, workspace, role)).await?.invitations;
    let item = |joining::Invitation { id, role, created_at, expires_at, by }| InvitationBody {
        id,
        role,
        created_at,
        expires_at,
        by,
    };
    Ok(Json(InvitationsAnswer { items: found.into_iter().map(item).collect(), next_cursor: None }))
}

/// Makes a link into the workspace, for one person and a week. Only for owners.
#[utoipa::path(post, path = "/invitations", tag = "members", request_body = RoleBody,
    responses((status = 201, body = Made), (status = 401), (status = 403), (status = 409)))]
pub async fn invite(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    once: Once,
    Json(body): Json<RoleBody>,
) -> Result<Response> {
    let (workspace, linked) = (who.workspace.clone(), app.clone());
    let effect = move |work: &mut Work<'_>| {
        let (id, token) = super::invite(work, &workspace, body.role)?;
        Ok::<_, Error>((StatusCode::CREATED, Some(Made { id, link: link(&linked, &token) })))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Withdraws an invitation that nobody has used. Only for owners.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "members", params(("id" = inline(LinkId), Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
pub async fn withdraw(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let (workspace, id) = (who.workspace.id, id.parse().map_err(|_| Error::NotFound)?);
    done(&app, once, &who, &visitor, move |work| joining::withdraw(work, workspace, id)).await
}

async fn done(
    app: &App,
    once: Once,
    who: &SignedIn,
    visitor: &Visitor,
    rule: impl Fn(&mut Work<'_>) -> Result<()> + Send + 'static,
) -> Result<Response> {
    let effect = move |work: &mut Work<'_>| {
        rule(work)?;
        Ok::<_, Error>((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}
