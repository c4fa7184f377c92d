//! SQL of the examination: reads alone.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Dialect, Result};

/// Running jobs whose worker has not been heard of since `before`.
pub fn lost_leases(conn: &mut Conn, before: Timestamp) -> Result<i64> {
    conn.one("SELECT count(*) FROM background_jobs WHERE status = 'running' AND lease_until < $1", args![before])
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
