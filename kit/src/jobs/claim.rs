//! The claim: due jobs into free places, first things first, each with its event, in one unit.
//!
//! Each job type has its own stretch of the index of what is due, in order of priority and turn. A claim reads the head of
//! each stretch, so its cost grows with the number of types and of free places, not with what waits, what was finished or
//! what a type that is at its limit holds back; and no plan depends on statistics.

use std::fmt::Write as _;

use serde_json::json;
use uuid::Uuid;

use super::store::{self, indexed_by, skipping_locked};
use super::{EventKind, JobEvent, JobRow};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Conn, Dialect, Result, Tx, Val};

/// Jobs that become due in one unit at most.
const PROMOTED: i64 = 500;

/// One worker's claim: its texts are made once.
pub(super) struct Claim {
    sql: String,
    promote: String,
    job_types: Vec<&'static str>,
}

/// What one claim may take.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub all: i64,
    /// For each type, in the claim's order.
    pub of_types: Vec<i64>,
}

impl Claim {
    pub(super) fn new(dialect: Dialect, job_types: impl Iterator<Item = &'static str>) -> Self {
        let job_types: Vec<_> = job_types.collect();
        let sql = match dialect {
            Dialect::Sqlite => sqlite(job_types.len()),
            Dialect::Postgres => postgres(job_types.len()),
        };
        let promote = format!(
            "UPDATE background_jobs SET queue_position = run_at WHERE seq IN (SELECT seq FROM background_jobs{} \
             WHERE status = 'pending' AND queue_position IS NULL AND run_at <= $1 ORDER BY run_at LIMIT $2{})",
            indexed_by(dialect, "background_jobs_later"),
            skipping_locked(dialect),
        );
        Self { sql, promote, job_types }
    }

    #[cfg(test)]
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn job_types(&self) -> &[&'static str] {
        &self.job_types
    }

