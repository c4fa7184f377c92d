//! Storage by itself: single-row writes of one process, each answered after it is durable.

use std::path::Path;
use std::time::{Duration, Instant};

use kit::args;
use kit::clock::Clock;
use kit::db::{Db, Migration, Options};

use crate::figures::{Table, median, micros, percentile};

const ROUNDS: usize = 5;
const SECONDS: Duration = Duration::from_secs(3);
/// How many wait for an answer at a time.
const CLIENTS: [usize; 3] = [1, 16, 64];

const NOTES: &[Migration] = &[Migration {
    name: "0001_notes",
    sql: "CREATE TABLE notes (\n    seq SEQUENCE_KEY,\n    client BIGINT NOT NULL,\n    text TEXT NOT NULL\n);",
}];

pub async fn measure(_: &Path, table: &mut Table) {
    // Beside the binary that is measured, for /tmp may be a disk in memory.
    let disk = tempfile::tempdir_in("target").expect("target can be written to");
    figures(format!("sqlite:{}", disk.path().join("writes.db").display()), "SQLite FULL", table).await;
    if let Ok(memory) = tempfile::tempdir_in("/dev/shm") {
        figures(format!("sqlite:{}", memory.path().join("writes.db").display()), "SQLite FULL, tmpfs", table).await;
    }
    for (kind, name) in [("DISK", "PostgreSQL"), ("TMPFS", "PostgreSQL, tmpfs")] {
        if let Some(url) = crate::postgres(kind) {
            figures(url, name, table).await;
        }
    }
}

async fn figures(url: String, name: &str, table: &mut Table) {
    let opening = tokio::task::spawn_blocking(move || {
        let db = Db::open(Options::new(url, Clock::system())).expect("the database opens");
        db.migrate(NOTES).expect("the migrations run");
        db
    });
    let db = opening.await.expect("opening does not panic");
    for clients in CLIENTS {
        let mut runs = Vec::new();
        for _ in 0..ROUNDS {
            runs.push(run(&db, clients).await);
        }
        let rates: Vec<_> = runs.iter().map(|times| times.len() as u64 / SECONDS.as_secs()).collect();
        let at = |percent| median(&runs.iter().map(|times| percentile(times, percent)).collect::<Vec<_>>());
        let wanted = if name == "SQLite FULL" && clients == 16 { "≥ 40,000 /s" } else { "" };
        table.wanted(
            &format!("durable single-row writes, {name}, {clients} at once; p50 / p99 / slowest"),
            format!("{} /s; {} / {} / {}", median(&rates), micros(at(50)), micros(at(99)), micros(at(100))),
            wanted,
        );
    }
    db.close();
}

/// How long each write of all clients took.
async fn run(db: &Db, clients: usize) -> Vec<Duration> {
    #[expect(clippy::disallowed_methods, reason = "measures durations")]
    let now = Instant::now;
    let until = now() + SECONDS;
    let clients = (0..clients as i64).map(|client| {
        let db = db.clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            while now() < until {
                let started = now();
                let sql = "INSERT INTO notes (client, text) VALUES ($1, $2)";
                let written = db.write(move |tx| tx.exec(sql, args![client, "a note that must not be lost"])).await;
                written.expect("it is written");
                times.push(started.elapsed());
            }
            times
        })
    });
    let mut times = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        times.extend(client.await.expect("no client panics"));
    }
    times
}
