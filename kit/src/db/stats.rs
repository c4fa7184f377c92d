//! What storage does and has done: counters and histograms, cheap enough to be kept for every unit.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::access::Access;

/// A moment's figures of one [`Db`](super::Db), since it was opened. All times are microseconds.
#[derive(Clone, Debug)]
pub struct Stats {
    pub reads: Lane,
    pub writes: Lane,
    /// COMMIT, with the fsync; one for all units of a group on SQLite.
    pub commit: Histogram,
    /// Units that one commit carried. Always 1 on PostgreSQL.
    pub group: Histogram,
    /// A pass of the checkpointer over SQLite's write-ahead log.
    pub checkpoint: Histogram,
    /// Bytes of SQLite's write-ahead log that its next reader would have to look at. 0 on PostgreSQL.
    pub wal_bytes: u64,
    /// Connections made anew after one broke: PostgreSQL's, or SQLite's writer after an I/O error.
    pub reconnects: u64,
    /// Further runs of units after a deadlock, a serialisation failure or somebody else's automatic rollback.
    pub reruns: u64,
    /// Reads that were ended at their deadline.
    pub interrupted: u64,
    /// Commits whose outcome was asked for after the connection had broken.
    pub outcomes_asked: u64,
    /// Of those, how many could not be told: [`Error::OutcomeUnknown`](super::Error::OutcomeUnknown).
    pub outcomes_unknown: u64,
}

/// Units of one kind.
#[derive(Clone, Debug)]
pub struct Lane {
    /// In the queue now.
    pub waiting: u64,
    /// Answered [`Error::Busy`](super::Error::Busy): no place in the queue, or too long in it.
    pub refused: u64,
    /// From the queue's end to its head.
    pub wait: Histogram,
    /// The closure itself; without the commit. Its count is that of the units run.
    pub run: Histogram,
}

/// Counts by size, in buckets of fixed bounds.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The largest value of each bucket but the last, which has none.
    pub bounds: &'static [u64],
    /// One more than there are bounds.
    pub counts: Vec<u64>,
    pub sum: u64,
}

impl Histogram {
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// An upper bound of the value that `percent` of all do not exceed; `None` without values, or past the last bound.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.bounds.iter().zip(&self.counts).find_map(|(bound, count)| {
            seen += count;
            (seen >= wanted).then_some(*bound)
        })
    }
}

const MICROS: [u64; 16] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000,
];
const UNITS: [u64; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Where the threads of a database count.
pub(super) struct Meter {
    reads: LaneMeter,
    writes: LaneMeter,
    pub commit: Buckets,
    pub group: Buckets,
    pub checkpoint: Buckets,
    pub wal_bytes: AtomicU64,
    pub reconnects: AtomicU64,
    pub reruns: AtomicU64,
    pub interrupted: AtomicU64,
    pub outcomes_asked: AtomicU64,
    pub outcomes_unknown: AtomicU64,
    /// A write found the disk full, failing or read-only, and none was seen to succeed since.
    pub writes_fail: AtomicBool,
    #[cfg(feature = "testing")]
    pub effort: AtomicU64,
}

pub(super) struct LaneMeter {
    pub waiting: AtomicU64,
    pub refused: AtomicU64,
    /// Units that left the queue: stands still while every thread is held up.
    pub taken: AtomicU64,
    pub wait: Buckets,
    pub run: Buckets,
}

pub(super) struct Buckets {
    bounds: &'static [u64],
    counts: [AtomicU64; 17],
    sum: AtomicU64,
}

impl Meter {
    pub fn new() -> Self {
        Self {
            reads: LaneMeter::new(),
            writes: LaneMeter::new(),
            commit: Buckets::new(&MICROS),
            group: Buckets::new(&UNITS),
            checkpoint: Buckets::new(&MICROS),
            wal_bytes: AtomicU64::new(0),
            reconnects: AtomicU64::new(0),
            reruns: AtomicU64::new(0),
            interrupted: AtomicU64::new(0),
            outcomes_asked: AtomicU64::new(0),
            outcomes_unknown: AtomicU64::new(0),
            writes_fail: AtomicBool::new(false),
            #[cfg(feature = "testing")]
            effort: AtomicU64::new(0),
        }
    }

    pub fn lane(&self, access: Access) -> &LaneMeter {
        match access {
            Access::Read => &self.reads,
            Access::Write => &self.writes,
        }
    }

    pub fn stats(&self) -> Stats {
        Stats {
            reads: self.reads.snapshot(),
            writes: self.writes.snapshot(),
            commit: self.commit.snapshot(),
            group: self.group.snapshot(),
            checkpoint: self.checkpoint.snapshot(),
            wal_bytes: read(&self.wal_bytes),
            reconnects: read(&self.reconnects),
            reruns: read(&self.reruns),
            interrupted: read(&self.interrupted),
            outcomes_asked: read(&self.outcomes_asked),
            outcomes_unknown: read(&self.outcomes_unknown),
        }
    }
}

impl LaneMeter {
    fn new() -> Self {
        Self {
            waiting: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            wait: Buckets::new(&MICROS),
            run: Buckets::new(&MICROS),
        }
    }

    fn snapshot(&self) -> Lane {
        Lane {
            waiting: read(&self.waiting),
            refused: read(&self.refused),
            wait: self.wait.snapshot(),
            run: self.run.snapshot(),
        }
    }
}

impl Buckets {
    fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: std::array::from_fn(|_| AtomicU64::new(0)), sum: AtomicU64::new(0) }
    }

    pub fn add(&self, value: u64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        count(&self.counts[bucket]);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    pub fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    fn snapshot(&self) -> Histogram {
        let counts = self.counts[..=self.bounds.len()].iter().map(read).collect();
        Histogram { bounds: self.bounds, counts, sum: read(&self.sum) }
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// For durations only, which no clock that is moved by hand should change.
#[expect(clippy::disallowed_methods, reason = "measures durations, and is monotonic")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_the_first_bucket_that_holds_it() {
        let buckets = Buckets::new(&UNITS);
        [1, 1, 2, 3, 128, 129].into_iter().for_each(|value| buckets.add(value));
        let histogram = buckets.snapshot();
        assert_eq!(histogram.counts, [2, 1, 1, 0, 0, 0, 0, 1, 1]);
        assert_eq!((histogram.count(), histogram.sum), (6, 264));
        assert_eq!(
            (histogram.percentile(50), histogram.percentile(80), histogram.percentile(100)),
            (Some(2), Some(128), None)
        );
    }
}
