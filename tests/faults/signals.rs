//! Processes that are frozen, and processes that are told to stop.

use std::time::Duration;

use kit::both_databases;
use kit::testing::{Database, Engine, wait_for, wait_until};
use serde_json::{Value, json};

use super::torture::audit::{self, Auditor};
use super::torture::ledger::Ledger;
use crate::support::{Client, EMAIL, Fleet, Role};

const SLOWLY: (&str, &str) = ("REPRUV_SIMULATOR_DELAY_MS", "150");
const SHORT_LEASE: (&str, &str) = ("REPRUV_WORKER_LEASE_SECONDS", "3");

/// F8: the lease of a frozen worker goes to another; what it does when it thaws changes nothing.
#[test]
fn a_worker_that_thaws_after_its_job_was_done_by_another_changes_nothing() {
    kit::testing::run(async {
        let database = Database::fresh(Engine::Postgres).await;
        let roles = [Role::Simulator, Role::Web, Role::Worker, Role::Worker];
        let mut fleet = Fleet::start(database.url(), &roles, &[SLOWLY, SHORT_LEASE]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        fleet.kill(3);
        let job = set_up(&ann).await;
        gets_on(&ann, &job).await;
        fleet.nodes[2].process.signal("STOP");
        fleet.revive(3, &[]);
        let done = ends(&ann, &job).await;
        // A busy machine may hold up the second worker for longer than its lease, too.
        let was_taken_back = done["interruptions"].as_i64().is_some_and(|times| times >= 1);
        assert!(done["status"] == "completed" && done["attempt"] == 1 && was_taken_back, "{done}");

        fleet.nodes[2].process.signal("CONT");
        // The thawed worker shows that it is at work again before it is looked at what it did.
        fleet.kill(3);
        let (_, next) = ann.post("/api/demo/disable", json!({})).await;
        ends(&ann, &next["job_id"]).await;
        let (_, now) = ann.get(&path(&job)).await;
        assert_eq!(now, done, "the zombie changed nothing");
        nothing_is_wrong(&fleet, database.url()).await;
    });
}

both_databases! {
    async fn a_process_that_is_frozen_past_its_lease_goes_on_and_does_nothing_twice(engine: Engine) {
        let database = Database::fresh(engine).await;
        let fleet = Fleet::start(database.url(), &[Role::Serve], &[SLOWLY, SHORT_LEASE]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        gets_on(&ann, &job).await;
        fleet.nodes[0].process.signal("STOP");
        tokio::time::sleep(Duration::from_secs(5)).await;
        fleet.nodes[0].process.signal("CONT");
        let done = ends(&ann, &job).await;
        assert_eq!(done["status"], "completed", "{done}");
        nothing_is_wrong(&fleet, database.url()).await;
    }

    /// Each time it has stored something since the last.
    async fn ten_kills_in_one_set_up_end_in_demo_mode(engine: Engine) {
        let database = Database::fresh(engine).await;
        let mut fleet = Fleet::start(database.url(), &[Role::Serve], &[SLOWLY]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let (_, accepted) = ann.post("/api/demo/enable", json!({})).await;
        let job = accepted["job_id"].clone();
        for kills in 0..10 {
            wait_until("it stores something", || audit::has_stored_something(database.url())).await;
            fleet.kill(0);
            fleet.revive(0, &[]);
            fleet.wait_until_ready().await;
            let (_, status) = ann.get("/api/demo/status").await;
            assert_ne!(status["status"], "failed", "after {kills} kills: {status}");
        }
        let done = ends(&ann, &job).await;
        assert_eq!((&done["status"], &done["attempt"]), (&json!("completed"), &json!(1)), "{done}");
        assert_eq!(ann.get("/api/demo/status").await.1["status"], "enabled");
        nothing_is_wrong(&fleet, database.url()).await;
    }

    async fn a_terminal_that_is_closed_ends_it_as_a_stop_does(engine: Engine) {
        let database = Database::fresh(engine).await;
        let mut fleet = Fleet::start(database.url(), &[Role::Serve], &[SLOWLY]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        gets_on(&ann, &job).await;
        fleet.nodes[0].process.signal("HUP");
        let ended = fleet.nodes[0].process.end().await;
        assert!(ended.success(), "{ended}");
        fleet.revive(0, &[]);
        fleet.wait_until_ready().await;
        let done = ends(&ann, &job).await;
        assert_eq!((&done["status"], &done["interruptions"]), (&json!("completed"), &json!(0)), "{done}");
    }

    /// F32
    async fn a_process_that_is_told_to_stop_gives_its_job_back_each_time(engine: Engine) {
        let database = Database::fresh(engine).await;
        let mut fleet = Fleet::start(database.url(), &[Role::Serve], &[SLOWLY]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        for _ in 0..6 {
            wait_until("it runs", || async {
                matches!(ann.get(&path(&job)).await.1["status"].as_str(), Some("running" | "completed"))
            })
            .await;
            fleet.nodes[0].process.signal("TERM");
            let ended = fleet.nodes[0].process.end().await;
            assert!(ended.success(), "{ended}");
            fleet.revive(0, &[]);
            fleet.wait_until_ready().await;
        }
        let done = ends(&ann, &job).await;
        let count = (&done["status"], &done["attempt"], &done["interruptions"]);
        assert_eq!(count, (&json!("completed"), &json!(1), &json!(0)), "a stop is nobody's fault: {done}");
        nothing_is_wrong(&fleet, database.url()).await;
    }
}

pub(super) async fn set_up(ann: &Client) -> Value {
    let (_, accepted) = ann.post("/api/demo/enable", json!({"size": "small"})).await;
    accepted["job_id"].clone()
}

fn path(job: &Value) -> String {
    format!("/api/jobs/{}/status", job.as_str().expect("a job id"))
}

/// The first step is done, and there are more.
pub(super) async fn gets_on(ann: &Client, job: &Value) {
    wait_until("the job gets on", || async {
        ann.get(&path(job)).await.1["progress"]["done"].as_i64().is_some_and(|done| done > 0)
    })
    .await;
}

pub(super) async fn ends(ann: &Client, job: &Value) -> Value {
    wait_for("the job ends", || async {
        let (_, status) = ann.get(&path(job)).await;
        matches!(status["status"].as_str()?, "completed" | "failed" | "cancelled").then_some(status)
    })
    .await
}

pub(super) async fn nothing_is_wrong(fleet: &Fleet, url: &str) {
    assert_eq!(Auditor::default().check(url, &Ledger::default()).await, [""; 0]);
    assert_eq!(audit::profiles_match(url, fleet.data_dir()).await, [""; 0]);
}
