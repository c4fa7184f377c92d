//! SQL of connections and of the consents that are under way.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use kit::jobs::{JobId, JobStatus};

use super::{Cause, ConnectionId, Status};
use crate::accounts::sessions::SessionId;
use crate::model::Platform;
use crate::model::ProviderState;
use crate::platforms::youtube::Channel;
use crate::secrets::{Broken, Place, Secret, Vault};
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    /// A connection without its secrets.
    #[derive(Clone, Debug)]
    pub struct Connection {
        pub id: ConnectionId,
        pub workspace_id: WorkspaceId,
        pub platform: Platform,
        pub connection_status: Status,
        pub connection_error: Option<Cause>,
        pub external_id: Option<String>,
        pub handle: Option<String>,
        pub display_name: Option<String>,
        pub avatar_url: Option<String>,
        pub followers: Option<i64>,
        pub content_total: Option<i64>,
        pub scopes: String,
        pub uploads_playlist: Option<String>,
        pub language: Option<String>,
        pub watermark: Option<Timestamp>,
        pub synced_at: Option<Timestamp>,
        pub complete_to: Option<Timestamp>,
        pub whole_pass_at: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: ConnectionId) -> Result<Option<Connection>> {
    let columns = Connection::COLUMNS;
    conn.opt(
        &format!("SELECT {columns} FROM platform_connections WHERE id = $1 AND workspace_id = $2"),
        args![id, workspace],
    )
}

/// For jobs, whose payload was written by us.
pub fn by_id(conn: &mut Conn, id: ConnectionId) -> Result<Option<Connection>> {
    let columns = Connection::COLUMNS;
    conn.opt(&format!("SELECT {columns} FROM platform_connections WHERE id = $1"), args![id])
}

pub fn list(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Connection>> {
    let columns = Connection::COLUMNS;
    conn.all(
        &format!(
            "SELECT {columns} FROM platform_connections WHERE workspace_id = $1 ORDER BY platform, created_at, id"
        ),
        args![workspace],
    )
}

pub fn by_account(
    conn: &mut Conn,
    workspace: WorkspaceId,
    platform: Platform,
    external_id: &str,
) -> Result<Option<ConnectionId>> {
    conn.opt(
        "SELECT id FROM platform_connections WHERE workspace_id = $1 AND platform = $2 AND external_id = $3",
        args![workspace, platform, external_id],
    )
}

/// An attempt at a new account that failed, or whose consent page nobody has answered yet.
pub fn unfinished(conn: &mut Conn, workspace: WorkspaceId, platform: Platform) -> Result<Option<ConnectionId>> {
    conn.opt(
        "SELECT id FROM platform_connections
         WHERE workspace_id = $1 AND platform = $2 AND external_id IS NULL
            AND (connection_status = 'failed' OR NOT EXISTS (
                SELECT 1 FROM oauth_flows
                WHERE oauth_flows.connection_id = platform_connections.id AND oauth_flows.used_at IS NOT NULL))
         ORDER BY created_at, id",
        args![workspace, platform],
    )
}

/// The oldest connected account of a platform.
pub fn connected(conn: &mut Conn, workspace: WorkspaceId, platform: Platform) -> Result<Option<ConnectionId>> {
    conn.opt(
        "SELECT id FROM platform_connections
         WHERE workspace_id = $1 AND platform = $2 AND connection_status = 'connected' ORDER BY created_at, id",
        args![workspace, platform],
    )
}

pub fn insert(tx: &mut Tx, now: Timestamp, id: ConnectionId, workspace: WorkspaceId, platform: Platform) -> Result<()> {
    tx.exec(
        "INSERT INTO platform_connections
            (id, workspace_id, platform, connection_status, scopes, token_version, created_at, updated_at)
         VALUES ($1, $2, $3, 'connecting', '', 0, $4, $4)",
        args![id, workspace, platform, now],
    )?;
    Ok(())
}

pub fn delete(tx: &mut Tx, workspace: WorkspaceId, id: ConnectionId) -> Result<()> {
    tx.exec("DELETE FROM platform_connections WHERE id = $1 AND workspace_id = $2", args![id, workspace])?;
    Ok(())
}

pub fn set_status(tx: &mut Tx, now: Timestamp, id: ConnectionId, status: Status, cause: Option<Cause>) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections SET connection_status = $2, connection_error = $3, updated_at = $4 WHERE id = $1",
        args![id, status, cause, now],
    )?;
    Ok(())
}

