//! Nobody stops or repeats somebody else's job who could not do by hand what it does.

use std::collections::BTreeSet;

use kit::args;
use kit::both_databases;
use kit::jobs::{Job as _, Workplace as _};
use serde_json::Value;

use super::*;
use crate::accounts::api_keys::Scope;
use crate::connections::clients::jobs::CheckClient;
use crate::connections::connect::{ConnectAccount, LateConsent};
use crate::connections::jobs::{FetchInteraction, SyncConnection};
use crate::connections::revoking::RevokeToken;
use crate::demo::forgetting::ForgetDemoProfile;
use crate::demo::jobs::{DisableDemo, EnableDemo};
use crate::demo::switchboard::PressSwitch;
use crate::inbox::jobs::{AgePriorities, RecountInboxes, WakeSnoozed};
use crate::inbox::marks::matching::{MarkMatching, TakeBackMarks};
use crate::inbox::moves::matching::{MoveMatching, TakeBackMoves};
use crate::inbox::search::jobs::RebuildSearch;
use crate::moderation::CarryOut;
use crate::ops::maintenance::jobs::PurgeExpired;
use crate::platforms::Error as PlatformError;
use crate::replies::SendReply;
use crate::replies::tests::Stand;
use crate::replies::tests::platform::Answer::Refuses;
use crate::testing::{Browser, TestApp};
use crate::workspaces::Role;

/// Whose ledgers ask by what they are about; their own tests say so.
const BY_THEIR_LEDGER: [&str; 2] = ["send_reply", "carry_out"];

/// In the name of whoever ordered them: theirs to stop and repeat.
const IN_SOMEBODYS_NAME: [&str; 4] = ["move_matching", "take_back_moves", "mark_matching", "take_back_marks"];

