//! The statements about events.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::EventKind;
use crate::model::ConnectionId;
use crate::workspaces::WorkspaceId;

/// The next number of the workspace. Its row is held to the end of the transaction, so that numbers follow commits.
pub fn next_seq(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64> {
    tx.one(
        "INSERT INTO event_heads (workspace_id, seq) VALUES ($1, 1)
         ON CONFLICT (workspace_id) DO UPDATE SET seq = event_heads.seq + 1 RETURNING seq",
        args![workspace],
    )
}

pub fn insert(
    tx: &mut Tx,
    workspace: WorkspaceId,
    seq: i64,
    kind: EventKind,
    object: ConnectionId,
    at: Timestamp,
) -> Result<()> {
    tx.exec(
        "INSERT INTO events (workspace_id, seq, kind, object, at) VALUES ($1, $2, $3, $4, $5)",
        args![workspace, seq, kind, object, at],
    )?;
    Ok(())
}

pub fn purge(tx: &mut Tx, older_than: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM events WHERE (workspace_id, seq) IN
            (SELECT workspace_id, seq FROM events WHERE at < $1 ORDER BY at LIMIT $2)",
        args![older_than, batch],
    )
}
