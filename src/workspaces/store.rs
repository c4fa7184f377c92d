//! SQL of workspaces and memberships.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Dialect, Result, Tx};

use super::{Kind, UserId, WorkspaceId};

/// In its owner's time zone.
pub fn insert(tx: &mut Tx, id: WorkspaceId, owner: UserId, kind: Kind, name: &str, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO workspaces (id, kind, name, time_zone, created_at)
         VALUES ($1, $2, $3, COALESCE((SELECT time_zone FROM users WHERE id = $4), 'UTC'), $5)",
        args![id, kind, name, owner, now],
    )?;
    Ok(())
}

pub fn set_time_zone(tx: &mut Tx, owner: UserId, time_zone: &str) -> Result<()> {
    tx.exec(
        "UPDATE workspaces SET time_zone = $2
         WHERE id IN (SELECT workspace_id FROM memberships WHERE user_id = $1 AND role = 'owner')",
        args![owner, time_zone],
    )?;
    Ok(())
}

pub fn members(conn: &mut Conn, id: WorkspaceId) -> Result<Vec<UserId>> {
    conn.all("SELECT user_id FROM memberships WHERE workspace_id = $1 ORDER BY user_id", args![id])
}

pub fn all(conn: &mut Conn) -> Result<Vec<WorkspaceId>> {
    conn.all("SELECT id FROM workspaces ORDER BY id", args![])
}

pub fn add_owner(tx: &mut Tx, id: WorkspaceId, owner: UserId, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, 'owner', $3)",
        args![id, owner, now],
    )?;
    Ok(())
}

/// The time zone of the row, which is held, but not against those who only refer to it. SQLite has one writer anyway.
pub fn lock(tx: &mut Tx, id: WorkspaceId) -> Result<Option<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT time_zone FROM workspaces WHERE id = $1",
        Dialect::Postgres => "SELECT time_zone FROM workspaces WHERE id = $1 FOR NO KEY UPDATE",
    };
    tx.opt(sql, args![id])
}

pub fn is_owner(conn: &mut Conn, id: WorkspaceId, user: UserId) -> Result<bool> {
    let role: Option<String> =
        conn.opt("SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2", args![id, user])?;
    Ok(role.as_deref() == Some("owner"))
}
