//! Webhooks as their receiver meets them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use kit::both_databases;
use kit::clock::Timestamp;
use kit::random::Random;
use kit::testing::{PATIENCE, wait_until};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use super::webhook::Secret;
use crate::Host;
use crate::testing::{Sim, answer, text};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver that answers what it is told to, and keeps what it got.
struct Receiver {
    url: String,
    status: Arc<Mutex<StatusCode>>,
    got: mpsc::UnboundedReceiver<Delivery>,
}

#[derive(Debug)]
struct Delivery {
    id: String,
    at: Timestamp,
    signature: String,
    body: String,
}

type Inbox = (Arc<Mutex<StatusCode>>, mpsc::UnboundedSender<Delivery>);

impl Receiver {
    async fn start() -> Receiver {
        let status = Arc::new(Mutex::new(StatusCode::NO_CONTENT));
        let (sender, got) = mpsc::unbounded_channel();
        let routes = Router::new().route("/hooks", post(receive)).with_state((status.clone(), sender));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Receiver { url, status, got }
    }

    async fn next(&mut self) -> Delivery {
        tokio::time::timeout(PATIENCE, self.got.recv()).await.expect("a webhook comes").expect("the receiver runs")
    }

    async fn next_of(&mut self, id: &str) -> Delivery {
        loop {
            let delivery = self.next().await;
            if delivery.id == id {
                return delivery;
            }
        }
    }
}

async fn receive(State((status, sender)): State<Inbox>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let at = Timestamp::from_second(header("webhook-timestamp").parse().unwrap());
    let _ = sender.send(Delivery { id: header("webhook-id"), at, signature: header("webhook-signature"), body });
    *status.lock().await
}

async fn listened_to(sim: &Sim, receiver: &Receiver) {
    let webhook = json!({ "webhook": { "url": receiver.url, "secret": SECRET } });
    let (status, made) = sim.make_profile("ann", "k1", webhook).await;
    assert_eq!(status, StatusCode::OK, "{made}");
}

/// How often a webhook in the outbox was tried; none when it is not there.
async fn attempts(sim: &Sim, id: &str) -> Option<i64> {
    let id = id.to_owned();
    let state = sim.simulator().state();
    state.db.read(move |conn| super::store::attempts(conn, &id)).await.unwrap()
}

