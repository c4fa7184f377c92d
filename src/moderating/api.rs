//! `/api/moderation`, and `PATCH` and `DELETE /api/replies/{id}`: what is done at a platform with comments that are there.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use kit::db::Conn;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::all;
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::inbox::moves::api::named;
use crate::model::InteractionId;
use crate::moderation::{self, ActId, Asker, NewOrder, OrderId, Receipt, State as Stands};
use crate::platforms::Verb;
use crate::replies::{self, ReplyId};
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::WorkspaceId;

/// Comments that are named in a call, and in an answer.
const NAMED: usize = 200;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderBody {
    /// Interactions, 1 to 200. Those that aren't there are passed over.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 200)]
    ids: Option<Vec<InteractionId>>,
    /// In place of ids: all comments that match now, up to 2,000, as the parameters of the list name them, {"state":
    /// "needs_reply", "language": "de"}, or a view's id, {"view": "…"}. Not with delete.
    #[serde(default)]
    filter: Option<BTreeMap<String, String>>,
    #[schema(inline)]
    verb: OrderVerb,
}

/// What the platform is to do. Replies are edited at their own address.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OrderVerb {
    Delete,
    Hide,
    Publish,
    Reject,
    Ban,
    ReportSpam,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    text: String,
    /// The words that these are to replace. Where the reply says something else by now, nothing is changed (409 `changed`).
    #[serde(default)]
    replaces: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModerationReceipt)]
pub struct Body {
    id: OrderId,
    #[schema(inline)]
    verb: Verb,
    ordered_at: Timestamp,
    /// How many comments were meant: those that changed, failed, are under way, were cancelled and were skipped make it up.
    matched: usize,
    /// With how many of them it is done.
    changed: usize,
    failed: usize,
    /// The platform has yet to do these, or to say whether it did.
    under_way: usize,
    /// These were called back.
    cancelled: usize,
    /// How many were passed over, by reason.
    skipped: BTreeMap<String, usize>,
    can_cancel: bool,
    can_retry: bool,
    /// Of more than 200, what failed before the rest, and 200 at most.
    items: Vec<ActBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModerationAct)]
struct ActBody {
    id: ActId,
    interaction_id: InteractionId,
    #[schema(inline)]
    state: Stands,
    /// How often the platform was asked.
    attempts: i64,
    /// While it is under way: not tried, or looked for, before.
    due_at: Timestamp,
    error: Option<Trouble>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModerationError)]
struct Trouble {
    #[schema(example = "permission")]
    code: String,
    /// In the platform's words, where it has some.
    message: Option<String>,
}

/// Has comments hidden, published, rejected or deleted at their platform, or their authors banned, in the background. Of several
/// comments those that somebody else answers or marks, or that are edited, before the platform is asked are skipped (`changed`).
/// A filter that matches nothing is refused (422 `nothing_matches`).
#[utoipa::path(post, path = "/moderation", tag = "moderation", request_body = NewOrderBody,
    responses((status = 202, body = Body), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409),
        (status = 422)))]
pub async fn order(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<NewOrderBody>,
) -> Result<Response> {
    let verb = body.verb.into();
    let ids = match (body.ids, body.filter) {
        (Some(ids), None) if (1..=NAMED).contains(&ids.len()) => ids,
        (None, Some(filter)) => {
            let whose = (who.workspace.id, who.user.id);
            let filter = app.db.read(move |conn| named(conn, whose, &filter)).await?;
            match all(&app, (who.workspace.id, &who.user), &filter, verb).await? {
                none if none.is_empty() => return Err(Error::nothing_matches()),
                some => some,
            }
        }
        (Some(_), Some(_)) => return Err(FieldErrors::one("filter", "one_of_both", "Give ids or a filter.").into()),
        _ => return Err(FieldErrors::one("ids", "bad_number", "Name 1 to 200 interactions.").into()),
    };
    let (platforms, workspace) = (app.platforms.clone(), who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let new = NewOrder { interactions: &ids, verb, text: None, replaces: None };
        let id = moderation::order(work, &platforms, workspace, &new)?;
        told(work, workspace, id)
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// What became of an order, comment by comment.
#[utoipa::path(get, path = "/moderation/{id}", tag = "moderation", params(("id" = inline(OrderId), Path)),
    responses((status = 200, body = Body), (status = 401), (status = 404)))]
pub async fn show(State(app): State<App>, who: Caller, Path(id): Path<String>) -> Result<Json<Body>> {
    let (id, workspace): (OrderId, _) = (id.parse().map_err(|_| Error::NotFound)?, who.workspace.id);
    let by = who.user.id;
    let read = move |conn: &mut Conn| {
        let receipt = moderation::receipt(conn, workspace, id)?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(Body::of(receipt, Asker::read(conn, workspace, by)?))
    };
    Ok(Json(app.db.read(read).await?))
}

