//! SQLite: one writer thread that commits all waiting units together, read-only readers, and a checkpointer.

mod checkpoint;
mod connect;
mod errors;
mod file;
mod integrity;
mod read;
mod write;

pub use checkpoint::WAL_BOUND;
pub(super) use file::{resolve, take_lock};

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::driver::Driver;
use super::stats::Meter;
use super::unit::Units;
use super::watchdog::{Queue, ReadDeadline, Watchdog};
use super::{Db, Dialect, Error, Inner, Options, Result, Tx, spawn};

/// 3.51.3 mended the WAL reset that could corrupt a database (sqlite.org/releaselog/3_51_3.html).
const OLDEST_SAFE_VERSION: i32 = 3_051_003;

pub(super) fn open(path: &Path, options: &Options) -> Result<Db> {
    check_version()?;
    let path = resolve(path)?;
    let lock = options.exclusive.then(|| take_lock(&path)).transpose()?;
    let checked = integrity::check(&path)?;

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
        checkpoint::empty(&checkpointer).map_err(|error| errors::refused(&path, error))?;
    }
    drop(checked.connection);
    let (mut threads, mut deadlines) = (Vec::new(), Vec::new());
    for index in 0..options.connections {
        let reader = connect::reader(&path)?;
        let until = Arc::new(ReadDeadline::new(reader.get_interrupt_handle()));
        deadlines.push(until.clone());
        let (units, deadline) = (reader_units.clone(), options.read_deadline);
        let run = move || read::serve(Tx::new(Driver::Sqlite(reader)), &units, &until, deadline);
        threads.push(spawn(&format!("db-reader-{index}"), run)?);
    }
    threads.push(spawn("db-writer", move || writer.serve())?);
    threads.push(spawn("db-checkpoint", move || checkpoint::run(&checkpointer, &shared, &orders))?);
    let rest = vec![writer_units.clone(), reader_units.clone()];
    let queues = vec![Queue::new(writer_units, writer_queue.clone()), Queue::new(reader_units, reader_queue.clone())];
    threads.push(spawn("db-watch", {
        let unwatch = unwatch.clone();
        move || Watchdog { deadlines, queues }.run(&unwatch)
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
        attached: Default::default(),
        meter,
        threads: threads.into(),
        stop: CancellationToken::new(),
        unwatch,
        _lock: lock,
        #[cfg(feature = "testing")]
        simulated: None,
    })))
}

fn check_version() -> Result<()> {
    if rusqlite::version_number() >= OLDEST_SAFE_VERSION {
        return Ok(());
    }
    Err(Error::Unavailable(format!(
        "SQLite {} is older than 3.51.3, which may corrupt a database: build with the bundled one",
        rusqlite::version()
    )))
}
