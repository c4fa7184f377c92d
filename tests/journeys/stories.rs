//! Every story of the demo, worked with as a program would: what it promised is there, on each of its platforms, and can be answered.

use kit::testing::{Engine, wait_for};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Client, Server};

/// A demo of the story, enabled.
async fn story(engine: Engine, story: &str) -> (Server, Client, Value) {
    let server = Server::start(engine).await;
    let client = Client::sign_up(&server, "ann@example.com").await;
    let (status, _) = client.post("/api/demo/enable", json!({ "story": story, "size": "small", "seed": 7 })).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let enabled = wait_for("the demo is enabled", || async {
        let (_, demo) = client.get("/api/demo/status").await;
        assert_ne!(demo["status"], "failed", "{demo}");
        (demo["status"] == "enabled").then_some(demo)
    });
    let enabled = enabled.await;
    (server, client, enabled)
}

async fn items(client: &Client, query: &str) -> Vec<Value> {
    let (status, list) = client.get(&format!("/api/interactions?{query}")).await;
    assert_eq!(status, StatusCode::OK, "{query}: {list}");
    list["items"].as_array().expect("a list").clone()
}

#[test]
fn each_story_is_there_on_all_of_its_platforms() {
    kit::testing::run(async {
        for (name, platforms) in [
            ("creator", &["youtube", "bluesky"][..]),
            ("shop", &["google_business", "bluesky"]),
            ("brand", &["youtube", "google_business", "bluesky"]),
            ("agency", &["youtube", "google_business", "bluesky"]),
        ] {
            let (_server, client, demo) = story(Engine::Sqlite, name).await;
            assert_eq!(demo["profile"]["story"], name);
            for platform in platforms {
                assert!(!items(&client, &format!("platform={platform}")).await.is_empty(), "{name} on {platform}");
            }
            let expected = if name == "brand" { "struggling" } else { "healthy" };
            assert_eq!(demo["profile"]["scenario"], expected, "the story's own mood");
        }
    });
}

#[test]
fn a_mention_of_the_demo_is_answered_on_either_database() {
    kit::testing::run(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let (_server, client, _demo) = story(engine, "shop").await;
            let waiting = items(&client, "platform=bluesky&state=needs_reply").await;
            let id = waiting[0]["id"].as_str().expect("an id").to_owned();
            let path = format!("/api/inbox/{id}/replies");
            let (status, reply) = client.post(&path, json!({ "text": "Thank you! We open at eight." })).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{reply}");
            let published = wait_for("it is published", || async {
                let (_, replies) = client.get(&path).await;
                let reply = replies["items"].as_array()?.first()?.clone();
                assert_ne!(reply["state"], "failed", "{reply}");
                (reply["state"] == "published").then_some(reply)
            });
            assert_eq!(published.await["text"], "Thank you! We open at eight.");
        }
    });
}

#[test]
fn what_a_switch_does_is_met_as_in_real_life() {
    kit::testing::run(async {
        let (_server, client, _demo) = story(Engine::Sqlite, "creator").await;
        let press = async |switch: &str| client.post(&format!("/api/demo/switches/{switch}"), json!({})).await.0;
        assert_eq!(press("edit").await, StatusCode::ACCEPTED);
        let is_edited = |item: &Value| item["text"].as_str().is_some_and(|text| text.contains("EDIT"));
        let newest = async || items(&client, "platform=youtube&order=newest").await;
        wait_for("the edit is read", || async { newest().await.iter().any(is_edited).then_some(()) }).await;

        assert_eq!(press("explode").await, StatusCode::NOT_FOUND);
        assert_eq!(press("revoke_token").await, StatusCode::ACCEPTED);
        let lost = wait_for("every account asks to be connected again", || async {
            let (_, connections) = client.get("/api/connections").await;
            let connections = connections["items"].as_array()?.clone();
            connections.iter().all(|connection| connection["status"] == "needs_reauth").then_some(connections)
        });
        assert_eq!(lost.await.len(), 2);
    });
}
