//! Nobody stops or repeats somebody else's job who could not do by hand what it does.

use kit::args;
use kit::both_databases;
use kit::jobs::{Job as _, Workplace as _};
use serde_json::Value;

use super::*;
use crate::connections::jobs::SyncConnection;
use crate::demo::jobs::EnableDemo;
use crate::inbox::moves::matching::MoveMatching;
use crate::moderation::CarryOut;
use crate::replies::SendReply;
use crate::testing::{Browser, TestApp};

/// Whose ledgers ask by what they are about; their own tests say so.
const BY_THEIR_LEDGER: [&str; 2] = ["send_reply", "carry_out"];

/// In the name of whoever ordered them: theirs to stop and repeat.
const IN_SOMEBODYS_NAME: [&str; 2] = ["move_matching", "take_back_moves"];

impl TestApp {
    /// A job that somebody has ordered in Ann's workspace.
    async fn ordered(&self, job_type: &'static str, status: JobStatus, by: &'static str) -> JobId {
        let (id, by, workspace) =
            (self.job(job_type, status).await, self.user(by).await, self.who().await.workspace.id);
        let owned = "UPDATE background_jobs SET user_id = $2, workspace_id = $3 WHERE id = $1";
        self.app.db.write(move |tx| tx.exec(owned, args![id, by, workspace])).await.expect("the database answers");
        id
    }
}

async fn asked(browser: &Browser, id: JobId) -> (Value, [u16; 4]) {
    let offered = browser.get(&format!("/api/jobs/{id}/status")).await.json();
    let mut answers = [0; 4];
    for (place, what) in ["cancel", "retry"].into_iter().enumerate() {
        let page = browser.post(&format!("/activity/{id}/{what}"), &[]).await;
        let api = browser.json("POST", &format!("/api/jobs/{id}/{what}"), json!({})).await;
        (answers[place], answers[place + 2]) = (page.status.as_u16(), api.status.as_u16());
    }
    (offered, answers)
}

both_databases! {
    async fn an_editor_stops_and_repeats_no_job_that_does_what_only_owners_may(app: TestApp) {
        let app = app.with_ann().await;
        let editor = app.member("ben@example.com", "editor").await;
        let types = crate::app::App::HANDLERS.iter().map(|handler| handler.job_type());
        for job_type in types.filter(|job_type| !BY_THEIR_LEDGER.contains(job_type)) {
            for status in [JobStatus::Pending, JobStatus::Failed] {
                let id = app.ordered(job_type, status, EMAIL).await;
                let (offered, answers) = asked(&editor, id).await;
                assert_eq!(answers, [403; 4], "{job_type}, {status}");
                assert!(offered["can_cancel"] == false && offered["can_retry"] == false, "{job_type}: {offered}");
                let page = editor.get(&format!("/activity/{id}")).await;
                assert!(page.status == 200 && !page.text.contains(&format!("{id}/retry")), "{job_type}: {}", page.text);
            }
        }
    }

    async fn what_somebody_has_ordered_in_their_own_name_is_theirs_to_stop(app: TestApp) {
        let app = app.with_ann().await;
        let editor = app.member("ben@example.com", "editor").await;
        for job_type in IN_SOMEBODYS_NAME {
            let id = app.ordered(job_type, JobStatus::Running, "ben@example.com").await;
            let (offered, [cancelled, _, again, _]) = asked(&editor, id).await;
            assert_eq!((&offered["can_cancel"], cancelled, again), (&json!(true), 303, 202), "{job_type}");
            let id = app.ordered(job_type, JobStatus::Failed, EMAIL).await;
            assert_eq!(app.get(&format!("/api/jobs/{id}/status")).await.json()["can_retry"], true, "{job_type}");
        }
    }

    async fn a_key_stops_and_repeats_what_it_could_ask_for(app: TestApp) {
        let app = app.with_ann().await;
        let narrow = app.key(&[("write", "true")]).await;
        let scopes = ["write", "replies:send", "connections", "demo"].map(|scope| (scope, "true"));
        let wide = app.key(&scopes).await;
        let types = [
            (SendReply::TYPE, false), (CarryOut::TYPE, false), (SyncConnection::TYPE, false), (EnableDemo::TYPE, false),
            (MoveMatching::TYPE, true),
        ];
        for (job_type, is_open) in types {
            let id = app.ordered(job_type, JobStatus::Pending, EMAIL).await;
            for path in ["retry", "cancel"].map(|what| format!("/api/jobs/{id}/{what}")) {
                let is_let_in = async |key: &str| {
                    !app.browser().with_key(key, "POST", &path).await.text.contains("scope_missing")
                };
                assert_eq!((is_let_in(&narrow).await, is_let_in(&wide).await), (is_open, true), "{path} {job_type}");
            }
        }
    }
}
