//! SQL of what a pass could not read.

use kit::args;
use kit::db::{Result, Tx};

use crate::inbox::ingest::IngestContext;

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
