//! The ledger over the real adapter, against the simulator's Google Business Profile: answers that Google moderates, and of
//! which a review has one.

use kit::both_databases;
use kit::clock::{Clock, Hand};
use serde_json::{Value, json};

use super::*;
use crate::testing::Beside;

/// Ann with the demo of a restaurant.
struct Restaurant {
    app: TestApp,
    google: Hand,
    _beside: Beside,
}

impl Restaurant {
    async fn open(app: TestApp) -> Self {
        let (clock, google) = Clock::manual(app.app.now());
        let (app, beside) = app.with_simulator_at(clock).await;
        let app = app.with_ann().await;
        app.json("POST", "/api/demo/enable", json!({ "story": "restaurant", "size": "small", "seed": 7 })).await;
        app.run_jobs().await;
        let status = app.get("/api/demo/status").await.json();
        assert_eq!(status["status"], "enabled", "{status}");
        Self { app, google, _beside: beside }
    }

    /// A review that waits for an answer.
    async fn waiting(&self, place: usize) -> String {
        let waiting = self.app.get("/api/interactions?state=needs_reply&rating=1&limit=5").await.json();
        waiting["items"][place]["id"].as_str().expect("somebody was unhappy").to_owned()
    }

    async fn answer(&self, review: &str, text: &str) {
        let path = format!("/api/inbox/{review}/replies");
        let sent = self.app.json("POST", &path, json!({ "text": text })).await;
        assert_eq!(sent.status, 202, "{}", sent.text);
        self.app.run_jobs().await;
    }

    async fn later(&self, seconds: u64) {
        self.google.advance(Duration::from_secs(seconds));
        self.app.hand.advance(Duration::from_secs(seconds));
        self.app.run_jobs().await;
    }

    async fn replies(&self, review: &str) -> Vec<Value> {
        let listed = self.app.get(&format!("/api/inbox/{review}/replies")).await.json();
        listed["items"].as_array().cloned().unwrap_or_default()
    }

    async fn set_status(&self, status: &'static str) {
        let sql = "UPDATE platform_connections SET connection_status = $1";
        self.app.app.db.write(move |tx| tx.exec(sql, args![status])).await.expect("the database answers");
    }

    /// Google keeps what is written next, and its answer never comes.
    async fn loses_an_answer(&self) {
        let service = self.app.app.config.demo_service.as_ref().expect("it runs");
        let user = self.app.who().await.user.id;
        let mut url = service.url.clone();
        url.set_path(&format!("/profiles/{user}/faults"));
        let http = &self.app.app.outbound.demo_service;
        let request = http.request(reqwest::Method::POST, url).bearer_auth(service.secret.expose());
        let request = request.json(&json!({ "kind": "lost_answer", "calls": 1 }));
        assert_eq!(http.send(request, 64 * 1024).await.expect("an answer").status, 200);
    }

    async fn review(&self, review: &str) -> Value {
        self.app.get(&format!("/api/interactions/{review}")).await.json()
    }
}

both_databases! {
    async fn an_answer_that_is_edited_is_moderated_anew(app: TestApp) {
        let here = Restaurant::open(app).await;
        let review = here.waiting(0).await;
        here.answer(&review, "We are sorry.").await;
        here.later(100).await;
        for (text, ends, waits) in [
            ("A discount waits at https://example.com/offer", "rejected", "needs_reply"),
            ("We have talked it over with the kitchen.", "published", "answered"),
        ] {
            let id = here.replies(&review).await[0]["id"].as_str().expect("an id").to_owned();
            let edited = here.app.json("PATCH", &format!("/api/replies/{id}"), json!({ "text": text })).await;
            assert_eq!(edited.status, 202, "{}", edited.text);
            here.app.run_jobs().await;
            let reply = here.replies(&review).await[0].clone();
            assert_eq!((&reply["state"], &reply["text"]), (&json!("pending_moderation"), &json!(text)), "{reply}");
            assert_eq!(here.review(&review).await["state"], "needs_reply", "nobody sees it yet");
            here.later(100).await;
            assert_eq!(here.replies(&review).await[0]["state"], ends);
            assert_eq!(here.review(&review).await["state"], waits);
        }
    }

    async fn a_look_at_moderation_while_the_account_is_off_is_followed_by_the_next(app: TestApp) {
        let here = Restaurant::open(app).await;
        let review = here.waiting(0).await;
        here.answer(&review, "We are sorry that your evening went wrong.").await;
        here.set_status("needs_reauth").await;
        here.later(31).await;
        here.set_status("connected").await;
        here.later(100).await;
        assert_eq!(here.replies(&review).await[0]["state"], "published");
    }

    async fn a_second_answer_whose_answer_got_lost_is_found_and_sent_once(app: TestApp) {
        let here = Restaurant::open(app).await;
        let review = here.waiting(0).await;
        here.answer(&review, "We are sorry.").await;
        here.later(100).await;
        here.loses_an_answer().await;
        here.answer(&review, "We have talked it over with the kitchen.").await;
        let second = here.replies(&review).await.into_iter().find(|reply| reply["state"] != "deleted").expect("a reply");
        let stands = (&second["state"], &second["attempts"], &second["text"]);
        let text = json!("We have talked it over with the kitchen.");
        assert_eq!(stands, (&json!("pending_moderation"), &json!(1), &text));
    }

    async fn an_answer_waits_for_google_and_is_seen_to_be_published(app: TestApp) {
        let here = Restaurant::open(app).await;
        let review = here.waiting(0).await;
        here.answer(&review, "We are sorry that your evening went wrong.").await;
        assert_eq!(here.replies(&review).await[0]["state"], "pending_moderation");
        assert_eq!(here.review(&review).await["state"], "needs_reply", "nobody sees it yet");
        let page = here.app.get(&format!("/inbox/{review}")).await.text;
        assert!(page.contains("waiting for moderation"), "{page}");
        here.later(100).await;
        assert_eq!(here.replies(&review).await[0]["state"], "published");
        assert_eq!(here.review(&review).await["state"], "answered");
    }

    async fn an_answer_that_google_rejects_comes_back_with_the_policy_and_the_next_takes_its_place(app: TestApp) {
        let here = Restaurant::open(app).await;
        let review = here.waiting(0).await;
        here.answer(&review, "Sorry! A discount waits at https://example.com/offer").await;
        here.later(100).await;
        let [rejected] = &here.replies(&review).await[..] else { panic!("one reply") };
        assert_eq!(rejected["state"], "rejected", "{rejected}");
        assert_eq!(here.review(&review).await["state"], "needs_reply", "the reviewer still waits");
        let page = here.app.get(&format!("/inbox/{review}")).await.text;
        assert!(page.contains("it reads as advertising. Leave out links, phone numbers and offers."), "{page}");

        here.answer(&review, "We are sorry, and have talked it over with the kitchen.").await;
        here.later(100).await;
        let states = here.replies(&review).await.iter().map(|reply| reply["state"].clone()).collect::<Vec<_>>();
        assert!(states.contains(&json!("deleted")) && states.contains(&json!("published")), "{states:?}");
        let told = here.review(&review).await;
        assert_eq!((&told["state"], told["replies"].as_array().map(Vec::len)), (&json!("answered"), Some(1)), "{told}");
    }
}
