//! The owner's answers: kept, moderated, shown, on both databases.

use std::time::Duration;

use kit::both_databases;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{connected, places, put, review, reviews, stars, unanswered};
use crate::Host;
use crate::testing::{Sim, answer, text};

async fn first_place(sim: &Sim, token: &str) -> String {
    places(sim, token).await.remove(0)
}

/// The page that guests see, with one review on top.
async fn page(sim: &Sim, review: &Value) -> String {
    let url = text(&review["reviewReplyUrl"]);
    let response = sim.client.get(&url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{url}");
    let page = response.text().await.unwrap();
    let (named, others) = page.split_once("</article>").expect("a review is shown");
    assert!(named.contains("Highlighted") && !others.contains("Highlighted"), "{page}");
    named.to_owned()
}

both_databases! {
    async fn an_answer_waits_for_its_approval_and_is_then_shown(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim, "small").await;
        let open = unanswered(&reviews(&sim, &token, &first_place(&sim, &token).await).await);
        let (status, reply) = put(&sim, &token, &open, "Thanks, <b>Anna</b>!").await;
        assert_eq!((status, &reply["reviewReplyState"]), (StatusCode::OK, &json!("PENDING")), "{reply}");
        assert_eq!(crate::business::schema::faults(Host::GbpReviews, "ReviewReply", &reply), Vec::<String>::new());
        assert_eq!(review(&sim, &token, &open).await["reviewReply"], reply);
        assert!(!page(&sim, &open).await.contains("Thanks"));

        sim.restart().await;
        sim.hand.advance(Duration::from_secs(61));
        let told = review(&sim, &token, &open).await;
        assert_eq!(told["reviewReply"]["reviewReplyState"], "APPROVED");
        assert_eq!(told["reviewReply"]["updateTime"], reply["updateTime"]);
        let shown = page(&sim, &told).await;
        assert!(shown.contains("Thanks, &lt;b&gt;Anna&lt;/b&gt;!"), "{shown}");

        let (_, second) = put(&sim, &token, &open, "Thanks, and see you soon!").await;
        assert_eq!(second["reviewReplyState"], "PENDING");
        assert!(page(&sim, &told).await.contains("Anna"), "the old answer stays until the new one is approved");
        sim.hand.advance(Duration::from_secs(61));
        let shown = page(&sim, &told).await;
        assert!(shown.contains("see you soon") && !shown.contains("&lt;b&gt;Anna"), "{shown}");
    }

    async fn an_answer_that_google_refuses_is_never_shown(sim: Sim) {
        let (token, _) = connected(&sim, "small").await;
        let all = reviews(&sim, &token, &first_place(&sim, &token).await).await;
        let open: Vec<&Value> = all.iter().filter(|review| review.get("reviewReply").is_none()).collect();
        let refused = [
            ("Order at www.harbor.example", "ADVERTISING_AND_SOLICITATION"),
            ("Call +1 207 555 0148", "ADVERTISING_AND_SOLICITATION"),
            ("Mail me: ann@harbor.example", "PERSONAL_INFO"),
            ("What a bullshit review", "OBSCENITY_AND_PROFANITY"),
            ("Nooooooooo", "GIBBERISH_AND_REPETITIVE"),
        ];
        for ((text, _), review) in refused.iter().zip(&open) {
            assert_eq!(put(&sim, &token, review, text).await.1["reviewReplyState"], "PENDING");
        }
        sim.hand.advance(Duration::from_secs(61));
        for ((text, reason), open) in refused.iter().zip(&open) {
            let told = review(&sim, &token, open).await;
            let reply = &told["reviewReply"];
            assert_eq!((&reply["reviewReplyState"], &reply["policyViolation"]), (&json!("REJECTED"), &json!(reason)));
            assert!(!page(&sim, &told).await.contains(text), "{text}");
        }
        put(&sim, &token, open[0], "Thank you!").await;
        sim.hand.advance(Duration::from_secs(61));
        assert_eq!(review(&sim, &token, open[0]).await["reviewReply"]["reviewReplyState"], "APPROVED");
    }

    async fn an_answer_is_taken_back(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim, "small").await;
        let all = reviews(&sim, &token, &first_place(&sim, &token).await).await;
        let open = unanswered(&all);
        let answered = all.iter().find(|review| review.get("reviewReply").is_some());
        put(&sim, &token, &open, "Thank you!").await;
        sim.hand.advance(Duration::from_secs(61));
        for review_of in [Some(&open), answered].into_iter().flatten() {
            let path = format!("v4/{}/reply", text(&review_of["name"]));
            let delete = async |sim: &Sim| answer(sim.business(Host::GbpReviews, &token, Method::DELETE, &path)).await;
            assert_eq!(delete(&sim).await, (StatusCode::OK, json!({})));
            assert_eq!(delete(&sim).await.0, StatusCode::NOT_FOUND);
            sim.restart().await;
            let told = review(&sim, &token, review_of).await;
            assert_eq!(told.get("reviewReply"), None);
            assert!(!page(&sim, &told).await.contains("Response from the owner"));
        }
    }

    async fn a_write_that_makes_no_sense_is_refused(sim: Sim) {
        let (token, _) = connected(&sim, "small").await;
        let all = reviews(&sim, &token, &first_place(&sim, &token).await).await;
        let (open, other) = (unanswered(&all), &all[0]);
        let path = format!("v4/{}/reply", text(&open["name"]));
        let send = async |body: String| {
            let (status, body) = answer(sim.business(Host::GbpReviews, &token, Method::PUT, &path).body(body)).await;
            (status.as_u16(), text(&body["error"]["status"]))
        };
        let invalid = (400, "INVALID_ARGUMENT".to_owned());
        let long = json!({ "comment": "é".repeat(2049) });
        for body in ["", "{", "[]", "{}", r#"{"comment":" "}"#, r#"{"text":"Thanks!"}"#, &long.to_string()] {
            assert_eq!(send(body.to_owned()).await, invalid, "{body:.40}");
        }
        assert_eq!(put(&sim, &token, other, &"é".repeat(2048)).await.0, StatusCode::OK, "4096 bytes fit");
        let nothing = json!({ "name": format!("{}x", text(&open["name"])) });
        assert_eq!(put(&sim, &token, &nothing, "Thanks!").await.0, StatusCode::NOT_FOUND);
    }

    async fn some_who_were_let_down_come_back_after_an_answer(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim, "small").await;
        let place = first_place(&sim, &token).await;
        let all = reviews(&sim, &token, &place).await;
        let low = |review: &&Value| stars(review) <= 3 && review.get("comment").is_some();
        let asked: Vec<&Value> = all.iter().filter(low).take(20).collect();
        for some in asked.chunks(10) {
            for review in some {
                assert_eq!(put(&sim, &token, review, "We're sorry, and have talked with the kitchen.").await.0, StatusCode::OK);
            }
            sim.hand.advance(Duration::from_secs(60));
        }
        sim.hand.advance(Duration::from_secs(45 * 60));
        let later = reviews(&sim, &token, &place).await;
        let mut changed = Vec::new();
        for before in &asked {
            // One of them may have been taken down.
            let Some(now) = later.iter().find(|now| now["name"] == before["name"]) else { continue };
            if now["updateTime"] != before["updateTime"] {
                assert!(stars(now) > stars(before), "{now}");
                assert_ne!(now["comment"], before["comment"]);
                assert_eq!(now["reviewReply"]["reviewReplyState"], "APPROVED", "our answer stays");
                changed.push(now);
            }
        }
        assert!(!changed.is_empty() && changed.len() < asked.len(), "{} of {}", changed.len(), asked.len());
        sim.restart().await;
        for told in changed {
            assert_eq!(review(&sim, &token, told).await["comment"], told["comment"], "also after a restart");
        }
    }
}