both_databases! {
    async fn an_arrival_is_announced_signed_and_there_to_be_read(sim: Sim) {
        let mut receiver = Receiver::start().await;
        listened_to(&sim, &receiver).await;
        sim.hand.advance(Duration::from_secs(40));
        let delivery = receiver.next().await;
        assert!(delivery.id.starts_with("msg_"), "{delivery:?}");
        let secret = Secret::parse(SECRET).unwrap();
        assert_eq!(delivery.signature, secret.sign(&delivery.id, delivery.at, &delivery.body));

        let event: Value = serde_json::from_str(&delivery.body).unwrap();
        assert_eq!((&event["type"], &event["data"]["user_id"], &event["data"]["platform"]), (&json!("interaction.created"), &json!("ann"), &json!("youtube")));
        let token = sim.connect("ann").await;
        let id = text(&event["data"]["external_id"]);
        let comment = sim.get(&token, &format!("comments?part=snippet&id={id}")).await["items"][0].take();
        assert_eq!(comment["snippet"]["videoId"], event["data"]["video_id"]);
        assert_eq!(comment["snippet"]["publishedAt"], event["timestamp"]);
        assert_eq!(comment["snippet"].get("parentId"), event["data"].get("parent_id"));
    }

    async fn somebody_who_comes_back_is_announced_too(sim: Sim) {
        let mut receiver = Receiver::start().await;
        listened_to(&sim, &receiver).await;
        let token = sim.connect("ann").await;
        let channel = text(&sim.get(&token, "channels?part=id&mine=true").await["items"][0]["id"]);
        let path = format!("commentThreads?part=snippet&allThreadsRelatedToChannelId={channel}&maxResults=20");
        let threads = sim.get(&token, &path).await["items"].as_array().cloned().unwrap_or_default();
        let open = threads.iter().filter(|thread| thread["snippet"]["canReply"] == true).map(|thread| text(&thread["id"]));
        let open = open.collect::<Vec<_>>();
        for thread in &open {
            let body = json!({ "snippet": { "parentId": thread, "textOriginal": "Thanks for asking!" } });
            let (status, told) = answer(sim.youtube(&token, Method::POST, "comments?part=snippet").json(&body)).await;
            assert_eq!(status, StatusCode::OK, "{told}");
        }
        sim.hand.advance(Duration::from_secs(8 * 60));
        loop {
            let event: Value = serde_json::from_str(&receiver.next().await.body).unwrap();
            let is_ours = |parent: &Value| open.iter().any(|thread| parent == thread);
            if event["data"]["kind"] == "reply" && event["data"].get("parent_id").is_some_and(is_ours) {
                break;
            }
        }
    }

    async fn a_review_is_announced_and_so_is_what_an_answer_changed(sim: Sim) {
        let mut receiver = Receiver::start().await;
        let restaurant = json!({ "story": "restaurant", "webhook": { "url": receiver.url, "secret": SECRET } });
        let (status, made) = sim.make_profile("ann", "k1", restaurant).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        sim.hand.advance(Duration::from_secs(30 * 60));
        let event: Value = serde_json::from_str(&receiver.next().await.body).unwrap();
        let data = &event["data"];
        assert_eq!((&event["type"], &data["user_id"], &data["platform"], &data["kind"]), (&json!("interaction.created"), &json!("ann"), &json!("google_business"), &json!("review")));

        let token = sim.connect_business("ann").await;
        let account = text(&sim.get_business(Host::GbpAccounts, &token, "v1/accounts", "ListAccountsResponse").await["accounts"][0]["name"]);
        let reviews = format!("v4/{account}/{}/reviews", text(&data["location"]));
        let told = sim.get_business(Host::GbpReviews, &token, &format!("{reviews}/{}", text(&data["external_id"])), "Review").await;
        assert_eq!(told["createTime"], event["timestamp"]);

        let worst = sim.get_business(Host::GbpReviews, &token, &format!("{reviews}?orderBy=rating"), "ListReviewsResponse").await;
        let worst = worst["reviews"].as_array().unwrap();
        let asked: Vec<String> = worst.iter().filter(|review| review.get("comment").is_some()).take(20).map(|review| text(&review["reviewId"])).collect();
        for some in asked.chunks(10) {
            for review in some {
                let put = sim.business(Host::GbpReviews, &token, Method::PUT, &format!("{reviews}/{review}/reply"));
                assert_eq!(answer(put.json(&json!({ "comment": "We're sorry." }))).await.0, StatusCode::OK);
            }
            sim.hand.advance(Duration::from_secs(60));
        }
        sim.hand.advance(Duration::from_secs(45 * 60));
        loop {
            let event: Value = serde_json::from_str(&receiver.next().await.body).unwrap();
            if event["type"] == "interaction.updated" && asked.contains(&text(&event["data"]["external_id"])) {
                break;
            }
        }
    }

    async fn what_is_not_taken_is_sent_again_also_over_a_restart(sim: Sim) {
        let mut sim = sim;
        let mut receiver = Receiver::start().await;
        listened_to(&sim, &receiver).await;
        *receiver.status.lock().await = StatusCode::SERVICE_UNAVAILABLE;
        sim.hand.advance(Duration::from_secs(40));
        let first = receiver.next().await;
        wait_until("it is put off", || async { attempts(&sim, &first.id).await == Some(1) }).await;
        sim.restart().await;
        sim.hand.advance(Duration::from_secs(8));
        let second = receiver.next_of(&first.id).await;
        assert_eq!(second.body, first.body);
        assert_ne!(second.signature, first.signature, "each attempt carries its own time");

        wait_until("it is put off", || async { attempts(&sim, &first.id).await == Some(2) }).await;
        *receiver.status.lock().await = StatusCode::OK;
        sim.hand.advance(Duration::from_secs(30));
        receiver.next_of(&first.id).await;
        wait_until("it is taken", || async { attempts(&sim, &first.id).await.is_none() }).await;
        sim.hand.advance(Duration::from_secs(120));
        assert_ne!(receiver.next().await.id, first.id, "what was taken does not come again");
    }

    async fn after_three_days_a_webhook_is_given_up(sim: Sim) {
        let mut receiver = Receiver::start().await;
        listened_to(&sim, &receiver).await;
        *receiver.status.lock().await = StatusCode::INTERNAL_SERVER_ERROR;
        sim.hand.advance(Duration::from_secs(40));
        let id = receiver.next().await.id;
        wait_until("it is put off", || async { attempts(&sim, &id).await == Some(1) }).await;
        sim.hand.advance(Duration::from_secs(3 * 86_400));
        wait_until("it is given up", || async { attempts(&sim, &id).await.is_none() }).await;
        let again = std::iter::from_fn(|| receiver.got.try_recv().ok()).filter(|delivery| delivery.id == id).count();
        assert_eq!(again, 1, "the last try comes first");
    }

    async fn a_removed_profile_falls_silent(sim: Sim) {
        let mut receiver = Receiver::start().await;
        listened_to(&sim, &receiver).await;
        *receiver.status.lock().await = StatusCode::SERVICE_UNAVAILABLE;
        sim.hand.advance(Duration::from_secs(40));
        receiver.next().await;
        answer(sim.api(Method::DELETE, "/profiles/ann")).await;

        *receiver.status.lock().await = StatusCode::OK;
        let webhook = json!({ "user_id": "bob", "size": "small", "seed": 8, "webhook": { "url": receiver.url, "secret": SECRET } });
        answer(sim.api(Method::POST, "/profiles").json(&webhook)).await;
        sim.hand.advance(Duration::from_secs(120));
        assert!(receiver.next().await.body.contains("\"bob\""), "of ann nothing more is heard");
    }
}

#[test]
fn retries_wait_between_five_seconds_and_an_hour() {
    let random = Random::seeded(3);
    for attempts in 0..60 {
        let wait = super::backoff(attempts, &random).as_secs_f64();
        let steady = (5.0 * 2f64.powi(attempts as i32)).min(3600.0);
        assert!((5.0..=3600.0).contains(&wait) && wait >= steady * 0.74 && wait <= steady * 1.26, "{attempts}: {wait}");
    }
}
