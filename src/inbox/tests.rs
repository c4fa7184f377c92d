//! The inbox as a person and a program meet it.

mod effort;
mod filters;
mod ranking;
mod team;
mod wheel;

use std::time::Duration;

use kit::args;
use kit::jobs::run_due;
use serde_json::Value as Json;

use super::derive::Language;
use super::ingest::{self, IngestContext};
use super::testing::{add_connection, comment, own_reply};
use crate::model::{ConnectionId, ObservedInteraction, Platform};
use crate::testing::TestApp;
use crate::workspaces::WorkspaceId;

kit::both_databases! {
    async fn the_pages_show_what_was_written_and_open_it(app: TestApp) {
        let app = with_comments(app).await;
        let opened = app.get("/inbox").await.text;
        assert_eq!(opened.matches("data-test=\"interaction\"").count(), 1, "what needs a reply: {opened}");
        let list = app.get("/inbox?state=all").await;
        assert_eq!(list.status, 200, "{}", list.text);
        assert_eq!(list.text.matches("data-test=\"interaction\"").count(), 3);
        assert!(list.text.contains("What camera &lt;b&gt;is&lt;/b&gt; that?"), "texts are escaped");
        for waiting in ["/inbox", "/inbox?state=needs_reply&order=priority&kind="] {
            assert_eq!(app.get(waiting).await.text.matches("data-test=\"interaction\"").count(), 1, "{waiting}");
        }
        let panel = app.get("/inbox?state=answered&panel=inbox").await;
        assert!(panel.text.contains("<section id=\"panel-inbox\"") && panel.text.contains("How do you clean it?"));

        let id = id_of(&app, "c1").await;
        let one = app.get(&format!("/inbox/{id}")).await;
        assert_eq!(one.status, 200, "{}", one.text);
        for part in ["Comment by @ann", "Why it's here", "has a question mark", "+20"] {
            assert!(one.text.contains(part), "{part}: {}", one.text);
        }
    }

    async fn whoever_opens_a_comment_comes_back_to_the_same_place(app: TestApp) {
        let app = with_comments(app).await;
        let list = app.get("/inbox?state=all&order=oldest").await.text;
        let opened = |id: &str| format!("/inbox/{id}?state=all&amp;order=oldest");
        let ids = [id_of(&app, "c1").await, id_of(&app, "c2").await];
        for id in &ids {
            assert!(list.contains(&opened(id)), "{list}");
        }
        let one = app.get(&format!("/inbox/{}?state=all&order=oldest", ids[0])).await.text;
        assert!(one.contains(&format!("href=\"/inbox?state=all&amp;order=oldest#link-{}\"", ids[0])), "{one}");
        assert!(one.contains("rel=\"next\"") && !one.contains("rel=\"prev\""), "the first of a list: {one}");
        assert_eq!(one.matches("data-test=\"interaction\"").count(), 3, "the list stands beside it");
    }

    async fn what_is_wrong_in_the_filter_is_told_beside_its_field(app: TestApp) {
        let app = with_comments(app).await;
        let wrong = app.get("/inbox?state=answered&since=2026-11-22&until=2026-11-01&language=de").await;
        assert_eq!(wrong.status, 422);
        for part in ["id=\"until-error\"", "value=\"2026-11-01\"", "value=\"2026-11-22\"", "<option value=\"de\" selected>", "name=\"state\" value=\"answered\""] {
            assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
        }
    }

    async fn what_is_no_filter_is_refused_and_what_is_not_mine_is_not_there(app: TestApp) {
        let app = with_comments(app).await;
        for address in ["/inbox?tab=all", "/inbox?cursor=x", "/api/interactions?limit=101", "/api/interactions?query=1", "/api/interactions?q=%21"] {
            assert_eq!(app.get(address).await.status, 400, "{address}");
        }
        let foreign = foreign_interaction(&app).await;
        for address in [format!("/inbox/{foreign}"), format!("/api/interactions/{foreign}"), "/inbox/1".into(), "/api/interactions/1".into()] {
            assert_eq!(app.get(&address).await.status, 404, "{address}");
        }
        assert_eq!(app.browser().get("/api/interactions").await.status, 401);
        assert!(!app.get("/api/interactions?visibility=any&limit=100").await.text.contains(&foreign));
    }

    async fn the_api_answers_in_the_agreed_shape_page_by_page(app: TestApp) {
        let app = with_comments(app).await;
        let first = app.get("/api/interactions?limit=2").await.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = app.get(&format!("/api/v1/interactions?limit=2&cursor={cursor}")).await.json();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Json::Null));

        let answered = &app.get("/api/interactions?state=answered").await.json()["items"][0];
        for key in ["kind", "platform", "connection_id", "text", "rating", "author", "created_at", "state", "sentiment",
            "intents", "priority", "can_reply"] {
            assert!(answered.get(key).is_some(), "{key}");
        }
        assert_eq!((answered["platform"].as_str(), answered["intents"][0].as_str()), (Some("youtube"), Some("question")));
        assert_eq!(answered["replies"][0]["state"], "published");
        let one = app.get(&format!("/api/interactions/{}", answered["id"].as_str().unwrap())).await.json();
        assert_eq!((one["id"].clone(), one["thread"].as_array().unwrap().len()), (answered["id"].clone(), 2));
    }

    async fn what_an_author_changed_is_shown_edit_by_edit(app: TestApp) {
        let app = with_comments(app).await;
        let id = id_of(&app, "c1").await;
        for text in ["What camera <b>was</b> that?", "What lens <b>was</b> that?"] {
            app.hand.advance(Duration::from_secs(3600));
            edit(&app, "c1", text).await;
        }
        let page = app.get(&format!("/inbox/{id}")).await.text;
        let put_in = page.find("put in: </bdi>lens").expect("the newest edit");
        let before = page.find("put in: </bdi>was").expect("the edit before it");
        assert!(put_in < before && page.contains("taken out: </bdi>camera") && page.contains("2 edits"), "{page}");
        for n in 0..30 {
            app.hand.advance(Duration::from_secs(3600));
            edit(&app, "c1", &format!("What lens is that, {n}?")).await;
        }
        assert!(app.get(&format!("/inbox/{id}")).await.text.contains("20 edits"), "the newest of very many");
    }

    async fn whoever_has_waited_for_days_moves_down(app: TestApp) {
        let app = with_comments(app).await;
        let place = async |app: &TestApp| -> (i64, String) {
            let sql = "SELECT priority_score, priority FROM interactions WHERE external_id = 'c1'";
            app.app.db.read(|conn| conn.one(sql, args![])).await.unwrap()
        };
        assert_eq!(place(&app).await, (140, "high".to_owned()));
        for (hours, expected) in [(20, 140), (4, 65), (48, 45), (120, 30), (144, 30), (144, 30), (144, 30), (120, 20), (24, 20)] {
            app.hand.advance(Duration::from_secs(hours * 3600));
            run_due(app.app.db.clone(), app.app.clock.clone(), app.app.random.clone(), app.app.clone()).await.unwrap();
            assert_eq!(place(&app).await.0, expected, "{hours} more");
        }
        assert_eq!(place(&app).await.1, "normal");
        let live = app.app.db.read(|conn| {
            conn.one::<i64>("SELECT count(*) FROM background_jobs WHERE status IN ('pending', 'running')", args![])
        });
        assert_eq!(live.await.unwrap(), 0, "nobody is left to age");
    }
}

