//! The ledger over the real adapter, against the simulator's YouTube.

use kit::both_databases;
use kit::jobs::Enqueue;
use serde_json::{Value, json};

use super::*;
use crate::replies::SendReply;

both_databases! {
    async fn a_reply_is_made_at_youtube_and_found_there_again(app: TestApp) {
        let (app, _beside) = app.with_simulator().await;
        let app = app.with_ann().await;
        app.json("POST", "/api/demo/enable", json!({ "size": "small", "seed": 7 })).await;
        app.run_jobs().await;
        let waiting = app.get("/api/interactions?state=needs_reply&platform=youtube&limit=1").await.json();
        let item = waiting["items"][0]["id"].as_str().expect("somebody waits").to_owned();
        let path = format!("/api/inbox/{item}/replies");
        let sent = app.json("POST", &path, json!({ "text": "Café at nine!\n– The Lab" })).await;
        assert_eq!(sent.status, 202, "{}", sent.text);
        app.run_jobs().await;
        let first = only_reply(&app, &path).await;
        assert_eq!(first["state"], "published", "{first}");
        assert_eq!(app.get(&format!("/api/interactions/{item}")).await.json()["state"], "answered");
        // As if its worker had died before it could say so.
        let (id, random): (ReplyId, _) = (first["id"].as_str().unwrap().parse().unwrap(), app.app.random.clone());
        let now = app.app.now();
        let died = app.app.db.write(move |tx| {
            tx.exec("UPDATE replies SET state = 'sending', external_id = NULL, doubtful_since = sending_at", &[])?;
            kit::jobs::enqueue(tx, now, &random, &SendReply { reply_id: id }, Enqueue::default()).map(drop)
        });
        died.await.expect("the database answers");
        app.run_jobs().await;
        let found = only_reply(&app, &path).await;
        assert_eq!((&found["state"], &found["external_id"]), (&json!("published"), &first["external_id"]));
        assert_eq!(found["attempts"], 1, "it was not sent again");
    }
}

async fn only_reply(app: &TestApp, path: &str) -> Value {
    let listed = app.get(path).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
    listed["items"][0].clone()
}
