//! SQL of workspaces and memberships.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::{Kind, UserId, WorkspaceId};

pub fn insert(tx: &mut Tx, id: WorkspaceId, kind: Kind, name: &str, now: Timestamp) -> Result<()> {
    tx.exec("INSERT INTO workspaces (id, kind, name, created_at) VALUES ($1, $2, $3, $4)", args![id, kind, name, now])?;
    Ok(())
}

pub fn add_owner(tx: &mut Tx, id: WorkspaceId, owner: UserId, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, 'owner', $3)",
        args![id, owner, now],
    )?;
    Ok(())
}
