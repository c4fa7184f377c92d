//! Lists that are refused, endless, too large or broken: each costs what is wrong with it, and nothing else.

use serde_json::{Value, json};

use super::fake::{Asked, Fake, comment_thread, healthy, listing, problem, said, thread_at};
use crate::model::UnreadKind;
use crate::platforms::Error;
use crate::platforms::adapter::Batch;

/// What is wrong, with which call, what is then unread, and how many calls that takes.
type Case = (&'static str, fn(&Asked) -> bool, (UnreadKind, &'static str), usize);

fn ids(batch: &Batch) -> Vec<&str> {
    batch.interactions.iter().map(|item| item.external_id.as_str()).collect()
}

fn aside(batch: &Batch) -> Vec<(UnreadKind, &str)> {
    batch.set_aside.iter().map(|item| (item.kind, item.external_id.as_str())).collect()
}

#[tokio::test]
async fn a_refusal_of_one_thing_sets_that_thing_aside() {
    let cases: [Case; 6] = [
        ("the uploads", |asked| asked.path == "playlistItems", (UnreadKind::ContentList, "uploads"), 1),
        ("the published", |asked| asked.is_list("published"), (UnreadKind::InteractionList, "published"), 0),
        ("the held", |asked| asked.is_list("heldForReview"), (UnreadKind::InteractionList, "held"), 1),
        ("the spam", |asked| asked.is_list("likelySpam"), (UnreadKind::InteractionList, "spam"), 1),
        ("a video", |asked| asked.path == "videos", (UnreadKind::Content, "v1"), 1),
        ("replies", |asked| asked.path == "comments", (UnreadKind::Replies, "T1"), 1),
    ];
    for (what, is_it, expected, comments) in cases {
        for (status, reason) in [
            (403, "forbidden"),
            (404, "notFound"),
            (403, "commentsDisabled"),
            (400, "aReasonOfTomorrow"),
            (401, "authError"),
        ] {
            let fake = Fake::new(move |asked| match () {
                () if is_it(asked) => problem(status, reason),
                () if expected.0 == UnreadKind::Replies && asked.is_list("published") => {
                    let mut cut = comment_thread("T1");
                    cut["snippet"]["totalReplyCount"] = json!(2);
                    said(json!({ "items": [cut] }))
                }
                () => healthy(asked),
            });
            let batch = fake.pass(None).await.unwrap_or_else(|error| panic!("{what}, {reason}: {error}"));
            assert_eq!((aside(&batch), ids(&batch).len()), (vec![expected], comments), "{what}, {reason}");
        }
    }
}

#[tokio::test]
async fn what_is_about_everything_ends_the_pass() {
    for (status, reason) in
        [(403, "quotaExceeded"), (403, "rateLimitExceeded"), (403, "accessNotConfigured"), (503, "x")]
    {
        let fake = Fake::new(move |asked| match asked.path.as_str() {
            "commentThreads" => problem(status, reason),
            _ => healthy(asked),
        });
        assert!(fake.pass(None).await.is_err(), "{reason}");
    }
    let dead = Fake::new(|_| problem(401, "authError"));
    assert!(matches!(dead.pass(None).await, Err(Error::Reauth { .. })), "the account itself says so");
}

#[tokio::test]
async fn a_channel_that_never_uploaded_anything_is_read() {
    let fake = Fake::new(|asked| match asked.path.as_str() {
        "playlistItems" => problem(404, "playlistNotFound"),
        _ => healthy(asked),
    });
    let mut key = super::fake::key();
    key.state = json!({ "uploads": "UU1", "videos": 0 });
    let reading = crate::platforms::Reading {
        since: None,
        promised_content: 0,
        promised_interactions: 0,
        is_last_attempt: false,
    };
    let batch = crate::platforms::Adapter::read(&fake.api(), &key, &reading, None).await.unwrap();
    assert!(batch.set_aside.is_empty() && batch.next.is_some());
}

#[tokio::test]
async fn a_comment_that_is_too_much_by_itself_is_passed_over_and_named() {
    // Two of them on one page of a hundred, between comments that are well.
    let threads: Vec<Value> = (0..100)
        .map(|n| {
            let text = if matches!(n, 37 | 38) { "字".repeat(1_500_000) } else { "Hello".to_owned() };
            thread_at(&format!("T{n}"), "2026-11-20T10:00:00Z", &text)
        })
        .collect();
    let fake = Fake::new(
        move |asked| {
            if asked.is_list("published") { said(listing(&threads, asked)) } else { healthy(asked) }
        },
    );
    let batch = fake.pass(None).await.unwrap();
    assert_eq!(ids(&batch).len(), 98);
    assert_eq!(aside(&batch), [(UnreadKind::Interaction, "T37"), (UnreadKind::Interaction, "T38")]);
    assert!(fake.count() < 40, "{} calls", fake.count());
}

#[tokio::test]
async fn seventy_five_long_comments_are_read_in_smaller_pages() {
    let long = |n| thread_at(&format!("T{n}"), "2026-11-20T10:00:00Z", &"字".repeat(20_000));
    let threads: Vec<Value> = (0..75).map(long).collect();
    let fake = Fake::new(
        move |asked| {
            if asked.is_list("published") { said(listing(&threads, asked)) } else { healthy(asked) }
        },
    );
    let batch = fake.pass(None).await.unwrap();
    assert_eq!((ids(&batch).len(), batch.set_aside.len()), (75, 0));
}

