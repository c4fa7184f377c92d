//! SQL of workspaces and memberships.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Dialect, Result, Tx};

use super::{BusinessHours, Kind, Role, UserId, Workspace, WorkspaceId};

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
         WHERE id IN (SELECT workspace_id FROM memberships WHERE user_id = $1 AND role = 'owner') AND NOT EXISTS
            (SELECT 1 FROM memberships m WHERE m.workspace_id = workspaces.id AND m.role = 'owner' AND m.user_id <> $1)",
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

pub fn add(tx: &mut Tx, id: WorkspaceId, user: UserId, role: Role, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at, chosen_at) VALUES ($1, $2, $3, $4, $4)",
        args![id, user, role, now],
    )?;
    Ok(())
}

pub fn made_at(conn: &mut Conn, id: WorkspaceId) -> Result<Timestamp> {
    conn.one("SELECT created_at FROM workspaces WHERE id = $1", args![id])
}

kit::row! {
    /// Somebody in a workspace.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Member {
        pub user_id: UserId,
        pub name: String,
        pub email: String,
        pub role: Role,
        pub created_at: Timestamp,
        /// Their account is closed.
        pub is_closed: bool,
    }
}

pub fn people(conn: &mut Conn, id: WorkspaceId) -> Result<Vec<Member>> {
    conn.all(
        "SELECT m.user_id, u.name, u.email, m.role, m.created_at, u.disabled_at IS NOT NULL
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1
         ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'editor' THEN 1 ELSE 2 END, m.created_at, m.user_id",
        args![id],
    )
}

pub fn role_of(conn: &mut Conn, id: WorkspaceId, user: UserId) -> Result<Option<Role>> {
    conn.opt("SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2", args![id, user])
}

pub fn of_person(conn: &mut Conn, user: UserId) -> Result<Vec<Workspace>> {
    conn.all(
        "SELECT w.id, w.kind, w.name FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
         JOIN users u ON u.id = m.user_id
         WHERE m.user_id = $1 AND (w.kind = 'live' OR u.demo_mode_status = 'enabled') ORDER BY w.kind DESC, w.name, w.id",
        args![user],
    )
}

pub fn approves_replies(conn: &mut Conn, id: WorkspaceId) -> Result<bool> {
    Ok(conn.opt("SELECT approves_replies FROM workspaces WHERE id = $1", args![id])?.unwrap_or(false))
}

pub fn set_approves_replies(tx: &mut Tx, id: WorkspaceId, approves: bool) -> Result<()> {
    tx.exec("UPDATE workspaces SET approves_replies = $2 WHERE id = $1", args![id, approves])?;
    Ok(())
}

/// The days' bits, their hours in minutes, and the workspace's zone.
pub fn business_hours(conn: &mut Conn, id: WorkspaceId) -> Result<Option<(i64, i64, i64, String)>> {
    let sql = "SELECT business_days, business_from, business_until, time_zone FROM workspaces WHERE id = $1";
    conn.opt(sql, args![id])
}

/// The hours stay where the days go: they are offered again.
pub fn set_business_hours(tx: &mut Tx, id: WorkspaceId, hours: Option<BusinessHours>) -> Result<()> {
    match hours {
        Some(hours) => tx.exec(
            "UPDATE workspaces SET business_days = $2, business_from = $3, business_until = $4 WHERE id = $1",
            args![id, hours.bits(), hours.from, hours.until],
        )?,
        None => tx.exec("UPDATE workspaces SET business_days = 0 WHERE id = $1", args![id])?,
    };
    Ok(())
}

pub fn set_name(tx: &mut Tx, id: WorkspaceId, name: &str) -> Result<()> {
    tx.exec("UPDATE workspaces SET name = $2 WHERE id = $1", args![id, name])?;
    Ok(())
}

pub fn set_chosen(tx: &mut Tx, id: WorkspaceId, user: UserId, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE memberships SET chosen_at = $3 WHERE workspace_id = $1 AND user_id = $2", args![id, user, now])?;
    Ok(())
}

pub fn set_role(tx: &mut Tx, id: WorkspaceId, user: UserId, role: Role) -> Result<()> {
    tx.exec("UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND user_id = $2", args![id, user, role])?;
    Ok(())
}

pub fn remove(tx: &mut Tx, id: WorkspaceId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2", args![id, user])?;
    Ok(())
}

/// The name of somebody whose memberships nobody else changes until the transaction ends.
pub fn hold_person(tx: &mut Tx, user: UserId) -> Result<Option<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT name FROM users WHERE id = $1",
        Dialect::Postgres => "SELECT name FROM users WHERE id = $1 FOR NO KEY UPDATE",
    };
    tx.opt(sql, args![user])
}

pub fn has_a_home(conn: &mut Conn, user: UserId) -> Result<bool> {
    conn.one(
        "SELECT EXISTS (SELECT 1 FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = $1 AND w.kind = 'live')",
        args![user],
    )
}

/// Somebody who can do something about it: whose account is open.
pub fn has_another_owner(conn: &mut Conn, id: WorkspaceId, user: UserId) -> Result<bool> {
    conn.one(
        "SELECT EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
            WHERE m.workspace_id = $1 AND m.role = 'owner' AND m.user_id <> $2 AND u.disabled_at IS NULL)",
        args![id, user],
    )
}

/// The time zone of the row, which is held, but not against those who only refer to it. SQLite has one writer anyway.
pub fn lock(tx: &mut Tx, id: WorkspaceId) -> Result<Option<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT time_zone FROM workspaces WHERE id = $1",
        Dialect::Postgres => "SELECT time_zone FROM workspaces WHERE id = $1 FOR NO KEY UPDATE",
    };
    tx.opt(sql, args![id])
}
