//! Jobs as their owner sees them, and nobody else.

mod rights;

use kit::args;
use kit::clock::Timestamp;
use serde_json::json;

use super::*;
use crate::testing::{EMAIL, TestApp};
use crate::workspaces::UserId;

impl TestApp {
    /// A job of Ann's as an engine left it: failed after two attempts, or still at work.
    async fn job(&self, job_type: &'static str, status: JobStatus) -> JobId {
        let (now, id) = (self.app.now(), JobId::new(self.app.now(), &self.app.random));
        let (running, ended) = (status == JobStatus::Running, status.is_terminal());
        self.app
            .db
            .write(move |tx| {
                let user = tx.one::<UserId>("SELECT id FROM users WHERE email_key = $1", args![EMAIL])?;
                tx.exec(
                    "INSERT INTO background_jobs (id, job_type, user_id, payload, status, priority, run_at, deadline_at,
                         attempt, max_attempts, interruptions, lease_token, lease_until, progress_done, progress_total,
                         progress_step, checkpoint, error_code, error_message, created_at, updated_at, started_at,
                         completed_at, events)
                     VALUES ($1, $2, $3, $4, $5, 100, $6, $6, 2, 5, 0, 2, $7, 642, 1180, 'Reading comments', $4, $8, $9,
                         $6, $6, $6, $10, 1)",
                    args![
                        id, job_type, user, json!({}), status, now, running.then_some(now),
                        ended.then_some("demo_service"), ended.then_some("The demo service <does> not answer"),
                        ended.then_some(now)
                    ],
                )?;
                tx.exec(
                    "INSERT INTO background_job_events (key, at, kind, attempt, data)
                     SELECT seq * 1048576 + 1, $2, 'started', 2, $3 FROM background_jobs WHERE id = $1",
                    args![id, now, json!({})],
                )
            })
            .await
            .expect("the job fits");
        id
    }
}

#[test]
fn a_job_has_a_title_even_when_nobody_wrote_one() {
    assert_eq!(title("enable_demo"), "Set up demo mode");
    assert_eq!(title("purge_old_rows"), "Purge old rows");
    assert_eq!(title(""), "");
}

#[test]
fn a_retry_says_what_happened_and_when_it_goes_on() {
    let local = Local::new(Timestamp::parse("2026-11-22T08:41:00Z").expect("an instant"), "Europe/Berlin");
    let event = JobEvent {
        key: 1,
        at: local.now,
        kind: EventKind::RetryScheduled,
        attempt: 2,
        data: json!({"message": "The demo service does not answer", "next_at": "2026-11-22T08:41:04.5Z"}),
    };
    assert_eq!(
        sentence(&event, 5, &local).1,
        "Attempt 2 failed: The demo service does not answer. Next attempt at 09:41:04."
    );
}

kit::both_databases! {
    async fn a_running_job_shows_how_far_it_is_and_can_be_cancelled(app: TestApp) {
        let app = app.with_ann().await;
        let id = app.job("read_stars", JobStatus::Running).await;
        let page = app.get(&format!("/activity/{id}")).await;
        for part in ["Read stars", "data-status=\"running\"", "642 of 1,180", "Reading comments", "Attempt 2 of 5 started."] {
            assert!(page.text.contains(part), "{part} is missing: {}", page.text);
        }
        let answer = app.post(&format!("/activity/{id}/cancel"), &[]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/activity/{id}").as_str()));
        let page = app.get(&format!("/activity/{id}?panel=job")).await;
        assert!(page.text.contains("cancelling") && page.text.contains("Cancellation requested."), "{}", page.text);
        assert!(page.text.starts_with("<section id=\"panel-job\""), "{}", page.text);
    }

    async fn the_list_honours_its_filters_and_refuses_others(app: TestApp) {
        let app = app.with_ann().await;
        assert!(app.get("/activity").await.text.contains("Nothing here yet"));
        app.job("read_stars", JobStatus::Running).await;
        app.job("count_stars", JobStatus::Failed).await;
        let all = app.get("/activity").await.text;
        assert!(all.find("Count stars") < all.rfind("Read stars"), "the newest stands first: {all}");
        assert!(all.contains("The demo service &lt;does&gt; not answer"), "{all}");
        let failed = app.get("/activity?status=failed&job_type=").await.text;
        assert_eq!(failed.matches("data-test=\"job-status\"").count(), 1);
        assert!(app.get("/activity?status=cancelled").await.text.contains("No matches"));
        assert_eq!(app.get("/activity?status=asleep").await.status, 400);
        assert_eq!(app.get("/activity?colour=red").await.status, 400);
    }

    async fn the_api_has_the_shapes_of_the_contract(app: TestApp) {
        let app = app.with_ann().await;
        let id = app.job("read_stars", JobStatus::Failed).await;
        let list = app.get("/api/jobs?status=failed").await.json();
        assert_eq!((&list["items"][0]["id"], &list["next_cursor"]), (&json!(id), &json!(null)));
        let job = app.get(&format!("/api/jobs/{id}/status")).await.json();
        assert_eq!(job["progress"], json!({"done": 642, "total": 1180, "step": "Reading comments"}));
        assert_eq!(job["error"], json!({"code": "demo_service", "message": "The demo service <does> not answer"}));
        assert_eq!((&job["can_cancel"], &job["can_retry"]), (&json!(false), &json!(true)));

        let running = app.job("read_stars", JobStatus::Running).await;
        let answer = app.json("POST", &format!("/api/jobs/{running}/cancel"), json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (202, json!({"id": running, "status": "running"})));
        let answer = app.json("POST", &format!("/api/jobs/{running}/retry"), json!({})).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("not_repeatable")));
        for bad in ["/api/jobs?status=asleep", "/api/jobs?limit=0", "/api/jobs?limit=101", "/api/jobs?colour=red"] {
            assert_eq!(app.get(bad).await.status, 400, "{bad}");
        }
    }

    async fn pages_of_a_list_follow_one_another_without_overlap(app: TestApp) {
        let app = app.with_ann().await;
        for _ in 0..3 {
            app.job("read_stars", JobStatus::Failed).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/api/jobs?limit=2{cursor}")).await.json();
            seen.extend(page["items"].as_array().expect("items").iter().map(|job| job["id"].to_string()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 3);
    }

    async fn a_job_that_is_not_ones_own_does_not_exist(app: TestApp) {
        let app = app.with_ann().await;
        let id = app.job("read_stars", JobStatus::Running).await;
        let stranger = app.browser();
        assert_eq!(stranger.get(&format!("/api/jobs/{id}/status")).await.status, 401);
        for path in ["/activity/00000000-0000-7000-8000-000000000000", "/activity/nonsense", "/api/jobs/nonsense/status"] {
            assert_eq!(app.get(path).await.status, 404, "{path}");
        }
    }
}
