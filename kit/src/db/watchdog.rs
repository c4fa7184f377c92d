//! The watchdog thread: interrupts reads that are past their deadline, and answers units that wait behind a stuck thread.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use tokio_util::sync::CancellationToken;

use super::access::Access;
use super::unit::{Message, Units};
use super::{Error, stats};

/// How much later than its deadline a read may be interrupted.
const TICK: Duration = Duration::from_millis(100);

/// The deadline of the read that a connection of SQLite runs, and the handle that ends it.
pub(super) struct ReadDeadline {
    handle: InterruptHandle,
    until: Mutex<Option<Instant>>,
}

impl ReadDeadline {
    pub fn new(handle: InterruptHandle) -> Self {
        Self { handle, until: Mutex::new(None) }
    }

    pub fn arm(&self, deadline: Duration) {
        *self.until() = stats::now().checked_add(deadline);
    }

    /// The read is over: nothing is interrupted any more, least of all the next unit.
    pub fn disarm(&self) {
        *self.until() = None;
    }

    /// Under the lock, so that the read that is interrupted is the one that is late.
    fn interrupt_if_late(&self, now: Instant) {
        if self.until().is_some_and(|until| until <= now) {
            self.handle.interrupt();
        }
    }

    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Watchdog {
    pub deadlines: Vec<Arc<ReadDeadline>>,
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

impl Watchdog {
    pub fn run(mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            std::thread::park_timeout(TICK);
            let now = stats::now();
            self.deadlines.iter().for_each(|deadline| deadline.interrupt_if_late(now));
            self.queues.iter_mut().for_each(|queue| queue.look(now));
        }
    }
}
