//! A database for simulations: one SQLite in memory that simulated processes of one thread share, with a fate for each unit.
//!
//! The units, their SQL and their answers are the real ones. A [`Script`] says when a unit arrives, whether and where it
//! breaks, and what its caller hears of it, so that every crash and every lost answer has a place in a reproducible history.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use tokio::sync::broadcast;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::access::Access;
use super::driver::Driver;
use super::stats::Meter;
use super::unit::Unit;
use super::{Db, Dialect, Error, Inner, Migration, Result, Signal, Tx, migrate};
use crate::mutant;

/// What becomes of one unit of work. Durations are of the asking process's runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Runs `before` later and is answered `after` that.
    Served { before: Duration, after: Duration },
    /// Is not run, and told so.
    Refused { full: bool },
    /// Its statement of that number fails, from 0; nothing of it stays.
    Broken { statement: u32 },
    /// The connection breaks at the commit: nobody can tell which.
    Unknown { committed: bool },
    /// It is on its way for so long that its process may be dead or replaced by then. Runs by [`Database::deliver`].
    Adrift { for_how_long: Duration },
    /// Its process dies under it.
    Killed(Moment),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// At that statement, from 0, or before the commit where there are fewer.
    AtStatement(u32),
    /// When the database has committed and the caller has not heard.
    AfterCommit,
}

/// One simulated process as its database meets it.
pub trait Script: Send + Sync {
    fn fate(&self, is_write: bool) -> Fate;
    fn is_dead(&self) -> bool;
    fn die(&self);
    /// What a commit tells the listeners of every process.
    fn committed(&self, signals: Vec<Signal>);
}

type Watch = Box<dyn FnMut(&mut Tx) + Send>;

/// The one database of a simulation.
#[derive(Clone)]
pub struct Database(Arc<Mutex<State>>);

struct State {
    tx: Tx,
    tables: Vec<String>,
    watch: Option<Watch>,
    adrift: Vec<Late>,
    /// Units of dead processes: whoever waits for them waits for ever.
    unanswered: Vec<Box<dyn Unit>>,
}

struct Late {
    due: Duration,
    unit: Box<dyn Unit>,
    script: Arc<dyn Script>,
}

/// What takes a database handle's units instead of threads.
pub(super) struct Process {
    database: Database,
    script: Arc<dyn Script>,
    /// The simulation's own time.
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Database {
    /// # Panics
    /// When the migrations do not run.
    pub fn new(migrations: &'static [Migration]) -> Self {
        let connection = rusqlite::Connection::open_in_memory().expect("memory can be had");
        connection.set_prepared_statement_cache_capacity(256);
        let stable = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
        stable.expect("an empty database takes its settings");
        connection.pragma_update(None, "foreign_keys", true).expect("SQLite knows foreign keys");
        let mut tx = Tx::new(Driver::Sqlite(connection));
        in_transaction(&mut tx, |tx| migrate::run(tx, migrations)).expect("the migrations run");
        // What an index of words is made of goes with its words.
        let own = "SELECT name FROM sqlite_schema WHERE type = 'table'
             AND name IN (SELECT name FROM pragma_table_list WHERE type = 'table') ORDER BY rowid DESC";
        let mut tables: Vec<String> = tx.all(own, &[]).expect("the schema can be read");
        tables.retain(|table| !table.contains("migration"));
        let (adrift, unanswered) = (Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(State { tx, tables, watch: None, adrift, unanswered })))
    }

    /// A handle like a process's own.
    pub fn of_process(
        &self,
        script: Arc<dyn Script>,
        now: Arc<dyn Fn() -> Duration + Send + Sync>,
        backlog: usize,
    ) -> Db {
        let (signals, _) = broadcast::channel(backlog);
        let (nobody, _) = flume::bounded(0);
        Db(Arc::new(Inner {
            dialect: Dialect::Sqlite,
            readers: nobody.clone(),
            writer: nobody,
            reader_threads: 0,
            writer_threads: 0,
            signals,
            attached: Default::default(),
            meter: Arc::new(Meter::new()),
            threads: Vec::new().into(),
            rest: Vec::new(),
            is_over: AtomicBool::new(false),
            stop: CancellationToken::new(),
            unwatch: CancellationToken::new(),
            _lock: None,
            simulated: Some(Process { database: self.clone(), script, now }),
        }))
    }

