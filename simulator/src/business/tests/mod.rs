//! The Business Profile hosts over their own wire.

mod reading;
mod refusals;
mod writing;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Host;
use crate::testing::{Sim, answer, text};

/// A restaurant's owner, and the profile as it was told.
async fn connected(sim: &Sim, size: &str) -> (String, Value) {
    let (status, profile) = sim.make_profile("ann", "k1", json!({ "story": "restaurant", "size": size })).await;
    assert_eq!(status, StatusCode::OK, "{profile}");
    (sim.connect_business("ann").await, profile)
}

async fn account(sim: &Sim, token: &str) -> String {
    let list = sim.get_business(Host::GbpAccounts, token, "v1/accounts", "ListAccountsResponse").await;
    text(&list["accounts"][0]["name"])
}

/// `accounts/…/locations/…` of every place.
async fn places(sim: &Sim, token: &str) -> Vec<String> {
    let account = account(sim, token).await;
    let path = format!("v1/{account}/locations?readMask=name");
    let list = sim.get_business(Host::GbpInfo, token, &path, "ListLocationsResponse").await;
    let places = list["locations"].as_array().cloned().unwrap_or_default();
    places.iter().map(|place| format!("{account}/{}", text(&place["name"]))).collect()
}

async fn page_of(sim: &Sim, token: &str, place: &str, query: &str) -> Value {
    let path = format!("v4/{place}/reviews?{query}");
    sim.get_business(Host::GbpReviews, token, &path, "ListReviewsResponse").await
}

fn reviews_in(page: &Value) -> Vec<Value> {
    page["reviews"].as_array().cloned().unwrap_or_default()
}

/// Every review of a place, page by page.
async fn reviews(sim: &Sim, token: &str, place: &str) -> Vec<Value> {
    let (mut reviews, mut token_of_next) = (Vec::new(), String::new());
    loop {
        let page = page_of(sim, token, place, &format!("pageToken={token_of_next}")).await;
        reviews.extend(reviews_in(&page));
        match page["nextPageToken"].as_str() {
            Some(next) => token_of_next = next.to_owned(),
            None => return reviews,
        }
    }
}

/// One review as it is now.
async fn review(sim: &Sim, token: &str, review: &Value) -> Value {
    let path = format!("v4/{}", text(&review["name"]));
    sim.get_business(Host::GbpReviews, token, &path, "Review").await
}

async fn put(sim: &Sim, token: &str, review: &Value, comment: &str) -> (StatusCode, Value) {
    let path = format!("v4/{}/reply", text(&review["name"]));
    answer(sim.business(Host::GbpReviews, token, Method::PUT, &path).json(&json!({ "comment": comment }))).await
}

/// The first review that has words and no answer.
fn unanswered(reviews: &[Value]) -> Value {
    let open = |review: &&Value| review.get("comment").is_some() && review.get("reviewReply").is_none();
    reviews.iter().find(open).expect("somebody waits for an answer").clone()
}

fn stars(review: &Value) -> u8 {
    let names = ["", "ONE", "TWO", "THREE", "FOUR", "FIVE"];
    let place = names.iter().position(|name| review["starRating"] == *name);
    place.expect("a review has stars") as u8
}
