//! PostgreSQL: a thread per connection, all on one queue, and a thread that listens.

mod address;
mod fitness;
mod line;
mod listen;
mod outcome;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::access::Access;
use super::backoff::Backoff;
use super::driver::Driver;
use super::stats::{self, Meter};
use super::unit::{self, Next, Unit, Units};
use super::watchdog::{Queue, Watchdog};
use super::{Db, Dialect, Error, Inner, Options, Result, Tx, spawn};

use address::Address;
use listen::Signals;
use outcome::Outcome;
pub(super) use session::Session;
use session::WRITE_DEADLINE;

/// Runs of one unit at most: after a deadlock, a serialisation failure, or a connection that broke before the commit.
const RUNS: usize = 4;

pub(super) fn open(options: &Options) -> Result<Db> {
    let address = Address::parse(&options.url)?;
    let meter = Arc::new(Meter::new());
    let (here, _) = broadcast::channel(1024);
    let signals = Signals::new(here.clone());
    let (queue, receiver) = flume::bounded(options.queue);
    let units = Units { queue: receiver, meter: meter.clone(), patience: options.patience };
    // One connection now, so that a wrong address stops the start and not the first request.
    let mut first = Some(on_its_thread(|| {
        fitness::check(&address, options.any_encoding)?;
        Session::connect(&address)
    })?);
    let connected = Arc::new(AtomicUsize::new(1));
    let mut threads = Vec::new();
    for index in 0..options.connections {
        let mut connection = Connection {
            address: address.clone(),
            units: units.clone(),
            signals: signals.clone(),
            read_deadline: options.read_deadline,
            tx: first.take().map(transaction),
            connected: connected.clone(),
            was_connected: index == 0,
        };
        threads.push(spawn(&format!("db-{index}"), move || connection.serve())?);
    }
    let stop = CancellationToken::new();
    threads.push(spawn("db-listener", {
        let (meter, stop) = (meter.clone(), stop.clone());
        move || listen::run(&address, &signals, &meter, &stop)
    })?);
    let unwatch = CancellationToken::new();
    let rest = vec![units.clone()];
    let queues = vec![Queue::new(units, queue.clone())];
    threads.push(spawn("db-watch", {
        let unwatch = unwatch.clone();
        move || Watchdog { deadlines: Vec::new(), queues }.run(&unwatch)
    })?);
    Ok(Db(Arc::new(Inner {
        dialect: Dialect::Postgres,
        readers: queue.clone(),
        writer: queue,
        reader_threads: options.connections,
        writer_threads: 0,
        rest,
        is_over: AtomicBool::new(false),
        signals: here,
        attached: Default::default(),
        meter,
        threads: threads.into(),
        stop,
        unwatch,
        _lock: None,
        #[cfg(feature = "testing")]
        simulated: None,
    })))
}

/// A runtime does not start inside another one.
fn on_its_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

fn transaction(session: Session) -> Tx {
    Tx::new(Driver::Postgres(Box::new(session)))
}

fn session(tx: &mut Tx) -> &mut Session {
    match &mut tx.conn.driver {
        Driver::Postgres(session) => session,
        Driver::Sqlite(_) => unreachable!("this thread opens sessions of PostgreSQL only"),
    }
}

/// One thread's connection, made anew whenever it is lost.
struct Connection {
    address: Address,
    units: Units,
    signals: Signals,
    read_deadline: Duration,
    tx: Option<Tx>,
    /// How many threads have a connection, as far as they know.
    connected: Arc<AtomicUsize>,
    was_connected: bool,
}

/// How a run of a unit ended.
enum Ended {
    /// Committed, or a read.
    Kept,
    /// Nothing stays. Again, if it may be.
    Undone { error: Error, again: bool },
    /// The answer to COMMIT is missing.
    Unknown,
}

/// A thread that ends serves nobody: who has no connection must not count on it.
impl Drop for Connection {
    fn drop(&mut self) {
        self.hold(None);
    }
}

impl Connection {
    fn serve(&mut self) {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        loop {
            if let Err(error) = self.connect() {
                let pause = backoff.pause();
                tracing::warn!(%error, ?pause, "no connection to PostgreSQL");
                if self.refuse_for(pause, &error) {
                    return;
                }
                continue;
            }
            backoff.reset();
            match self.next() {
                Next::Unit(unit) => self.run(unit),
                Next::Nothing => {}
                Next::Stop => return,
            }
        }
    }

    fn connect(&mut self) -> Result<&mut Tx> {
        if self.tx.as_mut().is_none_or(|tx| session(tx).is_lost()) {
            self.hold(None);
            if self.was_connected {
                stats::count(&self.units.meter.reconnects);
            }
            let session = Session::connect(&self.address)?;
            self.hold(Some(session));
            self.was_connected = true;
        }
        self.tx.as_mut().ok_or(Error::Closed)
    }

    fn hold(&mut self, session: Option<Session>) {
        match (self.tx.is_some(), session.is_some()) {
            (false, true) => drop(self.connected.fetch_add(1, Ordering::SeqCst)),
            (true, false) => drop(self.connected.fetch_sub(1, Ordering::SeqCst)),
            _ => {}
        }
        self.tx = session.map(transaction);
    }

