//! Whole runs: what comes over, again, after a power cut, and what people find.

use kit::both_databases;
use kit::db::Options;
use serde_json::json;

use super::{Former, everything, number, target, texts, written};
use crate::ops::legacy::{Error, Report, Wanted, import};
use crate::testing::TestApp;

/// The report's numbers, and how somebody else would count them there.
const THERE: [(&str, &str); 12] = [
    ("users", "SELECT count(*) FROM users"),
    ("youtube_connections", "SELECT count(*) FROM youtube_connections"),
    ("instagram_connections", "SELECT count(*) FROM instagram_connections"),
    ("platform_connections", "SELECT count(*) FROM platform_connections"),
    ("youtube_videos", "SELECT count(*) FROM youtube_videos"),
    ("instagram_media", "SELECT count(*) FROM instagram_media"),
    ("youtube_comments", "SELECT count(*) FROM youtube_comments"),
    ("instagram_comments", "SELECT count(*) FROM instagram_comments"),
    ("interactions", "SELECT count(*) FROM interactions"),
    ("sent_responses", "SELECT count(*) FROM sent_responses"),
    ("youtube_comments.response_text", "SELECT count(*) FROM youtube_comments WHERE response_text IS NOT NULL"),
    ("instagram_comments.response_text", "SELECT count(*) FROM instagram_comments WHERE response_text IS NOT NULL"),
];

/// What a run leaves behind, but for numbers that chance gives.
async fn left_behind(app: &TestApp) -> Vec<String> {
    let mut all = texts(app, "SELECT email || ' ' || is_owner || ' ' || time_zone FROM users ORDER BY 1").await;
    for sql in [
        "SELECT platform || ' ' || external_id FROM platform_connections ORDER BY 1",
        "SELECT external_id || ' ' || COALESCE(title, '') FROM content_items ORDER BY 1",
        "SELECT external_id || ' ' || thread_external_id || ' ' || state || ' ' || COALESCE(text, '') FROM interactions ORDER BY 1",
        "SELECT state || ' ' || CAST(sum(total) AS TEXT) FROM interaction_totals GROUP BY state HAVING sum(total) > 0 ORDER BY 1",
        "SELECT metric || ' ' || day || ' ' || value FROM metric_snapshots ORDER BY 1",
    ] {
        all.extend(texts(app, sql).await);
    }
    all
}

