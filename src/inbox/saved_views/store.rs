//! The statements about saved views. Each names whose they may be: one's own, or the workspace's.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::SavedViewId;
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct SavedView {
        pub id: SavedViewId,
        /// Whose own it is; none: the workspace's.
        pub owner_id: Option<UserId>,
        pub name: String,
        /// As an address says it.
        pub filter: String,
        pub place: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// One's own, and behind them the workspace's, each in their order.
pub fn list(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> Result<Vec<SavedView>> {
    let sql = format!(
        "SELECT {} FROM saved_views WHERE workspace_id = $1 AND (owner_id = $2 OR owner_id IS NULL)
         ORDER BY CASE WHEN owner_id IS NULL THEN 1 ELSE 0 END, place, id",
        SavedView::COLUMNS
    );
    conn.all(&sql, args![workspace, user])
}

pub fn insert(tx: &mut Tx, workspace: WorkspaceId, view: &SavedView, name_key: &str, by: UserId) -> Result<()> {
    let SavedView { id, owner_id, name, filter, place, created_at, updated_at } = view;
    tx.exec(
        "INSERT INTO saved_views (id, workspace_id, owner_id, name, name_key, filter, place, saved_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![id, workspace, owner_id, name, name_key, filter, place, by, created_at, updated_at],
    )?;
    Ok(())
}

pub fn update(tx: &mut Tx, workspace: WorkspaceId, view: &SavedView, name_key: &str) -> Result<()> {
    tx.exec(
        "UPDATE saved_views SET name = $3, name_key = $4, filter = $5, updated_at = $6 WHERE workspace_id = $1 AND id = $2",
        args![workspace, view.id, view.name, name_key, view.filter, view.updated_at],
    )?;
    Ok(())
}

pub fn put_at(tx: &mut Tx, workspace: WorkspaceId, id: SavedViewId, place: i64) -> Result<()> {
    tx.exec("UPDATE saved_views SET place = $3 WHERE workspace_id = $1 AND id = $2", args![workspace, id, place])?;
    Ok(())
}

pub fn delete(tx: &mut Tx, workspace: WorkspaceId, id: SavedViewId) -> Result<()> {
    tx.exec("DELETE FROM saved_views WHERE workspace_id = $1 AND id = $2", args![workspace, id])?;
    Ok(())
}

pub fn default_of(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> Result<Option<SavedViewId>> {
    let sql = "SELECT view_id FROM default_views WHERE workspace_id = $1 AND user_id = $2";
    conn.opt(sql, args![workspace, user])
}

pub fn set_default(tx: &mut Tx, workspace: WorkspaceId, user: UserId, id: SavedViewId) -> Result<()> {
    tx.exec(
        "INSERT INTO default_views (workspace_id, user_id, view_id) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET view_id = excluded.view_id",
        args![workspace, user, id],
    )?;
    Ok(())
}

pub fn unset_default(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM default_views WHERE workspace_id = $1 AND user_id = $2", args![workspace, user])?;
    Ok(())
}

pub fn end_views_of(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<()> {
    unset_default(tx, workspace, user)?;
    tx.exec("DELETE FROM saved_views WHERE workspace_id = $1 AND owner_id = $2", args![workspace, user])?;
    Ok(())
}
