//! SQL over the jobs that the domain still names.

use kit::args;
use kit::db::{Conn, Result};
use kit::jobs::JobId;

/// The last job of each user's demo mode.
pub fn named_jobs(conn: &mut Conn) -> Result<Vec<JobId>> {
    conn.all("SELECT demo_job_id FROM users WHERE demo_job_id IS NOT NULL", args![])
}
