//! `/api/jobs`: the same as JSON.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kit::jobs::{self, Filter, JobId, JobStatus, JobView, Repeat};
use serde::{Deserialize, Serialize};

use super::pages::job_id;
use crate::app::App;
use crate::error::{Error, Result};
use crate::sessions::SignedIn;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<JobStatus>,
    job_type: Option<String>,
    cursor: Option<i64>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize)]
pub struct List {
    items: Vec<JobView>,
    next_cursor: Option<String>,
}

pub async fn list(State(app): State<App>, who: SignedIn, Query(query): Query<ListQuery>) -> Result<Json<List>> {
    let ListQuery { status, job_type, cursor, limit } = query;
    let limit = limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Error::bad_request("bad_limit", "The limit is between 1 and 100."));
    }
    let filter = Filter { user_id: who.user.id.uuid(), status, job_type, cursor, limit };
    let page = app.db.read(move |conn| jobs::list(conn, &filter)).await?;
    Ok(Json(List { items: page.items, next_cursor: page.next_cursor.map(|cursor| cursor.to_string()) }))
}

pub async fn status(State(app): State<App>, who: SignedIn, Path(id): Path<String>) -> Result<Json<JobView>> {
    let (id, user) = (job_id(&id)?, who.user.id.uuid());
    let job = app.db.read(move |conn| jobs::status(conn, id, user)).await?;
    job.map(Json).ok_or(Error::NotFound)
}

#[derive(Debug, Serialize)]
pub struct Cancelled {
    id: JobId,
    status: JobStatus,
}

pub async fn cancel(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Cancelled>)> {
    let job = super::cancel(&app, who.user.id, job_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(Cancelled { id: job.id, status: job.status })))
}

#[derive(Debug, Serialize)]
pub struct Retried {
    job_id: JobId,
}

pub async fn retry(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Retried>)> {
    match super::retry(&app, who.user.id, job_id(&id)?).await? {
        Repeat::Enqueued(job) => Ok((StatusCode::ACCEPTED, Json(Retried { job_id: job.id }))),
        Repeat::Refused => Err(super::not_repeatable()),
        Repeat::NotFound => Err(Error::NotFound),
    }
}
