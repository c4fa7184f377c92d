//! What a scrape tells, and to whom.

use kit::both_databases;
use kit::jobs::{Settings, Worker};
use kit::testing::wait_until;
use serde_json::json;

use super::Metrics;
use crate::testing::TestApp;

both_databases! {
    async fn a_scrape_counts_what_happened(app: TestApp) {
        let app = app.with_ann().await;
        let wrong = [("email", crate::testing::EMAIL), ("password", "not what it was at all")];
        assert_eq!(app.browser().post("/login", &wrong).await.status, 401);
        app.get("/dashboard").await;
        app.get("/dashboard").await;
        let text = super::text(&app.app).await;
        for line in [
            r#"repruv_http_request_duration_seconds_count{route="/dashboard",status="success"} 2"#,
            r#"repruv_sign_ins_total{outcome="wrong"} 1"#,
            "repruv_http_requests_in_flight 0",
            "repruv_event_streams 0",
            "repruv_database_answers 1",
            concat!("repruv_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        ] {
            assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
        }
        assert!(value(&text, "repruv_storage_commit_seconds_count") > 0.0, "{text}");
        assert!(value(&text, "repruv_process_resident_memory_bytes") > 1e6, "{text}");
        assert!(value(&text, "repruv_process_open_files") < value(&text, "repruv_process_most_files"), "{text}");
        assert!(!text.contains(crate::testing::EMAIL), "nobody is named");
    }

    async fn a_scrape_counts_what_its_worker_did(app: TestApp) {
        let app = app.with_ann().await;
        assert!(!super::text(&app.app).await.contains("repruv_worker_"), "there is none in this process yet");
        let made = app.app.clone();
        let worker = Worker::start(made.db.clone(), made.clock.clone(), made.random.clone(), made, Settings::default());
        app.app.part::<Metrics>().worker(worker.watch());
        app.json("POST", "/api/demo/enable", json!({ "size": "small" })).await;
        wait_until("the attempt failed: there is no demo service", || async {
            value(&super::text(&app.app).await, "repruv_worker_retried_total") + value(&super::text(&app.app).await, "repruv_worker_failed_total") > 0.0
        }).await;
        let text = super::text(&app.app).await;
        assert!(value(&text, "repruv_worker_claimed_total") > 0.0, "{text}");
        assert!(value(&text, "repruv_worker_run_seconds_count") > 0.0, "{text}");
        worker.stop().await;
    }

    async fn a_scrape_is_well_formed(app: TestApp) {
        let app = app.with_ann().await;
        let worker = Worker::start(app.app.db.clone(), app.app.clock.clone(), app.app.random.clone(), app.app.clone(), Settings::default());
        app.app.part::<Metrics>().worker(worker.watch());
        let text = super::text(&app.app).await;
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.last(), Some(&"# EOF"));
        let mut families = std::collections::BTreeSet::new();
        for line in &lines {
            if let Some(family) = line.strip_prefix("# TYPE ") {
                assert!(families.insert(family), "one family twice: {line}");
            } else if !line.starts_with('#') {
                let (name, value) = line.rsplit_once(' ').expect("a name and a value");
                assert!(name.starts_with("repruv_") && value.parse::<f64>().is_ok(), "{line}");
            }
        }
        assert!(families.len() > 20, "{families:?}");
    }

    async fn a_database_that_is_gone_is_told(app: TestApp) {
        let db = app.app.db.clone();
        tokio::task::spawn_blocking(move || db.close()).await.expect("no panic");
        assert_eq!(value(&super::text(&app.app).await, "repruv_database_answers"), 0.0);
    }

    async fn the_public_address_tells_nothing_of_it(app: TestApp) {
        let app = app.with_ann().await;
        assert_eq!(app.get("/metrics").await.status, 404);
    }
}

fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().expect("a number")
}
