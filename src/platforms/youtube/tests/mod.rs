//! YouTube's words, read into the common model and the shared error classes.

mod acts;
mod fake;
mod lists;

use std::time::Duration;

use kit::clock::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::*;
use crate::model::Kind;
use crate::outbound::Answer;

const NOW: &str = "2026-11-22T10:00:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn classify(status: u16, body: Value) -> Error {
    let body = if body.is_null() { b"<html>".to_vec() } else { body.to_string().into_bytes() };
    errors::classify(&Answer { status, headers: HeaderMap::new(), body }, now())
}

fn problem(status: u16, reason: &str) -> Error {
    let message = "You exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.";
    classify(status, json!({"error": {"code": status, "message": message, "errors": [{"reason": reason}]}}))
}

#[test]
fn every_error_answer_has_its_class() {
    let reason = |reason: &str| reason.to_owned();
    let rejected = |name: &str| Error::Rejected { reason: name.into(), message: "You exceeded your quota.".into() };
    for (error, class) in [
        (problem(401, "authError"), Error::Reauth { reason: reason("authError") }),
        (problem(401, "youtubeSignupRequired"), Error::NoAccount),
        (problem(403, "accessNotConfigured"), Error::NotEnabled { reason: reason("accessNotConfigured") }),
        (
            problem(403, "quotaExceeded"),
            Error::QuotaExhausted { until: Timestamp::parse("2026-11-23T08:00:00Z").unwrap() },
        ),
        (problem(403, "rateLimitExceeded"), Error::RateLimited { until: now() + Duration::from_secs(60) }),
        (problem(429, "anything"), Error::RateLimited { until: now() + Duration::from_secs(60) }),
        (classify(429, Value::Null), Error::RateLimited { until: now() + Duration::from_secs(60) }),
        (problem(403, "forbidden"), Error::Permission { reason: reason("forbidden") }),
        (problem(403, "ineligibleAccount"), Error::Permission { reason: reason("ineligibleAccount") }),
        (problem(403, "aReasonOfTomorrow"), Error::Permission { reason: reason("aReasonOfTomorrow") }),
        (problem(403, "commentsDisabled"), rejected("commentsDisabled")),
        (problem(404, "videoNotFound"), Error::NotFound { reason: reason("videoNotFound") }),
        (problem(400, "processingFailure"), Error::Unavailable { status: 400 }),
        (problem(400, "invalidPageToken"), rejected("invalidPageToken")),
        (problem(500, "backendError"), Error::Unavailable { status: 500 }),
        (classify(503, Value::Null), Error::Unavailable { status: 503 }),
        (classify(401, Value::Null), Error::Reauth { reason: reason("HTTP 401") }),
    ] {
        assert_eq!(error, class);
    }
    for status in [302, 403, 404] {
        assert!(matches!(classify(status, Value::Null), Error::Protocol { .. }), "{status} from something in between");
    }
}

#[test]
fn a_platform_that_says_when_to_come_back_is_believed_within_reason() {
    for (header, wait) in [("7", 7), ("999999999", 3_600), ("0", 1), ("soon", 60)] {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, header.parse().unwrap())]);
        let error = errors::classify(&Answer { status: 429, headers, body: Vec::new() }, now());
        assert_eq!(error, Error::RateLimited { until: now() + Duration::from_secs(wait) }, "{header}");
    }
}

fn comment(id: &str, author: Option<&str>) -> Value {
    json!({"kind": "youtube#comment", "etag": "e", "id": id, "snippet": {
        "authorDisplayName": "@ann", "authorProfileImageUrl": "https://yt3/a", "authorChannelUrl": "http://youtube/@ann",
        "authorChannelId": author.map(|id| json!({"value": id})), "channelId": "UC1", "videoId": "v1",
        "textDisplay": "Hi", "textOriginal": "Hi", "canRate": true, "viewerRating": "none", "likeCount": 3,
        "imageUrl": "https://signed", "publishedAt": "2026-11-01T10:00:00Z", "updatedAt": "2026-11-01T10:00:00Z"}})
}

fn thread(replies: &[Value], total: i64) -> Value {
    json!({"kind": "youtube#commentThread", "id": "UgxA", "snippet": {"channelId": "UC1", "videoId": "v1",
        "canReply": true, "totalReplyCount": total, "isPublic": true, "topLevelComment": comment("UgxA", Some("UC9"))},
        "replies": {"comments": replies}})
}

#[test]
fn a_thread_becomes_its_comment_and_replies() {
    let own = comment("UgxA.9b", Some("UC1"));
    let thread = map::thread(&thread(&[own], 2), "UC1", ProviderState::Published).unwrap();
    assert!(!thread.is_whole(), "one of two replies was shown");
    let root = &thread.root;
    assert_eq!(
        (root.kind, root.thread_external_id.as_str(), root.parent_external_id.as_deref()),
        (Kind::Comment, "UgxA", None)
    );
    assert_eq!((root.likes, root.reply_count, root.edited_at), (Some(3), Some(2), None));
    assert_eq!(root.content_external_id.as_deref(), Some("v1"));
    assert_eq!(root.permalink.as_deref(), Some("https://www.youtube.com/watch?v=v1&lc=UgxA"));
    assert!(!root.author.is_self && root.can_reply);
    assert!(root.raw["snippet"].get("imageUrl").is_none(), "links that die are not kept");
    let reply = &thread.replies[0];
    assert_eq!((reply.kind, reply.thread_external_id.as_str()), (Kind::Reply, "UgxA"));
    assert_eq!(reply.parent_external_id.as_deref(), Some("UgxA"));
    assert!(reply.author.is_self);
}

