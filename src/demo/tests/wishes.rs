//! The last wish wins, also against what was asked for by a job's own page.

use kit::both_databases;
use kit::clock::Timestamp;
use kit::jobs::JobId;
use serde_json::{Value, json};

use super::DemoFixture;
use crate::testing::TestApp;

impl DemoFixture {
    /// A worker has begun it, and will never be heard of again.
    async fn a_dead_worker_has(&self, accepted: &Value) {
        let id: JobId = accepted["job_id"].as_str().unwrap().parse().unwrap();
        let sql = "UPDATE background_jobs SET status = 'running', attempt = 1, lease_token = 1, lease_until = $2 \
                   WHERE id = $1 AND status = 'pending'";
        let taken = self.app.app.db.write(move |tx| tx.exec(sql, kit::args![id, Timestamp::EPOCH])).await;
        assert_eq!(taken.unwrap(), 1);
    }

    async fn ask_of_job(&self, accepted: &Value, what: &str) {
        let id = accepted["job_id"].as_str().unwrap();
        let answer = self.app.json("POST", &format!("/api/jobs/{id}/{what}"), Value::Null).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }

    async fn ends_as(&self, status: &str) {
        self.run_until_settled().await;
        let ended = self.status().await;
        assert_eq!(ended["status"], status, "{ended}");
        assert_eq!(self.count("workspaces WHERE kind = 'demo'").await, i64::from(status == "enabled"));
        assert_eq!(self.has_profile().await, status == "enabled");
    }
}

both_databases! {
    async fn a_wish_for_demo_mode_outlives_the_cancelling_of_a_running_set_up(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let accepted = fixture.enable().await;
        fixture.a_dead_worker_has(&accepted).await;
        fixture.ask_of_job(&accepted, "cancel").await;
        assert_eq!(fixture.enable_with(json!({ "size": "small", "seed": 4711 })).await["status"], "disabling");
        fixture.ends_as("enabled").await;
        assert_eq!(fixture.status().await["profile"]["seed"], 4711);
    }

    async fn a_wish_to_leave_outlives_the_cancelling_of_a_running_leave(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        fixture.enabled().await;
        let leaving = fixture.disable().await;
        fixture.a_dead_worker_has(&leaving).await;
        fixture.ask_of_job(&leaving, "cancel").await;
        fixture.disable().await;
        fixture.ends_as("disabled").await;
    }

    async fn a_wish_for_demo_mode_outlives_the_cancelling_of_a_running_leave(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        fixture.enabled().await;
        let leaving = fixture.disable().await;
        fixture.a_dead_worker_has(&leaving).await;
        fixture.ask_of_job(&leaving, "cancel").await;
        fixture.enable_with(json!({ "size": "small", "seed": 4711 })).await;
        fixture.ends_as("enabled").await;
        assert_eq!(fixture.status().await["profile"]["seed"], 4711);
    }

    async fn an_old_set_up_that_is_repeated_after_a_failed_leave_makes_no_second_demo(app: TestApp) {
        let mut fixture = DemoFixture::set(app).await;
        let old = fixture.enable().await;
        fixture.ask_of_job(&old, "cancel").await;
        fixture.ends_as("disabled").await;
        fixture.enabled().await;
        fixture.stop_the_service().await;
        fixture.disable().await;
        fixture.run_until_settled().await;
        assert_eq!(fixture.status().await["status"], "failed");

        fixture.start_the_service().await;
        fixture.ask_of_job(&old, "retry").await;
        fixture.ends_as("enabled").await;
    }
}
