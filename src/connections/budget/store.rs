//! SQL of what credentials have used.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::model::Platform;

/// What is used with it; none, and nothing changed, where that would be more than `line`.
pub fn add_within(tx: &mut Tx, credential: &str, day: Timestamp, units: i64, line: i64) -> Result<Option<i64>> {
    tx.opt(
        "INSERT INTO credential_use (credential, day, used) VALUES ($1, $2, $3)
         ON CONFLICT (credential, day) DO UPDATE SET used = credential_use.used + excluded.used
             WHERE credential_use.used + excluded.used <= $4
         RETURNING used",
        args![credential, day, units, line],
    )
}

pub fn take_off(tx: &mut Tx, credential: &str, day: Timestamp, units: i64) -> Result<()> {
    tx.exec(
        "UPDATE credential_use SET used = used - $3 WHERE credential = $1 AND day = $2",
        args![credential, day, units],
    )
    .map(drop)
}

pub fn raise_to(tx: &mut Tx, credential: &str, day: Timestamp, units: i64) -> Result<()> {
    tx.exec(
        "INSERT INTO credential_use (credential, day, used) VALUES ($1, $2, $3)
         ON CONFLICT (credential, day) DO UPDATE SET used = excluded.used WHERE credential_use.used < excluded.used",
        args![credential, day, units],
    )
    .map(drop)
}

pub fn forget_before(tx: &mut Tx, credential: &str, day: Timestamp) -> Result<()> {
    tx.exec("DELETE FROM credential_use WHERE credential = $1 AND day < $2", args![credential, day]).map(drop)
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
