//! What the owner's list is told beside the jobs.

use kit::args;
use kit::db::{Conn, Result};
use kit::jobs::JobPage;

use super::Emails;
use crate::workspaces::UserId;

/// The types of all jobs.
pub fn types(conn: &mut Conn) -> Result<Vec<String>> {
    conn.all("SELECT DISTINCT job_type FROM background_jobs ORDER BY job_type", args![])
}

/// The addresses of those whose jobs are on the page.
pub fn emails(conn: &mut Conn, page: &JobPage) -> Result<Emails> {
    let mut emails = Emails::default();
    for user in page.items.iter().filter_map(|job| job.user_id).map(UserId::from) {
        if !emails.0.contains_key(&user)
            && let Some(email) = conn.opt("SELECT email FROM users WHERE id = $1", args![user])?
        {
            emails.0.insert(user, email);
        }
    }
    Ok(emails)
}
