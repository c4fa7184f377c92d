//! SQL of accounts that came from another system.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::{Account, Described};
use crate::connections::{Cause, ConnectionId, Status};
use crate::platforms::Platform;
use crate::workspaces::WorkspaceId;

pub fn insert(
    tx: &mut Tx,
    now: Timestamp,
    id: ConnectionId,
    (workspace, platform, external_id): (WorkspaceId, Platform, &str),
    described: &Described,
) -> Result<()> {
    tx.exec(
        "INSERT INTO platform_connections
            (id, workspace_id, platform, connection_status, connection_error, external_id, handle, display_name,
             avatar_url, followers, scopes, token_version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, $11, $12)",
        args![
            id,
            workspace,
            platform,
            Status::Disconnected,
            Cause::Imported,
            external_id,
            &described.handle,
            &described.display_name,
            &described.avatar_url,
            described.followers,
            described.created_at.unwrap_or(now),
            now
        ],
    )?;
    Ok(())
}

pub fn best_known(conn: &mut Conn, workspace: WorkspaceId, platform: Platform) -> Result<Option<Account>> {
    conn.opt(
        "SELECT id, external_id FROM platform_connections WHERE workspace_id = $1 AND platform = $2
         ORDER BY CASE WHEN connection_status = 'connected' THEN 0 WHEN external_id LIKE 'imported:%' THEN 2 ELSE 1 END,
             created_at, id",
        args![workspace, platform],
    )
}
