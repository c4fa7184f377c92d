//! What people do is in the log, and what is done to the log is noticed.

use kit::args;
use kit::both_databases;
use kit::db::Dialect;
use serde_json::json;

use super::{Broken, Row, list, verify};
use crate::secrets::Vault;
use crate::testing::{EMAIL, PASSWORD, TestApp};
use crate::work::Who;

async fn verified(app: &TestApp) -> Result<i64, Broken> {
    let vault = app.app.vault.clone();
    let verified = app.app.db.read(move |conn| verify(conn, &vault)).await;
    verified.unwrap_or_else(|error| panic!("{error}")).map(|verified| verified.rows)
}

/// Those whose event begins so, the oldest first.
async fn rows_of(app: &TestApp, event: &str) -> Vec<Row> {
    let rows = app.app.db.read(|conn| list(conn, None, 100)).await.unwrap_or_else(|error| panic!("{error}"));
    rows.into_iter().rev().filter(|row| row.event.starts_with(event)).collect()
}

async fn events(app: &TestApp) -> Vec<String> {
    let rows = app.app.db.read(|conn| list(conn, None, 100)).await.unwrap_or_else(|error| panic!("{error}"));
    rows.into_iter().rev().map(|row| row.event).collect()
}

/// As somebody would who has the database, and knows how to take the triggers away.
async fn tamper(app: &TestApp, sql: &'static str) {
    let done = app.app.db.write(move |tx| {
        match tx.dialect() {
            Dialect::Sqlite => {
                tx.exec("DROP TRIGGER IF EXISTS audit_events_stay", args![])?;
                tx.exec("DROP TRIGGER IF EXISTS audit_events_stay_as_they_are", args![])?;
            }
            Dialect::Postgres => {
                tx.exec("DROP TRIGGER IF EXISTS audit_events_stay ON audit_events", args![])?;
            }
        }
        tx.exec(sql, args![])
    });
    done.await.unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
}

