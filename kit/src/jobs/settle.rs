//! How a run ends: the one place that moves a job out of `running`, and out of `pending` other than by a claim.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::job::Verdict;
use super::work::{Workplace, handler};
use super::{EventKind, Failure, JobEvent, JobRow, JobStatus, Policy, Progress, store};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::mutant;
use crate::random::Random;

/// Until a release that cannot read a job looks at it again: in the meantime one that can takes it.
const PARKED: Duration = Duration::from_secs(60);

/// What happened to a live job, apart from [`Run::finish`](super::Run::finish).
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Failed(Failure),
    /// A person cancelled it.
    Cancelled,
    /// Its worker stops in good order.
    Stopped,
    /// Its worker's lease ran out, or its worker's process is known to be gone.
    Died,
    /// Its deadline passed.
    Late,
}

/// The row after an outcome.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub status: JobStatus,
    pub run_at: Timestamp,
    pub attempt: i64,
    pub interruptions: i64,
    pub error: Option<(String, String)>,
    pub event: EventKind,
    pub data: Json,
}

/// Ends or re-schedules `job`, which this transaction has locked, and tells its domain in the same commit.
pub(super) fn settle<C: Workplace>(
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
        (Some(handler), JobStatus::Failed, Some(failure)) => handler.gave_up(tx, &job, &failure, now, random)?,
        (Some(handler), JobStatus::Cancelled, _) => handler.cancelled(tx, &job, now, random)?,
        _ => {}
    }
    Ok(job)
}

/// Signals a visible change, and work where there is some.
pub(super) fn announce(tx: &mut Tx, job: &JobRow) {
    if let Some(user_id) = job.user_id {
        tx.signal(super::JOB_TOPIC, user_id);
    }
    if job.status == JobStatus::Pending {
        tx.signal(super::WORK_TOPIC, "");
    }
}

/// The rules, without a database. `unit` is a random number in 0..1.
pub(super) fn decide(
    job: &JobRow,
    outcome: &Outcome,
    policy: &Policy,
    now: Timestamp,
    unit: f64,
) -> (Step, Option<Failure>) {
    if job.cancel_requested_at.is_some() {
        return (cancelled(job), None);
    }
    match outcome {
        Outcome::Cancelled => (cancelled(job), None),
        Outcome::Stopped => (resumable(job, "worker_stopped"), None),
        Outcome::Failed(failure) if failure.is_interruption() => (resumable(job, "worker_stopped"), None),
        Outcome::Failed(failure) if failure.verdict() == Verdict::Parked => (parked(job, now), None),
        Outcome::Failed(failure) => match next_attempt(job, failure, policy, now, unit) {
            Some(at) => (retry(job, failure, at), None),
            None => failed(job, failure.clone()),
        },
        Outcome::Late => failed(job, Failure::late()),
        Outcome::Died if now >= job.deadline_at => failed(job, Failure::late()),
        Outcome::Died => {
            let died = Step { interruptions: job.interruptions + 1, ..resumable(job, "worker_died") };
            if died.interruptions < i64::from(policy.max_interruptions) || mutant!("interruptions without end") {
                (died, None)
            } else {
                let (step, failure) = failed(job, Failure::worker_died());
                (Step { interruptions: died.interruptions, ..step }, failure)
            }
        }
    }
}

fn next_attempt(job: &JobRow, failure: &Failure, policy: &Policy, now: Timestamp, unit: f64) -> Option<Timestamp> {
    let pause_ends = now + policy.pause(job.attempt, unit);
    let at = match failure.verdict() {
        Verdict::Retry => pause_ends,
        Verdict::RetryAt(at) => at.max(pause_ends),
        Verdict::Fail | Verdict::Interrupted | Verdict::Parked => return None,
    };
    ((job.attempt < job.max_attempts || mutant!("attempts without end")) && at < job.deadline_at).then_some(at)
}

fn retry(job: &JobRow, failure: &Failure, at: Timestamp) -> Step {
    Step {
        status: JobStatus::Pending,
        run_at: at,
        error: Some((failure.code.to_owned(), failure.message.clone())),
        event: EventKind::RetryScheduled,
        data: json!({ "code": failure.code, "message": failure.message, "next_at": at }),
        ..unchanged(job)
    }
}

fn failed(job: &JobRow, failure: Failure) -> (Step, Option<Failure>) {
    let step = Step {
        status: JobStatus::Failed,
        error: Some((failure.code.to_owned(), failure.message.clone())),
        event: EventKind::Failed,
        data: json!({ "code": failure.code, "message": failure.message }),
        ..unchanged(job)
    };
    (step, Some(failure))
}

fn cancelled(job: &JobRow) -> Step {
    Step { status: JobStatus::Cancelled, error: None, event: EventKind::Cancelled, data: json!({}), ..unchanged(job) }
}

/// Back to `pending` at its old place, and the attempt given back: an interruption is not the job's fault.
fn resumable(job: &JobRow, code: &str) -> Step {
    let attempt = if job.status == JobStatus::Running && !mutant!("an interruption costs an attempt") {
        (job.attempt - 1).max(0)
    } else {
        job.attempt
    };
    Step {
        status: JobStatus::Pending,
        attempt,
        event: EventKind::Interrupted,
        data: json!({ "code": code }),
        ..unchanged(job)
    }
}

/// Waits for a release that can read it.
fn parked(job: &JobRow, now: Timestamp) -> Step {
    Step { run_at: now + PARKED, ..resumable(job, "unreadable") }
}

fn unchanged(job: &JobRow) -> Step {
    Step {
        status: job.status,
        run_at: job.run_at,
        attempt: job.attempt,
        interruptions: job.interruptions,
        error: job.error_code.clone().zip(job.error_message.clone()),
        event: EventKind::Interrupted,
        data: Json::Null,
    }
}
