//! The statements about earlier texts.

use kit::args;
use kit::db::{Result, Tx};

use crate::inbox::ingest::IngestContext;
use crate::inbox::ingest::store::Stored;

/// Of each interaction: who edits more often than that is followed no further back.
pub(in crate::inbox::ingest) const KEPT: i64 = 20;

pub fn keep(tx: &mut Tx, context: &IngestContext<'_>, row: &Stored) -> Result<()> {
    tx.exec(
        "INSERT INTO interaction_versions (interaction_id, workspace_id, replaced_at, text, rating)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (interaction_id, replaced_at) DO NOTHING",
        args![row.id, context.workspace, context.now, &row.text, row.rating],
    )?;
    tx.exec(
        "DELETE FROM interaction_versions WHERE interaction_id = $1 AND replaced_at <=
            (SELECT replaced_at FROM interaction_versions WHERE interaction_id = $1
             ORDER BY replaced_at DESC LIMIT 1 OFFSET $2)",
        args![row.id, KEPT],
    )?;
    Ok(())
}
