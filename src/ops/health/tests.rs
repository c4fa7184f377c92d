//! What a watcher learns.

use axum::body::Body;
use kit::args;
use kit::both_databases;
use kit::db::Dialect;

use crate::testing::{Answer, TestApp};

both_databases! {
    async fn a_watcher_needs_neither_a_session_nor_our_host_name(app: TestApp) {
        for (path, status) in [("/healthz", "alive"), ("/readyz", "ready")] {
            let answer = probe(&app, path).await;
            assert_eq!((answer.status.as_u16(), answer.json()["status"].as_str()), (200, Some(status)), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        let elsewhere = app.send_to("10.1.2.3:8080", "GET", "/login", &[], Body::empty()).await;
        assert_eq!(elsewhere.status, 421, "no other page answers under that name");
    }

    async fn a_schema_that_is_behind_is_not_ready_but_alive(app: TestApp) {
        let forget = "DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations)";
        app.app.db.write(move |tx| tx.exec(forget, args![])).await.expect("the history can be shortened");
        not_ready(&app, "not_migrated").await;
    }

    async fn a_schema_that_a_newer_release_has_added_to_is_ready(app: TestApp) {
        let added = "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_later', 'x')";
        app.app.db.write(move |tx| tx.exec(added, args![])).await.expect("the history can be prolonged");
        assert_eq!(probe(&app, "/readyz").await.status, 200, "both run while one takes the other's place");
    }

    async fn a_schema_that_is_another_is_not_ready_but_alive(app: TestApp) {
        let changed = "UPDATE schema_migrations SET checksum = 'x' WHERE name = (SELECT max(name) FROM schema_migrations)";
        app.app.db.write(move |tx| tx.exec(changed, args![])).await.expect("the history can be changed");
        not_ready(&app, "not_migrated").await;
    }

    async fn a_database_that_is_gone_is_not_ready_but_alive(app: TestApp) {
        let db = app.app.db.clone();
        tokio::task::spawn_blocking(move || db.close()).await.expect("no panic");
        not_ready(&app, "database_unreachable").await;
    }

    async fn who_takes_no_writes_is_not_ready(app: TestApp) {
        if app.app.db.dialect() == Dialect::Postgres {
            return; // Every connection of its own; tests/faults turns the whole database.
        }
        let turned = app.app.db.write(|tx| tx.all::<i64>("PRAGMA query_only = 1", args![])).await;
        turned.expect("it is set");
        let touched = app.app.db.write(|tx| tx.exec("UPDATE schema_migrations SET checksum = checksum", args![])).await;
        assert!(touched.is_err());
        not_ready(&app, "database_takes_no_writes").await;
    }

    async fn a_process_that_ends_takes_no_more_requests(app: TestApp) {
        app.app.stopping.cancel();
        not_ready(&app, "stopping").await;
    }
}

async fn not_ready(app: &TestApp, reason: &str) {
    let answer = probe(app, "/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.json()["reason"].as_str()), (503, Some(reason)));
    assert_eq!(probe(app, "/healthz").await.status, 200);
}

async fn probe(app: &TestApp, path: &str) -> Answer {
    app.browser().send_to("10.1.2.3:8080", "GET", path, &[], Body::empty()).await
}
