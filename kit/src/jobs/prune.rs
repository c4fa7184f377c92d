//! Finished jobs go after a time, a batch at a time.

use std::collections::HashSet;
use std::time::Duration;

use super::{JobEvent, JobId, JobStatus};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Dialect, Result, Tx};

/// How long finished jobs are kept, with their histories.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    pub completed: Duration,
    /// Failed and cancelled ones: somebody may want to know why, or to repeat them.
    pub failed: Duration,
    /// Rows that one transaction looks at, and so removes, at most.
    pub batch: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { completed: Duration::from_secs(86_400), failed: Duration::from_secs(7 * 86_400), batch: 1_000 }
    }
}

/// What one batch did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pruned {
    pub removed: usize,
    /// Where the next batch begins; `None` when all that is old enough was looked at.
    pub next: Option<i64>,
}

crate::row! {
    struct Seen {
        seq: i64,
        id: JobId,
        status: JobStatus,
        created_at: Timestamp,
        completed_at: Option<Timestamp>,
    }
}

/// Removes finished jobs among the next `retention.batch` rows after `after` (0 at first), and events whose job is gone.
///
/// A live job is never removed, nor one of `named`: jobs that rows of the domain still name. It walks the primary key from
/// the oldest row, so it needs no index of its own, and stops at the first row that is too young.
pub fn prune(tx: &mut Tx, now: Timestamp, retention: &Retention, named: &HashSet<JobId>, after: i64) -> Result<Pruned> {
    let sql = format!("SELECT {} FROM background_jobs WHERE seq > $1 ORDER BY seq LIMIT $2", Seen::COLUMNS);
    let mut seen: Vec<Seen> = tx.all(&sql, args![after, retention.batch])?;
    let is_whole = seen.len() == retention.batch as usize;
    let youngest = now - retention.completed.min(retention.failed);
    let old = seen.iter().take_while(|job| job.created_at <= youngest).count();
    seen.truncate(old);
    let Some(last) = seen.last().map(|job| job.seq) else { return Ok(Pruned { removed: 0, next: None }) };
    let is_over = |job: &&Seen| {
        let kept = if job.status == JobStatus::Completed { retention.completed } else { retention.failed };
        job.status.is_terminal() && job.completed_at.is_some_and(|at| at <= now - kept) && !named.contains(&job.id)
    };
    let doomed: Vec<i64> = seen.iter().filter(is_over).map(|job| job.seq).collect();
    let removed = doomed.len();
    let of_these = match tx.dialect() {
        Dialect::Sqlite => "IN (SELECT value FROM json_each($1))",
        Dialect::Postgres => "= ANY ($1)",
    };
    tx.exec(
        &format!("DELETE FROM background_jobs WHERE seq {of_these} AND status IN ('completed', 'failed', 'cancelled')"),
        args![doomed],
    )?;
    let (first_key, last_key) = JobEvent::keys(after + 1, last);
    tx.exec(
        "DELETE FROM background_job_events WHERE key BETWEEN $1 AND $2 \
         AND NOT EXISTS (SELECT 1 FROM background_jobs WHERE seq = key / 1048576)",
        args![first_key, last_key],
    )?;
    Ok(Pruned { removed, next: Some(last).filter(|_| is_whole && old == retention.batch as usize) })
}
