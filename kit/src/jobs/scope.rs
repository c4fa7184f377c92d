//! Which jobs a question is about.

use uuid::Uuid;

use super::JobRow;

/// Which jobs are meant: any other is not found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobScope {
    User(Uuid),
    Workspace(Uuid),
    /// For whoever runs the installation: all users' jobs, and the system's own.
    All,
}

impl From<Uuid> for JobScope {
    fn from(user_id: Uuid) -> Self {
        JobScope::User(user_id)
    }
}

impl Default for JobScope {
    /// Nobody's.
    fn default() -> Self {
        JobScope::User(Uuid::nil())
    }
}

impl JobScope {
    pub(super) fn has(self, job: &JobRow) -> bool {
        match self {
            JobScope::User(user_id) => job.user_id == Some(user_id),
            JobScope::Workspace(workspace_id) => job.workspace_id == Some(workspace_id),
            JobScope::All => true,
        }
    }
}
