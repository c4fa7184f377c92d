//! The write-ahead log's length: its own thread moves what is in it into the database file, off the writer's path.
//!
//! A log starts anew when everything in it was moved and nobody reads from it. Under a steady load the writer is always a
//! few frames ahead of the checkpointer, so once the log is long the writer itself moves that rest, between two groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::stats::{self, Meter};

/// Frames, of a page each, from which the checkpointer goes to work: 4 MiB.
const WORTH_A_CHECKPOINT: u64 = 1_000;
/// Frames from which the writer stops for the rest: 16 MiB.
const WORTH_A_STOP: u64 = 4_000;
/// Frames from which the writer waits for the last reader of the old log, however much of it is moved: 48 MiB.
const WORTH_A_WAIT: u64 = 12_000;
/// The bound of SQLite's write-ahead log, in bytes, which only a reader without a deadline can hold up: such as a backup
/// or a shell of another process.
pub const WAL_BOUND: u64 = 64 << 20;

/// How long the writer waits for readers of the old log before that.
const SHORT_WAIT: Duration = Duration::from_millis(20);
/// No reader with a deadline is in the way for so long: not those of the old log, nor those who come meanwhile.
const LONG_WAIT: Duration = Duration::from_millis(2_500);
/// After a long wait in vain: somebody reads without a deadline, and the writers have waited enough.
const PAUSE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(1);

const PAGE_BYTES: u64 = 4_096;

/// The log as its writer sees it. The checkpointer ends when it is dropped.
pub(super) struct Log {
    shared: Arc<Shared>,
    orders: flume::Sender<()>,
    is_alarming: bool,
    not_again_before: Option<Instant>,
}

/// What the writer and the checkpointer tell each other.
pub(super) struct Shared {
    /// Frames in the log, as of the last commit.
    frames: Arc<AtomicU64>,
    /// All but what was written meanwhile is moved.
    rest_only: AtomicBool,
    meter: Arc<Meter>,
}

impl Log {
    pub fn new(meter: Arc<Meter>) -> (Self, Arc<Shared>, flume::Receiver<()>) {
        // One order that waits is as good as many.
        let (orders, receiver) = flume::bounded(1);
        let shared = Arc::new(Shared { frames: Arc::default(), rest_only: AtomicBool::new(false), meter });
        (Self { shared: shared.clone(), orders, is_alarming: false, not_again_before: None }, shared, receiver)
    }

    /// Where the writer's connection keeps the length.
    pub fn frames(&self) -> Arc<AtomicU64> {
        self.shared.frames.clone()
    }

    /// After each commit, on the writer's thread.
    pub fn grew(&mut self, writer: &Connection) {
        let frames = self.shared.frames.load(Ordering::Relaxed);
        self.shared.meter.wal_bytes.store(frames * PAGE_BYTES, Ordering::Relaxed);
        self.alarm(frames * PAGE_BYTES);
        if frames < WORTH_A_CHECKPOINT {
            return;
        }
        let is_urgent = frames >= WORTH_A_WAIT && self.not_again_before.is_none_or(|at| stats::now() >= at);
        if is_urgent || (frames >= WORTH_A_STOP && self.shared.rest_only.swap(false, Ordering::AcqRel)) {
            self.start_anew(writer, is_urgent);
        } else {
            let _ = self.orders.try_send(());
        }
    }

    /// Moves the rest while nothing is added to it, and waits for the readers of what was moved. SQLite's own way of waiting
    /// looks so rarely that it never sees the moment in which one reader has gone and the next has not come.
    fn start_anew(&mut self, writer: &Connection, is_urgent: bool) {
        let started = stats::now();
        let until = started + if is_urgent { LONG_WAIT } else { SHORT_WAIT };
        loop {
            match restart(writer) {
                Ok(true) => break self.shared.meter.checkpoint.add_time(started.elapsed()),
                Ok(false) if stats::now() < until => std::thread::sleep(LOOK_AGAIN),
                Ok(false) => break self.not_again_before = is_urgent.then(|| stats::now() + PAUSE),
                Err(error) => break tracing::warn!(%error, "the write-ahead log did not start anew"),
            }
        }
    }

    fn alarm(&mut self, bytes: u64) {
        if bytes >= WAL_BOUND && !self.is_alarming {
            tracing::error!(bytes, "the write-ahead log is longer than it should be: a reader holds it up");
        }
        self.is_alarming = if self.is_alarming { bytes >= WAL_BOUND / 2 } else { bytes >= WAL_BOUND };
    }
}

/// What a checkpoint says of the log.
struct Progress {
    frames: i64,
    moved: i64,
}

fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<Progress> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    connection.query_row(&sql, [], |row| Ok(Progress { frames: row.get(1)?, moved: row.get(2)? }))
}

/// Whether everything is moved and nobody reads from the log, so that the next commit is its first.
fn restart(writer: &Connection) -> rusqlite::Result<bool> {
    let usual: i64 = writer.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    writer.busy_timeout(Duration::ZERO)?;
    let done = writer.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, i64>(0));
    writer.busy_timeout(Duration::from_millis(usual.unsigned_abs()))?;
    done.map(|busy| busy == 0)
}

/// Empties the log: what is in it afterwards was written afterwards.
pub(super) fn empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}

pub(super) fn run(connection: &Connection, log: &Shared, orders: &flume::Receiver<()>) {
    while orders.recv().is_ok() {
        let started = stats::now();
        match checkpoint(connection, "PASSIVE") {
            Ok(Progress { frames, moved }) => {
                log.meter.checkpoint.add_time(started.elapsed());
                // A reader that stands in the way goes at its deadline; the next order comes with the next commit.
                log.rest_only.store(frames > 0 && moved * 2 >= frames, Ordering::Release);
            }
            Err(error) => tracing::warn!(%error, "a checkpoint failed"),
        }
    }
}
