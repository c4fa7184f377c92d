//! Who still lives by an authorisation.

use kit::args;
use kit::db::lists::all_in;
use kit::db::{Conn, Result};

use crate::connections::{ConnectionId, GrantId};
use crate::model::Platform;
use crate::workspaces::WorkspaceId;

/// Whether some connection of a kind of workspace is authorised for an account.
pub fn is_in_use(conn: &mut Conn, platform: Platform, external_id: &str, demo: bool) -> Result<bool> {
    let found: Option<ConnectionId> = conn.opt(
        "SELECT platform_connections.id FROM platform_connections
         JOIN workspaces ON workspaces.id = platform_connections.workspace_id
         WHERE platform = $1 AND external_id = $2 AND refresh_token IS NOT NULL AND workspaces.kind = $3 LIMIT 1",
        args![platform, external_id, if demo { "demo" } else { "live" }],
    )?;
    Ok(found.is_some())
}

/// Whether some connection still has a copy of the authorisation.
pub fn is_held(conn: &mut Conn, grant: GrantId) -> Result<bool> {
    let sql = "SELECT id FROM platform_connections WHERE grant_id = $1 AND access_token IS NOT NULL LIMIT 1";
    Ok(conn.opt::<ConnectionId>(sql, args![grant])?.is_some())
}

/// Whether a workspace holds another authorisation of one of these platforms.
pub fn has_others(conn: &mut Conn, workspace: WorkspaceId, platforms: &[Platform]) -> Result<bool> {
    let sql =
        "SELECT id FROM platform_connections WHERE workspace_id = $1 AND refresh_token IS NOT NULL AND platform IN ";
    let names = platforms.iter().map(|platform| platform.as_str()).collect::<Vec<_>>();
    let found: Vec<ConnectionId> = all_in(conn, sql, "LIMIT 1", args![workspace], &names)?;
    Ok(!found.is_empty())
}
