//! The life of a session, on both databases.

use std::time::Duration;

use base64::Engine as _;
use kit::args;
use kit::both_databases;
use kit::db::Column;

use super::{ABSOLUTE, COOKIE, IDLE, TokenHash};
use crate::testing::{Browser, EMAIL, PASSWORD, TestApp};

const DAY: Duration = Duration::from_secs(86_400);

async fn one<T: Column + Send + 'static>(app: &TestApp, sql: &'static str) -> T {
    app.db.read(move |conn| conn.one::<T>(sql, args![])).await.unwrap()
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/api/auth/session").await.status == 200
}

both_databases! {
    async fn the_cookie_opens_and_its_trace_in_the_database_does_not(app: TestApp) {
        let app = app.with_ann().await;
        let set = app.browser().sign_in(EMAIL, PASSWORD).await;
        let cookie = set.header("set-cookie");
        for part in ["__Host-session_token=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain"));
        assert_eq!(set.header("cache-control"), "no-store");

        let token = app.cookie(COOKIE).unwrap();
        assert_eq!(token.len(), 43, "256 bits");
        let stored: Vec<u8> = one(&app, "SELECT token_hash FROM user_sessions ORDER BY created_at, id LIMIT 1").await;
        assert_eq!(stored, TokenHash::of(&token).as_bytes());
        let thief = app.browser();
        for guess in [base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&stored), hex(&stored), String::new()] {
            thief.set_cookie(COOKIE, &guess);
            assert!(!is_in(&thief).await);
        }
    }

    async fn signing_in_replaces_the_token_that_the_browser_came_with(app: TestApp) {
        let app = app.with_ann().await;
        let old = app.cookie(COOKIE).unwrap();
        app.sign_in(EMAIL, PASSWORD).await;
        assert_ne!(app.cookie(COOKIE).unwrap(), old);
        let fixed = app.browser();
        fixed.set_cookie(COOKIE, &old);
        assert!(!is_in(&fixed).await);

        let planted = app.browser();
        planted.set_cookie(COOKIE, "chosen-by-an-attacker");
        planted.sign_in(EMAIL, PASSWORD).await;
        assert_ne!(planted.cookie(COOKIE).unwrap(), "chosen-by-an-attacker");
    }

    async fn a_session_ends_when_it_is_not_used_for_a_week(app: TestApp) {
        let app = app.with_ann().await;
        app.hand.advance(IDLE - Duration::from_secs(1));
        assert!(is_in(&app).await);
        app.until_seen().await;
        app.hand.advance(IDLE - Duration::from_secs(1));
        assert!(is_in(&app).await, "use prolongs it");
        app.until_seen().await;
        app.hand.advance(IDLE);
        assert!(!is_in(&app).await);
    }

    async fn a_session_ends_after_a_month_however_much_it_is_used(app: TestApp) {
        let app = app.with_ann().await;
        for _ in 0..29 {
            app.hand.advance(DAY);
            assert!(is_in(&app).await);
            app.until_seen().await;
        }
        app.hand.advance(ABSOLUTE - 29 * DAY);
        assert!(!is_in(&app).await);
        app.sign_in(EMAIL, PASSWORD).await;
        assert_eq!(one::<i64>(&app, "SELECT count(*) FROM user_sessions").await, 1, "the expired row is gone");
    }

    async fn use_is_written_once_a_minute(app: TestApp) {
        let app = app.with_ann().await;
        let seen = || one::<kit::clock::Timestamp>(&app, "SELECT last_seen_at FROM user_sessions");
        let start = seen().await;
        app.hand.advance(Duration::from_secs(59));
        assert!(is_in(&app).await);
        assert_eq!(seen().await, start);
        app.hand.advance(Duration::from_secs(1));
        assert!(is_in(&app).await);
        app.until_seen().await;
        assert_eq!(seen().await, app.app.now());
    }

    async fn signing_out_ends_the_session_on_the_server(app: TestApp) {
        let app = app.with_ann().await;
        let token = app.cookie(COOKIE).unwrap();
        let out = app.post("/logout", &[]).await;
        assert_eq!(out.location(), "/login?signed_out=1");
        assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
        assert_eq!(app.cookie(COOKIE), None);
        let replay = app.browser();
        replay.set_cookie(COOKIE, &token);
        assert!(!is_in(&replay).await);
        assert_eq!(app.post("/logout", &[]).await.status, 303, "again is no error");
    }

    async fn one_sees_and_ends_ones_own_sessions_only(app: TestApp) {
        let app = app.with_ann().await;
        let (phone, ben) = (app.browser(), app.invited("ben@example.com").await);
        phone.sign_in(EMAIL, PASSWORD).await;
        let id_of = async |browser: &Browser| {
            let session = browser.get("/api/auth/session").await.json();
            session["session"]["id"].as_str().unwrap().to_owned()
        };
        let (phone_id, ben_id) = (id_of(&phone).await, id_of(&ben).await);
        let page = app.get("/settings/sessions").await.text;
        assert!(page.contains(&phone_id) && !page.contains(&ben_id));

        let end = async |id: &str| app.json("DELETE", &format!("/api/auth/sessions/{id}"), serde_json::Value::Null).await.status;
        assert_eq!(end(&ben_id).await, 404);
        assert_eq!(end("nonsense").await, 404);
        assert_eq!(app.post("/settings/sessions/end", &[("session", &ben_id)]).await.status, 404);
        assert!(is_in(&ben).await);
        assert_eq!(end(&phone_id).await, 204);
        assert_eq!(end(&phone_id).await, 404);
        assert!(!is_in(&phone).await);
    }

    async fn ending_others_asks_for_the_password_when_it_was_typed_long_ago(app: TestApp) {
        let app = app.with_ann().await;
        let phone = app.browser();
        phone.sign_in(EMAIL, PASSWORD).await;
        app.hand.advance(Duration::from_secs(601));
        let page = app.get("/settings/sessions").await.text;
        assert!(page.contains("name=\"password\""));
        assert_eq!(app.post("/settings/sessions/end", &[("password", "not the password at all")]).await.status, 422);
        assert!(is_in(&phone).await);
        let before = app.cookie(COOKIE).unwrap();
        let ended = app.post("/settings/sessions/end", &[("password", PASSWORD)]).await;
        assert_eq!(ended.location(), "/settings/sessions?ended=1");
        assert_ne!(app.cookie(COOKIE).unwrap(), before, "a token for what was shown anew");
        assert!(!is_in(&phone).await);
        assert!(!app.get("/settings/sessions").await.text.contains("name=\"password\""), "and now it is fresh");
    }

    async fn the_oldest_session_makes_room(app: TestApp) {
        let app = app.with_ann().await;
        let mut browsers = Vec::new();
        for _ in 0..24 {
            app.hand.advance(Duration::from_secs(1));
            let browser = app.browser();
            assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status, 303);
            browsers.push(browser);
        }
        assert_eq!(one::<i64>(&app, "SELECT count(*) FROM user_sessions").await, 20);
        assert!(!is_in(&app).await && !is_in(&browsers[3]).await);
        assert!(is_in(&browsers[4]).await && is_in(&browsers[23]).await);
    }

    async fn a_disabled_account_is_out_at_once(app: TestApp) {
        let app = app.with_ann().await;
        let mut signals = app.db.subscribe();
        crate::accounts::admin::disable_user(&app.app, EMAIL).await.unwrap();
        assert!(!is_in(&app).await);
        assert_eq!(signals.recv().await.unwrap().topic, super::ENDED, "open streams hear of it");
    }

    async fn the_workspace_is_the_demo_one_exactly_while_demo_mode_is_enabled(app: TestApp) {
        let app = app.with_ann().await;
        let kind = async || app.get("/api/auth/session").await.json()["workspace"]["kind"].as_str().unwrap().to_owned();
        let (now, random) = (app.app.now(), app.app.random.clone());
        app.db.write(move |tx| {
            let user = tx.one::<super::UserId>("SELECT id FROM users", args![])?;
            let demo = crate::workspaces::create(tx, now, &random, user, crate::workspaces::Kind::Demo, "Demo")?;
            tx.exec("UPDATE users SET demo_workspace_id = $1", args![demo])
        }).await.unwrap();
        for (status, expected) in [("enabling", "live"), ("enabled", "demo"), ("disabling", "live"), ("disabled", "live")] {
            app.db.write(move |tx| tx.exec("UPDATE users SET demo_mode_status = $1", args![status])).await.unwrap();
            assert_eq!(kind().await, expected, "{status}");
        }
    }

    async fn no_living_secret_is_in_the_database(app: TestApp) {
        let link = app.set_up_link().await;
        let setup_token = link.split_once('=').unwrap().1.to_owned();
        let app = app.with_ann().await;
        let secrets = [app.cookie(COOKIE).unwrap(), app.cookie(super::DEVICE_COOKIE).unwrap(), setup_token, PASSWORD.to_owned()];
        let dump = app.dump().await;
        let holds = |part: &[u8]| dump.windows(part.len()).any(|window| window == part);
        assert!(holds(EMAIL.as_bytes()), "the dump is one");
        for secret in secrets {
            assert!(!holds(secret.as_bytes()) && !holds(hex(secret.as_bytes()).as_bytes()), "{secret}");
            if let Ok(raw) = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&secret) {
                assert!(!holds(&raw) && !holds(hex(&raw).as_bytes()), "{secret}");
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
