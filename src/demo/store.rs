//! SQL of demo mode: its columns of `users`, and what must go when it ends.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Dialect, Error, Json, Result, Tx};
use kit::jobs::JobId;

use super::{DemoStatus, Fault, Held, Next, Profile, UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct State {
        pub status: DemoStatus,
        pub job_id: Option<JobId>,
        pub workspace_id: Option<WorkspaceId>,
        /// What to set up when the leaving under way is done.
        pub next: Option<Json>,
    }
}

impl State {
    pub fn job(&self) -> Result<JobId> {
        self.job_id.ok_or(Error::NotFound)
    }
}

/// The state, which nobody else changes until this transaction ends.
pub fn lock(tx: &mut Tx, user: UserId) -> Result<State> {
    let sql = match tx.dialect() {
        // The one writer holds the lock already.
        Dialect::Sqlite => {
            "SELECT demo_mode_status, demo_job_id, demo_workspace_id, demo_next FROM users WHERE id = $1"
        }
        Dialect::Postgres => {
            "SELECT demo_mode_status, demo_job_id, demo_workspace_id, demo_next FROM users WHERE id = $1 FOR UPDATE"
        }
    };
    tx.one(sql, args![user])
}

pub fn move_status(
    tx: &mut Tx,
    now: Timestamp,
    user: UserId,
    from: DemoStatus,
    to: DemoStatus,
    job: JobId,
) -> Result<bool> {
    let moved = tx.exec(
        "UPDATE users SET demo_mode_status = $3, demo_mode_error = NULL, demo_job_id = $4, updated_at = $5,
                demo_next = CASE WHEN $3 = 'disabling' THEN demo_next END
         WHERE id = $1 AND demo_mode_status = $2",
        args![user, from, to, job, now],
    )?;
    Ok(moved == 1)
}

/// Moves to the state in which an operation ends, if this job is the operation.
pub fn end(
    tx: &mut Tx,
    now: Timestamp,
    user: UserId,
    job: JobId,
    from: DemoStatus,
    to: DemoStatus,
    fault: Option<&Fault>,
) -> Result<bool> {
    let fault = fault.map(|fault| serde_json::to_value(fault).expect("a fault is plain data"));
    let moved = tx.exec(
        "UPDATE users SET demo_mode_status = $4, demo_mode_error = $5, demo_next = NULL, updated_at = $6
         WHERE id = $1 AND demo_job_id = $2 AND demo_mode_status = $3",
        args![user, job, from, to, fault, now],
    )?;
    Ok(moved == 1)
}

/// What follows the leaving under way; nothing, when it is called off.
pub fn set_next(tx: &mut Tx, now: Timestamp, user: UserId, next: Option<&Next>) -> Result<()> {
    let next = next.map(|next| serde_json::to_value(next).expect("a choice is plain data"));
    tx.exec(
        "UPDATE users SET demo_next = $2, updated_at = $3 WHERE id = $1 AND demo_mode_status = 'disabling'",
        args![user, next, now],
    )?;
    Ok(())
}

/// Of a user who is in no demo mode.
pub fn set_failed(tx: &mut Tx, now: Timestamp, user: UserId, fault: &Fault) -> Result<()> {
    let fault = serde_json::to_value(fault).expect("a fault is plain data");
    tx.exec(
        "UPDATE users SET demo_mode_status = 'failed', demo_mode_error = $2, updated_at = $3
         WHERE id = $1 AND demo_mode_status = 'disabled'",
        args![user, fault, now],
    )?;
    Ok(())
}

/// What the set-up under way has made so far.
pub fn set_made(tx: &mut Tx, user: UserId, profile: &Profile, workspace: WorkspaceId) -> Result<()> {
    let profile: Json = serde_json::to_value(profile).expect("a profile is plain data");
    tx.exec(
        "UPDATE users SET demo_profile = $2, demo_workspace_id = $3 WHERE id = $1",
        args![user, profile, workspace],
    )?;
    Ok(())
}

/// Every row of the user's demo goes with its workspace.
pub fn clear(tx: &mut Tx, user: UserId) -> Result<()> {
    if let Some(workspace) = lock(tx, user)?.workspace_id {
        kit::mutant!("demo: leaving keeps the deliveries" => {
            tx.exec("UPDATE webhook_deliveries SET workspace_id = NULL WHERE workspace_id = $1", args![workspace])?;
        });
        tx.exec("DELETE FROM workspaces WHERE id = $1 AND kind = 'demo'", args![workspace])?;
    }
    tx.exec("UPDATE users SET demo_profile = NULL, demo_workspace_id = NULL WHERE id = $1", args![user])?;
    Ok(())
}

/// How much of what was promised is in the database.
pub fn counted(conn: &mut Conn, workspace: WorkspaceId, as_of: Timestamp) -> Result<Held> {
    // A place was not published at any time.
    let content = conn.one(
        "SELECT count(*) FROM content_items WHERE workspace_id = $1 AND (published_at IS NULL OR published_at <= $2)",
        args![workspace, as_of],
    )?;
    let interactions = conn.one(
        "SELECT count(*) FROM interactions WHERE workspace_id = $1 AND created_at <= $2",
        args![workspace, as_of],
    )?;
    Ok(Held { content, interactions, as_of })
}
