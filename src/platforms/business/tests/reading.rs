//! Locations, and passes over their reviews.

use serde_json::{Value, json};

use super::fake::{Asked, Fake, REVIEWS, key, problem, review};
use crate::model::{Kind, ProviderState};
use crate::platforms::adapter::Adapter as _;
use crate::platforms::{AccountKey, Error};

fn listing(reviews: &[Value]) -> (u16, Value) {
    (200, json!({ "reviews": reviews, "averageRating": 4.2, "totalReviewCount": reviews.len() }))
}

#[tokio::test]
async fn a_person_has_every_location_that_they_manage_once() {
    let fake = Fake::new(|asked| match (asked.what.as_str(), asked.of("pageToken")) {
        ("GET mybusinessaccountmanagement /v1/accounts", "") => {
            (200, json!({ "accounts": [{ "name": "accounts/1" }, { "name": "accounts/2" }], "nextPageToken": "more" }))
        }
        ("GET mybusinessaccountmanagement /v1/accounts", _) => (200, json!({ "accounts": [{ "name": "accounts/3" }] })),
        ("GET mybusinessbusinessinformation /v1/accounts/1/locations", _) => {
            assert!(asked.of("readMask").contains("title"), "without a mask Google answers nothing");
            (
                200,
                json!({ "locations": [
                { "name": "locations/2", "title": "Harbor & Thyme", "languageCode": "en",
                  "storefrontAddress": { "addressLines": ["12 Quay Street"], "locality": "Bristol" },
                  "metadata": { "mapsUri": "https://maps.google.com/?cid=2" } },
                { "name": "locations/4" },
            ] }),
            )
        }
        ("GET mybusinessbusinessinformation /v1/accounts/2/locations", _) => problem(403, "PERMISSION_DENIED"),
        // The same place again, by a group.
        _ => (200, json!({ "locations": [{ "name": "locations/2", "title": "Harbor & Thyme" }] })),
    });
    let accounts = fake.api().accounts().await.unwrap();
    let told =
        accounts.iter().map(|account| (account.observed.external_id.as_str(), account.observed.handle.as_deref()));
    assert_eq!(told.collect::<Vec<_>>(), [("locations/2", Some("12 Quay Street, Bristol")), ("locations/4", None)]);
    assert_eq!(accounts[0].key().state, key().state);
    assert_eq!(accounts[1].observed.display_name, "locations/4", "one without a name");
    let gone = AccountKey { external_id: "locations/9".into(), ..key() };
    let refused = fake.api().account(&gone).await.map(drop);
    assert!(matches!(refused, Err(Error::Permission { .. })), "the group that showed nothing may have it: {refused:?}");
}

#[tokio::test]
async fn a_person_without_a_location_is_told_so() {
    let none = Fake::new(|_| (200, json!({})));
    assert_eq!(none.api().accounts().await.map(drop), Err(Error::NoAccount));
    let refused = Fake::new(|asked| match asked.what.ends_with("/accounts") {
        true => (200, json!({ "accounts": [{ "name": "accounts/1" }] })),
        false => problem(403, "PERMISSION_DENIED"),
    });
    assert!(matches!(refused.api().accounts().await, Err(Error::Permission { .. })));
}

