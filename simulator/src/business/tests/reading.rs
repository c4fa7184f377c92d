//! Reading: accounts, places, reviews in pages. No database decides here, so one is enough.

use std::collections::HashSet;
use std::time::Duration;

use kit::clock::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{account, connected, page_of, places, review, reviews, reviews_in, stars};
use crate::Host;
use crate::testing::{Sim, answer, text, with_sim};

fn at(time: &Value) -> Timestamp {
    Timestamp::parse(&text(time)).expect("a time is RFC 3339")
}

fn id(review: &Value) -> String {
    text(&review["reviewId"])
}

#[test]
fn a_complete_read_finds_exactly_what_the_profile_promises() {
    with_sim(async |sim| {
        let (token, profile) = connected(&sim, "medium").await;
        let told = &profile["platforms"]["google_business"];
        let places = places(&sim, &token).await;
        assert_eq!((json!(places.len()), &told["locations"]), (told["promised"]["locations"].clone(), &json!(2)));
        let mut all = Vec::new();
        for place in &places {
            let of_place = reviews(&sim, &token, place).await;
            let first = page_of(&sim, &token, place, "pageSize=1").await;
            assert_eq!(first["totalReviewCount"], of_place.len());
            let mean = of_place.iter().map(|review| f64::from(stars(review))).sum::<f64>() / of_place.len() as f64;
            assert!((first["averageRating"].as_f64().unwrap() - mean).abs() <= 0.0501, "{first} {mean}");
            assert!(of_place.is_sorted_by_key(|review| std::cmp::Reverse(at(&review["updateTime"]))));
            assert!(of_place.iter().all(|review| text(&review["name"]) == format!("{place}/reviews/{}", id(review))));
            all.extend(of_place);
        }
        let answers = all.iter().filter(|review| review.get("reviewReply").is_some()).count();
        assert_eq!(json!(all.len() + answers), told["promised"]["interactions"]);
        assert_eq!(all.iter().map(id).collect::<HashSet<_>>().len(), all.len(), "no review comes twice");
        assert!(all.iter().any(|review| review.get("comment").is_none()), "some gave stars alone");
        let digits: HashSet<usize> = all.iter().map(|review| text(&review["createTime"]).len()).collect();
        assert!(digits.len() > 2, "times come in several shapes: {digits:?}");
    });
}

#[test]
fn every_account_may_manage_places_but_a_creator_has_none() {
    with_sim(async |sim| {
        sim.make_profile("cleo", "k2", json!({})).await;
        let token = sim.connect_business("cleo").await;
        assert!(places(&sim, &token).await.is_empty());
        let path = format!("v1/{}/locations?readMask=name", account(&sim, &token).await);
        assert_eq!(sim.get_business(Host::GbpInfo, &token, &path, "ListLocationsResponse").await, json!({}));
    });
}

#[test]
fn a_restaurant_has_no_channel() {
    with_sim(async |sim| {
        connected(&sim, "small").await;
        let token = sim.connect("ann").await;
        let own = sim.get(&token, "channels?part=snippet&mine=true").await;
        assert_eq!(own["items"], json!([]));
        let refused = sim.refusal(&token, Method::GET, "commentThreads?part=id&videoId=x", json!({})).await;
        assert_eq!(refused, (401, "youtubeSignupRequired".into()));
    });
}

#[test]
fn an_account_tells_who_owns_it() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "small").await;
        let list = sim.get_business(Host::GbpAccounts, &token, "v1/accounts?pageSize=20", "ListAccountsResponse").await;
        let [own] = list["accounts"].as_array().unwrap().as_slice() else { panic!("one account: {list}") };
        for (field, value) in [
            ("accountName", "Harbor & Thyme"),
            ("type", "PERSONAL"),
            ("role", "PRIMARY_OWNER"),
            ("verificationState", "VERIFIED"),
            ("vettedState", "NOT_VETTED"),
        ] {
            assert_eq!(own[field], value, "{own}");
        }
        let path = format!("v1/{}", text(&own["name"]));
        assert_eq!(sim.get_business(Host::GbpAccounts, &token, &path, "Account").await, *own);
        let groups = sim
            .get_business(Host::GbpAccounts, &token, "v1/accounts?filter=type=USER_GROUP", "ListAccountsResponse")
            .await;
        assert_eq!(groups, json!({}));
    });
}

