//! What storage promises, on SQLite and on PostgreSQL alike.

mod ahead;
mod disk;
mod integrity;
mod limits;
mod outages;
mod power;
mod storm;
mod tls;

use super::{Error, Json, Migration, Result, Signal};
use crate::clock::Timestamp;
use crate::id::Id;
use crate::random::Random;
use crate::testing::TestDb;
use crate::{args, both_databases};

crate::text_enum! { enum Colour { Red = "red", DarkBlue = "dark_blue" } }

crate::row! {
    #[derive(Debug, PartialEq)]
    struct Thing {
        id: Id<()>,
        name: Option<String>,
        colour: Colour,
        weight: f64,
        pieces: i64,
        is_new: bool,
        made_at: Timestamp,
        notes: Json,
        seal: Vec<u8>,
    }
}

const THINGS: &[Migration] = &[Migration {
    name: "0001_things",
    sql: "CREATE TABLE things (
    seq SEQUENCE_KEY,
    id UUID NOT NULL UNIQUE,
    name TEXT,
    colour TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    pieces BIGINT NOT NULL,
    is_new BOOLEAN NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    notes JSONB NOT NULL,
    seal BYTEA NOT NULL
);",
}];

fn thing(number: u64) -> Thing {
    Thing {
        id: Id::new(Timestamp::from_second(1_800_000_000), &Random::seeded(number)),
        name: (!number.is_multiple_of(2)).then(|| format!("thing {number} – «ü»")),
        colour: Colour::DarkBlue,
        weight: 1.5,
        pieces: i64::from(u32::MAX) + 1,
        is_new: true,
        made_at: Timestamp::from_micros(1_800_000_000_123_456),
        notes: serde_json::json!({"a": [1, "two", null]}),
        seal: vec![0, 255],
    }
}

fn insert(tx: &mut super::Tx, thing: &Thing) -> Result<()> {
    tx.exec(
        "INSERT INTO things (pieces, id, name, colour, weight, is_new, made_at, notes, seal)
         VALUES ($5, $1, $2, $3, $4, $6, $7, $8, $9)",
        args![
            thing.id,
            thing.name,
            thing.colour,
            thing.weight,
            thing.pieces,
            thing.is_new,
            thing.made_at,
            thing.notes,
            thing.seal
        ],
    )?;
    Ok(())
}

async fn count(db: &super::Db) -> i64 {
    db.read(|conn| conn.one::<i64>("SELECT count(*) FROM things", &[])).await.unwrap()
}

