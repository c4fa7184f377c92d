//! What is written, where, and what is left as others wrote it.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::fake::{ANN, BOB, Fake, key, post, refusal, uri};
use crate::model::ProviderState;
use crate::platforms::adapter::Target;
use crate::platforms::{Adapter as _, Error, Verb};

fn question() -> Target {
    Target {
        external_id: uri(BOB, "ask"),
        thread_external_id: uri(BOB, "ask"),
        content_external_id: Some(uri(ANN, "own")),
    }
}

#[tokio::test]
async fn an_answer_names_the_conversations_beginning_and_marks_links_by_their_bytes() {
    let made = std::sync::Arc::new(Mutex::new(Value::Null));
    let kept = made.clone();
    let fake = Fake::new(move |asked| match asked.name.as_str() {
        "com.atproto.repo.getRecord" => {
            let value = post(BOB, "ask", Some((&uri(ANN, "own"), &uri(ANN, "own"))), 0)["record"].clone();
            (200, json!({ "uri": uri(BOB, "ask"), "cid": "cid-of-ask", "value": value }))
        }
        "com.atproto.identity.resolveHandle" if asked.of("handle") == "bob.test" => (200, json!({ "did": BOB })),
        "com.atproto.repo.createRecord" => {
            *kept.lock().unwrap() = asked.body.clone();
            (200, json!({ "uri": uri(ANN, "answer"), "cid": "c" }))
        }
        _ => refusal(400, "HandleNotFound"),
    });
    let answer =
        fake.api().reply(&key(), &question(), "味 @bob.test, not @nobody.test: https://a.example/").await.unwrap();
    assert_eq!(answer.external_id, uri(ANN, "answer"));
    assert_eq!(answer.parent_external_id, Some(uri(BOB, "ask")));
    assert!(answer.author.is_self && answer.author.display_name == "Ann");
    let body = made.lock().unwrap().clone();
    assert_eq!((&body["repo"], &body["record"]["createdAt"]), (&json!(ANN), &json!("2026-11-30T10:00:00Z")));
    assert_eq!(body["record"]["reply"]["root"]["uri"], uri(ANN, "own"));
    assert_eq!(body["record"]["reply"]["parent"], json!({ "uri": uri(BOB, "ask"), "cid": "cid-of-ask" }));
    let facets: Vec<_> = body["record"]["facets"].as_array().unwrap().iter().map(|facet| &facet["index"]).collect();
    assert_eq!(facets, [&json!({ "byteStart": 4, "byteEnd": 13 }), &json!({ "byteStart": 33, "byteEnd": 51 })]);
}

#[tokio::test]
async fn an_answer_to_what_is_gone_is_not_written() {
    let fake = Fake::new(|_| refusal(400, "RecordNotFound"));
    let error = fake.api().reply(&key(), &question(), "Hello").await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert_eq!(fake.asked(), ["com.atproto.repo.getRecord"]);
}

#[tokio::test]
async fn only_what_is_the_accounts_own_is_deleted() {
    let fake = Fake::new(|_| (200, json!({})));
    for others in [uri(BOB, "ask"), "at://".to_owned(), "https://bsky.app/profile/x".to_owned()] {
        assert!(matches!(fake.api().delete(&key(), &others).await, Err(Error::Rejected { .. })), "{others}");
    }
    fake.api().delete(&key(), &uri(ANN, "answer")).await.unwrap();
    assert_eq!(fake.asked(), ["com.atproto.repo.deleteRecord"]);
}

#[tokio::test]
async fn hiding_keeps_what_others_wrote_into_the_same_record() {
    let gate = std::sync::Arc::new(Mutex::new((
        1,
        json!({ "$type": "app.bsky.feed.threadgate", "post": uri(ANN, "own"),
        "allow": [{ "$type": "app.bsky.feed.threadgate#mentionRule" }], "hiddenReplies": ["at://did:plc:eve/app.bsky.feed.post/x"] }),
    )));
    let kept = gate.clone();
    let fake = Fake::new(move |asked| {
        let mut kept = kept.lock().unwrap();
        match asked.name.as_str() {
            "com.atproto.repo.getRecord" if asked.of("collection") == "app.bsky.feed.threadgate" => {
                let found = (200, json!({ "uri": "at://g", "cid": format!("c{}", kept.0), "value": kept.1 }));
                // Somebody else writes it right after it was read, once.
                kept.0 += i32::from(kept.0 == 1);
                found
            }
            "com.atproto.repo.getRecord" => {
                let value = post(BOB, "ask", Some((&uri(ANN, "own"), &uri(ANN, "own"))), 0)["record"].clone();
                (200, json!({ "uri": uri(BOB, "ask"), "cid": "c", "value": value }))
            }
            "com.atproto.repo.putRecord" if asked.body["swapRecord"] != format!("c{}", kept.0) => {
                refusal(400, "InvalidSwap")
            }
            "com.atproto.repo.putRecord" => {
                *kept = (kept.0 + 1, asked.body["record"].clone());
                (200, json!({}))
            }
            _ => refusal(400, "NotFound"),
        }
    });
    let ids = [uri(BOB, "ask")];
    fake.api().moderate(&ids, Verb::Hide).await.unwrap();
    let hidden = gate.lock().unwrap().1.clone();
    assert_eq!(hidden["hiddenReplies"], json!(["at://did:plc:eve/app.bsky.feed.post/x", uri(BOB, "ask")]));
    assert!(hidden["allow"].is_array(), "who may answer stays as it was: {hidden}");
    fake.api().moderate(&ids, Verb::Publish).await.unwrap();
    assert_eq!(gate.lock().unwrap().1["hiddenReplies"], json!(["at://did:plc:eve/app.bsky.feed.post/x"]));
}

