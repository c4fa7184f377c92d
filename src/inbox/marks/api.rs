//! `/api/interactions/{id}/star`, `/tags`, `/assignee`, and `/api/marks` for many at once.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::jobs::JobId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, ActId, Mark, MarkKind, TagName, TakenBack, mark, matching};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::inbox::listing::Reader;
use crate::inbox::moves::api::{chosen, named};
use crate::model::InteractionId;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::web::ui::Local;
use crate::work::Work;
use crate::workspaces::UserId;

/// What an act on marks did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Marked)]
pub struct Answer {
    /// Names it for an hour, to take it back. Null: there was nothing to do.
    act: Option<ActId>,
    /// How many threads were meant.
    matched: i64,
    /// Those of them that were not so already.
    changed: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tags)]
pub struct ListAnswer {
    items: Vec<TagName>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    #[schema(min_length = 1)]
    tag: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignee {
    /// A member of the workspace.
    user_id: UserId,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMarks {
    /// Interactions, 1 to 200. Those that aren't there are passed over.
    #[schema(min_items = 1, max_items = 200)]
    ids: Vec<InteractionId>,
    #[schema(inline)]
    mark: MarkKind,
    /// With tag and untag.
    tag: Option<String>,
    /// With assign.
    assignee: Option<UserId>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllMarks {
    /// As the parameters of the list: {"state": "needs_reply", "language": "de"}, or {"view": "…"} alone. Without
    /// any, everything that it shows.
    #[serde(default)]
    filter: BTreeMap<String, String>,
    #[schema(inline)]
    mark: MarkKind,
    /// With tag and untag.
    tag: Option<String>,
    /// With assign.
    assignee: Option<UserId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MarkOrdered {
    /// The job that does it, or takes it back. When it has completed, its result holds the `act` and how many threads were
    /// `changed`, or how many were `taken_back`.
    job_id: JobId,
    /// Names it for an hour, to take it back.
    act: ActId,
}

/// Stars the thread of an interaction. Everybody's stars are their own.
#[utoipa::path(post, path = "/interactions/{id}/star", tag = "marks", params(("id" = inline(InteractionId), Path)),
    responses((status = 200, body = Answer), (status = 401), (status = 404)))]
pub async fn star(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    one(&app, &who, &visitor, once, &id, Mark::Star).await
}

/// Removes the star.
#[utoipa::path(delete, path = "/interactions/{id}/star", tag = "marks", params(("id" = inline(InteractionId), Path)),
    responses((status = 200, body = Answer), (status = 401), (status = 404)))]
pub async fn unstar(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    one(&app, &who, &visitor, once, &id, Mark::Unstar).await
}

/// Every tag that hangs on a thread of the workspace.
#[utoipa::path(get, path = "/tags", tag = "marks", responses((status = 200, body = ListAnswer), (status = 401)))]
pub async fn tags(State(app): State<App>, who: Caller) -> Result<Json<ListAnswer>> {
    let workspace = who.workspace.id;
    let items = app.db.read(move |conn| super::tags(conn, workspace)).await?;
    Ok(Json(ListAnswer { items, next_cursor: None }))
}

/// Tags the thread of an interaction. A tag has up to 40 letters and is one, however it is written.
#[utoipa::path(post, path = "/interactions/{id}/tags", tag = "marks", params(("id" = inline(InteractionId), Path)),
    request_body = NewTag,
    responses((status = 200, body = Answer), (status = 401), (status = 404), (status = 422)))]
pub async fn tag(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<NewTag>,
) -> Result<Response> {
    one(&app, &who, &visitor, once, &id, Mark::Tag(body.tag.parse::<TagName>()?)).await
}

/// Removes a tag from the thread.
#[utoipa::path(delete, path = "/interactions/{id}/tags/{tag}", tag = "marks",
    params(("id" = inline(InteractionId), Path), ("tag" = String, Path)),
    responses((status = 200, body = Answer), (status = 401), (status = 404), (status = 422)))]
pub async fn untag(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response> {
    one(&app, &who, &visitor, once, &id, Mark::Untag(tag.parse::<TagName>()?)).await
}

/// Assigns the thread to a member, in place of whoever had it.
#[utoipa::path(post, path = "/interactions/{id}/assignee", tag = "marks", params(("id" = inline(InteractionId), Path)),
    request_body = NewAssignee,
    responses((status = 200, body = Answer), (status = 401), (status = 404), (status = 422)))]
pub async fn assign(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<NewAssignee>,
) -> Result<Response> {
    one(&app, &who, &visitor, once, &id, Mark::Assign(body.user_id)).await
}

