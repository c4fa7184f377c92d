//! Demo mode as its users live it, against the real simulator, on both databases.

mod choices;
mod past;
mod samples;
mod simulation;
mod wishes;

use kit::args;
use kit::both_databases;
use kit::clock::{Clock, Timestamp};
use kit::random::Random;
use serde_json::{Value, json};
use simulator::Simulator;

use crate::testing::TestApp;

const SECRET: &str = "secret";

/// Ann, and a demo service that can be stopped and started.
struct DemoFixture {
    app: TestApp,
    simulator: Option<Simulator>,
    options: simulator::Options,
    _directory: tempfile::TempDir,
}

impl DemoFixture {
    async fn set(app: TestApp) -> Self {
        Self::set_at(app, Clock::system()).await
    }

    /// With a clock for the demo service.
    async fn set_at(app: TestApp, clock: Clock) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut options = simulator::Options::new(directory.path(), SECRET, clock, Random::seeded(7));
        let simulator = simulator::start(options.clone()).await.unwrap();
        let url: url::Url = simulator.api_url().parse().unwrap();
        options.listen.set_port(url.port().unwrap());
        let app = app.with_demo_service(&url).with_ann().await;
        Self { app, simulator: Some(simulator), options, _directory: directory }
    }

    async fn stop_the_service(&mut self) {
        self.simulator.take().expect("it runs").stop().await;
    }

    async fn start_the_service(&mut self) {
        self.simulator = Some(simulator::start(self.options.clone()).await.unwrap());
    }

    async fn enable(&self) -> Value {
        self.enable_with(Value::Null).await
    }

    async fn enable_with(&self, choice: Value) -> Value {
        let answer = self.app.json("POST", "/api/demo/enable", choice).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.json()
    }

    async fn disable(&self) -> Value {
        let answer = self.app.json("POST", "/api/demo/disable", Value::Null).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.json()
    }

    async fn status(&self) -> Value {
        self.app.json("GET", "/api/demo/status", Value::Null).await.json()
    }

    async fn job(&self, id: &Value) -> Value {
        let id = id.as_str().expect("a job's id");
        self.app.json("GET", &format!("/api/jobs/{id}/status"), Value::Null).await.json()
    }

    /// Runs what is due now and, with the clock moved to each, every retry that is waited for.
    async fn run_until_settled(&self) {
        for _ in 0..40 {
            self.app.run_jobs().await;
            let status = self.status().await;
            if !["enabling", "disabling"].contains(&status["status"].as_str().unwrap()) {
                return;
            }
            self.app.hand.advance(std::time::Duration::from_secs(50));
        }
        panic!("it never ended: {}", self.status().await);
    }

    async fn enabled(&self) -> Value {
        let accepted = self.enable().await;
        self.run_until_settled().await;
        let status = self.status().await;
        assert_eq!(status["status"], "enabled", "{status}");
        accepted
    }

    async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.app.app.db.read(move |conn| conn.one(&sql, args![])).await.unwrap()
    }

    async fn has_profile(&self) -> bool {
        let user = self.app.who().await.user.id;
        let url = format!("{}/profiles/{user}", self.simulator.as_ref().expect("it runs").api_url());
        let http = &self.app.app.outbound.demo_service;
        let request = http.request(reqwest::Method::GET, url.parse().unwrap()).bearer_auth(SECRET);
        let answer = http.send(request, 64 * 1024).await.unwrap();
        assert!([200, 404].contains(&answer.status));
        answer.status == 200
    }

    async fn let_a_worker_take_it_and_die(&self) {
        let sql = "UPDATE background_jobs SET status = 'running', attempt = 1, lease_token = 1, lease_until = $1";
        let taken = self.app.app.db.write(|tx| tx.exec(sql, args![Timestamp::EPOCH])).await;
        assert_eq!(taken.unwrap(), 1);
    }

    /// What is Ann's own: every row but the operations' own history and her demo's state.
    async fn live_rows(&self) -> Vec<String> {
        let mut rows = self.app.rows().await;
        rows.retain(|row| {
            !["audit_", "background_", "users:", "user_sessions:", "sqlite_sequence"]
                .iter()
                .any(|own| row.starts_with(own))
        });
        rows
    }
}

