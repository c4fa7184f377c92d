//! What the list's filters offer.

use crate::workspaces::{UserId, WorkspaceId};
use kit::args;
use kit::db::{Conn, Result};

/// The types of what somebody sees in a workspace.
pub fn types(conn: &mut Conn, user: UserId, workspace: WorkspaceId) -> Result<Vec<String>> {
    conn.all(
        "SELECT job_type FROM background_jobs WHERE workspace_id = $2 AND user_id IS NOT NULL
         UNION SELECT job_type FROM background_jobs WHERE user_id = $1 AND workspace_id IS NULL ORDER BY job_type",
        args![user, workspace],
    )
}
