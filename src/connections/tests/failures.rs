//! What each class of a platform's error does to a connection and to its next reading.

use std::time::Duration;

use kit::both_databases;
use serde_json::json;

use super::*;

fn problem(status: u16, reason: &str) -> (u16, Value) {
    (status, json!({ "error": { "code": status, "message": "no", "errors": [{ "reason": reason }] } }))
}

/// One failing answer to a periodic reading: what the connection says, the job's state, and when the next attempt is.
async fn after(desk: &Desk, answer: (u16, Value)) -> (Status, Option<Cause>, String, Option<Timestamp>) {
    desk.provider.answers(move |asked| match asked.path.as_str() {
        "/youtube/v3/channels" => answer.clone(),
        _ => healthy(asked),
    });
    desk.app.hand.advance(Duration::from_secs(600));
    desk.app.run_jobs().await;
    let (status, cause) = desk.status().await;
    let jobs = desk.jobs("sync_connection").await;
    let next = jobs.iter().find(|job| job.0 == "pending").map(|job| job.2);
    (status, cause, jobs[1].0.clone(), next)
}

both_databases! {
    async fn what_passes_by_itself_is_tried_again_and_shown(app: TestApp) {
        let desk = Desk::connected(app).await;
        let (status, cause, job, next) = after(&desk, (503, json!("down"))).await;
        assert_eq!((status, cause, job.as_str()), (Status::Connected, Some(Cause::Unreachable), "pending"));
        assert!(next.is_some_and(|at| at.since(desk.app.app.now()) < Duration::from_secs(10)), "{next:?}");
        desk.provider.answers(healthy);
        desk.app.hand.advance(Duration::from_secs(10));
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Connected, None), "a good reading clears it");
    }

    async fn a_limit_is_kept_to(app: TestApp) {
        let desk = Desk::connected(app).await;
        let (status, cause, job, next) = after(&desk, problem(403, "rateLimitExceeded")).await;
        assert_eq!((status, cause, job.as_str()), (Status::Connected, Some(Cause::RateLimited), "pending"));
        assert_eq!(next, Some(desk.app.app.now() + Duration::from_secs(60)));
    }

    async fn a_used_up_quota_is_waited_out_until_midnight_pacific(app: TestApp) {
        let desk = Desk::connected(app).await;
        let (status, cause, job, next) = after(&desk, problem(403, "quotaExceeded")).await;
        assert_eq!((status, cause, job.as_str()), (Status::Connected, Some(Cause::QuotaExhausted), "pending"));
        assert_eq!(next, Some(crate::platforms::next_midnight_pacific(desk.app.app.now())));
    }

    async fn a_permission_that_is_gone_asks_for_its_person(app: TestApp) {
        let desk = Desk::connected(app).await;
        let (status, cause, job, next) = after(&desk, problem(403, "forbidden")).await;
        assert_eq!((status, cause, job.as_str(), next), (Status::NeedsReauth, Some(Cause::PermissionLost), "failed", None));
    }

    async fn an_answer_that_cannot_be_read_is_never_taken_for_an_empty_account(app: TestApp) {
        let desk = Desk::connected(app).await;
        let gathered = desk.gathered().await;
        for answer in [(200, json!("<html>")), (200, json!({ "items": [{ "id": 7 }] }))] {
            let (status, ..) = after(&desk, answer).await;
            assert_ne!(status, Status::Disconnected);
            assert_eq!(desk.gathered().await, gathered);
        }
    }

    async fn a_platform_that_stays_away_is_read_again_at_the_next_turn(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(|_| (500, json!({})));
        for _ in 0..12 {
            desk.app.hand.advance(Duration::from_secs(100));
            desk.app.run_jobs().await;
        }
        let jobs = desk.jobs("sync_connection").await;
        assert!(jobs.iter().any(|job| job.0 == "failed"), "{jobs:?}");
        assert!(jobs.iter().any(|job| job.0 == "pending"), "{jobs:?}");
        desk.provider.answers(healthy);
        desk.app.hand.advance(Duration::from_secs(600));
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Connected, None));
    }

    async fn a_connection_that_is_ended_while_it_is_read_has_not_failed(app: TestApp) {
        let desk = Desk::connected(app).await;
        let id = desk.connection().await.id;
        let ending = desk.app.app.clone();
        desk.provider.answers(move |asked| match asked.path.as_str() {
            "/youtube/v3/channels" => {
                let ended = ending.db.write_blocking(move |tx| {
                    store::clear_tokens(tx, Timestamp::EPOCH, id)?;
                    store::set_status(tx, Timestamp::EPOCH, id, Status::Disconnected, None)
                });
                ended.unwrap();
                (401, json!({}))
            }
            _ => healthy(asked),
        });
        desk.app.post(&format!("/connections/{id}/sync"), &[]).await;
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Disconnected, None));
        assert!(desk.jobs("sync_connection").await.iter().all(|job| job.0 == "completed"));
    }

    async fn something_in_between_takes_no_authorisation_away(app: TestApp) {
        let desk = Desk::connected(app).await;
        let (status, cause, ..) = after(&desk, (403, json!("a captive portal"))).await;
        assert_eq!((status, cause), (Status::Connected, Some(Cause::AnswerUnreadable)));
    }

    async fn disconnecting_forgets_at_once_and_revokes_when_the_platform_is_there(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(|asked| if asked.path == "/revoke" { (503, json!({})) } else { healthy(asked) });
        let id = desk.connection().await.id;
        assert_eq!(desk.app.post(&format!("/connections/{id}/disconnect"), &[]).await.status, 303);
        let tokens = desk.tokens().await;
        assert!(tokens.access_token.is_none() && tokens.refresh_token.is_none());
        desk.app.run_jobs().await;
        assert_eq!(desk.jobs("revoke_token").await[0].0, "pending");
        desk.provider.answers(healthy);
        desk.app.hand.advance(Duration::from_secs(10));
        desk.app.run_jobs().await;
        assert_eq!(desk.jobs("revoke_token").await[0].0, "completed");
        assert_eq!(desk.provider.asked("/revoke").last().unwrap().form("token").as_deref(), Some("refresh-1"));
        assert_eq!(desk.gathered().await.len(), 2, "what was gathered stays");
    }
}
