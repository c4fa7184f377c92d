//! The same figures for the peers of `kit::jobs`: 20,000 jobs that do nothing, drained by one worker, and 300 single jobs on an
//! idle one. Run by `bin/bench peers`; the clusters are those of `bin/bench`.

mod figures;
mod graphile;
mod lite;
mod postgres;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub const JOBS: usize = 20_000;
pub const SINGLES: usize = 300;

/// Jobs that ran.
pub static RAN: AtomicUsize = AtomicUsize::new(0);

pub fn ran() {
    RAN.fetch_add(1, Ordering::Relaxed);
}

pub async fn until_ran(count: usize) {
    while RAN.load(Ordering::Relaxed) < count {
        tokio::time::sleep(Duration::from_micros(50)).await;
    }
}

/// Longer than any engine's own poll.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Enqueues one job at a time on an idle worker, and times each until it runs; one that does not run ends it.
pub async fn singles<F: Future<Output = ()>>(enqueue: impl Fn() -> F) -> Vec<Duration> {
    let mut taken = Vec::new();
    for _ in 0..SINGLES {
        let before = RAN.load(Ordering::Relaxed);
        let start = Instant::now();
        enqueue().await;
        let ran = tokio::time::timeout(PATIENCE, until_ran(before + 1)).await;
        taken.push(start.elapsed());
        if ran.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    taken
}

#[tokio::main]
async fn main() {
    for (name, kind) in [("disk", "DISK"), ("tmpfs", "TMPFS")] {
        let Ok(url) = std::env::var(format!("BENCH_POSTGRES_{kind}")) else { continue };
        graphile::measure(&url, name).await;
        postgres::measure(&url, name).await;
    }
    lite::measure().await;
    // Some engines keep tasks that do not end, and take the signals that would end them.
    std::process::exit(0);
}
