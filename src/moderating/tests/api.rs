//! Acts by the API: with receipts, by role, and nothing of anybody else's.

use axum::body::Body;
use kit::both_databases;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Browser, TestApp};

const NOBODYS: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn call(browser: &Browser, method: &str, path: &str, body: Value) -> (u16, Value) {
    let answer =
        browser.send(method, path, &[("content-type", "application/json")], Body::from(body.to_string())).await;
    (answer.status.as_u16(), answer.json())
}

both_databases! {
    async fn a_published_reply_is_changed_and_deleted(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let reply = format!("/api/replies/{}", stand.delivered(item, "At nine.").await);
        let (status, receipt) = call(&stand.app, "PATCH", &reply, json!({ "text": " At ten. " })).await;
        assert_eq!((status, &receipt["verb"], &receipt["under_way"]), (202, &json!("edit"), &json!(1)), "{receipt}");
        let (status, problem) = call(&stand.app, "DELETE", &reply, json!({})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("under_way")), "{problem}");
        stand.app.run_jobs().await;
        let order = format!("/api/moderation/{}", receipt["id"].as_str().expect("it has an id"));
        let receipt = stand.app.get(&order).await.json();
        assert_eq!((&receipt["changed"], &receipt["items"][0]["state"]), (&json!(1), &json!("done")), "{receipt}");
        let shown = stand.app.get(&reply).await.json();
        assert_eq!((&shown["text"], &shown["state"]), (&json!("At ten."), &json!("published")));
        assert!(shown["edited_at"].is_string(), "{shown}");
        let (status, problem) = call(&stand.app, "PATCH", &reply, json!({ "text": "At one.", "replaces": "At nine." })).await;
        assert_eq!((status, &problem["code"]), (409, &json!("changed")), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("At ten.")), "{problem}");
        for (text, code) in [("", "empty"), (&"a".repeat(41), "too_long")] {
            let (status, problem) = call(&stand.app, "PATCH", &reply, json!({ "text": text })).await;
            assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!(code)), "{problem}");
        }
        assert_eq!(call(&stand.app, "DELETE", &reply, json!({})).await.0, 202);
        stand.app.run_jobs().await;
        assert_eq!(stand.app.get(&reply).await.json()["state"], "deleted");
        assert_eq!(call(&stand.app, "PATCH", &reply, json!({ "text": "Hi" })).await.1["code"], "gone");
        assert_eq!(call(&stand.app, "DELETE", &format!("/api/replies/{NOBODYS}"), json!({})).await.0, 404);
    }

    async fn comments_are_hidden_with_a_receipt_that_can_be_tried_again(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = [stand.asked("c1").await, stand.asked("c2").await];
        stand.ordered(Verb::Hide, &ids[..1]).await;
        stand.act_answers([refused()]);
        let wanted = json!({ "ids": [ids[0], ids[1], NOBODYS], "verb": "hide" });
        let (status, receipt) = call(&stand.app, "POST", "/api/moderation", wanted).await;
        assert_eq!((status, &receipt["matched"], &receipt["skipped"]), (202, &json!(2), &json!({ "already": 1 })), "{receipt}");
        stand.app.run_jobs().await;
        let order = format!("/api/moderation/{}", receipt["id"].as_str().expect("it has an id"));
        let receipt = stand.app.get(&order).await.json();
        assert_eq!((&receipt["failed"], &receipt["can_retry"]), (&json!(1), &json!(true)), "{receipt}");
        let error = &receipt["items"][1]["error"];
        assert_eq!((&error["code"], &error["message"]), (&json!("permission"), &json!("YouTube doesn't allow this (forbidden).")));
        assert_eq!(call(&stand.app, "POST", &format!("{order}/cancel"), json!({})).await.0, 409);
        assert_eq!(call(&stand.app, "POST", &format!("{order}/retry"), json!({})).await.0, 202);
        stand.app.run_jobs().await;
        assert_eq!(stand.app.get(&order).await.json()["changed"], 1);
        assert_eq!(stand.stands(ids[1]).await, ProviderState::Hidden);
        for (body, field) in [
            (json!({ "ids": [], "verb": "hide" }), "ids"),
            (json!({ "ids": [ids[0]], "verb": "edit" }), "verb"),
        ] {
            let (status, problem) = call(&stand.app, "POST", "/api/moderation", body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!(field)), "{problem}");
        }
        assert_eq!(call(&stand.app, "POST", "/api/moderation", json!({ "ids": [NOBODYS], "verb": "hide" })).await.0, 404);
    }

    async fn what_cannot_be_taken_back_from_many_is_for_owners_and_neighbours_find_nothing(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = [stand.asked("c1").await, stand.asked("c2").await];
        let (editor, viewer) = (stand.app.member("eve@example.com", "editor").await, stand.app.member("vic@example.com", "viewer").await);
        let neighbour = stand.app.invited("nell@example.com").await;
        let ask = |ids: &[InteractionId], verb: &str| json!({ "ids": ids, "verb": verb });
        for (browser, body, status) in [
            (&viewer, ask(&ids[..1], "hide"), 403),
            (&editor, ask(&ids[..1], "ban"), 403),
            (&editor, ask(&ids, "reject"), 403),
            (&neighbour, ask(&ids, "hide"), 404),
            (&editor, ask(&ids, "hide"), 202),
        ] {
            let (answered, told) = call(browser, "POST", "/api/moderation", body.clone()).await;
            assert_eq!(answered, status, "{body}: {told}");
        }
        let order = stand.one::<String>("SELECT CAST(object AS TEXT) FROM audit_events WHERE event = 'comment_hidden'").await;
        let order = order.strip_prefix("2 comments, order ").expect("on how many").to_owned();
        assert_eq!(neighbour.get(&format!("/api/moderation/{order}")).await.status, 404);
        assert_eq!(viewer.get(&format!("/api/moderation/{order}")).await.status, 200);
        assert_eq!(stand.far.asked(), Vec::<String>::new(), "nobody was asked yet");
        stand.app.run_jobs().await;
        assert_eq!(stand.far.asked().len(), 1);
    }

    async fn where_replies_wait_for_approval_editors_change_no_words(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let ann = stand.app.post("/settings/workspace", &[("name", "The Lab"), ("approves_replies", "true")]).await;
        assert_eq!(ann.status, 303, "{}", ann.text);
        stand.app.member("eve@example.com", "editor").await;
        let eve = stand.app.user("eve@example.com").await;
        let refused = stand.order_as(eve, Verb::Edit, &[own], Some("Never.")).await;
        assert!(matches!(refused, Err(Refused::NeedsOwner)), "{refused:?}");
        stand.order(Verb::Edit, &[own]).await.expect("owners need nobody");
    }
}
