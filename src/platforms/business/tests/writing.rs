//! The owner's answers.

use serde_json::json;

use super::fake::{Fake, REVIEWS, key, problem};
use crate::model::ProviderState;
use crate::platforms::adapter::Adapter as _;
use crate::platforms::{Error, Target};

fn target() -> Target {
    Target { external_id: "R".into(), thread_external_id: "R".into(), content_external_id: Some("locations/2".into()) }
}

#[tokio::test]
async fn an_answer_is_put_and_waits_for_google() {
    let fake = Fake::new(|asked| {
        (
            200,
            json!({ "comment": asked.body["comment"], "updateTime": "2026-11-30T10:00:01Z", "reviewReplyState": "PENDING" }),
        )
    });
    let answer = fake.api().reply(&key(), &target(), "Thank you!").await.unwrap();
    assert_eq!((answer.external_id.as_str(), answer.text.as_deref()), ("R/reply", Some("Thank you!")));
    assert_eq!(answer.provider_state, ProviderState::Held);
    assert_eq!(fake.log()[0].what, format!("PUT mybusiness {REVIEWS}/R/reply"));
    let own = Target { external_id: "R/reply".into(), ..target() };
    let other = fake.api().edit(&key(), &own, "Thanks a lot!").await.unwrap();
    assert_eq!(other.external_id, answer.external_id, "a review has one answer");
}

#[tokio::test]
async fn an_answer_without_a_word_on_its_state_is_as_it_was_written() {
    let fake = Fake::new(|_| (200, json!({ "comment": "Thank you!" })));
    let answer = fake.api().reply(&key(), &target(), "Thank you!").await.unwrap();
    assert_eq!(answer.provider_state, ProviderState::Published);
    assert_eq!(answer.created_at.to_string(), "2026-11-30T10:00:00Z");
    let odd = Fake::new(|_| (200, json!([])));
    assert!(matches!(odd.api().reply(&key(), &target(), "!").await, Err(Error::Protocol { .. })));
}

#[tokio::test]
async fn an_answer_that_is_gone_already_is_as_good_as_deleted() {
    let fake = Fake::new(|asked| match asked.what.contains("/gone/") {
        true => problem(404, "NOT_FOUND"),
        false => (200, json!({})),
    });
    for id in ["R/reply", "gone/reply"] {
        fake.api().delete(&key(), id).await.unwrap();
    }
    assert_eq!(fake.log()[0].what, format!("DELETE mybusiness {REVIEWS}/R/reply"));
    let refused = Fake::new(|_| problem(403, "PERMISSION_DENIED"));
    assert!(matches!(refused.api().delete(&key(), "R/reply").await, Err(Error::Permission { .. })));
}

#[tokio::test]
async fn what_became_of_an_answer_is_read_with_its_review() {
    let fake = Fake::new(|asked| match asked.what.ends_with("/gone") {
        true => problem(404, "NOT_FOUND"),
        false => {
            let mut review = super::fake::review("R", "ONE", Some("Cold."), "2026-11-30T10:00:00Z");
            review["reviewReply"] = json!({ "comment": "Sorry!", "updateTime": "2026-11-30T10:00:00Z" });
            (200, review)
        }
    });
    for id in ["R", "R/reply"] {
        let ids = fake.api().fetch(&key(), id, None).await.unwrap().interactions;
        assert_eq!(ids.iter().map(|one| one.external_id.as_str()).collect::<Vec<_>>(), ["R", "R/reply"]);
    }
    assert!(fake.api().fetch(&key(), "gone", None).await.unwrap().interactions.is_empty());
}
