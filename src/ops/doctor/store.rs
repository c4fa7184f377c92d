//! SQL of the examination: reads alone.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Dialect, Result};

/// Running jobs whose lease ended before an instant.
pub fn leases_over(conn: &mut Conn, before: Timestamp) -> Result<i64> {
    conn.one("SELECT count(*) FROM background_jobs WHERE status = 'running' AND lease_until < $1", args![before])
}

pub fn leases_ahead(conn: &mut Conn, after: Timestamp) -> Result<i64> {
    conn.one("SELECT count(*) FROM background_jobs WHERE status = 'running' AND lease_until > $1", args![after])
}

/// Running jobs whose worker left, or has not been heard of since an instant.
pub fn running_for_nobody(conn: &mut Conn, before: Timestamp) -> Result<i64> {
    conn.one(
        "SELECT count(*) FROM background_jobs WHERE status = 'running' AND NOT EXISTS
             (SELECT 1 FROM background_workers
              WHERE background_workers.id = background_jobs.worker_id AND background_workers.gone_at > $1)",
        args![before],
    )
}

/// What live jobs, schedules and workers say of instants that are still to come.
pub fn engine_rows_of_the_future(conn: &mut Conn, after: Timestamp) -> Result<i64> {
    conn.one(
        "SELECT (SELECT count(*) FROM background_jobs WHERE status IN ('pending', 'running') AND created_at > $1)
              + (SELECT count(*) FROM background_schedules WHERE enqueued_at > $1)
              + (SELECT count(*) FROM background_workers WHERE seen_at > $1)",
        args![after],
    )
}

/// Operations that nobody can start anew, because a job that should have ended holds their key.
pub fn blocking_keys(conn: &mut Conn, before: Timestamp) -> Result<Vec<String>> {
    conn.all(
        "SELECT operation_key FROM background_jobs
         WHERE operation_key IS NOT NULL AND status IN ('pending', 'running') AND deadline_at < $1
         ORDER BY deadline_at LIMIT 5",
        args![before],
    )
}

/// Deliveries whose processing has failed, since an instant.
pub fn failed_deliveries(conn: &mut Conn, since: Timestamp) -> Result<i64> {
    conn.one(
        "SELECT count(*) FROM webhook_deliveries JOIN background_jobs ON background_jobs.id = webhook_deliveries.job_id
         WHERE background_jobs.status = 'failed' AND webhook_deliveries.received_at > $1",
        args![since],
    )
}

/// The database's own clock; none where it has none.
pub fn clock(conn: &mut Conn) -> Result<Option<Timestamp>> {
    match conn.dialect() {
        Dialect::Sqlite => Ok(None),
        Dialect::Postgres => conn.opt("SELECT clock_timestamp()", args![]),
    }
}
