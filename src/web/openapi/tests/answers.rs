//! What succeeds: each answer has the described shape, and says what the design says.

use kit::both_databases;
use serde_json::{Value, json};

use super::conformance::ask;
use crate::testing::{Beside, EMAIL, PASSWORD, TestApp};

both_databases! {
    async fn somebody_signs_up_and_in_and_out(app: TestApp) {
        let link = app.set_up_link().await;
        let token = link.split_once("token=").expect("a token").1;
        let new = json!({"email": EMAIL, "password": PASSWORD, "name": "Ann", "setup_token": token});
        let (status, signed_up) = ask(&app, "POST", "/api/auth/signup", new).await;
        assert_eq!((status, &signed_up["user"]["email"]), (201, &json!(EMAIL)));

        let (_, session) = ask(&app, "GET", "/api/auth/session", Value::Null).await;
        assert_eq!((&session["user"], &session["workspace"]["kind"]), (&signed_up["user"], &json!("live")));
        let (_, sessions) = ask(&app, "GET", "/api/v1/auth/sessions", Value::Null).await;
        assert_eq!((&sessions["items"][0]["id"], &sessions["items"][0]["current"]), (&session["session"]["id"], &json!(true)));
        assert_eq!(sessions["next_cursor"], Value::Null);

        let other = app.browser();
        let known = json!({"email": EMAIL, "password": PASSWORD});
        assert_eq!(ask(&other, "POST", "/api/auth/login", known).await, (200, signed_up));
        let there = id(&ask(&other, "GET", "/api/auth/session", Value::Null).await.1["session"]);
        assert_eq!(ask(&app, "DELETE", &format!("/api/auth/sessions/{there}"), Value::Null).await.0, 204);
        assert_eq!(ask(&other, "GET", "/api/auth/session", Value::Null).await.0, 401);
        assert_eq!(ask(&app, "POST", "/api/auth/logout", Value::Null).await.0, 204);
        assert_eq!(ask(&app, "GET", "/api/auth/session", Value::Null).await.0, 401);
    }

    async fn a_demo_is_set_up_read_and_left(app: TestApp) {
        let stage = Stage::set(app).await;
        let app = &stage.app;
        let off = json!({"status": "disabled", "next": null, "job_id": null, "error": null, "profile": null, "workspace_id": null});
        assert_eq!(ask(app, "GET", "/api/demo/status", Value::Null).await, (200, off));

        let choice = json!({"scenario": "typical", "size": "small", "seed": 7});
        let (status, accepted) = ask(app, "POST", "/api/demo/enable", choice).await;
        assert_eq!((status, &accepted["status"]), (202, &json!("enabling")));
        assert_eq!(ask(app, "POST", "/api/demo/enable", Value::Null).await, (202, accepted.clone()), "the same job again");
        let job = format!("/api/jobs/{}/status", accepted["job_id"].as_str().expect("an id"));
        let (_, waiting) = ask(app, "GET", &job, Value::Null).await;
        assert_eq!((&waiting["status"], &waiting["can_cancel"]), (&json!("pending"), &json!(true)));
        let (_, demo) = ask(app, "GET", "/api/demo/status", Value::Null).await;
        assert_eq!((&demo["status"], &demo["job_id"]), (&json!("enabling"), &accepted["job_id"]));

        app.run_jobs().await;
        let (_, demo) = ask(app, "GET", "/api/demo/status", Value::Null).await;
        assert_eq!((&demo["status"], &demo["profile"]["seed"]), (&json!("enabled"), &json!(7)), "{demo}");
        let (_, done) = ask(app, "GET", &job, Value::Null).await;
        assert_eq!((&done["status"], &done["can_cancel"], &done["can_retry"]), (&json!("completed"), &json!(false), &json!(false)));
        everything_is_as_described(app).await;

        let (_, leaving) = ask(app, "POST", "/api/demo/disable", Value::Null).await;
        assert_eq!(leaving["status"], "disabling");
        assert_eq!(ask(app, "POST", "/api/demo/disable", Value::Null).await, (202, leaving), "the same job again");
        app.run_jobs().await;
        assert_eq!(ask(app, "GET", "/api/demo/status", Value::Null).await.1["status"], "disabled");
        assert_eq!(ask(app, "POST", "/api/demo/disable", Value::Null).await.0, 409);
    }

    async fn a_job_is_listed_cancelled_and_asked_for_again(app: TestApp) {
        let app = app.with_ann().await;
        let (_, accepted) = ask(&app, "POST", "/api/demo/enable", Value::Null).await;
        let job = accepted["job_id"].as_str().expect("an id");
        let (status, cancelled) = ask(&app, "POST", &format!("/api/jobs/{job}/cancel"), Value::Null).await;
        assert_eq!((status, cancelled), (202, json!({"id": job, "status": "cancelled"})));
        let (_, demo) = ask(&app, "GET", "/api/demo/status", Value::Null).await;
        assert_eq!(demo["status"], "disabling", "what was begun is taken back");
        assert_eq!(ask(&app, "POST", &format!("/api/jobs/{job}/retry"), Value::Null).await.0, 409);
        app.run_jobs().await;

        let (_, first) = ask(&app, "GET", "/api/jobs?limit=1", Value::Null).await;
        assert_eq!(first["items"].as_array().map(Vec::len), Some(1));
        let cursor = first["next_cursor"].as_str().expect("there is more");
        let (_, second) = ask(&app, "GET", &format!("/api/jobs?limit=1&cursor={cursor}"), Value::Null).await;
        assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
        let (_, cancelled) = ask(&app, "GET", "/api/jobs?status=cancelled&job_type=enable_demo", Value::Null).await;
        assert_eq!(cancelled["items"][0]["id"], job);
    }

    async fn reading_by_head_says_the_same_without_a_body(app: TestApp) {
        let app = app.with_ann().await;
        for path in ["/api/auth/session", "/api/demo/status", "/api/jobs", "/api/dashboard", "/api/openapi.json"] {
            let (get, head) = (app.get(path).await, app.json("HEAD", path, Value::Null).await);
            assert_eq!((get.status.as_u16(), head.status.as_u16(), head.text.as_str()), (200, 200, ""), "{path}");
            assert_eq!(get.header("content-type"), head.header("content-type"), "{path}");
        }
    }
}

