//! apalis on SQLite, as its own set-up leaves the file.

use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_sqlite::{Config, SqlitePool, SqliteStorage};

use crate::{RAN, figures, ran, singles, until_ran};

/// Its acknowledgement reads all rows of its worker: more would take minutes.
const JOBS: usize = 3_000;

async fn nothing(_: u64) -> Result<(), BoxDynError> {
    ran();
    Ok(())
}

pub async fn measure() {
    let file = std::env::temp_dir().join(format!("repruv-bench-peer-{}.db", std::process::id()));
    let pool = SqlitePool::connect(&format!("sqlite:{}?mode=rwc", file.display())).await.expect("a file can be made");
    SqliteStorage::setup(&pool).await.expect("it makes its tables");
    let config = Config::default().queue("nothing").batch_size(500);
    let backend = SqliteStorage::<u64>::new(&pool).with_config(config);
    let mut sink = backend.clone();
    sink.push_bulk((0..JOBS as u64).collect()).await.expect("jobs are added");

    let already = RAN.load(std::sync::atomic::Ordering::Relaxed);
    let start = Instant::now();
    let backend = backend.poll_with_strategy(Strategy::new().interval(Duration::from_millis(1)));
    let worker = WorkerBuilder::new("bench").backend(backend).concurrency(100).build(nothing);
    let running = tokio::spawn(async move { worker.run().await });
    until_ran(already + JOBS).await;
    until_done(&pool).await;
    figures::drained("apalis-sqlite 1.0", JOBS, start.elapsed());

    let one = singles(|| {
        let mut sink = sink.clone();
        async move { sink.push(1).await.expect("a job is added") }
    });
    figures::latency("apalis-sqlite 1.0", one.await);
    running.abort();
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}

async fn until_done(pool: &SqlitePool) {
    let left = "SELECT count(*) FROM Jobs WHERE status <> 'Done'";
    while sqlx::query_scalar::<_, i64>(left).fetch_one(pool).await.expect("the table is there") > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