/// Calls back what the platform was not asked for yet.
#[utoipa::path(post, path = "/moderation/{id}/cancel", tag = "moderation", params(("id" = inline(OrderId), Path)),
    responses((status = 202, body = Body), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn cancel(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let all = |work: &mut Work<'_>, workspace, id| moderation::cancel(work, workspace, id, None);
    act(&app, &who, &visitor, once, &id, all).await
}

/// Tries again what failed.
#[utoipa::path(post, path = "/moderation/{id}/retry", tag = "moderation", params(("id" = inline(OrderId), Path)),
    responses((status = 202, body = Body), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn retry(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    act(&app, &who, &visitor, once, &id, moderation::retry).await
}

/// Changes the words of a published reply at the platform, in the background.
#[utoipa::path(patch, path = "/replies/{id}", tag = "replies", params(("id" = inline(ReplyId), Path)), request_body = EditBody,
    responses((status = 202, body = Body), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub async fn edit_reply(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<EditBody>,
) -> Result<Response> {
    of_reply(&app, &who, &visitor, once, &id, Some(body)).await
}

/// Deletes a published reply at the platform, in the background.
#[utoipa::path(delete, path = "/replies/{id}", tag = "replies", params(("id" = inline(ReplyId), Path)),
    responses((status = 202, body = Body), (status = 401), (status = 404), (status = 409)))]
pub async fn delete_reply(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    of_reply(&app, &who, &visitor, once, &id, None).await
}

/// Other words for it; without any it is deleted.
async fn of_reply(
    app: &App,
    who: &Caller,
    visitor: &Visitor,
    once: Once,
    id: &str,
    words: Option<EditBody>,
) -> Result<Response> {
    let (id, workspace): (ReplyId, _) = (id.parse().map_err(|_| Error::NotFound)?, who.workspace.id);
    let platforms = app.platforms.clone();
    let effect = move |work: &mut Work<'_>| {
        let reply = replies::find(work.tx, workspace, id)?.ok_or(Error::NotFound)?;
        let comment = match &reply.external_id {
            Some(known) => moderation::comment_of(work.tx, workspace, reply.connection_id, known)?,
            None => None,
        };
        let comment =
            comment.ok_or_else(|| Error::conflict("not_published", "The platform doesn't show this reply."))?;
        let new = NewOrder {
            interactions: &[comment],
            verb: if words.is_some() { Verb::Edit } else { Verb::Delete },
            text: words.as_ref().map(|words| words.text.as_str()),
            replaces: words.as_ref().and_then(|words| words.replaces.as_deref()),
        };
        let order = moderation::order(work, &platforms, workspace, &new)?;
        told(work, workspace, order)
    };
    once.write(app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

async fn act(
    app: &App,
    who: &Caller,
    visitor: &Visitor,
    once: Once,
    id: &str,
    rule: impl Fn(&mut Work<'_>, WorkspaceId, OrderId) -> Result<(), moderation::Refused> + Send + 'static,
) -> Result<Response> {
    let (id, workspace): (OrderId, _) = (id.parse().map_err(|_| Error::NotFound)?, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        rule(work, workspace, id)?;
        told(work, workspace, id)
    };
    once.write(app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

fn told(work: &mut Work<'_>, workspace: WorkspaceId, id: OrderId) -> Result<(StatusCode, Option<Body>)> {
    let receipt = moderation::receipt(work.tx, workspace, id)?.ok_or(Error::NotFound)?;
    let by = work.who.person().ok_or(Error::NotFound)?;
    Ok((StatusCode::ACCEPTED, Some(Body::of(receipt, Asker::read(work.tx, workspace, by)?))))
}

impl From<OrderVerb> for Verb {
    fn from(verb: OrderVerb) -> Self {
        match verb {
            OrderVerb::Delete => Self::Delete,
            OrderVerb::Hide => Self::Hide,
            OrderVerb::Publish => Self::Publish,
            OrderVerb::Reject => Self::Reject,
            OrderVerb::Ban => Self::Ban,
            OrderVerb::ReportSpam => Self::ReportSpam,
        }
    }
}

impl Body {
    /// For whoever asks.
    fn of(mut receipt: Receipt, asker: Asker) -> Self {
        let (can_cancel, can_retry) = (asker.may_cancel(&receipt.acts).is_ok(), asker.may_retry(&receipt.acts).is_ok());
        let tally = receipt.tally();
        if receipt.acts.len() > NAMED {
            receipt.acts.sort_by_key(|act| act.state != Stands::Failed);
        }
        Self {
            matched: tally.matched,
            changed: tally.done,
            failed: tally.failed,
            under_way: tally.under_way,
            cancelled: tally.cancelled,
            skipped: tally.skipped.into_iter().map(|(why, count)| (why.to_string(), count)).collect(),
            can_cancel,
            can_retry,
            id: receipt.id,
            verb: receipt.verb,
            ordered_at: receipt.ordered_at,
            items: receipt.acts.into_iter().take(NAMED).map(ActBody::of).collect(),
        }
    }
}

impl ActBody {
    fn of(act: moderation::Act) -> Self {
        Self {
            id: act.id,
            interaction_id: act.interaction_id,
            state: act.state,
            attempts: act.attempts,
            due_at: act.due_at,
            error: act.error_code.map(|code| Trouble { code, message: act.error_message }),
        }
    }
}
