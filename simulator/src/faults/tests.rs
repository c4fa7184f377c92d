//! Faults over the wire of the demo service and of the hosts.

use std::time::Duration;

use kit::both_databases;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;
use crate::oauth::{YOUTUBE_FORCE_SSL, YOUTUBE_READONLY};
use crate::testing::{Sim, answer, text, value, with_sim};
use crate::youtube::ApiError;

const OWN: &str = "channels?part=id&mine=true";

async fn connected(sim: &Sim) -> String {
    sim.make_profile("ann", "k1", json!({})).await;
    sim.connect("ann").await
}

async fn order(sim: &Sim, fault: Value) -> (StatusCode, Value) {
    answer(sim.api(Method::POST, "/profiles/ann/faults").json(&fault)).await
}

async fn ordered(sim: &Sim) -> Vec<Value> {
    let (status, list) = answer(sim.api(Method::GET, "/profiles/ann/faults")).await;
    assert_eq!(status, StatusCode::OK);
    list["faults"].as_array().cloned().expect("a list")
}

async fn status(sim: &Sim, token: &str, method: Method, path: &str) -> u16 {
    answer(sim.youtube(token, method, path)).await.0.as_u16()
}

both_databases! {
    async fn several_faults_stand_at_once_and_the_newest_that_fits_is_met(sim: Sim) {
        let token = connected(&sim).await;
        order(&sim, json!({ "kind": "rate_limited", "host": "youtube", "method": "GET", "path": "/youtube/v3/comment*", "retry_after": 7 })).await;
        let (_, newest) = order(&sim, json!({ "kind": "server_error", "path": "/youtube/v3/commentThreads", "calls": 2 })).await;
        assert_eq!((&newest["user_id"], &newest["kind"], &newest["calls"]), (&json!("ann"), &json!("server_error"), &json!(2)));
        let kinds: Vec<_> = ordered(&sim).await.iter().map(|fault| text(&fault["kind"])).collect();
        assert_eq!(kinds, ["server_error", "rate_limited"]);

        let threads = "commentThreads?part=id&id=x";
        for expected in [503, 503, 403, 403] {
            assert_eq!(status(&sim, &token, Method::GET, threads).await, expected);
        }
        let limited = sim.youtube(&token, Method::GET, "comments?part=id&id=x").send().await.unwrap();
        assert_eq!((limited.status().as_u16(), limited.headers()["retry-after"].to_str().unwrap()), (403, "7"));
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 200, "another path");
        assert_eq!(status(&sim, &token, Method::DELETE, "comments?id=x").await, 404, "another method");
        let elsewhere = sim.client.get(format!("{}/youtube/v3/{threads}", sim.host(Host::GoogleApis)));
        assert_eq!(answer(elsewhere.bearer_auth(&token)).await.0, StatusCode::OK, "another host");
    }

    async fn a_fault_is_taken_away_alone_or_with_all_others(sim: Sim) {
        let mut sim = sim;
        let token = connected(&sim).await;
        let (_, first) = order(&sim, json!({ "kind": "quota" })).await;
        order(&sim, json!({ "kind": "server_error" })).await;
        sim.restart().await;
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 503);
        let remove = |path: String| sim.api(Method::DELETE, &format!("/profiles/ann/faults{path}"));
        let one = format!("/{}", first["id"]);
        assert_eq!(answer(remove(one.clone())).await.1["removed"], 1);
        assert_eq!(answer(remove(one)).await.0, StatusCode::NOT_FOUND);
        assert_eq!(ordered(&sim).await.len(), 1);
        assert_eq!(answer(remove(String::new())).await.1["removed"], 1);
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 200);

        order(&sim, json!({ "kind": "quota" })).await;
        let replace = sim.api(Method::POST, "/profiles/ann/fault").json(&json!({ "kind": "server_error", "calls": 1 }));
        assert_eq!(answer(replace).await.0, StatusCode::OK);
        assert_eq!(ordered(&sim).await.len(), 1, "the one switch knows one");
        assert_eq!(order(&sim, json!({ "kind": "none" })).await.1["kind"], "none");
        assert!(ordered(&sim).await.is_empty());
    }

    async fn of_calls_at_once_as_many_meet_a_fault_as_were_ordered(sim: Sim) {
        let token = connected(&sim).await;
        order(&sim, json!({ "kind": "server_error", "calls": 7 })).await;
        let calls = (0..20).map(|_| status(&sim, &token, Method::GET, OWN));
        let met = futures_util::future::join_all(calls).await;
        assert_eq!(met.iter().filter(|status| **status == 503).count(), 7, "{met:?}");
        assert!(ordered(&sim).await.is_empty());
    }

    async fn a_fault_ends_at_its_time(sim: Sim) {
        let token = connected(&sim).await;
        order(&sim, json!({ "kind": "quota", "until": "2026-11-22T10:30:00Z" })).await;
        let refused = sim.refusal(&token, Method::GET, OWN, json!({})).await;
        assert_eq!(refused, (403, "quotaExceeded".into()));
        sim.hand.advance(Duration::from_secs(1799));
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 403);
        sim.hand.advance(Duration::from_secs(1));
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 200);
        assert!(ordered(&sim).await.is_empty());
    }

    async fn one_token_ends_and_others_hold(sim: Sim) {
        let first = connected(&sim).await;
        let (_, tokens) = sim.exchange(&value(&sim.consent("ann", &[]).await, "code")).await;
        let (second, refresh_token) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];

        order(&sim, json!({ "kind": "token_expired", "token": second })).await;
        assert_eq!(status(&sim, &first, Method::GET, OWN).await, 200, "it isn't this one's");
        for _ in 0..2 {
            assert_eq!(status(&sim, &second, Method::GET, OWN).await, 401);
        }
        let (_, again) = sim.token(&refresh).await;
        let third = text(&again["access_token"]);
        assert_eq!(status(&sim, &third, Method::GET, OWN).await, 200);

        order(&sim, json!({ "kind": "token_revoked", "token": third })).await;
        assert_eq!(status(&sim, &third, Method::GET, OWN).await, 401);
        assert_eq!(sim.token(&refresh).await.1["error"], "invalid_grant");
        assert_eq!(status(&sim, &first, Method::GET, OWN).await, 200);
        assert!(ordered(&sim).await.is_empty());
    }

    async fn a_profile_takes_its_faults_along(sim: Sim) {
        connected(&sim).await;
        order(&sim, json!({ "kind": "quota" })).await;
        answer(sim.api(Method::DELETE, "/profiles/ann")).await;
        assert_eq!(answer(sim.api(Method::GET, "/profiles/ann/faults")).await.0, StatusCode::NOT_FOUND);
        sim.make_profile("ann", "k2", json!({})).await;
        assert!(ordered(&sim).await.is_empty());
    }
}

