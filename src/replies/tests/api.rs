//! The ledger by the API.

use axum::body::Body;
use kit::both_databases;
use serde_json::{Value, json};

use super::*;
use crate::platforms::Error;
use crate::testing::Answer as Response;

const NOBODYS: &str = "00000000-0000-7000-8000-000000000000";

impl Stand {
    async fn post(&self, path: &str, key: Option<&str>, body: Value) -> (u16, Value) {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        told(self.app.send("POST", path, &headers, Body::from(body.to_string())).await)
    }
}

fn told(answer: Response) -> (u16, Value) {
    let body = answer.json();
    (answer.status.as_u16(), body)
}

both_databases! {
    async fn a_reply_is_sent_and_listed(app: TestApp) {
        let stand = Stand::new(app).await;
        let path = format!("/api/inbox/{}/replies", stand.asked("c1").await);
        let (status, sent) = stand.post(&path, Some("k1"), json!({ "text": "At nine." })).await;
        assert_eq!((status, &sent["state"], &sent["author"]["name"]), (202, &json!("queued"), &json!("Ann")));
        stand.app.run_jobs().await;
        let (status, listed) = told(stand.app.get(&path).await);
        assert_eq!((status, listed["items"].as_array().map(Vec::len)), (200, Some(1)));
        let reply = &listed["items"][0];
        assert_eq!((&reply["id"], &reply["state"]), (&sent["id"], &json!("published")));
        assert_eq!((&reply["external_id"], &reply["can_cancel"]), (&json!("c1.0"), &json!(false)));
        assert_eq!(stand.post(&path, Some("k1"), json!({ "text": "At nine." })).await, (202, sent));
        let (status, reused) = stand.post(&path, Some("k1"), json!({ "text": "At ten." })).await;
        assert_eq!((status, &reused["code"]), (422, &json!("idempotency_key_reused")));
        // Long after, too.
        stand.app.hand.advance(Duration::from_secs(3 * 86_400));
        let (_, again) = stand.post(&path, Some("k1"), json!({ "text": "At nine." })).await;
        assert_eq!((&again["id"], &again["state"]), (&reply["id"], &json!("published")));
        let (status, reused) = stand.post(&path, Some("k1"), json!({ "text": "At ten." })).await;
        assert_eq!((status, &reused["code"]), (422, &json!("idempotency_key_reused")));
        // Of whatever comment.
        let other = format!("/api/inbox/{}/replies", stand.asked("c2").await);
        for _ in 0..2 {
            let (status, reused) = stand.post(&other, Some("k1"), json!({ "text": "At nine." })).await;
            assert_eq!((status, &reused["code"]), (422, &json!("idempotency_key_reused")));
            stand.app.hand.advance(Duration::from_secs(3 * 86_400));
        }
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts().len(), 1);
    }

    async fn what_is_wrong_is_said_beside_the_field_or_with_a_code(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let path = format!("/api/inbox/{item}/replies");
        for (text, code) in [("", "empty"), (" \n", "empty"), ("\u{200b}", "bad_characters"), ("\u{202e} \u{2800}", "bad_characters"), ("a\u{202e}b", "bad_characters"), (&"a".repeat(41), "too_long")] {
            let (status, problem) = stand.post(&path, None, json!({ "text": text })).await;
            assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!(code)), "{problem}");
            assert_eq!(problem["errors"][0]["field"], "text");
        }
        assert_eq!(stand.post(&path, None, json!({ "text": "a\0b" })).await.0, 400, "as everywhere");
        let (status, _) = stand.post(&format!("/api/inbox/{NOBODYS}/replies"), None, json!({ "text": "Hi" })).await;
        assert_eq!(status, 404);
        stand.send_as(stand.ben, item, "At nine.", None, Duration::from_secs(5)).await.unwrap();
        let (status, problem) = stand.post(&path, None, json!({ "text": "Hi" })).await;
        assert_eq!((status, &problem["code"]), (409, &json!("reply_on_its_way")));
        assert_eq!(problem["detail"], "Ben's reply is on its way.");
    }

    async fn it_is_called_back_tried_again_and_decided_about(app: TestApp) {
        let stand = Stand::new(app).await;
        let (first, second) = (stand.asked("c1").await, stand.asked("c2").await);
        let queued = stand.send_as(stand.ann, first, "One", None, Duration::from_secs(5)).await.unwrap().id;
        let (status, cancelled) = stand.post(&format!("/api/replies/{queued}/cancel"), None, json!({})).await;
        assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));
        stand.far.script().rules.are_read_back = false;
        stand.answers([Answer::Refuses(Error::Unavailable { status: 503 })]);
        let unknown = stand.delivered(second, "Two").await;
        let (status, problem) = stand.post(&format!("/api/replies/{unknown}/cancel"), None, json!({})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("not_now")));
        let (_, listed) = told(stand.app.get(&format!("/api/inbox/{second}/replies")).await);
        assert_eq!(listed["items"][0]["needs_decision"], true);
        stand.far.script().rules.are_read_back = true;
        let (status, again) = stand.post(&format!("/api/replies/{unknown}/retry"), None, json!({})).await;
        assert_eq!((status, &again["needs_decision"]), (202, &json!(false)), "it is looked for again");
        stand.far.script().rules.are_read_back = false;
        stand.app.run_jobs().await;
        let settle = format!("/api/replies/{unknown}/settle");
        let (status, settled) = stand.post(&settle, None, json!({ "it_was_sent": true })).await;
        assert_eq!((status, &settled["state"]), (200, &json!("published")));
        assert_eq!(stand.post(&settle, None, json!({ "it_was_sent": true })).await.0, 409);
        assert_eq!(stand.post(&format!("/api/replies/{NOBODYS}/retry"), None, json!({})).await.0, 404);
    }
}
