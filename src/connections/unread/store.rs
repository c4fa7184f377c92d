//! SQL of what could not be read.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::Unread;
use crate::connections::ConnectionId;
use crate::model::{SetAside, UnreadKind};
use crate::workspaces::WorkspaceId;

pub fn put(
    tx: &mut Tx,
    now: Timestamp,
    (workspace, connection): (WorkspaceId, ConnectionId),
    item: &SetAside,
) -> Result<()> {
    tx.exec(
        "INSERT INTO unreadable_items
            (workspace_id, connection_id, kind, external_id, reason, raw, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (connection_id, kind, external_id) DO UPDATE
             SET reason = excluded.reason, raw = excluded.raw, last_seen_at = excluded.last_seen_at",
        args![workspace, connection, item.kind, &item.external_id, &item.reason, &item.raw, now],
    )?;
    Ok(())
}

pub fn since(conn: &mut Conn, connection: ConnectionId, began_at: Timestamp) -> Result<Vec<(UnreadKind, String)>> {
    conn.all(
        "SELECT kind, external_id FROM unreadable_items WHERE connection_id = $1 AND last_seen_at >= $2
         ORDER BY kind, external_id",
        args![connection, began_at],
    )
}

pub fn delete_before(tx: &mut Tx, connection: ConnectionId, began_at: Timestamp) -> Result<()> {
    tx.exec(
        "DELETE FROM unreadable_items WHERE connection_id = $1 AND last_seen_at < $2",
        args![connection, began_at],
    )?;
    Ok(())
}

pub fn count(conn: &mut Conn, connection: ConnectionId) -> Result<i64> {
    conn.one("SELECT count(*) FROM unreadable_items WHERE connection_id = $1", args![connection])
}

pub fn newest(conn: &mut Conn, connection: ConnectionId, limit: i64) -> Result<Vec<Unread>> {
    let columns = Unread::COLUMNS;
    conn.all(
        &format!(
            "SELECT {columns} FROM unreadable_items WHERE connection_id = $1
             ORDER BY last_seen_at DESC, kind, external_id LIMIT $2"
        ),
        args![connection, limit],
    )
}
