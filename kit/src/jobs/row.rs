//! The rows of `background_jobs` and `background_job_events`.

use std::fmt;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::Json;

crate::id_types! { pub JobId }

crate::text_enum! {
    /// `pending` and `running` are live; the other three are final.
    pub enum JobStatus {
        Pending = "pending",
        Running = "running",
        Completed = "completed",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl JobStatus {
    pub const fn is_live(self) -> bool {
        matches!(self, JobStatus::Pending | JobStatus::Running)
    }

    pub const fn is_terminal(self) -> bool {
        !self.is_live()
    }
}

crate::row! {
    #[derive(Clone, Debug)]
    pub struct JobRow {
        pub seq: i64,
        pub id: JobId,
        pub job_type: String,
        pub user_id: Option<Uuid>,
        pub workspace_id: Option<Uuid>,
        pub payload: Json,
        pub operation_key: Option<String>,
        pub status: JobStatus,
        pub priority: i64,
        pub run_at: Timestamp,
        /// The place in the queue once it is due.
        pub queue_position: Option<Timestamp>,
        pub deadline_at: Timestamp,
        pub attempt: i64,
        pub max_attempts: i64,
        pub interruptions: i64,
        /// Of its workers, since it last stored anything.
        pub deaths: i64,
        pub suspect_since: Option<Timestamp>,
        /// Its worker held nothing else while it was a suspect.
        pub ran_alone: bool,
        pub lease_token: i64,
        pub cancel_requested_at: Option<Timestamp>,
        pub progress_done: i64,
        pub progress_total: i64,
        pub progress_step: String,
        pub checkpoint: Json,
        pub result_data: Option<Json>,
        pub error_code: Option<String>,
        pub error_message: Option<String>,
        pub repeats_job_id: Option<JobId>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub started_at: Option<Timestamp>,
        pub completed_at: Option<Timestamp>,
        /// How many events its history has.
        pub events: i64,
    }
}

crate::text_enum! {
    /// What happened to a job, in the words of its history.
    pub enum EventKind {
        Enqueued = "enqueued",
        Started = "started",
        RetryScheduled = "retry_scheduled",
        Interrupted = "interrupted",
        CancelRequested = "cancel_requested",
        Cancelled = "cancelled",
        Completed = "completed",
        Failed = "failed",
    }
}

crate::row! {
    #[derive(Clone, Debug)]
    pub struct JobEvent {
        /// From the job's seq and the event's number; grows with each.
        pub key: i64,
        pub at: Timestamp,
        pub kind: EventKind,
        pub attempt: i64,
        /// `{code, message, next_at}` where the kind has them.
        pub data: Json,
    }
}

/// Events that one job can have; its seq stands above them in their keys. SQL that makes or takes apart such keys says 1048576.
const EVENTS: i64 = 1 << 20;

impl JobEvent {
    /// The key of the `number`th event of the job `seq`, from 1.
    pub(super) const fn key(seq: i64, number: i64) -> i64 {
        seq * EVENTS + number
    }

    /// The keys of all events of the jobs `first` to `last`, and of no others.
    pub(super) const fn keys(first: i64, last: i64) -> (i64, i64) {
        (first * EVENTS, (last + 1) * EVENTS - 1)
    }
}

/// How far a run is, in words and numbers that the person sees.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, utoipa::ToSchema)]
pub struct Progress {
    pub done: i64,
    /// 0: not known yet.
    pub total: i64,
    pub step: String,
}

impl Progress {
    pub(super) fn of(job: &JobRow) -> Self {
        Self { done: job.progress_done, total: job.progress_total, step: job.progress_step.clone() }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}: {}", self.done, self.total, self.step)
    }
}
