//! The job engine alone, in this process: a drain over few and over a million finished jobs, the way from an enqueue to the
//! start, single enqueues of many clients.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kit::args;
use kit::clock::Clock;
use kit::db::{self, Db, Dialect, Options, Tx};
use kit::jobs::{self, Done, Enqueue, Failure, Job, Run, Settings, Worker, WorkerHandle};
use kit::random::Random;
use repruv::app::MIGRATIONS;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc};

use crate::figures::{Table, median, micros, percentile};
use crate::product::postgres_database;
use crate::requests::now;

const ROUNDS: usize = 5;
const JOBS: usize = 50_000;
const CONCURRENCY: usize = 1_000;
const LATENCIES: usize = 1_000;
const CLIENTS: usize = 16;
const ENQUEUES: usize = 1_000;
/// Finished jobs that are put into the table before it is drained again, and how many at a time.
const HISTORY: i64 = 1_000_000;
const PORTION: i64 = 50_000;

/// A database, and what is wanted of it.
struct Place {
    name: &'static str,
    url: String,
    drained: &'static str,
    latency: &'static str,
    enqueued: &'static str,
}

pub async fn measure(_: &Path, table: &mut Table) {
    // Beside the binary that is measured, for /tmp may be a disk in memory.
    let disk = tempfile::tempdir_in("target").expect("target can be written to");
    let memory = tempfile::tempdir_in("/dev/shm").ok();
    let file = |directory: &tempfile::TempDir| format!("sqlite:{}", directory.path().join("jobs.db").display());
    let sqlite = |name, url| Place { name, url, drained: "≥ 60,000", latency: "≤ 0.4 / 5", enqueued: "≥ 10,000" };
    let mut places = vec![sqlite("SQLite FULL", file(&disk))];
    places.extend(memory.as_ref().map(|memory| sqlite("SQLite FULL, tmpfs", file(memory))));
    for (kind, name, drained) in [("DISK", "PostgreSQL", "≥ 28,000"), ("TMPFS", "PostgreSQL, tmpfs", "≥ 36,000")] {
        if let Some(url) = crate::postgres(kind) {
            let url = postgres_database(url).await;
            places.push(Place { name, url, drained, latency: "≤ 1.5 / 8", enqueued: "≥ 10,000" });
        }
    }
    for place in places {
        measure_at(place, table).await;
    }
}

async fn measure_at(place: Place, table: &mut Table) {
    let name = place.name;
    let (bench, mut started) = Bench::open(place.url).await;
    let latencies = bench.latencies(&mut started).await;
    let latency = format!("{} / {}", micros(median(&latencies)), micros(percentile(&latencies, 99)));
    table.wanted(
        &format!("enqueue to start, idle worker, {name}, p50 / p99"),
        latency,
        &format!("{} ms", place.latency),
    );
    let enqueued = bench.enqueues().await;
    let at_once = format!("single transactional enqueues, {CLIENTS} at once, {name}");
    table.wanted(&at_once, format!("{enqueued} /s"), &format!("{} /s", place.enqueued));
    let wanted = format!("{} /s", place.drained);
    let few = bench.drains().await;
    table.wanted(&format!("jobs drained, {name}, median / best"), drained(&few), &wanted);
    bench.fill_history().await;
    let many = bench.drains().await;
    table.wanted(&format!("jobs drained over {HISTORY} finished ones, {name}"), drained(&many), &wanted);
    let slowed = format!("{:.2} ×", median(&few) as f64 / median(&many) as f64);
    table.wanted(&format!("a million finished jobs slow it by, {name}"), slowed, "flat");
    let db = bench.db.clone();
    drop(bench);
    tokio::task::spawn_blocking(move || db.close()).await.expect("a database closes");
}

fn drained(rates: &[u64]) -> String {
    format!("{} / {} /s", median(rates), percentile(rates, 100))
}

/// What jobs are given: where they leave word of themselves.
#[derive(Clone)]
struct Bench {
    db: Db,
    clock: Clock,
    random: Random,
    acknowledged: Arc<AtomicUsize>,
    all: Arc<Notify>,
    started: mpsc::UnboundedSender<Instant>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Nothing;

impl Job for Nothing {
    const TYPE: &'static str = "nothing";
    type Context = Bench;

