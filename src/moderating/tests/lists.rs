//! Lists of the platform that were read before something was done from here, and are stored after it.

use std::time::Duration;

use kit::args;
use kit::both_databases;
use kit::clock::Timestamp;
use serde_json::json;

use super::youtube::{ordered, stands, with_demo};
use crate::inbox::ingest;
use crate::inbox::testing::{comment, more, own_reply};
use crate::model::{InteractionId, Kind, ObservedInteraction};
use crate::testing::TestApp;

both_databases! {
    async fn what_was_done_a_moment_ago_is_not_undone_by_an_older_list(app: TestApp) {
        let (app, _beside) = with_demo(app).await;
        let waiting = app.get("/api/interactions?platform=youtube&state=needs_reply&kind=comment&limit=3").await.json();
        let ids = (0..3).map(|n| waiting["items"][n]["id"].as_str().expect("some wait").to_owned()).collect::<Vec<_>>();
        let sent = app.json("POST", &format!("/api/inbox/{}/replies", ids[2]), json!({ "text": "At nine." })).await.json();
        app.run_jobs().await;
        let replies = app.get(&format!("/api/interactions/{}", ids[2])).await.json()["replies"].clone();
        let ours = replies[0]["id"].as_str().expect("our reply").to_owned();
        let mut read_before = Vec::new();
        for id in ids.iter().chain([&ours]) {
            read_before.push(as_listed(&app, id).await);
        }

        ordered(&app, "hide", &[&ids[0]]).await;
        ordered(&app, "reject", &[&ids[1]]).await;
        let reply = format!("/api/replies/{}", sent["id"].as_str().expect("an id"));
        assert_eq!(app.json("PATCH", &reply, json!({ "text": "At ten." })).await.status, 202);
        app.run_jobs().await;
        // Stored long after it was read: others were read on with first.
        let asked_at = app.app.now();
        app.hand.advance(Duration::from_secs(600));
        store(&app, &read_before, asked_at).await;
        assert_eq!((stands(&app, &ids[0]).await, stands(&app, &ids[1]).await), ("held".into(), "rejected".into()));
        let text = app.get(&format!("/api/interactions/{ours}")).await.json()["text"].clone();
        assert_eq!(text, "At ten.", "an edit is not taken back either");

        let now = app.app.now();
        store(&app, &read_before[..1], now).await;
        assert_eq!(stands(&app, &ids[0]).await, "published", "somebody has published it there since");
    }

    async fn what_is_asked_for_by_its_id_is_as_the_platform_has_it_now(app: TestApp) {
        let (app, _beside) = with_demo(app).await;
        let waiting = app.get("/api/interactions?platform=youtube&state=needs_reply&kind=comment&limit=1").await.json();
        let id = waiting["items"][0]["id"].as_str().expect("one waits").to_owned();
        let page = [as_listed(&app, &id).await];
        let before = app.app.now();
        app.hand.advance(Duration::from_secs(1));
        ordered(&app, "hide", &[&id]).await;
        app.hand.advance(Duration::from_secs(20));
        for (asked_at, expected) in [(before, "held"), (app.app.now(), "published")] {
            let page = page.to_vec();
            more(&app, move |tx, context| ingest::fetched(tx, context, &page, asked_at)).await;
            assert_eq!(stands(&app, &id).await, expected);
        }
    }
}

/// As a page of the platform has it now.
async fn as_listed(app: &TestApp, id: &str) -> ObservedInteraction {
    let shown = app.get(&format!("/api/interactions/{id}")).await.json();
    let interaction = id.parse::<InteractionId>().expect("an id");
    let sql = "SELECT external_id, thread_external_id FROM interactions WHERE id = $1";
    let read = app.db.read(move |conn| conn.one::<(String, String)>(sql, args![interaction]));
    let (external_id, thread) = read.await.expect("it is there");
    let text = shown["text"].as_str().unwrap_or_default();
    let said = comment(&external_id, "somebody", text);
    let is_own = shown["is_own"] == true;
    let said = if is_own { own_reply(&external_id, &said, 0) } else { said };
    let kind = if shown["kind"] == "reply" { Kind::Reply } else { Kind::Comment };
    ObservedInteraction { kind, thread_external_id: thread, text: Some(text.to_owned()), ..said }
}

async fn store(app: &TestApp, page: &[ObservedInteraction], asked_at: Timestamp) {
    let page = page.to_vec();
    more(app, move |tx, context| ingest::listed(tx, context, &page, asked_at)).await;
}
