//! SQL of the consents that are under way.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::accounts::sessions::SessionId;
use crate::connections::ConnectionId;
use crate::model::Platform;
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    /// A consent that was asked for.
    #[derive(Clone)]
    pub struct Flow {
        pub session_id: Option<SessionId>,
        pub user_id: UserId,
        pub workspace_id: WorkspaceId,
        pub connection_id: ConnectionId,
        pub platform: Platform,
        pub verifier: Vec<u8>,
        pub redirect_uri: String,
        pub expires_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }
}

pub fn insert_flow(tx: &mut Tx, now: Timestamp, state_hash: &[u8; 32], flow: &Flow) -> Result<()> {
    tx.exec(
        "INSERT INTO oauth_flows (state_hash, session_id, user_id, workspace_id, connection_id, platform, verifier,
            redirect_uri, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            state_hash,
            flow.session_id,
            flow.user_id,
            flow.workspace_id,
            flow.connection_id,
            flow.platform,
            &flow.verifier,
            &flow.redirect_uri,
            now,
            flow.expires_at,
        ],
    )?;
    Ok(())
}

pub fn flow(conn: &mut Conn, state_hash: &[u8; 32]) -> Result<Option<Flow>> {
    conn.opt(&format!("SELECT {} FROM oauth_flows WHERE state_hash = $1", Flow::COLUMNS), args![state_hash])
}

/// Takes a consent's answer; false for everyone but the first.
pub fn use_flow(tx: &mut Tx, now: Timestamp, state_hash: &[u8; 32]) -> Result<bool> {
    let used = tx.exec(
        "UPDATE oauth_flows SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL AND expires_at > $2",
        args![state_hash, now],
    )?;
    Ok(used == 1)
}

/// A new attempt, and a cancelled one, leave no older consent that could still be answered.
pub fn delete_flows(tx: &mut Tx, connection: ConnectionId) -> Result<()> {
    tx.exec("DELETE FROM oauth_flows WHERE connection_id = $1", args![connection])?;
    Ok(())
}

pub fn purge_flows(tx: &mut Tx, older_than: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM oauth_flows WHERE state_hash IN (SELECT state_hash FROM oauth_flows WHERE expires_at <= $1 LIMIT $2)",
        args![older_than, batch],
    )
}
