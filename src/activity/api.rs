//! `/api/jobs`: the same as JSON.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::jobs::{self, Filter, JobId, JobStatus, JobView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::pages::job_id;
use super::{offered, offered_one, rights, seen};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::idempotency::api::Once;
use crate::web::errors::{Error, Result};
use crate::work::{Look, Work};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    #[param(inline)]
    status: Option<JobStatus>,
    job_type: Option<String>,
    /// next_cursor of the page before
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,18}$")]
    cursor: Option<i64>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Jobs)]
pub struct List {
    items: Vec<JobView>,
    next_cursor: Option<String>,
}

/// The workspace's background jobs that people have started, and the person's own, the newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(ListQuery),
    responses((status = 200, body = List), (status = 400), (status = 401)))]
pub async fn list(State(app): State<App>, who: Caller, Query(query): Query<ListQuery>) -> Result<Json<List>> {
    let ListQuery { status, job_type, cursor, limit } = query;
    let limit = limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Error::bad_request("bad_limit", "limit must be between 1 and 100."));
    }
    let filter = Filter { scope: seen(who.user.id, &who.workspace), status, job_type, cursor, limit };
    let by = who.user.id;
    let read = move |look: &mut Look<'_>| {
        let page = jobs::list(look.conn, &filter, look.now)?;
        Ok::<_, Error>((offered(look.conn, by, page.items)?, page.next_cursor))
    };
    let (items, next_cursor) = app.read(read).await?;
    Ok(Json(List { items, next_cursor: next_cursor.map(|cursor| cursor.to_string()) }))
}

/// One job: how far it is, and how it ended. A key for the inbox alone sees jobs of the inbox.
#[utoipa::path(get, path = "/jobs/{id}/status", tag = "jobs", params(("id" = inline(JobId), Path)),
    responses((status = 200, body = JobView), (status = 401), (status = 404)))]
pub async fn status(State(app): State<App>, who: Caller, Path(id): Path<String>) -> Result<Json<JobView>> {
    let (id, scope) = (job_id(&id)?, seen(who.user.id, &who.workspace));
    let by = who.user.id;
    let read = move |look: &mut Look<'_>| {
        let job = jobs::status(look.conn, id, scope, look.now)?.ok_or(Error::NotFound)?;
        who.needs(rights::scope_to_see(&job.job_type))?;
        offered_one(look.conn, by, job)
    };
    Ok(Json(app.read(read).await?))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobCancelled)]
pub struct Cancelled {
    id: JobId,
    status: JobStatus,
}

/// Asks a job to end. One that has ended stays as it is. A key also needs the scope of what the job does: replies:send where a
/// platform is asked, connections, demo, or write.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = inline(JobId), Path)),
    responses((status = 202, body = Cancelled), (status = 401), (status = 404)))]
pub async fn cancel(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let (id, user, scope) = (job_id(&id)?, who.user.id, seen(who.user.id, &who.workspace));
    let effect = move |work: &mut Work<'_>| {
        opens(work, &who, id)?;
        let job = super::cancel(work, scope, id)?;
        Ok::<_, Error>((StatusCode::ACCEPTED, Some(Cancelled { id: job.id, status: job.status })))
    };
    once.write(&app, None, visitor.acting_for(user), effect).await
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobRetried)]
pub struct Retried {
    job_id: JobId,
}

/// Asks for the same again, as a new job. A key needs the same scopes as to cancel it.
#[utoipa::path(post, path = "/jobs/{id}/retry", tag = "jobs", params(("id" = inline(JobId), Path)),
    responses((status = 202, body = Retried), (status = 409), (status = 401), (status = 404)))]
pub async fn retry(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let (id, user, scope) = (job_id(&id)?, who.user.id, seen(who.user.id, &who.workspace));
    let effect = move |work: &mut Work<'_>| {
        opens(work, &who, id)?;
        let job = super::retry(work, scope, id)?;
        Ok::<_, Error>((StatusCode::ACCEPTED, Some(Retried { job_id: job.id })))
    };
    once.write(&app, None, visitor.acting_for(user), effect).await
}

/// A key stops and repeats what it could ask for.
fn opens(work: &mut Work<'_>, who: &Caller, id: JobId) -> Result<()> {
    let scope = seen(who.user.id, &who.workspace);
    jobs::status(work.tx, id, scope, work.now)?.ok_or(Error::NotFound)?;
    who.needs(rights::scope(work.tx, id)?)
}
