//! `/api/interactions/{id}/state` and `/api/moves`: where threads stand by a person's word, one and many, and back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AT_ONCE;
use super::pages::has_undone;
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::inbox::decisions::{self, Receipt, Refused, Speaker, Word};
use crate::inbox::threads::ThreadState;
use crate::model::InteractionId;
use crate::web::errors::{Error, FieldErrors, Result};
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
    once.write(&app, visitor.acting_for(by), effect).await
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
    once.write(&app, visitor.acting_for(by), effect).await
}

/// Takes back a move of one's own, for an hour, where it still holds.
#[utoipa::path(post, path = "/moves/undo", tag = "moves", request_body = Undo,
    responses((status = 200, body = Answer), (status = 401), (status = 409)))]
pub async fn undo(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Json(body): Json<Undo>,
) -> Result<Response> {
    let (by, workspace) = (who.user.id, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let speaker = Speaker { by, workspace, now: work.now, random: work.random };
        let undone = decisions::undo_all(work.tx, speaker, body.at).map_err(refused)?;
        has_undone(undone)?;
        Ok::<_, Error>((StatusCode::OK, Some(Answer::of(body.at, undone))))
    };
    once.write(&app, visitor.acting_for(by), effect).await
}

fn moved(
    work: &mut Work<'_>,
    (by, workspace): (UserId, WorkspaceId),
    ids: &[InteractionId],
    word: Word,
) -> Result<Answer> {
    let threads = decisions::threads_of(work.tx, workspace, ids)?;
    let threads = threads.iter().map(|thread| thread.id).collect::<Vec<_>>();
    let speaker = Speaker { by, workspace, now: work.now, random: work.random };
    Ok(Answer::of(work.now, decisions::decide(work.tx, speaker, &threads, word).map_err(refused)?))
}

/// Some, and no more than go at once.
pub(in crate::inbox) fn chosen(ids: Vec<InteractionId>) -> Result<Vec<InteractionId>> {
    if (1..=AT_ONCE).contains(&ids.len()) {
        return Ok(ids);
    }
    Err(Error::Invalid(FieldErrors::one("ids", "bad_number", "Name 1 to 200 interactions.")))
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::NotFound => Error::NotFound,
        Refused::Until => {
            let text = "Snoozed needs an instant that is yet to come; nothing else has one.";
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
