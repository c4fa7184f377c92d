//! The process ends at each step of entering and leaving demo mode, inside its transactions too.

use kit::both_databases;
use kit::testing::{Database, Engine, wait_for, wait_until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::torture::audit::{self, Auditor};
use super::torture::ledger::Ledger;
use crate::support::{Client, EMAIL, Fleet, Role};

/// F1 to F6, in the order in which a set-up passes them; whether the request itself is cut off.
const ENTERING: [(&str, bool); 12] = [
    ("demo: enqueued", true),
    ("demo: moved", true),
    ("demo: committed", true),
    ("job: claimed", false),
    ("demo service: asking", false),
    ("demo service: answered", false),
    ("demo: made", false),
    ("demo: consented", false),
    ("demo: connected", false),
    ("sync: page kept", false),
    ("demo: counted", false),
    ("demo: ending", false),
];

const LEAVING: [(&str, bool); 8] = [
    ("demo: enqueued", true),
    ("demo: moved", true),
    ("demo: committed", true),
    ("job: claimed", false),
    ("demo service: asking", false),
    ("demo service: answered", false),
    ("demo: ending", false),
    ("job: finished", false),
];

/// F13: what is called back while the demo service is asked.
const CALLING_BACK: [&str; 3] = ["demo: called back", "demo service: asking", "demo service: answered"];

both_databases! {
    async fn a_process_that_ends_at_any_step_of_entering_or_leaving_goes_on_after_it(engine: Engine) {
        let mut house = House::open(engine).await;
        for round in 0..ENTERING.len() {
            house.ends_at("/api/demo/enable", ENTERING[round], "enabled").await;
            house.ends_at("/api/demo/disable", LEAVING[round % LEAVING.len()], "disabled").await;
        }
        assert_eq!(house.completed("enable_demo").await, ENTERING.len(), "each wish had one effect");
        assert_eq!(house.completed("disable_demo").await, ENTERING.len(), "each wish had one effect");
        house.close().await;
    }

    async fn a_process_that_ends_while_a_set_up_is_called_back_leaves_nothing_behind(engine: Engine) {
        let mut house = House::open(engine).await;
        for place in CALLING_BACK {
            // The set-up hangs on its way to the demo service or back: its profile may be made or not.
            house.arm("demo service: answered = sleep 700");
            let (status, answer) = house.ann.post("/api/demo/enable", json!({"size": "small"})).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
            house.fleet.nodes[0].process.line("the set-up asks", |line| line.contains("failpoint").then_some(()));
            house.ends_at("/api/demo/disable", (place, false), "disabled").await;
        }
        house.close().await;
    }
}

/// One process, in which one person lives, and whose failpoints are at hand.
struct House {
    fleet: Fleet,
    ann: Client,
    database: Database,
    orders: tempfile::NamedTempFile,
    auditor: Auditor,
}

impl House {
    async fn open(engine: Engine) -> Self {
        let database = Database::fresh(engine).await;
        let orders = tempfile::NamedTempFile::new().expect("a temporary file");
        let path = orders.path().display().to_string();
        let settings = [("FAILPOINTS", path.as_str()), ("REPRUV_WORKER_LEASE_SECONDS", "2")];
        let fleet = Fleet::start(database.url(), &[Role::Serve], &settings).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        Self { fleet, ann, database, orders, auditor: Auditor::default() }
    }

    fn arm(&self, orders: &str) {
        std::fs::write(self.orders.path(), orders).expect("a temporary file takes it");
    }

    /// Asks; the process ends at the place; and after its next start the wish comes true.
    async fn ends_at(&mut self, path: &str, (place, cuts_off): (&str, bool), status: &str) {
        self.arm(&format!("{place} = abort"));
        let answer = self.ann.send(Method::POST, path, Some(wish(path))).await;
        assert!(answer.is_none() || !cuts_off, "{path} ends at {place}: {answer:?}");
        let process = &mut self.fleet.nodes[0].process;
        wait_until(&format!("{path} ends at {place}"), || std::future::ready(process.ended().is_some())).await;
        self.arm("");
        self.fleet.revive(0, &[]);
        self.fleet.wait_until_ready().await;
        let wrong = self.auditor.check(self.database.url(), &Ledger::default()).await;
        assert_eq!(wrong, [""; 0], "after {place}");
        if answer.is_none() {
            self.ask_again(path).await;
        }
        wait_for(&format!("{status} after {place}"), || async {
            let (_, demo) = self.ann.send(Method::GET, "/api/demo/status", None).await?;
            assert_ne!(demo["status"], "failed", "after {place}: {demo}");
            (demo["status"] == status).then_some(())
        })
        .await;
        let wrong = self.auditor.check(self.database.url(), &Ledger::default()).await;
        assert_eq!(wrong, [""; 0], "long after {place}");
    }

    /// Whoever got no answer asks again, and is answered as if it were for the first time, or told that it is so already.
    async fn ask_again(&self, path: &str) {
        let (status, answer) = self.ann.post(path, wish(path)).await;
        assert!(matches!(status, StatusCode::ACCEPTED | StatusCode::CONFLICT), "{path}: {status} {answer}");
    }

    async fn completed(&self, job_type: &str) -> usize {
        let (_, list) = self.ann.get(&format!("/api/jobs?status=completed&limit=100&job_type={job_type}")).await;
        list["items"].as_array().map_or(0, Vec::<Value>::len)
    }

    async fn close(self) {
        let url = self.database.url();
        wait_until("everything has ended", || async { audit::live_operations(url).await == 0 }).await;
        assert_eq!(audit::profiles_match(url, self.fleet.data_dir()).await, [""; 0]);
    }
}

fn wish(path: &str) -> Value {
    if path.ends_with("enable") { json!({"size": "small", "seed": 7}) } else { json!({}) }
}
