//! Which jobs a question is about.

use uuid::Uuid;

use super::JobRow;

/// Which jobs are meant: any other is not found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobScope {
    User(Uuid),
    Workspace(Uuid),
    /// What a member sees: what people have ordered in the workspace, and what they have ordered themselves in none.
    Member {
        user_id: Uuid,
        workspace_id: Uuid,
    },
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
            JobScope::Member { user_id, workspace_id } => match job.workspace_id {
                Some(of) => of == workspace_id && job.user_id.is_some(),
                None => job.user_id == Some(user_id),
            },
            JobScope::All => true,
        }
    }
}
