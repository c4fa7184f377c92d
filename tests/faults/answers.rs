//! What the demo service may answer, and what becomes of it: F15 to F21.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use axum::http::Method;
use kit::both_databases;
use kit::testing::{Database, Engine, wait_for};
use rustls::pki_types::PrivateKeyDer;
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
        ("demo_profile_changed", Reply::Changed(|profile| profile["id"] = json!("another than what stands there"))),
        ("demo_service_rejected", Reply::Redirect("http://127.0.0.1:9/elsewhere".into())),
    ]
}

/// What was asked of a service that fails now and then.
#[derive(Default)]
struct Asked {
    all: usize,
    spoiled: usize,
    not_before: Option<Instant>,
    too_early: usize,
}

both_databases! {
    async fn an_answer_that_makes_no_sense_is_asked_for_again_and_one_profile_is_made(engine: Engine) {
        let house = House::open(engine).await;
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
    }

    async fn an_answer_that_does_not_come_or_comes_drop_by_drop_is_given_up_and_asked_for_again(engine: Engine) {
        let house = House::open(engine).await;
        for (name, reply) in [("silence", Reply::Silence), ("drops", Reply::Drip)] {
            house.enable(reply).await;
            house.becomes("enabled", name).await;
            house.agrees(name).await;
            house.leave(name).await;
        }
    }

    async fn a_refusal_is_told_at_once_and_can_be_left(engine: Engine) {
        let house = House::open(engine).await;
        for (wanted, reply) in lasting() {
            let (name, before) = (format!("{reply:?}"), house.asked());
            house.enable(reply).await;
            let failed = house.becomes("failed", &name).await;
            assert_eq!(failed["error"]["code"], wanted, "{name}: {failed}");
            assert_eq!(house.asked() - before, 1, "{name}: not asked again");
            house.leave(&name).await;
        }
    }

    /// F17: what stands in the way of a connection is told from an answer, and passes.
    async fn a_service_that_cannot_be_spoken_to_is_tried_again_and_found_when_it_can(engine: Engine) {
        let mut house = House::open(engine).await;
        let without_tls = house.service.url.replace("http:", "https:");
        let impostor = Impostor::start();
        for (name, url) in [
            ("a name that nobody has", "http://demo.invalid"),
            ("a service without TLS", &without_tls),
            ("a certificate of its own making", &impostor.url),
        ] {
            let before = house.asked();
            house.asks(url).await;
            house.enable(Reply::Real).await;
            house.is_put_off("demo_service_unreachable", name).await;
            assert_eq!(house.asked(), before, "{name}: nobody was told the secret");
            house.asks(&house.service.url.clone()).await;
            house.becomes("enabled", name).await;
            house.agrees(name).await;
            house.leave(name).await;
        }
        let tries = impostor.tries.lock().expect("nobody panics");
        assert!(!tries.is_empty() && tries.iter().all(Vec::is_empty), "an impostor was told {tries:?}");
    }

    /// F15: of a service that fails now and then hardly more is asked, and not before the time that it names.
    async fn what_fails_now_and_then_is_asked_a_tenth_more_at_most_and_when_it_wishes(engine: Engine) {
        /// Asked for, asked for a password and for its past, looked at and given back.
        const REQUESTS: usize = 5;
        const TIMES: usize = 24;
        let asked = Arc::<Mutex<Asked>>::default();
        let seen = asked.clone();
        let house = House::open_with(engine, move |_, path| {
            let mut asked = seen.lock().expect("nobody panics");
            if !path.starts_with("/profiles") {
                return Reply::Real;
            }
            asked.all += 1;
            asked.too_early += usize::from(asked.not_before.take().is_some_and(|time| now() < time));
            if asked.all % 20 != 0 {
                return Reply::Real;
            }
            asked.spoiled += 1;
            let replies = [
                Reply::Json(500, "{}"),
                Reply::Later(503),
                Reply::Html(502, "<h1>Bad gateway</h1>"),
                Reply::Later(429),
            ];
            let reply = replies[asked.spoiled % replies.len()].clone();
            asked.not_before = matches!(reply, Reply::Later(_)).then(|| now() + Duration::from_secs(1));
            reply
        })
        .await;
        for round in 0..TIMES {
            house.wish().await;
            house.becomes("enabled", &format!("round {round}")).await;
            house.leave(&format!("round {round}")).await;
        }
        let asked = asked.lock().expect("nobody panics");
        assert!(asked.spoiled >= 3, "{} of {} requests failed", asked.spoiled, asked.all);
        assert!(asked.all * 10 <= TIMES * REQUESTS * 11, "{} requests for {TIMES} set-ups", asked.all);
        assert_eq!(asked.too_early, 0, "of those that were asked to come later");
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long the program waits")]
fn now() -> Instant {
    Instant::now()
}

/// Somebody who speaks TLS with a certificate that nobody else vouches for.
struct Impostor {
    url: String,
    /// What was told in each connection.
    tries: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Impostor {
    fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let settings = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let settings = settings.expect("ring speaks all of them").with_no_client_auth();
        let settings = settings.with_single_cert(vec![made.cert.der().clone()], key).expect("they belong together");
        let settings = Arc::new(settings);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("https://localhost:{}", listener.local_addr().expect("it is bound").port());
        let tries = Arc::<Mutex<Vec<_>>>::default();
        let known = tries.clone();
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let mut tls = rustls::ServerConnection::new(settings.clone()).expect("the settings are good");
                let mut told = Vec::new();
                // Ends with an error where the client hangs up on the certificate.
                let _ = rustls::Stream::new(&mut tls, &mut stream).read_to_end(&mut told);
                known.lock().expect("nobody panics").push(told);
            }
        });
        Self { url, tries }
    }
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
    async fn open(engine: Engine) -> Self {
        let next = Arc::<Mutex<Option<Reply>>>::default();
        let taken = next.clone();
        let script = move |method: &Method, path: &str| match (method, path) {
            (&Method::POST, "/profiles") => taken.lock().expect("nobody panics").take().unwrap_or(Reply::Real),
            _ => Reply::Real,
        };
        Self { next, ..Self::open_with(engine, script).await }
    }

    async fn open_with(engine: Engine, script: impl Fn(&Method, &str) -> Reply + Send + Sync + 'static) -> Self {
        let database = Database::fresh(engine).await;
        let fleet = Fleet::start(database.url(), &[Role::Simulator, Role::Serve], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let service = DemoService::before(fleet.nodes[0].url(), script).await;
        let mut house = Self { fleet, database, service, ann, next: Arc::default() };
        house.asks(&house.service.url.clone()).await;
        house
    }

    /// From now on the demo service is sought there.
    async fn asks(&mut self, url: &str) {
        self.fleet.revive(1, &[("DEMO_SERVICE_URL", url)]);
        self.fleet.wait_until_ready().await;
    }

    async fn enable(&self, reply: Reply) {
        *self.next.lock().expect("nobody panics") = Some(reply);
        self.wish().await;
    }

    async fn wish(&self) {
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

    /// Its set-up waits for another try.
    async fn is_put_off(&self, code: &str, name: &str) {
        let (_, demo) = self.ann.get("/api/demo/status").await;
        let job = format!("/api/jobs/{}/status", demo["job_id"].as_str().expect("a set-up is under way"));
        wait_for(&format!("another try after {name}"), || async {
            let (_, job) = self.ann.get(&job).await;
            assert_ne!(job["status"], "failed", "after {name}: {job}");
            (job["status"] == "pending" && job["error"]["code"] == code).then_some(())
        })
        .await;
    }

    /// Both sides tell the same.
    async fn agrees(&self, name: &str) {
        assert_eq!(audit::profiles_match(self.database.url(), self.fleet.data_dir()).await, [""; 0], "after {name}");
    }

    fn asked(&self) -> usize {
        self.service.seen().iter().filter(|request| *request == "POST /profiles").count()
    }
}
