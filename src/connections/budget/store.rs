//! SQL of what credentials have used.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::model::Platform;

/// A row of another day begins anew.
pub fn add(tx: &mut Tx, credential: &str, day: Timestamp, units: i64) -> Result<i64> {
    tx.one(
        "INSERT INTO credential_use (credential, day, used) VALUES ($1, $2, $3)
         ON CONFLICT (credential) DO UPDATE SET day = excluded.day,
             used = CASE WHEN credential_use.day = excluded.day THEN credential_use.used ELSE 0 END + excluded.used
         RETURNING used",
        args![credential, day, units],
    )
}

pub fn used(conn: &mut Conn, credential: &str, day: Timestamp) -> Result<Option<i64>> {
    conn.opt("SELECT used FROM credential_use WHERE credential = $1 AND day = $2", args![credential, day])
}

pub fn accounts(conn: &mut Conn, platform: Platform, demo: bool) -> Result<i64> {
    let kind = if demo { "demo" } else { "live" };
    conn.one(
        "SELECT count(*) FROM platform_connections JOIN workspaces ON workspaces.id = platform_connections.workspace_id
         WHERE platform = $1 AND connection_status = 'connected' AND workspaces.kind = $2",
        args![platform, kind],
    )
}
