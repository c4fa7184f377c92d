//! What the rest of the application does with jobs: enqueue, cancel, repeat; each inside the caller's transaction.

use std::time::Duration;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::intake::{self, Intake, Place};
use super::scope::JobScope;
use super::step::Outcome;
use super::store::{self, Inserted, NewJob};
use super::work::{Handled, Workplace, can_read, handler};
use super::{EventKind, JobEvent, JobId, JobRow, JobStatus, JobView, Policy, Progress, WORK_TOPIC};
use super::{fence, finish};
use crate::clock::Timestamp;
use crate::db::{self, Conn, Tx};
use crate::mutant;
use crate::random::Random;

/// How to enqueue: `Enqueue { user_id: Some(user), ..Enqueue::default() }`.
#[derive(Clone, Debug, Default)]
pub struct Enqueue {
    /// Who sees the job on their pages and may cancel or repeat it.
    pub user_id: Option<Uuid>,
    /// What the job works in, and goes with: its row is deleted when that is.
    pub workspace_id: Option<Uuid>,
    /// At most one live job holds a key: `demo:USER`, `sync:CONNECTION`.
    pub operation_key: Option<String>,
    /// Not before; now when `None`.
    pub run_at: Option<Timestamp>,
    pub repeats: Option<JobId>,
}

/// The answer to an enqueue: the new job, or the live one that holds its key, and does not end before the transaction does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Enqueued {
    pub id: JobId,
    pub already_live: bool,
}

/// The answer to a wish to repeat a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    Enqueued(Enqueued),
    /// Still live, completed, of a type that is gone, overtaken by another job with its key, or refused by its domain.
    Refused,
    NotFound,
}

/// Writes the job in the caller's transaction: it exists exactly when the caller's own changes do.
pub fn enqueue<J: Handled>(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    job: &J,
    how: Enqueue,
) -> db::Result<Enqueued> {
    let payload = payload(job);
    let (policy, how) = (&job.policy(), &how);
    insert(tx, now, random, &Order { job_type: J::TYPE, payload: &payload, policy, how, is_tentative: false })
}

pub(super) fn payload<J: Handled>(job: &J) -> Json {
    serde_json::to_value(job).expect("a job's fields are plain data, with text for keys")
}

/// Lets a job that waits for its first attempt begin at `at` already, in the sight of `user_id` if it was nobody's;
/// whether it now does. A pause after a failed attempt is not shortened.
pub fn run_sooner(tx: &mut Tx, now: Timestamp, id: JobId, at: Timestamp, user_id: Option<Uuid>) -> db::Result<bool> {
    let Some(job) = store::run_sooner(tx, id, at.max(now), user_id, now)? else { return Ok(false) };
    finish::announce(tx, &job);
    Ok(true)
}

/// The job that holds an operation's key at present.
pub fn live(conn: &mut Conn, operation_key: &str) -> db::Result<Option<JobId>> {
    store::live_with_key(conn, operation_key)
}

/// The same, held back: it ends after this transaction, and sees what that has written. Before rows of its domain are locked.
pub fn hold(tx: &mut Tx, operation_key: &str) -> db::Result<Option<JobId>> {
    fence::live_with_key(tx, operation_key)
}

/// Cancels a job: a pending one at once, with its `cancelled` hook; a running one as soon as its worker
/// notices, which aborts it. A job that is already final stays as it is. `None`: there is no such job among `scope`.
pub fn cancel<C: Workplace>(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    id: JobId,
    scope: impl Into<JobScope>,
) -> db::Result<Option<JobView>> {
    let Some(job) = store::lock_by_id(tx, id, scope.into())? else { return Ok(None) };
    if job.status.is_terminal() || job.cancel_requested_at.is_some() {
        return Ok(Some(job.into()));
    }
    let job = store::request_cancel(tx, &job, now)?;
    let (key, kind, attempt) = (JobEvent::key(job.seq, job.events), EventKind::CancelRequested, job.attempt);
    store::add_event(tx, &JobEvent { key, at: now, kind, attempt, data: json!({}) })?;
    if job.status == JobStatus::Pending && can_read::<C>(&job.job_type, &job.payload) {
        let progress = Progress::of(&job);
        return finish::finish::<C>(tx, &job, &Outcome::Cancelled, &progress, now, random).map(|job| Some(job.into()));
    }
    finish::announce(tx, &job);
    tx.signal(WORK_TOPIC, super::CANCEL_KEY);
    Ok(Some(job.into()))
}

