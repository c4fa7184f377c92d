//! SQL of connections, and of the readings that are under way.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};
use kit::jobs::{JobId, JobStatus};

use super::walks::Walks;
use super::{Cause, ConnectionId, GrantId, Status};
use crate::model::Platform;
use crate::model::ProviderState;
use crate::platforms::Account;
use crate::secrets::{Broken, Place, Secret, Vault};
use crate::workspaces::WorkspaceId;

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
        /// The authorisation that it holds, of which others may hold a copy.
        pub grant_id: Option<GrantId>,
        pub adapter_state: Option<Json>,
        pub choices: Option<Json>,
        pub walks: Option<Json>,
        pub language: Option<String>,
        pub synced_at: Option<Timestamp>,
        pub complete_to: Option<Timestamp>,
        pub whole_pass_at: Option<Timestamp>,
        /// The platform wants to hear nothing of the account before.
        pub silent_until: Option<Timestamp>,
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

/// For whoever is about to ask the platform.
pub fn silent_until(conn: &mut Conn, id: ConnectionId, now: Timestamp) -> Result<Option<Timestamp>> {
    conn.opt(
        "SELECT silent_until FROM platform_connections WHERE id = $1 AND silent_until IS NOT NULL AND silent_until > $2",
        args![id, now],
    )
}

/// No answer makes the wait shorter than another one did.
pub fn silence(tx: &mut Tx, id: ConnectionId, until: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections SET silent_until = $2
         WHERE id = $1 AND (silent_until IS NULL OR silent_until < $2)",
        args![id, until],
    )
    .map(drop)
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
         WHERE workspace_id = $1 AND platform = $2 AND external_id IS NULL AND connection_status <> 'choosing'
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

/// An attempt at an account that is not known yet, by what its person called it.
pub fn unknown_called(
    conn: &mut Conn,
    workspace: WorkspaceId,
    platform: Platform,
    handle: &str,
) -> Result<Option<ConnectionId>> {
    conn.opt(
        "SELECT id FROM platform_connections
         WHERE workspace_id = $1 AND platform = $2 AND external_id IS NULL AND handle = $3 ORDER BY created_at, id LIMIT 1",
        args![workspace, platform, handle],
    )
}

/// What a person called an account that is not known yet.
pub fn name_unknown(tx: &mut Tx, id: ConnectionId, handle: &str) -> Result<()> {
    tx.exec("UPDATE platform_connections SET handle = $2 WHERE id = $1 AND external_id IS NULL", args![id, handle])?;
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

pub fn set_account(tx: &mut Tx, now: Timestamp, id: ConnectionId, account: &Account) -> Result<()> {
    let observed = &account.observed;
    tx.exec(
        "UPDATE platform_connections
         SET external_id = $2, handle = $3, display_name = $4,
             avatar_url = CASE WHEN $11 THEN $5 ELSE avatar_url END,
             followers = CASE WHEN $11 THEN $6 ELSE followers END,
             content_total = CASE WHEN $11 THEN $7 ELSE content_total END,
             adapter_state = $8, language = $9, updated_at = $10
         WHERE id = $1",
        args![
            id,
            &observed.external_id,
            &observed.handle,
            &observed.display_name,
            &observed.avatar_url,
            observed.followers,
            observed.content_total,
            &account.state,
            &observed.language,
            now,
            account.has_counters,
        ],
    )?;
    Ok(())
}

pub fn set_walks(tx: &mut Tx, id: ConnectionId, walks: &Walks) -> Result<()> {
    tx.exec("UPDATE platform_connections SET walks = $2 WHERE id = $1", args![id, &walks.to_json()])?;
    Ok(())
}

/// What a pass leaves behind that came to its end.
pub struct Walked<'a> {
    pub complete_to: Option<Timestamp>,
    pub whole_pass_at: Option<Timestamp>,
    pub walks: &'a Walks,
}

pub fn set_walked(tx: &mut Tx, now: Timestamp, id: ConnectionId, walked: &Walked<'_>) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections
         SET walks = $2, synced_at = $3, complete_to = COALESCE($4, complete_to),
             whole_pass_at = COALESCE($5, whole_pass_at), connection_error = NULL, updated_at = $3
         WHERE id = $1",
        args![id, &walked.walks.to_json(), now, walked.complete_to, walked.whole_pass_at],
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

/// The state in which we know the first interaction of a thread, by the id of anything in it.
pub fn thread_state(conn: &mut Conn, connection: ConnectionId, external_id: &str) -> Result<Option<ProviderState>> {
    conn.opt(
        "SELECT root.provider_state FROM interactions
         JOIN interactions root ON root.connection_id = interactions.connection_id
             AND root.family = interactions.family AND root.external_id = interactions.thread_external_id
         WHERE interactions.connection_id = $1 AND interactions.family = 'comment' AND interactions.external_id = $2",
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

/// Stores refreshed tokens unless somebody stored others since `version` was read; whether it did.
pub fn put_tokens(tx: &mut Tx, now: Timestamp, id: ConnectionId, version: i64, sealed: &Sealed) -> Result<bool> {
    write_tokens(tx, now, id, (Some(version), None), sealed)
}

/// Stores a new authorisation: it takes the place of whatever is there, also of what a refresh stores at the same time.
pub fn put_grant(tx: &mut Tx, now: Timestamp, id: ConnectionId, grant: GrantId, sealed: &Sealed) -> Result<()> {
    if write_tokens(tx, now, id, (None, Some(grant)), sealed)? { Ok(()) } else { Err(kit::db::Error::NotFound) }
}

fn write_tokens(
    tx: &mut Tx,
    now: Timestamp,
    id: ConnectionId,
    (version, grant): (Option<i64>, Option<GrantId>),
    sealed: &Sealed,
) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE platform_connections
         SET access_token = $3, access_expires_at = $4, refresh_token = COALESCE($5, refresh_token),
             refresh_expires_at = COALESCE($6, refresh_expires_at), scopes = COALESCE($7, scopes),
             grant_id = COALESCE($9, grant_id), token_version = token_version + 1, updated_at = $8
         WHERE id = $1 AND token_version = COALESCE($2, token_version)",
        args![
            id,
            version,
            &sealed.access_token,
            sealed.access_expires_at,
            &sealed.refresh_token,
            sealed.refresh_expires_at,
            &sealed.scopes,
            now,
            grant,
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

pub fn is_demo(conn: &mut Conn, workspace: WorkspaceId) -> Result<bool> {
    let kind: Option<String> = conn.opt("SELECT kind FROM workspaces WHERE id = $1", args![workspace])?;
    Ok(kind.as_deref() == Some("demo"))
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
