//! SQL of what goes when it is old. Not of one workspace: the installation's own rows.

use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use kit::jobs::JobId;

/// Rows that one transaction removes at most.
pub const BATCH: i64 = 1_000;

/// For a while somebody may still ask what became of it, and a sender may come again.
const KEPT: Duration = Duration::from_secs(7 * 86_400);
/// As long as a delivery is known by its id: see `webhooks`.
const WEBHOOKS_KEPT: Duration = Duration::from_secs(30 * 86_400);

type Purge = fn(&mut Tx, Timestamp, i64) -> Result<u64>;

pub const PURGES: [Purge; 4] = [sessions, links, consents, webhooks];

/// The jobs that rows of the domain still name: the last one of each user's demo mode.
pub fn named_jobs(conn: &mut Conn) -> Result<Vec<JobId>> {
    conn.all("SELECT demo_job_id FROM users WHERE demo_job_id IS NOT NULL", args![])
}

fn sessions(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM user_sessions WHERE id IN
             (SELECT id FROM user_sessions WHERE idle_expires_at <= $1 ORDER BY idle_expires_at LIMIT $2)",
        args![now, batch],
    )
}

fn links(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM one_time_links WHERE id IN (SELECT id FROM one_time_links WHERE expires_at <= $1 LIMIT $2)",
        args![now - KEPT, batch],
    )
}

fn consents(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM oauth_flows WHERE state_hash IN
             (SELECT state_hash FROM oauth_flows WHERE expires_at <= $1 LIMIT $2)",
        args![now - KEPT, batch],
    )
}

fn webhooks(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM webhook_deliveries WHERE id IN
             (SELECT id FROM webhook_deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2)",
        args![now - WEBHOOKS_KEPT, batch],
    )
}