#[tokio::test]
async fn a_review_is_read_with_its_translation_and_its_answer() {
    let fake = Fake::new(|_| {
        let mut answered =
            review("R", "TWO", Some("(Translated by Google) Cold.\n\n(Original)\nKalt."), "2026-10-03T10:00:00Z");
        answered["reviewReply"] =
            json!({ "comment": "Sorry!", "updateTime": "2026-10-03T10:00:00Z", "reviewReplyState": "APPROVED" });
        listing(&[answered, review("S", "FIVE", None, "2026-10-01T09:00:00Z")])
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!((batch.content.len(), batch.content[0].comments), (1, Some(2)), "the place, with its reviews counted");
    let [review, answer, silent] = batch.interactions.as_slice() else { panic!("{:?}", batch.interactions) };
    assert_eq!((review.kind, review.rating), (Kind::Review, Some(2)));
    assert_eq!((review.text.as_deref(), review.translation.as_deref()), (Some("Kalt."), Some("Cold.")));
    assert_eq!(review.edited_at, None, "an answer moves the review's time of change");
    assert_eq!((answer.kind, answer.external_id.as_str()), (Kind::Reply, "R/reply"));
    assert!(answer.author.is_self && answer.provider_state == ProviderState::Published);
    assert_eq!((silent.text.as_deref(), silent.rating), (None, Some(5)));
    assert_ne!(review.author.external_id, silent.author.external_id, "two people of one name are two");
}

#[tokio::test]
async fn an_answer_stands_where_google_has_put_it() {
    for (state, violation, stands, reason) in [
        ("PENDING", None, ProviderState::Held, None),
        ("APPROVED", None, ProviderState::Published, None),
        ("SOMETHING_NEW", None, ProviderState::Published, None),
        ("REJECTED", None, ProviderState::Rejected, Some("Google rejected this reply and gave no reason.")),
        (
            "REJECTED",
            Some("OBSCENITY_AND_PROFANITY"),
            ProviderState::Rejected,
            Some("Google rejected this reply: it contains swear words."),
        ),
    ] {
        let fake = Fake::new(move |_| {
            let mut one = review("R", "ONE", None, "2026-10-03T10:00:00Z");
            one["reviewReply"] = json!({ "comment": "!", "updateTime": "2026-10-03T10:00:00Z", "reviewReplyState": state, "policyViolation": violation });
            listing(&[one])
        });
        let answer = fake.pass(None).await.unwrap().interactions.pop().unwrap();
        assert_eq!((answer.provider_state, answer.state_reason.as_deref()), (stands, reason), "{state}");
    }
}

#[tokio::test]
async fn an_odd_review_is_set_aside_and_costs_no_other() {
    let fake = Fake::new(|_| {
        let mut odd = review("odd", "FIVE", None, "2026-10-01T09:00:00Z");
        odd["createTime"] = json!("yesterday");
        let mut nobody = review("nobody", "SIX", Some("\u{0}"), "?");
        nobody["reviewer"] = json!({ "displayName": "Ann", "isAnonymous": true });
        listing(&[odd, nobody, json!({}), json!(7)])
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!(batch.set_aside.iter().map(|aside| aside.external_id.as_str()).collect::<Vec<_>>(), ["odd", "", ""]);
    let [one] = batch.interactions.as_slice() else { panic!("{:?}", batch.interactions) };
    assert_eq!((one.author.display_name.as_str(), one.rating), ("A Google user", None));
}

#[tokio::test]
async fn an_empty_list_has_no_keys_at_all() {
    let batch = Fake::new(|_| (200, json!({}))).pass(None).await.unwrap();
    assert_eq!((batch.content.len(), batch.interactions.len()), (1, 0));
}

/// Three pages of one review each, the newest first.
fn three_pages(asked: &Asked) -> (u16, Value) {
    let page = |n: i64, at: &str, next: Option<&str>| {
        (
            200,
            json!({ "reviews": [review(&format!("R{n}"), "FIVE", None, at)], "totalReviewCount": 3, "nextPageToken": next }),
        )
    };
    match asked.of("pageToken") {
        "" => page(1, "2026-11-30T09:00:00Z", Some("two")),
        "two" => page(2, "2026-11-20T09:00:00Z", Some("three")),
        "three" => page(3, "2026-11-10T09:00:00Z", None),
        _ => problem(400, "INVALID_ARGUMENT"),
    }
}

#[tokio::test]
async fn a_pass_for_what_is_new_leaves_the_list_where_it_is_known() {
    let fake = Fake::new(three_pages);
    assert_eq!(fake.pass(None).await.unwrap().interactions.len(), 3);
    let asked = fake.log().len();
    assert_eq!(fake.pass(Some("2026-11-25T00:00:00Z")).await.unwrap().interactions.len(), 2);
    assert_eq!(fake.log().len() - asked, 2);
    assert!(fake.log().iter().all(|asked| asked.of("orderBy") == "updateTime desc"));
}

#[tokio::test]
async fn a_page_token_that_is_not_accepted_any_more_begins_the_list_anew_once() {
    let fake = Fake::new(|asked| match (asked.of("pageToken"), three_pages(asked)) {
        ("two", _) => problem(400, "INVALID_ARGUMENT"),
        (_, page) => page,
    });
    assert!(matches!(fake.pass(None).await, Err(Error::Rejected { .. })));
    assert_eq!(fake.log().iter().filter(|asked| asked.of("pageToken").is_empty()).count(), 2);
}

#[tokio::test]
async fn a_review_that_is_too_much_by_itself_is_passed_over() {
    let fake = Fake::new(|asked| match (asked.of("pageSize"), asked.of("fields")) {
        ("1", "") if asked.of("pageToken").is_empty() => (200, json!("no list")),
        ("1", fields) if !fields.is_empty() => {
            (200, json!({ "reviews": [{ "name": "accounts/1/locations/2/reviews/huge" }], "nextPageToken": "two" }))
        }
        (_, "") if asked.of("pageToken") == "two" => listing(&[review("R", "FIVE", None, "2026-10-01T09:00:00Z")]),
        _ => (200, json!("no list")),
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!((batch.interactions.len(), batch.set_aside[0].external_id.as_str()), (1, "huge"));
}

#[tokio::test]
async fn a_location_that_moved_to_another_account_is_found_there_by_the_next_pass() {
    let fake = Fake::new(|asked| match asked.what.as_str() {
        what if what.contains(REVIEWS) => problem(404, "NOT_FOUND"),
        what if what.ends_with("/v1/accounts") => (200, json!({ "accounts": [{ "name": "accounts/7" }] })),
        _ => (200, json!({ "locations": [{ "name": "locations/2", "title": "Harbor & Thyme" }] })),
    });
    assert!(matches!(fake.pass(None).await, Err(Error::Unavailable { .. })), "tried again, from its account on");
    let found = fake.api().account(&key()).await.unwrap();
    assert_eq!(found.state["account"], "accounts/7");
    let lost = Fake::new(|asked| match asked.what.as_str() {
        what if what.contains(REVIEWS) => problem(404, "NOT_FOUND"),
        _ => (200, json!({})),
    });
    assert_eq!(lost.pass(None).await.map(drop), Err(Error::NoAccount));
}

#[tokio::test]
async fn what_a_pass_did_not_see_is_asked_for_by_its_id() {
    let fake = Fake::new(|asked| match asked.what.rsplit('/').next() {
        Some("there") => (200, review("there", "FIVE", None, "2026-10-01T09:00:00Z")),
        _ => problem(404, "NOT_FOUND"),
    });
    let ids = ["there", "there/reply", "gone", "gone/reply", "locations/2"].map(str::to_owned);
    let gone = fake.api().gone(&key(), &ids).await.unwrap().unwrap();
    assert_eq!(gone, ["there/reply", "gone", "gone/reply"]);
    assert_eq!(fake.log().len(), 2, "each review once");
}

#[tokio::test]
async fn ids_of_a_new_form_over_night_are_no_deletions() {
    let fake = Fake::new(|_| problem(404, "NOT_FOUND"));
    let ids = (0..30).map(|n| format!("old-{n}")).collect::<Vec<_>>();
    assert_eq!(fake.api().gone(&key(), &ids).await.unwrap(), Some(Vec::new()));
}

#[tokio::test]
async fn what_is_null_is_absent() {
    let fake = Fake::new(|_| {
        let mut one = review("R", "FIVE", None, "2026-10-01T09:00:00Z");
        for name in ["reviewer", "comment", "reviewReply", "reviewReplyUrl"] {
            one[name] = Value::Null;
        }
        (200, json!({ "reviews": [null, one], "totalReviewCount": null, "nextPageToken": null }))
    });
    let batch = fake.pass(None).await.unwrap();
    assert_eq!((batch.interactions.len(), batch.set_aside.len()), (1, 0), "{batch:?}");
    let none = Fake::new(|_| (200, json!({ "accounts": null })));
    assert_eq!(none.api().accounts().await.map(drop), Err(Error::NoAccount));
}

#[tokio::test]
async fn an_id_is_one_part_of_an_address_whatever_is_in_it() {
    let fake = Fake::new(|_| problem(404, "NOT_FOUND"));
    for id in ["../../../v1/accounts", "a?b#c", "a/b", "ü"] {
        assert!(fake.api().fetch(&key(), id, None).await.unwrap().interactions.is_empty());
    }
    let paths = fake.log().into_iter().map(|asked| asked.what).collect::<Vec<_>>();
    for path in &paths {
        let id = path.strip_prefix(&format!("GET mybusiness {REVIEWS}/")).unwrap_or("/");
        assert!(!id.contains('/') && !id.is_empty(), "{paths:?}");
    }
    assert!(fake.log().iter().all(|asked| asked.query.len() == 1), "prettyPrint alone");
}
