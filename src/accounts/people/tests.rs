//! What an owner does with people and invitations, and nobody else.

use std::time::Duration;

use axum::body::to_bytes;
use kit::both_databases;

use crate::accounts::admin;
use crate::audit;
use crate::testing::{EMAIL, PASSWORD, TestApp};

const BEN: &str = "ben@example.com";

async fn told(app: &TestApp, start: &str) -> Vec<String> {
    let rows = app.app.db.read(|conn| audit::list(conn, None, 100)).await.expect("the database answers");
    rows.into_iter().rev().map(|row| row.event).filter(|event| event.starts_with(start)).collect()
}

/// What the page's button of that name sends.
fn value(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split(&start).nth(1).unwrap_or_else(|| panic!("a button for {name}: {page}"));
    rest.split('"').next().expect("its end").to_owned()
}

both_databases! {
    async fn an_owner_closes_an_account_and_opens_it_again(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.invited(BEN).await;
        let made = ben.post("/settings/api-keys", &[("name", "A program"), ("read", "true")]).await;
        let key = ben.get(made.location()).await.text;
        let key = key.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a key").to_owned();
        let bearer = format!("Bearer {key}");
        let streams = [ben.stream("/api/events", &[]).await, app.browser().stream("/api/events", &[("authorization", &bearer)]).await];
        let user = app.user(BEN).await.to_string();
        assert_eq!(ben.get("/settings/people").await.status, 404, "nobody else learns of it");
        assert_eq!(ben.post("/settings/people/disable", &[("user", &user)]).await.status, 404);

        assert_eq!(app.post("/settings/people/disable", &[("user", &user)]).await.status, 303);
        assert_eq!(ben.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");
        assert_eq!(app.browser().with_key(&key, "GET", "/api/jobs").await.status, 401);
        for stream in streams {
            assert_eq!(stream.status(), 200);
            to_bytes(stream.into_body(), usize::MAX).await.expect("it ends");
        }
        assert_eq!(ben.sign_in(BEN, "copper window seven tides").await.status, 401);
        assert!(app.get("/settings/people").await.text.contains("closed"));

        assert_eq!(app.post("/settings/people/open", &[("user", &user)]).await.status, 303);
        assert_eq!(ben.sign_in(BEN, "copper window seven tides").await.status, 303);
        assert_eq!(app.post("/settings/people/sign-out", &[("user", &user)]).await.status, 303);
        assert_eq!(ben.get("/dashboard").await.status, 303);
        assert_eq!(told(&app, "user_").await, ["user_created", "user_created", "user_disabled", "user_enabled"]);
    }

    async fn an_owner_types_the_password_again_and_keeps_the_own_account(app: TestApp) {
        let app = app.with_ann().await;
        app.invited(BEN).await;
        let (own, user) = (app.user(EMAIL).await.to_string(), app.user(BEN).await.to_string());
        assert_eq!(app.post("/settings/people/disable", &[("user", &own)]).await.status, 409);
        app.hand.advance(Duration::from_secs(601));
        assert!(app.get("/settings/people").await.text.contains("Your password"));
        assert_eq!(app.post("/settings/people/disable", &[("user", &user)]).await.status, 422);
        let typed = [("user", user.as_str()), ("password", PASSWORD)];
        assert_eq!(app.post("/settings/people/disable", &typed).await.status, 303);
        assert_eq!(app.post("/settings/people/disable", &[("user", "nobody")]).await.status, 404);
    }

    async fn an_invitation_is_listed_audited_and_can_be_withdrawn(app: TestApp) {
        let app = app.with_ann().await;
        let link = app.invitation().await;
        let page = app.get("/settings/people").await.text;
        assert!(page.contains("data-test=\"invitation\""), "{page}");
        let invitation = value(&page, "invitation");
        assert_eq!(app.get(&link).await.status, 200);
        let withdraw = [("invitation", invitation.as_str())];
        assert_eq!(app.post("/settings/invitations/withdraw", &withdraw).await.status, 303);
        assert_eq!(app.get(&link).await.status, 410);
        assert_eq!(app.post("/settings/invitations/withdraw", &withdraw).await.status, 404);
        assert!(!app.get("/settings/people").await.text.contains("data-test=\"invitation\""));
        assert_eq!(told(&app, "invitation_").await, ["invitation_created", "invitation_withdrawn"]);
    }

    async fn a_printed_password_is_good_for_choosing_another_alone(app: TestApp) {
        let app = app.with_ann().await;
        let printed = admin::add_user(&app.app, "dora@example.com", "Dora").await.expect("it is made");
        let dora = app.browser();
        assert_eq!(dora.sign_in("dora@example.com", &printed).await.status, 303);
        for path in ["/dashboard", "/inbox", "/settings/people", "/settings/api-keys", "/connections"] {
            assert_eq!(dora.get(path).await.location(), "/settings/account", "{path}");
        }
        let refused = dora.get("/api/dashboard").await;
        assert!(refused.status == 403 && refused.text.contains("password_change_needed"), "{}", refused.text);
        assert_eq!(dora.post("/demo/enable", &[]).await.location(), "/settings/account");
        assert!(dora.get("/settings/account").await.text.contains("one of your own"));

        let change = [("current_password", printed.as_str()), ("new_password", "copper window seven tides")];
        assert_eq!(dora.post("/settings/account/password", &change).await.status, 303);
        assert_eq!(dora.get("/dashboard").await.status, 200);
        let printed = admin::reset_password(&app.app, "dora@example.com").await.expect("it is set");
        assert_eq!(dora.sign_in("dora@example.com", &printed).await.status, 303);
        assert_eq!(dora.get("/dashboard").await.location(), "/settings/account");
    }

    async fn changing_the_password_asks_about_keys_and_says_what_became_of_them(app: TestApp) {
        let app = app.with_ann().await;
        assert!(!app.get("/settings/account").await.text.contains("revoke_keys"), "there are none");
        let key = app.key(&[("read", "true")]).await;
        assert!(app.get("/settings/account").await.text.contains("revoke_keys"));
        let mut current = PASSWORD;
        for (next, revoke) in [("copper window seven tides", false), ("lantern under the old bridge", true)] {
            let mut form = vec![("current_password", current), ("new_password", next)];
            form.extend(revoke.then_some(("revoke_keys", "true")));
            let changed = app.post("/settings/account/password", &form).await;
            assert_eq!(changed.status, 303, "{}", changed.text);
            let page = app.get(changed.location()).await.text;
            let said = if revoke { "One API key was revoked." } else { "One API key still works." };
            assert!(page.contains(said), "{page}");
            let status = app.browser().with_key(&key, "GET", "/api/jobs").await.status;
            assert_eq!(status, if revoke { 401 } else { 200 });
            current = next;
        }
    }

    async fn what_a_provider_hands_over_is_not_copied_into_another_address(app: TestApp) {
        let answer = app.get("/connections/callback/google?state=secret&code=4%2F0A&scope=x").await;
        assert_eq!(answer.location(), "/login?return_to=%2Fconnections");
        let kept = app.get("/inbox?q=a&state=needs_reply").await;
        assert!(kept.location().contains("q%3Da%26state%3Dneeds%5Freply"), "{}", kept.location());
    }
}
