//! `/activity`: the list of the user's jobs, one job, and the buttons on it.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use kit::jobs::{self, JobId, JobStatus};
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::installation::Emails;
use super::views::{self, Asked, List};
use super::{JobScope, offered_one, path, seen, store, title};
use crate::accounts::sessions::{SignedIn, Visitor};
use crate::app::App;
use crate::web::errors::{Error, Result};
use crate::web::ui::{self, Local};
use crate::work::Who;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
    job_type: Option<String>,
    cursor: Option<i64>,
    pub(super) panel: Option<String>,
}

impl ListQuery {
    /// A form sends its empty fields too.
    pub(super) fn asked(&self, scope: JobScope) -> Result<Asked> {
        let status = self.status.as_deref().filter(|status| !status.is_empty());
        let status = status.map(str::parse::<JobStatus>).transpose();
        Ok(Asked {
            scope,
            status: status.map_err(|_| Error::bad_request("unknown_status", "Unknown status."))?,
            job_type: self.job_type.clone().filter(|job_type| !job_type.is_empty()),
            cursor: self.cursor,
        })
    }
}

pub async fn index(
    State(app): State<App>,
    nonce: Nonce,
    who: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Markup> {
    let scope = seen(who.user.id, &who.workspace);
    let asked = query.asked(scope)?;
    let (user, workspace, now, filter) = (who.user.id, who.workspace.id, app.now(), asked.filter());
    let (types, page) = app
        .db
        .read(move |conn| Ok::<_, Error>((store::types(conn, user, workspace)?, jobs::list(conn, &filter, now)?)))
        .await?;
    let local = Local::new(app.now(), &who.user.time_zone);
    let list = List { asked: &asked, types: &types, jobs: &page, emails: &Emails::default() };
    Ok(match query.panel {
        Some(_) => views::list_panel(&list, &local),
        None => {
            ui::page(&who.shell(&app, &nonce, path(scope)), "Activity", views::list(&list, who.user.is_owner, &local))
        }
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobQuery {
    panel: Option<String>,
}

pub async fn show(
    State(app): State<App>,
    nonce: Nonce,
    who: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<JobQuery>,
) -> Result<Markup> {
    let scope = seen(who.user.id, &who.workspace);
    one(&app, &nonce, &who, scope, &id, &query).await
}

pub(super) async fn one(
    app: &App,
    nonce: &Nonce,
    who: &SignedIn,
    scope: JobScope,
    id: &str,
    query: &JobQuery,
) -> Result<Markup> {
    let (id, now) = (job_id(id)?, app.now());
    let by = who.user.id;
    let (job, events) = app
        .db
        .read(move |conn| {
            let job = jobs::status(conn, id, scope, now)?.ok_or(Error::NotFound)?;
            let job = if scope == JobScope::All { job } else { offered_one(conn, by, job)? };
            Ok::<_, Error>((job, jobs::events(conn, id, scope)?))
        })
        .await?;
    let local = Local::new(now, &who.user.time_zone);
    Ok(match query.panel {
        Some(_) => views::job_panel(scope, &job, &events, &local),
        None => {
            let title = title(&job.job_type);
            ui::page(&who.shell(app, nonce, path(scope)), &title, views::job(scope, &job, &events, &local))
        }
    })
}

pub async fn cancel(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Redirect> {
    stopped(&app, visitor.acting_for(who.user.id), seen(who.user.id, &who.workspace), &id).await
}

pub(super) async fn stopped(app: &App, acting: Who, scope: JobScope, id: &str) -> Result<Redirect> {
    let id = job_id(id)?;
    app.write(acting, move |work| super::cancel(work, scope, id)).await?;
    Ok(Redirect::to(&format!("{}/{id}", path(scope))))
}

pub async fn retry(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Redirect> {
    repeated(&app, visitor.acting_for(who.user.id), seen(who.user.id, &who.workspace), &id).await
}

/// Leads to the new job.
pub(super) async fn repeated(app: &App, acting: Who, scope: JobScope, id: &str) -> Result<Redirect> {
    let id = job_id(id)?;
    let job = app.write(acting, move |work| super::retry(work, scope, id)).await?;
    Ok(Redirect::to(&format!("{}/{}", path(scope), job.id)))
}

/// What is no number of a job names no job.
pub(super) fn job_id(text: &str) -> Result<JobId> {
    text.parse().map_err(|_| Error::NotFound)
}
