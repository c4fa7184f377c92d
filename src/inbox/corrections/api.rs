//! `/api/interactions/{id}/corrections/{fact}` and `/api/corrections`: what people set right.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Correctable, Corrected, Correction, Listed, cursor_text, read_cursor};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::model::InteractionId;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::UserId;

const LIMIT: usize = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    /// A sentiment: positive, neutral, negative or mixed. A language by its code, or other. Whether it is spam, or needs a
    /// reply: yes or no.
    value: String,
}

/// What is said of a fact now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Corrected)]
pub struct Answer {
    /// Whether it was not so already.
    changed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Corrections)]
pub struct ListAnswer {
    items: Vec<ListedBody>,
    next_cursor: Option<String>,
    /// Interactions of which something was corrected, of all that others wrote.
    corrected: i64,
    of: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedCorrection)]
struct ListedBody {
    interaction_id: InteractionId,
    #[serde(flatten)]
    correction: Body,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Correction)]
pub struct Body {
    #[schema(inline)]
    fact: Correctable,
    /// What a person says.
    value: String,
    /// What the rules alone make of it.
    derived: String,
    corrected_by: UserId,
    corrected_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    cursor: Option<String>,
}

/// Says what the sentiment or the language of an interaction is, whether it is spam, or whether it needs a reply. It holds whatever the text becomes; no rule learns from it.
#[utoipa::path(put, path = "/interactions/{id}/corrections/{fact}", tag = "corrections",
    params(("id" = inline(InteractionId), Path), ("fact" = inline(Correctable), Path)), request_body = NewCorrection,
    responses((status = 200, body = Answer), (status = 401), (status = 404), (status = 422)))]
pub async fn correct(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path((id, fact)): Path<(String, String)>,
    Json(body): Json<NewCorrection>,
) -> Result<Response> {
    let (id, fact, workspace) = (interaction(&id)?, correctable(&fact)?, who.workspace.id);
    let said = Correction::parse(fact, &body.value)?;
    let effect = move |work: &mut Work<'_>| {
        let changed = super::correct(work, workspace, id, said)?;
        Ok::<_, Error>((StatusCode::OK, Some(Answer { changed })))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Takes a correction back: the rules say it again.
#[utoipa::path(delete, path = "/interactions/{id}/corrections/{fact}", tag = "corrections",
    params(("id" = inline(InteractionId), Path), ("fact" = inline(Correctable), Path)),
    responses((status = 200, body = Answer), (status = 401), (status = 404)))]
pub async fn take_back(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path((id, fact)): Path<(String, String)>,
) -> Result<Response> {
    let (id, fact, workspace) = (interaction(&id)?, correctable(&fact)?, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let changed = super::take_back(work, workspace, id, fact)?;
        Ok::<_, Error>((StatusCode::OK, Some(Answer { changed })))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(who.user.id), effect).await
}

/// Every correction of the workspace, the newest first.
#[utoipa::path(get, path = "/corrections", tag = "corrections",
    params(("cursor" = Option<String>, Query, pattern = r"^[0-9]{1,16}\.[0-9a-f]{32}\.(sentiment|language|spam|reply)$", description = "next_cursor of the page before")),
    responses((status = 200, body = ListAnswer), (status = 400), (status = 401)))]
pub async fn list(State(app): State<App>, who: Caller, Query(query): Query<ListQuery>) -> Result<Json<ListAnswer>> {
    let (workspace, after) = (who.workspace.id, query.cursor.as_deref().map(read_cursor).transpose()?);
    let read = app.db.read(move |conn| {
        Ok::<_, Error>((super::count(conn, workspace)?, super::list(conn, workspace, after, LIMIT)?))
    });
    let (counted, (rows, next)) = read.await?;
    Ok(Json(ListAnswer {
        items: rows.into_iter().map(ListedBody::of).collect(),
        next_cursor: next.map(cursor_text),
        corrected: counted.corrected,
        of: counted.of,
    }))
}

fn interaction(id: &str) -> Result<InteractionId> {
    id.parse().map_err(|_| Error::NotFound)
}

fn correctable(fact: &str) -> Result<Correctable> {
    fact.parse().map_err(|_| Error::NotFound)
}

impl Body {
    pub fn of(correction: Corrected) -> Self {
        let Corrected { fact, value, derived, corrected_by, corrected_at, .. } = correction;
        Self { fact, value, derived, corrected_by, corrected_at }
    }
}

impl ListedBody {
    fn of(listed: Listed) -> Self {
        let Listed { id, fact, value, derived, corrected_by, corrected_at, .. } = listed;
        Self { interaction_id: id, correction: Body { fact, value, derived, corrected_by, corrected_at } }
    }
}
