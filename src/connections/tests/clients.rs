//! The clients that owners enter: what is taken, what the provider says of it, and what becomes of connections.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit::args;
use kit::both_databases;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::connections::{Cause, ConnectionId, Status, clients, store};
use crate::inbox::testing::add_connection;
use crate::outbound::Outbound;
use crate::outbound::testing::Scripted;
use crate::platforms::google;
use crate::secrets::Secret;
use crate::testing::{PASSWORD, TestApp};

const PAGE: &str = "/connections/setup/youtube";
const API: &str = "/api/connections/setup/youtube";
const ID: &str = "123456789012-a1b2c3d4.apps.googleusercontent.com";
const OTHER: &str = "123456789012-zzzz9999.apps.googleusercontent.com";
const SECRET: &str = "GOCSPX-the-canary-of-secrets";

type Forms = Arc<Mutex<Vec<Vec<(String, String)>>>>;

/// Ann in her own workspace, and a Google that answers whoever asks for tokens; what it was asked.
async fn stand(app: TestApp, answer: impl Fn() -> (u16, Value) + Send + Sync + 'static) -> (TestApp, Forms) {
    let forms = Forms::default();
    let asked = forms.clone();
    let network = Scripted::new(move |request| {
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        asked.lock().unwrap().push(form_urlencoded::parse(body).into_owned().collect());
        let (status, answer) = answer();
        (status, answer.to_string().into_bytes())
    });
    let outbound = Outbound::default().over(Arc::new(network));
    (app.with_parts(|parts| parts.outbound = outbound).with_ann().await, forms)
}

fn knows_it() -> (u16, Value) {
    (400, json!({ "error": "invalid_grant", "error_description": "Malformed auth code." }))
}

async fn saved(app: &TestApp, id: &str, secret: &str) -> crate::testing::Answer {
    app.post(PAGE, &[("client_id", id), ("client_secret", secret)]).await
}

async fn verdict(app: &TestApp) -> Value {
    app.json("GET", API, Value::Null).await.json()["client"]["verdict"].clone()
}

async fn connected(app: &TestApp) -> ConnectionId {
    let (workspace, id) = (app.who().await.workspace.id, ConnectionId::new(app.app.now(), &app.app.random));
    app.app.db.write(move |tx| add_connection(tx, workspace, id)).await.unwrap();
    id
}

async fn status(app: &TestApp, id: ConnectionId) -> (Status, Option<Cause>) {
    let found = app.app.db.read(move |conn| store::by_id(conn, id)).await.unwrap().unwrap();
    (found.connection_status, found.connection_error)
}

