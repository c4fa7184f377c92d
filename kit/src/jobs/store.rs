//! SQL of `background_jobs` and `background_job_events`. Every write of a worker carries its lease token.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::scope::JobScope;
use super::step::Step;
use super::{EventKind, JobEvent, JobId, JobRow, JobStatus, Progress};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Conn, Dialect, Result, Tx, Val};
use crate::mutant;

pub(super) struct NewJob<'a> {
    pub id: JobId,
    pub job_type: &'a str,
    pub user_id: Option<Uuid>,
    pub workspace_id: Option<Uuid>,
    pub payload: &'a Json,
    pub operation_key: Option<&'a str>,
    pub priority: i64,
    pub run_at: Timestamp,
    /// `None`: not due yet.
    pub queue_position: Option<Timestamp>,
    pub deadline_at: Timestamp,
    pub max_attempts: i64,
    pub repeats: Option<JobId>,
    /// The idle worker of this process that takes it in this very transaction, and until when it holds it.
    pub claim: Option<(Uuid, Timestamp)>,
}

const INSERT: &str = "\
    INSERT INTO background_jobs (id, job_type, user_id, payload, operation_key, status, priority, run_at, queue_position, \
    deadline_at, attempt, max_attempts, interruptions, lease_token, progress_done, progress_total, progress_step, \
    checkpoint, repeats_job_id, created_at, updated_at, workspace_id, events, worker_id, lease_until, started_at) \
    VALUES ($1, $2, $3, $4, $5, $15, $6, $7, $14, $8, $16, $9, 0, $16, 0, 0, '', $10, $11, $12, $12, $13, $20, $17, $18, $19) \
    ON CONFLICT (operation_key) WHERE operation_key IS NOT NULL AND status IN ('pending', 'running') DO NOTHING";

/// The second event of a job that is claimed as it is made.
const BEGUN: &str = ", begun AS (INSERT INTO background_job_events (key, at, kind, attempt, data) \
    SELECT seq * 1048576 + 2, $12, 'started', 1, '{}' FROM job)";

#[cfg(feature = "testing")]
const UNLESS_LIVE: &str = "ON CONFLICT (operation_key) \
    WHERE operation_key IS NOT NULL AND status IN ('pending', 'running') DO NOTHING";

/// What became of a new job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Inserted {
    /// A live job holds the operation key.
    Refused,
    Waits,
    /// Under its claim; its seq.
    Runs(i64),
}

/// The new row, with the first events of its history.
pub(super) fn insert(tx: &mut Tx, job: &NewJob<'_>, now: Timestamp) -> Result<Inserted> {
    let sql = mutant!("two live jobs of one key": INSERT, UNLESS_LIVE => "");
    let (worker_id, lease_until) = job.claim.unzip();
    let (status, starts, events) =
        if job.claim.is_some() { (JobStatus::Running, 1, 2) } else { (JobStatus::Pending, 0, 1) };
    let started_at = job.claim.map(|_| now);
    let args = args![
        job.id,
        job.job_type,
        job.user_id,
        job.payload,
        job.operation_key,
        job.priority,
        job.run_at,
        job.deadline_at,
        job.max_attempts,
        Json::Null,
        job.repeats,
        now,
        job.workspace_id,
        job.queue_position,
        status,
        starts,
        worker_id,
        lease_until,
        started_at,
        events,
    ];
    let data = job.repeats.map_or_else(|| json!({}), |repeats| json!({ "repeats": repeats }));
    if tx.dialect() == Dialect::Postgres {
        let with_event = format!(
            "WITH job AS ({sql} RETURNING seq), \
             told AS (INSERT INTO background_job_events (key, at, kind, attempt, data) \
             SELECT seq * 1048576 + 1, $12, 'enqueued', 0, $21 FROM job){} SELECT seq FROM job",
            if job.claim.is_some() { BEGUN } else { "" }
        );
        let args = [&args[..], args![data]].concat();
        if job.operation_key.is_none() && job.claim.is_none() {
            // Nothing stands in its way: there is no answer to wait for.
            return tx.exec_later(&with_event, &args).map(|()| Inserted::Waits);
        }
        let seq = tx.opt(&with_event, &args)?;
        return Ok(seq.map_or(Inserted::Refused, |seq| if starts == 1 { Inserted::Runs(seq) } else { Inserted::Waits }));
    }
    // Cheaper than RETURNING, for which SQLite builds a table each time.
    if tx.exec(sql, args)? != 1 {
        return Ok(Inserted::Refused);
    }
    let seq: i64 = tx.one("SELECT last_insert_rowid()", &[])?;
    add_event(tx, &JobEvent { key: JobEvent::key(seq, 1), at: now, kind: EventKind::Enqueued, attempt: 0, data })?;
    if job.claim.is_none() {
        return Ok(Inserted::Waits);
    }
    let (key, data) = (JobEvent::key(seq, 2), json!({}));
    add_event(tx, &JobEvent { key, at: now, kind: EventKind::Started, attempt: 1, data })?;
    Ok(Inserted::Runs(seq))
}

