//! Storage: units of work on the thread that owns the connection, on SQLite and PostgreSQL.
//!
//! A unit is a plain synchronous closure. It runs from start to end on one connection's own thread, so a transaction can
//! neither be held over a call to the outside nor be cut in half by a caller that goes away: neither compiles.
//!
//! ```ignore
//! let found = db.read(move |conn| conn.opt::<(Id, String)>("SELECT id, name FROM users WHERE id = $1", args![id])).await?;
//! db.write(move |tx| { users::rename(tx, id, &name)?; tx.signal("hint", id); Ok(()) }).await?;
//! ```
//!
//! Guarantees: a write is answered after it is durable (`synchronous=FULL`, `synchronous_commit=on`); a unit that returns an
//! error, or panics, leaves nothing behind and harms no other unit; a read sees one consistent snapshot; queues are bounded
//! in places and in time: a full one answers [`Error::Busy`] at once, and a unit that waited too long is not run any more.

mod access;
mod ahead;
pub(crate) mod attachment;
mod backoff;
mod conn;
pub mod copy;
mod driver;
#[cfg(feature = "testing")]
mod effort;
mod error;
pub mod lists;
mod macros;
mod migrate;
mod postgres;
mod row;
#[cfg(feature = "testing")]
pub mod simulated;
mod sqlite;
mod stats;
#[cfg(test)]
mod tests;
mod unit;
mod value;
mod watchdog;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

pub use ahead::Later;
pub use conn::{Conn, Tx};
pub use error::{Error, Result};
pub use migrate::Migration;
pub use row::{FromRow, Row};
pub use sqlite::WAL_BOUND;
pub use stats::{Histogram, Lane, Stats};

pub use value::{AsVal, Cell, Column, Json, Mismatch, UnknownText, Val};

use access::Access;
use stats::Meter;
use unit::{Message, Unit, Units};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// What a committed transaction tells whoever listens, in every process on the database. A hint, never data: it may be lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signal {
    pub topic: String,
    pub key: String,
}

impl Signal {
    /// Sent after a gap in which signals may have been lost: look again at everything.
    pub const RESYNC: &'static str = "*";
}

/// As long as SQLite waits for another process's lock: nobody waits longer for a turn than for the database itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// A page that takes longer has a fault, and holds up the others.
const READ_DEADLINE: Duration = Duration::from_secs(1);

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Reading connections on SQLite, all connections on PostgreSQL.
    pub connections: usize,
    /// Units that may wait before [`Error::Busy`].
    pub queue: usize,
    /// How long a unit may wait for its turn before [`Error::Busy`].
    pub patience: Duration,
    /// How long the closure of a [`Db::read`] may run before [`Error::Deadline`].
    pub read_deadline: Duration,
    /// SQLite: take the lock file beside the database, so that no second process opens it.
    pub exclusive: bool,
    /// PostgreSQL: open a database too that cannot hold every text, to read what others wrote there.
    pub any_encoding: bool,
    pub clock: Clock,
}

impl Options {
    pub fn new(url: impl Into<String>, clock: Clock) -> Self {
        let (url, cores) = (url.into(), std::thread::available_parallelism().map_or(2, usize::from));
        Self {
            // PostgreSQL commits many transactions with one fsync, if as many wait for it at once.
            connections: if url.starts_with("sqlite:") { cores.clamp(2, 8) } else { 16 },
            url,
            queue: 1024,
            patience: PATIENCE,
            read_deadline: READ_DEADLINE,
            exclusive: false,
            any_encoding: false,
            clock,
        }
    }
}

/// A database. Cheap to clone; the last clone to go ends its threads.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    dialect: Dialect,
    readers: flume::Sender<Message>,
    writer: flume::Sender<Message>,
    reader_threads: usize,
    writer_threads: usize,
    /// The other ends of the queues, for what is asked when no thread is left.
    rest: Vec<Units>,
    is_over: AtomicBool,
    signals: broadcast::Sender<Signal>,
    attached: attachment::Place,
    meter: Arc<Meter>,
    /// Readers, writers, others, and last the watchdog.
    threads: std::sync::Mutex<Vec<std::thread::JoinHandle<()>>>,
    /// For the threads that do not serve units; `unwatch` for the one that sees to it that these end.
    stop: CancellationToken,
    unwatch: CancellationToken,
    /// Held, and with it the lock, until the database is closed.
    _lock: Option<std::fs::File>,
    /// Takes the units instead of the threads.
    #[cfg(feature = "testing")]
    simulated: Option<simulated::Process>,
}

