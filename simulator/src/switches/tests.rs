//! Each switch as the next call meets it.

use std::time::Duration;

use kit::both_databases;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Sim, answer};

async fn press(sim: &Sim, switch: &str) -> (StatusCode, Value) {
    answer(sim.api(Method::POST, &format!("/profiles/ann/switches/{switch}"))).await
}

/// The newest threads of the channel.
async fn threads(sim: &Sim, token: &str) -> Vec<Value> {
    let path = "commentThreads?part=snippet&allThreadsRelatedToChannelId=";
    let channel = sim.get(token, "channels?part=id&mine=true").await["items"][0]["id"].as_str().unwrap().to_owned();
    sim.get(token, &format!("{path}{channel}&maxResults=100&textFormat=plainText")).await["items"]
        .as_array()
        .unwrap()
        .clone()
}

fn with_id<'a>(threads: &'a [Value], id: &Value) -> Option<&'a Value> {
    threads.iter().find(|thread| thread["id"] == *id)
}

both_databases! {
    async fn a_comment_is_edited_and_taken_back_and_stays_so(sim: Sim) {
        let mut sim = sim;
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await.0, StatusCode::OK);
        let token = sim.connect("ann").await;
        let before = threads(&sim, &token).await;
        let (status, edited) = press(&sim, "edit").await;
        assert_eq!(status, StatusCode::OK, "{edited}");
        let was = &with_id(&before, &edited["external_id"]).expect("a thread")["snippet"]["topLevelComment"]["snippet"];
        let is = with_id(&threads(&sim, &token).await, &edited["external_id"]).unwrap()["snippet"]["topLevelComment"]["snippet"].clone();
        assert!(is["textOriginal"] != was["textOriginal"] && is["updatedAt"] != was["updatedAt"], "{was} {is}");
        assert_eq!(is["publishedAt"], was["publishedAt"]);

        let (_, deleted) = press(&sim, "delete").await;
        sim.restart().await;
        let after = threads(&sim, &token).await;
        assert_eq!(with_id(&after, &deleted["external_id"]), None);
        if edited["external_id"] != deleted["external_id"] {
            assert_eq!(with_id(&after, &edited["external_id"]).unwrap()["snippet"]["topLevelComment"]["snippet"]["textOriginal"], is["textOriginal"]);
        }
    }

    async fn each_switch_is_met_by_the_next_call(sim: Sim) {
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await.0, StatusCode::OK);
        let token = sim.connect("ann").await;
        let refusal = async || sim.refusal(&token, Method::GET, "channels?part=id&mine=true", Value::Null).await;
        press(&sim, "spend_quota").await;
        assert_eq!(refusal().await, (403, "quotaExceeded".to_owned()));
        press(&sim, "all_well").await;
        sim.get(&token, "channels?part=id&mine=true").await;
        press(&sim, "server_errors").await;
        assert!(refusal().await.0 >= 500);
        sim.hand.advance(Duration::from_secs(61));
        sim.get(&token, "channels?part=id&mine=true").await;
        press(&sim, "revoke_token").await;
        assert_eq!(refusal().await.0, 401);
    }

    async fn a_switch_that_is_not_there_is_said(sim: Sim) {
        assert_eq!(press(&sim, "edit").await.0, StatusCode::NOT_FOUND, "no profile");
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await.0, StatusCode::OK);
        assert_eq!(press(&sim, "explode").await.0, StatusCode::NOT_FOUND);
        let (_, known) = answer(sim.api(Method::GET, "/profiles/ann/switches")).await;
        for switch in known["switches"].as_array().unwrap() {
            assert_eq!(press(&sim, switch.as_str().unwrap()).await.0, StatusCode::OK, "{switch}");
        }
    }

    async fn a_review_is_changed_after_its_answer(sim: Sim) {
        let (_, profile) = sim.make_profile("ann", "k1", json!({ "story": "restaurant" })).await;
        assert!(profile["platforms"]["youtube"].is_null());
        for switch in ["edit", "delete"] {
            let (status, done) = press(&sim, switch).await;
            assert_eq!((status, done["external_id"].is_string()), (StatusCode::OK, true), "{done}");
        }
    }
}
