//! A search as a person and a program meet it.

use axum::body::Body;
use kit::args;
use serde_json::json;

use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{add_connection, comment};
use crate::model::{ConnectionId, Platform};
use crate::testing::TestApp;
use crate::workspaces::WorkspaceId;

async fn with_comments(app: TestApp) -> TestApp {
    let app = app.with_ann().await;
    let (now, random) = (app.app.now(), app.app.random.clone());
    let filled = app.db.write(move |tx| {
        let workspace: WorkspaceId = tx.one("SELECT id FROM workspaces WHERE kind = 'live'", args![])?;
        let connection = ConnectionId::new(now, &random);
        add_connection(tx, workspace, connection)?;
        let (platform, language) = (Platform::YouTube, None);
        let context = IngestContext { workspace, connection, platform, language, now, random: &random };
        let long = format!("{} and then the <b>crème</b> brûlée burned", "it went well ".repeat(30));
        let observed = [
            comment("c1", "ann", "Is the Crème brûlée hard?"),
            comment("c2", "bob", "Two refunds, please"),
            comment("c3", "eve", &long),
        ];
        ingest::interactions(tx, &context, &observed)?;
        crate::inbox::search::jobs::start_anew(tx, now, &random)
    });
    filled.await.unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
    app
}

fn rows(page: &str) -> usize {
    page.matches("data-test=\"interaction\"").count()
}

kit::both_databases! {
    async fn what_is_searched_for_is_listed_marked_and_counted(app: TestApp) {
        let app = with_comments(app).await;
        app.run_jobs().await;
        let page = app.get("/inbox?q=creme+BRULEE").await.text;
        assert_eq!(rows(&page), 2, "{page}");
        for part in ["2 matches", "<mark>Crème</mark> <mark>brûlée</mark>", "…", "&lt;b&gt;<mark>crème</mark>&lt;/b&gt;", "value=\"creme BRULEE\"", "data-key=\"/\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("is being rebuilt"), "{page}");
        let one = page.split("href=\"/inbox/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert!(one.contains("q=creme+BRULEE"), "{one}");
        let opened = app.get(&format!("/inbox/{}", one.replace("&amp;", "&"))).await.text;
        assert!(opened.contains("<mark>"), "{opened}");
        let answer = app.get("/api/interactions?q=author%3Abob+refund*").await.json();
        assert_eq!(answer["items"].as_array().unwrap().len(), 1);
    }

    async fn what_is_not_found_says_what_to_do(app: TestApp) {
        let app = with_comments(app).await;
        let page = app.get("/inbox?q=refun&language=de").await.text;
        assert_eq!(rows(&page), 0);
        for part in ["No matches for “refun”", "Search all comments", "Search for “refun*”", "q=refun*"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(rows(&app.get("/inbox?q=refun*").await.text), 1);
    }

    async fn a_search_without_a_word_is_told_beside_its_field(app: TestApp) {
        let app = with_comments(app).await;
        let long = "x".repeat(501);
        for typed in ["%22", "-", "%22%22", "%01", "%21%3F", "author%3A", "*", long.as_str()] {
            let page = app.get(&format!("/inbox?q={typed}&language=en")).await;
            assert_eq!(page.status, 422, "{typed}");
            assert!(page.text.contains("id=\"q-error\"") && page.text.contains("aria-invalid"), "{typed}: {}", page.text);
            assert_eq!(app.get(&format!("/api/interactions?q={typed}")).await.status, 400, "{typed}");
        }
        for typed in ["%D7%A9%D7%9C%D7%95%D7%9D", "a%01b", "-x", "%E2%80%AEabc", "NEAR%28a+b%29", "%27%3A*+%26+%21x"] {
            assert_eq!(app.get(&format!("/inbox?q={typed}")).await.status, 200, "{typed}");
            assert_eq!(app.get(&format!("/api/interactions?q={typed}")).await.status, 200, "{typed}");
        }
        assert_eq!(app.get("/inbox?q=").await.status, 200);
        let endless = format!("/inbox?q={}", "x".repeat(10_000));
        assert_eq!(app.get(&endless).await.status, 414, "no address is that long");
        assert_eq!(app.get("/inbox?q=a%00b").await.status, 400, "no address holds a NUL");
    }

    async fn a_search_says_when_it_may_not_know_everything_yet(app: TestApp) {
        let app = with_comments(app).await;
        let before = app.get("/inbox?q=refunds").await.text;
        assert!(before.contains("is being rebuilt"), "{before}");
        app.run_jobs().await;
        assert!(!app.get("/inbox?q=refunds").await.text.contains("is being rebuilt"));
    }
    async fn all_that_a_search_would_find_is_not_meant_before_it_finds_all(app: TestApp) {
        let app = with_comments(app).await;
        let pages = [
            ("/inbox/moves?q=refunds", "all=yes&to=done"),
            ("/inbox/marks?q=refunds", "all=yes&mark=star"),
            ("/moderation?q=refunds", "all=yes&verb=report_spam"),
        ];
        let calls = [
            ("/api/moves/matching", json!({ "filter": { "q": "refunds" }, "state": "done" })),
            ("/api/marks/matching", json!({ "filter": { "q": "refunds" }, "mark": "star" })),
        ];
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for (path, body) in pages {
            let answer = app.send("POST", path, &form, Body::from(body)).await;
            assert!(answer.status == 409 && answer.text.contains("is being rebuilt"), "{path}: {}", answer.text);
        }
        for (path, body) in calls {
            let answer = app.json("POST", path, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("search_incomplete")), "{path}");
        }
        app.run_jobs().await;
        assert_eq!(app.send("POST", pages[0].0, &form, Body::from(pages[0].1)).await.status, 303);
    }
}
