//! The demo service over its own wire.

mod past;

use kit::both_databases;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Sim, answer, text};

async fn delete(sim: &Sim, user: &str, key: Option<&str>) -> (StatusCode, Value) {
    let request = sim.api(Method::DELETE, &format!("/profiles/{user}"));
    answer(match key {
        Some(key) => request.header("Idempotency-Key", key),
        None => request,
    })
    .await
}

both_databases! {
    async fn a_profile_is_told_as_it_is_applied(sim: Sim) {
        let asked = json!({ "channel_name": "Baker's Corner", "niche": "cooking", "personality": "warm",
            "scenario": "crisis", "size": "small", "seed": 42, "yt_subscribers": 52_000 });
        let (status, made) = sim.make_profile("ann", "k1", asked).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        for (name, value) in [("user_id", "ann"), ("channel_name", "Baker's Corner"), ("niche", "cooking"), ("scenario", "crisis"), ("personality", "warm"), ("size", "small")] {
            assert_eq!(made[name], value, "{made}");
        }
        assert_eq!(made["seed"], 42);
        assert_eq!(made["is_active"], true);
        assert_eq!(made["created_at"], "2026-11-22T10:00:00.5Z");
        let youtube = &made["platforms"]["youtube"];
        assert!(youtube["promised"]["videos"].as_u64().unwrap() >= 40, "{made}");
        assert!(youtube["promised"]["interactions"].as_u64().unwrap() > 0, "{made}");
        assert_eq!(youtube["promised"]["as_of"], made["created_at"]);

        let (_, shown) = answer(sim.api(Method::GET, "/profiles/ann")).await;
        assert_eq!(shown, made);
        assert_eq!(answer(sim.api(Method::GET, "/profiles/bob")).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_restaurants_profile_tells_its_places(sim: Sim) {
        let (status, made) = sim.make_profile("ann", "k1", json!({ "story": "restaurant", "size": "medium" })).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        assert_eq!((&made["story"], &made["channel_name"], &made["niche"]), (&json!("restaurant"), &json!("Harbor & Thyme"), &json!("cooking")));
        let told = &made["platforms"]["google_business"];
        assert_eq!((&told["locations"], &told["promised"]["locations"], &told["promised"]["as_of"]), (&json!(2), &json!(2), &made["created_at"]));
        assert!((1.0..=5.0).contains(&told["average_rating"].as_f64().unwrap()), "{made}");
        assert!(told["promised"]["interactions"].as_u64().unwrap() > 500, "{made}");
        assert_eq!(made["platforms"].as_object().unwrap().len(), 1, "{made}");
        assert_eq!(answer(sim.api(Method::GET, "/profiles/ann")).await.1, made);

        let (_, named) = sim.make_profile("bob", "k2", json!({ "story": "restaurant", "channel_name": "Chez Zoé" })).await;
        assert_eq!(named["channel_name"], "Chez Zoé");
        let (_, creator) = sim.make_profile("cleo", "k3", json!({})).await;
        assert_eq!((&creator["story"], creator["platforms"].get("google_business")), (&json!("creator"), None));
    }

    async fn a_key_makes_one_profile_also_over_a_restart(sim: Sim) {
        let mut sim = sim;
        let (_, first) = sim.make_profile("ann", "k1", json!({})).await;
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await, (StatusCode::OK, first.clone()));
        let (status, refused) = sim.make_profile("ann", "k2", json!({})).await;
        assert_eq!((status, text(&refused["code"])), (StatusCode::CONFLICT, "profile_exists".into()));
        let (status, refused) = sim.make_profile("bob", "k1", json!({})).await;
        assert_eq!((status, text(&refused["code"])), (StatusCode::CONFLICT, "idempotency_key_reused".into()));

        sim.restart().await;
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await, (StatusCode::OK, first));
    }

    async fn a_late_request_with_a_cancelled_key_makes_nothing(sim: Sim) {
        assert_eq!(delete(&sim, "ann", Some("early")).await.0, StatusCode::OK);
        let (status, refused) = sim.make_profile("ann", "early", json!({})).await;
        assert_eq!((status, text(&refused["code"])), (StatusCode::CONFLICT, "operation_cancelled".into()));

        sim.make_profile("ann", "k1", json!({})).await;
        delete(&sim, "ann", Some("another")).await;
        assert_eq!(answer(sim.api(Method::GET, "/profiles/ann")).await.0, StatusCode::OK, "another key made it");
        delete(&sim, "bob", Some("k1")).await;
        assert_eq!(answer(sim.api(Method::GET, "/profiles/ann")).await.0, StatusCode::OK, "another user asks");
        delete(&sim, "ann", Some("k1")).await;
        assert_eq!(answer(sim.api(Method::GET, "/profiles/ann")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await.0, StatusCode::CONFLICT);
        assert_eq!(sim.make_profile("ann", "k2", json!({})).await.0, StatusCode::OK);
    }

    async fn deleting_without_a_key_takes_any_profile_and_may_be_repeated(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let (status, gone) = delete(&sim, "ann", None).await;
        assert_eq!((status, &gone["success"]), (StatusCode::OK, &json!(true)));
        assert_eq!(delete(&sim, "ann", None).await, (status, gone));
        assert_eq!(sim.make_profile("ann", "k1", json!({})).await.0, StatusCode::CONFLICT, "the key is remembered");
    }

    async fn parallel_requests_make_one_profile(sim: Sim) {
        let asked = (0..8).map(|_| sim.make_profile("ann", "k1", json!({})));
        let made = futures_util::future::join_all(asked).await;
        assert!(made.iter().all(|answer| *answer == made[0] && answer.0 == StatusCode::OK), "{made:?}");
        let keys: Vec<String> = (0..8).map(|number| format!("key {number}")).collect();
        let asked = keys.iter().map(|key| sim.make_profile("bob", key, json!({})));
        let made = futures_util::future::join_all(asked).await;
        assert_eq!(made.iter().filter(|(status, _)| *status == StatusCode::OK).count(), 1, "{made:?}");
    }

    async fn what_is_wrong_is_said_with_a_code(sim: Sim) {
        let url = format!("{}/profiles/ann", sim.simulator().api_url());
        for request in [sim.client.get(&url), sim.client.get(&url).bearer_auth("guess"), sim.client.get(&url).basic_auth("a", Some("b"))] {
            let (status, problem) = answer(request).await;
            assert_eq!((status, text(&problem["code"])), (StatusCode::UNAUTHORIZED, "unauthorized".into()));
        }
        let wrong = [
            (json!({ "user_id": 5 }), "invalid_profile"),
            (json!({ "user_id": "" }), "invalid_user_id"),
            (json!({ "yt_subscribers": "many" }), "invalid_profile"),
            (json!({ "yt_subscribers": -1 }), "invalid_profile"),
            (json!({ "yt_subscribers": 900_000_000_000u64 }), "invalid_subscribers"),
            (json!({ "seed": 1.5 }), "invalid_profile"),
            (json!({ "seed": u64::MAX }), "invalid_seed"),
            (json!({ "scenario": "quiet" }), "unknown_value"),
            (json!({ "size": "huge" }), "unknown_value"),
            (json!({ "story": "bakery" }), "unknown_value"),
            (json!({ "story": "restaurant", "niche": "gaming" }), "invalid_profile"),
            (json!({ "story": "restaurant", "yt_subscribers": 5 }), "invalid_profile"),
            (json!({ "profile_type": "magic" }), "invalid_profile_type"),
            (json!({ "channel_name": " " }), "invalid_channel_name"),
            (json!({ "yt_avg_views": 9 }), "invalid_profile"),
            (json!({ "not_known_here": { "a": 1 } }), "invalid_profile"),
            (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uris"),
            (json!({ "webhook": { "url": "ftp://x", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } }), "invalid_webhook"),
            (json!({ "webhook": { "url": "http://localhost/", "secret": "short" } }), "invalid_webhook"),
        ];
        for (more, code) in wrong {
            let (status, problem) = sim.make_profile("ann", "k1", more.clone()).await;
            assert_eq!((status, text(&problem["code"])), (StatusCode::UNPROCESSABLE_ENTITY, code.into()), "{more}");
        }
        let post = || sim.api(Method::POST, "/profiles").header("content-type", "application/json");
        let (status, problem) = answer(post().body("{")).await;
        assert_eq!((status, text(&problem["code"])), (StatusCode::BAD_REQUEST, "malformed_json".into()));
        assert_eq!(answer(post().body(vec![b' '; 70_000])).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer(sim.api(Method::GET, "/nothing")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(answer(sim.api(Method::PUT, "/profiles")).await.0, StatusCode::METHOD_NOT_ALLOWED);
    }

    async fn every_host_is_named_and_answers(sim: Sim) {
        let (_, hosts) = answer(sim.api(Method::GET, "/hosts")).await;
        for host in crate::Host::ALL {
            assert_eq!(hosts[host.as_str()], sim.host(*host));
        }
        assert_eq!(hosts["google_accounts_browser"], hosts["google_accounts"]);
    }
}
