//! Connecting Bluesky as its users live it: the form, what it says, and what is kept of what was typed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kit::args;
use kit::both_databases;
use serde_json::{Value, json};

use crate::connections::app_password::Typed;
use crate::platforms::bluesky::Bluesky;
use crate::platforms::bluesky::tests::fake::{ANN, Asked, BOB, Fake, post, refusal, uri};
use crate::platforms::{Credentials, google};
use crate::secrets::Secret;
use crate::testing::{PASSWORD, TestApp};
use crate::web::errors::FieldErrors;

const START: &str = "/connections/bluesky/start";
const APP_PASSWORD: &str = "abcd-efgh-ijkl-mnop";

/// One account, whose password is the right one where it is [`APP_PASSWORD`].
fn network(asked: &Asked) -> (u16, Value) {
    match asked.name.as_str() {
        "com.atproto.identity.resolveHandle" if asked.of("handle") == "ann.test" => (200, json!({ "did": ANN })),
        "com.atproto.identity.resolveHandle" => refusal(400, "HandleNotFound"),
        "/did:plc:ann" => {
            let service = json!([{ "id": "#atproto_pds", "serviceEndpoint": "https://pds.example.com" }]);
            (200, json!({ "id": ANN, "alsoKnownAs": ["at://ann.test"], "service": service }))
        }
        "com.atproto.server.createSession" if asked.body["password"] == APP_PASSWORD => {
            (200, json!({ "did": ANN, "accessJwt": "jwt-a", "refreshJwt": "jwt-r" }))
        }
        "com.atproto.server.refreshSession" => {
            (200, json!({ "did": ANN, "accessJwt": "jwt-a", "refreshJwt": "jwt-r" }))
        }
        "com.atproto.server.createSession" => refusal(401, "AuthenticationRequired"),
        "com.atproto.server.deleteSession" => (200, Value::Null),
        "app.bsky.actor.getProfile" => (
            200,
            json!({ "did": ANN, "handle": "ann.test", "displayName": "Ann's Coffee", "followersCount": 12, "postsCount": 0 }),
        ),
        "app.bsky.feed.getAuthorFeed" => (200, json!({ "feed": [] })),
        "app.bsky.notification.listNotifications" => (200, json!({ "notifications": [] })),
        _ => refusal(501, "MethodNotImplemented"),
    }
}

async fn stand(app: TestApp) -> (TestApp, Fake) {
    let fake = Fake::new(network);
    let outbound = fake.outbound();
    (app.with_parts(|parts| parts.outbound = outbound).with_ann().await, fake)
}

async fn submit(app: &TestApp, handle: &str, app_password: &str) -> crate::testing::Answer {
    app.post(START, &[("handle", handle), ("app_password", app_password), ("service", "")]).await
}

async fn connection(app: &TestApp) -> Value {
    app.json("GET", "/api/connections", Value::Null).await.json()["items"][0].clone()
}