/// The last place in the queue among the waiting jobs of one party: a user or a scope.
pub(super) fn last_position(
    conn: &mut Conn,
    party: Uuid,
    priority: i64,
    run_at: Timestamp,
) -> Result<Option<Timestamp>> {
    let index = indexed_by(conn.dialect(), "background_jobs_positions");
    conn.opt(
        &format!(
            "SELECT queue_position FROM background_jobs{index} WHERE status = 'pending' AND queue_position IS NOT NULL \
             AND COALESCE(user_id, workspace_id) IS NOT NULL AND COALESCE(user_id, workspace_id) = $1 AND priority = $2 \
             AND run_at <= $3 ORDER BY run_at DESC, queue_position DESC LIMIT 1"
        ),
        args![party, priority, run_at],
    )
}

pub(super) fn delete(tx: &mut Tx, job: &JobRow) -> Result<()> {
    let (first, last) = JobEvent::keys(job.seq, job.seq);
    tx.exec("DELETE FROM background_job_events WHERE key BETWEEN $1 AND $2", args![first, last])?;
    tx.exec("DELETE FROM background_jobs WHERE seq = $1", args![job.seq]).map(drop)
}

pub(super) fn live_with_key(conn: &mut Conn, operation_key: &str) -> Result<Option<JobId>> {
    conn.opt(
        "SELECT id FROM background_jobs WHERE operation_key = $1 AND status IN ('pending', 'running')",
        args![operation_key],
    )
}

pub(super) fn live_repeat(conn: &mut Conn, id: JobId) -> Result<Option<JobId>> {
    conn.opt("SELECT id FROM background_jobs WHERE repeats_job_id = $1 AND status IN ('pending', 'running')", args![id])
}

pub(super) fn find(conn: &mut Conn, id: JobId, scope: JobScope) -> Result<Option<JobRow>> {
    let sql = format!("SELECT {} FROM background_jobs WHERE id = $1", JobRow::COLUMNS);
    Ok(conn.opt(&sql, args![id])?.filter(|job| scope.has(job)))
}

/// What a list asks for; the newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub scope: JobScope,
    pub status: Option<JobStatus>,
    pub job_type: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<i64>,
    /// At most 100.
    pub limit: u32,
}

pub(super) fn list(conn: &mut Conn, filter: &Filter, limit: i64) -> Result<Vec<JobRow>> {
    let before = filter.cursor.unwrap_or(i64::MAX);
    let mut args: Vec<Val<'_>> = vec![Val::from(&before), Val::from(&limit)];
    let mut more = String::new();
    for (column, wanted) in [("status", filter.status.map(JobStatus::as_str)), ("job_type", filter.job_type.as_deref())]
    {
        if let Some(wanted) = wanted {
            args.push(Val::from(wanted));
            let _ = write!(more, " AND {column} = ${}", args.len());
        }
    }
    let mut bound = |id| {
        args.push(Val::from(id));
        args.len()
    };
    let columns = JobRow::COLUMNS;
    let newest = |whose: String| {
        format!("SELECT {columns} FROM background_jobs WHERE seq < $1{whose}{more} ORDER BY seq DESC LIMIT $2")
    };
    let sql = match &filter.scope {
        JobScope::All => newest(String::new()),
        JobScope::User(id) => newest(format!(" AND user_id = ${}", bound(id))),
        JobScope::Workspace(id) => newest(format!(" AND workspace_id = ${}", bound(id))),
        // Each half by an index of its own.
        JobScope::Member { user_id, workspace_id } => {
            let theirs = format!(" AND user_id = ${} AND workspace_id IS NULL", bound(user_id));
            let here = format!(" AND workspace_id = ${} AND user_id IS NOT NULL", bound(workspace_id));
            format!(
                "SELECT {columns} FROM (SELECT * FROM ({}) AS own UNION ALL SELECT * FROM ({}) AS here) AS jobs
                 ORDER BY seq DESC LIMIT $2",
                newest(theirs),
                newest(here)
            )
        }
    };
    conn.all(&sql, &args)
}

