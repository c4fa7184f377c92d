//! Deterministic simulation: several processes of one program in one thread, in virtual time, under faults drawn from a seed.
//!
//! Each simulated process has a tokio runtime of its own whose time is paused, so that it goes from timer to timer without
//! waiting. A [`World`] gives them turns of random length in random order; between turns it kills (the runtime is dropped,
//! and with it every future at its await), freezes (no turns; afterwards all its timers are late at once, as after SIGSTOP),
//! stops and replaces them. They share a [`Database`] that runs their real units of work, each with its own fate.
//! What they run is the program's own code; only time, chance, storage's transport and the outside are the simulation's.
//!
//! One seed is one history: `REPRUV_SEED=n` repeats it alone and tells it.

mod dice;
mod faults;
mod process;
mod seeds;
mod waiting;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use self::dice::Dice;
pub use self::faults::Faults;
pub use self::process::{Link, Place};
use self::process::{Peer, Process};
pub use self::seeds::{Outcome, every_seed, repeats_itself, until_found};
pub use self::waiting::{Waiting, Waits};
use crate::clock::Timestamp;
pub use crate::db::simulated::Database;
use crate::jobs::{Settings, Workplace};

/// How the program runs in one history.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// At one time. One is as on SQLite, under the lock on the file: what came before it is known to be dead.
    pub processes: usize,
    pub settings: Settings,
    pub faults: Faults,
}

/// When every history begins.
pub const BEGIN: Timestamp = Timestamp::from_second(1_800_000_000);

/// What all processes of one history share.
pub struct Shared {
    pub dice: Dice,
    pub lease: Duration,
    faults: Mutex<Faults>,
    now: AtomicU64,
    started: AtomicU64,
    peers: Mutex<Vec<Peer>>,
    wrongs: Mutex<Vec<String>>,
    trace: Option<Mutex<Vec<String>>>,
}

/// One history under way.
pub struct World<C: Workplace> {
    pub shared: Arc<Shared>,
    pub database: Database,
    plan: Plan,
    context: Box<dyn Fn(&Place) -> C>,
    processes: Vec<Process>,
    /// When those that are missing come back.
    missing: Vec<Duration>,
}

impl Plan {
    pub fn drawn(dice: &Dice) -> Self {
        let processes = dice.pick(&[1, 1, 2, 2, 3]);
        let settings = Settings {
            concurrency: 1 + dice.below(4),
            lease: Duration::from_secs(dice.pick(&[2, 4, 8])),
            poll: Duration::from_millis(dice.pick(&[400, 1_000, 2_000])),
            grace: Duration::from_secs(1),
            exclusive: processes == 1,
        };
        let mut faults = if dice.chance(50) { Faults::NONE } else { Faults::drawn(dice) };
        if processes == 1 {
            // Nothing of a dead process reaches a file whose lock its successor holds.
            faults.adrift = 0;
        }
        Self { processes, settings, faults }
    }
}

impl Shared {
    fn new(dice: Dice, plan: &Plan, traced: bool) -> Arc<Self> {
        Arc::new(Self {
            dice,
            lease: plan.settings.lease,
            faults: Mutex::new(plan.faults),
            now: AtomicU64::new(0),
            started: AtomicU64::new(0),
            peers: Mutex::default(),
            wrongs: Mutex::default(),
            trace: traced.then(Mutex::default),
        })
    }

    /// Since the beginning; no process is ahead of it by more than its turn.
    pub fn now(&self) -> Duration {
        Duration::from_micros(self.now.load(Ordering::Relaxed))
    }

