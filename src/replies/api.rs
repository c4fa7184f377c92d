//! `/api/inbox/{id}/replies` and `/api/replies`: the ledger as JSON.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use kit::clock::Timestamp;
use kit::db::{self, Conn};
use kit::web::NoFilters;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NewReply, Refused, Reply, ReplyId, State as Stands};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::{HEADER, Once};
use crate::idempotency::unquoted;
use crate::model::{InteractionId, UserId, WorkspaceId};
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{Right, Role};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutgoingReplies)]
pub struct ListAnswer {
    items: Vec<Body>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutgoingReply)]
pub struct Body {
    id: ReplyId,
    interaction_id: InteractionId,
    text: String,
    state: Stands,
    author: AuthorBody,
    /// The platform's id of the comment that it became.
    external_id: Option<String>,
    /// How often the platform was asked to create it.
    attempts: i64,
    /// It isn't sent before.
    due_at: Timestamp,
    /// With state unknown: when it is looked for next. Null: somebody has to check and settle it.
    next_look_at: Option<Timestamp>,
    error: Option<Trouble>,
    /// Which owner has approved it or sent it back.
    reviewed_by: Option<UserId>,
    /// Why it was sent back.
    review_note: Option<String>,
    /// What its author wrote, where an owner changed it on approving.
    submitted_text: Option<String>,
    /// When its words were last changed at the platform.
    edited_at: Option<Timestamp>,
    can_cancel: bool,
    can_retry: bool,
    needs_decision: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplyAuthor)]
struct AuthorBody {
    id: UserId,
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplyError)]
struct Trouble {
    #[schema(example = "rejected")]
    code: String,
    /// In the platform's words, where it has some.
    message: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReplyBody {
    text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleBody {
    /// Whether the reply is at the platform. If not, it is sent again.
    it_was_sent: bool,
}

/// Every reply to an interaction that was written here, the newest last.
#[utoipa::path(get, path = "/inbox/{id}/replies", tag = "replies", params(("id" = inline(InteractionId), Path)),
    responses((status = 200, body = ListAnswer), (status = 401), (status = 404)))]
pub async fn list(State(app): State<App>, who: Caller, Path(id): Path<String>) -> Result<Json<ListAnswer>> {
    let (id, workspace, asker) = (interaction(&id)?, who.workspace.id, (who.user.id, who.role));
    let found = app.db.read(move |conn| {
        super::is_there(conn, workspace, id)?.then_some(()).ok_or(Error::NotFound)?;
        let replies = super::of_item(conn, workspace, id)?;
        Ok::<_, Error>(Body::of_all(conn, asker, workspace, replies)?)
    });
    Ok(Json(ListAnswer { items: found.await?, next_cursor: None }))
}

/// One reply that was written here.
#[utoipa::path(get, path = "/replies/{id}", tag = "replies", params(("id" = inline(ReplyId), Path)),
    responses((status = 200, body = Body), (status = 401), (status = 404)))]
pub async fn one(State(app): State<App>, who: Caller, Path(id): Path<String>) -> Result<Json<Body>> {
    let (id, workspace): (ReplyId, _) = (id.parse().map_err(|_| Error::NotFound)?, who.workspace.id);
    let asker = (who.user.id, who.role);
    let found = app.db.read(move |conn| {
        let reply = super::find(conn, workspace, id)?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(Body::of(conn, asker, reply)?)
    });
    Ok(Json(found.await?))
}

/// Sends a reply in the background, exactly once. An `Idempotency-Key` names it for good: the same key never makes another, and
/// with another text or for another interaction it is refused.
#[utoipa::path(post, path = "/inbox/{id}/replies", tag = "replies", params(("id" = inline(InteractionId), Path)),
    request_body = NewReplyBody,
    responses((status = 202, body = Body), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub async fn send(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(body): Json<NewReplyBody>,
) -> Result<Response> {
    let (interaction, workspace) = (interaction(&id)?, who.workspace.id);
    let key = headers.get(HEADER).and_then(|key| key.to_str().ok()).map(|key| format!("api:{}", unquoted(key)));
    let (platforms, asker) = (app.platforms.clone(), (who.user.id, who.role));
    let effect = move |work: &mut Work<'_>| {
        let new = NewReply { interaction, text: &body.text, key: key.as_deref(), delay: Duration::ZERO };
        let reply = super::send(work, &platforms, workspace, &new)?;
        Ok::<_, Error>((StatusCode::ACCEPTED, Some(Body::of(work.tx, asker, reply)?)))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Takes back a reply that hasn't been sent yet.
#[utoipa::path(post, path = "/replies/{id}/cancel", tag = "replies", params(("id" = inline(ReplyId), Path)),
    responses((status = 200, body = Body), (status = 401), (status = 404), (status = 409)))]
pub async fn cancel(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    act(&app, &who, &visitor, once, &id, StatusCode::OK, super::cancel).await
}

/// Sends a failed reply again, or looks again for one that may have been sent.
#[utoipa::path(post, path = "/replies/{id}/retry", tag = "replies", params(("id" = inline(ReplyId), Path)),
    responses((status = 202, body = Body), (status = 401), (status = 404), (status = 409)))]