#[test]
fn absent_authors_edits_and_moderation_are_understood() {
    let mut raw = comment("UgxA", None);
    raw["snippet"]["updatedAt"] = json!("2026-11-02T10:00:00Z");
    raw["snippet"]["moderationStatus"] = json!("heldForReview");
    let mut whole = thread(&[], 0);
    whole["snippet"]["topLevelComment"] = raw;
    let root = map::thread(&whole, "UC1", ProviderState::Published).unwrap().root;
    assert_eq!(root.author.external_id, None);
    assert_eq!(root.edited_at, Some(Timestamp::parse("2026-11-02T10:00:00Z").unwrap()));
    assert_eq!(root.provider_state, ProviderState::Held);

    whole["snippet"]["topLevelComment"]["snippet"]["moderationStatus"] = json!("aWordOfTomorrow");
    let root = map::thread(&whole, "UC1", ProviderState::Spam).unwrap().root;
    assert_eq!(root.provider_state, ProviderState::Spam);
}

#[test]
fn counters_are_strings_numbers_or_absent() {
    let video = |statistics: Value| {
        let raw = json!({"id": "v1", "snippet": {"title": "T", "publishedAt": "2026-11-01T10:00:00Z"},
            "contentDetails": {"duration": "PT1H4M13S"}, "statistics": statistics});
        map::video(&raw).map(|video| video.expect("a public one"))
    };
    let whole = video(json!({"viewCount": "9007199254740993", "likeCount": 5, "commentCount": "0"})).unwrap();
    assert_eq!((whole.views, whole.likes, whole.comments), (Some(9_007_199_254_740_993), Some(5), Some(0)));
    assert_eq!(whole.duration_seconds, Some(3_853));
    let hidden = video(json!({"viewCount": "7"})).unwrap();
    assert_eq!((hidden.likes, hidden.comments, hidden.comments_enabled), (None, None, false));
    assert!(video(json!({"viewCount": "many"})).is_err(), "a counter that is no number is not taken for zero");
    let huge =
        video(json!({"viewCount": "9223372036854775807", "likeCount": "99999999999999999999999", "commentCount": -3}));
    let huge = huge.unwrap();
    assert!(huge.views.unwrap().checked_mul(900).is_some() && huge.likes == huge.views && huge.comments.is_none());
}

#[test]
fn a_hidden_subscriber_count_is_unknown() {
    let raw = json!({"id": "UC1", "snippet": {"title": "Ann", "customUrl": "@ann"},
        "statistics": {"subscriberCount": "120000", "videoCount": "45", "hiddenSubscriberCount": true},
        "contentDetails": {"relatedPlaylists": {"uploads": "UU1"}}});
    let channel = map::channel(&raw).unwrap().observed;
    assert_eq!((channel.followers, channel.content_total), (None, Some(45)));
}

#[test]
fn what_its_owner_alone_sees_is_no_content() {
    let video = |status: &str| {
        let raw = json!({"id": "v1", "snippet": {"title": "T"}, "status": {"privacyStatus": status}});
        map::video(&raw).unwrap().is_some()
    };
    assert_eq!(["public", "unlisted", "private", "aWordOfTomorrow"].map(video), [true, true, false, true]);
}

#[test]
fn null_is_absence_everywhere() {
    let mut raw = thread(&[], 0);
    raw["replies"] = Value::Null;
    raw["snippet"]["videoId"] = Value::Null;
    let comment = &mut raw["snippet"]["topLevelComment"]["snippet"];
    for field in ["authorChannelId", "likeCount", "updatedAt", "textOriginal"] {
        comment[field] = Value::Null;
    }
    let mut list = json!({"items": [raw, null], "nextPageToken": null});
    crate::platforms::google_api::take_nulls(&mut list);
    let list = wire::List::deserialize(list).unwrap();
    assert_eq!((list.items.len(), list.next_page_token), (1, None));
    let read = map::thread(&list.items[0], "UC1", ProviderState::Published).unwrap();
    assert_eq!((read.root.likes, read.root.content_external_id, read.replies.len()), (None, None, 0));
    let mut none = json!({"items": null});
    crate::platforms::google_api::take_nulls(&mut none);
    assert!(wire::List::deserialize(none).unwrap().items.is_empty());
}

#[test]
fn an_address_that_is_no_page_is_linked_to_nowhere() {
    let mut raw = comment("UgxA", Some("UC9"));
    raw["snippet"]["authorChannelUrl"] = json!("javascript:alert(1)");
    raw["snippet"]["authorProfileImageUrl"] = json!("data:image/svg+xml,<svg onload=alert(1)>");
    let mut whole = thread(&[], 0);
    whole["snippet"]["topLevelComment"] = raw;
    let author = map::thread(&whole, "UC1", ProviderState::Published).unwrap().root.author;
    assert_eq!((author.profile_url, author.avatar_url), (None, None));
}
