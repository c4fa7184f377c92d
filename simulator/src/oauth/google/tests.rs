//! What is Google's own, over the wire: identity, scopes, tokens told, and what goes wrong there on purpose.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::both_databases;
use reqwest::{Method, StatusCode};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

use super::{BUSINESS_MANAGE, EMAIL, OPENID, PROFILE, YOUTUBE_FORCE_SSL, YOUTUBE_READONLY};
use crate::Host;
use crate::oauth::{DEMO_CLIENT, DEMO_CLIENT_SECRET, hash};
use crate::testing::{REDIRECT, Sim, answer, text, value, with_sim};

const YOUTUBES: &str =
    "https://www.googleapis.com/auth/youtube.readonly https://www.googleapis.com/auth/youtube.force-ssl";

async fn ann(sim: &Sim) {
    sim.make_profile("ann", "k1", json!({ "channel_name": "Ann's" })).await;
}

/// The tokens of a consent.
async fn allowed(sim: &Sim, more: &[(&str, &str)]) -> Value {
    let (status, tokens) = sim.exchange(&value(&sim.consent("ann", more).await, "code")).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens
}

async fn refreshed(sim: &Sim, tokens: &Value, more: &[(&str, &str)]) -> (StatusCode, Value) {
    let refresh = text(&tokens["refresh_token"]);
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    form.extend(more);
    sim.token(&form).await
}

fn scopes(tokens: &Value) -> Vec<String> {
    text(&tokens["scope"]).split(' ').map(str::to_owned).collect()
}

/// The claims, if the served key has signed them.
async fn verified(sim: &Sim, token: &str) -> Value {
    let (_, configuration) =
        answer(sim.client.get(format!("{}/.well-known/openid-configuration", sim.host(Host::GoogleAccounts)))).await;
    let (_, keys) = answer(sim.client.get(text(&configuration["jwks_uri"]))).await;
    let bytes = |value: &str| URL_SAFE_NO_PAD.decode(value).expect("base64url");
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let (head, claims) = signed.split_once('.').expect("three parts");
    let head: Value = serde_json::from_slice(&bytes(head)).unwrap();
    let keys = keys["keys"].as_array().expect("a list of keys");
    let key = keys.iter().find(|key| key["kid"] == head["kid"]).expect("the key is served");
    assert_eq!((&head["alg"], &key["alg"], &key["kty"]), (&json!("RS256"), &json!("RS256"), &json!("RSA")));
    let key = RsaPublicKeyComponents { n: bytes(&text(&key["n"])), e: bytes(&text(&key["e"])) };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &bytes(signature)).expect("it is signed");
    serde_json::from_slice(&bytes(claims)).unwrap()
}

