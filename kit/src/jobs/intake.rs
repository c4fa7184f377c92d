//! Jobs that begin where they are enqueued: while the worker of the process is idle, the enqueueing transaction claims for it.
//! One commit makes the job and gives it to its worker, where it would take two, and a wake-up in between.
//!
//! It keeps to what a claim keeps to: nothing due waits, a slot of the type is free, no suspect runs or is expected, nobody
//! wakes from a standstill, and the worker does not stop. Should the answer to the commit be lost, nobody begins the job: its
//! worker finds it under its name and in nobody's hands, and gives it back.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use uuid::Uuid;

use super::engine::Engine;
use super::pulse::Pulse;
use super::running::Slots;
use super::store::NewJob;
use super::suspects::Suspects;
use super::work::Workplace;
use super::{JobId, JobRow, JobStatus};
use crate::clock::Timestamp;

/// A worker, as whoever enqueues in its process sees it.
pub(super) struct Intake {
    worker_id: Uuid,
    lease: Duration,
    concurrency: usize,
    /// Types, and how many of each run at once.
    limits: Vec<(&'static str, Option<usize>)>,
    slots: Arc<Slots>,
    suspects: Arc<Suspects>,
    pulse: Arc<Pulse>,
    start: Box<dyn Fn(JobRow) + Send + Sync>,
}

/// A slot that is kept for a job until its commit is known.
pub(super) struct Place {
    intake: Arc<Intake>,
    id: JobId,
}

impl Intake {
    /// `start` begins a job that was claimed when it was made.
    pub(super) fn of<C: Workplace>(engine: &Engine<C>, start: impl Fn(JobRow) + Send + Sync + 'static) -> Self {
        let limits = engine.claim.job_types().iter().copied().zip(engine.limits.iter().copied());
        Self {
            worker_id: engine.worker_id,
            lease: engine.settings.lease,
            concurrency: engine.settings.concurrency,
            limits: limits.collect(),
            slots: engine.slots.clone(),
            suspects: engine.suspects.clone(),
            pulse: engine.pulse.clone(),
            start: Box::new(start),
        }
    }

    /// `None`: the worker has other things to do, and takes the job when its turn comes.
    pub(super) fn promise(self: &Arc<Self>, id: JobId, job_type: &str, now: Timestamp) -> Option<Place> {
        // After a standstill whatever runs is given back.
        if self.pulse.is_due(now, self.lease / 2) {
            return None;
        }
        let (job_type, limit) = self.limits.iter().find(|(known, _)| *known == job_type)?;
        let slots = &self.slots;
        if !slots.promise(id, job_type, self.concurrency, limit.unwrap_or(usize::MAX)) {
            return None;
        }
        // Asked after the promise: whoever stops or expects a suspect from now on sees it.
        let place = Place { intake: self.clone(), id };
        let is_barred = slots.stopping.is_cancelled() || self.suspects.are_expected() || slots.runs_suspect();
        (!is_barred).then_some(place)
    }

    /// A job waits: until a claim has seen to it, nobody goes before it.
    pub(super) fn has_work(&self) {
        self.slots.set_idle(false);
    }
}

impl Place {
    /// Whose the job is, and until when.
    pub(super) fn claim(&self, now: Timestamp) -> (Uuid, Timestamp) {
        (self.intake.worker_id, now + self.intake.lease)
    }

    /// After the commit, with the job as that has written it.
    pub(super) fn begin(self, job: JobRow) {
        (self.intake.start)(job);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.intake.slots.keep_or_break(self.id);
    }
}

/// The row that `new` became under a claim in its own transaction.
pub(super) fn claimed(new: &NewJob<'_>, seq: i64, now: Timestamp) -> JobRow {
    JobRow {
        seq,
        id: new.id,
        job_type: new.job_type.to_owned(),
        user_id: new.user_id,
        workspace_id: new.workspace_id,
        payload: new.payload.clone(),
        operation_key: new.operation_key.map(str::to_owned),
        status: JobStatus::Running,
        priority: new.priority,
        run_at: new.run_at,
        queue_position: new.queue_position,
        deadline_at: new.deadline_at,
        attempt: 1,
        max_attempts: new.max_attempts,
        interruptions: 0,
        deaths: 0,
        suspect_since: None,
        ran_alone: false,
        lease_token: 1,
        cancel_requested_at: None,
        progress_done: 0,
        progress_total: 0,
        progress_step: String::new(),
        checkpoint: Json::Null,
        result_data: None,
        error_code: None,
        error_message: None,
        repeats_job_id: new.repeats,
        created_at: now,
        updated_at: now,
        started_at: Some(now),
        completed_at: None,
        events: 2,
    }
}