both_databases! {
    async fn what_people_do_is_in_the_log(app: TestApp) {
        let app = app.with_ann().await;
        app.post("/logout", &[]).await;
        app.sign_in(EMAIL, "wrong").await;
        app.sign_in("nobody@example.com", "wrong").await;
        app.sign_in(EMAIL, PASSWORD).await;
        crate::accounts::admin::reset_password(&app.app, EMAIL).await.unwrap();
        crate::accounts::admin::disable_user(&app.app, EMAIL).await.unwrap();
        assert_eq!(events(&app).await, [
            "user_created", "authn_login_success", "session_ended", "authn_login_fail", "authn_login_fail",
            "authn_login_success", "authn_password_change", "user_disabled",
        ]);
        assert_eq!(verified(&app).await, Ok(8));
    }

    async fn what_is_done_to_keys_is_in_the_log(app: TestApp) {
        let app = app.with_ann().await;
        app.key(&[("read", "true")]).await;
        let key = app.get("/settings/api-keys").await.text;
        let key = key.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a button").to_owned();
        let ben = app.invited("ben@example.com").await;
        assert_eq!(ben.post("/settings/api-keys/revoke", &[("key", &key)]).await.status, 404);
        app.post("/settings/api-keys", &[("name", "")]).await;
        app.post("/settings/api-keys/revoke", &[("key", &key)]).await;
        app.key(&[("read", "true")]).await;
        crate::accounts::admin::reset_password(&app.app, EMAIL).await.unwrap();

        let ann = app.user(EMAIL).await.to_string();
        let rows = rows_of(&app, "authn_token_").await;
        let told: Vec<_> = rows.iter().map(|row| (row.event.as_str(), row.actor.as_str())).collect();
        let (made, revoked) = ("authn_token_created", "authn_token_revoked");
        assert_eq!(told, [(made, &*ann), (revoked, &*ann), (made, &*ann), (revoked, "terminal")]);
        assert!(rows[0].object == key && rows[1].object == key && rows[2].object == rows[3].object, "{rows:?}");
        assert!(rows[..3].iter().all(|row| !row.address.is_empty()) && rows[3].address.is_empty(), "{rows:?}");
        assert!(verified(&app).await.is_ok());
    }

    async fn who_cancels_and_repeats_a_job_is_in_the_log(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.invited("ben@example.com").await;
        let begun = ben.json("POST", "/api/demo/enable", json!({})).await.json();
        let first = begun["job_id"].as_str().expect("a job").to_owned();
        app.post(&format!("/activity/installation/{first}/cancel"), &[]).await;
        assert_eq!(ben.post(&format!("/activity/{first}/retry"), &[]).await.status, 409, "it is being taken back");
        app.run_jobs().await;
        let again = ben.post(&format!("/activity/{first}/retry"), &[]).await;
        let second = again.location().strip_prefix("/activity/").expect("the new job").to_owned();
        assert_eq!(ben.json("POST", &format!("/api/jobs/{second}/cancel"), json!({})).await.status, 202);
        app.run_jobs().await;
        let third = ben.json("POST", &format!("/api/jobs/{second}/retry"), json!({})).await.json();
        app.run_jobs().await;
        let third = third["job_id"].as_str().expect("a job");
        app.post(&format!("/activity/installation/{third}/cancel"), &[]).await;
        app.post(&format!("/activity/installation/{third}/retry"), &[]).await;

        let (ann, ben) = (app.user(EMAIL).await.to_string(), app.user("ben@example.com").await.to_string());
        let rows = rows_of(&app, "job_").await;
        let told: Vec<_> = rows.iter().map(|row| (row.event.as_str(), row.actor.as_str(), row.object.as_str())).collect();
        assert_eq!(told, [
            ("job_cancelled", &*ann, &*first),
            ("job_retried", &*ben, &*first),
            ("job_cancelled", &*ben, &*second),
            ("job_retried", &*ben, &*second),
            ("job_retried", &*ann, third),
        ], "what had ended already was not cancelled");
        assert!(verified(&app).await.is_ok());
    }

    async fn the_log_is_append_only(app: TestApp) {
        let app = app.with_ann().await;
        for sql in ["UPDATE audit_events SET actor = 'me'", "DELETE FROM audit_events"] {
            let refused = app.app.db.write(move |tx| tx.exec(sql, args![])).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
        }
        assert_eq!(verified(&app).await, Ok(2));
    }

    async fn whatever_is_changed_is_noticed(app: TestApp) {
        let app = app.with_ann().await;
        for _ in 0..4 {
            app.sign_in(EMAIL, PASSWORD).await;
        }
        assert_eq!(verified(&app).await, Ok(6));
        let other = app.app.db.read(|conn| verify(conn, &Vault::with_key([8; 32]))).await;
        assert_eq!(other.unwrap_or_else(|error| panic!("{error}")), Err(Broken::Changed(1)), "another key");
        for (change, undo, found) in [
            ("UPDATE audit_events SET object = object || 'x' WHERE seq = 3",
                "UPDATE audit_events SET object = substr(object, 1, length(object) - 1) WHERE seq = 3", Broken::Changed(3)),
            ("UPDATE audit_events SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5)",
                "UPDATE audit_events SET seq = CASE seq WHEN -5 THEN 4 ELSE 5 END WHERE seq < 0", Broken::Missing(1)),
            ("UPDATE audit_head SET last_seq = 5", "UPDATE audit_head SET last_seq = 6", Broken::Head),
        ] {
            tamper(&app, change).await;
            match found {
                Broken::Missing(_) => {
                    tamper(&app, "UPDATE audit_events SET seq = -seq WHERE seq < 0").await;
                    assert_eq!(verified(&app).await, Err(Broken::Changed(4)), "two rows changed places");
                    tamper(&app, "UPDATE audit_events SET seq = -seq WHERE seq IN (4, 5)").await;
                }
                found => assert_eq!(verified(&app).await, Err(found), "{change}"),
            }
            tamper(&app, undo).await;
            assert_eq!(verified(&app).await, Ok(6), "{undo}");
        }
        tamper(&app, "DELETE FROM audit_events WHERE seq = 6").await;
        assert_eq!(verified(&app).await, Err(Broken::Cut { there: 5, written: 6 }));
        tamper(&app, "DELETE FROM audit_events WHERE seq = 2").await;
        assert_eq!(verified(&app).await, Err(Broken::Missing(2)));
    }

    async fn a_flood_of_failures_does_not_fill_it(app: TestApp) {
        let app = app.with_ann().await;
        let flood = app.app.write(Who::stranger("203.0.113.7"), |work| {
            (0..1_000).try_for_each(|_| super::record(work, super::Event::SignInFailed, ""))
        });
        flood.await.unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
        assert_eq!(verified(&app).await, Ok(22));
    }

    async fn acts_at_once_make_one_chain(app: TestApp) {
        let app = app.with_ann().await;
        let acts = (0..20).map(|_| {
            let app = app.app.clone();
            async move { app.write(Who::terminal(), |work| super::record(work, super::Event::SessionEnded, "")).await }
        });
        for done in futures_util::future::join_all(acts).await {
            done.unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
        }
        assert_eq!(verified(&app).await, Ok(22));
    }
}
