//! The thread that sees to it that nobody waits for ever: interrupts late reads, and answers those behind a stuck thread.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use tokio_util::sync::CancellationToken;

use super::unit::{Access, Message, Units};
use super::{Error, stats};

/// How much later than its deadline a read may be interrupted.
const TICK: Duration = Duration::from_millis(100);

/// By which a read on SQLite is stopped from outside.
pub(super) struct Leash {
    handle: InterruptHandle,
    until: Mutex<Option<Instant>>,
}

impl Leash {
    pub fn new(handle: InterruptHandle) -> Self {
        Self { handle, until: Mutex::new(None) }
    }

    pub fn fasten(&self, deadline: Duration) {
        *self.until() = stats::now().checked_add(deadline);
    }

    /// From here on nothing is interrupted any more, least of all the next unit.
    pub fn loosen(&self) {
        *self.until() = None;
    }

    /// Under the lock, so that the read that is interrupted is the one that is late.
    fn pull(&self, now: Instant) {
        if self.until().is_some_and(|until| until <= now) {
            self.handle.interrupt();
        }
    }

    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Watch {
    pub leashes: Vec<Arc<Leash>>,
    pub queues: Vec<Queue>,
}

/// A queue, and when something was last taken from it.
pub(super) struct Queue {
    units: Units,
    sender: flume::Sender<Message>,
    taken: u64,
    since: Instant,
}

impl Queue {
    pub fn new(units: Units, sender: flume::Sender<Message>) -> Self {
        Self { units, sender, taken: 0, since: stats::now() }
    }

    /// Answers all who wait when nobody was served for as long as one may wait.
    fn look(&mut self, now: Instant) {
        let taken = [Access::Read, Access::Write]
            .map(|access| self.units.meter.lane(access).taken.load(Ordering::Relaxed))
            .iter()
            .sum();
        if taken != self.taken || self.units.queue.is_empty() {
            (self.taken, self.since) = (taken, now);
        } else if now.saturating_duration_since(self.since) > self.units.patience {
            tracing::warn!(waiting = self.units.queue.len(), "every thread of the database is held up");
            for _ in 0..self.units.refuse_all(|| Error::Busy) {
                // Not meant for this thread, which has just made room.
                let _ = self.sender.try_send(Message::Stop);
            }
        }
    }
}

impl Watch {
    pub fn run(mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            std::thread::park_timeout(TICK);
            let now = stats::now();
            self.leashes.iter().for_each(|leash| leash.pull(now));
            self.queues.iter_mut().for_each(|queue| queue.look(now));
        }
    }
}
