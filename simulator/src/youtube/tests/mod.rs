//! The YouTube host over its own wire.

mod reading;
mod writing;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Sim, answer, text};

async fn connected(sim: &Sim) -> (String, Value) {
    let (_, profile) = sim.make_profile("ann", "k1", json!({})).await;
    (sim.connect("ann").await, profile)
}

async fn channel_id(sim: &Sim, token: &str) -> String {
    text(&sim.get(token, "channels?part=id&mine=true").await["items"][0]["id"])
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| text(&item["id"])).collect()
}

fn top(thread: &Value) -> &Value {
    &thread["snippet"]["topLevelComment"]["snippet"]
}

async fn threads(sim: &Sim, token: &str) -> Vec<Value> {
    let channel = channel_id(sim, token).await;
    let path = format!(
        "commentThreads?part=snippet,replies&allThreadsRelatedToChannelId={channel}&maxResults=100&textFormat=plainText"
    );
    text_items(sim.get(token, &path).await)
}

fn text_items(list: Value) -> Vec<Value> {
    list["items"].as_array().cloned().unwrap_or_default()
}

async fn reply(sim: &Sim, token: &str, parent: &str, text: &str) -> (StatusCode, Value) {
    let body = json!({ "snippet": { "parentId": parent, "textOriginal": text } });
    answer(sim.youtube(token, Method::POST, "comments?part=snippet").json(&body)).await
}
