//! `/activity`: the list of the user's jobs, one job, and the buttons on it.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use kit::jobs::{self, Filter, JobId, JobStatus, Repeat};
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views::{self, Asked};
use super::{store, title};
use crate::app::App;
use crate::error::{Error, Result};
use crate::sessions::SignedIn;
use crate::ui::{self, Local};

const PER_PAGE: u32 = 25;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
    job_type: Option<String>,
    cursor: Option<i64>,
    panel: Option<String>,
}

impl ListQuery {
    /// A form sends its empty fields too.
    fn asked(&self) -> Result<Asked> {
        let status = self.status.as_deref().filter(|status| !status.is_empty());
        let status = status.map(str::parse::<JobStatus>).transpose();
        Ok(Asked {
            status: status.map_err(|_| Error::bad_request("unknown_status", "There is no such status."))?,
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
    let asked = query.asked()?;
    let (user, now) = (who.user.id, app.now());
    let filter = Filter {
        whose: user.uuid().into(),
        status: asked.status,
        job_type: asked.job_type.clone(),
        cursor: asked.cursor,
        limit: PER_PAGE,
    };
    let (types, page) =
        app.db.read(move |conn| Ok::<_, Error>((store::types(conn, user)?, jobs::list(conn, &filter, now)?))).await?;
    let local = Local::new(app.now(), &who.user.time_zone);
    Ok(match query.panel {
        Some(_) => views::list_panel(&asked, &page, &local),
        None => ui::page(&who.shell(&app, &nonce, "/activity"), "Activity", views::list(&asked, &types, &page, &local)),
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
    let id = job_id(&id)?;
    let (user, now) = (who.user.id.uuid(), app.now());
    let (job, events) = app
        .db
        .read(move |conn| {
            let job = jobs::status(conn, id, user, now)?.ok_or(Error::NotFound)?;
            Ok::<_, Error>((job, jobs::events(conn, id, user)?))
        })
        .await?;
    let local = Local::new(app.now(), &who.user.time_zone);
    Ok(match query.panel {
        Some(_) => views::job_panel(&job, &events, &local),
        None => {
            let title = title(&job.job_type);
            ui::page(&who.shell(&app, &nonce, "/activity"), &title, views::job(&job, &events, &local))
        }
    })
}

pub async fn cancel(State(app): State<App>, who: SignedIn, Path(id): Path<String>) -> Result<Redirect> {
    let id = job_id(&id)?;
    super::cancel(&app, who.user.id, id).await?;
    Ok(Redirect::to(&format!("/activity/{id}")))
}

/// Leads to the new job.
pub async fn retry(State(app): State<App>, who: SignedIn, Path(id): Path<String>) -> Result<Redirect> {
    match super::retry(&app, who.user.id, job_id(&id)?).await? {
        Repeat::Enqueued(job) => Ok(Redirect::to(&format!("/activity/{}", job.id))),
        Repeat::Refused => Err(super::not_repeatable()),
        Repeat::NotFound => Err(Error::NotFound),
    }
}

/// What is no number of a job names no job.
pub(super) fn job_id(text: &str) -> Result<JobId> {
    text.parse().map_err(|_| Error::NotFound)
}