both_databases! {
    async fn everything_comes_over_and_each_number_is_what_somebody_else_counts(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        for (name, count) in THERE {
            let tally = report.tally(name);
            let there = former.number(count).await;
            assert_eq!((tally.present, tally.read), (there, there), "{name}: {report}");
        }
        let made = report.made;
        assert_eq!(made.people, number(&app, "SELECT count(*) FROM users").await);
        assert_eq!(made.accounts, number(&app, "SELECT count(*) FROM platform_connections").await);
        assert_eq!(made.content, number(&app, "SELECT count(*) FROM content_items").await);
        assert_eq!(made.interactions, number(&app, "SELECT count(*) FROM interactions").await);
        let rows = ["youtube_comments", "instagram_comments", "interactions", "sent_responses", "youtube_comments.response_text"];
        assert_eq!(rows.iter().map(|name| written(&report, name)).sum::<i64>(), made.interactions, "{report}");
        assert_eq!(report.tally("interactions").already, 1, "a comment that stands in two tables is one: {report}");
        assert_eq!(number(&app, "SELECT CAST(sum(total) AS BIGINT) FROM interaction_totals").await, made.interactions);
        assert_eq!(texts(&app, "SELECT DISTINCT connection_error FROM platform_connections").await, ["imported"]);
        assert_eq!(texts(&app, "SELECT DISTINCT kind FROM workspaces").await, ["live"]);
        let people = "SELECT email FROM users WHERE is_owner";
        assert_eq!(texts(&app, people).await, ["ann@example.com"]);
        let told = report.to_string();
        for once in ["stripe_customer_id", "marketing_last_event_at", "Tables that are not brought over: fans, organizations"] {
            assert!(told.matches(once).count() <= 1, "{once}: {told}");
        }
        assert!(told.contains("Tables that are not brought over: fans, organizations"), "{told}");
        assert_eq!(number(&app, "SELECT count(*) FROM legacy_imports WHERE finished_at IS NOT NULL").await, 1);
    }

    async fn counters_are_readings_of_the_day_on_which_they_were_read(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.import(&app).await.unwrap();
        let readings = "SELECT metric || ' ' || day || ' ' || value FROM metric_snapshots WHERE subject = 'connection' ORDER BY 1";
        assert_eq!(texts(&app, readings).await, [
            "content 2026-10-01 2", "content 2026-10-02 1", "followers 2026-10-01 1200", "followers 2026-10-02 300",
            "views 2026-10-01 90000",
        ]);
        assert_eq!(number(&app, "SELECT count(*) FROM metric_snapshots WHERE day > '2026-10-02' AND subject = 'connection'").await, 0);
    }

    async fn a_second_run_changes_nothing(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        let first = former.import(&app).await.unwrap();
        let before = everything(&app).await;
        let report = former.import(&app).await.unwrap();
        for (name, _) in THERE {
            let (first, again) = (first.tally(name), report.tally(name));
            assert_eq!((again.written, again.already), (0, first.written + first.already), "{name}: {report}");
            assert_eq!(again.skipped, first.skipped, "{name}: {report}");
        }
        assert_eq!(report.made, crate::ops::legacy::Made::default());
        assert!(report.is_balanced() && !report.resumed, "{report}");
        assert!(everything(&app).await == before, "a second run changed something");
    }

    async fn what_came_later_is_brought_over_by_another_run(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.import(&app).await.unwrap();
        former.with_comments(3).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!((report.tally("users").already, written(&report, "interactions")), (1, 3), "{report}");
    }

    /// The power fails after each commit that there is, and the last run comes to its end.
    async fn a_run_that_is_cut_after_every_batch_ends_as_one_that_was_not(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        let whole = TestApp::fresh(app.db.engine()).await;
        let wanted = Wanted { batch: 1, ..Wanted::default() };
        let uncut = import(&target(&whole), former.0.url(), &wanted, |_| {}).await.unwrap();
        let mut cuts = 0;
        let report = loop {
            let (target, url, wanted) = (target(&app), former.0.url().to_owned(), wanted.clone());
            let fail = |_: &Report| panic!("the power fails");
            match tokio::spawn(async move { import(&target, &url, &wanted, fail).await }).await {
                Err(cut) => assert!(cut.is_panic()),
                Ok(report) => break report.unwrap(),
            }
            cuts += 1;
        };
        let rows: i64 = uncut.tallies.values().map(|tally| tally.read).sum();
        assert_eq!(cuts, rows, "each row was a batch, and each batch was cut");
        assert_eq!(report, Report { resumed: true, ..uncut });
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        assert_eq!(left_behind(&app).await, left_behind(&whole).await);
    }

    async fn an_interrupted_run_reads_nothing_twice(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(1_700).await;
        let (target, url) = (target(&app), former.0.url().to_owned());
        let cut = tokio::spawn(async move {
            let tell = |report: &Report| assert!(report.tally("interactions").read < 1_000, "the power fails");
            import(&target, &url, &Wanted::default(), tell).await.map(|_| ())
        });
        assert!(cut.await.unwrap_err().is_panic());
        assert_eq!(number(&app, "SELECT count(*) FROM interactions").await, 1_000, "whole batches are there");
        let mut heard = Vec::new();
        let report = former.import_telling(&app, |report| heard.push(report.tally("interactions").read)).await.unwrap();
        assert_eq!(heard, [1_500, 1_700], "nothing was read twice");
        assert!(report.resumed && report.is_balanced(), "{report}");
        assert_eq!(written(&report, "interactions"), 1_700, "{report}");
        assert_eq!(number(&app, "SELECT count(*) FROM interactions").await, 1_700);
    }

    /// What a page may not read for, ten thousand people take.
    async fn a_run_takes_as_long_as_it_needs(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(1_700).await;
        let deadline = Options::new(former.0.url(), app.app.clock.clone()).read_deadline;
        let report = former.import_telling(&app, |_| std::thread::sleep(deadline / 2)).await.unwrap();
        assert!(report.is_balanced() && !report.resumed, "{report}");
        assert_eq!(written(&report, "interactions"), 1_700, "{report}");
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
        let (app, _beside) = app.with_simulator().await;
        let former = Former::new().await;
        former.with_ann().await;
        former.run("UPDATE users SET demo_mode = TRUE").await;
        former.run(
            "INSERT INTO users (email, demo_mode, demo_mode_status, is_active) VALUES
                ('off@example.com', TRUE, 'disabled', TRUE), ('bad@example.com', TRUE, 'failed', TRUE),
                ('gone@example.com', TRUE, 'enabled', FALSE)",
        ).await;
        former.run(
            "INSERT INTO interactions (id, user_id, platform, type, platform_id, content, is_demo, platform_created_at)
             VALUES (id('demo'), id('ann'), 'youtube', 'comment', 'demo-1', 'Demo!', TRUE, '2026-11-01')",
        ).await;
        let report = former.import(&app).await.unwrap();
        let states = "SELECT email || ' ' || demo_mode_status FROM users ORDER BY email";
        assert_eq!(texts(&app, states).await, [
            "ann@example.com enabling", "bad@example.com failed", "gone@example.com disabled", "off@example.com disabled",
        ]);
        let live = "SELECT count(*) FROM background_jobs JOIN users ON users.demo_job_id = background_jobs.id
                    WHERE job_type = 'enable_demo' AND status = 'pending'";
        assert_eq!(number(&app, live).await, 1, "who is being set up has the job that does it");
        assert_eq!(super::skipped(&report, "interactions"), json!({ "demo data stays behind": 1 }), "{report}");
        // A day later the server is started.
        app.hand.advance(std::time::Duration::from_secs(86_400));
        app.run_jobs().await;
        assert_eq!(texts(&app, states).await[0], "ann@example.com enabled");
        assert!(number(&app, "SELECT count(*) FROM interactions").await > 500);
    }

    async fn some_other_database_is_refused_before_anything_is_written(app: TestApp) {
        let former = Former::empty().await;
        assert!(matches!(former.import(&app).await, Err(Error::NotLegacy(_))));
        former.run("CREATE TABLE users (id INT, email TEXT)").await;
        former.run("INSERT INTO users VALUES (1, 'ann@example.com')").await;
        assert!(matches!(former.import(&app).await, Err(Error::NotLegacy(_))), "users alone are anybody's");
        let own = kit::testing::TestDb::with_schema(kit::testing::Engine::Postgres, crate::app::MIGRATIONS);
        let refused = import(&target(&app), own.url(), &Wanted::default(), |_| {}).await.unwrap_err();
        assert_eq!(refused.to_string(), "this is no database of the former system: it is Repruv's own");
        let sqlite = import(&target(&app), "sqlite:/tmp/x.db", &Wanted::default(), |_| {}).await;
        assert!(matches!(sqlite, Err(Error::Address)));
        let nobody = import(&target(&app), "postgres://nobody@127.0.0.1:1/none", &Wanted::default(), |_| {}).await;
        assert!(nobody.unwrap_err().to_string().contains("cannot be read"));
        assert_eq!(number(&app, "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM legacy_imports)").await, 0);
    }
}