/// Enqueues a new job like the failed or cancelled `id`, for the same user; its `on_retry` hook brings the domain along.
pub fn retry<C: Workplace>(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    id: JobId,
    scope: impl Into<JobScope>,
) -> db::Result<Repeat> {
    let scope = scope.into();
    let Some(old) = store::lock_by_id(tx, id, scope)? else { return Ok(Repeat::NotFound) };
    let Some(handler) = handler::<C>(&old.job_type) else { return Ok(Repeat::Refused) };
    if !matches!(old.status, JobStatus::Failed | JobStatus::Cancelled) {
        return Ok(Repeat::Refused);
    }
    if let Some(id) = store::live_repeat(tx, id)? {
        return Ok(Repeat::Enqueued(Enqueued { id, already_live: true }));
    }
    let how = Enqueue {
        user_id: old.user_id,
        workspace_id: old.workspace_id,
        operation_key: old.operation_key.clone(),
        run_at: None,
        repeats: Some(id),
    };
    let Some(policy) = handler.policy(&old.payload) else { return Ok(Repeat::Refused) };
    let again =
        Order { job_type: &old.job_type, payload: &old.payload, policy: &policy, how: &how, is_tentative: true };
    let enqueued = insert(tx, now, random, &again)?;
    let Some(new) = store::find(tx, enqueued.id, scope)? else { return Ok(Repeat::Refused) };
    if enqueued.already_live {
        let does_the_same = new.job_type == old.job_type && new.payload == old.payload;
        return Ok(if does_the_same { Repeat::Enqueued(enqueued) } else { Repeat::Refused });
    }
    if !handler.on_retry(tx, &new, now, random)? {
        store::delete(tx, &new)?;
        return Ok(Repeat::Refused);
    }
    Ok(Repeat::Enqueued(enqueued))
}

/// A job to be, with its Rust type erased.
struct Order<'a> {
    job_type: &'a str,
    payload: &'a Json,
    policy: &'a Policy,
    how: &'a Enqueue,
    /// The transaction may still take it back.
    is_tentative: bool,
}

fn insert(tx: &mut Tx, now: Timestamp, random: &Random, order: &Order<'_>) -> db::Result<Enqueued> {
    let &Order { job_type, payload, policy, how, is_tentative } = order;
    let run_at = how.run_at.map_or(now, |at| at.max(now));
    let id = JobId::new(now, random);
    let intake = tx.attached::<Intake>().filter(|_| run_at <= now && !is_tentative);
    let place = intake.and_then(|intake| intake.promise(id, job_type, now));
    let queue_position = match &place {
        // Nobody waits before it.
        Some(_) => Some(run_at),
        None if run_at <= now => Some(queue_position(tx, run_at, policy.priority, how)?),
        None => None,
    };
    let new = NewJob {
        id,
        job_type,
        user_id: how.user_id,
        workspace_id: how.workspace_id,
        payload,
        operation_key: how.operation_key.as_deref(),
        priority: policy.priority,
        run_at,
        queue_position,
        deadline_at: run_at + policy.deadline,
        max_attempts: policy.max_attempts.into(),
        repeats: how.repeats,
        claim: place.as_ref().map(|place| place.claim(now)),
    };
    loop {
        let inserted = store::insert(tx, &new, now)?;
        if inserted != Inserted::Refused {
            finish::tell(tx, how.user_id, how.workspace_id);
            match (inserted, place) {
                (Inserted::Runs(seq), Some(place)) => begin(tx, place, intake::claimed(&new, seq, now)),
                _ => tell_workers(tx),
            }
            return Ok(Enqueued { id: new.id, already_live: false });
        }
        // The holder of the key may have ended between the two statements: then the place is free. From here on it does not.
        if let Some(id) = how.operation_key.as_deref().map(|key| hold(tx, key)).transpose()?.flatten() {
            return Ok(Enqueued { id, already_live: true });
        }
    }
}

/// A claimed job begins as soon as its commit is durable.
fn begin(tx: &mut Tx, place: Place, job: JobRow) {
    if mutant!("begun before the commit") {
        place.begin(job);
    } else {
        tx.after_commit(move || place.begin(job));
    }
}

/// After the commit: something waits. That of this process lets nothing go before it.
pub(super) fn tell_workers(tx: &mut Tx) {
    if let Some(intake) = tx.attached::<Intake>() {
        tx.after_commit(move || intake.has_work());
    }
    tx.hint(WORK_TOPIC, "");
}

/// What one place in the queue behind another is worth.
pub(super) const PLACE: Duration = Duration::from_secs(1);

/// A place in the queue: at the time at which it is due, and behind what its user, or scope, has waiting at that priority.
pub(super) fn queue_position(tx: &mut Tx, run_at: Timestamp, priority: i64, how: &Enqueue) -> db::Result<Timestamp> {
    let Some(party) = how.user_id.or(how.workspace_id) else { return Ok(run_at) };
    let last = store::last_position(tx, party, priority, run_at)?;
    Ok(last.map_or(run_at, |last| run_at.max(last + PLACE)))
}
