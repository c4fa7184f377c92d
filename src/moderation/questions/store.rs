//! The statements about questions.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::model::{InteractionId, Platform, UserId, WorkspaceId};
use crate::moderation::OrderId;
use crate::platforms::Verb;

kit::row! {
    pub struct Row {
        pub id: OrderId,
        pub verb: Verb,
        pub platform: Platform,
        /// As JSON.
        pub comments: String,
        pub left_out: String,
        pub open_id: Option<InteractionId>,
        pub asked_at: Timestamp,
    }
}

pub fn insert(tx: &mut Tx, workspace: WorkspaceId, asked_of: UserId, row: &Row) -> Result<()> {
    tx.exec(
        "INSERT INTO moderation_questions (id, workspace_id, asked_of, verb, platform, comments, left_out, open_id, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![row.id, workspace, asked_of, row.verb, row.platform, &row.comments, &row.left_out, row.open_id, row.asked_at],
    )?;
    Ok(())
}

pub fn find(
    conn: &mut Conn,
    (workspace, asked_of): (WorkspaceId, UserId),
    id: OrderId,
    asked_after: Timestamp,
) -> Result<Option<Row>> {
    let sql = format!(
        "SELECT {} FROM moderation_questions WHERE id = $1 AND (workspace_id = $2) IS TRUE AND asked_of = $3 AND asked_at > $4",
        Row::COLUMNS
    );
    conn.opt(&sql, args![id, workspace, asked_of, asked_after])
}

/// Removes at most `batch` of those that were asked by then; how many.
pub fn purge(tx: &mut Tx, until: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM moderation_questions WHERE id IN
             (SELECT id FROM moderation_questions WHERE asked_at <= $1 ORDER BY asked_at LIMIT $2)",
        args![until, batch],
    )
}