    /// Lets what has become due stand in the queue, and takes from it what there are places for, first things first.
    pub(super) fn take(
        &self,
        tx: &mut Tx,
        worker_id: Uuid,
        lease_until: Timestamp,
        places: &Places,
        now: Timestamp,
    ) -> Result<Vec<JobRow>> {
        let promoting = args![now, PROMOTED];
        let ahead: &[(&str, &[Val<'_>])] = match tx.dialect() {
            Dialect::Sqlite => &[(&self.promote, promoting)],
            Dialect::Postgres => &[(PLAN_BY_INDEXES, &[]), (&self.promote, promoting)],
        };
        let mut args: Vec<Val<'_>> = vec![Val::from(&places.all)];
        if tx.dialect() == Dialect::Postgres {
            args.extend([Val::from(&now), Val::from(&worker_id), Val::from(&lease_until)]);
        }
        for (job_type, places) in self.job_types.iter().zip(&places.of_types) {
            args.extend([Val::from(*job_type), Val::from(places)]);
        }
        let mut jobs: Vec<JobRow> = tx.all_after(ahead, &self.sql, &args)?;
        if tx.dialect() == Dialect::Sqlite {
            for job in &mut jobs {
                mark(tx, job, worker_id, lease_until, now)?;
            }
        }
        jobs.sort_by_key(|job| (job.priority, job.queue_position, job.seq));
        Ok(jobs)
    }
}

/// The suspect that has waited longest, of the types that have places, held to the end of the transaction.
pub(super) fn suspect(tx: &mut Tx, job_types: &[&'static str]) -> Result<Option<JobRow>> {
    let wanted: Vec<_> = (1..=job_types.len()).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT {} FROM background_jobs{} WHERE status = 'pending' AND queue_position IS NOT NULL AND suspect_since IS NOT NULL \
         AND job_type IN ({}) ORDER BY suspect_since, seq LIMIT 1{}",
        JobRow::COLUMNS,
        indexed_by(tx.dialect(), "background_jobs_suspects"),
        wanted.join(", "),
        skipping_locked(tx.dialect()),
    );
    let args: Vec<Val<'_>> = job_types.iter().map(|job_type| Val::from(*job_type)).collect();
    tx.opt(&sql, &args)
}

/// Takes a suspect that this transaction holds.
pub(super) fn take_suspect(
    tx: &mut Tx,
    job: &mut JobRow,
    worker_id: Uuid,
    lease_until: Timestamp,
    is_alone: bool,
    now: Timestamp,
) -> Result<()> {
    job.ran_alone = is_alone;
    tx.exec("UPDATE background_jobs SET ran_alone = $2 WHERE seq = $1", args![job.seq, is_alone])?;
    mark(tx, job, worker_id, lease_until, now)
}

/// When the next job will be due that is not yet.
pub(super) fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>> {
    let index = indexed_by(conn.dialect(), "background_jobs_later");
    conn.opt(
        &format!(
            "SELECT run_at FROM background_jobs{index} WHERE status = 'pending' AND queue_position IS NULL ORDER BY run_at LIMIT 1"
        ),
        &[],
    )
}

/// The plan that is right for a large table, made once: PostgreSQL would make one anew for each limit, which takes longer
/// than to claim. To the end of the transaction.
pub(super) const PLAN_BY_INDEXES: &str = "\
    SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), \
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)";

/// The row is this transaction's: what was read a moment ago is still so.
fn mark(tx: &mut Tx, job: &mut JobRow, worker_id: Uuid, lease_until: Timestamp, now: Timestamp) -> Result<()> {
    job.status = super::JobStatus::Running;
    job.attempt += 1;
    job.lease_token += 1;
    job.events += 1;
    job.started_at = job.started_at.or(Some(now));
    job.updated_at = now;
    tx.exec(
        "UPDATE background_jobs SET status = 'running', attempt = $2, lease_token = $3, events = $4, started_at = $5, \
         updated_at = $6, worker_id = $7, lease_until = $8 WHERE seq = $1",
        args![job.seq, job.attempt, job.lease_token, job.events, job.started_at, now, worker_id, lease_until],
    )?;
    let (key, attempt, data) = (JobEvent::key(job.seq, job.events), job.attempt, json!({}));
    store::add_event(tx, &JobEvent { key, at: now, kind: EventKind::Started, attempt, data })
}

fn sqlite(types: usize) -> String {
    let heads: Vec<_> = (0..types)
        .map(|index| {
            let (job_type, places) = (2 * index + 2, 2 * index + 3);
            format!(
                "SELECT * FROM (SELECT seq, priority, queue_position FROM background_jobs INDEXED BY background_jobs_ready \
                 WHERE status = 'pending' AND queue_position IS NOT NULL AND suspect_since IS NULL AND job_type = ${job_type} \
                 ORDER BY priority, queue_position, seq LIMIT ${places})"
            )
        })
        .collect();
    format!(
        "SELECT {} FROM background_jobs WHERE seq IN \
         (SELECT seq FROM ({}) ORDER BY priority, queue_position, seq LIMIT $1)",
        JobRow::COLUMNS,
        heads.join(" UNION ALL ")
    )
}

/// Rows that another claim is taking are passed over.
fn postgres(types: usize) -> String {
    let mut wanted = String::new();
    for index in 0..types {
        let (job_type, places) = (2 * index + 5, 2 * index + 6);
        let _ = write!(wanted, "{}(${job_type}::text, ${places}::bigint)", if index == 0 { "" } else { ", " });
    }
    format!(
        "WITH due AS MATERIALIZED (SELECT head.seq AS due_seq FROM (VALUES {wanted}) AS wanted (job_type, places), \
         LATERAL (SELECT seq, priority, queue_position FROM background_jobs AS waiting \
         WHERE waiting.status = 'pending' AND waiting.queue_position IS NOT NULL AND waiting.suspect_since IS NULL \
         AND waiting.job_type = wanted.job_type \
         ORDER BY priority, queue_position, seq LIMIT wanted.places FOR NO KEY UPDATE SKIP LOCKED) AS head \
         ORDER BY head.priority, head.queue_position, head.seq LIMIT $1), \
         taken AS (UPDATE background_jobs SET status = 'running', attempt = attempt + 1, \
         lease_token = lease_token + 1, events = events + 1, started_at = COALESCE(started_at, $2), updated_at = $2, \
         worker_id = $3, lease_until = $4 WHERE seq = ANY (ARRAY(SELECT due_seq FROM due)) RETURNING {columns}), \
         told AS (INSERT INTO background_job_events (key, at, kind, attempt, data) \
         SELECT seq * 1048576 + events, $2, 'started', attempt, '{{}}' FROM taken) SELECT {columns} FROM taken",
        columns = JobRow::COLUMNS
    )
}
