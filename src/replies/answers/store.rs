//! The statements about first answers.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result};

use crate::model::{UserId, WorkspaceId};

/// What was sent, or is on its way.
const SENT: &str = "('queued', 'sending', 'unknown', 'published', 'pending_moderation')";

/// That the reply called `alias` was sent, and that none before it was sent to the same item.
pub fn is_first(alias: &str) -> String {
    format!(
        "{alias}.state IN {SENT} AND NOT EXISTS (SELECT 1 FROM replies earlier
            WHERE earlier.interaction_id = {alias}.interaction_id AND earlier.state IN {SENT}
            AND (earlier.created_at, earlier.id) < ({alias}.created_at, {alias}.id))"
    )
}

kit::row! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Answer {
        pub asked_at: Timestamp,
        pub answered_at: Timestamp,
    }
}

/// The newest first.
pub fn first_since(conn: &mut Conn, workspace: WorkspaceId, since: Timestamp, limit: i64) -> Result<Vec<Answer>> {
    let sql = format!(
        "SELECT i.created_at, r.created_at FROM replies r JOIN interactions i ON i.id = r.interaction_id
         WHERE r.workspace_id = $1 AND r.created_at >= $2 AND {} ORDER BY r.created_at DESC LIMIT $3",
        is_first("r")
    );
    conn.all(&sql, args![workspace, since, limit])
}

/// Who has given how many, the busiest first; nobody's name of who has no account any more.
pub fn first_by_people(
    conn: &mut Conn,
    workspace: WorkspaceId,
    since: Timestamp,
) -> Result<Vec<(UserId, Option<String>, i64)>> {
    let sql = format!(
        "SELECT r.author_id, (SELECT name FROM users WHERE users.id = r.author_id), count(*) FROM replies r
         WHERE r.workspace_id = $1 AND r.created_at >= $2 AND {} GROUP BY r.author_id ORDER BY 3 DESC, r.author_id",
        is_first("r")
    );
    conn.all(&sql, args![workspace, since])
}