/// What a key must have besides the scope to stop anything at all.
const SCOPES: [(Scope, &[&str]); 5] = [
    (Scope::SendReplies, &[SendReply::TYPE, CarryOut::TYPE]),
    (
        Scope::Connections,
        &[
            SyncConnection::TYPE,
            FetchInteraction::TYPE,
            ConnectAccount::TYPE,
            LateConsent::TYPE,
            RevokeToken::TYPE,
            CheckClient::TYPE,
        ],
    ),
    (Scope::Demo, &[EnableDemo::TYPE, DisableDemo::TYPE, ForgetDemoProfile::TYPE, PressSwitch::TYPE]),
    (Scope::InboxWrite, &[MoveMatching::TYPE, TakeBackMoves::TYPE, MarkMatching::TYPE, TakeBackMarks::TYPE]),
    (
        Scope::Write,
        &[AgePriorities::TYPE, WakeSnoozed::TYPE, RecountInboxes::TYPE, RebuildSearch::TYPE, PurgeExpired::TYPE],
    ),
];

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
    async fn each_role_stops_and_repeats_of_each_kind_what_it_could_do_by_hand(app: TestApp) {
        let app = app.with_ann().await;
        let (editor, viewer) = (app.member("ed@example.com", "editor").await, app.member("vera@example.com", "viewer").await);
        let people: [(&Browser, _, _); 3] =
            [(&app, EMAIL, Role::Owner), (&editor, "ed@example.com", Role::Editor), (&viewer, "vera@example.com", Role::Viewer)];
        for job_type in crate::app::App::HANDLERS.iter().map(|handler| handler.job_type()) {
            for (browser, email, role) in people.iter().copied() {
                if role != Role::Viewer && BY_THEIR_LEDGER.contains(&job_type) {
                    continue;
                }
                for (by, status) in [(EMAIL, JobStatus::Pending), (EMAIL, JobStatus::Failed), (email, JobStatus::Pending), (email, JobStatus::Failed)] {
                    let is_own = by == email && IN_SOMEBODYS_NAME.contains(&job_type);
                    let may = role == Role::Owner || role == Role::Editor && is_own;
                    let id = app.ordered(job_type, status, by).await;
                    let page = browser.get(&format!("/activity/{id}")).await;
                    let (offered, answers) = asked(browser, id).await;
                    let told = format!("{role}, {job_type}, {status}, of {by}: {answers:?}, {offered}");
                    assert_eq!(answers.map(|answer| answer == 403), [!may; 4], "{told}");
                    assert_eq!(offered["can_cancel"], may && status == JobStatus::Pending, "{told}");
                    assert!(may || offered["can_retry"] == false, "{told}");
                    assert!(page.status == 200 && (may || !page.text.contains(&format!("{id}/retry"))), "{told}: {}", page.text);
                }
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

    async fn a_reply_is_repeated_and_stopped_by_whoever_may_answer(app: TestApp) {
        let stand = Stand::new(app).await;
        let (viewer, editor) = (stand.app.member("vic@example.com", "viewer").await, stand.app.member("eve@example.com", "editor").await);
        let item = stand.asked("c1").await;
        let refused = PlatformError::Rejected { reason: "forbidden".into(), message: "No.".into() };
        stand.far.script().answers.push_back(Refuses(refused));
        stand.delivered(item, "At nine.").await;
        for seconds in [5, 30, 120] {
            stand.later(seconds).await;
        }
        let list = "/api/jobs?job_type=send_reply";
        for (browser, is_offered, retry) in [(&viewer, false, 403), (&editor, true, 202), (&editor, false, 409)] {
            let job = browser.get(list).await.json()["items"].as_array().expect("jobs").last().expect("the first").clone();
            let id = job["id"].as_str().expect("its id");
            let page = browser.get(&format!("/activity/{id}")).await.text;
            let thread = browser.get(&format!("/inbox/{item}")).await.text;
            assert_eq!((&job["can_retry"], page.contains(&format!("{id}/retry"))), (&json!(is_offered), is_offered), "{job}");
            assert_eq!(thread.contains("value=\"retry\""), is_offered, "{thread}");
            let asked = browser.json("POST", &format!("/api/jobs/{id}/retry"), json!({})).await;
            assert_eq!(asked.status.as_u16(), retry, "{}", asked.text);
        }
        let waiting = viewer.get(list).await.json()["items"][0].clone();
        let cancel = format!("/api/jobs/{}/cancel", waiting["id"].as_str().expect("its id"));
        assert_eq!((&waiting["can_cancel"], viewer.json("POST", &cancel, json!({})).await.status.as_u16()), (&json!(false), 403));
    }

    async fn a_key_for_the_inbox_alone_sees_and_stops_jobs_of_the_inbox_alone(app: TestApp) {
        let app = app.with_ann().await;
        let key = app.key(&[("inbox:read", "true"), ("inbox:write", "true")]).await;
        for (job_type, is_its) in [(MoveMatching::TYPE, true), (SyncConnection::TYPE, false), (EnableDemo::TYPE, false)] {
            let id = app.ordered(job_type, JobStatus::Pending, EMAIL).await;
            for (method, what) in [("GET", "status"), ("POST", "cancel")] {
                let answer = app.browser().with_key(&key, method, &format!("/api/jobs/{id}/{what}")).await;
                assert_eq!(!answer.text.contains("scope_missing"), is_its, "{method} {what} {job_type}: {}", answer.text);
            }
        }
    }

    async fn a_key_stops_and_repeats_what_it_could_ask_for(app: TestApp) {
        let app = app.with_ann().await;
        let mut listed = Vec::new();
        for (scope, types) in SCOPES {
            let of = |scopes: &[Scope]| scopes.iter().map(|scope| (scope.as_str(), "true")).collect::<Vec<_>>();
            let others = Scope::ALL.iter().copied().filter(|other| !other.opens(scope)).collect::<Vec<_>>();
            let enough = Scope::ALL.iter().copied().filter(|one| [scope, Scope::InboxWrite].contains(one)).collect::<Vec<_>>();
            let (with_it, without) = (app.key(&of(&enough)).await, app.key(&of(&others)).await);
            for job_type in types {
                let id = app.ordered(job_type, JobStatus::Running, EMAIL).await;
                for path in ["retry", "cancel"].map(|what| format!("/api/jobs/{id}/{what}")) {
                    let refused = app.browser().with_key(&without, "POST", &path).await;
                    assert!(refused.status == 403 && refused.text.contains("scope_missing"), "{path} {job_type}: {}", refused.text);
                }
                let cancelled = app.browser().with_key(&with_it, "POST", &format!("/api/jobs/{id}/cancel")).await;
                // Its ledger is asked, and has no such order.
                let status = if *job_type == CarryOut::TYPE { 404 } else { 202 };
                assert_eq!(cancelled.status, status, "{job_type}: {}", cancelled.text);
            }
            listed.extend(types);
        }
        let types = crate::app::App::HANDLERS.iter().map(|handler| handler.job_type());
        assert_eq!(listed.into_iter().copied().collect::<BTreeSet<_>>(), types.collect::<BTreeSet<_>>());
    }
}
