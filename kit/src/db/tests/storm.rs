//! Callers that go away in crowds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::super::Error;
use super::{THINGS, count, insert, thing};
use crate::both_databases;
use crate::random::Random;
use crate::testing::{Engine, TestDb, wait_until};

both_databases! {
    /// A thousand requests, most of them dropped at some moment: what was acknowledged is stored, nothing is half there, and
    /// no connection keeps a transaction open.
    async fn a_storm_of_callers_that_go_away_loses_nothing(db: TestDb) {
        let db = db.migrated(THINGS);
        let (random, acknowledged) = (Random::seeded(6), Arc::new(AtomicI64::new(0)));
        let mut callers = Vec::new();
        for number in 0..1_000_u64 {
            let (handle, acknowledged) = (db.clone(), acknowledged.clone());
            let caller = tokio::spawn(async move {
                let write = handle.write(move |tx| {
                    insert(tx, &thing(2 * number))?;
                    insert(tx, &thing(2 * number + 1))
                });
                if write.await.is_ok() {
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            });
            for _ in 0..random.u64() % 4 {
                tokio::task::yield_now().await;
            }
            if random.u64().is_multiple_of(2) {
                caller.abort();
            }
            callers.push(caller);
        }
        for caller in callers {
            let _ = caller.await;
        }
        db.write(|_| Ok::<_, Error>(())).await.unwrap();
        wait_until("everything has come to its end", || async { db.stats().writes.waiting == 0 }).await;
        let stored = count(&db).await;
        let acknowledged = acknowledged.load(Ordering::SeqCst);
        assert!(stored % 2 == 0 && stored / 2 >= acknowledged, "{stored} rows, {acknowledged} acknowledged pairs");
        assert!(acknowledged > 100, "{acknowledged}: too few to show anything");
        if db.engine() == Engine::Postgres {
            let open = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
                AND datname = current_database()";
            wait_until("no transaction stays open", || async {
                db.read(move |conn| conn.one::<i64>(open, &[])).await.is_ok_and(|count| count == 0)
            })
            .await;
        }
    }

    async fn who_asks_a_database_that_closes_is_answered(db: TestDb) {
        let callers: Vec<_> = (0..50).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                while !matches!(db.read(|conn| conn.one::<i64>("SELECT 1", &[])).await, Err(Error::Closed)) {}
                while !matches!(db.write(|_| Ok::<_, Error>(())).await, Err(Error::Closed)) {}
            })
        }).collect();
        let closing = db.clone();
        tokio::task::spawn_blocking(move || closing.close()).await.unwrap();
        for caller in callers {
            caller.await.unwrap();
        }
    }

    async fn queues_and_times_are_counted(db: TestDb) {
        let db = db.migrated(THINGS);
        let before = db.stats();
        for number in 0..10 {
            db.write(move |tx| insert(tx, &thing(number))).await.unwrap();
            count(&db).await;
        }
        let after = db.stats();
        assert_eq!(after.reads.run.count() - before.reads.run.count(), 10);
        assert_eq!(after.writes.run.count() - before.writes.run.count(), 10);
        assert_eq!(after.writes.wait.count() - before.writes.wait.count(), 10);
        assert_eq!(after.group.sum - before.group.sum, 10);
        assert_eq!(after.commit.count(), after.group.count());
        assert_eq!((after.reads.waiting, after.writes.waiting, after.writes.refused), (0, 0, 0));
        assert_eq!(after.wal_bytes > 0, db.engine() == Engine::Sqlite);
    }
}