both_databases! {
    async fn an_identity_token_says_who_somebody_is(sim: Sim) {
        ann(&sim).await;
        let tokens = allowed(&sim, &[("scope", "openid email profile"), ("nonce", "n-1")]).await;
        assert_eq!(scopes(&tokens), [OPENID, EMAIL, PROFILE], "short names are told long");
        let claims = verified(&sim, &text(&tokens["id_token"])).await;
        for (name, expected) in [
            ("iss", json!("https://accounts.google.com")), ("aud", json!(DEMO_CLIENT)), ("azp", json!(DEMO_CLIENT)),
            ("nonce", json!("n-1")), ("name", json!("Ann's")), ("email_verified", json!(true)),
            ("at_hash", json!(URL_SAFE_NO_PAD.encode(&hash(&text(&tokens["access_token"]))[..16]))),
        ] {
            assert_eq!(claims[name], expected, "{claims}");
        }
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
        let again = verified(&sim, &text(&refreshed(&sim, &tokens, &[]).await.1["id_token"])).await;
        assert_eq!((&again["sub"], again.get("nonce")), (&claims["sub"], None));

        let bare = verified(&sim, &text(&allowed(&sim, &[("scope", "openid")]).await["id_token"])).await;
        assert!(bare.get("email").is_none() && bare.get("name").is_none(), "{bare}");
        assert_eq!(allowed(&sim, &[]).await.get("id_token"), None, "nobody asked for one");
    }

    async fn what_was_granted_before_is_included_when_asked_for(sim: Sim) {
        ann(&sim).await;
        allowed(&sim, &[("scope", "openid email")]).await;
        let alone = allowed(&sim, &[("scope", YOUTUBE_READONLY)]).await;
        assert_eq!(scopes(&alone), [YOUTUBE_READONLY]);
        let both = [("scope", YOUTUBE_READONLY), ("include_granted_scopes", "true")];
        let back = sim.consent("ann", &both).await;
        assert_eq!(value(&back, "scope"), format!("{YOUTUBE_READONLY} {OPENID} {EMAIL}"));
        let (_, tokens) = sim.exchange(&value(&back, "code")).await;
        assert_eq!(scopes(&tokens), [YOUTUBE_READONLY, OPENID, EMAIL]);
        assert!(tokens.get("id_token").is_some());
    }

    async fn a_refresh_may_ask_for_less_and_for_no_more(sim: Sim) {
        ann(&sim).await;
        let tokens = allowed(&sim, &[]).await;
        let (status, less) = refreshed(&sim, &tokens, &[("scope", YOUTUBE_READONLY)]).await;
        assert_eq!((status, scopes(&less)), (StatusCode::OK, vec![YOUTUBE_READONLY.to_owned()]));
        let access = text(&less["access_token"]);
        let refused = sim.refusal(&access, Method::GET, "commentThreads?part=snippet&id=x", json!({})).await;
        assert_eq!(refused, (403, "insufficientPermissions".into()));
        sim.get(&access, "channels?part=id&mine=true").await;
        for more in [BUSINESS_MANAGE, "nonsense"] {
            let (status, refused) = refreshed(&sim, &tokens, &[("scope", more)]).await;
            assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_scope")), "{more}");
        }
        assert_eq!(scopes(&refreshed(&sim, &tokens, &[]).await.1), YOUTUBES.split(' ').collect::<Vec<_>>());
    }

    async fn a_refresh_token_ends_unused_and_one_of_a_test_after_its_week(sim: Sim) {
        let mut sim = sim;
        ann(&sim).await;
        let tokens = allowed(&sim, &[]).await;
        for _ in 0..2 {
            sim.hand.advance(Duration::from_secs(180 * 86_400));
            assert_eq!(refreshed(&sim, &tokens, &[]).await.0, StatusCode::OK, "it was used within six months");
        }
        sim.hand.advance(Duration::from_secs(184 * 86_400));
        let (status, refused) = refreshed(&sim, &tokens, &[]).await;
        assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));

        let client = json!({ "client_id": "test", "client_secret": "s", "redirect_uris": [REDIRECT], "refresh_seconds": 604_799 });
        assert_eq!(answer(sim.api(Method::POST, "/clients").json(&client)).await.0, StatusCode::CREATED);
        let code = value(&sim.consent("ann", &[("client_id", "test")]).await, "code");
        let url = format!("{}/token", sim.host(Host::GoogleOauth));
        let post = async |form: &[(&str, &str)]| answer(sim.client.post(&url).basic_auth("test", Some("s")).form(form)).await;
        let (_, tokens) = post(&[("grant_type", "authorization_code"), ("redirect_uri", REDIRECT), ("code", &code)]).await;
        assert_eq!(tokens["refresh_token_expires_in"], 604_799);
        let refresh = text(&tokens["refresh_token"]);
        let again = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        sim.hand.advance(Duration::from_secs(604_798));
        assert_eq!(post(&again).await.0, StatusCode::OK);
        sim.hand.advance(Duration::from_secs(1));
        assert_eq!(post(&again).await.1["error"], "invalid_grant");
        sim.restart().await;
    }

    async fn what_a_token_is_good_for_is_told(sim: Sim) {
        ann(&sim).await;
        let tokens = allowed(&sim, &[("scope", &format!("openid email {YOUTUBE_READONLY}"))]).await;
        let access = text(&tokens["access_token"]);
        let told = async |host: Host, path: &str| answer(sim.client.get(format!("{}/{path}", sim.host(host)))).await;
        for (host, path) in [(Host::GoogleOauth, "tokeninfo"), (Host::GoogleApis, "oauth2/v3/tokeninfo")] {
            let (status, info) = told(host, &format!("{path}?access_token={access}")).await;
            assert_eq!((status, &info["aud"], &info["expires_in"]), (StatusCode::OK, &json!(DEMO_CLIENT), &json!("3599")), "{info}");
            assert_eq!((&info["email_verified"], &info["access_type"]), (&json!("true"), &json!("offline")));
            let (_, identity) = told(host, &format!("{path}?id_token={}", text(&tokens["id_token"]))).await;
            assert_eq!((&identity["sub"], &identity["email"]), (&info["sub"], &info["email"]));
            let (status, refused) = told(host, &format!("{path}?access_token=guess")).await;
            assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_token")));
        }
        for path in ["oauth2/v1/tokeninfo", "oauth2/v2/tokeninfo"] {
            let (_, info) = told(Host::GoogleApis, &format!("{path}?access_token={access}")).await;
            assert_eq!((&info["issued_to"], &info["expires_in"], &info["verified_email"]), (&json!(DEMO_CLIENT), &json!(3599), &json!(true)), "{info}");
        }
        let post = sim.client.post(format!("{}/tokeninfo", sim.host(Host::GoogleOauth))).form(&[("access_token", &access)]);
        assert_eq!(answer(post).await.0, StatusCode::OK);
    }

    /// By host and path alone: a program that asks APIs must not be cut off from new tokens by a fault of theirs.
    async fn what_goes_wrong_at_the_token_endpoint_is_ordered_for_it(sim: Sim) {
        ann(&sim).await;
        let tokens = allowed(&sim, &[]).await;
        sim.set_fault("ann", json!({ "kind": "server_error" })).await;
        assert_eq!(refreshed(&sim, &tokens, &[]).await.0, StatusCode::OK);
        for (kind, status, error) in [
            ("unauthorized", 400, "invalid_grant"),
            ("rate_limited", 429, "rate_limit_exceeded"),
            ("server_error", 503, "internal_failure"),
        ] {
            sim.set_fault("ann", json!({ "kind": kind, "host": "google_oauth", "path": "/token", "calls": 1 })).await;
            let (told, body) = refreshed(&sim, &tokens, &[]).await;
            assert_eq!((told.as_u16(), &body["error"]), (status, &json!(error)));
        }
        assert_eq!(refreshed(&sim, &tokens, &[]).await.0, StatusCode::OK);
        sim.set_fault("ann", json!({ "kind": "lost_answer", "host": "google_oauth", "calls": 1 })).await;
        let code = value(&sim.consent("ann", &[]).await, "code");
        let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT), ("code", code.as_str())];
        let post = sim.client.post(format!("{}/token", sim.host(Host::GoogleOauth)));
        assert!(post.basic_auth(DEMO_CLIENT, Some(DEMO_CLIENT_SECRET)).form(&form).send().await.is_err());
        assert_eq!(sim.exchange(&code).await.1["error"], "invalid_grant", "the code was used all the same");
    }
}