    /// Empties every table, and forgets what was under way.
    pub fn reset(&self) {
        let mut state = self.lock();
        state.unanswered.clear();
        state.adrift.clear();
        state.watch = None;
        let statements: Vec<_> = state.tables.iter().map(|table| format!("DELETE FROM {table}")).collect();
        // The youngest table first, so that nothing refers to what goes.
        let emptied = in_transaction(&mut state.tx, |tx| statements.iter().try_for_each(|sql| tx.exec_raw(sql)));
        emptied.expect("every table can be emptied");
    }

    /// Looks at every commit that changed a row, right after it.
    pub fn watch(&self, watch: impl FnMut(&mut Tx) + Send + 'static) {
        self.lock().watch = Some(Box::new(watch));
    }

    /// Runs `unit` at once, outside of the history.
    pub fn look<T>(&self, unit: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        in_transaction(&mut self.lock().tx, unit)
    }

    /// Whether a unit of work runs on this very thread.
    pub fn is_at_work(&self) -> bool {
        matches!(self.0.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Runs the units that were adrift until `now`.
    pub fn deliver(&self, now: Duration) {
        loop {
            let mut state = self.lock();
            let Some(next) = state.adrift.iter().position(|late| late.due <= now) else { return };
            let Late { mut unit, script, .. } = state.adrift.remove(next);
            let ran = state.run(unit.as_mut(), None, true);
            if script.is_dead() {
                state.unanswered.push(unit);
            } else {
                drop(state);
                unit.answer(ran.as_ref().map(drop).map_err(copy));
            }
            script.committed(ran.unwrap_or_default());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Db {
    /// Sends a signal to this handle's listeners alone.
    pub fn signal_here(&self, signal: Signal) {
        // No one listening is no failure.
        let _ = self.0.signals.send(signal);
    }
}

impl Process {
    pub(super) fn take(&self, unit: Box<dyn Unit>) {
        if self.script.is_dead() {
            return self.database.lock().unanswered.push(unit);
        }
        match self.script.fate(unit.access() == Access::Write) {
            Fate::Served { before, after } => self.serve(unit, before, after),
            Fate::Refused { full: true } => unit.refuse(Error::Busy),
            Fate::Refused { full: false } => unit.refuse(Error::Unavailable("the database cannot be reached".into())),
            Fate::Broken { statement } => self.run(unit, Some(statement), Ok),
            Fate::Unknown { committed: true } => self.run(unit, None, |()| Err(Error::OutcomeUnknown)),
            Fate::Unknown { committed: false } => unit.refuse(Error::OutcomeUnknown),
            Fate::Adrift { for_how_long } => {
                let due = (self.now)() + for_how_long;
                self.database.lock().adrift.push(Late { due, unit, script: self.script.clone() });
            }
            Fate::Killed(moment) => self.kill(unit, moment),
        }
    }

    fn serve(&self, mut unit: Box<dyn Unit>, before: Duration, after: Duration) {
        if before.is_zero() && after.is_zero() {
            return self.run(unit, None, Ok);
        }
        let (database, script) = (self.database.clone(), self.script.clone());
        tokio::spawn(async move {
            sleep(before).await;
            if script.is_dead() {
                return database.lock().unanswered.push(unit);
            }
            if mutant!("acknowledged before the commit") && unit.access() == Access::Write && after.as_millis() > 9 {
                database.lock().rehearse(unit.as_mut());
                unit.answer(Ok(()));
                sleep(after).await;
                return script.die();
            }
            let writes = unit_writes(&*unit);
            let ran = database.lock().run(unit.as_mut(), None, writes);
            script.committed(ran.as_ref().map(Vec::clone).unwrap_or_default());
            sleep(after).await;
            if script.is_dead() {
                return database.lock().unanswered.push(unit);
            }
            unit.answer(ran.map(drop));
        });
    }

    fn run(&self, mut unit: Box<dyn Unit>, fails_at: Option<u32>, heard: impl FnOnce(()) -> Result<()>) {
        let writes = unit_writes(&*unit);
        let ran = self.database.lock().run(unit.as_mut(), fails_at, writes);
        match ran {
            Ok(signals) => {
                unit.answer(heard(()));
                self.script.committed(signals);
            }
            Err(error) => unit.answer(Err(error)),
        }
    }

    fn kill(&self, mut unit: Box<dyn Unit>, moment: Moment) {
        let writes = unit_writes(&*unit);
        let mut state = self.database.lock();
        let told = match moment {
            Moment::AtStatement(_) => Vec::new(),
            Moment::AfterCommit => state.run(unit.as_mut(), None, writes).unwrap_or_default(),
        };
        if let Moment::AtStatement(statement) = moment {
            state.break_off(unit.as_mut(), statement);
        }
        state.unanswered.push(unit);
        drop(state);
        self.script.die();
        self.script.committed(told);
    }
}

fn unit_writes(unit: &dyn Unit) -> bool {
    unit.access() == Access::Write
}

impl State {
    /// One unit in one transaction: its signals, once it is committed.
    fn run(&mut self, unit: &mut dyn Unit, fails_at: Option<u32>, writes: bool) -> Result<Vec<Signal>> {
        let before = total_changes(&self.tx);
        self.begin(fails_at)?;
        let wanted = unit.run(&mut self.tx);
        self.tx.conn.fails_after = None;
        let signals = std::mem::take(&mut self.tx.signals);
        if self.tx.conn.aborted || !wanted {
            self.tx.exec_raw("ROLLBACK")?;
            return if self.tx.conn.aborted { Err(Error::Aborted) } else { Ok(Vec::new()) };
        }
        self.tx.exec_raw("COMMIT")?;
        let changed = total_changes(&self.tx) != before;
        assert!(writes || !changed, "a unit that reads has written");
        if changed && let Some(watch) = &mut self.watch {
            watch(&mut self.tx);
        }
        Ok(signals)
    }

    fn begin(&mut self, fails_at: Option<u32>) -> Result<()> {
        (self.tx.conn.aborted, self.tx.conn.again) = (false, false);
        self.tx.signals.clear();
        self.tx.exec_raw("BEGIN")?;
        self.tx.conn.fails_after = fails_at;
        Ok(())
    }

    /// Runs up to a statement, of which then nothing stays.
    fn break_off(&mut self, unit: &mut dyn Unit, statement: u32) {
        if self.begin(Some(statement)).is_ok() {
            unit.run(&mut self.tx);
            self.tx.conn.fails_after = None;
            self.tx.signals.clear();
            let _ = self.tx.exec_raw("ROLLBACK");
        }
    }

    /// The unit's own answer, with nothing kept.
    fn rehearse(&mut self, unit: &mut dyn Unit) {
        self.break_off(unit, u32::MAX);
    }
}

fn in_transaction<T>(tx: &mut Tx, unit: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
    tx.exec_raw("BEGIN")?;
    let done = unit(tx);
    tx.exec_raw(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

impl Tx {
    /// Cuts the transaction in two, as no unit can.
    pub(crate) fn commit_midway(&mut self) -> Result<()> {
        self.exec_raw("COMMIT")?;
        self.exec_raw("BEGIN")
    }

    fn exec_raw(&mut self, sql: &str) -> Result<()> {
        self.exec(sql, &[]).map(drop)
    }
}

fn total_changes(tx: &Tx) -> u64 {
    match &tx.conn.driver {
        Driver::Sqlite(connection) => connection.total_changes(),
        Driver::Postgres(_) => 0,
    }
}

fn copy(error: &Error) -> Error {
    match error {
        Error::Aborted => Error::Aborted,
        other => Error::Unavailable(other.to_string()),
    }
}