#[test]
fn the_page_shows_a_place_that_is_there() {
    crate::testing::with_sim(async |sim| {
        let (token, _) = connected(&sim, "small").await;
        let list = sim
            .get_business(
                Host::GbpInfo,
                &token,
                "v1/accounts/-/locations?readMask=title,metadata",
                "ListLocationsResponse",
            )
            .await;
        let place = &list["locations"][0];
        let get = async |url: &str| {
            let response = sim.client.get(url).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        };
        let address = text(&place["metadata"]["mapsUri"]);
        let (status, page) = get(&address).await;
        assert_eq!(status, 200);
        assert!(
            page.contains("Harbor &amp; Thyme") && !page.contains("Highlighted") && !page.contains("<script"),
            "{page}"
        );
        assert!(page.contains(r#"href="maps.css""#) && page.matches("<article").count() == 20, "{page}");
        let (_, page) = get(&format!("{address}&review=nothing")).await;
        assert!(page.contains("isn't there any more"), "{page}");
        assert_eq!(get(&address.replace("=ann", "=ben")).await.0, 404);
        assert_eq!(get(&address.replace("location=", "location=1&of=")).await.0, 404);
        assert_eq!(get(&format!("{}/maps?location=x", sim.host(Host::GbpReviews))).await.0, 400);
        assert_eq!(get(&format!("{}/maps.css", sim.host(Host::GbpReviews))).await.0, 200);
    });
}