/// Moves a connection only if it still is in the state that the caller judged; whether it did.
pub fn move_status(
    tx: &mut Tx,
    now: Timestamp,
    id: ConnectionId,
    from: Status,
    to: Status,
    cause: Option<Cause>,
) -> Result<bool> {
    let moved = tx.exec(
        "UPDATE platform_connections SET connection_status = $3, connection_error = $4, updated_at = $5
         WHERE id = $1 AND connection_status = $2",
        args![id, from, to, cause, now],
    )?;
    Ok(moved == 1)
}

pub fn set_account(tx: &mut Tx, now: Timestamp, id: ConnectionId, channel: &Channel) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections
         SET external_id = $2, handle = $3, display_name = $4, avatar_url = $5, followers = $6, content_total = $7,
             uploads_playlist = $8, language = $9, updated_at = $10
         WHERE id = $1",
        args![
            id,
            &channel.id,
            &channel.handle,
            &channel.title,
            &channel.avatar_url,
            channel.subscribers,
            channel.videos,
            &channel.uploads_playlist,
            &channel.language,
            now,
        ],
    )?;
    Ok(())
}

/// What a whole pass leaves behind.
pub struct Synced {
    pub watermark: Option<Timestamp>,
    pub began_at: Timestamp,
    pub whole: bool,
}

pub fn set_synced(tx: &mut Tx, now: Timestamp, id: ConnectionId, synced: &Synced) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections
         SET watermark = COALESCE($2, watermark), synced_at = $3, complete_to = $4,
             whole_pass_at = COALESCE($5, whole_pass_at), connection_error = NULL, updated_at = $3
         WHERE id = $1",
        args![id, synced.watermark, now, synced.began_at, synced.whole.then_some(synced.began_at)],
    )?;
    Ok(())
}

/// How many replies we know of a thread.
pub fn reply_count(conn: &mut Conn, connection: ConnectionId, thread: &str) -> Result<Option<i64>> {
    let found: Option<Option<i64>> = conn.opt(
        "SELECT reply_count FROM interactions WHERE connection_id = $1 AND family = 'comment' AND external_id = $2",
        args![connection, thread],
    )?;
    Ok(found.flatten())
}

/// The state in which we know an interaction.
pub fn provider_state(conn: &mut Conn, connection: ConnectionId, external_id: &str) -> Result<Option<ProviderState>> {
    conn.opt(
        "SELECT provider_state FROM interactions WHERE connection_id = $1 AND family = 'comment' AND external_id = $2",
        args![connection, external_id],
    )
}

kit::row! {
    /// A connection's secrets, as they are stored.
    #[derive(Clone)]
    pub struct Tokens {
        pub id: ConnectionId,
        pub workspace_id: WorkspaceId,
        pub connection_status: Status,
        pub access_token: Option<Vec<u8>>,
        pub refresh_token: Option<Vec<u8>>,
        pub access_expires_at: Option<Timestamp>,
        pub token_version: i64,
    }
}

