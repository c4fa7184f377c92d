//! What the demo service may answer, and what becomes of it: F15 to F21.

use std::sync::{Arc, Mutex};

use axum::http::Method;
use kit::testing::{Database, Engine, wait_for};
use serde_json::{Value, json};

use super::service::{DemoService, Reply};
use super::torture::audit;
use crate::support::{Client, EMAIL, Fleet, Role};

/// Asked for once more, with the same key.
fn passing() -> Vec<(&'static str, Reply)> {
    vec![
        ("500", Reply::Json(500, "{}")),
        ("502 with a page", Reply::Html(502, "<h1>Bad gateway</h1>")),
        ("503 and when to come again", Reply::Later(503)),
        ("429 and when to come again", Reply::Later(429)),
        ("200 with a page", Reply::Html(200, "<h1>It works!</h1>")),
        ("half an object", Reply::Bytes(br#"{"id": "p", "user_id": "#)),
        ("the same key twice", Reply::Bytes(br#"{"id": "a", "id": "b"}"#)),
        ("another type", Reply::Bytes(b"[1, 2, 3]")),
        ("no UTF-8", Reply::Bytes(b"{\"id\": \"\xff\xfe\"}")),
        ("gzip", Reply::Bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")),
        ("no end", Reply::Endless),
        ("an answer that breaks off", Reply::Half),
        ("an answer that is lost after the deed", Reply::Lost),
        ("the profile of another user", Reply::Changed(|profile| profile["user_id"] = json!("somebody else"))),
        ("no id", Reply::Changed(|profile| drop(profile.as_object_mut().map(|fields| fields.remove("id"))))),
        ("a profile that was left over", Reply::Json(409, r#"{"code":"profile_exists"}"#)),
        ("a very long id", Reply::Changed(|profile| profile["id"] = json!("x".repeat(70_000)))),
    ]
}

/// Not asked again: a person has to do something.
fn lasting() -> Vec<(&'static str, Reply)> {
    vec![
        ("demo_service_rejected", Reply::Json(400, "{}")),
        ("demo_service_refused", Reply::Json(401, "{}")),
        ("demo_service_refused", Reply::Json(403, "{}")),
        ("demo_operation_over", Reply::Json(409, r#"{"code":"operation_cancelled"}"#)),
        ("demo_service_rejected", Reply::Json(422, "{}")),
        ("demo_service_rejected", Reply::Redirect("http://127.0.0.1:9/elsewhere".into())),
    ]
}

#[test]
fn an_answer_that_makes_no_sense_is_asked_for_again_and_one_profile_is_made() {
    kit::testing::run(async {
        let house = House::open().await;
        for (name, reply) in passing() {
            let before = house.asked();
            house.enable(reply).await;
            house.becomes("enabled", name).await;
            assert_eq!(house.asked() - before, 2, "{name}: asked once more");
            house.agrees(name).await;
            house.leave(name).await;
        }
        let grown = house.fleet.nodes[1].process.memory() / 1024;
        assert!(grown < 200, "{grown} MiB after an answer without an end");
    });
}

#[test]
fn an_answer_that_does_not_come_or_comes_drop_by_drop_is_given_up_and_asked_for_again() {
    kit::testing::run(async {
        let house = House::open().await;
        for (name, reply) in [("silence", Reply::Silence), ("drops", Reply::Drip)] {
            house.enable(reply).await;
            house.becomes("enabled", name).await;
            house.agrees(name).await;
            house.leave(name).await;
        }
    });
}

#[test]
fn a_refusal_is_told_at_once_and_can_be_left() {
    kit::testing::run(async {
        let house = House::open().await;
        for (wanted, reply) in lasting() {
            let (name, before) = (format!("{reply:?}"), house.asked());
            house.enable(reply).await;
            let failed = house.becomes("failed", &name).await;
            assert_eq!(failed["error"]["code"], wanted, "{name}: {failed}");
            assert_eq!(house.asked() - before, 1, "{name}: not asked again");
            house.leave(&name).await;
        }
    });
}

/// An installation whose demo service spoils the next answer to a wish for a profile.
struct House {
    fleet: Fleet,
    database: Database,
    service: DemoService,
    ann: Client,
    next: Arc<Mutex<Option<Reply>>>,
}

impl House {
    async fn open() -> Self {
        let database = Database::fresh(Engine::Sqlite).await;
        let mut fleet = Fleet::start(database.url(), &[Role::Simulator, Role::Serve], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let next = Arc::<Mutex<Option<Reply>>>::default();
        let taken = next.clone();
        let script = move |method: &Method, path: &str| match (method, path) {
            (&Method::POST, "/profiles") => taken.lock().expect("nobody panics").take().unwrap_or(Reply::Real),
            _ => Reply::Real,
        };
        let service = DemoService::before(fleet.nodes[0].url(), script).await;
        fleet.revive(1, &[("DEMO_SERVICE_URL", &service.url)]);
        fleet.wait_until_ready().await;
        Self { fleet, database, service, ann, next }
    }

    async fn enable(&self, reply: Reply) {
        *self.next.lock().expect("nobody panics") = Some(reply);
        self.ann.post("/api/demo/enable", json!({"size": "small", "seed": 7})).await;
    }

    async fn leave(&self, name: &str) {
        self.ann.post("/api/demo/disable", json!({})).await;
        self.becomes("disabled", name).await;
        self.agrees(name).await;
    }

    async fn becomes(&self, status: &str, name: &str) -> Value {
        wait_for(&format!("{status} after {name}"), || async {
            let (_, demo) = self.ann.get("/api/demo/status").await;
            assert!(status == "failed" || demo["status"] != "failed", "after {name}: {demo}");
            (demo["status"] == status).then_some(demo)
        })
        .await
    }

    /// Both sides tell the same.
    async fn agrees(&self, name: &str) {
        assert_eq!(audit::profiles_match(self.database.url(), self.fleet.data_dir()).await, [""; 0], "after {name}");
    }

    fn asked(&self) -> usize {
        self.service.seen().iter().filter(|request| *request == "POST /profiles").count()
    }
}
