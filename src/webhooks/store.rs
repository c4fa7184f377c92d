//! SQL of webhook deliveries.

use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};
use kit::jobs::JobId;

use crate::workspaces::{DemoStatus, UserId, WorkspaceId};

/// A sender may come again for days; after this long it is not the same delivery any more.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Old rows removed with each new one: more than one is made, so they cannot pile up.
const PURGE_BATCH: i64 = 10;

/// False when the delivery is known already.
pub fn insert(
    tx: &mut Tx,
    now: Timestamp,
    id: &str,
    source: &str,
    workspace: WorkspaceId,
    event_type: &str,
    payload: &Json,
) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO webhook_deliveries (id, source, workspace_id, event_type, payload, received_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO NOTHING",
        args![id, source, workspace, event_type, payload, now],
    )?;
    if inserted == 1 {
        tx.exec(
            "DELETE FROM webhook_deliveries WHERE id IN
                (SELECT id FROM webhook_deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2)",
            args![now - KEPT, PURGE_BATCH],
        )?;
    }
    Ok(inserted == 1)
}

pub fn set_job(tx: &mut Tx, id: &str, job: JobId) -> Result<()> {
    tx.exec("UPDATE webhook_deliveries SET job_id = $2 WHERE id = $1", args![id, job])?;
    Ok(())
}

pub fn demo_of(conn: &mut Conn, user: UserId) -> Result<Option<(DemoStatus, Option<WorkspaceId>)>> {
    conn.opt("SELECT demo_mode_status, demo_workspace_id FROM users WHERE id = $1", args![user])
}
