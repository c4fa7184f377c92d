//! Calls that are sent again: in a row, at once, across a restart, with another body, a day later.

use std::time::Duration;

use axum::body::Body;
use futures_util::future::join_all;
use kit::args;
use kit::both_databases;
use kit::testing::TestDb;
use serde_json::{Value, json};

use super::{Answer, Call, KEPT, once};
use crate::accounts;
use crate::inbox::testing::three_questions;
use crate::testing::{Browser, TestApp};
use crate::web::errors::{Error, Result};
use crate::work::{Who, Work};
use crate::workspaces::UserId;

const ENABLE: &str = "/api/demo/enable";

async fn keyed(browser: &Browser, method: &str, path: &str, key: &str, body: &str) -> (u16, String, String) {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    let answer = browser.send(method, path, &headers, Body::from(body.to_owned())).await;
    (answer.status.as_u16(), answer.header("content-type").to_owned(), answer.text)
}

async fn count(db: &TestDb, sql: &'static str) -> i64 {
    db.read(move |conn| conn.one::<i64>(sql, args![])).await.expect("the database answers")
}

both_databases! {
    async fn the_same_call_has_one_effect_and_one_answer(app: TestApp) {
        let app = app.with_ann().await;
        let first = keyed(&app, "POST", ENABLE, "a", "{}").await;
        assert_eq!((first.0, first.1.as_str()), (202, "application/json"));
        app.run_jobs().await;
        assert_eq!(app.json("POST", "/api/demo/disable", Value::Null).await.status, 202, "it has failed without a demo service");
        app.run_jobs().await;
        let standing = app.get("/api/demo/status").await.text;
        for path in [ENABLE, "/api/v1/demo/enable"] {
            assert_eq!(keyed(&app, "POST", path, "a", "{}").await, first, "long after, under either version");
        }
        assert_eq!(keyed(&app, "POST", ENABLE, "\"a\"", "{}").await, first, "as a structured string");
        assert_eq!(app.get("/api/demo/status").await.text, standing, "nothing was set up again");
        assert_ne!(keyed(&app, "POST", ENABLE, "b", "{}").await.2, first.2, "another key is another call");
    }

    async fn fifty_at_once_have_one_effect_and_one_answer(app: TestApp) {
        let app = app.with_ann().await;
        let calls = (0..50).map(|_| keyed(&app, "POST", ENABLE, "the same", r#"{"size":"small"}"#));
        let answers = join_all(calls).await;
        assert_eq!(answers[0].0, 202, "{}", answers[0].2);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(count(&app.db, "SELECT count(*) FROM background_jobs WHERE job_type = 'enable_demo'").await, 1);
        assert_eq!(count(&app.db, "SELECT count(*) FROM idempotency_keys").await, 1);
    }

    async fn fifty_invitations_at_once_are_one(app: TestApp) {
        let app = app.with_ann().await;
        let user = app.who().await.user.id;
        let made = join_all((0..50).map(|_| invite(&app, user, "k", "{}"))).await;
        let first = made[0].as_ref().expect("it is made");
        assert!(made.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer == first)));
        assert_eq!(count(&app.db, "SELECT count(*) FROM one_time_links WHERE kind = 'invite'").await, 1);
        assert!(!app.rows().await.concat().contains(&first.body), "an answer is kept sealed");
    }

    async fn the_same_key_in_another_workspace_is_another_call(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member("ben@example.com", "editor").await;
        let saved = r#"{"name":"Hours","text":"At nine."}"#;
        let here = keyed(&ben, "POST", "/api/saved-replies", "k", saved).await;
        assert_eq!(here.0, 201, "{}", here.2);
        let (user, now, random) = (app.user("ben@example.com").await, app.app.now(), app.app.random.clone());
        let joined = app.db.write(move |tx| {
            let own = crate::workspaces::create(tx, now, &random, user, crate::workspaces::Kind::Live, "Ben's")?;
            tx.exec("UPDATE user_sessions SET workspace_id = $1 WHERE user_id = $2", args![own, user])
        });
        joined.await.expect("he has one of his own");
        let there = keyed(&ben, "POST", "/api/saved-replies", "k", saved).await;
        assert!(there.0 == 201 && there.2 != here.2, "{} {}", there.0, there.2);
        assert_eq!(count(&app.db, "SELECT count(*) FROM saved_replies").await, 2);
    }

    async fn another_body_is_refused_and_so_is_what_is_no_key(app: TestApp) {
        let app = app.with_ann().await;
        assert_eq!(keyed(&app, "POST", ENABLE, "a", r#"{"size":"small"}"#).await.0, 202);
        let (status, kind, text) = keyed(&app, "POST", ENABLE, "a", r#"{"size":"large"}"#).await;
        assert_eq!((status, kind.as_str()), (422, "application/problem+json"));
        assert!(text.contains("idempotency_key_reused"), "{text}");
        let long = "x".repeat(256);
        for bad in ["", "\u{e4}", &long] {
            let (status, _, text) = keyed(&app, "POST", ENABLE, bad, "{}").await;
            assert!(status == 400 && text.contains("bad_idempotency_key"), "{bad}: {text}");
        }
        let twice = [("idempotency-key", "a"), ("idempotency-key", "a")];
        assert_eq!(app.send("POST", ENABLE, &twice, Body::empty()).await.status, 400);
    }

    async fn a_key_is_its_users_own_and_names_one_call(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.invited("ben@example.com").await;
        let anns = keyed(&app, "POST", ENABLE, "a", "{}").await;
        let bens = keyed(&ben, "POST", ENABLE, "a", "{}").await;
        assert_eq!(bens.0, 202);
        assert_ne!(anns.2, bens.2, "another job");
        let (status, _, text) = keyed(&app, "POST", "/api/demo/disable", "a", "{}").await;
        assert!(status == 422 && text.contains("idempotency_key_reused"), "{text}");
        let left = keyed(&app, "POST", "/api/demo/disable", "b", "{}").await;
        assert!(left.2.contains("disabling"), "{}", left.2);
    }

    async fn the_same_key_with_another_method_is_another_call(app: TestApp) {
        let app = app.with_ann().await;
        let star = format!("/api/interactions/{}/star", three_questions(&app).await[0]);
        assert_eq!(keyed(&app, "POST", &star, "a", "").await.0, 200);
        let (status, _, text) = keyed(&app, "DELETE", &star, "a", "").await;
        assert!(status == 422 && text.contains("idempotency_key_reused"), "{text}");
        assert_eq!(keyed(&app, "DELETE", &star, "b", "").await.0, 200);
    }

    async fn an_answer_is_known_after_a_restart_and_for_a_day(app: TestApp) {
        let app = app.with_ann().await;
        let first = keyed(&app, "POST", ENABLE, "a", "{}").await;
        let app = app.restarted().await;
        assert_eq!(keyed(&app, "POST", ENABLE, "a", "{}").await, first);
        app.hand.advance(KEPT - Duration::from_secs(1));
        assert_eq!(keyed(&app, "POST", ENABLE, "a", "{}").await, first);
        app.hand.advance(Duration::from_secs(1));
        let other = keyed(&app, "POST", ENABLE, "a", r#"{"seed":1}"#).await;
        assert_eq!(other.0, 202, "the key is free again: {}", other.2);
    }

    async fn what_failed_left_nothing_and_may_be_tried_again(app: TestApp) {
        let app = app.with_ann().await;
        let user = app.who().await.user.id;
        let call = Call::new("POST", "/invitations", "k", b"{}").expect("a key");
        let failed = app.app.write(Who::user(user, ""), move |work| {
            once(work, &call, None, |work| {
                accounts::invite(work)?;
                Err(Error::conflict("not_now", "Not now."))
            })
        });
        assert!(failed.await.is_err());
        assert_eq!(count(&app.db, "SELECT count(*) FROM idempotency_keys").await, 0);
        assert_eq!(count(&app.db, "SELECT count(*) FROM one_time_links WHERE kind = 'invite'").await, 0);
        invite(&app, user, "k", "{}").await.expect("the key is free");
    }

    async fn every_operation_that_changes_something_knows_its_calls_again(app: TestApp) {
        let app = app.with_ann().await;
        let phone = app.browser();
        phone.sign_in(crate::testing::EMAIL, crate::testing::PASSWORD).await;
        let session = phone.get("/api/auth/session").await.json()["session"]["id"].as_str().expect("an id").to_owned();
        let ended = format!("/api/auth/sessions/{session}");
        for _ in 0..2 {
            assert_eq!(keyed(&app, "DELETE", &ended, "k", "").await, (204, String::new(), String::new()));
        }
        assert_eq!(app.json("DELETE", &ended, Value::Null).await.status, 404, "without the key it is another call");

        let job = app.json("POST", ENABLE, json!({})).await.json()["job_id"].as_str().expect("an id").to_owned();
        let cancelled = keyed(&app, "POST", &format!("/api/jobs/{job}/cancel"), "l", "").await;
        app.run_jobs().await;
        assert_eq!(keyed(&app, "POST", &format!("/api/jobs/{job}/cancel"), "l", "").await, cancelled);
    }
}

/// An operation with an effect that can be counted, and a secret in its answer.
async fn invite(app: &TestApp, user: UserId, key: &str, body: &str) -> Result<Answer> {
    let call = Call::new("POST", "/invitations", key, body.as_bytes())?;
    let effect = move |work: &mut Work<'_>| {
        once(work, &call, None, |work| Ok(Answer { status: 201, body: accounts::invite(work)? }))
    };
    app.app.write(Who::user(user, ""), effect).await
}
