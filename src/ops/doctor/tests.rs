//! A healthy installation, and one thing wrong at a time.

use std::time::Duration;

use clap::Parser as _;
use kit::args;
use kit::both_databases;
use kit::clock::{Clock, Timestamp};
use kit::jobs::{self, Worker};
use kit::testing::{Database, Engine, wait_until};

use super::{Finding, Level, examine};
use crate::config::Settings;
use crate::testing::TestApp;

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

fn settings(database: &str, folder: &std::path::Path) -> Settings {
    let folder = folder.to_str().unwrap();
    Line::parse_from(["repruv", "--database-url", database, "--data-dir", folder]).settings
}

fn level(findings: &[Finding], what: &str) -> Level {
    findings
        .iter()
        .find(|finding| finding.what == what)
        .unwrap_or_else(|| panic!("nothing of {what}: {findings:?}"))
        .level
}

both_databases! {
    async fn each_trouble_is_named(app: TestApp) {
        let app = app.with_ann().await;
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(app.db.url(), folder.path());
        let healthy = examine(&settings, &app.app.clock).await;
        for what in ["settings", "schema", "counts", "leases", "running jobs", "job times", "operations", "webhooks", "secrets", "queue", "demo service"] {
            assert_eq!(level(&healthy, what), Level::Ok, "{healthy:?}");
        }
        assert_eq!(level(&healthy, "workers"), Level::Bad, "nobody works in a test");
        assert_eq!(level(&healthy, "key file"), Level::Warn, "there is none");

        let worker = Worker::start(app.db.clone(), app.app.clock.clone(), app.app.random.clone(), app.app.clone(), jobs::Settings::default());
        let workers = || async { level(&examine(&settings, &app.app.clock).await, "workers") };
        wait_until("it shows itself", || async { workers().await == Level::Ok }).await;
        drop(worker);
        wait_until("a worker that shows itself no more does not count", || async {
            app.hand.advance(Duration::from_secs(60));
            workers().await == Level::Bad
        }).await;

        let (now, random) = (app.app.now(), app.app.random.clone());
        let day = Duration::from_secs(86_400);
        app.app.db.write(move |tx| {
            for (key, status, lease) in [("demo:a", "running", Some(now - day)), ("demo:b", "pending", None)] {
                let how = kit::jobs::Enqueue { operation_key: Some(key.to_owned()), ..Default::default() };
                let job = crate::demo::jobs::DisableDemo::default();
                let id = kit::jobs::enqueue(tx, now - day, &random, &job, how)?.id;
                tx.exec("UPDATE background_jobs SET status = $2, lease_until = $3 WHERE id = $1", args![id, status, lease])?;
            }
            Ok::<_, kit::db::Error>(())
        }).await.unwrap();
        let ill = examine(&settings, &app.app.clock).await;
        assert_eq!(level(&ill, "leases"), Level::Warn, "{ill:?}");
        assert_eq!(level(&ill, "operations"), Level::Bad, "{ill:?}");
        assert_eq!(level(&ill, "queue"), Level::Warn, "{ill:?}");
        assert!(ill.iter().all(|finding| finding.level == Level::Ok || finding.cure.is_some()), "every trouble has a cure");
    }

    async fn each_fault_of_the_engine_is_a_line_of_its_own(app: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(app.db.url(), folder.path());
        let (now, random, minute) = (app.app.now(), app.app.random.clone(), Duration::from_secs(60));
        let (worker, nobody) = (kit::jobs::WorkerId::new(now, &random), kit::jobs::WorkerId::new(now, &random));
        app.app.db.write(move |tx| {
            let day = Duration::from_secs(86_400);
            let job = crate::demo::jobs::DisableDemo::default();
            let how = kit::jobs::Enqueue { operation_key: Some("demo:a".to_owned()), ..Default::default() };
            kit::jobs::enqueue(tx, now, &random, &job, how)?;
            tx.exec("UPDATE background_jobs SET created_at = $1, deadline_at = $2", args![now, now + day])?;
            tx.exec("INSERT INTO background_schedules (name, period, enqueued_at) VALUES ('hourly', 1, $1)", args![now])?;
            tx.exec(
                "INSERT INTO background_workers (id, label, started_at, seen_at, gone_at, concurrency, running)
                 VALUES ($1, 'mail-1 4711', $2, $2, $3, 8, 1)",
                args![worker, now, now + 10 * minute],
            )
        }).await.unwrap();
        // How the one job stands, and what of it is a fault.
        let running = |lease| (Some(worker), Some(lease));
        let cases = [
            ("nothing", running(now + minute / 2), now, now + 20 * minute, now),
            ("leases", running(now - 2 * minute), now, now + 20 * minute, now),
            ("leases", running(now + 120 * minute), now, now + 20 * minute, now),
            ("running jobs", (Some(nobody), Some(now + minute / 2)), now, now + 20 * minute, now),
            ("operations", running(now + minute / 2), now, now - 2 * minute, now),
            ("queue", (None, None), now - 2 * minute, now + 20 * minute, now),
            ("job times", running(now + minute / 2), now, now + 20 * minute, now + 2 * minute),
        ];
        for (fault, (worker, lease), run_at, deadline, created_at) in cases {
            app.app.db.write(move |tx| {
                tx.exec(
                    "UPDATE background_jobs SET status = $1, worker_id = $2, lease_until = $3, run_at = $4, deadline_at = $5,
                         created_at = $6, queue_position = $4",
                    args![if lease.is_some() { "running" } else { "pending" }, worker, lease, run_at, deadline, created_at],
                )
            }).await.unwrap();
            let found = examine(&settings, &app.app.clock).await;
            let engine = ["workers", "queue", "leases", "running jobs", "operations", "job times"];
            let ill: Vec<_> = engine.into_iter().filter(|what| level(&found, what) != Level::Ok).collect();
            assert_eq!(ill, if fault == "nothing" { vec![] } else { vec![fault] }, "{found:?}");
        }
        let ahead = now + 2 * minute;
        for row_of_the_future in ["UPDATE background_schedules SET enqueued_at = $1", "UPDATE background_workers SET seen_at = $1"] {
            app.app.db.write(move |tx| {
                tx.exec("UPDATE background_jobs SET created_at = run_at", args![])?;
                tx.exec("UPDATE background_schedules SET enqueued_at = $1", args![now])?;
                tx.exec(row_of_the_future, args![ahead])
            }).await.unwrap();
            assert_eq!(level(&examine(&settings, &app.app.clock).await, "job times"), Level::Warn, "{row_of_the_future}");
        }
    }

    async fn a_database_that_is_not_ready_is_named(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(database.url(), folder.path());
        let findings = examine(&settings, &Clock::system()).await;
        let what = if database.engine() == Engine::Sqlite { "database" } else { "schema" };
        assert_eq!(level(&findings, what), Level::Bad, "{findings:?}");
    }
}

#[test]
fn clocks_that_are_apart_are_named() {
    let at = Timestamp::from_second(1_000);
    let apart = |seconds| super::skew(at, Some(at + std::time::Duration::from_secs(seconds))).level;
    assert_eq!([apart(0), apart(5), apart(60)], [Level::Ok, Level::Warn, Level::Bad]);
    assert_eq!(super::skew(at + std::time::Duration::from_secs(60), Some(at)).level, Level::Bad);
}
