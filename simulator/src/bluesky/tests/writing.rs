//! What the account writes into its repository, and what comes of it.

use std::time::Duration;

use kit::both_databases;

use super::*;

async fn first_question(ann: &Signed) -> Value {
    let asked = ann.found("app.bsky.notification.listNotifications", &[("reasons", "reply"), ("limit", "1")]).await;
    asked["notifications"][0].clone()
}

fn answer_to(ann: &Signed, asked: &Value, text: &str) -> Value {
    let link = |of: &Value| json!({ "uri": of["uri"], "cid": of["cid"] });
    let record = json!({
        "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-22T10:00:00Z",
        "reply": { "root": link(&asked["record"]["reply"]["root"]), "parent": link(asked) },
    });
    json!({ "repo": ann.did, "collection": "app.bsky.feed.post", "record": record })
}

async fn replies_below(ann: &Signed, post: &str) -> Vec<Value> {
    let thread = ann.found("app.bsky.feed.getPostThread", &[("uri", post)]).await;
    thread["thread"]["replies"].as_array().unwrap().iter().map(|reply| reply["post"].clone()).collect()
}

both_databases! {
async fn an_answer_is_seen_deleted_and_survives_a_restart(ann: Signed) {
let mut ann = ann;
    let asked = first_question(&ann).await;
    let (status, made) = ann.post("com.atproto.repo.createRecord", answer_to(&ann, &asked, "Yes, until six.")).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    ann.sim.restart().await;
    let below = replies_below(&ann, uri_of(&asked)).await;
    let own = below.iter().find(|reply| reply["author"]["did"] == ann.did.as_str()).expect("it is there");
    assert_eq!((uri_of(own), own["record"]["text"].as_str()), (uri_of(&made), Some("Yes, until six.")));
    let read = ann.found("com.atproto.repo.getRecord", &[("repo", &ann.did), ("collection", "app.bsky.feed.post"), ("rkey", uri_of(&made).rsplit('/').next().unwrap())]).await;
    assert_eq!(read["cid"], made["cid"]);

    let key = uri_of(&made).rsplit('/').next().unwrap();
    let body = json!({ "repo": ann.did, "collection": "app.bsky.feed.post", "rkey": key });
    for _ in 0..2 {
        assert_eq!(ann.post("com.atproto.repo.deleteRecord", body.clone()).await.0, StatusCode::OK, "gone is gone");
    }
    let below = replies_below(&ann, uri_of(&asked)).await;
    assert!(below.iter().all(|reply| reply["author"]["did"] != ann.did.as_str()));
}
}

both_databases! {
async fn some_who_were_answered_come_back(ann: Signed) {
    let asked = ann.found("app.bsky.notification.listNotifications", &[("reasons", "reply"), ("limit", "30")]).await;
    let mut answers = Vec::new();
    for one in asked["notifications"].as_array().unwrap() {
        let (_, made) = ann.post("com.atproto.repo.createRecord", answer_to(&ann, one, "Thanks for asking!")).await;
        answers.push(uri_of(&made).to_owned());
    }
    ann.sim.hand.advance(Duration::from_secs(600));
    let mut back = 0;
    for answer in &answers {
        back += replies_below(&ann, answer).await.len();
    }
    assert!((5..=25).contains(&back), "{back} of {}", answers.len());
}
}

both_databases! {
async fn a_post_that_is_too_long_is_refused(ann: Signed) {
    let asked = first_question(&ann).await;
    for text in ["a".repeat(301), "👩🏽‍🚀".repeat(201)] {
        let (status, refused) = ann.post("com.atproto.repo.createRecord", answer_to(&ann, &asked, &text)).await;
        assert_eq!((status, refused["error"].as_str()), (StatusCode::BAD_REQUEST, Some("InvalidRecord")));
    }
    let (status, _) = ann.post("com.atproto.repo.createRecord", answer_to(&ann, &asked, &"é".repeat(300))).await;
    assert_eq!(status, StatusCode::OK);
}
}

both_databases! {
async fn a_record_that_somebody_else_wrote_meanwhile_is_not_overwritten(ann: Signed) {
    let asked = first_question(&ann).await;
    let root = asked["record"]["reply"]["root"]["uri"].as_str().unwrap().to_owned();
    let gate = |hidden: &[&str], swap: Value| {
        let record = json!({ "$type": "app.bsky.feed.threadgate", "post": root, "createdAt": "2026-11-22T10:00:00Z", "hiddenReplies": hidden });
        json!({ "repo": ann.did, "collection": "app.bsky.feed.threadgate", "rkey": root.rsplit('/').next(), "record": record, "swapRecord": swap })
    };
    let (status, first) = ann.post("com.atproto.repo.putRecord", gate(&[uri_of(&asked)], Value::Null)).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let (status, refused) = ann.post("com.atproto.repo.putRecord", gate(&[], Value::Null)).await;
    assert_eq!((status, refused["error"].as_str()), (StatusCode::BAD_REQUEST, Some("InvalidSwap")));
    let thread = ann.found("app.bsky.feed.getPostThread", &[("uri", &root)]).await;
    assert_eq!(thread["threadgate"]["record"]["hiddenReplies"][0], uri_of(&asked));
    let (status, _) = ann.post("com.atproto.repo.putRecord", gate(&[], first["cid"].clone())).await;
    assert_eq!(status, StatusCode::OK);
}
}