/// Ann's inbox: c1 asks, c2 is answered, c3 is praise.
async fn with_comments(app: TestApp) -> TestApp {
    let app = app.with_ann().await;
    let workspace = app.app.db.read(|conn| conn.one("SELECT id FROM workspaces", args![])).await.unwrap();
    let now = app.app.now();
    let at = |item: ObservedInteraction| ObservedInteraction { created_at: now, ..item };
    let answered = at(comment("c2", "bob", "How do you clean it?"));
    let page = vec![
        at(comment("c1", "ann", "What camera <b>is</b> that?")),
        own_reply("r1", &answered, 5),
        answered,
        at(comment("c3", "cleo", "Love this channel, thank you")),
    ];
    ingest_into(&app, workspace, page).await;
    app
}

async fn edit(app: &TestApp, external_id: &str, text: &str) {
    let (now, random) = (app.app.now(), app.app.random.clone());
    let edited = comment(external_id, "ann", text);
    let ingested = app.app.db.write(move |tx| {
        let (connection, workspace) =
            tx.one("SELECT id, workspace_id FROM platform_connections WHERE platform = 'youtube'", args![])?;
        let platform = Platform::YouTube;
        let context = IngestContext { workspace, connection, platform, language: None, now, random: &random };
        ingest::interactions(tx, &context, std::slice::from_ref(&edited))
    });
    assert_eq!(ingested.await.unwrap().changed, 1);
}

async fn ingest_into(app: &TestApp, workspace: WorkspaceId, page: Vec<ObservedInteraction>) {
    let (now, random) = (app.app.now(), app.app.random.clone());
    let connection = ConnectionId::new(now, &app.app.random);
    let ingested = app.app.db.write(move |tx| {
        add_connection(tx, workspace, connection)?;
        let context = IngestContext {
            workspace,
            connection,
            platform: Platform::YouTube,
            language: Some(Language::English),
            now,
            random: &random,
        };
        ingest::interactions(tx, &context, &page)
    });
    assert!(ingested.await.unwrap().new > 0);
}

/// The id of an interaction in somebody else's workspace.
async fn foreign_interaction(app: &TestApp) -> String {
    let workspace = WorkspaceId::new(app.app.now(), &app.app.random);
    app.app.db.write(move |tx| super::testing::add_workspace(tx, workspace)).await.unwrap();
    ingest_into(app, workspace, vec![comment("theirs", "dora", "What is this?")]).await;
    id_of(app, "theirs").await
}

async fn id_of(app: &TestApp, external_id: &'static str) -> String {
    let id = app.app.db.read(move |conn| {
        conn.one::<crate::model::InteractionId>(
            "SELECT id FROM interactions WHERE external_id = $1",
            args![external_id],
        )
    });
    id.await.unwrap().to_string()
}
