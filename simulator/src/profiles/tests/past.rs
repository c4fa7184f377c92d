//! What the demo service tells of the days before a profile was made.

use kit::both_databases;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Sim, answer, text};

async fn past(sim: &Sim, user: &str, query: &str) -> (StatusCode, Value) {
    answer(sim.api(Method::GET, &format!("/profiles/{user}/past{query}"))).await
}

both_databases! {
    async fn every_account_that_counts_has_a_reading_for_each_day(sim: Sim) {
        for (story, platforms) in [
            ("creator", &["youtube", "bluesky"][..]),
            ("restaurant", &[]),
            ("brand", &["youtube", "bluesky"]),
            ("shop", &["bluesky"]),
            ("agency", &["youtube", "bluesky"]),
        ] {
            let (_, made) = sim.make_profile(story, story, json!({ "story": story, "size": "small", "seed": 7 })).await;
            let (status, told) = past(&sim, story, "?days=28").await;
            assert_eq!(status, StatusCode::OK, "{told}");
            assert_eq!((&told["profile_id"], &told["as_of"]), (&made["id"], &made["created_at"]));
            let accounts = told["accounts"].as_array().unwrap();
            assert!(accounts.iter().map(|account| text(&account["platform"])).eq(platforms.iter().copied()), "{told}");
            for account in accounts {
                let readings = account["readings"].as_array().unwrap();
                assert_eq!((readings.len(), &readings[28]["at"]), (29, &made["created_at"]));
                let platform = text(&account["platform"]);
                let followers = if platform == "youtube" { "subscribers" } else { "followers" };
                assert_eq!(readings[28]["followers"], made["platforms"][&platform][followers], "{story}: {account}");
                let content = readings.iter().map(|reading| reading["content"].as_u64().unwrap()).collect::<Vec<_>>();
                assert!(content.is_sorted() && content[0] < content[28], "{story}: {content:?}");
            }
            assert_eq!(past(&sim, story, "?days=28").await.1, told, "the same for ever");
        }
    }

    async fn a_past_stays_as_it_is_while_the_profile_lives_on(sim: Sim) {
        sim.make_profile("ann", "k1", json!({ "size": "small", "seed": 7 })).await;
        let (_, told) = past(&sim, "ann", "").await;
        assert_eq!(told["accounts"][0]["readings"].as_array().unwrap().len(), 91, "ninety days when nothing is said");
        sim.hand.advance(std::time::Duration::from_secs(3 * 86_400));
        assert_eq!(past(&sim, "ann", "?days=90").await.1, told);
    }

    async fn nonsense_is_refused_and_nobody_has_no_past(sim: Sim) {
        sim.make_profile("ann", "k1", json!({ "size": "small" })).await;
        for query in ["?days=0", "?days=91", "?days=-1", "?days=many", "?days="] {
            let (status, refused) = past(&sim, "ann", query).await;
            assert_eq!((status, text(&refused["code"])), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_days".into()), "{query}");
        }
        assert_eq!(past(&sim, "bob", "").await.0, StatusCode::NOT_FOUND);
        let unasked = sim.client.get(format!("{}/profiles/ann/past", sim.simulator().api_url()));
        assert_eq!(answer(unasked).await.0, StatusCode::UNAUTHORIZED);
    }
}
