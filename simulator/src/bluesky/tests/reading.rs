//! Lists, conversations and records as a client reads them.

use kit::both_databases;

use super::*;

both_databases! {
async fn a_complete_read_finds_what_was_promised(ann: Signed) {
    let (_, profile) = answer(ann.sim.api(Method::GET, "/profiles/ann")).await;
    let promised = &profile["platforms"]["bluesky"]["promised"];
    let query = [("actor", ann.did.as_str()), ("filter", "posts_no_replies"), ("limit", "7")];
    let posts = ann.all("app.bsky.feed.getAuthorFeed", "feed", &query).await;
    assert_eq!(posts.len() as u64, promised["posts"].as_u64().unwrap());

    let mut found = 0;
    for post in posts.iter().filter(|post| post["post"]["replyCount"] != 0) {
        let thread = ann.found("app.bsky.feed.getPostThread", &[("uri", uri_of(&post["post"])), ("depth", "20")]).await;
        found += below(&thread["thread"]);
    }
    let elsewhere = ann
        .all("app.bsky.notification.listNotifications", "notifications", &[("reasons", "mention"), ("reasons", "quote")])
        .await;
    for post in &elsewhere {
        let thread = ann.found("app.bsky.feed.getPostThread", &[("uri", uri_of(post)), ("depth", "20")]).await;
        found += 1 + below(&thread["thread"]);
    }
    assert_eq!(found as u64, promised["interactions"].as_u64().unwrap());
}
}

fn below(view: &Value) -> usize {
    view["replies"].as_array().into_iter().flatten().map(|reply| 1 + below(reply)).sum()
}

both_databases! {
async fn a_list_is_paged_without_a_gap_or_a_repeat(ann: Signed) {
    let whole = ann.all("app.bsky.notification.listNotifications", "notifications", &[("limit", "100")]).await;
    let paged = ann.all("app.bsky.notification.listNotifications", "notifications", &[("limit", "9")]).await;
    assert!(whole.len() > 50);
    assert_eq!(whole, paged);
    let newest: Vec<&str> = whole.iter().map(|one| one["indexedAt"].as_str().unwrap()).collect();
    assert!(newest.is_sorted_by(|a, b| a >= b));
}
}

both_databases! {
async fn what_is_wrong_is_said_in_the_networks_words(ann: Signed) {
    let unknown = format!("at://{}/app.bsky.feed.post/3kaaaaaaaaa2a", ann.did);
    for (name, query, status, error) in [
        ("app.bsky.feed.getPostThread", vec![("uri", unknown.as_str())], 400, "NotFound"),
        ("app.bsky.feed.getPostThread", vec![], 400, "InvalidRequest"),
        ("app.bsky.feed.getAuthorFeed", vec![("actor", ann.did.as_str()), ("limit", "101")], 400, "InvalidRequest"),
        ("app.bsky.feed.getAuthorFeed", vec![("actor", ann.did.as_str()), ("cursor", "bogus")], 400, "InvalidRequest"),
        ("com.atproto.repo.getRecord", vec![("repo", ann.did.as_str()), ("collection", "app.bsky.feed.post"), ("rkey", "x")], 400, "RecordNotFound"),
        ("com.atproto.repo.describeRepo", vec![("repo", "did:plc:nobody")], 400, "RepoNotFound"),
        ("app.bsky.feed.getTimeline", vec![], 501, "MethodNotImplemented"),
    ] {
        let (seen, answer) = ann.get(name, &query).await;
        assert_eq!((seen.as_u16(), answer["error"].as_str()), (status, Some(error)), "{name} {query:?}");
    }
    let nobody = xrpc(&ann.sim, Method::GET, "com.atproto.server.getSession", None, &[], None).await;
    assert_eq!((nobody.0.as_u16(), nobody.1["error"].as_str()), (401, Some("AuthMissing")));
}
}

both_databases! {
async fn a_fault_is_told_in_the_networks_words(ann: Signed) {
    for (kind, status, error) in [
        ("unauthorized", 400, "ExpiredToken"),
        ("rate_limited", 429, "RateLimitExceeded"),
        ("server_error", 502, "UpstreamFailure"),
    ] {
        ann.sim.set_fault("ann", json!({ "kind": kind, "calls": 1 })).await;
        let (seen, answer) = ann.get("com.atproto.server.getSession", &[]).await;
        assert_eq!((seen.as_u16(), answer["error"].as_str()), (status, Some(error)));
    }
}
}

both_databases! {
async fn two_profiles_share_nothing(ann: Signed) {
    let (status, _) = ann.sim.make_profile("ben", "k2", json!({ "story": "shop" })).await;
    assert_eq!(status, StatusCode::OK);
    let bens = app_password(&ann.sim, "ben").await;
    assert_ne!(bens["did"], ann.did.as_str());
    let (status, refused) = ann.get("com.atproto.repo.describeRepo", &[("repo", bens["did"].as_str().unwrap())]).await;
    assert_eq!((status, refused["error"].as_str()), (StatusCode::BAD_REQUEST, Some("RepoNotFound")));
}
}