both_databases! {
    async fn an_account_is_connected_by_what_its_person_types_and_left(app: TestApp) {
        let (app, fake) = stand(app).await;
        let page = app.get("/connections").await.text;
        assert!(page.contains(&format!("href=\"{START}\"")), "{page}");
        assert!(app.get(START).await.text.contains("name=\"app_password\""));
        let begun = submit(&app, "@Ann.test", APP_PASSWORD).await;
        assert_eq!((begun.status.as_u16(), begun.location()), (303, "/connections"), "{}", begun.text);
        assert!(app.get("/connections").await.text.contains("Signing in."), "no consent page is waited for");
        app.run_jobs().await;
        let connected = connection(&app).await;
        assert_eq!((&connected["status"], &connected["external_id"]), (&json!("connected"), &json!(ANN)), "{connected}");
        let page = app.get("/connections").await.text;
        assert!(page.contains("Ann&#39;s Coffee") || page.contains("Ann's Coffee"), "{page}");
        app.post(&format!("/connections/{}/disconnect", connected["id"].as_str().unwrap()), &[]).await;
        app.run_jobs().await;
        assert!(fake.asked().iter().any(|name| name == "com.atproto.server.deleteSession"), "{:?}", fake.asked());
    }

    async fn what_is_wrong_stands_beside_its_field_and_nothing_is_begun(app: TestApp) {
        let (app, fake) = stand(app).await;
        let answer = app.post(START, &[("handle", "ann"), ("app_password", ""), ("service", "mailto:x")]).await;
        assert_eq!(answer.status, 422);
        for field in ["handle", "app_password", "service"] {
            assert!(answer.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", answer.text);
        }
        assert!(answer.text.contains("value=\"ann\""), "what was typed stays: {}", answer.text);
        let answer = app.json("POST", "/api/connections/bluesky/start", json!({ "handle": "ann" })).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["field"]), (422, &json!("handle")));
        app.run_jobs().await;
        assert_eq!((connection(&app).await, fake.asked().len()), (Value::Null, 0));
    }

    async fn a_refusal_is_told_and_the_handle_is_in_the_form_when_it_is_tried_again(app: TestApp) {
        let (app, _) = stand(app).await;
        for (handle, password, code) in
            [("ann.test", "wrong", "password_refused"), ("nobody.test", APP_PASSWORD, "handle_unknown")]
        {
            submit(&app, handle, password).await;
            app.run_jobs().await;
            let failed = connection(&app).await;
            assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!(code)));
            let again = format!("{START}?connection_id={}", failed["id"].as_str().unwrap());
            assert!(app.get("/connections").await.text.contains(&again));
            let form = app.get(&again).await.text;
            assert!(form.contains(&format!("value=\"{handle}\"")) && !form.contains(password), "{form}");
        }
        submit(&app, "ann.test", APP_PASSWORD).await;
        app.run_jobs().await;
        let items = app.json("GET", "/api/connections", Value::Null).await.json()["items"].clone();
        assert_eq!((items.as_array().map(Vec::len), &items[0]["status"]), (Some(1), &json!("connected")));
    }

    async fn nothing_that_was_typed_stands_anywhere_in_clear(app: TestApp) {
        let (app, _) = stand(app).await;
        submit(&app, "ann.test", APP_PASSWORD).await;
        let dump = String::from_utf8_lossy(&app.dump().await).into_owned();
        assert!(!dump.contains(APP_PASSWORD), "before the job");
        app.run_jobs().await;
        let dump = String::from_utf8_lossy(&app.dump().await).into_owned();
        for secret in [APP_PASSWORD, "jwt-a", "jwt-r"] {
            assert!(!dump.contains(secret), "{secret}");
        }
        submit(&app, "nobody.test", APP_PASSWORD).await;
        app.run_jobs().await;
        let kept = app.app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM oauth_flows", args![])).await.unwrap();
        assert_eq!(kept, 0, "what was typed went with its attempt, sealed as it was");
    }

    async fn a_password_that_was_typed_long_ago_is_asked_for_on_the_same_page(app: TestApp) {
        let (app, _) = stand(app).await;
        app.hand.advance(std::time::Duration::from_secs(601));
        assert!(app.get(START).await.text.contains("name=\"password\""));
        let answer = submit(&app, "ann.test", APP_PASSWORD).await;
        assert!(answer.status == 403 && answer.text.contains("value=\"ann.test\""), "{}", answer.text);
        assert_eq!(connection(&app).await, Value::Null);
        let form = [("handle", "ann.test"), ("app_password", APP_PASSWORD), ("password", PASSWORD)];
        assert_eq!(app.post(START, &form).await.status, 303);
        assert_eq!(connection(&app).await["status"], "connecting");
    }

    async fn two_attempts_at_once_are_one_account(app: TestApp) {
        let (app, _) = stand(app).await;
        futures_util::future::join_all((0..8).map(|_| submit(&app, "ann.test", APP_PASSWORD))).await;
        app.run_jobs().await;
        let connected = app.app.db.read(|conn| {
            conn.one::<i64>("SELECT count(*) FROM platform_connections WHERE connection_status = 'connected'", args![])
        });
        assert_eq!(connected.await.unwrap(), 1);
        let items = app.json("GET", "/api/connections", Value::Null).await.json()["items"].clone();
        assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    }

    async fn a_password_goes_to_no_other_platform_than_the_one_that_was_chosen(app: TestApp) {
        let (app, fake) = stand(app).await;
        let (workspace, id) = (app.who().await.workspace.id, crate::connections::ConnectionId::new(app.app.now(), &app.app.random));
        app.app.db.write(move |tx| crate::inbox::testing::add_connection(tx, workspace, id)).await.unwrap();
        let body = json!({ "handle": "ann.test", "app_password": APP_PASSWORD, "connection_id": id });
        assert_eq!(app.json("POST", "/api/connections/bluesky/start", body).await.status, 404, "it is YouTube's");
        let form = [("handle", "ann.test"), ("app_password", APP_PASSWORD), ("connection_id", &id.to_string())];
        assert_eq!(app.post(START, &form).await.status, 404);
        app.run_jobs().await;
        assert!(fake.asked().is_empty(), "{:?}", fake.asked());
    }

    async fn a_platform_with_a_consent_page_is_told_no_password(app: TestApp) {
        let client = google::Client { id: "client".to_owned(), secret: Secret::new("secret") };
        let app = app.with_parts(|parts| parts.config.google = Some(client)).with_ann().await;
        let answer = app.json("POST", "/api/connections/youtube/start", json!({ "app_password": APP_PASSWORD })).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["field"]), (422, &json!("app_password")));
        assert_eq!(app.json("POST", "/api/connections/youtube/start", json!({})).await.status, 201);
    }

    async fn pressing_again_while_it_is_tried_makes_no_second_card(app: TestApp) {
        let (app, _) = stand(app).await;
        for _ in 0..5 {
            submit(&app, "ann.test", APP_PASSWORD).await;
        }
        let items = app.json("GET", "/api/connections", Value::Null).await.json()["items"].clone();
        assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
        app.run_jobs().await;
        assert_eq!(connection(&app).await["status"], "connected");
    }

    async fn what_lists_leave_out_is_not_taken_for_gone_before_its_server_says_so(app: TestApp) {
        let is_listed = Arc::new(AtomicBool::new(true));
        let is_there = Arc::new(AtomicBool::new(true));
        let (listed, there) = (is_listed.clone(), is_there.clone());
        let fake = Fake::new(move |asked| {
            let mut mention = post(BOB, "mention", None, 0);
            mention["reason"] = json!("mention");
            mention["record"]["facets"] = json!([{ "features": [{ "did": ANN }] }]);
            let shown: Vec<_> = listed.load(Ordering::Relaxed).then_some(mention).into_iter().collect();
            match asked.name.as_str() {
                "app.bsky.notification.listNotifications" => (200, json!({ "notifications": shown })),
                "app.bsky.feed.getPosts" => (200, json!({ "posts": shown })),
                "com.atproto.repo.getRecord" if there.load(Ordering::Relaxed) => {
                    (200, json!({ "uri": uri(BOB, "mention"), "cid": "c", "value": {} }))
                }
                "com.atproto.repo.getRecord" => refusal(400, "RecordNotFound"),
                _ => network(asked),
            }
        });
        let outbound = fake.outbound();
        let app = app.with_parts(|parts| parts.outbound = outbound).with_ann().await;
        submit(&app, "ann.test", APP_PASSWORD).await;
        app.run_jobs().await;
        let state = async || {
            let items = app.json("GET", "/api/interactions", Value::Null).await.json()["items"].clone();
            items[0]["provider_state"].as_str().map(str::to_owned)
        };
        let days = async |days: usize| {
            for _ in 0..days {
                app.hand.advance(std::time::Duration::from_secs(86_400));
                app.run_jobs().await;
            }
        };
        assert_eq!(state().await.as_deref(), Some("published"));
        is_listed.store(false, Ordering::Relaxed);
        days(4).await;
        assert_eq!(state().await.as_deref(), Some("published"), "muted, or held back by somebody");
        is_there.store(false, Ordering::Relaxed);
        days(4).await;
        assert_ne!(state().await.as_deref(), Some("published"), "its author has deleted it");
        assert_eq!(connection(&app).await["error"], Value::Null);
    }

    async fn a_demo_has_no_such_platform(app: TestApp) {
        let (app, _) = stand(app).await;
        let sql = "UPDATE workspaces SET kind = 'demo'";
        app.app.db.write(move |tx| tx.exec(sql, args![])).await.unwrap();
        assert!(!app.get("/connections").await.text.contains(START));
        let page = app.get(START).await;
        assert_eq!((page.status.as_u16(), page.location()), (303, "/connections"));
        let body = json!({ "handle": "ann.test", "app_password": APP_PASSWORD });
        let answer = app.json("POST", "/api/connections/bluesky/start", body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("demo_workspace")));
    }
}