    async fn run(self, bench: Bench, run: Run) -> Result<Done, Failure> {
        let _ = bench.started.send(now());
        let done = run.done(()).await?;
        if bench.acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == JOBS {
            bench.all.notify_one();
        }
        Ok(done)
    }
}

kit::work! { Bench; Nothing }

impl Bench {
    async fn open(url: String) -> (Self, mpsc::UnboundedReceiver<Instant>) {
        let clock = Clock::system();
        let options = Options::new(url, clock.clone());
        let open = move || Db::open(options).and_then(|db| db.migrate(MIGRATIONS).map(|()| db));
        let db = tokio::task::spawn_blocking(open).await.expect("opening does not panic").expect("the database opens");
        let (started, receiver) = mpsc::unbounded_channel();
        let bench =
            Self { db, clock, random: Random::system(), acknowledged: Arc::default(), all: Arc::default(), started };
        (bench, receiver)
    }

    async fn latencies(&self, started: &mut mpsc::UnboundedReceiver<Instant>) -> Vec<Duration> {
        let worker = self.worker(8);
        let mut latencies = Vec::new();
        for _ in 0..LATENCIES {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let asked = now();
            self.enqueue(1).await;
            latencies.push(started.recv().await.expect("the job runs").duration_since(asked));
        }
        worker.stop().await;
        latencies
    }

    /// Enqueues a second: each in a transaction of its own, acknowledged when it is durable.
    async fn enqueues(&self) -> u64 {
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            let start = now();
            let clients = (0..CLIENTS).map(|_| {
                let bench = self.clone();
                tokio::spawn(async move {
                    for _ in 0..ENQUEUES {
                        bench.enqueue(1).await;
                    }
                })
            });
            for client in clients.collect::<Vec<_>>() {
                client.await.expect("a client ends");
            }
            rates.push(((CLIENTS * ENQUEUES) as f64 / start.elapsed().as_secs_f64()) as u64);
            self.forget("DELETE FROM background_jobs").await;
            self.forget("DELETE FROM background_job_events").await;
        }
        median(&rates)
    }

    async fn forget(&self, delete: &'static str) {
        self.db.write(move |tx| tx.exec(delete, &[])).await.expect("rows can be deleted");
    }

    async fn drains(&self) -> Vec<u64> {
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(self.drain().await);
        }
        rates
    }

    /// Jobs a second, from the worker's start to the last acknowledgement.
    async fn drain(&self) -> u64 {
        const TOGETHER: usize = 1_000;
        for _ in 0..JOBS / TOGETHER {
            self.enqueue(TOGETHER).await;
        }
        self.acknowledged.store(0, Ordering::SeqCst);
        let start = now();
        let worker = self.worker(CONCURRENCY);
        self.all.notified().await;
        let taken = start.elapsed();
        worker.stop().await;
        (JOBS as f64 / taken.as_secs_f64()) as u64
    }

    async fn enqueue(&self, count: usize) {
        let (clock, random) = (self.clock.clone(), self.random.clone());
        let unit = move |tx: &mut Tx| -> db::Result<()> {
            (0..count).try_for_each(|_| jobs::enqueue(tx, clock.now(), &random, &Nothing, Enqueue::default()).map(drop))
        };
        self.db.write(unit).await.expect("jobs are enqueued");
    }

    fn worker(&self, concurrency: usize) -> WorkerHandle {
        let settings = Settings { concurrency, ..Settings::default() };
        Worker::start(self.db.clone(), self.clock.clone(), self.random.clone(), self.clone(), settings)
    }

    /// As a month of work leaves the tables, each job with its three events.
    async fn fill_history(&self) {
        for _ in 0..HISTORY / PORTION {
            let now = self.clock.now();
            let portion = move |tx: &mut Tx| -> db::Result<()> {
                let last = tx.one::<i64>("SELECT COALESCE(max(seq), 0) FROM background_jobs", &[])?;
                let id = match tx.dialect() {
                    Dialect::Sqlite => "randomblob(16)",
                    Dialect::Postgres => "gen_random_uuid()",
                };
                let finished = format!(
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PORTION}) \
                     INSERT INTO background_jobs (id, job_type, payload, status, priority, run_at, queue_position, deadline_at, \
                     attempt, max_attempts, interruptions, lease_token, progress_done, progress_total, progress_step, \
                     checkpoint, created_at, updated_at, started_at, completed_at, events) \
                     SELECT {id}, 'nothing', 'null', 'completed', 100, $1, $1, $1, 1, 5, 0, 1, 0, 0, '', 'null', \
                     $1, $1, $1, $1, 3 FROM n"
                );
                tx.exec(&finished, args![now])?;
                for (number, kind) in [(1, "enqueued"), (2, "started"), (3, "completed")] {
                    let events = format!(
                        "INSERT INTO background_job_events (key, at, kind, attempt, data) \
                         SELECT seq * 1048576 + {number}, created_at, '{kind}', 1, '{{}}' FROM background_jobs \
                         WHERE seq > $1"
                    );
                    tx.exec(&events, args![last])?;
                }
                Ok(())
            };
            self.db.write(portion).await.expect("history is written");
        }
    }
}
