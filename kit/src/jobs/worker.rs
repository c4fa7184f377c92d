//! The worker: three loops (claims, renewals, sweeps), their start and their stop.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument as _;

use super::claims::Claimed;
use super::engine::Engine;
use super::execute::execute;
use super::intake::Intake;
use super::running::{RunningJob, Slot, Slots, Stop};
use super::schedule::Served;
use super::work::Workplace;
use super::{CANCEL_KEY, Metrics, WORK_TOPIC};
use crate::clock::Clock;
use crate::db::{self, Db, Signal};
use crate::mutant;
use crate::random::Random;

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Jobs at one time.
    pub concurrency: usize,
    /// How long a job stays a worker's that shows no sign of life; renewed every third of it.
    pub lease: Duration,
    /// How long a lost wake-up can delay a job.
    pub poll: Duration,
    /// How long a stop waits for jobs to reach their next step.
    pub grace: Duration,
    /// No other process can be alive on this database (SQLite under its lock): what another worker left running is
    /// taken back at the start, without waiting for its lease.
    pub exclusive: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 8,
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(5),
            exclusive: false,
        }
    }
}

/// Runs jobs until it is stopped.
pub struct Worker;

impl Worker {
    /// Starts the loops on the current runtime.
    pub fn start<C: Workplace>(db: Db, clock: Clock, random: Random, context: C, settings: Settings) -> WorkerHandle {
        let engine = Arc::new(Engine::new(db, clock, random, context, settings));
        WorkerHandle {
            slots: engine.slots.clone(),
            grace: settings.grace,
            claims: tokio::spawn(claims(engine.clone())),
            sweeps: tokio::spawn(sweeps(engine.clone())),
            renewals: tokio::spawn(renewals(engine)),
        }
    }
}

/// A running worker. Dropping it abandons its jobs as a crash would; end it with [`WorkerHandle::stop`].
pub struct WorkerHandle {
    slots: Arc<Slots>,
    grace: Duration,
    claims: JoinHandle<()>,
    sweeps: JoinHandle<()>,
    renewals: JoinHandle<()>,
}

/// The figures of a worker, for whoever publishes them. Cheap to clone.
#[derive(Clone)]
pub struct Watch(Arc<Slots>);

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.metrics().fmt(f)
    }
}

impl Watch {
    pub fn metrics(&self) -> Metrics {
        self.0.meter.metrics(self.0.taken())
    }
}

/// How long a stop waits for the database to take jobs back.
const RELEASE: Duration = Duration::from_secs(4);

impl WorkerHandle {
    /// What this worker has done so far.
    pub fn metrics(&self) -> Metrics {
        self.watch().metrics()
    }

    /// A view of this worker's figures that outlives the handle.
    pub fn watch(&self) -> Watch {
        Watch(self.slots.clone())
    }

    /// Claims nothing more, lets jobs end or reach their next checkpoint for the time of grace, then gives back what is
    /// still running, attempt and all: another worker goes on with it at once.
    pub async fn stop(mut self) {
        self.slots.stopping.cancel();
        for ending in [&mut self.claims, &mut self.sweeps] {
            if let Err(error) = ending.await {
                tracing::error!(%error, "a loop of the worker broke");
            }
        }
        let tasks = &self.slots.tasks;
        if timeout(self.grace, self.slots.nothing_promised()).await.is_err() {
            tracing::warn!("a job is enqueued that does not end: its lease runs out");
        }
        tasks.close();
        if timeout(self.grace, tasks.wait()).await.is_err() {
            self.slots.held().iter().for_each(|hold| hold.stop.trigger(Stop::WorkerStops));
            if timeout(RELEASE, tasks.wait()).await.is_err() {
                tracing::warn!(jobs = tasks.len(), "jobs do not stop: their leases run out");
            }
        }
        self.slots.ended.cancel();
        if timeout(RELEASE, &mut self.renewals).await.is_err() {
            tracing::debug!("a worker left without a word");
        }
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.slots.stopping.cancel();
        self.slots.ended.cancel();
        for task in [&self.claims, &self.sweeps, &self.renewals] {
            task.abort();
        }
        self.slots.held().iter().for_each(|hold| hold.stop.trigger(Stop::Lost));
    }
}

/// Runs every due job to its end and returns how many runs that took; for tests and one-off commands.
pub async fn run_due<C: Workplace>(db: Db, clock: Clock, random: Random, context: C) -> db::Result<usize> {
    let engine = Arc::new(Engine::new(db, clock, random, context, Settings::default()));
    engine.sweep().await?;
    engine.sweep_overdue().await?;
    let mut runs = 0;
    loop {
        // Asked before the claim: what runs during it may enqueue more when it ends.
        let was_idle = engine.slots.taken() == 0;
        let claimed = engine.claim().await?;
        if claimed.jobs.is_empty() && was_idle {
            return Ok(runs);
        }
        runs += claimed.jobs.len();
        claimed.jobs.into_iter().for_each(|(job, slot)| begin(&engine, job, slot));
        engine.slots.freed.notified().await;
    }
}

fn begin<C: Workplace>(engine: &Arc<Engine<C>>, running: Arc<RunningJob>, slot: Slot) {
    let job = &running.job;
    let span = tracing::info_span!("job", id = %job.id, job_type = job.job_type, attempt = job.attempt);
    engine.slots.tasks.spawn(execute(engine.clone(), running, slot).instrument(span));
}

