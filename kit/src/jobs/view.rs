//! Jobs as pages and the API show them.

use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::heartbeat;
use super::scope::JobScope;
use super::store::{self, Filter};
use super::{JobEvent, JobId, JobRow, JobStatus, Progress};
use crate::clock::Timestamp;
use crate::db::{self, Conn};

/// One job for the person who owns it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    pub id: JobId,
    /// `None`: the system's own.
    #[serde(skip)]
    pub user_id: Option<Uuid>,
    pub job_type: String,
    pub status: JobStatus,
    pub progress: Progress,
    /// Starts so far that were not interrupted; the present one included.
    pub attempt: i64,
    pub max_attempts: i64,
    pub interruptions: i64,
    /// While pending: when it is due.
    pub next_run_at: Option<Timestamp>,
    pub cancel_requested: bool,
    #[schema(value_type = Option<Object>)]
    pub result: Option<Json>,
    /// Why it failed; while it is live: why the attempt before did.
    pub error: Option<JobError>,
    pub repeats_job_id: Option<JobId>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub can_cancel: bool,
    pub can_retry: bool,
    /// While pending: no worker has shown itself for the time of a lease.
    pub no_worker_online: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct JobError {
    pub code: String,
    pub message: String,
}

impl From<JobRow> for JobView {
    fn from(job: JobRow) -> Self {
        let cancel_requested = job.cancel_requested_at.is_some();
        Self {
            id: job.id,
            user_id: job.user_id,
            status: job.status,
            progress: Progress::of(&job),
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            interruptions: job.interruptions,
            next_run_at: (job.status == JobStatus::Pending).then_some(job.run_at),
            cancel_requested,
            result: job.result_data,
            error: job.error_code.zip(job.error_message).map(|(code, message)| JobError { code, message }),
            repeats_job_id: job.repeats_job_id,
            created_at: job.created_at,
            started_at: job.started_at,
            completed_at: job.completed_at,
            can_cancel: job.status.is_live() && !cancel_requested,
            can_retry: matches!(job.status, JobStatus::Failed | JobStatus::Cancelled),
            job_type: job.job_type,
            no_worker_online: false,
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct JobPage {
    pub items: Vec<JobView>,
    /// Give it back as [`Filter::cursor`] for the next page; `None` on the last.
    pub next_cursor: Option<i64>,
}

/// `None`: there is no such job among `scope`.
pub fn status(conn: &mut Conn, id: JobId, scope: impl Into<JobScope>, now: Timestamp) -> db::Result<Option<JobView>> {
    let Some(job) = store::find(conn, id, scope.into())? else { return Ok(None) };
    let mut views = [job.into()];
    note_absence(conn, &mut views, now)?;
    let [view] = views;
    Ok(Some(view))
}

pub fn list(conn: &mut Conn, filter: &Filter, now: Timestamp) -> db::Result<JobPage> {
    let limit = filter.limit.clamp(1, 100) as usize;
    // One more than asked for tells whether there is a next page.
    let mut rows = store::list(conn, filter, limit as i64 + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|job| job.seq);
    let mut items: Vec<_> = rows.into_iter().map(JobView::from).collect();
    note_absence(conn, &mut items, now)?;
    Ok(JobPage { items, next_cursor })
}

/// Whoever waits is told when nobody is there to do the work.
fn note_absence(conn: &mut Conn, views: &mut [JobView], now: Timestamp) -> db::Result<()> {
    let is_pending = |view: &JobView| view.status == JobStatus::Pending;
    if views.iter().any(is_pending) && !heartbeat::is_any_online(conn, now)? {
        views.iter_mut().for_each(|view| view.no_worker_online = is_pending(view));
    }
    Ok(())
}

/// The history of one job, oldest first; empty when there is no such job among `scope`.
pub fn events(conn: &mut Conn, id: JobId, scope: impl Into<JobScope>) -> db::Result<Vec<JobEvent>> {
    match store::find(conn, id, scope.into())? {
        Some(job) => store::events(conn, job.seq),
        None => Ok(Vec::new()),
    }
}