#[tokio::test]
async fn broken_text_costs_a_character() {
    for bad in [b"\\ud83d".as_slice(), b"\xff", b"\\u0000", b"\0", b"\xed\xa0\x80"] {
        let fake = Fake::new(move |asked| {
            if !asked.is_list("published") {
                return healthy(asked);
            }
            let body = json!({ "items": [thread_at("T1", "2026-11-20T10:00:00Z", "a@b"), comment_thread("T2")] });
            let body = body.to_string();
            let (before, after) = body.split_once('@').unwrap();
            (200, [before.as_bytes(), bad, after.as_bytes()].concat())
        });
        let batch = fake.pass(None).await.unwrap();
        assert_eq!((ids(&batch), batch.set_aside.len()), (vec!["T1", "T2"], 0), "{bad:?}");
        let text = batch.interactions[0].text.as_deref().unwrap();
        assert!(text.starts_with('a') && text.ends_with('b') && text.contains('\u{fffd}'), "{text:?}");
        assert!(!batch.interactions[0].raw.to_string().contains("\\u0000"), "nor in the raw form");
    }
}

#[tokio::test]
async fn an_item_that_is_none_is_named_and_the_rest_is_kept() {
    let fake = Fake::new(|asked| {
        if !asked.is_list("published") {
            return healthy(asked);
        }
        let mut reply_is_broken = comment_thread("T2");
        reply_is_broken["snippet"]["totalReplyCount"] = json!(1);
        reply_is_broken["replies"] = json!({ "comments": [{ "id": "T2.1", "snippet": {} }] });
        said(json!({ "items": [comment_thread("T1"), { "id": "T9" }, reply_is_broken, { "id": 7 }] }))
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!(ids(&batch), ["T1", "T2"]);
    let named = [(UnreadKind::Interaction, "T2.1"), (UnreadKind::Interaction, "T9"), (UnreadKind::Interaction, "")];
    let mut found = aside(&batch);
    found.sort_by_key(|(_, id)| std::cmp::Reverse(id.len()));
    assert_eq!(found, named);
    assert!(batch.set_aside.iter().all(|item| item.raw.is_some() && !item.reason.is_empty()));
}

#[tokio::test]
async fn pages_that_lead_back_to_one_another_end() {
    for path in ["playlistItems", "commentThreads", "comments"] {
        let fake = Fake::new(move |asked| {
            let mut page: Value = serde_json::from_slice(&healthy(asked).1).unwrap();
            if asked.is_list("published") && path == "comments" {
                page["items"][0]["snippet"]["totalReplyCount"] = json!(9);
            }
            if asked.path == path {
                let next = if asked.of("pageToken") == Some("A") { "B" } else { "A" };
                page["nextPageToken"] = json!(next);
            }
            said(page)
        });
        let batch = fake.pass(None).await.unwrap();
        assert!(!batch.set_aside.is_empty(), "{path}: nobody takes it for read");
        assert!(fake.count() <= 12, "{path}: {} calls", fake.count());
    }
}

#[tokio::test]
async fn a_token_that_is_refused_begins_that_list_anew() {
    let threads: Vec<Value> = (0..150).map(|n| comment_thread(&format!("T{n}"))).collect();
    let refusals = std::sync::atomic::AtomicUsize::new(1);
    let fake = Fake::new(move |asked| {
        let is_next = asked.is_list("published") && asked.of("pageToken").is_some();
        let again = std::sync::atomic::Ordering::SeqCst;
        if is_next && refusals.fetch_update(again, again, |left| left.checked_sub(1)).is_ok() {
            return problem(400, "invalidPageToken");
        }
        if asked.is_list("published") { said(listing(&threads, asked)) } else { healthy(asked) }
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!((ids(&batch).len(), batch.set_aside.len()), (250, 0), "the first page twice");

    let fake = Fake::new(|asked| match asked.of("pageToken") {
        Some(_) => problem(400, "invalidPageToken"),
        None if asked.is_list("published") => said(json!({ "items": [comment_thread("T1")], "nextPageToken": "dead" })),
        None => healthy(asked),
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!(aside(&batch), [(UnreadKind::InteractionList, "published")], "once, and no more");
}

#[tokio::test]
async fn an_empty_page_with_a_token_is_no_end() {
    let fake = Fake::new(|asked| match asked.of("pageToken") {
        None if asked.is_list("published") => said(json!({ "items": [], "nextPageToken": "more" })),
        _ => healthy(asked),
    });
    for since in [None, Some("2026-11-22T09:00:00Z")] {
        assert_eq!(ids(&fake.pass(since).await.unwrap()), ["T1"], "{since:?}");
    }
}

#[tokio::test]
async fn nothing_new_in_a_large_channel_costs_six_calls() {
    let videos: Vec<Value> = (0..2_000)
        .map(
            |n| json!({ "contentDetails": { "videoId": format!("v{n}"), "videoPublishedAt": "2025-01-01T00:00:00Z" } }),
        )
        .collect();
    let threads: Vec<Value> = (0..500).map(|n| comment_thread(&format!("T{n}"))).collect();
    let fake = Fake::new(move |asked| match asked.path.as_str() {
        "playlistItems" => said(listing(&videos, asked)),
        _ if asked.is_list("published") => said(listing(&threads, asked)),
        _ => healthy(asked),
    });
    let api = fake.api();
    crate::platforms::Adapter::accounts(&api).await.unwrap();
    fake.pass(Some("2026-11-22T09:50:00Z")).await.unwrap();
    assert_eq!(fake.count(), 6, "channel, uploads, newest videos, and three lists");
    assert_eq!(fake.asked("videos").len(), 1);
}