#[test]
fn nobody_is_asked_where_that_is_not_wanted() {
    with_sim(async |sim| {
        ann(&sim).await;
        let silent = async |more: &[(&str, &str)]| {
            let mut asked = vec![("prompt", "none"), ("simulator_consent", "")];
            asked.extend(more);
            sim.consent("ann", &asked).await
        };
        let refused = silent(&[]).await;
        let told = (value(&refused, "error"), value(&refused, "error_subtype"));
        assert_eq!(told, ("interaction_required".into(), "access_denied".into()));
        allowed(&sim, &[]).await;
        let back = silent(&[("scope", YOUTUBE_READONLY)]).await;
        assert_eq!((value(&back, "state"), value(&back, "scope")), ("the state".into(), YOUTUBE_READONLY.into()));
        assert_eq!(sim.exchange(&value(&back, "code")).await.0, StatusCode::OK);
        assert_eq!(value(&silent(&[("scope", BUSINESS_MANAGE)]).await, "error"), "interaction_required");
        let both = sim.client.get(sim.authorize_url("ann", &[("prompt", "none consent")])).send().await.unwrap();
        assert_eq!(both.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn scopes_that_need_no_words_are_granted_silently() {
    with_sim(async |sim| {
        ann(&sim).await;
        let both = format!("openid {YOUTUBE_FORCE_SSL}");
        let partial = sim.consent("ann", &[("simulator_consent", "partial"), ("scope", &both)]).await;
        assert_eq!(value(&partial, "error"), "access_denied", "of what the page shows, nothing was ticked");
        assert_eq!(scopes(&allowed(&sim, &[("scope", "openid email")]).await), [OPENID, EMAIL]);
    });
}

#[test]
fn a_token_may_be_asked_for_in_json_and_at_older_addresses() {
    with_sim(async |sim| {
        ann(&sim).await;
        for (host, path) in [
            (Host::GoogleOauth, "token"),
            (Host::GoogleApis, "oauth2/v4/token"),
            (Host::GoogleAccounts, "o/oauth2/token"),
        ] {
            let mut asked = sim.authorize_url("ann", &[]);
            asked.set_path("/o/oauth2/auth");
            let response = sim.client.get(asked).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::FOUND);
            let code = value(&crate::testing::redirected(&response), "code");
            let body = json!({
                "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": DEMO_CLIENT,
                "client_secret": DEMO_CLIENT_SECRET,
            });
            let (status, tokens) = answer(sim.client.post(format!("{}/{path}", sim.host(host))).json(&body)).await;
            assert_eq!(status, StatusCode::OK, "{path}: {tokens}");
        }
    });
}

#[test]
fn programs_find_the_endpoints_by_themselves() {
    with_sim(async |sim| {
        ann(&sim).await;
        let url = format!("{}/.well-known/openid-configuration", sim.host(Host::GoogleAccounts));
        let (status, found) = answer(sim.client.get(url)).await;
        assert_eq!((status, &found["issuer"]), (StatusCode::OK, &json!("https://accounts.google.com")));
        for (name, host, path) in [
            ("authorization_endpoint", Host::GoogleAccounts, "/o/oauth2/v2/auth"),
            ("token_endpoint", Host::GoogleOauth, "/token"),
            ("revocation_endpoint", Host::GoogleOauth, "/revoke"),
            ("userinfo_endpoint", Host::GoogleApis, "/oauth2/v3/userinfo"),
            ("jwks_uri", Host::GoogleApis, "/oauth2/v3/certs"),
        ] {
            assert_eq!(found[name], format!("{}{path}", sim.host(host)));
        }
    });
}
