//! Whoever may not, and bodies that make no sense: refused, always in one of the two forms that Google's APIs have.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::sweep::refusal_faults;
use crate::Host;
use crate::testing::{Sim, text, with_sim};

/// A call of each host that somebody who may is answered.
const CALLS: [(Host, &str); 9] = [
    (Host::Youtube, "youtube/v3/channels?part=id&mine=true"),
    (Host::GoogleApis, "youtube/v3/channels?part=id&mine=true"),
    (Host::Youtube, "youtube/v3/videos?part=id&id=x"),
    (Host::Youtube, "youtube/v3/videos:batchGetStats?part=id&id=x"),
    (Host::Youtube, "youtube/v3/commentThreads?part=id&id=x"),
    (Host::Youtube, "youtube/v3/comments?part=id&id=x"),
    (Host::GbpAccounts, "v1/accounts?pageSize=5"),
    (Host::GbpInfo, "v1/accounts/-/locations?readMask=name"),
    (Host::GbpReviews, "v4/accounts/1/locations/2/reviews?pageSize=5"),
];

/// The status of a call that is refused as Google refuses.
async fn refused(request: RequestBuilder, what: &str) -> u16 {
    let response = request.send().await.expect("the simulator answers");
    let (status, challenge) = (response.status().as_u16(), response.headers().contains_key("www-authenticate"));
    let body: Value = response.json().await.expect("a refusal is JSON");
    assert!((400..500).contains(&status), "{what}: {status} {body}");
    assert!(status != 401 || challenge, "{what}: who is not known is told how to become it");
    assert_eq!(refusal_faults(status, &body), Vec::<String>::new(), "{what}: {body}");
    status
}

#[test]
fn whoever_may_not_is_refused_in_one_form() {
    with_sim(async |sim| {
        sim.make_profile("ann", "k1", json!({})).await;
        sim.make_profile("ben", "k2", json!({ "story": "restaurant" })).await;
        let (channel, places) = (sim.connect("ann").await, sim.connect_business("ben").await);
        for (host, path) in CALLS {
            let url = format!("{}/{path}", sim.host(host));
            let get = |more: &str| sim.client.get(format!("{url}{more}"));
            let other = if path.starts_with("youtube") { &places } else { &channel };
            let expected = if path.starts_with("youtube") { 403 } else { 401 };
            assert_eq!(refused(get(""), path).await, expected, "{path}");
            assert_eq!(refused(get("&key=AIza-guess"), path).await, 400, "{path}");
            assert_eq!(refused(get("").bearer_auth("ya29.guess"), path).await, 401);
            assert_eq!(refused(get("&access_token=ya29.guess"), path).await, 401);
            assert_eq!(refused(get("").bearer_auth(other), path).await, 403, "{path}");
        }
    });
}

/// Of the form that is wanted, nearly; and of none.
fn senseless() -> Vec<String> {
    let texts = [json!(5), json!(null), json!([]), json!({}), json!(""), json!(" \n")];
    let around = |text: &Value| {
        [
            json!({ "snippet": { "parentId": "x", "textOriginal": text } }),
            json!({ "snippet": { "parentId": text, "textOriginal": "x" } }),
            json!({ "id": text, "snippet": { "textOriginal": "x" } }),
            json!({ "snippet": { "videoId": text, "topLevelComment": { "snippet": { "textOriginal": "x" } } } }),
            json!({ "snippet": { "videoId": "x", "topLevelComment": text } }),
            json!({ "snippet": text }),
            json!({ "comment": text }),
            text.clone(),
        ]
    };
    let bodies = texts.iter().flat_map(around).map(|body| body.to_string());
    bodies.chain(["", "{", "nonsense", "\u{fffd}", "{\"snippet\":"].map(str::to_owned)).collect()
}

async fn writes_of_youtube(sim: &Sim, token: &str) {
    for (method, path) in [
        (Method::POST, "comments?part=snippet"),
        (Method::PUT, "comments?part=snippet"),
        (Method::POST, "commentThreads?part=snippet"),
        (Method::POST, "comments?part=nonsense"),
        (Method::POST, "comments"),
        (Method::DELETE, "comments"),
        (Method::DELETE, "comments?id=x"),
        (Method::POST, "comments/setModerationStatus?id=x&moderationStatus=published"),
        (Method::POST, "comments/setModerationStatus?id=x"),
        (Method::POST, "videos"),
    ] {
        for body in senseless() {
            let request = sim.youtube(token, method.clone(), path).body(body.clone());
            refused(request, &format!("{method} {path} {body}")).await;
        }
    }
}

#[test]
fn bodies_that_make_no_sense_are_refused_in_one_form() {
    with_sim(async |sim| {
        sim.make_profile("ann", "k1", json!({})).await;
        let token = sim.connect("ann").await;
        writes_of_youtube(&sim, &token).await;

        sim.make_profile("ben", "k2", json!({ "story": "restaurant" })).await;
        let token = sim.connect_business("ben").await;
        let accounts = sim.get_business(Host::GbpAccounts, &token, "v1/accounts", "ListAccountsResponse").await;
        let account = text(&accounts["accounts"][0]["name"]);
        let path = format!("v1/{account}/locations?readMask=name");
        let places = sim.get_business(Host::GbpInfo, &token, &path, "ListLocationsResponse").await;
        let path = format!("v4/{account}/{}/reviews/nothing/reply", text(&places["locations"][0]["name"]));
        let several = format!("v4/{account}/locations:batchGetReviews");
        for (method, path) in [(Method::PUT, &path), (Method::DELETE, &path), (Method::POST, &several)] {
            for body in senseless() {
                let request = sim.business(Host::GbpReviews, &token, method.clone(), path).body(body.clone());
                refused(request, &format!("{method} {path} {body}")).await;
            }
        }
    });
}
