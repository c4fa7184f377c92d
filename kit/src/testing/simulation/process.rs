//! One simulated process: a runtime with a time of its own, a database handle, a worker.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::{BEGIN, Shared};
use crate::clock::Clock;
use crate::db::simulated::{Database, Fate, Script};
use crate::db::{Db, Signal};
use crate::jobs::{Settings, Worker, WorkerHandle, Workplace};
use crate::random::Random;

/// A process as what runs in it knows it.
#[derive(Clone)]
pub struct Place {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub link: Arc<Link>,
    runtime: Handle,
}

/// A process as the world sees it.
pub struct Link {
    pub shared: Arc<Shared>,
    pub number: u64,
    is_dead: AtomicBool,
    death: Notify,
    /// Microseconds; 0: never was.
    thawed: AtomicU64,
    /// Until then it does not reach the database; microseconds.
    cut_off: AtomicU64,
}

/// Whom a commit's signals reach.
pub(super) struct Peer {
    link: Arc<Link>,
    db: Db,
    runtime: Handle,
}

pub(super) struct Process {
    pub place: Place,
    pub link: Arc<Link>,
    /// Dropped first: its futures end where they are.
    runtime: Option<Runtime>,
    worker: Option<WorkerHandle>,
    stopping: Option<JoinHandle<()>>,
    /// The runtime's instant at `born` of the world's time.
    origin: Instant,
    born: Duration,
    /// How far it has come.
    at: Duration,
    frozen_until: Option<Duration>,
}

impl Place {
    /// Waits for ever in a process that is dead: nothing that it would do now happens.
    pub async fn until_alive(&self) {
        if self.link.is_dead() {
            std::future::pending().await
        }
    }

    /// Starts a person's request, or whatever else goes on beside the worker.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(future);
    }
}

impl Link {
    pub fn die_now(&self, how: &str) {
        if !self.is_dead.swap(true, Ordering::Relaxed) {
            self.shared.note(|| format!("process {} is {how}", self.number));
            self.death.notify_one();
        }
    }

    pub(super) fn cut_off(&self, until: Duration) {
        self.shared.note(|| format!("process {} does not reach the database until {until:?}", self.number));
        self.cut_off.store(until.as_micros() as u64, Ordering::Relaxed);
    }

    /// Whether it stood still not long ago, so that it may not know yet what it lost.
    pub fn was_frozen_within(&self, time: Duration) -> bool {
        let thawed = Duration::from_micros(self.thawed.load(Ordering::Relaxed));
        !thawed.is_zero() && self.shared.now() < thawed + time
    }
}

impl Script for Link {
    fn fate(&self, is_write: bool) -> Fate {
        if self.shared.now().as_micros() < u128::from(self.cut_off.load(Ordering::Relaxed)) {
            self.shared.note(|| format!("process {}: a unit does not reach the database", self.number));
            return Fate::Refused { full: false };
        }
        let fate = self.shared.faults().fate(&self.shared.dice, is_write, self.shared.lease * 2);
        self.shared.note(|| format!("process {}: a unit (writes: {is_write}): {fate:?}", self.number));
        fate
    }

    fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::Relaxed)
    }

    fn die(&self) {
        self.die_now("dead under a unit of work");
    }

    fn committed(&self, signals: Vec<Signal>) {
        let (faults, dice) = (self.shared.faults(), &self.shared.dice);
        for signal in signals {
            for peer in self.shared.peers().iter().filter(|peer| !peer.link.is_dead()) {
                if dice.chance(faults.lost) {
                    continue;
                }
                if dice.chance(faults.delayed) {
                    let (db, signal, delay) = (peer.db.clone(), signal.clone(), dice.millis(0..3_000));
                    peer.runtime.spawn(async move {
                        sleep(delay).await;
                        db.signal_here(signal);
                    });
                    continue;
                }
                peer.db.signal_here(signal.clone());
                if dice.chance(faults.doubled) {
                    peer.db.signal_here(signal.clone());
                }
            }
        }
    }
}

impl Process {
    pub(super) fn start<C: Workplace>(
        shared: &Arc<Shared>,
        database: &Database,
        settings: Settings,
        context: &dyn Fn(&Place) -> C,
    ) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O needs nothing");
        let number = shared.processes_so_far();
        let link = Arc::new(Link {
            shared: shared.clone(),
            number,
            is_dead: AtomicBool::new(false),
            death: Notify::new(),
            thawed: AtomicU64::new(0),
            cut_off: AtomicU64::new(0),
        });
        let time = shared.clone();
        let backlog = shared.dice.pick(&[2, 8, 64]);
        let db = database.of_process(link.clone(), Arc::new(move || time.now()), backlog);
        let born = shared.now();
        let (clock, origin) = {
            let _inside = runtime.enter();
            (Clock::of_runtime(BEGIN + born), Instant::now())
        };
        let random = Random::seeded(shared.dice.next());
        let place = Place { db, clock, random, link: link.clone(), runtime: runtime.handle().clone() };
        shared.peers().push(Peer { link: link.clone(), db: place.db.clone(), runtime: place.runtime.clone() });
        shared.note(|| format!("process {number} starts"));
        let worker = {
            let _inside = runtime.enter();
            let Place { db, clock, random, .. } = place.clone();
            Worker::start(db, clock, random, context(&place), settings)
        };
        let (runtime, worker) = (Some(runtime), Some(worker));
        Self { place, link, runtime, worker, stopping: None, origin, born, at: born, frozen_until: None }
    }

    /// Its turn, up to `time` of the world, or its death.
    pub(super) fn run_until(&mut self, time: Duration) {
        if self.frozen_until.is_some_and(|until| time < until) || self.link.is_dead() {
            return;
        }
        if let Some(until) = self.frozen_until {
            self.thaw(until);
        }
        let Some(runtime) = &self.runtime else { return };
        let end = self.origin + time.saturating_sub(self.born);
        let link = &self.link;
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = link.death.notified() => {}
                () = sleep_until(end) => {}
            }
        });
        self.at = self.at.max(time);
    }

    pub(super) fn freeze(&mut self, until: Duration) {
        if self.frozen_until.is_none() {
            self.link.shared.note(|| format!("process {} stands still until {until:?}", self.link.number));
            self.frozen_until = Some(until);
        }
    }

    /// Goes on at `now`, with all its timers late at once.
    pub(super) fn thaw(&mut self, now: Duration) {
        let Some(runtime) = self.runtime.as_ref().filter(|_| self.frozen_until.take().is_some()) else { return };
        self.link.shared.note(|| format!("process {} goes on", self.link.number));
        self.link.thawed.store(now.as_micros() as u64, Ordering::Relaxed);
        runtime.block_on(tokio::time::advance(now.saturating_sub(self.at)));
        self.at = self.at.max(now);
    }

    /// Asks it to end in good order.
    pub(super) fn stop(&mut self) {
        if let (Some(worker), Some(runtime)) = (self.worker.take(), &self.runtime) {
            self.link.shared.note(|| format!("process {} is asked to stop", self.link.number));
            self.stopping = Some(runtime.spawn(worker.stop()));
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.link.is_dead() || self.stopping.as_ref().is_some_and(JoinHandle::is_finished)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.link.is_dead.store(true, Ordering::Relaxed);
        let shared = self.link.shared.clone();
        shared.note(|| format!("process {} is gone", self.link.number));
        let peers = std::mem::take(&mut *shared.peers());
        *shared.peers() = peers.into_iter().filter(|peer| !Arc::ptr_eq(&peer.link, &self.link)).collect();
        drop(self.runtime.take());
    }
}