pub(super) fn events(conn: &mut Conn, seq: i64) -> Result<Vec<JobEvent>> {
    let (first, last) = JobEvent::keys(seq, seq);
    conn.all(
        &format!("SELECT {} FROM background_job_events WHERE key BETWEEN $1 AND $2 ORDER BY key", JobEvent::COLUMNS),
        args![first, last],
    )
}

/// The number in the event's key is the row's count of events, this one included.
pub(super) fn add_event(tx: &mut Tx, event: &JobEvent) -> Result<()> {
    tx.exec_later(
        "INSERT INTO background_job_events (key, at, kind, attempt, data) VALUES ($1, $2, $3, $4, $5)",
        args![event.key, event.at, event.kind, event.attempt, event.data],
    )
}

/// Without statistics SQLite may take another index, or none.
pub(super) fn indexed_by(dialect: Dialect, index: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!(" INDEXED BY {index}"),
        Dialect::Postgres => String::new(),
    }
}

/// Holds the row against other writers to the end of the transaction; on SQLite there is only one writer at a time.
pub(super) fn locking(conn: &Conn) -> &'static str {
    match conn.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR NO KEY UPDATE",
    }
}

pub(super) fn skipping_locked(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR NO KEY UPDATE SKIP LOCKED",
    }
}

/// `None` when the job does not wait for its first attempt, or not beyond `at`.
pub(super) fn run_sooner(
    tx: &mut Tx,
    id: JobId,
    at: Timestamp,
    user_id: Option<Uuid>,
    now: Timestamp,
) -> Result<Option<JobRow>> {
    let sql = format!(
        "UPDATE background_jobs SET run_at = $2, queue_position = $5, user_id = COALESCE(user_id, $3), updated_at = $4 \
         WHERE id = $1 AND status = 'pending' AND attempt = 0 AND run_at > $2 RETURNING {}",
        JobRow::COLUMNS
    );
    tx.opt(&sql, args![id, at, user_id, now, (at <= now).then_some(at)])
}

pub(super) fn lock_by_id(tx: &mut Tx, id: JobId, scope: JobScope) -> Result<Option<JobRow>> {
    let sql = format!("SELECT {} FROM background_jobs WHERE id = $1{}", JobRow::COLUMNS, locking(tx));
    Ok(tx.opt(&sql, args![id])?.filter(|job| scope.has(job)))
}

/// The row, if it is still as whoever holds `token` knew it, and in `status`.
pub(super) fn lock(tx: &mut Tx, seq: i64, token: i64, status: JobStatus) -> Result<Option<JobRow>> {
    let sql = format!(
        "SELECT {} FROM background_jobs WHERE seq = $1 AND lease_token = $2 AND status = $3{}",
        JobRow::COLUMNS,
        locking(tx)
    );
    tx.opt(
        mutant!("taken back whosever it is": &sql, "lease_token = $2" => "$2 IS NOT NULL"),
        args![seq, token, status],
    )
}

pub(super) fn save_progress(tx: &mut Tx, seq: i64, token: i64, progress: &Progress, now: Timestamp) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE background_jobs SET progress_done = $3, progress_total = $4, progress_step = $5, updated_at = $6 \
         WHERE seq = $1 AND lease_token = $2 AND status = 'running'",
        args![seq, token, progress.done, progress.total, progress.step.as_str(), now],
    )?;
    Ok(changed == 1)
}

