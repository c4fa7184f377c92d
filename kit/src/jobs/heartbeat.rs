//! Worker heartbeats: each worker refreshes its row.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Settings;
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Conn, Result, Tx};

crate::id_types! { pub WorkerId }

crate::row! {
    /// A worker as its row tells of it.
    #[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
    #[schema(as = Worker)]
    pub struct WorkerView {
        pub id: WorkerId,
        /// Its host and process: `mail-1 4711`.
        pub label: String,
        pub started_at: Timestamp,
        pub seen_at: Timestamp,
        /// From then on it counts as dead, unless it is seen again.
        pub gone_at: Timestamp,
        pub concurrency: i64,
        pub running: i64,
    }
}

impl WorkerView {
    /// Whether it showed itself within the last lease. One that was seen further ahead of now had a wrong clock.
    pub fn is_online(&self, now: Timestamp) -> bool {
        now < self.gone_at && self.seen_at.since(now) <= self.gone_at.since(self.seen_at)
    }
}

/// Workers, the latest first: those online, and those that were lost without a word within the last hour.
pub fn workers(conn: &mut Conn, now: Timestamp) -> Result<Vec<WorkerView>> {
    conn.all(
        &format!(
            "SELECT {} FROM background_workers WHERE gone_at > $1 AND seen_at < $2 ORDER BY started_at DESC, id DESC",
            WorkerView::COLUMNS
        ),
        args![now - REMEMBERED, now + REMEMBERED],
    )
}

/// How long a worker that was lost is shown.
const REMEMBERED: std::time::Duration = std::time::Duration::from_secs(3_600);

pub(super) fn is_any_online(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let sql = "SELECT 1 FROM background_workers WHERE gone_at > $1 AND seen_at - $1 <= gone_at - seen_at LIMIT 1";
    Ok(conn.opt::<i64>(sql, args![now])?.is_some())
}

/// One worker's own row.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    pub worker_id: Uuid,
    pub label: String,
    pub started_at: Timestamp,
}

impl Heartbeat {
    pub(super) fn new(worker_id: Uuid, started_at: Timestamp) -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
        Self { worker_id, label: format!("{host} {}", std::process::id()), started_at }
    }

    /// Says that this worker lives; makes its row where it is missing, and clears away those long lost.
    pub(super) fn beat(&self, tx: &mut Tx, settings: &Settings, running: usize, now: Timestamp) -> Result<()> {
        tx.exec(
            "INSERT INTO background_workers (id, label, started_at, seen_at, gone_at, concurrency, running) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET seen_at = $4, gone_at = $5, running = $7",
            args![
                self.worker_id,
                self.label.as_str(),
                self.started_at,
                now,
                now + settings.lease,
                count(settings.concurrency),
                count(running)
            ],
        )?;
        let lost = "DELETE FROM background_workers WHERE gone_at <= $1 OR seen_at >= $2";
        tx.exec(lost, args![now - REMEMBERED, now + REMEMBERED]).map(drop)
    }

    /// At a stop in good order.
    pub(super) fn leave(&self, tx: &mut Tx) -> Result<()> {
        tx.exec("DELETE FROM background_workers WHERE id = $1", args![self.worker_id]).map(drop)
    }

    /// For a process that is alone on its database: all other workers are dead.
    pub(super) fn remove_others(&self, tx: &mut Tx) -> Result<()> {
        tx.exec("DELETE FROM background_workers WHERE id <> $1", args![self.worker_id]).map(drop)
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