#[tokio::test]
async fn what_stands_below_somebody_elses_post_cannot_be_hidden() {
    let fake = Fake::new(|_| {
        let value =
            post(BOB, "ask", Some((&uri("did:plc:eve", "theirs"), &uri("did:plc:eve", "theirs"))), 0)["record"].clone();
        (200, json!({ "uri": uri(BOB, "ask"), "cid": "c", "value": value }))
    });
    let error = fake.api().moderate(&[uri(BOB, "ask")], Verb::Hide).await.unwrap_err();
    assert!(matches!(&error, Error::Rejected { message, .. } if message.contains("your own posts")), "{error:?}");
}

#[tokio::test]
async fn a_record_that_is_full_is_said_to_be_so_and_one_that_others_write_is_tried_again_later() {
    let gate = |hidden: usize| {
        let hidden: Vec<_> = (0..hidden).map(|n| uri(BOB, &n.to_string())).collect();
        (200, json!({ "uri": "at://g", "cid": "c", "value": { "hiddenReplies": hidden } }))
    };
    for (hidden, is_told) in [(300, true), (1, false)] {
        let fake = Fake::new(move |asked| match asked.name.as_str() {
            "com.atproto.repo.getRecord" if asked.of("collection").ends_with("threadgate") => gate(hidden),
            "com.atproto.repo.getRecord" => {
                let value = post(BOB, "ask", Some((&uri(ANN, "own"), &uri(ANN, "own"))), 0)["record"].clone();
                (200, json!({ "uri": uri(BOB, "ask"), "cid": "c", "value": value }))
            }
            _ => refusal(400, "InvalidSwap"),
        });
        let error = fake.api().moderate(&[uri(BOB, "ask")], Verb::Hide).await.unwrap_err();
        match error {
            Error::Rejected { message, .. } => assert!(is_told && message.contains("300"), "{message}"),
            error => assert!(!is_told && matches!(error, Error::Unavailable { .. }), "{error:?}"),
        }
    }
}

#[tokio::test]
async fn only_what_its_own_server_does_not_have_is_gone() {
    let fake = Fake::new(|asked| match asked.name.as_str() {
        "app.bsky.feed.getPosts" => (200, json!({ "posts": [post(BOB, "shown", None, 0)] })),
        "com.atproto.repo.getRecord" => match asked.of("rkey") {
            "deleted" => refusal(400, "RecordNotFound"),
            "closed" => refusal(400, "RepoDeactivated"),
            _ => (200, json!({ "uri": "at://x", "cid": "c", "value": {} })),
        },
        _ => refusal(400, "NotFound"),
    });
    let ids = ["shown", "muted", "deleted", "closed"].map(|key| uri(BOB, key));
    assert_eq!(fake.api().gone(&key(), &ids).await.unwrap(), Some(vec![uri(BOB, "deleted")]));
    let down = Fake::new(|_| refusal(502, "UpstreamFailure"));
    assert_eq!(down.api().gone(&key(), &ids).await.unwrap(), Some(Vec::new()), "nobody can tell");
}

#[tokio::test]
async fn how_a_reply_stands_is_read_from_the_records_and_not_from_lists_that_leave_it_out() {
    let fake = Fake::new(|asked| match (asked.name.as_str(), asked.of("rkey")) {
        ("com.atproto.repo.getRecord", "deleted") => refusal(400, "RecordNotFound"),
        ("com.atproto.repo.getRecord", "own") => {
            (200, json!({ "uri": "at://g", "cid": "c", "value": { "hiddenReplies": [uri(BOB, "hidden")] } }))
        }
        ("com.atproto.repo.getRecord", key) => {
            let value = post(BOB, key, Some((&uri(ANN, "own"), &uri(ANN, "own"))), 0)["record"].clone();
            (200, json!({ "uri": uri(BOB, key), "cid": "c", "value": value }))
        }
        _ => (200, json!({ "posts": [] })),
    });
    let ids = ["hidden", "muted", "deleted"].map(|key| uri(BOB, key));
    let stands: Vec<_> = fake.api().standing(&key(), &ids).await.unwrap().into_iter().map(|(_, state)| state).collect();
    assert_eq!(stands, [ProviderState::Hidden, ProviderState::Published, ProviderState::Removed]);
}
