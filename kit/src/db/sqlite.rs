//! SQLite: one writer thread that commits all waiting units together, and read-only readers.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::broadcast;

use super::conn::Driver;
use super::stats::{self, Meter};
use super::unit::{self, Next, Unit, Units};
use super::{Db, Dialect, Error, Inner, Options, Result, Signal, Tx};

/// 3.51.3 mended the WAL reset that could corrupt a database (sqlite.org/releaselog/3_51_3.html).
const OLDEST_SAFE_VERSION: i32 = 3_051_003;

/// Units that one commit carries at most: bounds how long the first of them waits for the others.
const GROUP: usize = 128;

pub(super) fn open(path: PathBuf, options: &Options) -> Result<Db> {
    if rusqlite::version_number() < OLDEST_SAFE_VERSION {
        return Err(Error::Unavailable(format!(
            "SQLite {} is older than 3.51.3, which may corrupt a database: build with the bundled one",
            rusqlite::version()
        )));
    }
    let lock = options.exclusive.then(|| take_lock(&path)).transpose()?;
    let writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    prepare_writer(&writer).map_err(|error| refused(&path, error))?;

    let (signals, _) = broadcast::channel(1024);
    let meter = Arc::new(Meter::new());
    let (writer_queue, queue) = flume::bounded(options.queue);
    let writer_units = Units { queue, meter: meter.clone(), patience: options.patience };
    let (reader_queue, queue) = flume::bounded(options.queue);
    let reader_units = Units { queue, meter: meter.clone(), patience: options.patience };
    let mut threads = vec![spawn("db-writer", {
        let signals = signals.clone();
        move || write_units(Tx::new(Driver::Sqlite(writer)), &writer_units, &signals)
    })?];
    for index in 0..options.connections {
        let reader = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        prepare_reader(&reader).map_err(|error| refused(&path, error))?;
        let units = reader_units.clone();
        let run = move || read_units(Tx::new(Driver::Sqlite(reader)), &units);
        threads.push(spawn(&format!("db-reader-{index}"), run)?);
    }
    Ok(Db(Arc::new(Inner {
        dialect: Dialect::Sqlite,
        readers: reader_queue,
        writer: writer_queue,
        reader_threads: options.connections,
        writer_threads: 1,
        signals,
        meter,
        threads: threads.into(),
        stop_listening: None,
        _lock: lock,
    })))
}

pub(super) fn take_lock(path: &Path) -> Result<File> {
    let path = path.with_extension("lock");
    let unavailable = |error: &dyn std::fmt::Display| Error::Unavailable(format!("{}: {error}", path.display()));
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| unavailable(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(unavailable(&"another Repruv process uses this database; stop it first, or use PostgreSQL for several"))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(unavailable(&error)),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| refused(path, error))
}

fn refused(path: &Path, error: rusqlite::Error) -> Error {
    Error::Unavailable(format!("{}: {error}", path.display()))
}

fn prepare_writer(connection: &Connection) -> rusqlite::Result<()> {
    prepare(connection)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -16_000)
}

fn prepare_reader(connection: &Connection) -> rusqlite::Result<()> {
    prepare(connection)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -8_000)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(256);
    // Without the planner's stability guarantee a statement is compiled anew whenever it is bound to other values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

pub(super) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| Error::Unavailable(format!("no thread for the database: {error}")))
}

fn read_units(mut tx: Tx, units: &Units) {
    while let Next::Unit(mut unit) = units.wait() {
        // A deferred transaction: all its statements see one snapshot.
        let read = tx.exec("BEGIN", &[]).map(|_| {
            unit::run(unit.as_mut(), &mut tx, &units.meter);
            // Nothing was written: ending a read cannot fail in a way that matters to its answer.
            let _ = tx.exec("COMMIT", &[]);
        });
        unit.answer(read);
    }
}

fn write_units(mut tx: Tx, units: &Units, signals: &broadcast::Sender<Signal>) {
    let mut stopping = false;
    while !stopping {
        let Next::Unit(first) = units.wait() else { return };
        let mut group = vec![first];
        while group.len() < GROUP {
            match units.now() {
                Next::Unit(unit) => group.push(unit),
                Next::Stop => stopping = true,
                Next::Nothing => break,
            }
        }
        commit_together(&mut tx, group, signals, &units.meter);
    }
}

/// One transaction for all, a savepoint for each: a failing unit rolls back alone, and nobody is answered before the commit.
fn commit_together(tx: &mut Tx, mut group: Vec<Box<dyn Unit>>, signals: &broadcast::Sender<Signal>, meter: &Meter) {
    let committed = tx.exec("BEGIN IMMEDIATE", &[]).and_then(|_| {
        for unit in &mut group {
            run_in_savepoint(tx, unit.as_mut(), meter)?;
        }
        let started = stats::now();
        let committed = tx.exec("COMMIT", &[]);
        meter.commit.add_time(started.elapsed());
        meter.group.add(group.len() as u64);
        committed
    });
    let told = std::mem::take(&mut tx.signals);
    match committed {
        Ok(_) => {
            group.into_iter().for_each(|unit| unit.answer(Ok(())));
            for signal in told {
                // No one listening is no failure.
                let _ = signals.send(signal);
            }
        }
        Err(error) => {
            if !is_autocommit(tx) {
                let _ = tx.exec("ROLLBACK", &[]);
            }
            tracing::error!(%error, units = group.len(), "a group of writes was rolled back");
            group.into_iter().for_each(|unit| unit.answer(Err(same(&error))));
        }
    }
}

fn run_in_savepoint(tx: &mut Tx, unit: &mut dyn Unit, meter: &Meter) -> Result<()> {
    let told = tx.signals.len();
    tx.exec("SAVEPOINT unit", &[])?;
    let wanted = unit::run(unit, tx, meter);
    if is_autocommit(tx) {
        // SQLite gave the whole transaction up (disk full, I/O): what earlier units did is gone too.
        return Err(Error::Aborted);
    }
    if !wanted {
        tx.signals.truncate(told);
        tx.exec("ROLLBACK TO unit", &[])?;
    }
    tx.exec("RELEASE unit", &[])?;
    Ok(())
}

fn is_autocommit(tx: &Tx) -> bool {
    matches!(&tx.conn.driver, Driver::Sqlite(connection) if connection.is_autocommit())
}

/// The drivers' errors do not clone; each unit of the group gets the same news.
fn same(error: &Error) -> Error {
    match error {
        Error::Aborted => Error::Aborted,
        Error::Sqlite { error: rusqlite::Error::SqliteFailure(failure, text), sql } => {
            Error::Sqlite { error: rusqlite::Error::SqliteFailure(*failure, text.clone()), sql: sql.clone() }
        }
        other => Error::Unavailable(other.to_string()),
    }
}
