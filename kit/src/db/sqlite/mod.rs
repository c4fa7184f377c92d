//! SQLite: one writer thread that commits all waiting units together, read-only readers, and a checkpointer.

mod checkpoint;
mod connect;
mod damage;
mod read;
mod write;

pub use checkpoint::WAL_BOUND;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::conn::Driver;
use super::stats::Meter;
use super::unit::Units;
use super::watch::{Leash, Queue, Watch};
use super::{Db, Dialect, Error, Inner, Options, Result, Tx, spawn};

/// 3.51.3 mended the WAL reset that could corrupt a database (sqlite.org/releaselog/3_51_3.html).
const OLDEST_SAFE_VERSION: i32 = 3_051_003;

pub(super) fn open(path: PathBuf, options: &Options) -> Result<Db> {
    if rusqlite::version_number() < OLDEST_SAFE_VERSION {
        return Err(Error::Unavailable(format!(
            "SQLite {} is older than 3.51.3, which may corrupt a database: build with the bundled one",
            rusqlite::version()
        )));
    }
    let lock = options.exclusive.then(|| take_lock(&path)).transpose()?;
    let checked = damage::check(&path)?;

    let meter = Arc::new(Meter::new());
    let unwatch = CancellationToken::new();
    let (signals, _) = broadcast::channel(1024);
    let (writer_queue, queue) = flume::bounded(options.queue);
    let writer_units = Units { queue, meter: meter.clone(), patience: options.patience };
    let (reader_queue, queue) = flume::bounded(options.queue);
    let reader_units = Units { queue, meter: meter.clone(), patience: options.patience };

    let (log, shared, orders) = checkpoint::Log::new(meter.clone());
    let mut writer = write::Writer::open(path.clone(), writer_units.clone(), signals.clone(), log)?;
    let checkpointer = connect::checkpointer(&path)?;
    if checked.is_torn {
        checkpoint::empty(&checkpointer).map_err(|error| connect::refused(&path, error))?;
    }
    drop(checked.connection);
    let (mut threads, mut leashes) = (Vec::new(), Vec::new());
    for index in 0..options.connections {
        let reader = connect::reader(&path)?;
        let leash = Arc::new(Leash::new(reader.get_interrupt_handle()));
        leashes.push(leash.clone());
        let (units, deadline) = (reader_units.clone(), options.read_deadline);
        let run = move || read::serve(Tx::new(Driver::Sqlite(reader)), &units, &leash, deadline);
        threads.push(spawn(&format!("db-reader-{index}"), run)?);
    }
    threads.push(spawn("db-writer", move || writer.serve())?);
    threads.push(spawn("db-checkpoint", move || checkpoint::run(&checkpointer, &shared, &orders))?);
    let rest = vec![writer_units.clone(), reader_units.clone()];
    let queues = vec![Queue::new(writer_units, writer_queue.clone()), Queue::new(reader_units, reader_queue.clone())];
    threads.push(spawn("db-watch", {
        let unwatch = unwatch.clone();
        move || Watch { leashes, queues }.run(&unwatch)
    })?);
    Ok(Db(Arc::new(Inner {
        dialect: Dialect::Sqlite,
        readers: reader_queue,
        writer: writer_queue,
        reader_threads: options.connections,
        writer_threads: 1,
        rest,
        is_over: AtomicBool::new(false),
        signals,
        meter,
        threads: threads.into(),
        stop: CancellationToken::new(),
        unwatch,
        _lock: lock,
        #[cfg(feature = "testing")]
        simulated: None,
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
