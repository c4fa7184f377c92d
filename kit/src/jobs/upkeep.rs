//! SQL of what workers do for all jobs: leases that are renewed and that run out, deadlines, what a wrong clock has written.

use std::time::Duration;

use uuid::Uuid;

use super::JobId;
use super::store::{Lease, indexed_by, skipping_locked};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Conn, Result, Tx};

/// Clocks of one installation differ by less. What was written later than this from now on was written by a clock that was
/// ahead, and has been set right since.
pub(super) const SKEW: Duration = Duration::from_secs(60);

/// Prolongs all leases of one worker: one that comes late shortens none. Rows that a transaction holds are passed over, and
/// come again next time.
pub(super) fn renew(tx: &mut Tx, worker_id: Uuid, lease_until: Timestamp) -> Result<Vec<Lease>> {
    let sql = format!(
        "WITH mine AS MATERIALIZED (SELECT seq AS my_seq FROM background_jobs \
         WHERE status = 'running' AND worker_id = $1{}) \
         UPDATE background_jobs SET lease_until = CASE WHEN lease_until < $2 THEN $2 ELSE lease_until END \
         FROM mine WHERE seq = my_seq RETURNING {}",
        skipping_locked(tx.dialect()),
        Lease::COLUMNS
    );
    tx.all(&sql, args![worker_id, lease_until])
}

crate::row! {
    /// What is a worker's by its row.
    #[derive(Clone, Copy, Debug)]
    pub(super) struct Owned {
        pub seq: i64,
        pub lease_token: i64,
        pub id: JobId,
        pub cancel_requested_at: Option<Timestamp>,
        /// Moves when nobody was at work: what the run remembers is that of its claim.
        pub deadline_at: Timestamp,
    }
}

impl Owned {
    pub(super) fn lease(&self) -> Lease {
        Lease { seq: self.seq, lease_token: self.lease_token }
    }
}

/// All that one worker still owns.
pub(super) fn owned(conn: &mut Conn, worker_id: Uuid) -> Result<Vec<Owned>> {
    let sql = format!("SELECT {} FROM background_jobs WHERE status = 'running' AND worker_id = $1", Owned::COLUMNS);
    conn.all(&sql, args![worker_id])
}

pub(super) fn expired(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Lease>> {
    let sql = format!(
        "SELECT seq, lease_token FROM background_jobs{} WHERE status = 'running' AND lease_until < $1 \
         ORDER BY lease_until LIMIT $2",
        indexed_by(conn.dialect(), "background_jobs_held")
    );
    conn.all(&sql, args![now, limit])
}

pub(super) fn of_other_workers(conn: &mut Conn, worker_id: Uuid) -> Result<Vec<Lease>> {
    let sql = format!(
        "SELECT seq, lease_token FROM background_jobs{} WHERE status = 'running' AND worker_id <> $1 ORDER BY seq",
        indexed_by(conn.dialect(), "background_jobs_held")
    );
    conn.all(&sql, args![worker_id])
}

/// Nobody worked from `since` to `now`: whoever was due meanwhile is given that time again.
pub(super) fn extend_deadlines(tx: &mut Tx, since: Timestamp, now: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE background_jobs SET deadline_at = deadline_at + ($2 - CASE WHEN run_at > $1 THEN run_at ELSE $1 END) \
         WHERE (status = 'pending' OR status = 'running') AND run_at < $2",
        args![since, now],
    )
    .map(drop)
}

/// Whether a waiting job was written later than now, or a lease is longer than any.
pub(super) fn has_instants_ahead(conn: &mut Conn, now: Timestamp, lease: Duration) -> Result<bool> {
    let dialect = conn.dialect();
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM background_jobs{} WHERE status = 'pending' AND queue_position IS NULL AND updated_at > $1) \
         OR EXISTS (SELECT 1 FROM background_jobs{} WHERE status = 'pending' AND queue_position IS NOT NULL \
         AND suspect_since IS NULL AND updated_at > $1) \
         OR EXISTS (SELECT 1 FROM background_jobs{} WHERE status = 'running' AND lease_until > $2)",
        indexed_by(dialect, "background_jobs_later"),
        indexed_by(dialect, "background_jobs_ready"),
        indexed_by(dialect, "background_jobs_held"),
    );
    conn.one(&sql, args![now + SKEW, now + lease + SKEW])
}

/// A job keeps its distance from when it was written; a lease is at most as long as one that begins now.
pub(super) fn bring_back(tx: &mut Tx, now: Timestamp, lease: Duration) -> Result<()> {
    tx.exec(
        "UPDATE background_jobs SET run_at = run_at - (updated_at - $1), queue_position = queue_position - (updated_at - $1), \
         deadline_at = deadline_at - (updated_at - $1), updated_at = $1 \
         WHERE (status = 'pending' OR status = 'running') AND updated_at > $2",
        args![now, now + SKEW],
    )?;
    tx.exec(
        "UPDATE background_jobs SET lease_until = $1 WHERE status = 'running' AND lease_until > $2",
        args![now + lease, now + lease + SKEW],
    )
    .map(drop)
}

/// Whether some job waits under which a worker died.
pub(super) fn has_suspects(conn: &mut Conn) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM background_jobs{} \
         WHERE status = 'pending' AND queue_position IS NOT NULL AND suspect_since IS NOT NULL LIMIT 1",
        indexed_by(conn.dialect(), "background_jobs_suspects")
    );
    Ok(conn.opt::<i64>(&sql, &[])?.is_some())
}

/// Looks at all that stand in the queue. What is not due yet is not overdue, and suspects are looked at by their claim.
pub(super) fn overdue(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<(i64, i64, String)>> {
    let sql = format!(
        "SELECT seq, lease_token, job_type FROM background_jobs{} \
         WHERE status = 'pending' AND queue_position IS NOT NULL AND suspect_since IS NULL AND deadline_at <= $1 LIMIT $2",
        indexed_by(conn.dialect(), "background_jobs_ready")
    );
    conn.all(&sql, args![now, limit])
}
