//! What holds up nobody else: late reads, full disks, failing disks, long logs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::super::{Db, Error, Options, Tx};
use super::{THINGS, count, insert, thing};
use crate::args;
use crate::both_databases;
use crate::clock::Clock;
use crate::testing::{Database, run, wait_until};

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

pub(super) async fn open(options: Options) -> Db {
    tokio::task::spawn_blocking(|| {
        let db = Db::open(options).expect("the database opens");
        db.migrate(THINGS).expect("the migrations run");
        db
    })
    .await
    .expect("opening does not panic")
}

both_databases! {
    async fn a_read_that_takes_too_long_is_ended_and_its_thread_goes_on(database: Database) {
        let mut options = Options::new(database.url(), Clock::system());
        (options.connections, options.read_deadline) = (1, Duration::from_millis(300));
        let db = open(options).await;
        for _ in 0..3 {
            let late = db.read(|conn| conn.one::<i64>(ENDLESS, &[])).await.unwrap_err();
            assert!(matches!(late, Error::Deadline) && late.is_transient(), "{late}");
            assert_eq!(db.read_within(Duration::from_secs(60), |conn| conn.one::<i64>("SELECT 1", &[])).await.unwrap(), 1);
        }
        assert_eq!(db.stats().interrupted, 3);
        db.close();
    }

    /// F27: another process that keeps the lock costs a write five seconds and an answer, and nothing else.
    async fn a_lock_that_another_process_keeps_is_not_waited_for_without_end(database: Database) {
        let ours = open(Options::new(database.url(), Clock::system())).await;
        let theirs = open(Options::new(database.url(), Clock::system())).await;
        ours.write(|tx| insert(tx, &thing(1))).await.unwrap();
        let rename = |tx: &mut Tx| tx.exec("UPDATE things SET name = 'renamed'", &[]).map(|_| ());
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel();
        let (held, mut started) = (std::sync::Mutex::new(held), Some(started));
        let holder = tokio::spawn({
            let theirs = theirs.clone();
            async move {
                theirs
                    .write(move |tx| {
                        rename(tx)?;
                        if let Some(started) = started.take() {
                            let _ = started.send(());
                        }
                        let _ = held.lock().unwrap().recv();
                        Ok::<_, Error>(())
                    })
                    .await
            }
        });
        running.await.unwrap();
        let began = super::super::stats::now();
        let refused = ours.write(rename).await.unwrap_err();
        assert!(refused.is_transient(), "{refused}");
        assert!(began.elapsed() >= Duration::from_secs(4), "it was waited for: {:?}", began.elapsed());
        assert_eq!(count(&ours).await, 1, "reads go on meanwhile");
        release.send(()).unwrap();
        holder.await.unwrap().unwrap();
        ours.write(rename).await.unwrap();
        ours.close();
        theirs.close();
    }

    async fn a_unit_that_waited_too_long_for_its_turn_is_told_busy(database: Database) {
        let mut options = Options::new(database.url(), Clock::system());
        (options.connections, options.patience) = (1, Duration::from_millis(300));
        let db = open(options).await;
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel();
        let (held, mut started) = (std::sync::Mutex::new(held), Some(started));
        let slow = tokio::spawn({
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    if let Some(started) = started.take() {
                        let _ = started.send(());
                    }
                    let _ = held.lock().unwrap().recv();
                    insert(tx, &thing(1))
                })
                .await
            }
        });
        running.await.unwrap();
        // Answered while the one thread that could is still held up.
        let refused = db.write(|tx| insert(tx, &thing(2))).await.unwrap_err();
        assert!(matches!(refused, Error::Busy), "{refused}");
        assert_eq!((db.stats().writes.waiting, db.stats().writes.refused), (0, 1));
        release.send(()).unwrap();
        slow.await.unwrap().unwrap();
        wait_until("it goes on", || async { db.read(|conn| conn.one::<i64>("SELECT 1", &[])).await.is_ok() }).await;
        db.close();
    }
}

fn sqlite(database: &Database) -> Options {
    let mut options = Options::new(database.url(), Clock::system());
    options.connections = 2;
    options
}

/// A thing of a size.
fn insert_large(tx: &mut Tx, number: u64, bytes: usize) -> super::Result<()> {
    let mut large = thing(number);
    large.seal = vec![7; bytes];
    insert(tx, &large)
}

fn pragma(tx: &mut Tx, sql: &str) -> super::Result<()> {
    tx.all::<i64>(sql, &[]).map(|_| ())
}

#[test]
fn a_full_database_answers_unavailable_keeps_what_it_has_and_heals() {
    run(async {
        let database = Database::fresh(crate::testing::Engine::Sqlite).await;
        let db = open(sqlite(&database)).await;
        db.write(|tx| insert(tx, &thing(1))).await.unwrap();
        db.write(|tx| pragma(tx, "PRAGMA max_page_count = 10")).await.unwrap();
        for number in 2..6 {
            let full = db.write(move |tx| insert_large(tx, number, 1 << 20)).await.unwrap_err();
            assert!(full.is_transient(), "{full}");
        }
        assert_eq!(count(&db).await, 1);
        db.write(|tx| pragma(tx, "PRAGMA max_page_count = 4294967294")).await.unwrap();
        db.write(|tx| insert_large(tx, 2, 1 << 20)).await.unwrap();
        assert_eq!(count(&db).await, 2);
        db.close();
    });
}

