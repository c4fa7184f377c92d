//! What a team does with threads, by the API: with counts, once for each key, and back.

use axum::body::Body;
use serde_json::{Value, json};

use crate::inbox::testing::{colleague, three_questions};
use crate::testing::TestApp;

const NOBODYS: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn call(app: &TestApp, method: &str, path: &str, body: Value) -> (u16, Value) {
    with_key(app, method, path, body, None).await
}

async fn with_key(app: &TestApp, method: &str, path: &str, body: Value, key: Option<&str>) -> (u16, Value) {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    let answer = app.send(method, path, &headers, Body::from(body.to_string())).await;
    (answer.status.as_u16(), if answer.text.is_empty() { Value::Null } else { answer.json() })
}

kit::both_databases! {
    async fn threads_are_moved_by_programs_one_and_many_and_back(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let one = format!("/api/interactions/{}/state", ids[0]);
        let (status, moved) = with_key(&app, "POST", &one, json!({ "state": "done" }), Some("k")).await;
        assert_eq!((status, &moved["matched"], &moved["changed"]), (200, &json!(1), &json!(1)), "{moved}");
        assert_eq!(with_key(&app, "POST", &one, json!({ "state": "done" }), Some("k")).await, (200, moved), "once for each key");
        assert_eq!(call(&app, "POST", &one, json!({ "state": "done" })).await.1["changed"], 0);
        for body in [json!({ "state": "snoozed" }), json!({ "state": "snoozed", "until": "2020-01-01T00:00:00Z" })] {
            let (status, problem) = call(&app, "POST", &one, body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("until")), "{problem}");
        }
        app.hand.advance(std::time::Duration::from_secs(60));
        let until = "2026-11-25T10:00:00Z";
        let (_, moved) = call(&app, "POST", "/api/moves", json!({ "ids": [ids[1], ids[2], NOBODYS], "state": "snoozed", "until": until })).await;
        assert_eq!((&moved["matched"], &moved["changed"]), (&json!(2), &json!(2)), "{moved}");
        assert_eq!(app.get("/api/interactions?state=snoozed").await.json()["items"].as_array().map(Vec::len), Some(2));
        let (status, undone) = call(&app, "POST", "/api/moves/undo", json!({ "at": moved["at"] })).await;
        assert_eq!((status, &undone["changed"]), (200, &json!(2)), "{undone}");
        assert_eq!(call(&app, "POST", "/api/moves/undo", json!({ "at": moved["at"] })).await.0, 409);
        assert_eq!(call(&app, "POST", "/api/moves", json!({ "ids": [], "state": "done" })).await.0, 422);
        assert_eq!(call(&app, "POST", &format!("/api/interactions/{NOBODYS}/state"), json!({ "state": "done" })).await.0, 404);
    }

    async fn threads_are_marked_by_programs_and_lists_say_so(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let of = |what: &str| format!("/api/interactions/{}/{what}", ids[0]);
        let me = app.who().await.user.id;
        assert_eq!(call(&app, "POST", &of("star"), json!({})).await.1["changed"], 1);
        assert_eq!(call(&app, "POST", &of("tags"), json!({ "tag": "Price list" })).await.1["changed"], 1);
        assert_eq!(call(&app, "POST", &of("assignee"), json!({ "user_id": me })).await.1["changed"], 1);
        for filter in ["starred=yes", "tag=price+LIST", "assignee=me"] {
            let listed = app.get(&format!("/api/interactions?{filter}")).await.json();
            let item = &listed["items"][0];
            assert_eq!((listed["items"].as_array().map(Vec::len), &item["id"]), (Some(1), &json!(ids[0])), "{filter}: {listed}");
            assert_eq!((&item["is_starred"], &item["tags"], &item["assignee_id"]), (&json!(true), &json!(["Price list"]), &json!(me)));
        }
        assert_eq!(app.get("/api/tags").await.json()["items"], json!(["Price list"]));
        assert_eq!(call(&app, "DELETE", &of("tags/PRICE%20list"), json!({})).await.1["changed"], 1);
        assert_eq!(call(&app, "DELETE", &of("assignee"), json!({})).await.1["changed"], 1);
        assert_eq!(call(&app, "DELETE", &of("star"), json!({})).await.1["changed"], 1);
        let nothing = json!({ "act": null, "matched": 1, "changed": 0 });
        assert_eq!(call(&app, "DELETE", &of("star"), json!({})).await, (200, nothing));
        assert_eq!(call(&app, "POST", &format!("/api/interactions/{NOBODYS}/star"), json!({})).await.0, 404);
    }

    async fn many_are_marked_at_once_and_back(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        assert_eq!(call(&app, "POST", &format!("/api/interactions/{}/tags", ids[0]), json!({ "tag": "later" })).await.0, 200);
        let (_, act) = call(&app, "POST", "/api/marks", json!({ "ids": ids, "mark": "tag", "tag": "Later" })).await;
        assert_eq!((&act["matched"], &act["changed"]), (&json!(3), &json!(2)), "{act}");
        let undo = format!("/api/marks/{}/undo", act["act"].as_str().unwrap());
        assert_eq!(call(&app, "POST", &undo, json!({})).await.0, 204);
        assert_eq!(call(&app, "POST", &undo, json!({})).await.0, 409);
        assert_eq!(app.get("/api/interactions?tag=later").await.json()["items"].as_array().map(Vec::len), Some(1));
        for (body, field) in [
            (json!({ "ids": ids, "mark": "tag" }), "tag"),
            (json!({ "ids": ids, "mark": "tag", "tag": "a".repeat(300) }), "tag"),
            (json!({ "ids": ids, "mark": "assign" }), "assignee"),
            (json!({ "ids": ids, "mark": "assign", "assignee": NOBODYS }), "assignee"),
            (json!({ "ids": [], "mark": "star" }), "ids"),
            (json!({ "ids": vec![NOBODYS; 201], "mark": "star" }), "ids"),
        ] {
            let (status, problem) = call(&app, "POST", "/api/marks", body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!(field)), "{problem}");
        }
    }

    async fn notes_are_written_and_deleted_by_programs(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let path = format!("/api/interactions/{}/notes", ids[0]);
        let (status, note) = call(&app, "POST", &path, json!({ "text": "Call her." })).await;
        assert_eq!((status, &note["author"]["name"]), (201, &json!("Ann")), "{note}");
        assert_eq!(app.get(&path).await.json()["items"][0]["text"], "Call her.");
        assert_eq!(call(&app, "POST", &path, json!({ "text": " " })).await.0, 422);
        let one = format!("{path}/{}", note["id"].as_str().unwrap());
        let ben = colleague(&app).await;
        assert_eq!(ben.get(&path).await.json()["items"].as_array().map(Vec::len), Some(1), "the team reads it");
        assert_eq!(call(&app, "DELETE", &one, json!({})).await.0, 204);
        assert_eq!(call(&app, "DELETE", &one, json!({})).await.0, 404);
        assert_eq!(call(&app, "POST", &format!("/api/interactions/{NOBODYS}/notes"), json!({ "text": "Hi" })).await.0, 404);
    }
}
