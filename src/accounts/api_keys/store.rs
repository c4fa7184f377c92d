//! SQL of API keys.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::KeyId;
use crate::accounts::sessions::{TokenHash, UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Key {
        pub id: KeyId,
        pub user_id: UserId,
        pub workspace_id: WorkspaceId,
        pub name: String,
        pub hint: String,
        pub scopes: String,
        pub follows_demo: bool,
        pub created_at: Timestamp,
        pub expires_at: Option<Timestamp>,
        pub last_used_at: Option<Timestamp>,
    }
}

pub fn insert(tx: &mut Tx, key: &Key, token: &TokenHash) -> Result<()> {
    tx.exec(
        "INSERT INTO api_keys (id, user_id, workspace_id, name, token_hash, hint, scopes, follows_demo, created_at,
             expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            key.id,
            key.user_id,
            key.workspace_id,
            &key.name,
            token.as_bytes(),
            &key.hint,
            &key.scopes,
            key.follows_demo,
            key.created_at,
            key.expires_at
        ],
    )?;
    Ok(())
}

/// Counted under the user's lock: of two keys made at once, each sees the other.
pub fn count(tx: &mut Tx, user: UserId) -> Result<i64> {
    tx.exec("UPDATE users SET updated_at = updated_at WHERE id = $1", args![user])?;
    tx.one("SELECT count(*) FROM api_keys WHERE user_id = $1", args![user])
}

pub fn list(conn: &mut Conn, user: UserId) -> Result<Vec<Key>> {
    let sql = format!("SELECT {} FROM api_keys WHERE user_id = $1 ORDER BY created_at DESC, id DESC", Key::COLUMNS);
    conn.all(&sql, args![user])
}

pub fn living(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> Result<Option<Key>> {
    let columns = Key::COLUMNS;
    conn.opt(
        &format!("SELECT {columns} FROM api_keys WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)"),
        args![token.as_bytes(), now],
    )
}

pub fn delete(tx: &mut Tx, user: UserId, key: KeyId) -> Result<bool> {
    Ok(tx.exec("DELETE FROM api_keys WHERE id = $1 AND user_id = $2", args![key, user])? > 0)
}

pub fn delete_all(tx: &mut Tx, user: UserId) -> Result<Vec<KeyId>> {
    tx.all("DELETE FROM api_keys WHERE user_id = $1 RETURNING id", args![user])
}

/// Of somebody who has left the workspace.
pub fn delete_in(tx: &mut Tx, user: UserId, workspace: WorkspaceId) -> Result<Vec<KeyId>> {
    tx.all("DELETE FROM api_keys WHERE user_id = $1 AND workspace_id = $2 RETURNING id", args![user, workspace])
}

/// Conditional, so that many requests at once write one row once.
pub fn touch(tx: &mut Tx, key: KeyId, now: Timestamp, not_since: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
        args![key, now, not_since],
    )?;
    Ok(())
}
