//! Clients that come in crowds, and go before they are answered: F10 and F36.

use futures_util::future::join_all;
use kit::both_databases;
use kit::testing::{Database, Engine, wait_until};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::torture::audit::{self, Auditor};
use super::torture::ledger::Ledger;
use crate::support::{Client, EMAIL, Fleet, Role};

const CLIENTS: usize = 400;

both_databases! {
    async fn clients_that_hang_up_by_the_hundred_cost_nothing_and_start_one_job(engine: Engine) {
        let database = Database::fresh(engine).await;
        let fleet = Fleet::start(database.url(), &[Role::Serve], &[]).await;
        let url = fleet.urls().remove(0);
        let ann = Client::sign_up_at(&url, EMAIL, Some(&fleet.setup_link)).await;
        let address = url.trim_start_matches("http://").to_owned();
        let request = ann.raw("POST", "/api/demo/enable", r#"{"size":"small"}"#);
        let hang_up = |number: usize| {
            // Some in the middle of their request, some right after it.
            let length = if number.is_multiple_of(3) { request.len() / 2 } else { request.len() };
            let (address, part) = (&address, &request.as_bytes()[..length]);
            async move {
                let Ok(mut stream) = TcpStream::connect(address).await else { return };
                // Whoever is turned away is turned away.
                let _ = stream.write_all(part).await;
            }
        };
        join_all((0..CLIENTS).map(hang_up)).await;

        let (status, answer) = ann.post("/api/demo/enable", json!({"size": "small"})).await;
        assert!(matches!(status, StatusCode::ACCEPTED | StatusCode::CONFLICT), "{status}: {answer}");
        wait_until("demo mode is enabled", || async { ann.get("/api/demo/status").await.1["status"] == "enabled" }).await;
        let (_, list) = ann.get("/api/jobs?job_type=enable_demo").await;
        assert_eq!(list["items"].as_array().map_or(0, Vec::<Value>::len), 1, "{list}");
        assert_eq!(Auditor::default().check(database.url(), &Ledger::default()).await, [""; 0]);
        assert_eq!(audit::profiles_match(database.url(), fleet.data_dir()).await, [""; 0]);
    }
}