/// Where a token of a connection is stored.
pub fn token_place<T>(
    column: &'static str,
    id: ConnectionId,
    workspace: WorkspaceId,
    with: impl FnOnce(Place<'_>) -> T,
) -> T {
    let (row, owner) = (id.uuid(), workspace.uuid());
    with(Place { table: "platform_connections", column, row: row.as_bytes(), owner: owner.as_bytes() })
}

impl Tokens {
    pub fn open_access(&self, vault: &Vault) -> Result<Option<Secret>, Broken> {
        self.open(vault, "access_token", self.access_token.as_deref())
    }

    pub fn open_refresh(&self, vault: &Vault) -> Result<Option<Secret>, Broken> {
        self.open(vault, "refresh_token", self.refresh_token.as_deref())
    }

    fn open(&self, vault: &Vault, column: &'static str, sealed: Option<&[u8]>) -> Result<Option<Secret>, Broken> {
        let open = |sealed| token_place(column, self.id, self.workspace_id, |place| vault.open_sealed(place, sealed));
        sealed.map(open).transpose()
    }
}

pub fn tokens(conn: &mut Conn, id: ConnectionId) -> Result<Option<Tokens>> {
    let columns = Tokens::COLUMNS;
    conn.opt(&format!("SELECT {columns} FROM platform_connections WHERE id = $1"), args![id])
}

/// Tokens that were just granted, sealed for the row where they go.
#[derive(Clone)]
pub struct Sealed {
    pub access_token: Vec<u8>,
    pub access_expires_at: Timestamp,
    /// `None` keeps the old one.
    pub refresh_token: Option<Vec<u8>>,
    pub refresh_expires_at: Option<Timestamp>,
    /// `None` keeps what is known to be granted.
    pub scopes: Option<String>,
}

/// Stores new tokens unless somebody stored others since `version` was read; whether it did.
pub fn put_tokens(tx: &mut Tx, now: Timestamp, id: ConnectionId, version: i64, sealed: &Sealed) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE platform_connections
         SET access_token = $3, access_expires_at = $4, refresh_token = COALESCE($5, refresh_token),
             refresh_expires_at = COALESCE($6, refresh_expires_at), scopes = COALESCE($7, scopes),
             token_version = token_version + 1, updated_at = $8
         WHERE id = $1 AND token_version = $2",
        args![
            id,
            version,
            &sealed.access_token,
            sealed.access_expires_at,
            &sealed.refresh_token,
            sealed.refresh_expires_at,
            &sealed.scopes,
            now,
        ],
    )?;
    Ok(changed == 1)
}

/// The version grows, so that a refresh that is under way stores nothing.
pub fn clear_tokens(tx: &mut Tx, now: Timestamp, id: ConnectionId) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections
         SET access_token = NULL, refresh_token = NULL, access_expires_at = NULL, refresh_expires_at = NULL,
             token_version = token_version + 1, updated_at = $2
         WHERE id = $1",
        args![id, now],
    )?;
    Ok(())
}

/// One sealed value of each connection that has any.
pub fn sealed_secrets(conn: &mut Conn) -> Result<Vec<Vec<u8>>> {
    conn.all(
        "SELECT COALESCE(refresh_token, access_token) FROM platform_connections
         WHERE refresh_token IS NOT NULL OR access_token IS NOT NULL",
        args![],
    )
}

pub fn members(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<UserId>> {
    conn.all("SELECT user_id FROM memberships WHERE workspace_id = $1 ORDER BY user_id", args![workspace])
}

/// The owner's.
pub fn time_zone(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<String>> {
    conn.opt(
        "SELECT users.time_zone FROM memberships JOIN users ON users.id = memberships.user_id
         WHERE memberships.workspace_id = $1 AND memberships.role = 'owner'
         ORDER BY memberships.created_at, users.id",
        args![workspace],
    )
}

pub fn is_demo(conn: &mut Conn, workspace: WorkspaceId) -> Result<bool> {
    let kind: Option<String> = conn.opt("SELECT kind FROM workspaces WHERE id = $1", args![workspace])?;
    Ok(kind.as_deref() == Some("demo"))
}

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

kit::row! {
    /// The reading of a connection that runs or waits.
    #[derive(Clone, Debug)]
    pub struct Reading {
        pub id: JobId,
        pub status: JobStatus,
        pub run_at: Timestamp,
        pub attempt: i64,
        pub progress_done: i64,
        pub progress_total: i64,
        pub progress_step: String,
    }
}

pub fn reading(conn: &mut Conn, connection: ConnectionId) -> Result<Option<Reading>> {
    let columns = Reading::COLUMNS;
    conn.opt(
        &format!("SELECT {columns} FROM background_jobs WHERE operation_key = $1 AND status IN ('pending', 'running')"),
        args![format!("sync:{connection}")],
    )
}
