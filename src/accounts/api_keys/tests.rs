//! Keys, from the page that makes them to the API that they open.

use std::time::Duration;

use axum::body::Body;
use kit::args;
use kit::both_databases;
use kit::testing::wait_until;

use super::access::{Needs, OPERATIONS};
use super::{PER_USER, Scope};
use crate::accounts::sessions::COOKIE;
use crate::testing::{EMAIL, PASSWORD, TestApp};

const DAY: Duration = super::DAY;
const ALL: [(&str, &str); 4] = [("read", "true"), ("write", "true"), ("connections", "true"), ("demo", "true")];
const READ: [(&str, &str); 1] = [("read", "true")];

async fn status(app: &TestApp, key: &str) -> u16 {
    app.browser().with_key(key, "GET", "/api/jobs").await.status.as_u16()
}

both_databases! {
    async fn a_key_is_shown_once_and_opens_the_api(app: TestApp) {
        let app = app.with_ann().await;
        assert!(app.get("/settings/api-keys").await.text.contains("No keys yet"));
        let key = app.key(&READ).await;
        assert!(key.starts_with("repruv_") && key.len() == "repruv_".len() + 43, "256 bits: {key}");
        let page = app.get("/settings/api-keys").await.text;
        assert!(!page.contains(&key) && page.contains(&format!("{}…", &key[..11])), "only its first letters are shown again");
        assert!(page.contains("never used"));

        let answer = app.browser().with_key(&key, "GET", "/api/v1/dashboard").await;
        assert_eq!((answer.status.as_u16(), answer.json()["workspace"]["kind"].as_str()), (200, Some("live")));
        let dump = app.dump().await;
        let is_in = |needle: &[u8]| dump.windows(needle.len()).any(|part| part == needle);
        assert!(!is_in(key.as_bytes()) && !is_in(&key.as_bytes()[7..]), "the database knows a hash");
    }

    async fn a_key_opens_what_its_scopes_name_and_nothing_else(app: TestApp) {
        let app = app.with_ann().await;
        for scope in Scope::ALL {
            let key = app.key(&[(scope.as_str(), "true")]).await;
            for (method, path, needs) in OPERATIONS {
                let path = format!("/api{}", path.replace("{id}", "00000000-0000-7000-8000-000000000000"));
                if path == "/api/events" {
                    continue;
                }
                let answer = app.browser().with_key(&key, method, &path).await;
                let code = answer.text.contains("scope_missing");
                match needs {
                    Needs::Scope(needed) if scope.opens(*needed) => assert!(![401, 403].contains(&answer.status.as_u16()), "{scope}: {method} {path}: {}", answer.text),
                    Needs::Scope(_) => assert!(answer.status == 403 && code, "{scope}: {method} {path}: {}", answer.text),
                    Needs::Session => assert!(answer.text.contains("session_needed"), "{method} {path}: {}", answer.text),
                    Needs::Nothing => assert!(!code, "{method} {path}: {}", answer.text),
                }
            }
        }
    }

    async fn a_key_takes_the_place_of_every_cookie(app: TestApp) {
        let app = app.with_ann().await;
        let key = app.key(&READ).await;
        let bearer = format!("Bearer {key}");
        let both = [("authorization", bearer.as_str()), ("origin", "http://localhost:8080")];
        let asked = app.send_bare("GET", "/api/auth/session", &both, Body::empty()).await;
        assert_eq!((asked.status.as_u16(), asked.json()["code"].as_str()), (403, Some("session_needed")), "Ann's cookie was sent too");
        let asked = app.send_bare("POST", "/api/demo/enable", &both, Body::empty()).await;
        assert_eq!((asked.status.as_u16(), asked.json()["code"].as_str()), (403, Some("scope_missing")));

        let wrong = [("authorization", "Bearer repruv_guessed"), ("origin", "http://localhost:8080")];
        let refused = app.send_bare("GET", "/api/jobs", &wrong, Body::empty()).await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (401, Some("bad_key")), "no cookie mends a bad key");
        assert!(refused.header("www-authenticate").starts_with("Bearer"), "RFC 9110 section 11.6.1");
        let twice = [("authorization", bearer.as_str()), ("authorization", bearer.as_str())];
        assert_eq!(app.browser().send_bare("GET", "/api/jobs", &twice, Body::empty()).await.status, 401);
        let other_scheme = [("authorization", "Basic YW5uOnNlY3JldA==")];
        assert_eq!(app.send("GET", "/api/jobs", &other_scheme, Body::empty()).await.status, 200, "a proxy's own password is the proxy's");
    }

    async fn no_page_knows_keys(app: TestApp) {
        let app = app.with_ann().await;
        let key = app.key(&ALL).await;
        for (method, path) in [("GET", "/dashboard"), ("GET", "/settings/api-keys"), ("POST", "/demo/enable"), ("POST", "/settings/api-keys")] {
            let answer = app.browser().with_key(&key, method, path).await;
            assert!(answer.location().starts_with("/login"), "{method} {path}: {}", answer.status);
        }
    }

    async fn a_program_needs_no_origin_and_a_foreign_page_has_no_key(app: TestApp) {
        let app = app.with_ann().await;
        let key = app.key(&ALL).await;
        assert_eq!(app.browser().with_key(&key, "POST", "/api/demo/enable").await.status, 202);
        let lure = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        assert_eq!(app.send_bare("POST", "/api/demo/disable", &lure, Body::empty()).await.status, 403);
    }

    async fn a_key_ends_when_it_is_revoked_or_expires_or_its_owner_is_disabled(app: TestApp) {
        let app = app.with_ann().await;
        let short = app.key(&[("read", "true"), ("life", "month")]).await;
        let endless = app.key(&[("read", "true"), ("life", "unlimited")]).await;
        let ben = app.invited("ben@example.com").await;
        app.hand.advance(30 * DAY - Duration::from_secs(1));
        assert_eq!((status(&app, &short).await, status(&app, &endless).await), (200, 200));
        app.hand.advance(Duration::from_secs(1));
        assert_eq!((status(&app, &short).await, status(&app, &endless).await), (401, 200));

        app.sign_in(EMAIL, PASSWORD).await;
        let page = app.get("/settings/api-keys").await.text;
        assert!(page.contains("expired"));
        let id = page.split("name=\"key\" value=\"").nth(1).expect("a button").split('"').next().expect("its end").to_owned();
        assert_eq!(ben.post("/settings/api-keys/revoke", &[("key", &id)]).await.location(), "/login", "Ben's session is over");
        ben.sign_in("ben@example.com", "copper window seven tides").await;
        assert_eq!(ben.post("/settings/api-keys/revoke", &[("key", &id)]).await.status, 404, "it is Ann's");
        assert_eq!(status(&app, &endless).await, 200);
        assert_eq!(app.post("/settings/api-keys/revoke", &[("key", &id)]).await.location(), "/settings/api-keys?revoked=1");
        assert_eq!(status(&app, &endless).await, 401);

        let last = app.key(&READ).await;
        crate::accounts::admin::disable_user(&app.app, EMAIL).await.expect("Ann is there");
        assert_eq!(status(&app, &last).await, 401);
    }

    async fn a_reset_from_the_terminal_revokes_every_key(app: TestApp) {
        let app = app.with_ann().await;
        let key = app.key(&READ).await;
        crate::accounts::admin::reset_password(&app.app, EMAIL).await.expect("Ann is there");
        assert_eq!(status(&app, &key).await, 401);
    }

    async fn making_a_key_asks_for_the_password_when_it_was_typed_long_ago(app: TestApp) {
        let app = app.with_ann().await;
        app.hand.advance(Duration::from_secs(601));
        let form = [("name", "Night \"report\""), ("demo", "true"), ("life", "year"), ("password", "")];
        let asked = app.post("/settings/api-keys", &form).await;
        assert_eq!(asked.status, 422);
        for kept in ["Night &quot;report&quot;", "name=\"demo\" value=\"true\" checked", "value=\"year\" selected", "id=\"password-error\""] {
            assert!(asked.text.contains(kept), "{kept}: {}", asked.text);
        }
        assert!(!asked.text.contains("repruv_"));
        let before = app.cookie(COOKIE);
        let made = app.post("/settings/api-keys", &[form[0], form[1], form[2], ("password", PASSWORD)]).await;
        assert_eq!((made.status.as_u16(), made.location()), (303, "/settings/api-keys"), "{}", made.text);
        let page = app.get("/settings/api-keys").await.text;
        assert!(page.contains("Your new API key") && !page.contains("name=\"password\""), "it is fresh now: {page}");
        assert_ne!(app.cookie(COOKIE), before, "the session has a new token");
        assert!(!app.get("/settings/api-keys").await.text.contains("Your new API key"), "a page that is loaded anew makes nothing anew");
        assert_eq!(app.get("/settings/api-keys").await.text.matches("data-test=\"api-key\"").count(), 1);
        app.key(&READ).await;
    }

    async fn a_form_without_name_or_scope_says_so(app: TestApp) {
        let app = app.with_ann().await;
        let refused = app.post("/settings/api-keys", &[("name", " ")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("id=\"name-error\"") && refused.text.contains("id=\"scopes-error\""), "{}", refused.text);
    }

    async fn a_key_works_in_the_live_workspace_unless_it_was_made_to_follow_demo_mode(app: TestApp) {
        let app = app.with_ann().await;
        let (live, follows) = (app.key(&READ).await, app.key(&[("read", "true"), ("follows_demo", "true")]).await);
        let who = app.who().await;
        let user = who.user.id;
        app.db.write(move |tx| {
            let demo = crate::workspaces::create(tx, kit::clock::Timestamp::EPOCH, &kit::random::Random::seeded(9), user, crate::workspaces::Kind::Demo, "Demo")?;
            tx.exec("UPDATE users SET demo_mode_status = 'enabled', demo_workspace_id = $2 WHERE id = $1", args![user, demo])
        }).await.expect("the database answers");
        for (key, kind) in [(live, "live"), (follows, "demo")] {
            let answer = app.browser().with_key(&key, "GET", "/api/dashboard").await;
            assert_eq!(answer.json()["workspace"]["kind"], kind);
        }
    }

    async fn use_is_written_once_a_minute(app: TestApp) {
        let app = app.with_ann().await;
        let key = app.key(&READ).await;
        let used = || async {
            let read = app.db.read(|conn| conn.one::<Option<kit::clock::Timestamp>>("SELECT last_used_at FROM api_keys", args![]));
            read.await.expect("the database answers")
        };
        let start = app.app.now();
        assert_eq!((used().await, status(&app, &key).await), (None, 200));
        wait_until("the first use is noted", || async { used().await == Some(start) }).await;
        app.hand.advance(Duration::from_secs(59));
        assert_eq!((status(&app, &key).await, used().await), (200, Some(start)));
        app.hand.advance(Duration::from_secs(1));
        assert_eq!(status(&app, &key).await, 200);
        wait_until("a minute later it is noted again", || async { used().await == Some(app.app.now()) }).await;
    }

    async fn a_person_has_fifty_keys_at_most(app: TestApp) {
        let app = app.with_ann().await;
        for _ in 0..PER_USER {
            app.key(&READ).await;
        }
        let refused = app.post("/settings/api-keys", &[("name", "One more"), ("read", "true")]).await;
        assert!(refused.status == 422 && refused.text.contains("Revoke one you no longer use"), "{}", refused.text);

        app.hand.advance(Duration::from_secs(601));
        let form = [("name", "One more"), ("read", "true"), ("password", PASSWORD)];
        let refused = app.post("/settings/api-keys", &form).await;
        assert!(refused.status == 422 && refused.text.contains("Revoke one you no longer use"), "{}", refused.text);
        assert_eq!(app.get("/settings/api-keys").await.status, 200, "the session, whose token is new, lives on");
    }
}