both_databases! {
    async fn enable_ends_with_everything_that_was_promised(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let accepted = fixture.enable().await;
        assert_eq!(accepted["status"], "enabling");
        let page = fixture.app.get("/dashboard").await.text;
        assert!(page.contains("data-test=\"demo-enabling\"") && page.contains("being set up"), "{page}");

        fixture.run_until_settled().await;
        let status = fixture.status().await;
        assert_eq!(status["status"], "enabled", "{status}");
        let promised = &status["profile"]["platforms"]["youtube"]["promised"];
        assert!(promised["videos"].as_i64().unwrap() >= 40, "{promised}");
        assert!(promised["interactions"].as_i64().unwrap() >= 1_000, "{promised}");
        assert!(fixture.count("content_items").await >= promised["videos"].as_i64().unwrap());
        assert!(fixture.count("interactions").await >= promised["interactions"].as_i64().unwrap());
        let job = fixture.job(&accepted["job_id"]).await;
        assert_eq!((job["status"].as_str(), job["attempt"].as_i64()), (Some("completed"), Some(1)), "{job}");

        let page = fixture.app.get("/dashboard").await.text;
        assert!(page.contains("data-test=\"demo-enabled\"") && page.contains("Northside Coffee Lab"), "{page}");
        assert_eq!(fixture.app.json("GET", "/api/auth/session", Value::Null).await.json()["workspace"]["kind"], "demo");
    }

    async fn fifty_clicks_are_one_operation(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let clicks = futures_util::future::join_all((0..50).map(|_| fixture.enable())).await;
        assert!(clicks.iter().all(|click| click["job_id"] == clicks[0]["job_id"]));
        assert_eq!(fixture.count("background_jobs").await, 1);
        fixture.run_until_settled().await;
        assert_eq!(fixture.count("workspaces WHERE kind = 'demo'").await, 1);
    }

    async fn live_rows_are_identical_after_enable_use_and_disable(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let before = fixture.live_rows().await;
        fixture.enabled().await;
        fixture.app.json("GET", "/api/dashboard", Value::Null).await;
        fixture.disable().await;
        assert!(fixture.app.get("/dashboard").await.text.contains("data-test=\"demo-disabling\""));
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "disabled");
        assert_eq!(fixture.live_rows().await, before);
        assert_eq!(fixture.count("background_jobs WHERE job_type NOT IN ('enable_demo', 'disable_demo')").await, 0);
        assert_eq!(fixture.count("users WHERE demo_profile IS NOT NULL OR demo_workspace_id IS NOT NULL").await, 0);
        assert!(!fixture.has_profile().await);
    }

    async fn a_set_up_that_waits_is_called_back_at_once(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let accepted = fixture.enable().await;
        let leaving = fixture.disable().await;
        assert_eq!(leaving["status"], "disabling");
        assert_ne!(leaving["job_id"], accepted["job_id"]);
        assert_eq!(fixture.job(&accepted["job_id"]).await["status"], "cancelled");
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "disabled");
        assert!(!fixture.has_profile().await);
    }

    async fn the_last_wish_wins_while_demo_mode_is_being_left(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        fixture.enabled().await;
        let leaving = fixture.disable().await;
        let again = fixture.enable_with(json!({ "size": "small", "seed": 4711 })).await;
        assert_eq!((&again["status"], &again["job_id"]), (&json!("disabling"), &leaving["job_id"]));
        let page = fixture.app.get("/dashboard").await.text;
        assert!(page.contains("it starts again afterwards") && page.contains("Just turn it off"), "{page}");

        fixture.run_until_settled().await;
        let status = fixture.status().await;
        assert_eq!((&status["status"], &status["profile"]["seed"]), (&json!("enabled"), &json!(4711)), "{status}");
        assert_eq!(fixture.count("workspaces WHERE kind = 'demo'").await, 1);

        fixture.disable().await;
        fixture.enable().await;
        fixture.disable().await;
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "disabled");
        assert!(!fixture.has_profile().await);
    }

    async fn a_wish_outlives_the_calling_back_of_a_running_set_up(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        fixture.enable().await;
        fixture.let_a_worker_take_it_and_die().await;
        fixture.disable().await;
        fixture.enable_with(json!({ "size": "small", "seed": 4711 })).await;
        fixture.run_until_settled().await;
        let status = fixture.status().await;
        assert_eq!((&status["status"], &status["profile"]["seed"]), (&json!("enabled"), &json!(4711)), "{status}");
    }

    async fn calling_back_by_the_job_is_the_same(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let accepted = fixture.enable().await;
        let job = accepted["job_id"].as_str().unwrap();
        let answer = fixture.app.json("POST", &format!("/api/jobs/{job}/cancel"), Value::Null).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "disabled");
    }

    async fn a_service_that_is_down_is_tried_again_and_then_said_to_be_so(app: TestApp) {
        let mut fixture = DemoFixture::set(app).await;
        fixture.stop_the_service().await;
        let accepted = fixture.enable().await;
        fixture.app.run_jobs().await;
        let page = fixture.app.get("/dashboard").await.text;
        assert!(page.contains("Attempt 1 of 6") && page.contains("failed. Trying again"), "{page}");

        fixture.run_until_settled().await;
        let status = fixture.status().await;
        assert_eq!(status["status"], "failed");
        assert_eq!(status["error"]["code"], "demo_service_unreachable");
        assert_eq!(fixture.job(&accepted["job_id"]).await["attempt"], 6);
        let page = fixture.app.get("/dashboard").await.text;
        assert!(page.contains("data-test=\"demo-retry\"") && page.contains("isn't responding"), "{page}");

        fixture.start_the_service().await;
        fixture.enabled().await;
    }

    async fn after_a_failure_one_can_leave(app: TestApp) {
        let mut fixture = DemoFixture::set(app).await;
        fixture.stop_the_service().await;
        fixture.enable().await;
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "failed");
        fixture.start_the_service().await;
        fixture.disable().await;
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "disabled");
        assert!(!fixture.has_profile().await);
    }

    async fn leaving_that_fails_offers_both_exits(app: TestApp) {
        let mut fixture = DemoFixture::set(app).await;
        fixture.enabled().await;
        fixture.stop_the_service().await;
        fixture.disable().await;
        fixture.run_until_settled().await;
        let status = fixture.status().await;
        assert_eq!((status["status"].as_str(), status["error"]["operation"].as_str()), (Some("failed"), Some("disable")));
        let page = fixture.app.get("/dashboard").await.text;
        assert!(page.contains("data-test=\"demo-retry\"") && page.contains("data-test=\"enable-demo\""), "{page}");

        fixture.start_the_service().await;
        fixture.enabled().await;
        assert_eq!(fixture.count("workspaces WHERE kind = 'demo'").await, 1);
    }

    async fn a_failed_set_up_is_repeated_by_its_job(app: TestApp) {
        let mut fixture = DemoFixture::set(app).await;
        fixture.stop_the_service().await;
        let accepted = fixture.enable().await;
        fixture.run_until_settled().await;
        fixture.start_the_service().await;
        let job = accepted["job_id"].as_str().unwrap();
        let answer = fixture.app.json("POST", &format!("/api/jobs/{job}/retry"), Value::Null).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        assert_ne!(answer.json()["job_id"], accepted["job_id"]);
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "enabled");
    }

    async fn two_users_never_meet(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        fixture.enabled().await;
        let theirs = fixture.app.json("GET", "/api/interactions?limit=1", Value::Null).await.json();
        let foreign = theirs["items"][0]["id"].as_str().expect("an interaction").to_owned();
        let job = fixture.status().await["job_id"].as_str().unwrap().to_owned();

        let ben = fixture.app.invited("ben@example.com").await;
        assert_eq!(ben.json("GET", "/api/demo/status", Value::Null).await.json()["status"], "disabled");
        assert_eq!(ben.json("GET", "/api/interactions", Value::Null).await.json()["items"], json!([]));
        for path in [format!("/api/interactions/{foreign}"), format!("/inbox/{foreign}"), format!("/api/jobs/{job}/status")] {
            assert_eq!(ben.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(ben.json("POST", &format!("/api/jobs/{job}/cancel"), Value::Null).await.status, 404);
        assert_eq!(fixture.status().await["status"], "enabled");
    }
}

/// What may happen to demo mode, in any order.
#[derive(Clone, Copy, Debug)]
enum Event {
    Enable,
    Disable,
    CancelJob,
    RetryJob,
    ServiceStops,
    ServiceStarts,
    TimePasses,
}

impl DemoFixture {
    async fn happen(&mut self, event: Event) {
        let job = self.status().await["job_id"].as_str().map(str::to_owned);
        match (event, job) {
            (Event::Enable, _) => {
                let small = json!({ "size": "small", "seed": 1 });
                self.app.json("POST", "/api/demo/enable", small).await;
            }
            (Event::Disable, _) => {
                self.app.json("POST", "/api/demo/disable", Value::Null).await;
            }
            (Event::CancelJob, Some(job)) => {
                self.app.json("POST", &format!("/api/jobs/{job}/cancel"), Value::Null).await;
            }
            (Event::RetryJob, Some(job)) => {
                self.app.json("POST", &format!("/api/jobs/{job}/retry"), Value::Null).await;
            }
            (Event::ServiceStops, _) if self.simulator.is_some() => self.stop_the_service().await,
            (Event::ServiceStarts, _) if self.simulator.is_none() => self.start_the_service().await,
            (Event::TimePasses, _) => {
                self.app.run_jobs().await;
                self.app.hand.advance(std::time::Duration::from_secs(50));
            }
            _ => {}
        }
    }

    /// I2, I3 and I6 of the design, from the rows.
    async fn assert_sound(&self, after: &[Event]) {
        let status = self.status().await["status"].as_str().unwrap().to_owned();
        let live = self
            .count("background_jobs WHERE job_type IN ('enable_demo', 'disable_demo') AND status IN ('pending', 'running')")
            .await;
        let is_moving = status == "enabling" || status == "disabling";
        assert_eq!(live, i64::from(is_moving), "{status} after {after:?}");
        let workspaces = self.count("workspaces WHERE kind = 'demo'").await;
        match status.as_str() {
            "enabled" => {
                assert_eq!(workspaces, 1, "after {after:?}");
                assert!(self.count("interactions").await >= 900, "after {after:?}");
            }
            "disabled" => assert_eq!(workspaces, 0, "after {after:?}"),
            _ => assert!(workspaces <= 1, "after {after:?}"),
        }
    }
}

both_databases! {
    async fn no_sequence_of_events_leaves_the_table_of_states(app: TestApp) {
        use Event::{CancelJob, Disable, Enable, RetryJob, ServiceStarts, ServiceStops, TimePasses};
        const EVENTS: [Event; 10] = [
            Enable, Enable, Disable, CancelJob, RetryJob, ServiceStops, ServiceStarts, TimePasses, TimePasses, TimePasses,
        ];
        let mut fixture = DemoFixture::set(app).await;
        let random = Random::seeded(20_261_122);
        let mut happened = Vec::new();
        for _ in 0..60 {
            let event = EVENTS[usize::try_from(random.u64() % EVENTS.len() as u64).unwrap()];
            happened.push(event);
            fixture.happen(event).await;
            fixture.assert_sound(&happened).await;
        }
        fixture.happen(ServiceStarts).await;
        fixture.run_until_settled().await;
        fixture.assert_sound(&happened).await;
    }
}
