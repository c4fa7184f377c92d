//! The database does not answer, answers late, or its answer is lost.

use std::sync::mpsc;
use std::time::Duration;

use kit::args;
use kit::both_databases;
use kit::clock::Clock;
use kit::db::{Db, Options, Tx};
use kit::testing::{Cluster, Database, Engine, wait_for, wait_until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Client, EMAIL, Fleet, Line, Proxy, Role, http};

/// F7: the server has committed, and the process never hears of it.
#[test]
fn a_commit_whose_answer_is_lost_is_neither_lost_nor_done_twice() {
    kit::testing::run(async {
        let line = BadLine::open().await;
        line.proxy.is_now(Line::CutAfterCommit { marker: "enable_demo" });
        line.becomes_enabled().await;
        assert_eq!(line.proxy.cuts(), 1, "the commit was cut off");
        assert_eq!(line.set_ups().await, 1);
    });
}

#[test]
fn a_commit_that_never_arrives_leaves_nothing_behind() {
    kit::testing::run(async {
        let line = BadLine::open().await;
        line.proxy.is_now(Line::CutBeforeCommit { marker: "enable_demo" });
        line.becomes_enabled().await;
        assert_eq!(line.proxy.cuts(), 1, "the commit was cut off");
        assert_eq!(line.set_ups().await, 1);
    });
}

#[test]
fn a_database_at_the_end_of_a_slow_line_is_slow_and_no_more() {
    kit::testing::run(async {
        let line = BadLine::open().await;
        line.proxy.is_now(Line::Late(Duration::from_millis(20)));
        let (status, answer) = line.ann.get("/api/dashboard").await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        // Nobody waits longer than a page may take: it is said to be busy, and heals with the line.
        line.proxy.is_now(Line::Drip(Duration::from_micros(100)));
        let (status, answer) = line.ann.get("/api/dashboard").await;
        assert_eq!((status, &answer["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("busy")), "{answer}");
        line.proxy.is_now(Line::Good);
        wait_until("pages are there again", || async { line.ann.get("/api/dashboard").await.0 == StatusCode::OK })
            .await;
    });
}

#[test]
fn a_database_that_turned_read_only_is_not_ready_until_it_takes_writes_again() {
    kit::testing::run(async {
        let cluster = tokio::task::spawn_blocking(Cluster::start).await.expect("no panic");
        cluster.administer("CREATE DATABASE repruv");
        let fleet = Fleet::start(&cluster.url("repruv"), &[Role::Serve], &[]).await;
        let address = format!("{}/readyz", fleet.urls()[0]);
        let reason = || async {
            let answer = http().get(&address).send().await.ok()?.json::<Value>().await.ok()?;
            answer["reason"].as_str().map(str::to_owned)
        };
        let turn = |how: &str| {
            cluster.administer(&format!("ALTER DATABASE repruv SET default_transaction_read_only = {how}"));
            cluster.administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'repruv'");
        };
        turn("on");
        wait_until("it says so", || async { reason().await.as_deref() == Some("database_takes_no_writes") }).await;
        turn("off");
        fleet.wait_until_ready().await;
    });
}

both_databases! {
    /// F27
    async fn a_lock_that_another_process_holds_is_answered_503_and_nothing_is_lost(engine: Engine) {
        let database = Database::fresh(engine).await;
        let fleet = Fleet::start(database.url(), &[Role::Serve], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let other = Locker::hold(database.url());
        let (status, answer) = ann.post("/api/demo/enable", json!({"size": "small"})).await;
        assert_eq!((status, &answer["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("busy")), "{answer}");
        other.let_go();
        let (_, demo) = ann.get("/api/demo/status").await;
        assert_eq!(demo["status"], "disabled", "what was answered 503 was not done");
        becomes_enabled(&ann).await;
    }
}

struct BadLine {
    proxy: Proxy,
    ann: Client,
    _fleet: Fleet,
    _database: Database,
}

impl BadLine {
    async fn open() -> Self {
        let database = Database::fresh(Engine::Postgres).await;
        // postgres://postgres@%2Ftmp%2Frepruv-pg-…:5432/test_1
        let (server, name) = database.url().rsplit_once('/').expect("an address names a database");
        let host = server.rsplit('@').next().expect("an address names a host").replace("%2F", "/");
        let (directory, port) = host.split_once(':').expect("an address names a port");
        let proxy = Proxy::start(format!("{directory}/.s.PGSQL.{port}").into()).await;
        // The line reads along, to know a commit when it sees one.
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}?sslmode=disable", proxy.port);
        let fleet = Fleet::start(&url, &[Role::Serve], &[("REPRUV_WORKER_LEASE_SECONDS", "5")]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        Self { proxy, ann, _fleet: fleet, _database: database }
    }

    async fn becomes_enabled(&self) {
        becomes_enabled(&self.ann).await;
    }

    async fn set_ups(&self) -> usize {
        let (_, list) = self.ann.get("/api/jobs?job_type=enable_demo").await;
        list["items"].as_array().map_or(0, Vec::<Value>::len)
    }
}

/// Asks until the wish is taken, as a person does who is told to try again.
async fn becomes_enabled(ann: &Client) {
    wait_for("the wish is taken", || async {
        let answer = ann.send(Method::POST, "/api/demo/enable", Some(json!({"size": "small"}))).await;
        let (status, answer) = answer?;
        let expected = [StatusCode::ACCEPTED, StatusCode::CONFLICT, StatusCode::SERVICE_UNAVAILABLE];
        assert!(expected.contains(&status), "{status}: {answer}");
        (status != StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    wait_until("demo mode is enabled", || async {
        let (_, demo) = ann.get("/api/demo/status").await;
        assert_ne!(demo["status"], "failed", "{demo}");
        demo["status"] == "enabled"
    })
    .await;
}

/// Another process in the middle of a transaction.
struct Locker {
    release: mpsc::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Locker {
    fn hold(url: &str) -> Self {
        let (release, wait) = mpsc::channel();
        let (locked, is_locked) = mpsc::channel();
        let options = Options { connections: 1, ..Options::new(url, Clock::system()) };
        let thread = std::thread::spawn(move || {
            let db = Db::open(options).expect("the database opens beside the process");
            let unit = move |tx: &mut Tx| -> kit::db::Result<()> {
                tx.exec("UPDATE users SET name = name", args![])?;
                let _ = locked.send(());
                let _ = wait.recv();
                Ok(())
            };
            db.write_blocking(unit).expect("the lock is held and let go");
            db.close();
        });
        is_locked.recv().expect("the lock is taken");
        Self { release, thread }
    }

    fn let_go(self) {
        let _ = self.release.send(());
        self.thread.join().expect("the lock is let go");
    }
}
