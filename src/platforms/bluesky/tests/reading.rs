//! What a pass asks for, what becomes of the answers, and that it ends.

use serde_json::{Value, json};

use super::fake::{ANN, Asked, BOB, Fake, key, post, refusal, uri};
use crate::model::{Kind, ProviderState};
use crate::platforms::Adapter as _;

fn thread(raw: &Value, parent: &Value, replies: &[Value]) -> Value {
    json!({ "$type": "app.bsky.feed.defs#threadViewPost", "post": raw, "parent": parent, "replies": replies })
}

/// An own post with a question that was answered and asked again, somebody's post that the account passed on, and a mention.
fn network(asked: &Asked) -> (u16, Value) {
    let (own, ask, answer) = (uri(ANN, "own"), uri(BOB, "ask"), uri(ANN, "answer"));
    let mention = || {
        let mut mention = post(BOB, "mention", None, 0);
        mention["record"]["facets"] = json!([{ "features": [{ "did": ANN }] }]);
        mention
    };
    match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" => {
            let feed = [post(ANN, "own", None, 3), post(BOB, "passed on", None, 9), json!({ "uri": "none" })];
            let feed: Vec<_> = feed.into_iter().map(|post| json!({ "post": post })).collect();
            (200, json!({ "feed": feed }))
        }
        "app.bsky.feed.getPostThread" if asked.of("uri") == own => {
            let again = thread(&post(BOB, "again", Some((&own, &answer)), 0), &Value::Null, &[]);
            let answered = thread(&post(ANN, "answer", Some((&own, &ask)), 1), &Value::Null, &[again]);
            let gone = json!({ "$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://x", "notFound": true });
            let question = thread(&post(BOB, "ask", Some((&own, &own)), 1), &Value::Null, &[answered]);
            let gate = json!({ "uri": format!("at://{ANN}/app.bsky.feed.threadgate/own"),
                "record": { "hiddenReplies": [uri(BOB, "again")] } });
            (
                200,
                json!({ "thread": thread(&post(ANN, "own", None, 1), &Value::Null, &[gone, question]), "threadgate": gate }),
            )
        }
        "app.bsky.notification.listNotifications" => {
            let of = |mut post: Value, reason: &str| {
                post["reason"] = json!(reason);
                post
            };
            let ask = post(BOB, "ask", Some((&own, &own)), 0);
            (
                200,
                json!({ "notifications": [of(mention(), "mention"), of(ask, "reply"), of(post(BOB, "liked", None, 0), "like")] }),
            )
        }
        "app.bsky.feed.getPosts" => (200, json!({ "posts": [mention()] })),
        _ => refusal(400, "NotFound"),
    }
}

#[tokio::test]
async fn a_pass_finds_what_is_addressed_to_the_account_and_marks_nothing_as_seen() {
    let fake = Fake::new(network);
    let mut whole = fake.pass(None).await.unwrap();
    whole.interactions.sort_by(|a, b| a.external_id.cmp(&b.external_id));
    let found: Vec<_> = whole
        .interactions
        .iter()
        .map(|one| (one.text.as_deref().unwrap(), one.kind, one.author.is_self, one.provider_state))
        .collect();
    assert_eq!(
        found,
        [
            ("answer", Kind::Reply, true, ProviderState::Published),
            ("again", Kind::Reply, false, ProviderState::Hidden),
            ("ask", Kind::Comment, false, ProviderState::Published),
            ("mention", Kind::Mention, false, ProviderState::Published),
        ]
    );
    let threads: Vec<_> = whole.interactions.iter().take(3).map(|one| &one.thread_external_id).collect();
    assert!(threads.iter().all(|thread| **thread == uri(BOB, "ask")), "{threads:?}");
    assert!(whole.content.iter().all(|one| one.external_id == uri(ANN, "own")) && !whole.content.is_empty());
    assert_eq!(whole.set_aside.len(), 0, "what is nobody's is left alone: {:?}", whole.set_aside);
    assert!(!fake.asked().iter().any(|name| name.contains("updateSeen")));
}

#[tokio::test]
async fn a_pass_for_what_is_new_goes_by_the_notifications() {
    let fake = Fake::new(network);
    let new = fake.pass(Some("2026-11-30T08:59:00Z")).await.unwrap();
    assert_eq!(new.interactions.len(), 4, "{:?}", new.interactions);
    let asked = fake.asked();
    let threads = asked.iter().filter(|name| *name == "app.bsky.feed.getPostThread").count();
    assert_eq!(threads, 1, "one conversation is read once: {asked:?}");
    let old = Fake::new(network).pass(Some("2026-11-30T12:00:00Z")).await.unwrap();
    assert!(old.interactions.is_empty(), "nothing has come since: {:?}", old.interactions);
}

