//! What is refused, or too much, costs itself and nothing else.

use serde_json::{Value, json};

use super::fake::{ANN, Asked, BOB, Fake, post, refusal, uri};
use crate::platforms::Error;

/// Two own posts with an answer each.
fn network(asked: &Asked) -> (u16, Value) {
    let one = |key: &str| json!({ "post": post(ANN, key, None, 1) });
    match asked.name.as_str() {
        "com.atproto.server.getSession" => (200, json!({ "did": ANN, "handle": "ann.test" })),
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [one("good"), one("bad")] })),
        "app.bsky.notification.listNotifications" => (200, json!({ "notifications": [] })),
        "app.bsky.feed.getPostThread" => {
            let own = asked.of("uri").to_owned();
            let below = json!({ "post": post(BOB, &format!("below {}", own.rsplit('/').next().unwrap()), Some((&own, &own)), 0) });
            let key = own.rsplit('/').next().unwrap().to_owned();
            (200, json!({ "thread": { "post": post(ANN, &key, None, 1), "replies": [below] } }))
        }
        _ => refusal(400, "NotFound"),
    }
}

fn is_bad(asked: &Asked) -> bool {
    asked.name == "app.bsky.feed.getPostThread" && asked.of("uri") == uri(ANN, "bad")
}

#[tokio::test]
async fn a_conversation_that_is_refused_is_set_aside_and_the_account_goes_on() {
    for answer in [
        refusal(400, "BlockedActor"),
        refusal(403, "Forbidden"),
        refusal(400, "InvalidRequest"),
        refusal(401, "AuthMissing"),
        (200, json!("nonsense")),
    ] {
        let told = format!("{answer:?}");
        let fake = Fake::new(move |asked| if is_bad(asked) { answer.clone() } else { network(asked) });
        let whole = fake.pass(None).await.unwrap();
        let found: Vec<_> = whole.interactions.iter().filter_map(|one| one.text.as_deref()).collect();
        assert_eq!(found, ["below good"], "{told}");
        let aside: Vec<_> = whole.set_aside.iter().map(|one| one.external_id.as_str()).collect();
        assert_eq!(aside, [uri(ANN, "bad")], "{told}");
    }
}

#[tokio::test]
async fn a_list_that_is_refused_costs_no_other_list() {
    for list in ["app.bsky.feed.getAuthorFeed", "app.bsky.notification.listNotifications"] {
        let refuse = move |asked: &Asked| asked.name == list;
        let fake = Fake::new(move |asked| if refuse(asked) { refusal(400, "InvalidRequest") } else { network(asked) });
        let whole = fake.pass(None).await.unwrap();
        assert_eq!(whole.set_aside.len(), 1, "{list}: {:?}", whole.set_aside);
        assert_eq!(whole.interactions.is_empty(), list == "app.bsky.feed.getAuthorFeed");
    }
}

#[tokio::test]
async fn a_session_that_is_refused_for_the_account_itself_is_over() {
    let fake = Fake::new(|_| refusal(400, "ExpiredToken"));
    assert!(matches!(fake.pass(None).await, Err(Error::Reauth { .. })));
}

#[tokio::test]
async fn a_server_that_is_down_or_asks_to_wait_ends_the_pass_where_it_is() {
    for (status, error) in [(502, "UpstreamFailure"), (429, "RateLimitExceeded"), (500, "InternalServerError")] {
        let fake = Fake::new(move |asked| if is_bad(asked) { refusal(status, error) } else { network(asked) });
        let refused = fake.pass(None).await.unwrap_err();
        assert!(matches!(refused, Error::Unavailable { .. } | Error::RateLimited { .. }), "{refused:?}");
    }
}

#[tokio::test]
async fn what_is_too_large_at_once_is_read_in_parts() {
    let heavy = || "x".repeat(5 << 20);
    let fake = Fake::new(move |asked| match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" if asked.of("limit") != "25" && asked.of("limit") != "12" => {
            (200, json!(heavy()))
        }
        "app.bsky.feed.getPostThread" if asked.of("depth") != "1" => (200, json!(heavy())),
        _ => network(asked),
    });
    let whole = fake.pass(None).await.unwrap();
    assert_eq!((whole.interactions.len(), whole.set_aside.len()), (2, 0), "{:?}", whole.set_aside);
}

#[tokio::test]
async fn a_server_that_goes_on_and_on_or_shows_something_else_is_left() {
    let endless = Fake::new(|asked| match asked.name.as_str() {
        "app.bsky.feed.getPostThread" => {
            let from = asked.of("uri").to_owned();
            let key = from.rsplit('/').next().unwrap().to_owned();
            let who = if key == "good" { ANN } else { BOB };
            // Each answer is one level, and promises another.
            let root = uri(ANN, "good");
            let below = post(BOB, &format!("{key}+"), Some((&root, &from)), 1);
            let above = (key != "good").then_some((root.as_str(), root.as_str()));
            (200, json!({ "thread": { "post": post(who, &key, above, 1), "replies": [{ "post": below }] } }))
        }
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [{ "post": post(ANN, "good", None, 1) }] })),
        _ => network(asked),
    });
    let whole = endless.pass(None).await.unwrap();
    assert_eq!(whole.set_aside.len(), 1, "{:?}", whole.set_aside.first());
    let other = Fake::new(|asked| match asked.name.as_str() {
        "app.bsky.feed.getPostThread" => (200, json!({ "thread": { "post": post(BOB, "other", None, 1) } })),
        _ => network(asked),
    });
    let whole = other.pass(None).await.unwrap();
    assert_eq!((whole.interactions.len(), whole.set_aside.len()), (0, 2), "{:?}", whole.set_aside);
}
