//! SQL of accounts that came from another system.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::{Account, Described};
use crate::connections::{Cause, ConnectionId, Status};
use crate::model::Platform;
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
             avatar_url, followers, content_total, scopes, token_version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, $12, $13)",
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
            described.content_total,
            described.created_at.unwrap_or(now),
            now
        ],
    )?;
    Ok(())
}

pub fn account(conn: &mut Conn, id: ConnectionId) -> Result<Option<Account>> {
    conn.opt(&format!("SELECT {} FROM platform_connections WHERE id = $1", Account::COLUMNS), args![id])
}

pub fn accounts(conn: &mut Conn, workspace: WorkspaceId, platform: Platform) -> Result<Vec<Account>> {
    let sql = format!(
        "SELECT {} FROM platform_connections WHERE workspace_id = $1 AND platform = $2 AND external_id IS NOT NULL
         ORDER BY CASE WHEN connection_status = 'connected' THEN 0 WHEN external_id LIKE 'imported:%' THEN 2 ELSE 1 END,
             created_at, id",
        Account::COLUMNS
    );
    conn.all(&sql, args![workspace, platform])
}