/// Jobs that are enqueued through this worker's database handle may begin here at once.
fn intake<C: Workplace>(engine: &Arc<Engine<C>>) -> Intake {
    let (weak, runtime) = (Arc::downgrade(engine), Handle::current());
    Intake::of(engine, move |job| {
        // Whoever is gone holds nothing: the job is taken back as any other whose worker is gone.
        let Some(engine) = weak.upgrade() else { return };
        let _inside = runtime.enter();
        let (age, now) = (engine.clock.now().since(job.updated_at), Instant::now());
        let claimed_at = (now.checked_sub(age).unwrap_or(now), job.updated_at);
        let (running, slot) = engine.hold(job, claimed_at);
        if age >= engine.settings.lease / 3 {
            // Its lease began when it was asked for, which is long ago: it comes again with a new one.
            running.stop.trigger(Stop::WorkerStops);
        }
        begin(&engine, running, slot);
    })
}

async fn claims<C: Workplace>(engine: Arc<Engine<C>>) {
    // Before the first look, so that no wake-up falls between them.
    let mut signals = engine.db.subscribe();
    if engine.settings.exclusive {
        while let Err(error) = engine.reclaim_of_others().await {
            tracing::warn!(%error, "jobs of a process before this one are not taken back yet");
            tokio::select! {
                biased;
                () = engine.slots.stopping.cancelled() => return,
                () = sleep(engine.jittered(engine.settings.poll)) => {}
            }
        }
    }
    // Nothing is begun here any more once this loop is over, however it ends.
    let _attachment = engine.db.attach(Arc::new(intake(&engine)));
    while !engine.slots.stopping.is_cancelled() {
        engine.slots.set_idle(false);
        let Claimed { jobs, is_full, left_nothing, next_due } = engine.claim().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no jobs are claimed");
            Claimed::failed()
        });
        jobs.into_iter().for_each(|(job, slot)| begin(&engine, job, slot));
        engine.slots.set_idle(left_nothing);
        let poll = engine.jittered(engine.settings.poll);
        let pause = next_due.map_or(poll, |due| poll.min(due.since(engine.clock.now())));
        tokio::select! {
            biased;
            () = engine.slots.stopping.cancelled() => {}
            () = engine.slots.freed.notified(), if is_full => {
                // What becomes free in this very moment is filled by the same claim.
                tokio::task::yield_now().await;
            }
            () = woken(&mut signals, |signal| signal.topic == WORK_TOPIC && signal.key != CANCEL_KEY) => {}
            () = sleep(pause), if !mutant!("woken by signals alone") => {}
        }
    }
}

async fn renewals<C: Workplace>(engine: Arc<Engine<C>>) {
    let mut signals = engine.db.subscribe();
    loop {
        engine.renew().await;
        tokio::select! {
            biased;
            () = engine.slots.ended.cancelled() => return engine.leave().await,
            () = woken(&mut signals, |signal| signal.topic == WORK_TOPIC && signal.key == CANCEL_KEY) => {}
            () = sleep(engine.settings.lease / 3) => {}
        }
    }
}

/// Looks through the whole queue for what is overdue once in so many sweeps: who takes a job sees that as well.
const SWEEPS_PER_LOOK: u32 = 10;

/// Looks for unknown job types once in so many sweeps.
const SWEEPS_PER_ROLL_CALL: u32 = 60;

async fn sweeps<C: Workplace>(engine: Arc<Engine<C>>) {
    let (mut told, mut served) = (HashSet::new(), Served::nothing::<C>());
    for sweep in 0u32.. {
        if let Err(error) = engine.sweep().await {
            tracing::warn!(%error, "no sweep for abandoned jobs");
        }
        if let Err(error) = served.catch_up(&engine).await {
            tracing::warn!(%error, "recurring jobs are not enqueued yet");
        }
        if sweep.is_multiple_of(SWEEPS_PER_LOOK)
            && let Err(error) = engine.sweep_overdue().await
        {
            tracing::warn!(%error, "no sweep for overdue jobs");
        }
        if sweep.is_multiple_of(SWEEPS_PER_LOOK)
            && let Err(error) = engine.mend_instants().await
        {
            tracing::warn!(%error, "no look for what a wrong clock has written");
        }
        if sweep.is_multiple_of(SWEEPS_PER_ROLL_CALL) {
            for job_type in engine.unknown_types().await.unwrap_or_default() {
                if told.insert(job_type.clone()) {
                    tracing::error!(job_type, "jobs of a type that this version does not know stay pending");
                }
            }
        }
        tokio::select! {
            biased;
            () = engine.slots.stopping.cancelled() => return,
            () = sleep(engine.jittered(engine.settings.poll)) => {}
        }
    }
}

/// Returns at a wanted signal, or when some may have been lost; one return for all that have come by then.
async fn woken(signals: &mut Receiver<Signal>, is_wanted: impl Fn(&Signal) -> bool) {
    loop {
        match signals.recv().await {
            Ok(signal) if is_wanted(&signal) || signal.topic == Signal::RESYNC => break,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => break,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    while matches!(signals.try_recv(), Ok(_) | Err(TryRecvError::Lagged(_))) {}
}