    pub fn faults(&self) -> Faults {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something that must never be.
    pub fn wrong(&self, what: impl Into<String>) {
        let what = what.into();
        self.note(|| format!("WRONG: {what}"));
        self.wrongs.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    pub fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// A line of the history, where it is to be told.
    pub fn note(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            let line = format!("{:>9.3} {}", self.now().as_secs_f64(), line());
            trace.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn processes_so_far(&self) -> u64 {
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    fn peers(&self) -> std::sync::MutexGuard<'_, Vec<Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Workplace> World<C> {
    /// An empty database and its processes, which have not had a turn yet.
    pub fn new(
        dice: Dice,
        plan: Plan,
        database: &Database,
        traced: bool,
        context: impl Fn(&Place) -> C + 'static,
    ) -> Self {
        database.reset();
        let shared = Shared::new(dice, &plan, traced);
        shared.note(|| format!("{plan:?}"));
        let mut world = Self {
            shared,
            database: database.clone(),
            plan,
            context: Box::new(context),
            processes: Vec::new(),
            missing: Vec::new(),
        };
        (0..plan.processes).for_each(|_| world.start());
        world
    }

    /// Lets that much time pass, faults and all; `each` acts between turns.
    pub fn live(&mut self, time: Duration, mut each: impl FnMut(&mut Self)) {
        let end = self.shared.now() + time;
        while self.shared.now() < end {
            let turn = self.turn_length();
            self.turn(turn);
            each(self);
        }
    }

    /// Ends all faults: the frozen wake up, the dead are replaced, what was adrift arrives.
    pub fn heal(&mut self) {
        self.shared.note(|| "from here on everything works".into());
        *self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner) = Faults::NONE;
        self.database.deliver(Duration::MAX);
        let now = self.shared.now();
        for process in &mut self.processes {
            process.thaw(now);
            process.link.cut_off(Duration::ZERO);
        }
        while !self.missing.is_empty() {
            self.missing.pop();
            self.start();
        }
    }

    /// Lets time pass until `is_settled`, which is asked between turns, for `limit` at most; whether it came to that.
    pub fn settle(&mut self, limit: Duration, mut is_settled: impl FnMut(&Self) -> bool) -> bool {
        let end = self.shared.now() + limit;
        while !is_settled(self) {
            if self.shared.now() >= end {
                return false;
            }
            let turn = self.shared.dice.millis(50..600).min(self.longest_turn());
            self.turn(turn);
        }
        true
    }

    /// A living process, for whom a person's request goes.
    pub fn somebody(&self) -> Option<&Place> {
        let chosen = self.shared.dice.below(self.processes.len());
        self.processes.get(chosen).map(|process| &process.place)
    }

    /// What must never be, and was.
    pub fn end(self) -> (Vec<String>, Vec<String>) {
        let Self { shared, processes, .. } = self;
        shared.peers().clear();
        drop(processes);
        let take =
            |lines: &Mutex<Vec<String>>| std::mem::take(&mut *lines.lock().unwrap_or_else(PoisonError::into_inner));
        (take(&shared.wrongs), shared.trace.as_ref().map(take).unwrap_or_default())
    }

    fn turn_length(&self) -> Duration {
        let dice = &self.shared.dice;
        let most = dice.pick(&[20, 20, 200, 1_000]);
        dice.millis(1..most).min(self.longest_turn())
    }

    /// Between processes clocks differ by a turn: much less than a lease.
    fn longest_turn(&self) -> Duration {
        if self.plan.processes == 1 { Duration::from_secs(1) } else { self.plan.settings.lease / 10 }
    }

    fn turn(&mut self, length: Duration) {
        let (begin, dice) = (self.shared.now(), self.shared.dice.clone());
        let end = begin + length;
        let first = dice.below(self.processes.len());
        self.processes.rotate_left(first);
        for process in &mut self.processes {
            let faults = self.shared.faults();
            if dice.chance(faults.crash) {
                process.run_until(begin + length.mul_f64(dice.below(100) as f64 / 100.0));
                process.link.die_now("killed");
            } else if dice.chance(faults.freeze) {
                let most = 3 * self.plan.settings.lease.as_millis() as u64;
                process.freeze(begin + dice.millis(1..most));
            } else if dice.chance(faults.stop) {
                process.stop();
            } else if dice.chance(faults.cut_off) {
                let most = 4 * self.plan.settings.lease.as_millis() as u64;
                process.link.cut_off(begin + dice.millis(1..most));
            }
            process.run_until(end);
        }
        self.shared.now.store(end.as_micros() as u64, Ordering::Relaxed);
        self.database.deliver(end);
        self.bury();
        while let Some(index) = self.missing.iter().position(|due| *due <= end) {
            self.missing.swap_remove(index);
            self.start();
        }
    }

    fn bury(&mut self) {
        let now = self.shared.now();
        let before = self.processes.len();
        self.processes.retain(|process| !process.is_gone());
        for _ in self.processes.len()..before {
            let most = if self.shared.faults() == Faults::NONE { 500 } else { 2_000 };
            self.missing.push(now + self.shared.dice.millis(0..most));
        }
    }

    fn start(&mut self) {
        let process = Process::start(&self.shared, &self.database, self.plan.settings, &*self.context);
        self.processes.push(process);
    }
}