#[test]
fn places_tell_what_the_mask_names() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "large").await;
        let get = async |path: &str, schema: &str| sim.get_business(Host::GbpInfo, &token, path, schema).await;
        let everything = "name,title,storeCode,languageCode,phoneNumbers,storefrontAddress,websiteUri,latlng,metadata,labels,categories,openInfo,profile";
        let list = get(&format!("v1/accounts/-/locations?readMask={everything}"), "ListLocationsResponse").await;
        let all = list["locations"].as_array().unwrap().clone();
        assert_eq!(all.len(), 3);
        let first = &all[0];
        for path in [
            "/phoneNumbers/primaryPhone",
            "/storefrontAddress/locality",
            "/storefrontAddress/addressLines/0",
            "/metadata/placeId",
            "/latlng/latitude",
            "/labels/0",
        ] {
            assert!(first.pointer(path).is_some(), "{path}: {first}");
        }
        let name = text(&first["name"]);
        let one = get(&format!("v1/{name}?readMask=title,metadata.placeId"), "Location").await;
        assert_eq!(one, json!({ "title": first["title"], "metadata": { "placeId": first["metadata"]["placeId"] } }));

        let mut found = Vec::new();
        let mut token_of_next = String::new();
        loop {
            let path = format!(
                "v1/accounts/-/locations?readMask=name&pageSize=2&orderBy=store_code desc&pageToken={token_of_next}"
            );
            let page = get(&path, "ListLocationsResponse").await;
            found.extend(page["locations"].as_array().unwrap().clone());
            match page["nextPageToken"].as_str() {
                Some(next) => token_of_next = next.to_owned(),
                None => break,
            }
        }
        let mut expected = all.clone();
        expected.sort_by_key(|place| std::cmp::Reverse(text(&place["storeCode"])));
        let names = |places: &[Value]| places.iter().map(|place| text(&place["name"])).collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected));
    });
}

#[test]
fn reviews_come_by_their_stars_when_asked_for() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "small").await;
        let place = &places(&sim, &token).await[0];
        let mut found = Vec::new();
        let mut token_of_next = String::new();
        loop {
            let page =
                page_of(&sim, &token, place, &format!("orderBy=rating&pageSize=30&pageToken={token_of_next}")).await;
            found.extend(reviews_in(&page));
            match page["nextPageToken"].as_str() {
                Some(next) => token_of_next = next.to_owned(),
                None => break,
            }
        }
        assert!(found.is_sorted_by_key(stars));
        assert_eq!(found.iter().map(id).collect::<HashSet<_>>().len(), reviews(&sim, &token, place).await.len());
        let best = page_of(&sim, &token, place, "orderBy=rating%20desc&pageSize=1").await;
        assert_eq!(stars(&best["reviews"][0]), 5);
        let newest = page_of(&sim, &token, place, "orderBy=update_time%20desc&fields=reviews(reviewId)").await;
        assert_eq!(newest["reviews"][0], json!({ "reviewId": reviews(&sim, &token, place).await[0]["reviewId"] }));
    });
}

#[test]
fn pages_stay_where_they_are_while_a_review_arrives() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "small").await;
        let place = &places(&sim, &token).await[0];
        let before = reviews(&sim, &token, place).await;
        let first = page_of(&sim, &token, place, "pageSize=20").await;
        assert_eq!(reviews_in(&first), before[..20]);
        let arrived = async |sim: &Sim| {
            let newest = page_of(sim, &token, place, "pageSize=1").await;
            newest["reviews"][0]["reviewId"] != before[0]["reviewId"]
        };
        // Well within the token's hour.
        for _ in 0..50 {
            if arrived(&sim).await {
                break;
            }
            sim.hand.advance(Duration::from_secs(60));
        }
        assert!(arrived(&sim).await, "a young place is talked about");
        let second =
            page_of(&sim, &token, place, &format!("pageSize=20&pageToken={}", text(&first["nextPageToken"]))).await;
        let changed = |review: &Value| at(&review["updateTime"]) > at(&before[0]["updateTime"]);
        assert!(!reviews_in(&second).iter().any(changed));
        let expected: Vec<String> = before[20..40].iter().map(id).collect();
        let found: Vec<String> = reviews_in(&second).iter().map(id).collect();
        let now_elsewhere = expected.iter().filter(|id| !found.contains(id)).count();
        assert!(now_elsewhere <= 2, "only what was edited meanwhile has moved: {now_elsewhere}");
    });
}

