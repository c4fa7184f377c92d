//! How a job goes on after what happened to it: the rules, without a database.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::job::Verdict;
use super::{EventKind, Failure, JobRow, JobStatus, Policy};
use crate::clock::Timestamp;
use crate::mutant;

/// Until a release that cannot read a job looks at it again: in the meantime one that can takes it.
const PARKED: Duration = Duration::from_secs(60);

/// Of a job that stores something before each death of its worker.
const MOST_INTERRUPTIONS: i64 = 100;

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
    /// Its worker lives, and does not know of it: the answer to its claim was lost.
    Strayed,
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
    pub deaths: i64,
    pub suspect_since: Option<Timestamp>,
    pub error: Option<(String, String)>,
    pub event: EventKind,
    pub data: Json,
}

/// `unit` is a random number in 0..1.
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
        Outcome::Died | Outcome::Strayed if now >= job.deadline_at => failed(job, Failure::late()),
        Outcome::Strayed => (interrupted(job, "claim_lost"), None),
        Outcome::Died => died(job, policy, now),
    }
}

/// Only a death in which it ran alone tells something about a job that is a suspect already.
fn died(job: &JobRow, policy: &Policy, now: Timestamp) -> (Step, Option<Failure>) {
    let counts = job.deaths == 0 || job.ran_alone;
    let (deaths, suspect_since) = (job.deaths + i64::from(counts), job.suspect_since.or(Some(now)));
    let step = Step { deaths, suspect_since, ..interrupted(job, "worker_died") };
    let is_bounded = step.interruptions < MOST_INTERRUPTIONS.max(policy.max_deaths.into());
    if (deaths < i64::from(policy.max_deaths) && is_bounded) || mutant!("deaths without end") {
        return (step, None);
    }
    let interruptions = step.interruptions;
    let (step, failure) = failed(job, Failure::worker_died());
    (Step { interruptions, deaths, suspect_since, ..step }, failure)
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
        // It ended, and its worker lives.
        deaths: 0,
        suspect_since: None,
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

/// As the worker's end, which the job may have had a part in.
fn interrupted(job: &JobRow, code: &str) -> Step {
    Step { interruptions: job.interruptions + 1, ..resumable(job, code) }
}

/// Waits for a release that can read it.
pub(super) fn parked(job: &JobRow, now: Timestamp) -> Step {
    Step { run_at: now + PARKED, ..resumable(job, "unreadable") }
}

fn unchanged(job: &JobRow) -> Step {
    Step {
        status: job.status,
        run_at: job.run_at,
        attempt: job.attempt,
        interruptions: job.interruptions,
        deaths: job.deaths,
        suspect_since: job.suspect_since,
        error: job.error_code.clone().zip(job.error_message.clone()),
        event: EventKind::Interrupted,
        data: Json::Null,
    }
}
