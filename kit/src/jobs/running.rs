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
use super::{JobId, JobRow, Progress};

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
    hands: Mutex<Hands>,
    /// A slot became free, or a suspect got on.
    pub freed: Arc<Notify>,
    pub tasks: TaskTracker,
    pub meter: Meter,
    /// No more claims; jobs let go at their next step.
    pub stopping: CancellationToken,
    /// Nothing is held any more, or never will be.
    pub ended: CancellationToken,
}

#[derive(Default)]
struct Hands {
    held: BTreeMap<Lease, Arc<RunningJob>>,
    /// Jobs, with their types, that a transaction under way enqueues and claims at once.
    promised: BTreeMap<JobId, &'static str>,
    /// The last claim left nothing that was due, and none is under way.
    is_idle: bool,
}

impl Hands {
    fn taken(&self) -> usize {
        self.held.len() + self.promised.len()
    }

    fn types(&self) -> impl Iterator<Item = &str> {
        self.held.values().map(|hold| hold.job.job_type.as_str()).chain(self.promised.values().copied())
    }
}

impl Slots {
    /// Keeps a slot for a job whose transaction is under way, if there is one and nothing else waits for it.
    pub(super) fn promise(&self, id: JobId, job_type: &'static str, concurrency: usize, limit: usize) -> bool {
        let mut hands = self.hands();
        let is_free = hands.taken() < concurrency && hands.types().filter(|taken| *taken == job_type).count() < limit;
        let is_kept = hands.is_idle && is_free;
        if is_kept {
            hands.promised.insert(id, job_type);
        }
        is_kept
    }

    /// The job is held by now, or its transaction was not committed, or nobody knows.
    pub(super) fn keep_or_break(&self, id: JobId) {
        self.hands().promised.remove(&id);
        self.freed.notify_one();
    }

    pub(super) fn is_promised(&self, id: JobId) -> bool {
        self.hands().promised.contains_key(&id)
    }

    /// When no transaction is left that may begin a job.
    pub(super) async fn nothing_promised(&self) {
        while !self.hands().promised.is_empty() {
            self.freed.notified().await;
        }
    }

    pub(super) fn set_idle(&self, is_idle: bool) {
        self.hands().is_idle = is_idle;
    }

    pub(super) fn take(self: &Arc<Self>, hold: Arc<RunningJob>) -> Slot {
        let lease = hold.lease();
        self.hands().held.insert(lease, hold);
        Slot { slots: self.clone(), lease }
    }

    pub(super) fn held(&self) -> Vec<Arc<RunningJob>> {
        self.hands().held.values().cloned().collect()
    }

    pub(super) fn holds(&self, lease: &Lease) -> Option<Arc<RunningJob>> {
        self.hands().held.get(lease).cloned()
    }

    pub(super) fn taken_by_type(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for job_type in self.hands().types() {
            *taken.entry(job_type.to_owned()).or_default() += 1;
        }
        taken
    }

    /// Whether a suspect runs that has stored nothing yet: then nothing else begins.
    pub(super) fn runs_suspect(&self) -> bool {
        let stands_alone =
            |hold: &Arc<RunningJob>| hold.job.suspect_since.is_some() && !hold.has_stored.load(Ordering::SeqCst);
        self.hands().held.values().any(stands_alone)
    }

    /// Whether all that run have stored something.
    pub(super) fn all_have_stored(&self) -> bool {
        let hands = self.hands();
        hands.promised.is_empty() && hands.held.values().all(|hold| hold.has_stored.load(Ordering::SeqCst))
    }

    pub(super) fn taken(&self) -> usize {
        self.hands().taken()
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        lock(&self.hands)
    }
}

/// Free again when it is dropped, whatever became of the job.
pub(super) struct Slot {
    slots: Arc<Slots>,
    lease: Lease,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.hands().held.remove(&self.lease);
        self.slots.freed.notify_one();
    }
}

/// Nothing here is left half-changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
