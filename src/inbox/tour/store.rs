//! The statements about tours. How far one is, is read from what was done.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Tour {
        pub is_over: bool,
        /// Both up to as many as are asked for.
        pub answered: i64,
        pub cleared: i64,
    }
}

/// Of what was done since then.
pub fn read(conn: &mut Conn, workspace: WorkspaceId, user: UserId, since: Timestamp, most: i64) -> Result<Tour> {
    conn.one(
        "SELECT EXISTS (SELECT 1 FROM ended_tours WHERE workspace_id = $1 AND user_id = $2) AS is_over,
            (SELECT count(*) FROM (SELECT 1 FROM replies WHERE workspace_id = $1 AND author_id = $2
                AND created_at >= $4
                AND state IN ('queued', 'sending', 'unknown', 'published', 'pending_moderation') LIMIT $3) AS sent) AS answered,
            (SELECT count(*) FROM (SELECT 1 FROM thread_decisions WHERE workspace_id = $1 AND decided_by = $2
                AND state <> 'needs_reply' LIMIT $3) AS decided) AS cleared",
        args![workspace, user, most, since],
    )
}

pub fn end(tx: &mut Tx, workspace: WorkspaceId, user: UserId, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO ended_tours (workspace_id, user_id, ended_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, user_id) DO NOTHING",
        args![workspace, user, now],
    )?;
    Ok(())
}
