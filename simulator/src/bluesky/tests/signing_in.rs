//! App passwords, sessions, and whose an account is.

use std::time::Duration;

use kit::both_databases;

use super::*;

both_databases! {
async fn a_password_of_another_account_opens_nothing(ann: Signed) {
    let (status, _) = ann.sim.make_profile("ben", "k2", json!({ "story": "brand" })).await;
    assert_eq!(status, StatusCode::OK);
    let bens = app_password(&ann.sim, "ben").await;
    for body in [
        json!({ "identifier": ann.did, "password": bens["app_password"] }),
        json!({ "identifier": ann.did, "password": "" }),
        json!({ "identifier": "nobody.test", "password": bens["app_password"] }),
    ] {
        let (status, refused) = xrpc(&ann.sim, Method::POST, "com.atproto.server.createSession", None, &[], Some(body)).await;
        assert_eq!((status, refused["error"].as_str()), (StatusCode::UNAUTHORIZED, Some("AuthenticationRequired")));
    }
}
}

both_databases! {
async fn a_session_ends_after_two_hours_and_is_refreshed(ann: Signed) {
    ann.sim.hand.advance(Duration::from_secs(2 * 3_600));
    let (status, refused) = ann.get("com.atproto.server.getSession", &[]).await;
    assert_eq!((status, refused["error"].as_str()), (StatusCode::BAD_REQUEST, Some("ExpiredToken")));
    let (status, anew) =
        xrpc(&ann.sim, Method::POST, "com.atproto.server.refreshSession", Some(&ann.refresh), &[], None).await;
    assert_eq!((status, anew["did"].as_str()), (StatusCode::OK, Some(ann.did.as_str())));
    let access = anew["accessJwt"].as_str();
    let (status, session) = xrpc(&ann.sim, Method::GET, "com.atproto.server.getSession", access, &[], None).await;
    assert_eq!((status, session["did"].as_str()), (StatusCode::OK, Some(ann.did.as_str())));

    let again = xrpc(&ann.sim, Method::POST, "com.atproto.server.refreshSession", Some(&ann.refresh), &[], None).await;
    assert_eq!(again.0, StatusCode::OK, "its answer may have been lost");
    ann.sim.hand.advance(Duration::from_secs(2 * 3_600));
    let late = xrpc(&ann.sim, Method::POST, "com.atproto.server.refreshSession", Some(&ann.refresh), &[], None).await;
    assert_eq!((late.0, late.1["error"].as_str()), (StatusCode::BAD_REQUEST, Some("ExpiredToken")));
}
}

both_databases! {
async fn whoever_left_is_signed_in_no_more(ann: Signed) {
    let (status, _) = xrpc(&ann.sim, Method::POST, "com.atproto.server.deleteSession", Some(&ann.refresh), &[], None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ann.get("com.atproto.server.getSession", &[]).await.1["error"], "InvalidToken");
    let (status, _) = answer(ann.sim.api(Method::DELETE, "/profiles/ann")).await;
    assert_eq!(status, StatusCode::OK);
    let gone = xrpc(&ann.sim, Method::GET, "com.atproto.identity.resolveHandle", None, &[("handle", "littleowlcoffee.bsky.social")], None).await;
    assert_eq!(gone.0, StatusCode::BAD_REQUEST);
}
}

both_databases! {
async fn handle_and_document_name_each_other(ann: Signed) {
    let handle = "littleowlcoffee.bsky.social";
    let found = xrpc(&ann.sim, Method::GET, "com.atproto.identity.resolveHandle", None, &[("handle", handle)], None).await;
    assert_eq!(found.1["did"], ann.did.as_str());
    let (status, document) = answer(ann.sim.client.get(format!("{}/{}", ann.sim.host(Host::Plc), ann.did))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(document["alsoKnownAs"][0], format!("at://{handle}"));
    assert_eq!(document["service"][0]["serviceEndpoint"], ann.sim.host(Host::Bluesky));
}
}