#[test]
fn several_places_are_read_at_once() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "medium").await;
        let (account, places) = (account(&sim, &token).await, places(&sim, &token).await);
        let path = format!("v4/{account}/locations:batchGetReviews");
        let ask = async |body: Value| {
            let (_, body) = answer(sim.business(Host::GbpReviews, &token, Method::POST, &path).json(&body)).await;
            let wrong = crate::business::schema::faults(Host::GbpReviews, "BatchGetReviewsResponse", &body);
            assert_eq!(wrong, Vec::<String>::new());
            body
        };
        let first = ask(json!({ "locationNames": places, "pageSize": 40, "ignoreRatingOnlyReviews": true })).await;
        let found = first["locationReviews"].as_array().unwrap();
        assert_eq!(found.len(), 40);
        assert!(
            found
                .iter()
                .all(|found| found["review"].get("comment").is_some() && found["name"] == found["review"]["name"])
        );
        let of = |place: &String| found.iter().filter(|found| text(&found["name"]).starts_with(place)).count();
        assert!(places.iter().all(|place| of(place) > 0));
        let next = json!({ "locationNames": places, "pageSize": 40, "ignoreRatingOnlyReviews": true, "pageToken": first["nextPageToken"] });
        let second = ask(next).await;
        let names: HashSet<String> = [&first, &second]
            .iter()
            .flat_map(|page| page["locationReviews"].as_array().unwrap())
            .map(|found| text(&found["name"]))
            .collect();
        assert_eq!(names.len(), 80);
    });
}

#[test]
fn foreign_words_come_with_their_translation() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "medium").await;
        let mut translated = 0;
        for place in places(&sim, &token).await {
            for review in reviews(&sim, &token, &place).await {
                let comment = text(&review["comment"]);
                if let Some(rest) = comment.strip_prefix("(Translated by Google) ") {
                    let (translation, original) = rest.split_once("\n\n(Original)\n").expect("both are told");
                    assert!(!translation.is_empty() && !original.is_empty() && translation != original, "{comment}");
                    translated += 1;
                }
            }
        }
        assert!(translated > 20, "about a fifth of the guests write in another language: {translated}");
    });
}

#[test]
fn two_owners_never_meet() {
    with_sim(async |sim| {
        let (ann, _) = connected(&sim, "small").await;
        sim.make_profile("bob", "k2", json!({ "story": "restaurant" })).await;
        let bob = sim.connect_business("bob").await;
        let (anns, bobs) = (places(&sim, &ann).await, places(&sim, &bob).await);
        assert_ne!(anns, bobs);
        let (account, location) = anns[0].split_once("/locations/").unwrap();
        for (host, path) in [
            (Host::GbpAccounts, format!("v1/{account}")),
            (Host::GbpInfo, format!("v1/{account}/locations?readMask=name")),
            (Host::GbpInfo, format!("v1/locations/{location}?readMask=name")),
            (Host::GbpReviews, format!("v4/{}/reviews", anns[0])),
            (
                Host::GbpReviews,
                format!("v4/{}/locations/{location}/reviews", bobs[0].split_once("/locations/").unwrap().0),
            ),
        ] {
            assert_eq!(answer(sim.business(host, &bob, Method::GET, &path)).await.0, 404, "{path}");
        }
        let of_ann = reviews(&sim, &ann, &anns[0]).await;
        assert_eq!(review(&sim, &ann, &of_ann[3]).await, of_ann[3]);
    });
}