#[tokio::test]
async fn lists_that_lead_back_to_themselves_end() {
    let fake = Fake::new(|asked| match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [], "cursor": "again" })),
        "app.bsky.notification.listNotifications" => (200, json!({ "notifications": [], "cursor": "again" })),
        _ => refusal(400, "NotFound"),
    });
    let whole = fake.pass(None).await.unwrap();
    assert_eq!(fake.asked().len(), 4, "{:?}", fake.asked());
    assert_eq!(whole.set_aside.len(), 2, "neither is called complete");
}

#[tokio::test]
async fn a_conversation_of_any_depth_is_read_to_its_end() {
    const DEEP: usize = 75;
    let at = |n: usize| if n == 0 { uri(ANN, "p0") } else { uri(BOB, &format!("p{n}")) };
    let one = move |n: usize| {
        let who = if n == 0 { ANN } else { BOB };
        let above = n.checked_sub(1).map(|parent| (at(0), at(parent)));
        let above = above.as_ref().map(|(root, parent)| (root.as_str(), parent.as_str()));
        post(who, &format!("p{n}"), above, i64::from(n < DEEP))
    };
    let fake = Fake::new(move |asked| match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [{ "post": one(0) }] })),
        "app.bsky.notification.listNotifications" => (200, json!({ "notifications": [] })),
        "app.bsky.feed.getPostThread" => {
            let from: usize = asked.of("uri").rsplit('p').next().unwrap().parse().unwrap();
            let (depth, height): (usize, usize) =
                (asked.of("depth").parse().unwrap(), asked.of("parentHeight").parse().unwrap());
            let mut below = Vec::new();
            for n in (from + 1..=DEEP.min(from + depth)).rev() {
                below = vec![thread(&one(n), &Value::Null, &below)];
            }
            let above =
                (from.saturating_sub(height)..from).fold(Value::Null, |parent, n| thread(&one(n), &parent, &[]));
            (200, json!({ "thread": thread(&one(from), &above, &below) }))
        }
        _ => refusal(400, "NotFound"),
    });
    let whole = fake.pass(None).await.unwrap();
    let mut ids: Vec<_> = whole.interactions.iter().map(|one| one.external_id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), DEEP);
    assert!(whole.interactions.iter().all(|one| one.thread_external_id == at(1)), "it is one thread");
}

#[tokio::test]
async fn a_server_without_an_appview_shows_its_accounts_posts_and_is_not_called_complete() {
    let fake = Fake::new(|asked| match asked.name.as_str() {
        "com.atproto.repo.listRecords" => {
            let record =
                |key: &str| json!({ "uri": uri(ANN, key), "cid": "c", "value": post(ANN, key, None, 0)["record"] });
            (200, json!({ "records": [record("one"), record("two")] }))
        }
        "com.atproto.repo.describeRepo" => (200, json!({ "handle": "ann.test", "did": ANN })),
        "com.atproto.repo.getRecord" => refusal(400, "RecordNotFound"),
        _ => refusal(501, "MethodNotImplemented"),
    });
    let account = fake.api().account(&key()).await.unwrap();
    assert_eq!((account.observed.display_name.as_str(), account.observed.external_id.as_str()), ("ann.test", ANN));
    let whole = fake.pass(None).await.unwrap();
    assert_eq!((whole.content.len(), whole.set_aside.len()), (2, 1), "{:?}", whole.set_aside);
}

#[tokio::test]
async fn an_appview_that_is_down_keeps_nobody_from_signing_in_and_loses_no_number() {
    let fake = Fake::new(|asked| match asked.name.as_str() {
        "com.atproto.repo.describeRepo" => (200, json!({ "handle": "ann.test", "did": ANN })),
        "com.atproto.repo.getRecord" => {
            (200, json!({ "uri": "at://x", "cid": "c", "value": { "displayName": "Ann" } }))
        }
        _ => refusal(502, "UpstreamFailure"),
    });
    let account = fake.api().account(&key()).await.unwrap();
    assert_eq!((account.observed.display_name.as_str(), account.has_counters), ("Ann", false));
    assert!(fake.pass(None).await.is_err(), "what is not answered is read later");
}

#[tokio::test]
async fn a_thread_that_is_fetched_shows_own_answers_that_the_appview_does_not_know_yet() {
    let (own, ask) = (uri(ANN, "own"), uri(BOB, "ask"));
    let fake = Fake::new(move |asked| match asked.name.as_str() {
        "com.atproto.repo.listRecords" => {
            let record = |key: &str, parent: &str| {
                let value = post(ANN, key, Some((&own, parent)), 0)["record"].clone();
                json!({ "uri": uri(ANN, key), "cid": "c", "value": value })
            };
            let blocked = uri(BOB, "blocked");
            (
                200,
                json!({ "records": [record("below", &blocked), record("answer", &ask), record("elsewhere", &uri(BOB, "other"))] }),
            )
        }
        // Not shown to whoever is blocked, and there all the same.
        "com.atproto.repo.getRecord" if asked.of("rkey") == "blocked" => {
            let value = post(BOB, "blocked", Some((&own, &ask)), 0)["record"].clone();
            (200, json!({ "uri": uri(BOB, "blocked"), "cid": "c", "value": value }))
        }
        "app.bsky.feed.getPostThread" => {
            let above = thread(&post(ANN, "own", None, 1), &Value::Null, &[]);
            (200, json!({ "thread": thread(&post(BOB, "ask", Some((&own, &own)), 0), &above, &[]) }))
        }
        _ => refusal(400, "NotFound"),
    });
    let batch = fake.api().fetch(&key(), &uri(BOB, "ask"), None).await.unwrap();
    let found: Vec<_> = batch.interactions.iter().map(|one| (one.external_id.clone(), one.author.is_self)).collect();
    assert_eq!(found, [(uri(BOB, "ask"), false), (uri(ANN, "answer"), true), (uri(ANN, "below"), true)]);
    assert!(batch.interactions.iter().all(|one| one.thread_external_id == uri(BOB, "ask")));
}

