//! Whole runs: what comes over, again, after a power cut, and what people find.

use kit::both_databases;
use kit::db::Options;
use serde_json::json;

use super::{Former, everything, number, target, texts};
use crate::ops::legacy::{Error, import};
use crate::testing::TestApp;

both_databases! {
    async fn everything_comes_over_and_is_counted(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(20).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!((report.users.written, report.connections.written, report.interactions.written), (1, 1, 20), "{report}");
        assert_eq!((report.interactions.present, report.interactions.read), (20, 20));
        assert_eq!(texts(&app, "SELECT email FROM users WHERE is_owner").await, ["ann@example.com"]);
        assert_eq!(texts(&app, "SELECT kind FROM workspaces").await, ["live"]);
        let connection = "SELECT connection_status || ' ' || connection_error || ' ' || external_id || ' ' || display_name
                          FROM platform_connections WHERE followers = 1200";
        assert_eq!(texts(&app, connection).await, ["disconnected imported UCann Ann cooks"]);
        // Derived by the same ingest as everything else: a question waits, and the rollups know of it.
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE state = 'needs_reply' AND language = 'en'").await, 20);
        assert_eq!(number(&app, "SELECT CAST(sum(total) AS BIGINT) FROM interaction_totals WHERE state = 'needs_reply'").await, 20);
        assert_eq!(number(&app, "SELECT CAST(sum(comments) AS BIGINT) FROM interaction_days").await, 20);
        assert_eq!(texts(&app, "SELECT DISTINCT day FROM interactions").await, ["2026-11-01"]);
        assert!(report.users.unread_columns.contains("credits"), "{report}");
        assert_eq!(number(&app, "SELECT count(*) FROM legacy_imports WHERE finished_at IS NOT NULL").await, 1);
    }

    async fn a_second_run_changes_nothing(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(700).await;
        former.import(&app).await.unwrap();
        let before = everything(&app).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!((report.users.already, report.connections.already, report.interactions.already), (1, 1, 700), "{report}");
        assert_eq!((report.users.written, report.connections.written, report.interactions.written), (0, 0, 0), "{report}");
        assert!(report.is_balanced() && !report.resumed, "{report}");
        assert!(everything(&app).await == before, "a second run changed something");
    }

    async fn what_came_later_is_brought_over_by_another_run(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.import(&app).await.unwrap();
        former.with_comments(3).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!((report.users.already, report.interactions.written), (1, 3), "{report}");
    }

    async fn an_interrupted_run_goes_on_where_it_was(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(1_700).await;
        let (target, url) = (target(&app), former.0.url().to_owned());
        let cut = tokio::spawn(async move {
            let tell = |report: &crate::ops::legacy::Report| assert!(report.interactions.read < 1_000, "the power fails");
            import(&target, &url, tell).await.map(|_| ())
        });
        assert!(cut.await.unwrap_err().is_panic());
        let written = number(&app, "SELECT count(*) FROM interactions").await;
        assert_eq!(written, 1_000, "whole batches are there");
        let mut heard = Vec::new();
        let report = former.import_telling(&app, |report| heard.push(report.interactions.read)).await.unwrap();
        assert_eq!(heard, [1_500, 1_700], "nothing was read twice");
        assert!(report.resumed && report.is_balanced(), "{report}");
        assert_eq!((report.users.written, report.interactions.written, report.interactions.already), (1, 1_700, 0), "{report}");
        assert_eq!(number(&app, "SELECT count(*) FROM interactions").await, 1_700);
        assert_eq!(number(&app, "SELECT CAST(sum(comments) AS BIGINT) FROM interaction_days").await, 1_700);
    }

    /// What a page may not read for, ten thousand people take.
    async fn a_run_takes_as_long_as_it_needs(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(1_700).await;
        let deadline = Options::new(former.0.url(), app.app.clock.clone()).read_deadline;
        let report = former.import_telling(&app, |_| std::thread::sleep(deadline / 2)).await.unwrap();
        assert!(report.is_balanced() && !report.resumed, "{report}");
        assert_eq!(report.interactions.written, 1_700, "{report}");
    }

    async fn a_password_of_the_former_system_works_and_is_hashed_anew(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.import(&app).await.unwrap();
        let wrong = app.sign_in("ann@example.com", "correct horsf").await;
        assert_eq!(wrong.status, 401);
        assert_eq!(number(&app, "SELECT count(*) FROM users WHERE password_hash LIKE '$2b$%'").await, 1);
        let right = app.sign_in("Ann@Example.com ", "correct horse").await;
        assert_eq!((right.status.as_u16(), right.location()), (303, "/dashboard"), "{}", right.text);
        assert_eq!(number(&app, "SELECT count(*) FROM users WHERE password_hash LIKE '$argon2id$%'").await, 1);
        let again = app.browser();
        assert_eq!(again.sign_in("ann@example.com", "correct horse").await.status, 303);
        // And a second run does not bring the old hash back.
        former.import(&app).await.unwrap();
        assert_eq!(number(&app, "SELECT count(*) FROM users WHERE password_hash LIKE '$argon2id$%'").await, 1);
    }

    async fn who_had_demo_mode_is_set_up_anew_until_everything_is_counted(app: TestApp) {
        let directory = tempfile::tempdir().unwrap();
        let (clock, random) = (kit::clock::Clock::system(), kit::random::Random::seeded(7));
        let simulator = simulator::start(simulator::Options::new(directory.path(), "secret".to_owned(), clock, random));
        let simulator = simulator.await.unwrap();
        let app = app.with_demo_service(&simulator.api_url().parse().unwrap());
        let former = Former::new().await;
        former.with_ann().await;
        former.run("UPDATE users SET demo_mode = TRUE").await;
        former.run(
            "INSERT INTO users (id, email, demo_mode, demo_mode_status, is_active) VALUES
                (2, 'off@example.com', TRUE, 'disabled', TRUE), (3, 'bad@example.com', TRUE, 'failed', TRUE),
                (4, 'gone@example.com', TRUE, 'enabled', FALSE)",
        ).await;
        former.run(
            "INSERT INTO interactions (id, user_id, platform, type, platform_id, content, is_demo, platform_created_at)
             VALUES (CAST(md5('demo') AS UUID), 1, 'youtube', 'comment', 'demo-1', 'Demo!', TRUE, '2026-11-01')",
        ).await;
        let report = former.import(&app).await.unwrap();
        let states = "SELECT email || ' ' || demo_mode_status FROM users ORDER BY email";
        assert_eq!(texts(&app, states).await, [
            "ann@example.com enabling", "bad@example.com failed", "gone@example.com disabled", "off@example.com disabled",
        ]);
        let live = "SELECT count(*) FROM background_jobs JOIN users ON users.demo_job_id = background_jobs.id
                    WHERE job_type = 'enable_demo' AND status = 'pending'";
        assert_eq!(number(&app, live).await, 1, "who is being set up has the job that does it");
        assert_eq!(super::skipped(&report.interactions), json!({ "demo data stays behind": 1 }), "{report}");
        // A day later the server is started.
        app.hand.advance(std::time::Duration::from_secs(86_400));
        app.run_jobs().await;
        assert_eq!(texts(&app, states).await[0], "ann@example.com enabled");
        assert!(number(&app, "SELECT count(*) FROM interactions").await > 500);
        simulator.stop().await;
    }

    async fn some_other_database_is_refused(app: TestApp) {
        let former = Former::empty().await;
        assert!(matches!(former.import(&app).await, Err(Error::NotLegacy(_))));
        let own = kit::testing::TestDb::fresh(kit::testing::Engine::Postgres).await.migrated(crate::app::MIGRATIONS);
        let refused = import(&target(&app), own.url(), |_| {}).await.unwrap_err();
        assert_eq!(refused.to_string(), "this is no database of the former system: it is Repruv's own");
        assert!(matches!(import(&target(&app), "sqlite:/tmp/x.db", |_| {}).await, Err(Error::Address)));
        let nobody = import(&target(&app), "postgres://nobody@127.0.0.1:1/none", |_| {}).await.unwrap_err();
        assert!(nobody.to_string().contains("cannot be read"), "{nobody}");
    }
}
