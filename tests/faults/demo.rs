//! Demo mode under a double click, a broken demo service and kill -9.

use axum::http::Method;
use futures_util::future::join_all;
use kit::both_databases;
use kit::testing::{Engine, wait_for};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use super::service::{DemoService, Reply};
use crate::support::{Client, EMAIL, Process, Server};

const SLOWLY: (&str, &str) = ("REPRUV_SIMULATOR_DELAY_MS", "150");
const SECRET: &str = "a secret that both sides know";

both_databases! {
    async fn fifty_clicks_start_one_job(engine: Engine) {
        let server = Server::start_with(engine, &[SLOWLY]).await;
        let ann = Client::sign_up(&server, EMAIL).await;

        let answers = join_all((0..50).map(|_| ann.post("/api/demo/enable", json!({})))).await;
        let (first_status, first) = &answers[0];
        assert_eq!(*first_status, StatusCode::ACCEPTED, "{first}");
        for (status, answer) in &answers {
            assert_eq!((*status, &answer["status"], &answer["job_id"]), (StatusCode::ACCEPTED, &json!("enabling"), &first["job_id"]));
        }
        assert_eq!(jobs(&ann, "enable_demo").await.len(), 1);
        ends(&ann, "enabled").await;
    }

    async fn a_kill_in_the_middle_loses_nothing(engine: Engine) {
        let mut server = Server::start_with(engine, &[SLOWLY]).await;
        let ann = Client::sign_up(&server, EMAIL).await;
        let (_, accepted) = ann.post("/api/demo/enable", json!({})).await;
        let job = format!("/api/jobs/{}/status", accepted["job_id"].as_str().expect("a job id"));
        for step in [1, 3] {
            wait_for("the job gets on", || async {
                let (_, status) = ann.get(&job).await;
                (status["progress"]["done"].as_i64()? >= step).then_some(())
            })
            .await;
            server.kill();
            server.restart().await;
            let (_, status) = ann.get("/api/demo/status").await;
            assert_eq!(status["status"], "enabling", "{status}");
        }
        ends(&ann, "enabled").await;
        let (_, job) = ann.get(&job).await;
        assert_eq!((&job["status"], &job["attempt"]), (&json!("completed"), &json!(1)), "a kill is not the job's fault: {job}");
    }

    async fn a_service_that_is_down_is_tried_again_then_reported_and_can_be_retried(engine: Engine) {
        // Kept for as long as nobody is to listen there: another test's server would answer instead.
        let (kept, port) = keep_a_port();
        let url = format!("http://127.0.0.1:{port}");
        let server = Server::start_with(engine, &[("DEMO_SERVICE_URL", &url), ("DEMO_SERVICE_SECRET", SECRET)]).await;
        let ann = Client::sign_up(&server, EMAIL).await;
        ann.post("/api/demo/enable", json!({})).await;

        let failed = ends(&ann, "failed").await;
        assert!(failed["error"]["message"].as_str().is_some_and(|text| text.len() > 20), "a reason in plain words: {failed}");
        let job = jobs(&ann, "enable_demo").await.remove(0);
        assert_eq!((&job["status"], &job["attempt"]), (&json!("failed"), &job["max_attempts"]), "{job}");
        assert_eq!(job["can_retry"], true);

        drop(kept);
        let data = tempfile::tempdir().expect("a data directory");
        let directory = data.path().display().to_string();
        let settings = [("DEMO_SERVICE_SECRET", SECRET.to_owned()), ("REPRUV_DATA_DIR", directory)];
        let _service = Process::repruv(
            &["simulator", "--listen", &format!("127.0.0.1:{port}")],
            &settings.map(|(name, value)| (name.to_owned(), value)),
        );
        let (status, answer) = ann.post(&format!("/api/jobs/{}/retry", job["id"].as_str().expect("an id")), json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        assert_ne!(answer["job_id"], job["id"], "a retry is a job of its own");
        ends(&ann, "enabled").await;
    }

    async fn a_service_that_talks_nonsense_is_reported_and_can_be_left(engine: Engine) {
        let nonsense = DemoService::start(|method, _| match *method {
            Method::DELETE => Reply::Json(204, ""),
            Method::POST => Reply::Html(200, "<h1>It works!</h1>"),
            _ => Reply::Json(200, r#"{"profile": [1, 2"#),
        })
        .await;
        let server = Server::start_with(engine, &[("DEMO_SERVICE_URL", &nonsense.url), ("DEMO_SERVICE_SECRET", SECRET)]).await;
        let ann = Client::sign_up(&server, EMAIL).await;
        ann.post("/api/demo/enable", json!({})).await;

        let failed = ends(&ann, "failed").await;
        assert!(failed["error"]["code"].is_string(), "{failed}");
        let (status, answer) = ann.post("/api/demo/disable", json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        ends(&ann, "disabled").await;
        let taken_back = nonsense.seen().iter().any(|request| request.starts_with("DELETE /profiles/"));
        assert!(taken_back, "what may have been made is taken back: {:?}", nonsense.seen());
    }

    async fn a_service_that_says_nothing_can_be_cancelled_at_once(engine: Engine) {
        let silent = DemoService::start(|method, _| match *method {
            Method::POST => Reply::Silence,
            Method::DELETE => Reply::Json(204, ""),
            _ => Reply::Json(404, "{}"),
        })
        .await;
        let server = Server::start_with(engine, &[("DEMO_SERVICE_URL", &silent.url), ("DEMO_SERVICE_SECRET", SECRET)]).await;
        let ann = Client::sign_up(&server, EMAIL).await;
        let (_, accepted) = ann.post("/api/demo/enable", json!({})).await;
        wait_for("the service is asked", || async { (!silent.seen().is_empty()).then_some(()) }).await;

        let job = accepted["job_id"].as_str().expect("a job id");
        let (status, answer) = ann.post(&format!("/api/jobs/{job}/cancel"), json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        ends(&ann, "disabled").await;
        let (_, job) = ann.get(&format!("/api/jobs/{job}/status")).await;
        assert_eq!(job["status"], "cancelled", "{job}");
    }
}

/// A port at which connections are refused.
fn keep_a_port() -> (TcpSocket, u16) {
    let kept = TcpSocket::new_v4().expect("a socket");
    kept.bind("127.0.0.1:0".parse().expect("an address")).expect("a port is free");
    let port = kept.local_addr().expect("it is bound").port();
    (kept, port)
}

/// Waits until demo mode's state is `status` and answers the whole of it; fails early on another end.
async fn ends(ann: &Client, status: &str) -> Value {
    wait_for(&format!("demo mode ends {status}"), || async {
        let (code, answer) = ann.send(reqwest::Method::GET, "/api/demo/status", None).await?;
        assert_eq!(code, StatusCode::OK, "{answer}");
        assert!(status == "failed" || answer["status"] != "failed", "{answer}");
        (answer["status"] == status).then_some(answer)
    })
    .await
}

async fn jobs(ann: &Client, job_type: &str) -> Vec<Value> {
    let (status, list) = ann.get(&format!("/api/jobs?job_type={job_type}")).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    list["items"].as_array().expect("a list has items").clone()
}