#[tokio::test]
async fn what_strangers_say_to_each_other_below_a_mention_is_left_to_them() {
    const EVE: &str = "did:plc:eve";
    let mention = || {
        let mut mention = post(BOB, "mention", None, 2);
        mention["record"]["facets"] = json!([{ "features": [{ "did": ANN }] }]);
        mention["reason"] = json!("mention");
        mention
    };
    let fake = Fake::new(move |asked| match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [] })),
        "app.bsky.notification.listNotifications" => (200, json!({ "notifications": [mention()] })),
        "app.bsky.feed.getPosts" => (200, json!({ "posts": [mention()] })),
        "app.bsky.feed.getPostThread" => {
            let root = uri(BOB, "mention");
            let chatter = (0..50)
                .map(|n| thread(&post(EVE, &format!("chatter {n}"), Some((&root, &root)), 9), &Value::Null, &[]));
            let thanks = thread(&post(EVE, "thanks", Some((&root, &uri(ANN, "answer"))), 0), &Value::Null, &[]);
            let answer = thread(&post(ANN, "answer", Some((&root, &uri(EVE, "asked"))), 1), &Value::Null, &[thanks]);
            let asked = thread(&post(EVE, "asked", Some((&root, &root)), 1), &Value::Null, &[answer]);
            let below: Vec<_> = chatter.chain([asked]).collect();
            (200, json!({ "thread": thread(&mention(), &Value::Null, &below) }))
        }
        _ => refusal(400, "NotFound"),
    });
    let whole = fake.pass(None).await.unwrap();
    let mut found: Vec<_> = whole.interactions.iter().filter_map(|one| one.text.as_deref()).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ["answer", "asked", "mention", "thanks"]);
    assert!(whole.interactions.iter().all(|one| one.thread_external_id == uri(BOB, "mention")), "one thread");
}

#[tokio::test]
async fn an_answer_that_was_typed_in_bluesky_is_found_by_the_next_pass() {
    let (own, ask) = (uri(ANN, "own"), uri(BOB, "ask"));
    let fake = Fake::new(move |asked| match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" if asked.of("filter") == "posts_with_replies" => {
            (200, json!({ "feed": [{ "post": post(ANN, "answer", Some((&own, &ask)), 0) }] }))
        }
        "app.bsky.notification.listNotifications" => (200, json!({ "notifications": [] })),
        "app.bsky.feed.getPostThread" if asked.of("uri") == own => {
            let answer = thread(&post(ANN, "answer", Some((&own, &ask)), 0), &Value::Null, &[]);
            let question = thread(&post(BOB, "ask", Some((&own, &own)), 1), &Value::Null, &[answer]);
            (200, json!({ "thread": thread(&post(ANN, "own", None, 1), &Value::Null, &[question]) }))
        }
        _ => refusal(400, "NotFound"),
    });
    let new = fake.pass(Some("2026-11-30T08:59:00Z")).await.unwrap();
    assert!(new.interactions.iter().any(|one| one.author.is_self && one.text.as_deref() == Some("answer")), "{new:?}");
}

#[tokio::test]
async fn likes_without_end_are_not_read_for_what_is_new() {
    let fake = Fake::new(|asked| match asked.name.as_str() {
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [] })),
        "app.bsky.notification.listNotifications" => {
            let page: usize = asked.of("cursor").parse().unwrap_or(0);
            let mut like = post(BOB, "liked", None, 0);
            (like["reason"], like["indexedAt"]) = (json!("like"), json!(format!("2026-11-{:02}T09:00:00Z", 30 - page)));
            (200, json!({ "notifications": [like], "cursor": (page + 1).to_string() }))
        }
        _ => refusal(400, "NotFound"),
    });
    let new = fake.pass(Some("2026-11-30T00:00:00Z")).await.unwrap();
    assert!(new.set_aside.is_empty() && new.interactions.is_empty());
    assert_eq!(fake.asked().iter().filter(|name| name.ends_with("listNotifications")).count(), 2, "up to a day before");
}
