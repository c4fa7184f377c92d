//! What the list's filters offer.

use crate::workspaces::UserId;
use kit::args;
use kit::db::{Conn, Result};

/// The types of the user's jobs.
pub fn types(conn: &mut Conn, user: UserId) -> Result<Vec<String>> {
    conn.all("SELECT DISTINCT job_type FROM background_jobs WHERE user_id = $1 ORDER BY job_type", args![user])
}
