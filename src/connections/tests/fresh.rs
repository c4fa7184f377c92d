//! A live account is begun and ended only with a password that was typed a short while ago.

use std::time::Duration;

use kit::args;
use kit::both_databases;
use serde_json::{Value, json};

use super::Desk;
use crate::accounts::sessions::COOKIE;
use crate::connections::ConnectionId;
use crate::inbox::testing::add_connection;
use crate::platforms::google;
use crate::secrets::Secret;
use crate::testing::{Answer, PASSWORD, TestApp};

const STALE: Duration = Duration::from_secs(601);

/// Ann in her live workspace, with an account connected there, eleven minutes after she signed in.
async fn later(app: TestApp) -> (TestApp, ConnectionId) {
    let client = google::Client { id: "client".to_owned(), secret: Secret::new("secret") };
    let app = app.with_parts(|parts| parts.config.google = Some(client)).with_ann().await;
    let (workspace, id) = (app.who().await.workspace.id, ConnectionId::new(app.app.now(), &app.app.random));
    app.app.db.write(move |tx| add_connection(tx, workspace, id)).await.unwrap();
    app.hand.advance(STALE);
    (app, id)
}

async fn connections(app: &TestApp) -> i64 {
    app.app.db.read(|conn| conn.one("SELECT count(*) FROM platform_connections", args![])).await.unwrap()
}

fn asks_for_password(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert!(
        answer.text.contains("name=\"password\"") && !answer.text.contains("accounts.google.com"),
        "{}",
        answer.text
    );
}

both_databases! {
    async fn a_page_asks_for_the_password_when_it_was_typed_long_ago(app: TestApp) {
        let (app, id) = later(app).await;
        let again = id.to_string();
        let asked = app.post("/connections/youtube/start", &[("connection_id", &again)]).await;
        asks_for_password(&asked, 403);
        assert!(asked.text.contains(&format!("name=\"connection_id\" value=\"{again}\"")), "{}", asked.text);
        asks_for_password(&app.post(&format!("/connections/{id}/disconnect"), &[]).await, 403);
        let wrong = app.post(&format!("/connections/{id}/disconnect"), &[("password", "wrong")]).await;
        asks_for_password(&wrong, 422);
        assert!(wrong.text.contains("id=\"password-error\""), "{}", wrong.text);
        assert_eq!(connections(&app).await, 1, "nothing was ended or begun");

        let before = app.cookie(COOKIE);
        let begun = app.post("/connections/youtube/start", &[("connection_id", &again), ("password", PASSWORD)]).await;
        assert!(begun.status == 200 && begun.text.contains("accounts.google.com"), "{}", begun.text);
        assert_ne!(app.cookie(COOKIE), before, "the session has a new token");
        let ended = app.post(&format!("/connections/{id}/disconnect"), &[]).await;
        assert_eq!((ended.status.as_u16(), ended.location()), (303, "/connections"), "it is fresh now");
        assert_eq!(connections(&app).await, 0);
    }

    async fn the_password_is_not_asked_for_in_vain(app: TestApp) {
        let (app, _) = later(app).await;
        let nobodys = "/connections/00000000-0000-7000-8000-000000000000/disconnect";
        assert_eq!(app.post(nobodys, &[("password", PASSWORD)]).await.status, 404);
        assert_eq!(app.get("/connections").await.status, 200, "who typed it right stays signed in");
    }

    async fn the_api_refuses_a_session_that_is_no_longer_fresh_and_takes_a_key(app: TestApp) {
        let (app, id) = later(app).await;
        let path = format!("/api/connections/{id}");
        for (method, path) in [("POST", "/api/connections/youtube/start"), ("DELETE", path.as_str())] {
            let refused = app.json(method, path, Value::Null).await;
            let code = refused.json()["code"].clone();
            assert_eq!((refused.status.as_u16(), code), (403, json!("reauthentication_needed")), "{method} {path}");
        }
        assert_eq!(connections(&app).await, 1);
        let key = app.key(&[("connections", "true"), ("password", PASSWORD)]).await;
        app.hand.advance(STALE);
        assert_eq!(app.browser().with_key(&key, "DELETE", &path).await.status, 204);
    }

    async fn the_accounts_of_a_demo_ask_for_nothing(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.app.hand.advance(STALE);
        let id = desk.connection().await.id;
        assert_eq!(desk.app.post("/connections/youtube/start", &[]).await.status, 200);
        assert_eq!(desk.app.post(&format!("/connections/{id}/disconnect"), &[]).await.status, 303);
    }
}
