//! PostgreSQL that goes away, freezes, comes back, and loses answers.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::{Db, Error, Options, Result, Signal, Tx, stats};
use super::{THINGS, count, insert, thing};
use crate::args;
use crate::clock::Clock;
use crate::testing::{Cluster, Cut, Proxy, run, wait_until};

/// Generous: the machine may be very busy. What is meant is said beside each use.
const SOON: Duration = Duration::from_secs(10);

fn options(url: String) -> Options {
    let mut options = Options::new(url, Clock::system());
    options.connections = 2;
    options.read_deadline = Duration::from_secs(20);
    options
}

fn open(options: Options) -> Db {
    std::thread::scope(|scope| {
        let opening = scope.spawn(|| {
            let db = Db::open(options)?;
            db.migrate(THINGS).map(|()| db)
        });
        opening.join().expect("opening does not panic").expect("the database opens")
    })
}

fn now() -> Instant {
    stats::now()
}

/// A server behind a proxy, and a database opened through it.
fn behind_a_proxy() -> (Cluster, Proxy, Db) {
    before(Cluster::start())
}

fn before(cluster: Cluster) -> (Cluster, Proxy, Db) {
    let proxy = Proxy::before(&cluster);
    let db = open(options(proxy.url("postgres")));
    (cluster, proxy, db)
}

#[test]
fn a_commit_whose_answer_is_lost_is_told_as_what_it_became() {
    run(async {
        let (_cluster, proxy, db) = behind_a_proxy();
        for (number, (cut, reruns)) in [(Cut::AfterTheServer, 0), (Cut::BeforeTheServer, 1)].into_iter().enumerate() {
            let number = number as u64;
            let before = db.stats();
            proxy.cut_at_next_commit(cut);
            db.write(move |tx| insert(tx, &thing(number))).await.unwrap();
            let after = db.stats();
            assert_eq!(after.outcomes_asked - before.outcomes_asked, 1, "{cut:?}");
            assert_eq!(after.reruns - before.reruns, reruns, "{cut:?}: it is run again only if it did not take place");
            assert_eq!(count(&db).await, number as i64 + 1, "{cut:?}: once, neither lost nor doubled");
        }
        assert_eq!(db.stats().outcomes_unknown, 0);
        db.close();
    });
}

#[test]
fn a_number_that_is_given_anew_after_a_crash_tells_nothing_of_the_commit_that_had_it_before() {
    type Crash = fn(&Cluster);
    for (what, crash) in
        [("the server ends", Cluster::crash as Crash), ("one of its processes ends", Cluster::lose_a_process)]
    {
        run(async move {
            // Its rollback would tell the log of the number.
            let (cluster, proxy, db) = before(Cluster::with_a_lazy_log());
            let runs = Arc::new(Mutex::new(Vec::new()));
            proxy.cut_at_next_commit(Cut::BeforeTheServer);
            proxy.refuse_new();
            let writing = tokio::spawn({
                let (db, runs) = (db.clone(), runs.clone());
                async move { db.write(move |tx| numbered(tx).map(|number| runs.lock().unwrap().push(number))).await }
            });
            wait_until("its outcome is asked for", || async { db.stats().outcomes_asked == 1 }).await;
            crash(&cluster);
            let lost = runs.lock().unwrap()[0];
            let other = open(options(cluster.url("postgres")));
            wait_until("the number is another's", || async { other.write(numbered).await.unwrap() >= lost }).await;
            let status = other
                .read(move |conn| conn.one::<String>("SELECT pg_xact_status($1::text::xid8)", args![lost.to_string()]));
            assert_eq!(status.await.unwrap(), "committed", "{what}: somebody else's");
            proxy.heal();
            writing.await.unwrap().unwrap();
            assert_eq!(runs.lock().unwrap().len(), 2, "{what}: it is run again");
            other.close();
            db.close();
        });
    }
}

fn numbered(tx: &mut Tx) -> Result<i64> {
    tx.one::<String>("SELECT pg_current_xact_id()::text", &[]).map(|number| number.parse().expect("a number"))
}

#[test]
fn a_commit_whose_server_does_not_come_back_is_told_as_unknown() {
    run(async {
        let (_cluster, proxy, db) = behind_a_proxy();
        proxy.cut_at_next_commit(Cut::AfterTheServer);
        proxy.refuse_new();
        let answer = db.write(|tx| insert(tx, &thing(1))).await;
        assert!(matches!(answer, Err(Error::OutcomeUnknown)), "{answer:?}");
        assert_eq!(db.stats().outcomes_unknown, 1);
        proxy.heal();
        wait_until("reads are answered again", || async {
            db.read(|conn| conn.one::<i64>("SELECT 1", &[])).await.is_ok()
        })
        .await;
        assert_eq!(count(&db).await, 1);
        db.close();
    });
}

