//! A unit of work in a queue: run on a connection's thread, answered after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::access::Access;
use super::conn::Follower;
use super::stats::{self, Meter};
use super::{Error, Result, Tx};

pub(super) enum Message {
    Unit(Waiting),
    Stop,
}

/// A closure, its answer, and who waits for it, with their types erased.
pub(super) trait Unit: Send {
    fn access(&self) -> Access;

    /// How long it may run, where that is not as usual.
    fn deadline(&self) -> Option<Duration>;

    /// Runs the closure; whether its effects are wanted. May be called again before `answer`.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// What follows a commit that is durable. Before anybody is told of it: neither signals nor the caller overtake it.
    fn follow(&mut self);

    /// Tells the caller: its own answer, or why that could not be kept.
    fn answer(self: Box<Self>, committed: Result<()>);

    fn refuse(self: Box<Self>, error: Error);
}

/// A unit in the queue.
pub(super) struct Waiting {
    unit: Box<dyn Unit>,
    since: Instant,
}

/// One end of a queue: units come out of it with their wait measured, those that waited too long are refused.
#[derive(Clone)]
pub(super) struct Units {
    pub queue: flume::Receiver<Message>,
    pub meter: Arc<Meter>,
    /// The longest wait of a unit that is still run.
    pub patience: Duration,
}

pub(super) enum Next {
    Unit(Box<dyn Unit>),
    /// Nothing waits, or nothing came in time.
    Nothing,
    Stop,
}

impl Units {
    /// The next unit, as soon as there is one.
    pub fn wait(&self) -> Next {
        self.first(|| self.queue.recv().map_err(|_| true))
    }

    /// The next unit, if it comes before `until`.
    pub fn wait_until(&self, until: Instant) -> Next {
        self.first(|| self.queue.recv_deadline(until).map_err(|error| error == flume::RecvTimeoutError::Disconnected))
    }

    /// The next unit that already waits.
    pub fn now(&self) -> Next {
        self.first(|| self.queue.try_recv().map_err(|error| error == flume::TryRecvError::Disconnected))
    }

    /// Answers all who wait, in the place of threads that are held up or gone. How many of these were to stop.
    pub fn refuse_all(&self, error: impl Fn() -> Error) -> usize {
        let mut stops = 0;
        for message in self.queue.try_iter().collect::<Vec<_>>() {
            match message {
                Message::Unit(waiting) => {
                    let lane = self.meter.lane(waiting.unit.access());
                    lane.waiting.fetch_sub(1, Ordering::Relaxed);
                    stats::count(&lane.refused);
                    waiting.unit.refuse(error());
                }
                Message::Stop => stops += 1,
            }
        }
        stops
    }

    fn first(&self, receive: impl Fn() -> Result<Message, bool>) -> Next {
        loop {
            match receive() {
                Ok(Message::Unit(waiting)) => {
                    if let Some(unit) = self.admit(waiting) {
                        return Next::Unit(unit);
                    }
                }
                Ok(Message::Stop) | Err(true) => return Next::Stop,
                Err(false) => return Next::Nothing,
            }
        }
    }

    fn admit(&self, waiting: Waiting) -> Option<Box<dyn Unit>> {
        let lane = self.meter.lane(waiting.unit.access());
        lane.waiting.fetch_sub(1, Ordering::Relaxed);
        stats::count(&lane.taken);
        let waited = stats::now().saturating_duration_since(waiting.since);
        lane.wait.add_time(waited);
        if waited <= self.patience {
            return Some(waiting.unit);
        }
        stats::count(&lane.refused);
        waiting.unit.refuse(Error::Busy);
        None
    }
}

/// A unit that finds no place is answered here, so its caller need not be told in another way.
pub(super) fn send(queue: &flume::Sender<Message>, meter: &Meter, unit: Box<dyn Unit>) {
    let lane = meter.lane(unit.access());
    lane.waiting.fetch_add(1, Ordering::Relaxed);
    let (refused, error) = match queue.try_send(Message::Unit(Waiting { unit, since: stats::now() })) {
        Ok(()) => return,
        Err(flume::TrySendError::Full(message)) => (message, Error::Busy),
        Err(flume::TrySendError::Disconnected(message)) => (message, Error::Closed),
    };
    lane.waiting.fetch_sub(1, Ordering::Relaxed);
    stats::count(&lane.refused);
    if let Message::Unit(waiting) = refused {
        waiting.unit.refuse(error);
    }
}

/// Runs the closure and measures it.
pub(super) fn run(unit: &mut dyn Unit, tx: &mut Tx, meter: &Meter) -> bool {
    let started = stats::now();
    let wanted = unit.run(tx);
    meter.lane(unit.access()).run.add_time(started.elapsed());
    #[cfg(feature = "testing")]
    meter.effort.fetch_add(super::effort::take(), Ordering::Relaxed);
    note_storage(tx, meter);
    wanted
}

/// Remembers beyond the connection that nothing can be written.
pub(super) fn note_storage(tx: &mut Tx, meter: &Meter) {
    if std::mem::take(&mut tx.conn.writes_fail) {
        meter.writes_fail.store(true, Ordering::Relaxed);
    }
}

struct Task<T, E, F> {
    access: Access,
    deadline: Option<Duration>,
    unit: F,
    outcome: Option<Result<T, E>>,
    followers: Vec<Follower>,
    caller: oneshot::Sender<Result<T, E>>,
}

pub(super) fn boxed<T, E, F>(
    access: Access,
    deadline: Option<Duration>,
    unit: F,
) -> (Box<dyn Unit>, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    #[cfg(feature = "testing")]
    let unit = crate::testing::mutants::taken_along(unit);
    let (caller, answer) = oneshot::channel();
    (Box::new(Task { access, deadline, unit, outcome: None, followers: Vec::new(), caller }), answer)
}

impl<T, E, F> Unit for Task<T, E, F>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        // A panicking unit is rolled back whole, so nothing half-changed is seen again.
        let outcome =
            catch_unwind(AssertUnwindSafe(|| (self.unit)(tx))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let wanted = outcome.is_ok();
        self.followers = std::mem::take(&mut tx.followers);
        self.outcome = Some(outcome);
        wanted
    }

    fn follow(&mut self) {
        let followers = std::mem::take(&mut self.followers);
        if matches!(self.outcome, Some(Ok(_))) {
            followers.into_iter().for_each(|follow| follow());
        }
    }

    fn answer(mut self: Box<Self>, committed: Result<()>) {
        // What follows, or will not, is settled when the caller hears.
        match committed {
            Ok(()) => self.follow(),
            Err(_) => self.followers.clear(),
        }
        let answer = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            // The unit's own error says more than that its transaction went with it.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Closed.into()),
        };
        // The caller may have gone; what is durable stays so.
        let _ = self.caller.send(answer);
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.caller.send(Err(error.into()));
    }
}
