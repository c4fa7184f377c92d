//! Accounts through the pages and the API, on both databases.

mod alike;

use std::time::Duration;

use kit::args;
use kit::both_databases;

use crate::accounts::Passwords;
use crate::accounts::sessions::{COOKIE, DEVICE_COOKIE};
use crate::config::Signup;
use crate::testing::{Answer, Browser, EMAIL, PASSWORD, TestApp};

const OTHER: &str = "copper window morning field";

fn new_account<'a>(email: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("name", "Ben"), ("email", email), ("password", password)]
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.db.read(move |conn| conn.one::<i64>(sql, args![])).await.unwrap()
}

both_databases! {
    async fn the_first_account_is_made_by_the_set_up_link_alone(app: TestApp) {
        assert_eq!(count(&app, "SELECT count(*) FROM users").await, 0, "no account comes with the program");
        assert!(app.get("/login").await.text.contains("no accounts yet"));
        let link = app.set_up_link().await;
        let form = app.get(&link).await;
        assert_eq!(form.status, 200);
        assert!(form.text.contains("name=\"suggestion\""));

        let made = app.post(&link, &new_account(EMAIL, PASSWORD)).await;
        assert_eq!((made.status.as_u16(), made.location()), (303, "/dashboard"), "{}", made.text);
        assert!(made.header("set-cookie").starts_with("__Host-session_token="));
        let who = app.get("/api/auth/session").await.json();
        assert_eq!((who["user"]["email"].as_str(), who["workspace"]["kind"].as_str()), (Some(EMAIL), Some("live")));

        let again = app.browser().post(&link, &new_account("eve@example.com", PASSWORD)).await;
        assert_eq!(again.status, 410, "a link opens once");
        assert_eq!(count(&app, "SELECT count(*) FROM users WHERE is_owner").await, 1);
        let none = super::first_run_link(&app.db, app.app.now(), &app.app.random, "http://localhost").await.unwrap();
        assert_eq!(none, None, "there is nothing to set up any more");
    }

    async fn a_set_up_link_lasts_an_hour_and_only_the_newest_opens(app: TestApp) {
        let first = app.set_up_link().await;
        let second = app.set_up_link().await;
        assert_eq!(app.get(&first).await.status, 410);
        assert_eq!(app.get(&second).await.status, 200);
        app.hand.advance(Duration::from_secs(3_600));
        assert_eq!(app.get(&second).await.status, 410);
        assert_eq!(app.post(&second, &new_account(EMAIL, PASSWORD)).await.status, 410);
        assert_eq!(app.get("/setup?token=guessed").await.status, 410);
    }

    async fn of_two_racing_set_ups_one_wins(app: TestApp) {
        let link = app.set_up_link().await;
        let (ann, eve) = (app.browser(), app.browser());
        let (ann_form, eve_form) = (new_account(EMAIL, PASSWORD), new_account("eve@example.com", PASSWORD));
        let (first, second) = tokio::join!(ann.post(&link, &ann_form), eve.post(&link, &eve_form));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410]);
        assert_eq!(count(&app, "SELECT count(*) FROM users").await, 1);
        assert_eq!(count(&app, "SELECT count(*) FROM workspaces").await, 1);
    }

    async fn what_was_typed_is_kept_and_the_reason_stands_beside_the_field(app: TestApp) {
        let link = app.set_up_link().await;
        let form = [
            ("name", "Ann \"the\" Baker"),
            ("email", "not an address"),
            ("password", "too short"),
            ("suggestion", "five-words-of-my-own"),
        ];
        let answer = app.post(&link, &form).await;
        assert_eq!(answer.status, 422);
        for part in ["Ann &quot;the&quot; Baker", "not an address", "id=\"email-error\"", "at least 15 characters", "five-words-of-my-own"] {
            assert!(answer.text.contains(part), "{part}: {}", answer.text);
        }
        assert!(!answer.text.contains("too short"), "a password is never sent back");
        assert_eq!(app.post(&link, &new_account(EMAIL, PASSWORD)).await.status, 303, "the link is still good");
    }

    async fn the_suggested_passphrase_needs_no_typing(app: TestApp) {
        let link = app.set_up_link().await;
        let page = app.get(&link).await.text;
        let suggestion = between(&page, "name=\"suggestion\" value=\"", "\"");
        let form = [("name", "Ann"), ("email", EMAIL), ("password", ""), ("suggestion", suggestion), ("use_suggestion", "true")];
        assert_eq!(app.post(&link, &form).await.status, 303);
        assert_eq!(app.browser().sign_in(EMAIL, suggestion).await.status, 303);
    }

    async fn weak_passwords_are_refused_with_the_reason(app: TestApp) {
        let link = app.set_up_link().await;
        for (password, code) in [
            ("fourteen-chars", "too_short"),
            ("passwordpassword1", "too_common"),
            ("ann@example.com", "too_personal"),
            ("repruv-repruv-1", "too_personal"),
            ("xyxyxyxyxyxyxyxy", "too_repetitive"),
            (&"long enough ".repeat(100), "too_long"),
        ] {
            let body = serde_json::json!({
                "email": EMAIL, "name": "Ann", "password": password, "setup_token": link.split_once('=').unwrap().1,
            });
            let answer = app.json("POST", "/api/auth/signup", body).await;
            assert_eq!(answer.status, 422, "{password}");
            let problem = answer.json();
            assert_eq!(problem["errors"][0]["code"], code, "{password}");
            assert_eq!(problem["request_id"], answer.header("x-request-id"));
        }
    }

    async fn sign_up_is_by_invitation(app: TestApp) {
        let app = app.with_ann().await;
        let closed = app.browser().get("/signup").await;
        assert_eq!(closed.status, 403);
        assert!(closed.text.contains("by invitation"));
        let ben = app.browser();
        assert_eq!(ben.post("/signup", &new_account("ben@example.com", OTHER)).await.status, 403);

        let link = app.invitation().await;
        assert_eq!(ben.get(&link).await.status, 200);
        let taken = ben.post(&link, &new_account(&EMAIL.to_uppercase(), OTHER)).await;
        assert_eq!(taken.status, 422, "an address has one account, in whatever case");
        assert!(taken.text.contains("already has an account"));
        assert_eq!(ben.post(&link, &new_account("ben@example.com", OTHER)).await.status, 303);
        assert_eq!(app.browser().post(&link, &new_account("eve@example.com", OTHER)).await.status, 410);
        assert_eq!(ben.post("/settings/invitations", &[]).await.status, 404, "only the owner invites");

        let (ann, ben) = (app.get("/api/auth/session").await.json(), ben.get("/api/auth/session").await.json());
        assert_ne!(ann["workspace"]["id"], ben["workspace"]["id"]);
    }

    async fn whoever_holds_a_link_does_not_learn_who_is_here_for_long(app: TestApp) {
        let app = app.with_ann().await;
        let link = app.invitation().await;
        let ben = app.browser();
        for _ in 0..20 {
            assert_eq!(ben.post(&link, &new_account(EMAIL, OTHER)).await.status, 422);
        }
        assert_eq!(ben.post(&link, &new_account(EMAIL, OTHER)).await.status, 429);
        app.hand.advance(Duration::from_secs(3_600));
        assert_eq!(ben.post(&link, &new_account("ben@example.com", OTHER)).await.status, 303, "the link is still good");
    }

    async fn a_whole_office_comes_in_from_one_address(app: TestApp) {
        let app = app.with_ann().await;
        for n in 0..25 {
            app.invited(&format!("person{n}@example.com")).await;
        }
    }

    async fn what_cannot_be_taken_just_now_is_not_lost(app: TestApp) {
        let app = app.with_ann().await;
        let form = [("current_password", OTHER), ("new_password", "river maple quiet lantern"), ("suggestion", "five-words-of-my-own")];
        for _ in 0..10 {
            assert_eq!(app.post("/settings/account/password", &form).await.status, 422);
        }
        let limited = app.post("/settings/account/password", &form).await;
        assert_eq!(limited.status, 429);
        assert!(limited.text.contains("five-words-of-my-own") && limited.text.contains("Try again in 2 seconds"), "{}", limited.text);
    }

    async fn nobody_is_let_in_by_guessing_not_even_after_a_restart(app: TestApp) {
        let app = app.with_ann().await;
        for n in 0..5 {
            assert_eq!(app.browser().sign_in(EMAIL, &format!("guess number {n} of many")).await.status, 401);
        }
        let limited = app.browser().sign_in(EMAIL, PASSWORD).await;
        assert_eq!(limited.status, 429);
        assert_eq!(limited.header("retry-after"), "2");
        assert!(limited.text.contains("Try again in 2 seconds"), "{}", limited.text);

        let app = app.restarted().await;
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 429, "the database remembers");
        app.hand.advance(Duration::from_secs(2));
        assert_eq!(app.browser().sign_in(EMAIL, OTHER).await.status, 401);
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.header("retry-after"), "4", "each wait is longer");
        app.hand.advance(Duration::from_secs(4));
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 303);
        assert_eq!(app.browser().sign_in(EMAIL, OTHER).await.status, 401, "success starts the count anew");
    }

    async fn a_known_device_signs_in_while_the_account_is_attacked(app: TestApp) {
        let app = app.with_ann().await;
        app.post("/logout", &[]).await;
        assert!(app.cookie(DEVICE_COOKIE).is_some(), "signing out does not make the device a stranger");
        for _ in 0..40 {
            app.browser().sign_in(EMAIL, OTHER).await;
        }
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 429);
        assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 303);

        let thief = app.browser();
        thief.set_cookie(DEVICE_COOKIE, "made-up");
        assert_eq!(thief.sign_in(EMAIL, PASSWORD).await.status, 429, "an invented device is none");
    }

    async fn a_device_has_limits_too(app: TestApp) {
        let app = app.with_ann().await;
        app.post("/logout", &[]).await;
        for _ in 0..10 {
            assert_eq!(app.sign_in(EMAIL, OTHER).await.status, 401);
        }
        assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 429);
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 303, "strangers have their own count");
    }

    async fn tries_at_once_count_before_they_are_judged(app: TestApp) {
        let app = app.with_ann().await;
        let browsers: Vec<Browser> = (0..30).map(|_| app.browser()).collect();
        let tries = browsers.iter().map(|browser| browser.sign_in(EMAIL, OTHER));
        let answers = futures_util::future::join_all(tries).await;
        let judged = answers.iter().filter(|answer| answer.status == 401).count();
        assert!(judged <= 5, "{judged} passwords were tried at once");
    }

    async fn a_changed_password_ends_every_other_session_and_the_old_password(app: TestApp) {
        let app = app.with_ann().await;
        let phone = app.browser();
        phone.sign_in(EMAIL, PASSWORD).await;
        let before = app.cookie(COOKIE).unwrap();

        let wrong = app.post("/settings/account/password", &[("current_password", OTHER), ("new_password", "river maple quiet lantern")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"current_password-error\""));
        let weak = app.post("/settings/account/password", &[("current_password", PASSWORD), ("new_password", "short")]).await;
        assert!(weak.text.contains("id=\"new_password-error\""));
        assert_eq!(phone.get("/settings/account").await.status, 200, "nothing has happened yet");

        let changed = app.post("/settings/account/password", &[("current_password", PASSWORD), ("new_password", OTHER)]).await;
        assert_eq!(changed.location(), "/settings/account?password=1&keys=0");
        assert!(app.get(changed.location()).await.text.contains("We signed you out of one other session."));
        assert_eq!(phone.get("/api/auth/session").await.status, 401);
        let old = app.browser();
        old.set_cookie(COOKIE, &before);
        assert_eq!(old.get("/api/auth/session").await.status, 401, "this session has a new token");
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 401);
        assert_eq!(app.browser().sign_in(EMAIL, OTHER).await.status, 303);
    }

    async fn a_reset_from_the_terminal_leaves_nothing_of_the_old_password(app: TestApp) {
        let app = app.with_ann().await;
        let passphrase = super::admin::reset_password(&app.app, EMAIL).await.unwrap();
        assert_eq!(app.get("/api/auth/session").await.status, 401);
        assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 401);
        assert_eq!(app.browser().sign_in(EMAIL, &passphrase).await.status, 303);
        assert!(super::admin::reset_password(&app.app, "nobody@example.com").await.is_err());
        let added = super::admin::add_user(&app.app, "ben@example.com", "Ben").await.unwrap();
        assert_eq!(app.browser().sign_in("ben@example.com", &added).await.status, 303);
        super::admin::disable_user(&app.app, EMAIL).await.unwrap();
        assert_eq!(app.browser().sign_in(EMAIL, &passphrase).await.status, 401);
    }

    async fn a_hash_of_older_parameters_is_made_anew_at_sign_in(app: TestApp) {
        use argon2::password_hash::PasswordHasher as _;
        let app = app.with_parts(|parts| parts.parts = parts.parts.clone().with(Passwords::start(parts.random.clone())));
        let app = app.with_ann().await;
        let small = argon2::Argon2::new(Default::default(), Default::default(), argon2::Params::new(8_192, 1, 1, None).unwrap());
        let hash = small.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).unwrap().to_string();
        app.db.write(move |tx| tx.exec("UPDATE users SET password_hash = $1", args![&hash])).await.unwrap();
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 303);
        let hash = app.db.read(|conn| conn.one::<String>("SELECT password_hash FROM users", args![])).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 303);
    }

    async fn a_password_does_not_grow_old(app: TestApp) {
        let app = app.with_ann().await;
        app.hand.advance(Duration::from_secs(10 * 365 * 86_400));
        assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 303);
    }

    async fn the_profile_is_changed_with_care(app: TestApp) {
        let app = app.with_ann().await;
        let bad = app.post("/settings/account", &[("name", ""), ("time_zone", "Nowhere/Else")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.text.contains("id=\"name-error\"") && bad.text.contains("id=\"time_zone-error\""));
        assert!(bad.text.contains("Nowhere/Else"));
        let saved = app.post("/settings/account", &[("name", " Ann  Baker "), ("time_zone", "UTC")]).await;
        assert_eq!(saved.location(), "/settings/account?saved=1");
        assert_eq!(app.get("/api/auth/session").await.json()["user"]["name"], "Ann Baker");
    }

    async fn signing_in_leads_back_to_where_one_was_going_and_nowhere_else(app: TestApp) {
        let app = app.with_ann().await;
        let stranger = app.browser();
        let sent = stranger.get("/settings/sessions?ended=1").await;
        assert_eq!((sent.status.as_u16(), sent.location()), (303, "/login?return_to=%2Fsettings%2Fsessions%3Fended%3D1"));
        assert!(stranger.get(sent.location()).await.text.contains("value=\"/settings/sessions?ended=1\""));
        for (wanted, expected) in [("/settings/account", "/settings/account"), ("//evil.example", "/dashboard"), ("/\\evil.example", "/dashboard")] {
            let form = [("email", EMAIL), ("password", PASSWORD), ("return_to", wanted)];
            assert_eq!(app.browser().post("/login", &form).await.location(), expected);
        }
        assert_eq!(app.get("/login?return_to=/settings/account").await.location(), "/settings/account", "signed in already");
    }

    async fn the_api_answers_as_documented(app: TestApp) {
        let token = app.set_up_link().await.split_once('=').unwrap().1.to_owned();
        let body = serde_json::json!({"email": EMAIL, "password": PASSWORD, "name": "Ann", "setup_token": token});
        let made = app.json("POST", "/api/auth/signup", body).await;
        assert_eq!((made.status.as_u16(), made.json()["user"]["email"].as_str()), (201, Some(EMAIL)));
        let mine = app.get("/api/v1/auth/session").await.json();
        for part in ["/user/id", "/user/email", "/user/name", "/session/id", "/session/created_at", "/session/expires_at", "/workspace/id", "/workspace/kind"] {
            assert!(mine.pointer(part).is_some_and(serde_json::Value::is_string), "{part}: {mine}");
        }
        let login = app.browser().json("POST", "/api/auth/login", serde_json::json!({"email": EMAIL, "password": PASSWORD})).await;
        assert_eq!((login.status.as_u16(), login.json()["user"]["name"].as_str()), (200, Some("Ann")));
        let sessions = app.get("/api/auth/sessions").await.json();
        assert_eq!(sessions["items"].as_array().map(Vec::len), Some(2));
        assert!(sessions["next_cursor"].is_null());
        assert_eq!(app.json("POST", "/api/auth/logout", serde_json::Value::Null).await.status, 204);
        let out = app.get("/api/auth/session").await;
        assert_eq!((out.status.as_u16(), out.header("content-type")), (401, "application/problem+json"));
        assert_eq!(out.json()["code"], "sign_in_needed");

        for (body, status, code) in [
            (serde_json::json!({"email": EMAIL, "password": OTHER}), 401, "wrong_credentials"),
            (serde_json::json!({"email": EMAIL}), 422, "invalid"),
            (serde_json::json!({"email": EMAIL, "password": OTHER, "is_owner": true}), 422, "invalid"),
            (serde_json::json!([]), 422, "invalid"),
        ] {
            let answer = app.browser().json("POST", "/api/auth/login", body.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{body}");
        }
    }
}

#[test]
fn anybody_signs_up_where_it_is_open_but_not_before_it_is_set_up() {
    kit::testing::run(async {
        let app = TestApp::with(kit::testing::Engine::Sqlite, Signup::Open).await;
        assert_eq!(app.get("/signup").await.status, 403, "the first account is the set-up link's");
        let app = app.with_ann().await;
        for n in 0..20 {
            let email = format!("person{n}@example.com");
            assert_eq!(app.browser().post("/signup", &new_account(&email, OTHER)).await.status, 303);
        }
        let late = app.browser().post("/signup", &new_account("one.more@example.com", OTHER)).await;
        assert_eq!((late.status.as_u16(), late.header("retry-after")), (429, "60"));
        let kept = late.text.contains("value=\"one.more@example.com\"") && late.text.contains("value=\"Ben\"");
        assert!(kept && late.text.contains("Try again in"), "nothing typed is lost: {}", late.text);
        assert_eq!(count(&app, "SELECT count(*) FROM users WHERE is_owner").await, 1);
    });
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).unwrap_or_else(|| panic!("{start} is in {text}")).1;
    rest.split_once(end).unwrap().0
}

fn nonce(answer: &Answer) -> &str {
    between(answer.header("content-security-policy"), "'nonce-", "'")
}
