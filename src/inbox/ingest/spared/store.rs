//! SQL of what a pass could not read.

use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::inbox::ingest::IngestContext;
use crate::model::ConnectionId;

/// An interaction by its id, and the thread that it begins.
pub fn spare_thread(tx: &mut Tx, context: &IngestContext<'_>, external_id: &str) -> Result<()> {
    tx.exec(
        "UPDATE interactions SET last_seen_at = $3
         WHERE connection_id = $1 AND (external_id = $2 OR thread_external_id = $2) AND provider_state <> 'removed'",
        args![context.connection, external_id, context.now],
    )?;
    Ok(())
}

pub fn spare_state(tx: &mut Tx, context: &IngestContext<'_>, provider_state: &str) -> Result<()> {
    tx.exec(
        "UPDATE interactions SET last_seen_at = $3 WHERE connection_id = $1 AND provider_state = $2",
        args![context.connection, provider_state, context.now],
    )?;
    Ok(())
}

pub fn unseen(conn: &mut Conn, connection: ConnectionId, since: Timestamp, most: usize) -> Result<Vec<String>> {
    conn.all(
        "SELECT external_id FROM interactions
         WHERE connection_id = $1 AND last_seen_at < $2 AND provider_state <> 'removed' ORDER BY id LIMIT $3",
        args![connection, since, most as i64],
    )
}

pub fn spare_all(tx: &mut Tx, context: &IngestContext<'_>, since: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE interactions SET last_seen_at = $3
         WHERE connection_id = $1 AND last_seen_at < $2 AND provider_state <> 'removed'",
        args![context.connection, since, context.now],
    )?;
    Ok(())
}

/// As if it had been seen for the last time right before.
pub fn unspare(tx: &mut Tx, context: &IngestContext<'_>, since: Timestamp, external_id: &str) -> Result<()> {
    tx.exec(
        "UPDATE interactions SET last_seen_at = $3
         WHERE connection_id = $1 AND family IN ('comment', 'review') AND external_id = $2 AND provider_state <> 'removed'",
        args![context.connection, external_id, since - Duration::from_secs(1)],
    )?;
    Ok(())
}
