//! SQL of the clients that workspaces have at providers.

use kit::args;
use kit::clock::Timestamp;
use kit::db::lists::all_in;
use kit::db::{Conn, Result, Tx};

use super::Verdict;
use crate::connections::{Cause, ConnectionId, Status};
use crate::model::Platform;
use crate::secrets::Place;
use crate::workspaces::WorkspaceId;

kit::row! {
    /// A client as it is kept.
    #[derive(Clone)]
    pub struct Stored {
        pub provider: String,
        pub client_id: String,
        pub client_secret: Vec<u8>,
        pub version: i64,
        pub verdict: Verdict,
        pub saved_at: Timestamp,
    }
}

/// Where a client's secret is kept.
pub fn place<T>(workspace: WorkspaceId, provider: &str, with: impl FnOnce(Place<'_>) -> T) -> T {
    let owner = workspace.uuid();
    with(Place {
        table: "provider_clients",
        column: "client_secret",
        row: provider.as_bytes(),
        owner: owner.as_bytes(),
    })
}

pub fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Stored>> {
    let sql = format!("SELECT {} FROM provider_clients WHERE workspace_id = $1 ORDER BY provider", Stored::COLUMNS);
    conn.all(&sql, args![workspace])
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, provider: &str) -> Result<Option<Stored>> {
    let columns = Stored::COLUMNS;
    let sql = format!("SELECT {columns} FROM provider_clients WHERE workspace_id = $1 AND provider = $2");
    conn.opt(&sql, args![workspace, provider])
}

/// In the place of what was there. The version that it has now.
pub fn put(
    tx: &mut Tx,
    now: Timestamp,
    workspace: WorkspaceId,
    provider: &str,
    (client_id, sealed): (&str, &[u8]),
) -> Result<i64> {
    tx.one(
        "INSERT INTO provider_clients (workspace_id, provider, client_id, client_secret, version, verdict, saved_at)
         VALUES ($1, $2, $3, $4, 1, $5, $6)
         ON CONFLICT (workspace_id, provider) DO UPDATE SET client_id = excluded.client_id,
             client_secret = excluded.client_secret, version = provider_clients.version + 1,
             verdict = excluded.verdict, saved_at = excluded.saved_at
         RETURNING version",
        args![workspace, provider, client_id, sealed, Verdict::Checking, now],
    )
}

pub fn delete(tx: &mut Tx, workspace: WorkspaceId, provider: &str) -> Result<bool> {
    let sql = "DELETE FROM provider_clients WHERE workspace_id = $1 AND provider = $2";
    Ok(tx.exec(sql, args![workspace, provider])? == 1)
}

/// What a check came to, if what was checked is still there.
pub fn judge(tx: &mut Tx, workspace: WorkspaceId, provider: &str, version: i64, verdict: Verdict) -> Result<()> {
    tx.exec(
        "UPDATE provider_clients SET verdict = $4 WHERE workspace_id = $1 AND provider = $2 AND version = $3",
        args![workspace, provider, version, verdict],
    )?;
    Ok(())
}

/// Connections whose authorisation was given to a client that is there no more wait for their person.
pub fn orphan(
    tx: &mut Tx,
    now: Timestamp,
    workspace: WorkspaceId,
    platforms: &[Platform],
) -> Result<Vec<ConnectionId>> {
    let names = platforms.iter().map(|platform| platform.as_str()).collect::<Vec<_>>();
    let sql = "SELECT id FROM platform_connections WHERE workspace_id = $1 AND connection_status = $2 AND platform IN ";
    let found: Vec<ConnectionId> = all_in(tx, sql, "ORDER BY id", args![workspace, Status::Connected], &names)?;
    for id in &found {
        crate::connections::store::set_status(tx, now, *id, Status::NeedsReauth, Some(Cause::ClientChanged))?;
    }
    Ok(found)
}

pub fn sealed_secrets(conn: &mut Conn) -> Result<Vec<Vec<u8>>> {
    conn.all("SELECT client_secret FROM provider_clients", args![])
}

/// How many of them stand how, over all workspaces.
pub fn verdicts(conn: &mut Conn) -> Result<Vec<(Verdict, i64)>> {
    conn.all("SELECT verdict, count(*) FROM provider_clients GROUP BY verdict ORDER BY verdict", args![])
}
