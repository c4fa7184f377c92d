//! `/api/interactions/{id}/state` and `/api/moves`: where threads stand by a person's word, one and many, and back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use kit::db::Conn;
use kit::jobs::JobId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AT_ONCE;
use super::matching::{self, TakenBack};
use super::pages::taken_back;
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::inbox::decisions::{self, Receipt, Refused, Speaker, Word};
use crate::inbox::listing::{Filter, Reader};
use crate::inbox::saved_views;
use crate::inbox::threads::ThreadState;
use crate::model::InteractionId;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::web::ui::Local;
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewState {
    #[schema(inline)]
    state: ThreadState,
    /// With snoozed, and only with it: an instant that is yet to come.
    until: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStates {
    /// Interactions, 1 to 200. Those that aren't there are passed over.
    #[schema(min_items = 1, max_items = 200)]
    ids: Vec<InteractionId>,
    #[schema(inline)]
    state: ThreadState,
    /// With snoozed, and only with it: an instant that is yet to come.
    until: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllMatching {
    /// As the parameters of the list: {"state": "needs_reply", "language": "de"}, or {"view": "…"} alone. Without
    /// any, everything that it shows.
    #[serde(default)]
    filter: BTreeMap<String, String>,
    #[schema(inline)]
    state: ThreadState,
    /// With snoozed, and only with it: an instant that is yet to come.
    until: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MoveOrdered {
    /// When it has completed, its result holds `at`, how many threads were `changed`, how many stayed as they were for the word
    /// is of no use there or stood already (`spared`), and in how many something happened since it was asked (`passed_over`).
    job_id: JobId,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Of the move that is taken back.
    at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Moved)]
pub struct Answer {
    /// Names the move for an hour, to take it back.
    at: Timestamp,
    /// How many threads were meant.
    matched: usize,
    /// Those of them that were not so already.
    changed: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Undone {
    Now(Answer),
    By(MoveOrdered),
}

/// Says where the thread of an interaction stands: done, snoozed, spam, no reply needed, or that it needs one. It holds until
/// the platform brings something new in the thread.
#[utoipa::path(post, path = "/interactions/{id}/state", tag = "moves", params(("id" = inline(InteractionId), Path)),
    request_body = NewState,
    responses((status = 200, body = Answer), (status = 401), (status = 404), (status = 422)))]
pub async fn one(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<NewState>,
) -> Result<Response> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (by, workspace, word) = (who.user.id, who.workspace.id, Word { state: body.state, until: body.until });
    let effect = move |work: &mut Work<'_>| {
        let answer = moved(work, (by, workspace), &[id], word)?;
        if answer.matched == 0 { Err(Error::NotFound) } else { Ok((StatusCode::OK, Some(answer))) }
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(by), effect).await
}

/// The same for the threads of many interactions at once.
#[utoipa::path(post, path = "/moves", tag = "moves", request_body = NewStates,
    responses((status = 200, body = Answer), (status = 401), (status = 422)))]
pub async fn many(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<NewStates>,
) -> Result<Response> {
    let (ids, word) = (chosen(body.ids)?, Word { state: body.state, until: body.until });
    let (by, workspace) = (who.user.id, who.workspace.id);
    let effect =
        move |work: &mut Work<'_>| Ok::<_, Error>((StatusCode::OK, Some(moved(work, (by, workspace), &ids, word)?)));
    once.write(&app, Some(who.workspace.id), visitor.acting_for(by), effect).await
}

/// The same for the threads of all interactions that match a filter, as a job. What happens in a thread after this call is
/// not meant; of two orders for one thread the one that was asked for later holds. A filter that matches nothing is refused (422
/// `nothing_matches`).
#[utoipa::path(post, path = "/moves/matching", tag = "moves", request_body = AllMatching,
    responses((status = 202, body = MoveOrdered), (status = 401), (status = 422)))]
pub async fn matching(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<AllMatching>,
) -> Result<Response> {
    let (user, workspace, word) = (who.user.id, who.workspace.id, Word { state: body.state, until: body.until });
    let local = Local::new(app.now(), &who.user.time_zone);
    let effect = move |work: &mut Work<'_>| {
        let filter = named(work.tx, (workspace, user), &body.filter)?;
        word.check(work.now).map_err(refused)?;
        let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
        let job_id = matching::order(work, reader, &filter, word)?;
        let job_id = job_id.ok_or_else(Error::nothing_matches)?;
        Ok::<_, Error>((StatusCode::ACCEPTED, Some(MoveOrdered { job_id })))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(user), effect).await
}

/// Takes back a move of one's own, for an hour, where it still holds; one of many threads by a job.
#[utoipa::path(post, path = "/moves/undo", tag = "moves", request_body = Undo,
    responses((status = 200, body = Answer), (status = 202, body = MoveOrdered), (status = 401), (status = 409)))]
pub async fn undo(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<Undo>,
) -> Result<Response> {
    let (by, workspace) = (who.user.id, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        Ok::<_, Error>(match taken_back(work, (by, workspace), body.at)? {
            TakenBack::Now(receipt) => (StatusCode::OK, Some(Undone::Now(Answer::of(body.at, receipt)))),
            TakenBack::By(job_id) => (StatusCode::ACCEPTED, Some(Undone::By(MoveOrdered { job_id }))),
        })
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(by), effect).await
}

fn moved(
    work: &mut Work<'_>,
    (by, workspace): (UserId, WorkspaceId),
    ids: &[InteractionId],
    word: Word,
) -> Result<Answer> {
    let speaker = Speaker { by, workspace, now: work.now, random: work.random };
    Ok(Answer::of(work.now, decisions::decide(work.tx, speaker, ids, word).map_err(refused)?))
}

/// Some, and no more than go at once.
pub(in crate::inbox) fn chosen(ids: Vec<InteractionId>) -> Result<Vec<InteractionId>> {
    if (1..=AT_ONCE).contains(&ids.len()) {
        return Ok(ids);
    }
    Err(Error::Invalid(FieldErrors::one("ids", "bad_number", "Name 1 to 200 interactions.")))
}

/// A filter, as the parameters of the list name it; a view alone stands for its own.
pub fn named(
    conn: &mut Conn,
    (workspace, user): (WorkspaceId, UserId),
    filter: &BTreeMap<String, String>,
) -> Result<Filter> {
    if let (Some(view), 1) = (filter.get("view"), filter.len()) {
        return saved_views::api::filter_of(conn, workspace, user, view);
    }
    let filter = Filter::parse(filter.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    filter.map_err(|bad| {
        Error::Invalid(FieldErrors::one("filter", "bad_filter", format!("{}: {}", bad.name, bad.message)))
    })
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::NotFound => Error::NotFound,
        Refused::Until => {
            let text = "A snooze needs a time in the future; no other state takes one.";
            Error::Invalid(FieldErrors::one("until", "bad_until", text))
        }
        Refused::Database(error) => error.into(),
    }
}

impl Answer {
    fn of(at: Timestamp, Receipt { matched, changed }: Receipt) -> Self {
        Self { at, matched, changed }
    }
}