pub async fn retry(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    act(&app, &who, &visitor, once, &id, StatusCode::ACCEPTED, super::retry).await
}

/// Decides about a reply of which only a person can tell whether it was sent.
#[utoipa::path(post, path = "/replies/{id}/settle", tag = "replies", params(("id" = inline(ReplyId), Path)),
    request_body = SettleBody,
    responses((status = 200, body = Body), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub async fn settle(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<SettleBody>,
) -> Result<Response> {
    let rule = move |work: &mut Work<'_>, workspace, id| super::settle(work, workspace, id, body.it_was_sent);
    act(&app, &who, &visitor, once, &id, StatusCode::OK, rule).await
}

/// Replies of editors that wait for an owner, the oldest first: at most 100.
#[utoipa::path(get, path = "/approvals", tag = "replies", responses((status = 200, body = ListAnswer), (status = 401)))]
pub async fn awaiting(State(app): State<App>, who: Caller, _: Query<NoFilters>) -> Result<Json<ListAnswer>> {
    let (workspace, asker) = (who.workspace.id, (who.user.id, who.role));
    let found = app.db.read(move |conn| {
        let replies = super::awaiting(conn, workspace)?;
        Body::of_all(conn, asker, workspace, replies)
    });
    Ok(Json(ListAnswer { items: found.await?, next_cursor: None }))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    /// Other words, in place of the editor's.
    text: Option<String>,
}

/// Lets an editor's reply go out, as it is or with other words. Only for owners.
#[utoipa::path(post, path = "/replies/{id}/approve", tag = "replies", params(("id" = inline(ReplyId), Path)),
    request_body = ApproveBody,
    responses((status = 202, body = Body), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub async fn approve(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<ApproveBody>,
) -> Result<Response> {
    let platforms = app.platforms.clone();
    let rule = move |work: &mut Work<'_>, workspace, id| {
        super::approve(work, &platforms, (workspace, id), body.text.as_deref(), Duration::ZERO)
    };
    act(&app, &who, &visitor, once, &id, StatusCode::ACCEPTED, rule).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendBackBody {
    /// What should change.
    note: String,
}

/// Gives a reply back to its editor, whose draft it is again. Only for owners.
#[utoipa::path(post, path = "/replies/{id}/send-back", tag = "replies", params(("id" = inline(ReplyId), Path)),
    request_body = SendBackBody,
    responses((status = 200, body = Body), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub async fn send_back(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<SendBackBody>,
) -> Result<Response> {
    let rule = move |work: &mut Work<'_>, workspace, id| super::send_back(work, workspace, id, &body.note);
    act(&app, &who, &visitor, once, &id, StatusCode::OK, rule).await
}

async fn act(
    app: &App,
    who: &Caller,
    visitor: &Visitor,
    once: Once,
    id: &str,
    status: StatusCode,
    rule: impl Fn(&mut Work<'_>, WorkspaceId, ReplyId) -> Result<Reply, Refused> + Send + 'static,
) -> Result<Response> {
    let (id, workspace, asker) = (id.parse().map_err(|_| Error::NotFound)?, who.workspace.id, (who.user.id, who.role));
    let effect = move |work: &mut Work<'_>| {
        let reply = rule(work, workspace, id)?;
        Ok::<_, Error>((status, Some(Body::of(work.tx, asker, reply)?)))
    };
    once.write(app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

fn interaction(id: &str) -> Result<InteractionId> {
    id.parse().map_err(|_| Error::NotFound)
}

impl Body {
    /// For whoever asks.
    fn of(conn: &mut Conn, (by, role): (UserId, Role), reply: Reply) -> db::Result<Self> {
        let can_retry = super::can_retry(conn, &reply, by)?;
        Ok(Self::with(reply, role, can_retry))
    }

    fn of_all(
        conn: &mut Conn,
        (by, role): (UserId, Role),
        workspace: WorkspaceId,
        replies: Vec<Reply>,
    ) -> db::Result<Vec<Self>> {
        let again = super::of_those_can_retry(conn, workspace, &replies, by)?;
        let all = replies.into_iter().map(|reply| (again.contains(&reply.id), reply));
        Ok(all.map(|(can_retry, reply)| Self::with(reply, role, can_retry)).collect())
    }

    fn with(reply: Reply, role: Role, can_retry: bool) -> Self {
        Self {
            can_cancel: reply.can_be_cancelled() && role.may(Right::Answer),
            can_retry,
            needs_decision: reply.asks_a_person(),
            id: reply.id,
            interaction_id: reply.interaction_id,
            text: reply.text,
            state: reply.state,
            author: AuthorBody { id: reply.author_id, name: reply.author_name },
            external_id: reply.external_id,
            attempts: reply.attempts,
            due_at: reply.due_at,
            next_look_at: reply.next_look_at,
            error: reply.error_code.map(|code| Trouble { code, message: reply.error_message.unwrap_or_default() }),
            reviewed_by: reply.reviewed_by,
            review_note: reply.review_note,
            submitted_text: reply.submitted_text,
            edited_at: reply.edited_at,
            created_at: reply.created_at,
            updated_at: reply.updated_at,
        }
    }
}
