//! SQL of links into workspaces.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::{LinkId, Role, UserId, WorkspaceId};
use crate::accounts::sessions::TokenHash;

kit::row! {
    /// Where a link leads.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Offer {
        pub workspace_id: WorkspaceId,
        pub name: String,
        pub role: Role,
        /// Who gave it away.
        pub by: String,
    }
}

kit::row! {
    /// A link that was given away and not used.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Invitation {
        pub id: LinkId,
        pub role: Role,
        pub created_at: Timestamp,
        pub expires_at: Timestamp,
        /// Who gave it away.
        pub by: String,
    }
}

pub struct NewLink {
    pub id: LinkId,
    pub token: TokenHash,
    pub workspace: WorkspaceId,
    pub role: Role,
    pub by: UserId,
}

pub fn insert(tx: &mut Tx, link: &NewLink, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO one_time_links (id, kind, token_hash, workspace_id, role, made_by, created_at, expires_at)
         VALUES ($1, 'member', $2, $3, $4, $5, $6, $7)",
        args![link.id, link.token.as_bytes(), link.workspace, link.role, link.by, now, expires_at],
    )?;
    Ok(())
}

pub fn list(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<Invitation>> {
    conn.all(
        "SELECT l.id, l.role, l.created_at, l.expires_at, u.name FROM one_time_links l JOIN users u ON u.id = l.made_by
         WHERE l.workspace_id = $1 AND l.used_at IS NULL AND l.expires_at > $2 ORDER BY l.created_at DESC, l.id DESC LIMIT 100",
        args![workspace, now],
    )
}

pub fn delete(tx: &mut Tx, workspace: WorkspaceId, id: LinkId) -> Result<bool> {
    let sql = "DELETE FROM one_time_links WHERE id = $1 AND workspace_id = $2 AND used_at IS NULL";
    Ok(tx.exec(sql, args![id, workspace])? > 0)
}

pub fn delete_of(tx: &mut Tx, workspace: WorkspaceId, by: UserId) -> Result<()> {
    let sql = "DELETE FROM one_time_links WHERE workspace_id = $1 AND made_by = $2 AND used_at IS NULL";
    tx.exec(sql, args![workspace, by])?;
    Ok(())
}

const OFFER: &str = "SELECT l.workspace_id, w.name, l.role, u.name FROM one_time_links l
     JOIN workspaces w ON w.id = l.workspace_id JOIN users u ON u.id = l.made_by WHERE l.token_hash = $1";

pub fn offer(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> Result<Option<Offer>> {
    conn.opt(&format!("{OFFER} AND l.used_at IS NULL AND l.expires_at > $2"), args![token.as_bytes(), now])
}

pub fn used_offer(conn: &mut Conn, token: &TokenHash) -> Result<Option<Offer>> {
    conn.opt(OFFER, args![token.as_bytes()])
}