/// Dashboard, connections and interactions, with rows in them.
async fn everything_is_as_described(app: &TestApp) {
    let (_, dashboard) = ask(app, "GET", "/api/dashboard", Value::Null).await;
    assert_eq!(dashboard["workspace"]["kind"], "demo");
    let metrics = dashboard["metrics"].as_array().expect("metrics");
    assert!(metrics.len() >= 8);
    for metric in metrics {
        assert_ne!(metric["value"].is_null(), metric["reason"].is_null(), "a number, or why there is none: {metric}");
    }

    let (_, connections) = ask(app, "GET", "/api/connections", Value::Null).await;
    let accounts = connections["items"].as_array().expect("items");
    let known: Vec<(&Value, &Value)> = accounts.iter().map(|account| (&account["id"], &account["platform"])).collect();
    let connection = id(accounts.iter().find(|account| account["platform"] == "youtube").expect("the channel"));
    let shown = dashboard["connections"].as_array().expect("a list");
    assert!(shown.iter().all(|account| known.contains(&(&account["id"], &account["platform"]))));
    let (status, again) = ask(app, "POST", "/api/connections/youtube/start", Value::Null).await;
    assert_eq!(status, 201, "{again}");
    let sync = format!("/api/connections/{connection}/sync");
    let (status, reading) = ask(app, "POST", &sync, Value::Null).await;
    assert_eq!((status, ask(app, "POST", &sync, Value::Null).await), (202, (202, reading)), "the same job again");

    let (_, page) = ask(app, "GET", "/api/interactions?limit=100", Value::Null).await;
    let items = page["items"].as_array().expect("items");
    assert_eq!((items.len(), page["next_cursor"].is_string()), (100, true));
    for item in items.iter().take(5) {
        assert!(known.contains(&(&item["connection_id"], &item["platform"])), "{item}");
        let (_, one) = ask(app, "GET", &format!("/api/interactions/{}", id(item)), Value::Null).await;
        assert_eq!(one["id"], item["id"]);
    }
    assert_eq!(ask(app, "DELETE", &format!("/api/connections/{connection}"), Value::Null).await.0, 204);
}

fn id(body: &Value) -> String {
    body["id"].as_str().expect("an id").to_owned()
}

/// Ann beside a demo service.
struct Stage {
    app: TestApp,
    _beside: Beside,
}

impl Stage {
    async fn set(app: TestApp) -> Self {
        let (app, beside) = app.with_simulator().await;
        Self { app: app.with_ann().await, _beside: beside }
    }
}