/// Assigns the thread to nobody.
#[utoipa::path(delete, path = "/interactions/{id}/assignee", tag = "marks", params(("id" = inline(InteractionId), Path)),
    responses((status = 200, body = Answer), (status = 401), (status = 404)))]
pub async fn unassign(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    one(&app, &who, &visitor, once, &id, Mark::Unassign).await
}

/// Stars, tags or assigns the threads of many interactions at once.
#[utoipa::path(post, path = "/marks", tag = "marks", request_body = NewMarks,
    responses((status = 200, body = Answer), (status = 401), (status = 422)))]
pub async fn many(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<NewMarks>,
) -> Result<Response> {
    let ids = chosen(body.ids)?;
    let asked = asked(body.mark, body.tag.as_deref(), body.assignee)?;
    let workspace = who.workspace.id;
    let effect = move |work: &mut Work<'_>| {
        let act = mark(work, workspace, &ids, &asked)?;
        Ok::<_, Error>((StatusCode::OK, Some(Answer::of(&act))))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// The same for the threads of all interactions that match a filter, as a job. A filter that matches nothing is refused (422
/// `nothing_matches`).
#[utoipa::path(post, path = "/marks/matching", tag = "marks", request_body = AllMarks,
    responses((status = 202, body = MarkOrdered), (status = 401), (status = 422)))]
pub async fn matching(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<AllMarks>,
) -> Result<Response> {
    let asked = asked(body.mark, body.tag.as_deref(), body.assignee)?;
    let (user, workspace) = (who.user.id, who.workspace.id);
    let local = Local::new(app.now(), &who.user.time_zone);
    let effect = move |work: &mut Work<'_>| {
        let filter = named(work.tx, (workspace, user), &body.filter)?;
        let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
        let ordered = matching::order(work, reader, &filter, &asked)?;
        let (job_id, act) = ordered.ok_or_else(Error::nothing_matches)?;
        Ok::<_, Error>((StatusCode::ACCEPTED, Some(MarkOrdered { job_id, act })))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(user), effect).await
}

fn asked(mark: MarkKind, tag: Option<&str>, assignee: Option<UserId>) -> Result<Mark> {
    let is_tagging = matches!(mark, MarkKind::Tag | MarkKind::Untag);
    for (field, is_meant, is_there) in
        [("tag", is_tagging, tag.is_some()), ("assignee", mark == MarkKind::Assign, assignee.is_some())]
    {
        if is_there && !is_meant {
            let text = format!("{mark} takes no {field}.");
            return Err(Error::Invalid(FieldErrors::one(field, "not_meant", text)));
        }
    }
    let tag = || tag.unwrap_or_default().parse::<TagName>();
    let nobody = || Error::Invalid(FieldErrors::one("assignee", "required", "Say whom to assign them to."));
    Ok(match mark {
        MarkKind::Star => Mark::Star,
        MarkKind::Unstar => Mark::Unstar,
        MarkKind::Tag => Mark::Tag(tag()?),
        MarkKind::Untag => Mark::Untag(tag()?),
        MarkKind::Assign => Mark::Assign(assignee.ok_or_else(nobody)?),
        MarkKind::Unassign => Mark::Unassign,
    })
}

/// Takes an act of one's own back, for an hour, where nobody marked otherwise since; one on many threads by a job.
#[utoipa::path(post, path = "/marks/{act}/undo", tag = "marks", params(("act" = inline(ActId), Path)),
    responses((status = 202, body = MarkOrdered), (status = 204), (status = 401), (status = 404), (status = 409)))]
pub async fn undo(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(act): Path<String>,
) -> Result<Response> {
    let (act, workspace) = (act.parse::<ActId>().map_err(|_| Error::NotFound)?, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        Ok::<_, Error>(match super::undo(work, workspace, act)? {
            TakenBack::Now(_) => (StatusCode::NO_CONTENT, None),
            TakenBack::By(job_id) => (StatusCode::ACCEPTED, Some(MarkOrdered { job_id, act })),
        })
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

async fn one(app: &App, who: &Caller, visitor: &Visitor, once: Once, id: &str, asked: Mark) -> Result<Response> {
    let (id, workspace) = (id.parse::<InteractionId>().map_err(|_| Error::NotFound)?, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let act = mark(work, workspace, &[id], &asked)?;
        if act.matched == 0 { Err(Error::NotFound) } else { Ok((StatusCode::OK, Some(Answer::of(&act)))) }
    };
    once.write(app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

impl Answer {
    fn of(act: &Act) -> Self {
        Self { act: (act.changed > 0).then_some(act.id), matched: act.matched, changed: act.changed }
    }
}
