//! How a run ends: the one place that moves a job out of `running`, and out of `pending` other than by a claim.

use uuid::Uuid;

use super::step::{Outcome, decide, parked};
use super::work::{Workplace, handler};
use super::{JobEvent, JobRow, JobStatus, Progress, store};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::mutant;
use crate::random::Random;

/// Ends or re-schedules `job`, which this transaction has locked, and tells its domain in the same commit.
pub(super) fn finish<C: Workplace>(
    tx: &mut Tx,
    job: &JobRow,
    outcome: &Outcome,
    progress: &Progress,
    now: Timestamp,
    random: &Random,
) -> db::Result<JobRow> {
    let handler = handler::<C>(&job.job_type);
    let policy = handler.and_then(|handler| handler.policy(&job.payload));
    let (mut step, failure) = decide(job, outcome, &policy.unwrap_or_default(), now, random.unit());
    if policy.is_none() && step.status.is_terminal() {
        // Its end would go untold.
        step = parked(job, now);
    }
    let job = store::apply(tx, job, &step, progress, now)?;
    let (key, kind, data) = (JobEvent::key(job.seq, job.events), step.event, step.data.clone());
    store::add_event(tx, &JobEvent { key, at: now, kind, attempt: step.attempt, data })?;
    announce(tx, &job);
    mutant!("gave up in a commit of its own" => { tx.commit_midway()? });
    match (handler, step.status, failure) {
        (Some(handler), JobStatus::Failed, Some(failure)) => handler.on_failed(tx, &job, &failure, now, random)?,
        (Some(handler), JobStatus::Cancelled, _) => handler.on_cancelled(tx, &job, now, random)?,
        _ => {}
    }
    Ok(job)
}

/// Signals a visible change to whoever sees the job: the person who ordered it, and the workspace in which they did.
pub(super) fn tell(tx: &mut Tx, user_id: Option<Uuid>, workspace_id: Option<Uuid>) {
    match (user_id, workspace_id) {
        (Some(user_id), Some(workspace_id)) => tx.signal(super::JOB_TOPIC, format!("{user_id}:{workspace_id}")),
        (Some(user_id), None) => tx.signal(super::JOB_TOPIC, user_id),
        (None, _) => {}
    }
}

/// Signals a visible change, and work where there is some.
pub(super) fn announce(tx: &mut Tx, job: &JobRow) {
    tell(tx, job.user_id, job.workspace_id);
    if job.status == JobStatus::Pending {
        tx.hint(super::WORK_TOPIC, "");
    }
}