impl Db {
    /// Opens the database and starts its threads; call it where blocking is allowed.
    pub fn open(options: Options) -> Result<Db> {
        if let Some(path) = options.url.strip_prefix("sqlite:") {
            sqlite::open(sqlite_path(path)?, &options)
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            postgres::open(&options)
        } else {
            Err(Error::Unavailable("the database's address must start with sqlite: or postgres://".into()))
        }
    }

    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// Runs `unit` in one consistent snapshot, for [`Options::read_deadline`] at most. It may be run again after a
    /// serialisation failure or a broken connection.
    pub async fn read<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_read(None, unit).await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Db::read`] with a deadline of its own, for reports and checks that no page waits for.
    pub async fn read_within<T, E, F>(&self, deadline: Duration, unit: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_read(Some(deadline), unit).await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Runs `unit` in one transaction and answers after it is durable; an error rolls all of it back.
    ///
    /// It may be run again after a deadlock, a serialisation failure, or a connection that broke before the commit took
    /// place, so it has no effects but those on the database. Where the answer to a commit is lost, the database is asked
    /// what became of the transaction: the answer here is true, or [`Error::OutcomeUnknown`] after five seconds without one.
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_write(unit).await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Db::read`] for a thread outside the runtime. It may take as long as it needs.
    pub fn read_blocking<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_read(Some(Duration::MAX), unit).blocking_recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Db::write`] for a thread outside the runtime.
    pub fn write_blocking<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_write(unit).blocking_recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Queues, times and repairs, since the database was opened.
    pub fn stats(&self) -> Stats {
        self.0.meter.stats()
    }

    /// Steps of SQLite's machine for all units so far, those of its triggers and checks among them. 0 on PostgreSQL.
    #[cfg(feature = "testing")]
    pub fn effort(&self) -> u64 {
        self.0.meter.effort.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Signals of transactions that commit from now on. A receiver that lags has missed some: look again at everything.
    pub fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.0.signals.subscribe()
    }

    /// Brings the schema up to `migrations`, under a lock; refuses a database that is newer or not ours. Blocking.
    pub fn migrate(&self, migrations: &'static [Migration]) -> Result<()> {
        self.write_blocking(move |tx| migrate::run(tx, migrations))
    }

    /// Whether every one of `migrations` is applied, and perhaps others of a newer release. Those may add to the schema what
    /// older releases need not know, so that both can run while one takes the other's place.
    pub async fn has_migrations(&self, migrations: &'static [Migration]) -> Result<bool> {
        self.read(move |conn| migrate::is_sufficient(conn, migrations)).await
    }

    /// Whether `migrations` are applied; an error where others are.
    pub async fn is_migrated(&self, migrations: &'static [Migration]) -> Result<bool> {
        self.read(move |conn| migrate::is_current(conn, migrations)).await
    }

    /// Whether something can be written, as far as is known: after a write has failed for want of room or right, one is tried.
    pub async fn takes_writes(&self) -> bool {
        let failing = &self.0.meter.writes_fail;
        if !failing.load(Ordering::Relaxed) {
            return true;
        }
        let touch = |tx: &mut Tx| tx.exec("UPDATE schema_migrations SET checksum = checksum", &[]);
        let is_written = self.write(touch).await.is_ok();
        if is_written {
            failing.store(false, Ordering::Relaxed);
        }
        is_written
    }

    /// Lets queued units end, then ends the threads. Blocking; what is asked later answers [`Error::Closed`].
    pub fn close(&self) {
        self.0.close();
    }

    fn submit_read<T, E, F>(&self, deadline: Option<Duration>, unit: F) -> tokio::sync::oneshot::Receiver<Result<T, E>>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let mut unit = unit;
        let (unit, answer) = unit::boxed(Access::Read, deadline, move |tx: &mut Tx| unit(tx));
        self.0.send(&self.0.readers, unit);
        answer
    }

    fn submit_write<T, E, F>(&self, unit: F) -> tokio::sync::oneshot::Receiver<Result<T, E>>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (mut unit, attached) = (unit, self.0.attached.get());
        let run = move |tx: &mut Tx| {
            tx.followers.clear();
            tx.attached.clone_from(&attached);
            unit(tx)
        };
        let (unit, answer) = unit::boxed(Access::Write, None, run);
        self.0.send(&self.0.writer, unit);
        answer
    }
}

/// Others put parameters or a host behind `sqlite:`; here it would become part of a file's name.
fn sqlite_path(path: &str) -> Result<&Path> {
    let is_host = path.starts_with("//") && !path.starts_with("///");
    if path.is_empty() || is_host || path.starts_with(':') || path.contains('?') {
        return Err(Error::Unavailable(format!(
            "sqlite:{path} is not usable: it takes the path of a file, as in sqlite:/var/lib/repruv/repruv.db, and no parameters"
        )));
    }
    Ok(Path::new(path))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| Error::Unavailable(format!("no thread for the database: {error}")))
}

impl Inner {
    fn send(&self, queue: &flume::Sender<Message>, unit: Box<dyn Unit>) {
        #[cfg(feature = "testing")]
        if let Some(process) = &self.simulated {
            return process.take(unit);
        }
        unit::send(queue, &self.meter, unit);
        if self.is_over.load(Ordering::SeqCst) {
            self.refuse_rest();
        }
    }

    /// A queue without threads keeps what is in it, and its callers would wait for ever.
    fn refuse_rest(&self) {
        for units in &self.rest {
            units.refuse_all(|| Error::Closed);
        }
    }

    fn close(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if threads.is_empty() {
            return;
        }
        self.stop.cancel();
        let watch = threads.pop();
        threads.iter().for_each(|thread| thread.thread().unpark());
        // Readers first: who closes a file of SQLite last tidies up, which they may not.
        for (queue, count) in [(&self.readers, self.reader_threads), (&self.writer, self.writer_threads)] {
            for _ in 0..count {
                // A thread that is gone needs no telling.
                let _ = queue.send(Message::Stop);
            }
            for thread in threads.drain(..count) {
                let _ = thread.join();
            }
        }
        for thread in threads.drain(..) {
            let _ = thread.join();
        }
        self.is_over.store(true, Ordering::SeqCst);
        self.refuse_rest();
        self.unwatch.cancel();
        if let Some(watch) = watch {
            watch.thread().unpark();
            let _ = watch.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Db({:?})", self.0.dialect)
    }
}
