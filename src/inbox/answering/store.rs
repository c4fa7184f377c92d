//! The statement about what was answered.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result};

use crate::model::{InteractionId, Platform};
use crate::workspaces::WorkspaceId;

kit::row! {
    /// An own reply in a thread.
    pub struct Answer {
        pub id: InteractionId,
        pub platform: Platform,
        pub text: Option<String>,
        pub created_at: Timestamp,
    }
}

impl Answer {
    /// Tells it from any other, and from one that took its place.
    pub fn token(&self) -> String {
        format!("{} {}", self.id, self.created_at)
    }
}

/// The newest own reply in an interaction's thread that is there, or on its way there.
pub fn newest_answer(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<Option<Answer>> {
    conn.opt(
        "SELECT own.id, own.platform, own.text, own.created_at
         FROM interactions i JOIN interactions own
            ON own.connection_id = i.connection_id AND own.thread_external_id = i.thread_external_id
         WHERE i.id = $1 AND i.workspace_id = $2 AND own.is_own AND own.provider_state <> 'removed'
            AND own.provider_state <> 'rejected'
         ORDER BY own.created_at DESC, own.id DESC LIMIT 1",
        args![interaction, workspace],
    )
}
