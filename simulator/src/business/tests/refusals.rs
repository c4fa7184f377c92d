//! What is refused, and in which words.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{account, connected, places, put, reviews, unanswered};
use crate::Host;
use crate::testing::{REDIRECT, Sim, answer, text, value, with_sim};

/// Status, word, and the field that is wrong or the reason.
async fn refusal(sim: &Sim, host: Host, token: &str, path: &str) -> (u16, String, String) {
    let (status, body) = answer(sim.business(host, token, Method::GET, path)).await;
    assert_eq!(body["error"]["code"], status.as_u16(), "{path}: {body}");
    let detail = &body["error"]["details"][0];
    let why = detail.get("reason").unwrap_or(&detail["fieldViolations"][0]["field"]);
    (status.as_u16(), text(&body["error"]["status"]), text(why))
}

#[test]
fn what_is_wrong_is_said_in_googles_words() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "small").await;
        let place = places(&sim, &token).await.remove(0);
        let account = account(&sim, &token).await;
        let invalid = |field: &str| (400, "INVALID_ARGUMENT".to_owned(), field.to_owned());
        let missing = || (404, "NOT_FOUND".to_owned(), String::new());
        for (host, path, expected) in [
            (Host::GbpAccounts, "v1/accounts?pageSize=21".to_owned(), invalid("page_size")),
            (Host::GbpAccounts, "v1/accounts?pageToken=bogus".to_owned(), invalid("page_token")),
            (Host::GbpAccounts, "v1/accounts?readMask=name".to_owned(), invalid("")),
            (Host::GbpAccounts, "v1/accounts/5".to_owned(), missing()),
            (Host::GbpInfo, format!("v1/{account}/locations"), invalid("read_mask")),
            (Host::GbpInfo, format!("v1/{account}/locations?readMask=name,rating"), invalid("read_mask")),
            (Host::GbpInfo, format!("v1/{account}/locations?readMask=name&pageSize=101"), invalid("page_size")),
            (Host::GbpInfo, format!("v1/{account}/locations?readMask=name&pageToken=x"), invalid("page_token")),
            (Host::GbpInfo, format!("v1/{account}/locations?readMask=name&orderBy=stars"), invalid("order_by")),
            (Host::GbpInfo, "v1/locations/5?readMask=name".to_owned(), missing()),
            (Host::GbpInfo, "v1/locations/five?readMask=name".to_owned(), missing()),
            (Host::GbpReviews, format!("v4/{place}/reviews?pageSize=51"), invalid("page_size")),
            (Host::GbpReviews, format!("v4/{place}/reviews?pageToken=bogus"), invalid("page_token")),
            (Host::GbpReviews, format!("v4/{place}/reviews?orderBy=stars"), invalid("order_by")),
            (Host::GbpReviews, format!("v4/{place}/reviews?fields=("), invalid("fields")),
            (Host::GbpReviews, format!("v4/{place}/reviews/nothing"), missing()),
            (Host::GbpReviews, format!("v4/{account}/locations/5/reviews"), missing()),
            (Host::GbpReviews, "v4/elsewhere".to_owned(), missing()),
        ] {
            assert_eq!(refusal(&sim, host, &token, &path).await, expected, "{path}");
        }
        // Two pages of one kind have tokens of their own.
        let page = super::page_of(&sim, &token, &place, "pageSize=5").await;
        let path = format!("v4/{place}/reviews?orderBy=rating&pageToken={}", text(&page["nextPageToken"]));
        assert_eq!(refusal(&sim, Host::GbpReviews, &token, &path).await, invalid("page_token"));
    });
}

#[test]
fn only_who_was_allowed_to_manage_places_may() {
    with_sim(async |sim| {
        connected(&sim, "small").await;
        let youtube = sim.connect("ann").await;
        let scope = (403, "PERMISSION_DENIED".to_owned(), "ACCESS_TOKEN_SCOPE_INSUFFICIENT".to_owned());
        for (host, path) in [
            (Host::GbpAccounts, "v1/accounts"),
            (Host::GbpInfo, "v1/accounts/-/locations?readMask=name"),
            (Host::GbpReviews, "v4/accounts/1/locations/2/reviews"),
        ] {
            assert_eq!(refusal(&sim, host, &youtube, path).await, scope);
            assert_eq!(refusal(&sim, host, "guess", path).await, (401, "UNAUTHENTICATED".into(), String::new()));
            let (status, _) = answer(sim.client.get(format!("{}/{path}", sim.host(host)))).await;
            assert_eq!(status, 401);
        }
    });
}

