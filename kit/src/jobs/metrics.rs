//! What a worker has done since it started, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::db::Histogram;

/// A moment's figures of one worker. All times are microseconds.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub claimed: u64,
    pub completed: u64,
    pub failed: u64,
    /// Attempts that failed and are followed by another.
    pub retried: u64,
    pub cancelled: u64,
    /// Given back, or taken back from a worker that died.
    pub interrupted: u64,
    /// Runs whose lease was lost: nothing of their end was written. One that ends in the very moment in which leases are
    /// prolonged may be counted here, although its end was.
    pub lost: u64,
    /// Held at this moment.
    pub running: u64,
    /// From when a job was due to its claim.
    pub queue_delay: Histogram,
    /// From a job's claim to its end, whatever that was.
    pub run_time: Histogram,
}

#[derive(Default)]
pub(super) struct Meter {
    pub claimed: Counter,
    pub completed: Counter,
    pub failed: Counter,
    pub retried: Counter,
    pub cancelled: Counter,
    pub interrupted: Counter,
    pub lost: Counter,
    pub queue_delay: Times,
    pub run_time: Times,
}

impl Meter {
    pub(super) fn metrics(&self, running: usize) -> Metrics {
        Metrics {
            claimed: self.claimed.get(),
            completed: self.completed.get(),
            failed: self.failed.get(),
            retried: self.retried.get(),
            cancelled: self.cancelled.get(),
            interrupted: self.interrupted.get(),
            lost: self.lost.get(),
            running: running as u64,
            queue_delay: self.queue_delay.histogram(),
            run_time: self.run_time.histogram(),
        }
    }
}

#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

const MICROS: [u64; 13] = [
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    50_000,
    100_000,
    500_000,
    1_000_000,
    5_000_000,
    30_000_000,
    300_000_000,
    3_600_000_000,
];

#[derive(Default)]
pub(super) struct Times {
    counts: [Counter; MICROS.len() + 1],
    sum: AtomicU64,
}

impl Times {
    pub(super) fn add(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.counts[MICROS.partition_point(|bound| *bound < micros)].add_one();
        self.sum.fetch_add(micros, Ordering::Relaxed);
    }

    fn histogram(&self) -> Histogram {
        let counts = self.counts.iter().map(Counter::get).collect();
        Histogram { bounds: &MICROS, counts, sum: self.sum.load(Ordering::Relaxed) }
    }
}