#[test]
fn a_lost_scope_is_refused_in_the_hosts_own_words() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        order(&sim, json!({ "kind": "scope_lost", "scope": YOUTUBE_FORCE_SSL, "calls": 2 })).await;
        let refused = sim.refusal(&token, Method::GET, "commentThreads?part=id&id=x", json!({})).await;
        assert_eq!(refused, (403, "insufficientPermissions".into()));
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 200, "{YOUTUBE_READONLY} is left");
        assert_eq!(status(&sim, &token, Method::GET, "commentThreads?part=id&id=x").await, 200);

        sim.make_profile("ben", "k2", json!({ "story": "restaurant" })).await;
        let token = sim.connect_business("ben").await;
        sim.set_fault("ben", json!({ "kind": "scope_lost", "calls": 1 })).await;
        let (status, refused) = answer(sim.business(Host::GbpAccounts, &token, Method::GET, "v1/accounts")).await;
        assert_eq!(
            (status.as_u16(), &refused["error"]["details"][0]["reason"]),
            (403, &json!("ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
        );
    });
}

#[test]
fn the_answer_to_a_read_is_lost_where_that_is_ordered() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        order(&sim, json!({ "kind": "lost_answer", "calls": 1 })).await;
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 200, "left alone, it waits for a write");
        order(&sim, json!({ "kind": "lost_answer", "method": "GET", "calls": 1 })).await;
        assert!(sim.youtube(&token, Method::GET, OWN).send().await.is_err(), "not a byte comes back");
        order(&sim, json!({ "kind": "lost_answer", "method": "GET", "calls": 1 })).await;
        let compressed = sim.youtube(&token, Method::GET, OWN).header("accept-encoding", "gzip");
        assert!(compressed.send().await.is_err(), "compressed, neither");
        assert_eq!(status(&sim, &token, Method::GET, OWN).await, 200);
        assert_eq!(ordered(&sim).await.len(), 1);
    });
}

#[test]
fn what_cannot_be_ordered_is_said() {
    with_sim(async |sim| {
        connected(&sim).await;
        for (fault, code) in [
            (json!({ "kind": "gremlins" }), "unknown_fault"),
            (json!({ "calls": 1 }), "invalid_fault"),
            (json!({ "kind": "quota", "calls": 0 }), "invalid_fault"),
            (json!({ "kind": "quota", "when": "soon" }), "invalid_fault"),
            (json!({ "kind": "quota", "until": "2026-11-22T10:00:00Z" }), "invalid_fault"),
            (json!({ "kind": "quota", "until": "tomorrow" }), "invalid_fault"),
            (json!({ "kind": "quota", "seconds": 5 }), "invalid_fault"),
            (json!({ "kind": "slow", "seconds": 601 }), "invalid_fault"),
            (json!({ "kind": "quota", "host": "nowhere" }), "invalid_fault"),
            (json!({ "kind": "quota", "method": "get" }), "invalid_fault"),
            (json!({ "kind": "quota", "path": "" }), "invalid_fault"),
        ] {
            let (status, problem) = order(&sim, fault.clone()).await;
            assert_eq!((status, text(&problem["code"])), (StatusCode::UNPROCESSABLE_ENTITY, code.into()), "{fault}");
        }
        let nobody = sim.api(Method::POST, "/profiles/ben/faults").json(&json!({ "kind": "quota" }));
        assert_eq!(answer(nobody).await.0, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_caller_who_hangs_up_stops_nothing() {
    kit::testing::run(async {
        let (tell_begun, begun) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel();
        let (tell_ended, ended) = oneshot::channel();
        let answer = async move {
            let _ = tell_begun.send(());
            let _ = may_go_on.await;
            let _ = tell_ended.send(());
            Ok(Response::default())
        };
        let caller = tokio::spawn(to_the_end::<ApiError>(answer));
        begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go_on.send(()).unwrap();
        ended.await.expect("it came to its end");
    });
}