fn typed(handle: &str, app_password: &str, service: &str) -> Result<Credentials, FieldErrors> {
    let secret = Some(Secret::new(app_password));
    Typed { handle: Some(handle.into()), app_password: secret, service: Some(service.into()) }.read(&Bluesky)
}

#[test]
fn what_people_paste_is_put_right() {
    let read = typed(" @Ann.bsky.social ", " abcd-efgh-ijkl-mnop\n", "pds.example.com").unwrap();
    assert_eq!(read.handle, "ann.bsky.social");
    assert_eq!(read.app_password.expose(), "abcd-efgh-ijkl-mnop");
    assert_eq!(read.service.unwrap().as_str(), "https://pds.example.com/");
    assert_eq!(typed("ann.bsky.social", "x", " ").unwrap().service, None);
}

#[test]
fn what_is_no_server_is_refused_before_anybody_is_asked() {
    for none in [
        "mailto:1",
        "file:///etc/passwd",
        "ftp://x.example",
        "javascript:alert(1.5)",
        "http://u:p@localhost:1/",
        "localhost",
    ] {
        assert!(typed("ann.bsky.social", "x", none).unwrap_err().of("service").is_some(), "{none}");
    }
    assert!(typed("ann.bsky.social", "x", &format!("{}.example", "a".repeat(5_000))).is_err());
}

#[test]
fn each_field_says_what_is_wrong_with_it() {
    let errors = typed("ann", "", "mailto:1").unwrap_err();
    for field in ["handle", "app_password", "service"] {
        assert!(errors.of(field).is_some(), "{field}: {errors:?}");
    }
    let errors = Typed::default().read(&Bluesky).unwrap_err();
    assert_eq!(errors.of("handle"), Some("Enter your handle."));
}