#[test]
fn faults_speak_this_dialect_too() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "small").await;
        for (kind, status, word) in [
            ("unauthorized", 401, "UNAUTHENTICATED"),
            ("quota", 429, "RESOURCE_EXHAUSTED"),
            ("rate_limited", 429, "RESOURCE_EXHAUSTED"),
            ("server_error", 503, "UNAVAILABLE"),
        ] {
            sim.set_fault("ann", json!({ "kind": kind, "calls": 1 })).await;
            let (told, told_word, _) = refusal(&sim, Host::GbpAccounts, &token, "v1/accounts").await;
            assert_eq!((told, told_word.as_str()), (status, word));
            account(&sim, &token).await;
        }
        sim.set_fault("ann", json!({ "kind": "truncated", "calls": 1 })).await;
        let response = sim.business(Host::GbpAccounts, &token, Method::GET, "v1/accounts").send().await.unwrap();
        let body = response.text().await.unwrap();
        assert!(body.starts_with('{') && serde_json::from_str::<Value>(&body).is_err());
        sim.set_fault("ann", json!({ "kind": "slow", "calls": 1 })).await;
        account(&sim, &token).await;

        let place = places(&sim, &token).await.remove(0);
        let open = unanswered(&reviews(&sim, &token, &place).await);
        sim.set_fault("ann", json!({ "kind": "lost_answer", "calls": 1 })).await;
        let path = format!("v4/{}/reply", text(&open["name"]));
        let sent = sim.business(Host::GbpReviews, &token, Method::PUT, &path).json(&json!({ "comment": "Thanks!" }));
        assert!(sent.send().await.is_err(), "not a byte comes back");
        assert_eq!(super::review(&sim, &token, &open).await["reviewReply"]["comment"], "Thanks!");
    });
}

#[test]
fn a_minute_allows_three_hundred_calls_of_each_kind() {
    with_sim(async |sim| {
        connected(&sim, "small").await;
        let client = json!({ "client_id": "tool", "client_secret": "s", "redirect_uris": [REDIRECT] });
        answer(sim.api(Method::POST, "/clients").json(&client)).await;
        let code = sim.consent("ann", &[("client_id", "tool"), ("scope", crate::oauth::BUSINESS_MANAGE)]).await;
        let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT), ("code", &value(&code, "code"))];
        let exchange = sim.client.post(format!("{}/token", sim.host(Host::GoogleOauth)));
        let token = text(&answer(exchange.basic_auth("tool", Some("s")).form(&form)).await.1["access_token"]);
        for _ in 0..300 {
            account(&sim, &token).await;
        }
        let limited = (429, "RESOURCE_EXHAUSTED".to_owned(), "RATE_LIMIT_EXCEEDED".to_owned());
        assert_eq!(refusal(&sim, Host::GbpAccounts, &token, "v1/accounts").await, limited);
        let path = "v1/accounts/-/locations?readMask=name";
        sim.get_business(Host::GbpInfo, &token, path, "ListLocationsResponse").await;
        sim.hand.advance(Duration::from_secs(60));
        account(&sim, &token).await;
    });
}

#[test]
fn a_minute_allows_ten_edits_of_a_place() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim, "medium").await;
        let places = places(&sim, &token).await;
        let (here, there) = (reviews(&sim, &token, &places[0]).await, reviews(&sim, &token, &places[1]).await);
        for review in &here[..10] {
            assert_eq!(put(&sim, &token, review, "Thank you!").await.0, 200);
        }
        let (status, body) = put(&sim, &token, &here[10], "Thank you!").await;
        assert_eq!((status.as_u16(), &body["error"]["status"]), (429, &json!("RESOURCE_EXHAUSTED")));
        assert_eq!(put(&sim, &token, &there[0], "Thank you!").await.0, 200, "another place counts its own");
        sim.hand.advance(Duration::from_secs(60));
        assert_eq!(put(&sim, &token, &here[10], "Thank you!").await.0, 200);
    });
}