#[test]
fn a_thread_without_a_connection_does_not_outlive_those_that_have_one() {
    run(async {
        let (_cluster, proxy, db) = behind_a_proxy();
        proxy.cut_at_next_commit(Cut::AfterTheServer);
        proxy.refuse_new();
        db.write(|tx| insert(tx, &thing(1))).await.unwrap_err();
        let (closed, closing) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            db.close();
            closed.send(())
        });
        tokio::time::timeout(SOON, closing).await.expect("it closes").unwrap();
    });
}

#[test]
fn a_server_that_crashes_is_answered_with_unavailable_and_healed_without_a_restart() {
    run(async {
        let cluster = Cluster::start();
        let db = open(options(cluster.url("postgres")));
        let mut signals = db.subscribe();
        db.write(|tx| insert(tx, &thing(1))).await.unwrap();
        cluster.go_down();
        // Two seconds are meant.
        for _ in 0..20 {
            let started = now();
            let refused = db.write(|tx| insert(tx, &thing(2))).await.unwrap_err();
            assert!(refused.is_transient(), "{refused}");
            assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        }
        while signals.try_recv().is_ok() {}
        cluster.come_back();
        let started = now();
        wait_until("writes are taken again", || async { db.write(|tx| insert(tx, &thing(2))).await.is_ok() }).await;
        // Five seconds are meant.
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        assert_eq!(count(&db).await, 2);
        assert_eq!(signals.recv().await.unwrap().topic, Signal::RESYNC, "hints were lost, so look again");
        assert!(db.stats().reconnects > 0);
        db.close();
    });
}

#[test]
fn a_connection_that_broke_is_noticed_by_no_caller() {
    run(async {
        let (_cluster, proxy, db) = behind_a_proxy();
        for number in 0..6 {
            proxy.cut();
            assert_eq!(count(&db).await, number as i64);
            proxy.cut();
            db.write(move |tx| insert(tx, &thing(number))).await.unwrap();
        }
        db.close();
    });
}

#[test]
fn a_backend_that_is_killed_under_a_unit_costs_it_one_more_run() {
    run(async {
        let cluster = std::sync::Arc::new(Cluster::start());
        let db = open(options(cluster.url("postgres")));
        let killer = cluster.clone();
        let mut runs = 0;
        let runs = db
            .write(move |tx| {
                runs += 1;
                insert(tx, &thing(1))?;
                if runs == 1 {
                    let pid = tx.one::<i64>("SELECT pg_backend_pid()::bigint", &[])?;
                    killer.administer(&format!("SELECT pg_terminate_backend({pid})"));
                }
                insert(tx, &thing(2))?;
                Ok::<_, Error>(runs)
            })
            .await
            .unwrap();
        assert_eq!(runs, 2);
        assert_eq!(count(&db).await, 2);
        db.close();
    });
}

#[test]
fn a_frozen_server_does_not_hang_a_read() {
    run(async {
        let cluster = Cluster::start();
        let proxy = Proxy::before(&cluster);
        let mut options = options(proxy.url("postgres"));
        options.read_deadline = Duration::from_secs(1);
        let db = open(options);
        assert_eq!(count(&db).await, 0);
        proxy.hold();
        let started = now();
        let answer = db.read(|conn| conn.one::<i64>("SELECT count(*) FROM things", &[])).await;
        assert!(matches!(answer, Err(Error::Deadline)), "{answer:?}");
        // Two seconds are meant.
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        proxy.heal();
        wait_until("reads are answered again", || async {
            db.read(|conn| conn.one::<i64>("SELECT 1", &[])).await.is_ok()
        })
        .await;
        db.close();
    });
}

#[test]
fn a_deadlock_is_resolved_by_running_one_of_the_two_again() {
    run(async {
        let (_cluster, _proxy, db) = behind_a_proxy();
        db.write(|tx| insert(tx, &thing(1)).and_then(|()| insert(tx, &thing(2)))).await.unwrap();
        let barrier = std::sync::Arc::new(std::sync::Barrier::new(2));
        let update = |first: u64, second: u64| {
            let (db, barrier) = (db.clone(), barrier.clone());
            let mut meet = true;
            tokio::spawn(async move {
                db.write(move |tx| {
                    touch(tx, first)?;
                    if std::mem::take(&mut meet) {
                        barrier.wait();
                    }
                    touch(tx, second)
                })
                .await
            })
        };
        let (one, other) = (update(1, 2), update(2, 1));
        one.await.unwrap().unwrap();
        other.await.unwrap().unwrap();
        assert_eq!(db.stats().reruns, 1);
        let pieces = db.read(|conn| conn.all::<i64>("SELECT pieces FROM things", &[])).await.unwrap();
        assert_eq!(pieces, [thing(1).pieces + 2; 2]);
        db.close();
    });
}

