//! The statements about answers that are taken over.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::model::{ConnectionId, InteractionId};
use crate::replies::ReplyId;
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    pub struct OwnAnswer {
        pub connection_id: ConnectionId,
        pub external_id: String,
        pub text: String,
        pub answered_at: Timestamp,
        /// Whoever spoke last before it.
        pub interaction_id: InteractionId,
    }
}

/// What the accounts have answered and is to be seen, the newest first.
pub fn own_answers(conn: &mut Conn, workspace: WorkspaceId, since: Timestamp) -> Result<Vec<OwnAnswer>> {
    conn.all(
        "SELECT * FROM (SELECT o.connection_id, o.external_id, o.text, o.created_at, (SELECT i.id FROM interactions i
                WHERE i.connection_id = o.connection_id AND i.thread_external_id = o.thread_external_id
                    AND i.is_own = FALSE AND i.created_at < o.created_at
                ORDER BY i.created_at DESC, i.id DESC LIMIT 1) AS answered
            FROM interactions o
            WHERE o.workspace_id = $1 AND o.state = 'own' AND o.provider_state = 'published' AND o.created_at >= $2
                AND o.text IS NOT NULL
            ORDER BY o.created_at DESC, o.id DESC LIMIT 2000) answers
         WHERE answered IS NOT NULL",
        args![workspace, since],
    )
}

pub fn insert(tx: &mut Tx, id: ReplyId, workspace: WorkspaceId, author: UserId, answer: &OwnAnswer) -> Result<()> {
    tx.exec(
        "INSERT INTO replies (id, workspace_id, connection_id, interaction_id, author_id, text, state, external_id, moves,
            attempts, due_at, sending_at, looks, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'published', $7, 1, 1, $8, $8, 0, $8, $8) ON CONFLICT DO NOTHING",
        args![
            id,
            workspace,
            answer.connection_id,
            answer.interaction_id,
            author,
            &answer.text,
            &answer.external_id,
            answer.answered_at
        ],
    )?;
    Ok(())
}
