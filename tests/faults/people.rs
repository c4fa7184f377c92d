//! What becomes of a set-up while its person goes, and of a profile that goes while its person stays.

use kit::both_databases;
use kit::testing::{Database, Engine, PATIENCE, wait_until};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::signals::{ends, gets_on, nothing_is_wrong, set_up};
use super::torture::audit;
use crate::support::{Client, EMAIL, Fleet, Role, SECRET, http};

const SLOWLY: (&str, &str) = ("REPRUV_SIMULATOR_DELAY_MS", "150");

both_databases! {
    /// F14
    async fn whoever_signs_out_or_is_disabled_meanwhile_leaves_no_orphan(engine: Engine) {
        let database = Database::fresh(engine).await;
        let mut fleet = Fleet::start(database.url(), &[Role::Serve], &[SLOWLY]).await;
        let base = fleet.urls()[0].clone();
        let ann = Client::sign_up_at(&base, EMAIL, Some(&fleet.setup_link)).await;
        let stream = hears(&base, &ann).await;
        let job = set_up(&ann).await;
        gets_on(&ann, &job).await;
        ann.send(Method::POST, "/api/auth/logout", None).await.expect("the server answers");
        closes(stream).await;
        let ann = Client::sign_in_at(&base, EMAIL).await.expect("the server answers");
        let (_, demo) = ann.get("/api/demo/status").await;
        assert_eq!((&demo["status"], &demo["job_id"]), (&json!("enabling"), &job), "it goes on without her");

        let stream = hears(&base, &ann).await;
        // One process alone has a SQLite file, so there it happens between two.
        if engine == Engine::Sqlite {
            fleet.kill(0);
        }
        let (is_good, told) = fleet.told(&["user", "disable", EMAIL]);
        assert!(is_good && told.contains("signed out everywhere"), "{told}");
        closes(stream).await;
        if engine == Engine::Sqlite {
            fleet.revive(0, &[]);
            fleet.wait_until_ready().await;
        }
        assert_eq!(ann.get("/api/auth/session").await.0, StatusCode::UNAUTHORIZED);
        wait_until("nothing is under way", || async { audit::live_operations(database.url()).await == 0 }).await;
        nothing_is_wrong(&fleet, database.url()).await;
    }

    /// F22
    async fn a_profile_that_is_gone_is_told_and_can_be_made_again(engine: Engine) {
        let database = Database::fresh(engine).await;
        let fleet = Fleet::start(database.url(), &[Role::Simulator, Role::Serve], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        ends(&ann, &job).await;
        let profile = format!("{}/profiles/{}", fleet.nodes[0].url(), ann.user_id);
        let taken = http().delete(profile).bearer_auth(SECRET).send().await.expect("the demo service answers");
        assert!(taken.status().is_success(), "{}", taken.status());

        let connection = async || ann.get("/api/connections").await.1["items"][0].clone();
        let id = connection().await["id"].as_str().expect("the demo's own connection").to_owned();
        let (status, answer) = ann.post(&format!("/api/connections/{id}/sync"), json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        wait_until("the loss is told", || async { connection().await["status"] == "needs_reauth" }).await;
        let lost = connection().await;
        let told = lost["error"]["cure"].as_str().is_some_and(|cure| cure.contains("Reconnect"));
        assert!(lost["error"]["code"] == "authorisation_lost" && told, "{lost}");

        let (_, leaving) = ann.post("/api/demo/disable", json!({})).await;
        assert_eq!(ends(&ann, &leaving["job_id"]).await["status"], "completed");
        let job = set_up(&ann).await;
        assert_eq!(ends(&ann, &job).await["status"], "completed");
        assert_eq!(connection().await["status"], "connected");
        nothing_is_wrong(&fleet, database.url()).await;
    }
}

async fn hears(base: &str, ann: &Client) -> reqwest::Response {
    let stream = http().get(format!("{base}/api/events")).header("cookie", ann.cookie()).send().await;
    let stream = stream.expect("the server answers");
    assert_eq!(stream.status(), StatusCode::OK);
    stream
}

/// By itself, whatever it said before.
async fn closes(stream: reqwest::Response) {
    let _ = tokio::time::timeout(PATIENCE, stream.bytes()).await.expect("the stream ends with its session");
}