#[test]
fn a_read_only_database_answers_unavailable_and_heals() {
    run(async {
        let database = Database::fresh(crate::testing::Engine::Sqlite).await;
        let db = open(sqlite(&database)).await;
        let read_only = |tx: &mut Tx| {
            tx.exec("PRAGMA query_only = 1", &[])?;
            let refused = insert(tx, &thing(1));
            tx.exec("PRAGMA query_only = 0", &[])?;
            refused
        };
        let refused = db.write(read_only).await.unwrap_err();
        assert!(refused.is_transient(), "{refused}");
        db.write(|tx| insert(tx, &thing(1))).await.unwrap();
        assert_eq!(count(&db).await, 1);
        db.close();
    });
}

/// SQLite may give up the whole transaction, with what other units did in it, for what one unit does.
#[test]
fn a_unit_that_costs_the_whole_transaction_costs_its_neighbours_nothing() {
    run(async {
        let database = Database::fresh(crate::testing::Engine::Sqlite).await;
        let db = open(sqlite(&database)).await;
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = std::sync::Mutex::new(held);
        let holder = db.clone();
        let first = async move {
            holder
                .write(move |_| {
                    let _ = held.lock().unwrap().recv();
                    Ok::<_, Error>(())
                })
                .await
        };
        let mut writes = vec![tokio::spawn(first)];
        wait_until("the writer is held up", || async { db.stats().writes.wait.count() > 1 }).await;
        for number in 0..5_u64 {
            let db = db.clone();
            writes.push(tokio::spawn(async move {
                db.write(move |tx| {
                    if number != 2 {
                        return insert(tx, &thing(number));
                    }
                    pragma(tx, "PRAGMA max_page_count = 1")?;
                    let full = insert_large(tx, number, 4 << 20);
                    pragma(tx, "PRAGMA max_page_count = 4294967294")?;
                    full
                })
                .await
            }));
        }
        wait_until("all wait", || async { db.stats().writes.waiting == 5 }).await;
        release.send(()).unwrap();
        let mut answers = Vec::new();
        for write in writes {
            answers.push(write.await.unwrap());
        }
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1, "{answers:?}");
        assert_eq!(count(&db).await, 4);
        assert!(db.stats().reruns > 0, "otherwise they were not in one transaction, and this shows nothing");
        db.close();
    });
}

/// A read that is ended at its deadline cannot keep the log from starting anew.
#[test]
fn a_stuck_reader_does_not_make_the_log_grow_without_bound() {
    run(async {
        let database = Database::fresh(crate::testing::Engine::Sqlite).await;
        let mut options = sqlite(&database);
        (options.connections, options.read_deadline, options.patience) =
            (1, Duration::from_millis(300), Duration::from_secs(60));
        let db = open(options).await;
        let reads = Arc::new(AtomicUsize::new(0));
        let reader = tokio::spawn({
            let (db, reads) = (db.clone(), reads.clone());
            async move {
                let stuck = |reads: Arc<AtomicUsize>| {
                    move |conn: &mut super::super::Conn| {
                        conn.one::<i64>("SELECT count(*) FROM things", &[])?;
                        reads.fetch_add(1, Ordering::SeqCst);
                        conn.one::<i64>(ENDLESS, &[])
                    }
                };
                while !matches!(db.read(stuck(reads.clone())).await, Err(Error::Closed)) {}
            }
        });
        wait_until("somebody reads", || async { reads.load(Ordering::SeqCst) > 0 }).await;
        let mut longest = 0;
        for number in 0..160 {
            db.write(move |tx| {
                tx.exec("DELETE FROM things", &[])?;
                insert_large(tx, number, 1 << 20)
            })
            .await
            .unwrap();
            longest = longest.max(db.stats().wal_bytes);
        }
        assert!(longest < 80 << 20, "{longest}: 160 MiB were written");
        db.close();
        reader.await.unwrap();
    });
}

#[test]
fn every_connection_has_its_settings() {
    run(async {
        let database = Database::fresh(crate::testing::Engine::Sqlite).await;
        let db = open(sqlite(&database)).await;
        let common = [("journal_mode", "wal"), ("busy_timeout", "5000"), ("mmap_size", "0")];
        let writes = [("synchronous", "2"), ("foreign_keys", "1"), ("wal_autocheckpoint", "0"), ("query_only", "0")];
        for (name, wanted) in common.iter().copied().chain(writes) {
            let found = db.write(move |tx| setting(tx, name)).await.unwrap();
            assert_eq!(found, wanted, "writer: {name}");
        }
        for (name, wanted) in common.iter().copied().chain([("query_only", "1")]) {
            let found = db.read(move |conn| setting(conn, name)).await.unwrap();
            assert_eq!(found, wanted, "reader: {name}");
        }
        let refused = db.read(|conn| conn.all::<i64>("DELETE FROM things RETURNING 1", args![])).await;
        assert!(refused.is_err(), "a reader changes nothing");
        db.close();
    });
}

fn setting(conn: &mut super::super::Conn, name: &str) -> super::Result<String> {
    match name {
        "journal_mode" => conn.one::<String>("PRAGMA journal_mode", &[]),
        _ => conn.one::<i64>(&format!("PRAGMA {name}"), &[]).map(|value| value.to_string()),
    }
}