both_databases! {
    async fn a_client_is_entered_on_a_page_and_used_without_a_restart(app: TestApp) {
        let (app, forms) = stand(app, knows_it).await;
        let page = app.get("/connections").await.text;
        assert!(page.contains("href=\"/connections/setup/youtube\"") && !page.contains("/connections/youtube/start"), "{page}");
        let guide = app.get(PAGE).await.text;
        for told in ["http://localhost:8080/connections/callback/google", google::YOUTUBE_SCOPE, "console.cloud.google.com", "What it costs"] {
            assert!(guide.contains(told), "{told}: {guide}");
        }
        let answer = saved(&app, &format!("  {ID}\n"), &format!(" {SECRET} ")).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, PAGE), "{}", answer.text);
        assert_eq!(verdict(&app).await, "checking");
        app.run_jobs().await;
        assert_eq!(verdict(&app).await, "accepted");
        let asked = forms.lock().unwrap().concat();
        for (name, value) in [("client_id", ID), ("client_secret", SECRET), ("grant_type", "authorization_code")] {
            assert!(asked.contains(&(name.to_owned(), value.to_owned())), "{name}: {asked:?}");
        }

        let begun = app.post("/connections/youtube/start", &[]).await.text;
        assert!(begun.contains("accounts.google.com") && begun.contains(ID), "{begun}");
        assert!(app.get("/connections/setup/google_business").await.text.contains("data-verdict=\"accepted\""), "one serves for both");
    }

    async fn what_was_entered_is_shown_to_nobody_and_stored_sealed(app: TestApp) {
        let (app, _) = stand(app, knows_it).await;
        saved(&app, ID, SECRET).await;
        app.run_jobs().await;
        for path in [PAGE, API, "/connections", "/activity"] {
            let text = app.get(path).await.text;
            assert!(!text.contains(SECRET) && !text.contains(ID), "{path}: {text}");
        }
        assert!(app.get(PAGE).await.text.contains("…c3d4"));
        let sealed = app.app.db.read(clients::sealed_secrets).await.unwrap();
        assert!(sealed.len() == 1 && app.app.vault.sealed(&sealed[0]));
        let payloads: Vec<String> =
            app.app.db.read(|conn| conn.all("SELECT CAST(payload AS TEXT) FROM background_jobs", args![])).await.unwrap();
        assert!(payloads.iter().all(|payload| !payload.contains(SECRET)), "{payloads:?}");
        let log: Vec<(String, String)> =
            app.app.db.read(|conn| conn.all("SELECT event, object FROM audit_events ORDER BY seq", args![])).await.unwrap();
        assert!(log.contains(&("client_saved".to_owned(), format!("google {ID}"))), "{log:?}");
    }

    async fn what_was_mixed_up_is_said_beside_its_field(app: TestApp) {
        let (app, forms) = stand(app, knows_it).await;
        let answer = saved(&app, SECRET, "AIzaSyA-not-a-secret").await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("That&#39;s the client secret") || answer.text.contains("That's the client secret"), "{}", answer.text);
        assert!(answer.text.contains("API key") && !answer.text.contains("AIzaSyA"), "{}", answer.text);
        let refused = app.json("PUT", API, json!({ "client_id": ID, "client_secret": ID })).await;
        assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["field"].clone()), (422, json!("client_secret")));
        app.run_jobs().await;
        assert!(forms.lock().unwrap().is_empty() && verdict(&app).await.is_null());
    }

    async fn what_the_provider_says_is_told_on_the_page(app: TestApp) {
        let says = Arc::new(Mutex::new((401, "invalid_client")));
        let answers = says.clone();
        let (app, _) = stand(app, move || {
            let (status, error) = *answers.lock().unwrap();
            (status, json!({ "error": error }))
        }).await;
        for (answer, verdict_now, told) in [
            ((401, "invalid_client"), "refused", "accept it."),
            ((400, "redirect_uri_mismatch"), "redirect_unknown", "not the redirect address"),
            ((400, "invalid_request"), "unanswered", "asked whether it knows it"),
            ((400, "invalid_grant"), "accepted", "Google knows it."),
        ] {
            *says.lock().unwrap() = answer;
            saved(&app, ID, SECRET).await;
            app.run_jobs().await;
            assert_eq!(verdict(&app).await, verdict_now);
            let page = app.get(PAGE).await.text;
            assert!(page.contains(told), "{told}: {page}");
        }
        let found = app.app.db.read(clients::verdicts).await.unwrap();
        assert_eq!(found, [(clients::Verdict::Accepted, 1)]);
    }

    async fn a_late_check_says_nothing_of_what_was_entered_since(app: TestApp) {
        let (app, _) = stand(app, || (401, json!({ "error": "invalid_client" }))).await;
        saved(&app, ID, SECRET).await;
        let first = app.app.db.write(|tx| tx.exec("UPDATE background_jobs SET run_at = $1 WHERE job_type = 'check_client'", args![
            kit::clock::Timestamp::from_second(4_000_000_000)
        ])).await.unwrap();
        assert_eq!(first, 1);
        saved(&app, ID, "GOCSPX-another-secret-of-it").await;
        app.run_jobs().await;
        assert_eq!(verdict(&app).await, "refused", "the newer one was asked for");
        app.app.db.write(|tx| tx.exec("UPDATE provider_clients SET verdict = 'accepted'", args![])).await.unwrap();
        app.app.db.write(|tx| tx.exec("UPDATE background_jobs SET run_at = created_at WHERE status = 'queued'", args![])).await.unwrap();
        app.run_jobs().await;
        assert_eq!(verdict(&app).await, "accepted", "the older check is of no account");
    }

    async fn another_secret_keeps_connections_and_another_client_asks_for_their_people(app: TestApp) {
        let (app, _) = stand(app, knows_it).await;
        saved(&app, ID, SECRET).await;
        let id = connected(&app).await;
        saved(&app, ID, "GOCSPX-another-secret-of-it").await;
        assert_eq!(status(&app, id).await, (Status::Connected, None));
        saved(&app, OTHER, SECRET).await;
        assert_eq!(status(&app, id).await, (Status::NeedsReauth, Some(Cause::ClientChanged)));
        assert!(app.get("/connections").await.text.contains("was replaced or removed"));
    }

    async fn a_client_that_is_removed_leaves_what_was_gathered(app: TestApp) {
        let (app, _) = stand(app, knows_it).await;
        saved(&app, ID, SECRET).await;
        let id = connected(&app).await;
        assert_eq!(app.post("/connections/setup/youtube/remove", &[]).await.status, 303);
        assert_eq!(status(&app, id).await, (Status::NeedsReauth, Some(Cause::ClientChanged)));
        assert_eq!(app.post("/connections/setup/youtube/remove", &[]).await.status, 404);
        let refused = app.json("POST", "/api/connections/youtube/start", Value::Null).await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].clone()), (409, json!("client_not_configured")));
        assert_eq!(app.json("PUT", API, json!({ "client_id": ID, "client_secret": SECRET })).await.status, 204);
        assert_eq!(app.json("DELETE", API, Value::Null).await.status, 204);
    }

    async fn the_settings_win_and_say_so(app: TestApp) {
        let (app, _) = stand(app, knows_it).await;
        saved(&app, ID, SECRET).await;
        let client = google::Client { id: "of-the-settings".to_owned(), secret: Secret::new("secret") };
        let app = app.with_parts(|parts| parts.config.google = Some(client));
        app.sign_in(crate::testing::EMAIL, PASSWORD).await;
        let page = app.get(PAGE).await.text;
        assert!(page.contains("data-test=\"client-from-settings\"") && !page.contains("name=\"client_secret\""), "{page}");
        assert_eq!(saved(&app, OTHER, SECRET).await.status, 409);
        let refused = app.json("PUT", API, json!({ "client_id": ID, "client_secret": SECRET })).await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].clone()), (409, json!("client_from_settings")));
        let begun = app.post("/connections/youtube/start", &[]).await.text;
        assert!(begun.contains("of-the-settings") && !begun.contains(ID), "{begun}");
    }

    async fn a_client_is_changed_only_with_a_password_that_was_typed_a_short_while_ago(app: TestApp) {
        let (app, _) = stand(app, knows_it).await;
        app.hand.advance(Duration::from_secs(601));
        let asked = saved(&app, ID, SECRET).await;
        assert!(asked.status == 403 && asked.text.contains("name=\"password\"") && !asked.text.contains(SECRET), "{}", asked.text);
        let refused = app.json("PUT", API, json!({ "client_id": ID, "client_secret": SECRET })).await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].clone()), (403, json!("reauthentication_needed")));
        let typed = [("client_id", ID), ("client_secret", SECRET), ("password", PASSWORD)];
        assert_eq!(app.post(PAGE, &typed).await.status, 303);
    }

    async fn bluesky_needs_none_and_says_so(app: TestApp) {
        let (app, _) = stand(app, knows_it).await;
        let page = app.get("/connections/setup/bluesky").await.text;
        assert!(page.contains("needs no developer account") && !page.contains("client_secret"), "{page}");
        let body = app.json("GET", "/api/connections/setup/bluesky", Value::Null).await.json();
        assert_eq!((body["needs_client"].clone(), body["redirect_uri"].clone()), (json!(false), Value::Null));
        let refused = app.json("PUT", "/api/connections/setup/bluesky", json!({ "client_id": ID, "client_secret": SECRET })).await;
        assert_eq!(refused.json()["code"], "no_client_needed");
        assert_eq!(app.get("/connections/setup/instagram").await.status, 404);
    }
}