both_databases! {
    async fn every_type_comes_back_as_it_went_in(db: TestDb) {
        let db = db.migrated(THINGS);
        for number in 0..2 {
            db.write(move |tx| insert(tx, &thing(number))).await.unwrap();
        }
        let sql = format!("SELECT {} FROM things ORDER BY seq", Thing::COLUMNS);
        let found = db.read(move |conn| conn.all::<Thing>(&sql, &[])).await.unwrap();
        assert_eq!(found, [thing(0), thing(1)]);
    }

    async fn a_failing_unit_leaves_nothing_and_harms_no_other(db: TestDb) {
        let db = db.migrated(THINGS);
        let writes = (0..40).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    insert(tx, &thing(number))?;
                    if number % 4 == 0 { Err(Error::NotFound) } else { Ok(()) }
                })
                .await
            })
        });
        let mut kept = 0;
        for write in writes.collect::<Vec<_>>() {
            kept += i64::from(write.await.unwrap().is_ok());
        }
        assert_eq!(kept, 30);
        assert_eq!(count(&db).await, 30);
    }

    async fn a_panicking_unit_harms_itself_alone(db: TestDb) {
        let db = db.migrated(THINGS);
        let outcome = db.write(|tx| -> Result<()> { insert(tx, &thing(1))?; panic!("on purpose") }).await;
        assert!(matches!(outcome, Err(Error::Panicked)));
        db.write(|tx| insert(tx, &thing(2))).await.unwrap();
        assert_eq!(count(&db).await, 1);
    }

    async fn a_caller_that_goes_away_cuts_nothing_in_half(db: TestDb) {
        let db = db.migrated(THINGS);
        for number in 0..60 {
            let write = db.write(move |tx| { insert(tx, &thing(2 * number))?; insert(tx, &thing(2 * number + 1)) });
            if number % 2 == 0 { drop(write) } else { tokio::select! { biased; _ = write => {}, () = async {} => {} } }
        }
        db.write(|_| Ok::<_, Error>(())).await.unwrap();
        assert_eq!(count(&db).await % 2, 0);
    }

    async fn a_unit_that_ignores_its_failed_statement_commits_nothing_wrong(db: TestDb) {
        let db = db.migrated(THINGS);
        db.write(|tx| insert(tx, &thing(1))).await.unwrap();
        let twice = db.write(|tx| insert(tx, &thing(1))).await.unwrap_err();
        assert!(twice.is_unique_violation());
        let ignored = db.write(|tx| { insert(tx, &thing(2))?; let _ = insert(tx, &thing(1)); Ok::<_, Error>(()) }).await;
        // SQLite undoes the statement, PostgreSQL the transaction: either way the answer tells which.
        assert_eq!(count(&db).await, if ignored.is_ok() { 2 } else { 1 });
    }

    async fn statements_that_go_together_are_run_in_their_order_or_not_at_all(db: TestDb) {
        let db = db.migrated(THINGS);
        let pieces = "UPDATE things SET pieces = pieces + $1";
        db.write(|tx| insert(tx, &thing(1))).await.unwrap();
        let before = db.read(|conn| conn.one::<i64>("SELECT pieces FROM things", &[])).await.unwrap();
        let seen = db.write(move |tx| {
            tx.all_after::<i64>(&[(pieces, args![10_i64]), (pieces, args![100_i64])], "SELECT pieces FROM things", &[])
        });
        assert_eq!(seen.await.unwrap(), [before + 110]);
        let failed = db.write(move |tx| {
            let wrong = "UPDATE things SET pieces = 1 / $1";
            tx.all_after::<i64>(&[(pieces, args![1_000_i64]), ("INSERT INTO nothing VALUES (1)", &[])], wrong, args![0_i64])
        });
        let error = failed.await.unwrap_err().to_string();
        assert!(error.contains("nothing"), "the first that fails is told: {error}");
        assert_eq!(db.read(|conn| conn.one::<i64>("SELECT pieces FROM things", &[])).await.unwrap(), before + 110);
    }

    async fn statements_that_go_later_keep_their_place_and_their_errors(db: TestDb) {
        let db = db.migrated(THINGS);
        db.write(|tx| insert(tx, &thing(1))).await.unwrap();
        let pieces = "UPDATE things SET pieces = $1";
        let seen = db.write(move |tx| -> Result<i64> {
            (1..=40).try_for_each(|number| tx.exec_later(pieces, args![number as i64]))?;
            let seen = tx.one("SELECT pieces FROM things", &[])?;
            tx.exec_later(pieces, args![50])?;
            tx.exec("UPDATE things SET pieces = pieces + 1", &[])?;
            tx.exec_later("UPDATE things SET pieces = pieces * 2", &[])?;
            Ok(seen)
        });
        assert_eq!(seen.await.unwrap(), 40);
        let stored = || async { db.read(|conn| conn.one::<i64>("SELECT pieces FROM things", &[])).await.unwrap() };
        assert_eq!(stored().await, 102);
        let failed = db.write(move |tx| {
            tx.exec(pieces, args![7])?;
            tx.exec_later("UPDATE things SET id = NULL", &[])
        });
        let error = failed.await.unwrap_err().to_string().to_lowercase();
        assert!(error.contains("null") || error.contains("constraint"), "{error}");
        let undone = db.write(move |tx| { tx.exec_later(pieces, args![8])?; Err::<(), _>(Error::NotFound) });
        assert!(undone.await.is_err());
        assert_eq!(stored().await, 102);
    }

    async fn signals_are_heard_after_the_commit_and_only_then(db: TestDb) {
        let db = db.migrated(THINGS);
        let mut signals = db.subscribe();
        let _ = db.write(|tx| { tx.signal("lost", 1); Err::<(), _>(Error::NotFound) }).await;
        db.write(|tx| { tx.signal("kept", 7); tx.signal("kept", 7); insert(tx, &thing(1)) }).await.unwrap();
        let heard = loop {
            let signal = signals.recv().await.unwrap();
            if signal.topic != Signal::RESYNC { break signal }
        };
        assert_eq!(heard, Signal { topic: "kept".into(), key: "7".into() });
        assert_eq!(count(&db).await, 1);
    }

    async fn whoever_hears_a_signal_sees_what_it_tells_of(db: TestDb) {
        let db = db.migrated(THINGS);
        let mut signals = db.subscribe();
        let many = 100;
        let writing = tokio::spawn({
            let db = db.clone();
            async move {
                for number in 1..=many {
                    db.write(move |tx| { tx.signal("made", number); insert(tx, &thing(number)) }).await.unwrap();
                }
            }
        });
        loop {
            let signal = signals.recv().await.unwrap();
            let Some(made) = (signal.topic == "made").then(|| signal.key.parse::<u64>().unwrap()) else { continue };
            assert!(count(&db).await >= made as i64, "the signal of {made} came before its row");
            if made == many { break }
        }
        writing.await.unwrap();
    }

    async fn migrations_run_once_and_refuse_what_is_newer_changed_or_not_ours(db: TestDb) {
        let strange = TestDb::migrated(db, &[]);
        tokio::task::spawn_blocking(move || {
            strange.migrate(THINGS).unwrap();
            strange.migrate(THINGS).unwrap();
            let newer = strange.migrate(&[]).unwrap_err();
            assert!(newer.to_string().contains("newer Repruv"), "{newer}");
            const CHANGED: &[Migration] = &[Migration { name: "0001_things", sql: "SELECT 1" }];
            let changed = strange.migrate(CHANGED).unwrap_err();
            assert!(changed.to_string().contains("changed after it ran"), "{changed}");
            strange.write_blocking(|tx| tx.exec("DROP TABLE schema_migrations", &[])).unwrap();
            let foreign = strange.migrate(THINGS).unwrap_err();
            assert!(foreign.to_string().contains("aren't Repruv's"), "{foreign}");
        }).await.unwrap();
    }

    /// MB2: wherever it stops, the schema is the old one or the new one.
    async fn migrations_that_stop_in_the_middle_leave_the_schema_as_it_was(db: TestDb) {
        const MORE: &str = "CREATE TABLE more (name TEXT NOT NULL\n);\nINSERT INTO more (name) VALUES ('one');";
        const BROKEN: &str = "CREATE TABLE last (name TEXT NOT NULL\n);\nINSERT INTO nowhere (name) VALUES ('one');";
        let db = db.migrated(THINGS);
        tokio::task::spawn_blocking(move || {
            const MORE_THINGS: Migration = Migration { name: "0002_more", sql: MORE };
            const STOPS: &[Migration] = &[THINGS[0], MORE_THINGS, Migration { name: "0003_last", sql: BROKEN }];
            const RUNS: &[Migration] = &[THINGS[0], MORE_THINGS, Migration { name: "0003_last", sql: "DELETE FROM more;" }];
            let count = || db.read_blocking(|conn| conn.one::<i64>("SELECT count(*) FROM more", &[]));
            for _ in 0..2 {
                let stopped = db.migrate(STOPS).unwrap_err();
                assert!(stopped.to_string().contains("0003_last"), "{stopped}");
                assert!(count().is_err(), "nothing is there");
            }
            db.migrate(RUNS).unwrap();
            assert_eq!(count().unwrap(), 0);
        }).await.unwrap();
    }
}

