//! Running jobs inside their process: the signal that stops one, its progress, the slot that it takes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::metrics::Meter;
use super::step::Outcome;
use super::store::Lease;
use super::{JobRow, Progress};

/// Why a running job is stopped from outside itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    Cancelled,
    Late,
    WorkerStops,
    /// The lease is lost, or may be: nothing more is written.
    Lost,
}

impl Stop {
    pub(super) fn outcome(self) -> Option<Outcome> {
        match self {
            Stop::Cancelled => Some(Outcome::Cancelled),
            Stop::Late => Some(Outcome::Late),
            Stop::WorkerStops => Some(Outcome::Stopped),
            Stop::Lost => None,
        }
    }
}

/// Stops a job's future at its next await.
#[derive(Debug, Default)]
pub(super) struct StopSignal {
    why: OnceLock<Stop>,
    token: CancellationToken,
}

impl StopSignal {
    /// The first reason counts.
    pub(super) fn trigger(&self, why: Stop) {
        let _ = self.why.set(why);
        self.token.cancel();
    }

    pub(super) async fn triggered(&self) -> Stop {
        self.token.cancelled().await;
        self.why.get().copied().unwrap_or(Stop::Lost)
    }
}

pub(super) struct RunningJob {
    /// As it was claimed.
    pub job: JobRow,
    /// How long a sign of life counts.
    pub lease: Duration,
    pub stop: StopSignal,
    /// The worker is stopping: a job that has just saved a step lets go.
    pub stopping: CancellationToken,
    has_stored: AtomicBool,
    freed: Arc<Notify>,
    pub progressed: Notify,
    progress: Mutex<(Progress, bool)>,
    renewed: Mutex<Instant>,
}

impl RunningJob {
    pub(super) fn new(job: JobRow, lease: Duration, claimed: Instant, slots: &Slots) -> Self {
        Self {
            progress: Mutex::new((Progress::of(&job), false)),
            job,
            lease,
            stop: StopSignal::default(),
            stopping: slots.stopping.clone(),
            has_stored: AtomicBool::new(false),
            freed: slots.freed.clone(),
            progressed: Notify::new(),
            renewed: Mutex::new(claimed),
        }
    }

    pub(super) fn lease(&self) -> Lease {
        Lease { seq: self.job.seq, lease_token: self.job.lease_token }
    }

    pub(super) fn set_progress(&self, progress: Progress) {
        let mut current = lock(&self.progress);
        if current.0 != progress {
            *current = (progress, true);
            self.progressed.notify_one();
        }
    }

    pub(super) fn progress(&self) -> Progress {
        lock(&self.progress).0.clone()
    }

    /// What is not yet written.
    pub(super) fn take_news(&self) -> Option<Progress> {
        let mut current = lock(&self.progress);
        std::mem::take(&mut current.1).then(|| current.0.clone())
    }

    /// A fenced write of this run is committed. Whoever waited for a suspect to get on may go on.
    pub(super) fn stored(&self) {
        if !self.has_stored.swap(true, Ordering::SeqCst) && self.job.suspect_since.is_some() {
            self.freed.notify_one();
        }
    }

    pub(super) fn renewed(&self, at: Instant) {
        *lock(&self.renewed) = at;
    }

    pub(super) fn since_renewal(&self) -> Duration {
        lock(&self.renewed).elapsed()
    }
}

/// What a worker has in its hands.
#[derive(Default)]
pub(super) struct Slots {
    held: Mutex<BTreeMap<Lease, Arc<RunningJob>>>,
    /// A slot became free, or a suspect got on.
    pub freed: Arc<Notify>,
    pub tasks: TaskTracker,
    pub meter: Meter,
    /// No more claims; jobs let go at their next step.
    pub stopping: CancellationToken,
    /// Nothing is held any more, or never will be.
    pub ended: CancellationToken,
}

impl Slots {
    pub(super) fn take(self: &Arc<Self>, hold: Arc<RunningJob>) -> Slot {
        let lease = hold.lease();
        lock(&self.held).insert(lease, hold);
        Slot { slots: self.clone(), lease }
    }

    pub(super) fn held(&self) -> Vec<Arc<RunningJob>> {
        lock(&self.held).values().cloned().collect()
    }

    pub(super) fn holds(&self, lease: &Lease) -> Option<Arc<RunningJob>> {
        lock(&self.held).get(lease).cloned()
    }

    pub(super) fn taken_by_type(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for hold in lock(&self.held).values() {
            *taken.entry(hold.job.job_type.clone()).or_default() += 1;
        }
        taken
    }

    /// Whether a suspect runs that has stored nothing yet: then nothing else begins.
    pub(super) fn runs_suspect(&self) -> bool {
        let stands_alone =
            |hold: &Arc<RunningJob>| hold.job.suspect_since.is_some() && !hold.has_stored.load(Ordering::SeqCst);
        lock(&self.held).values().any(stands_alone)
    }

    /// Whether all that run have stored something.
    pub(super) fn all_have_stored(&self) -> bool {
        lock(&self.held).values().all(|hold| hold.has_stored.load(Ordering::SeqCst))
    }

    pub(super) fn taken(&self) -> usize {
        lock(&self.held).len()
    }
}

/// Free again when it is dropped, whatever became of the job.
pub(super) struct Slot {
    slots: Arc<Slots>,
    lease: Lease,
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.slots.held).remove(&self.lease);
        self.slots.freed.notify_one();
    }
}

/// Nothing here is left half-changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
