//! What the list's filters offer, and what a job is about.

use kit::args;
use kit::db::{Conn, Result, Val};
use kit::jobs::JobId;

use crate::workspaces::{UserId, WorkspaceId};

/// The types of what somebody sees in a workspace.
pub fn types(conn: &mut Conn, user: UserId, workspace: WorkspaceId) -> Result<Vec<String>> {
    conn.all(
        "SELECT job_type FROM background_jobs WHERE workspace_id = $2 AND user_id IS NOT NULL
         UNION SELECT job_type FROM background_jobs WHERE user_id = $1 AND workspace_id IS NULL ORDER BY job_type",
        args![user, workspace],
    )
}

kit::row! {
    /// A job that a person has ordered.
    pub struct Ordered {
        pub id: JobId,
        pub job_type: String,
        pub user_id: UserId,
        pub workspace_id: Option<WorkspaceId>,
        pub payload: serde_json::Value,
    }
}

/// Those of some jobs that a person has ordered.
pub fn ordered(conn: &mut Conn, ids: &[JobId]) -> Result<Vec<Ordered>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places = (1..=ids.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT id, job_type, user_id, workspace_id, payload FROM background_jobs WHERE id IN ({places}) AND user_id IS NOT NULL"
    );
    conn.all(&sql, &ids.iter().map(Val::from).collect::<Vec<_>>())
}
