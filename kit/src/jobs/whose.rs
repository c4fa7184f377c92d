//! Whose jobs a question is about.

use uuid::Uuid;

use super::JobRow;

/// Whose jobs are meant: what is somebody else's is not found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    User(Uuid),
    /// For whoever keeps the installation: all users' jobs, and the system's own.
    Everyones,
}

impl From<Uuid> for Whose {
    fn from(user_id: Uuid) -> Self {
        Whose::User(user_id)
    }
}

impl Default for Whose {
    /// Nobody's.
    fn default() -> Self {
        Whose::User(Uuid::nil())
    }
}

impl Whose {
    pub(super) fn has(self, job: &JobRow) -> bool {
        match self {
            Whose::User(user_id) => job.user_id == Some(user_id),
            Whose::Everyones => true,
        }
    }
}