fn touch(tx: &mut super::super::Tx, number: u64) -> Result<()> {
    tx.exec("UPDATE things SET pieces = pieces + 1 WHERE id = $1", args![thing(number).id]).map(|_| ())
}

#[test]
fn a_lost_listening_connection_comes_back_with_a_resync_first() {
    run(async {
        let (cluster, proxy, db) = behind_a_proxy();
        let other = open(options(cluster.url("postgres")));
        let mut signals = db.subscribe();
        for number in 0..3 {
            proxy.cut();
            while signals.recv().await.unwrap().topic != Signal::RESYNC {}
            tell(&other, number).await;
            assert_eq!(signals.recv().await.unwrap(), told(number));
        }
        other.close();
        db.close();
    });
}

#[test]
fn a_process_hears_the_signals_of_others_and_its_own_once() {
    run(async {
        let cluster = Cluster::start();
        let (one, other) = (open(options(cluster.url("postgres"))), open(options(cluster.url("postgres"))));
        let mut signals = one.subscribe();
        // It may not listen yet.
        loop {
            tell(&other, 100).await;
            let heard = tokio::time::timeout(Duration::from_millis(20), signals.recv()).await;
            if heard.is_ok_and(|heard| heard.unwrap() == told(100)) {
                break;
            }
        }
        tell(&other, 101).await;
        while signals.recv().await.unwrap() != told(101) {}
        for number in (0..20).step_by(2) {
            tell(&one, number).await;
            tell(&other, number + 1).await;
            for expected in [number, number + 1] {
                assert_eq!(signals.recv().await.unwrap(), told(expected));
            }
        }
        // A hint comes by another way, and is one however often it is given.
        for _ in 0..100 {
            other
                .write(|tx| -> Result<()> {
                    tx.hint("hinted", 1);
                    Ok(())
                })
                .await
                .unwrap();
        }
        other
            .write(|tx| -> Result<()> {
                tx.hint("hinted", 2);
                Ok(())
            })
            .await
            .unwrap();
        let mut hints = Vec::new();
        while hints.last().is_none_or(|hint: &Signal| hint.key != "2") {
            hints.push(signals.recv().await.unwrap());
        }
        assert!(hints.iter().all(|hint| hint.topic == "hinted") && hints.len() < 50, "{hints:?}");
        other.close();
        one.close();
    });
}

async fn tell(db: &Db, number: u64) {
    let unit = move |tx: &mut super::super::Tx| {
        tx.signal("told", number);
        Ok::<_, Error>(())
    };
    db.write(unit).await.unwrap();
}

fn told(number: u64) -> Signal {
    Signal { topic: "told".into(), key: number.to_string() }
}

#[test]
fn a_read_of_one_statement_is_one_round_trip_and_a_write_three() {
    run(async {
        let cluster = Cluster::start();
        let proxy = Proxy::before(&cluster);
        let mut options = options(proxy.url("postgres"));
        options.connections = 1;
        let db = open(options);
        let many = 200;
        let flights = async |write: bool| {
            let before = proxy.flights();
            let asked: Vec<_> = (0..many)
                .map(|_| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        let sql = "SELECT count(*) FROM things";
                        if write {
                            db.write(|tx| tx.one::<i64>(sql, &[])).await
                        } else {
                            db.read(|conn| conn.one::<i64>(sql, &[])).await
                        }
                    })
                })
                .collect();
            for answer in asked {
                answer.await.unwrap().unwrap();
            }
            proxy.flights() - before
        };
        flights(false).await;
        // A queue that runs empty now and then costs an end of its own.
        let (read, write) = (flights(false).await, flights(true).await);
        assert!((many..many + many / 2).contains(&read), "{many} reads took {read} round trips");
        assert!((3 * many..=3 * many + 2).contains(&write), "{many} writes took {write} round trips");
        db.close();
    });
}

#[test]
fn every_session_has_its_bounds() {
    run(async {
        let cluster = Cluster::start();
        let db = open(options(cluster.url("postgres")));
        for (setting, value) in [
            ("synchronous_commit", "on"),
            ("statement_timeout", "30s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ] {
            let found = db.read(move |conn| conn.one::<String>(&format!("SHOW {setting}"), &[])).await.unwrap();
            assert_eq!(found, value, "{setting}");
        }
        db.close();
    });
}