    /// Refuses at once whatever comes while no thread has a connection; whether the end came too.
    fn refuse_for(&self, pause: Duration, error: &Error) -> bool {
        let until = stats::now() + pause;
        loop {
            if self.connected.load(Ordering::SeqCst) > 0 {
                // The others serve them.
                std::thread::park_timeout(until.saturating_duration_since(stats::now()));
                return false;
            }
            match self.units.wait_until(until) {
                Next::Unit(unit) => unit.refuse(Error::Unavailable(error.to_string())),
                Next::Nothing => return false,
                Next::Stop => return true,
            }
        }
    }

    fn next(&mut self) -> Next {
        match self.units.now() {
            Next::Nothing => {
                if let Some(tx) = &mut self.tx {
                    session(tx).finish_read();
                }
                self.units.wait()
            }
            next => next,
        }
    }

    fn run(&mut self, mut unit: Box<dyn Unit>) {
        let (meter, signals) = (self.units.meter.clone(), self.signals.clone());
        let mut backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(100));
        for run in 1..=RUNS {
            let usual = if unit.access() == Access::Read { self.read_deadline } else { WRITE_DEADLINE };
            let deadline = unit.deadline().unwrap_or(usual);
            let tx = match self.connect() {
                Ok(tx) => tx,
                Err(error) => return unit.refuse(error),
            };
            let error = match run_once(tx, unit.as_mut(), deadline, &meter, &signals) {
                Ended::Kept => {
                    unit.follow();
                    self.tell();
                    return unit.answer(Ok(()));
                }
                Ended::Undone { error, again: true } if run < RUNS => error,
                Ended::Undone { error, .. } => return unit.answer(Err(error)),
                Ended::Unknown => {
                    // Whatever became of it: who hears of too much only looks once more.
                    self.tell();
                    match self.outcome() {
                        Outcome::Committed => return unit.answer(Ok(())),
                        Outcome::Aborted if run < RUNS => Error::Aborted,
                        Outcome::Aborted => return unit.answer(Err(Error::Aborted)),
                        Outcome::Unknown => return unit.answer(Err(Error::OutcomeUnknown)),
                    }
                }
            };
            tracing::debug!(%error, run, "a unit of work is run again");
            stats::count(&meter.reruns);
            std::thread::sleep(backoff.pause());
        }
    }

    /// At once: the way over the server takes longer than all else that a wake-up costs. Nobody listening is no failure.
    fn tell(&mut self) {
        if let Some(tx) = &mut self.tx {
            self.signals.tell_here(std::mem::take(&mut tx.signals));
            self.signals.hint(std::mem::take(&mut tx.hints));
        }
    }

    /// Asks on a new connection, which then takes the place of the broken one.
    fn outcome(&mut self) -> Outcome {
        self.tell();
        let Some(commit) = self.tx.as_mut().and_then(|tx| session(tx).in_doubt()) else { return Outcome::Unknown };
        stats::count(&self.units.meter.outcomes_asked);
        self.hold(None);
        let (outcome, session) = outcome::ask(&self.address, &commit);
        self.hold(session);
        if outcome == Outcome::Unknown {
            stats::count(&self.units.meter.outcomes_unknown);
            tracing::error!(transaction = commit.id, "the outcome of a commit could not be learned");
        }
        outcome
    }
}

fn run_once(tx: &mut Tx, unit: &mut dyn Unit, deadline: Duration, meter: &Meter, signals: &Signals) -> Ended {
    (tx.conn.aborted, tx.conn.again, tx.conn.late) = (false, false, false);
    tx.signals.clear();
    tx.hints.clear();
    tx.conn.ahead.clear();
    session(tx).begin(unit.access(), deadline);
    let wanted = unit::run(unit, tx, meter);
    if !wanted || tx.conn.aborted {
        return undo(tx, Error::Aborted, meter);
    }
    if unit.access() == Access::Read {
        session(tx).end_read();
        return Ended::Kept;
    }
    match commit(tx, meter, signals) {
        Ok(()) => Ended::Kept,
        Err(Error::OutcomeUnknown) => Ended::Unknown,
        Err(error) => {
            tx.conn.again |= error.is_worth_another_run();
            tx.conn.writes_fail |= error.is_of_storage();
            unit::note_storage(tx, meter);
            undo(tx, error, meter)
        }
    }
}

fn undo(tx: &mut Tx, error: Error, meter: &Meter) -> Ended {
    let (late, is_lost) = (tx.conn.late, session(tx).is_lost());
    if late {
        stats::count(&meter.interrupted);
    }
    if !is_lost {
        session(tx).roll_back();
    }
    let error = match error {
        Error::Aborted if late => Error::Deadline,
        Error::Aborted if is_lost => Error::Unavailable("the connection to PostgreSQL broke".into()),
        other => other,
    };
    Ended::Undone { error, again: tx.conn.again && !late }
}

fn commit(tx: &mut Tx, meter: &Meter, signals: &Signals) -> Result<()> {
    let payloads = signals.payloads(&tx.signals);
    let is_open = session(tx).is_open();
    if !is_open && payloads.is_empty() {
        return Ok(());
    }
    let started = stats::now();
    let committed = match session(tx).commit(listen::CHANNEL, &payloads) {
        // Nothing but hints, which may be given twice.
        Err(Error::OutcomeUnknown) if !is_open => Err(Error::Unavailable("the connection to PostgreSQL broke".into())),
        committed => committed,
    };
    meter.commit.add_time(started.elapsed());
    meter.group.add(1);
    committed
}
