//! SQL of the audit log.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::{Event, Outcome};

kit::row! {
    /// As it is stored.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Row {
        pub seq: i64,
        pub at: Timestamp,
        pub event: String,
        pub outcome: Outcome,
        pub actor: String,
        pub object: String,
        pub address: String,
        pub code: Vec<u8>,
    }
}

/// The last row's number and code; nobody else writes until this transaction ends.
pub fn lock_head(tx: &mut Tx) -> Result<(i64, Vec<u8>)> {
    let empty: &[u8] = &[];
    let last: i64 = tx.one(
        "INSERT INTO audit_head (id, last_seq, code) VALUES (1, 0, $1)
         ON CONFLICT (id) DO UPDATE SET last_seq = audit_head.last_seq RETURNING last_seq",
        args![empty],
    )?;
    let code = tx.opt("SELECT code FROM audit_events WHERE seq = $1", args![last])?;
    Ok((last, code.unwrap_or_default()))
}

pub fn move_head(tx: &mut Tx, seq: i64, code: &[u8]) -> Result<()> {
    tx.exec("UPDATE audit_head SET last_seq = $1, code = $2", args![seq, code])?;
    Ok(())
}

pub fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.exec(
        "INSERT INTO audit_events (seq, at, event, outcome, actor, object, address, code)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![row.seq, row.at, &row.event, row.outcome, &row.actor, &row.object, &row.address, &row.code],
    )?;
    Ok(())
}

pub fn count_since(conn: &mut Conn, event: Event, since: Timestamp) -> Result<i64> {
    conn.one("SELECT count(*) FROM audit_events WHERE event = $1 AND at > $2", args![event, since])
}

pub fn head(conn: &mut Conn) -> Result<Option<(i64, Vec<u8>)>> {
    conn.opt("SELECT last_seq, code FROM audit_head", args![])
}

pub fn after(conn: &mut Conn, seq: i64, limit: i64) -> Result<Vec<Row>> {
    let columns = Row::COLUMNS;
    conn.all(&format!("SELECT {columns} FROM audit_events WHERE seq > $1 ORDER BY seq LIMIT $2"), args![seq, limit])
}

pub fn newest(conn: &mut Conn, before: i64, limit: i64) -> Result<Vec<Row>> {
    let columns = Row::COLUMNS;
    conn.all(
        &format!("SELECT {columns} FROM audit_events WHERE seq < $1 ORDER BY seq DESC LIMIT $2"),
        args![before, limit],
    )
}