#[test]
fn a_second_process_on_the_same_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = super::Options::new(
        format!("sqlite:{}", directory.path().join("repruv.db").display()),
        crate::clock::Clock::system(),
    );
    options.exclusive = true;
    let first = super::Db::open(options.clone()).unwrap();
    let refused = super::Db::open(options.clone()).unwrap_err();
    assert!(refused.to_string().contains("another Repruv process"), "{refused}");
    first.close();
    drop(first);
    super::Db::open(options).unwrap();
}

#[tokio::test]
async fn a_full_queue_answers_busy_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("busy.db").display());
    let mut options = super::Options::new(url, crate::clock::Clock::system());
    options.queue = 1;
    let db = super::Db::open(options).unwrap();
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    let blocked = std::sync::Mutex::new(blocked);
    let (started, running) = tokio::sync::oneshot::channel();
    let mut started = Some(started);
    let slow = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(move |_| {
                if let Some(started) = started.take() {
                    let _ = started.send(());
                }
                let _ = blocked.lock().unwrap().recv();
                Ok::<_, Error>(())
            })
            .await
        }
    });
    running.await.unwrap();
    // Asked once, the second unit stands in the queue's one place.
    let mut waiting = std::pin::pin!(db.write(|_| Ok::<_, Error>(())));
    tokio::select! { biased; _ = &mut waiting => panic!("the writer is held up"), () = async {} => {} }
    assert!(matches!(db.write(|_| Ok::<_, Error>(())).await, Err(Error::Busy)));
    release.send(()).unwrap();
    slow.await.unwrap().unwrap();
    waiting.await.unwrap();
}
