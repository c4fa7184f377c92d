//! The statements about saved replies.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::SavedReplyId;
use crate::model::{UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct SavedReply {
        pub id: SavedReplyId,
        pub name: String,
        pub text: String,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

pub fn list(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<SavedReply>> {
    let sql = format!("SELECT {} FROM saved_replies WHERE workspace_id = $1 ORDER BY name_key", SavedReply::COLUMNS);
    conn.all(&sql, args![workspace])
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: SavedReplyId) -> Result<Option<SavedReply>> {
    let sql = format!("SELECT {} FROM saved_replies WHERE workspace_id = $1 AND id = $2", SavedReply::COLUMNS);
    conn.opt(&sql, args![workspace, id])
}

pub fn id_of(conn: &mut Conn, workspace: WorkspaceId, name_key: &str) -> Result<Option<SavedReplyId>> {
    conn.opt("SELECT id FROM saved_replies WHERE workspace_id = $1 AND name_key = $2", args![workspace, name_key])
}

pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    conn.one("SELECT count(*) FROM saved_replies WHERE workspace_id = $1", args![workspace])
}

pub fn insert(tx: &mut Tx, workspace: WorkspaceId, reply: &SavedReply, name_key: &str, by: UserId) -> Result<()> {
    tx.exec(
        "INSERT INTO saved_replies (id, workspace_id, name, name_key, text, written_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![reply.id, workspace, reply.name, name_key, reply.text, by, reply.created_at, reply.updated_at],
    )?;
    Ok(())
}

pub fn update(tx: &mut Tx, workspace: WorkspaceId, reply: &SavedReply, name_key: &str, by: UserId) -> Result<()> {
    tx.exec(
        "UPDATE saved_replies SET name = $3, name_key = $4, text = $5, written_by = $6, updated_at = $7
         WHERE workspace_id = $1 AND id = $2",
        args![workspace, reply.id, reply.name, name_key, reply.text, by, reply.updated_at],
    )?;
    Ok(())
}

pub fn delete(tx: &mut Tx, workspace: WorkspaceId, id: SavedReplyId) -> Result<bool> {
    Ok(tx.exec("DELETE FROM saved_replies WHERE workspace_id = $1 AND id = $2", args![workspace, id])? > 0)
}