pub(super) fn save_checkpoint(tx: &mut Tx, seq: i64, token: i64, state: &Json) -> Result<()> {
    tx.exec("UPDATE background_jobs SET checkpoint = $3 WHERE seq = $1 AND lease_token = $2", args![seq, token, state])
        .map(drop)
}

/// `running` to `completed` with the event that says so, unless the lease is lost or a cancel was asked for.
///
/// The row has had no event since its claim but for a cancel, which stands in the way. (RETURNING would make SQLite build
/// a table each time.)
pub(super) fn complete(
    tx: &mut Tx,
    claimed: &Claimed,
    result: &Json,
    progress: &Progress,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE background_jobs SET status = 'completed', lease_until = NULL, result_data = $3, error_code = NULL, \
        error_message = NULL, progress_done = $4, progress_total = $5, progress_step = $6, updated_at = $7, \
        completed_at = $7, events = $8 \
        WHERE seq = $1 AND lease_token = $2 AND status = 'running' AND cancel_requested_at IS NULL",
        args![
            claimed.lease.seq,
            claimed.lease.lease_token,
            result,
            progress.done,
            progress.total,
            progress.step.as_str(),
            now,
            claimed.events + 1
        ],
    )?;
    if changed == 1 {
        let (key, kind) = (JobEvent::key(claimed.lease.seq, claimed.events + 1), EventKind::Completed);
        add_event(tx, &JobEvent { key, at: now, kind, attempt: claimed.attempt, data: json!({}) })?;
    }
    Ok(changed == 1)
}

/// Moves a locked, live row on; the token grows, so that its last holder writes nothing more.
pub(super) fn apply(tx: &mut Tx, job: &JobRow, step: &Step, progress: &Progress, now: Timestamp) -> Result<JobRow> {
    let (code, message) = step.error.as_ref().map(|(code, message)| (code.as_str(), message.as_str())).unzip();
    let sql = format!(
        "UPDATE background_jobs SET status = $3, run_at = $4, queue_position = $14, attempt = $5, interruptions = $6, \
         deaths = $15, suspect_since = $16, \
         lease_token = lease_token + 1, lease_until = NULL, error_code = $7, error_message = $8, \
         progress_done = $9, progress_total = $10, progress_step = $11, updated_at = $12, completed_at = $13, events = events + 1 \
         WHERE seq = $1 AND lease_token = $2 AND status IN ('pending', 'running') RETURNING {}",
        JobRow::COLUMNS
    );
    tx.one(
        mutant!("a token that does not grow": &sql, "lease_token = lease_token + 1" => "lease_token = lease_token + 0"),
        args![
            job.seq,
            job.lease_token,
            step.status,
            step.run_at,
            step.attempt,
            step.interruptions,
            code,
            message,
            progress.done,
            progress.total,
            progress.step.as_str(),
            now,
            step.status.is_terminal().then_some(now),
            job.queue_position.filter(|_| step.run_at <= now),
            step.deaths,
            step.suspect_since,
        ],
    )
}

pub(super) fn request_cancel(tx: &mut Tx, job: &JobRow, now: Timestamp) -> Result<JobRow> {
    let sql = format!(
        "UPDATE background_jobs SET cancel_requested_at = $2, updated_at = $2, events = events + 1 WHERE seq = $1 RETURNING {}",
        JobRow::COLUMNS
    );
    tx.one(&sql, args![job.seq, now])
}

pub(super) fn pending_types(conn: &mut Conn) -> Result<Vec<String>> {
    conn.all("SELECT DISTINCT job_type FROM background_jobs WHERE status = 'pending'", &[])
}

crate::row! {
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
    pub(super) struct Lease {
        pub seq: i64,
        pub lease_token: i64,
    }
}

/// A job as its claim left it, for whoever ends it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claimed {
    pub lease: Lease,
    pub attempt: i64,
    pub events: i64,
}

impl Claimed {
    pub(super) fn of(job: &JobRow) -> Self {
        let lease = Lease { seq: job.seq, lease_token: job.lease_token };
        Self { lease, attempt: job.attempt, events: job.events }
    }
}
