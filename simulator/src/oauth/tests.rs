//! The authorization server over its own wire.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::both_databases;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{BUSINESS_MANAGE, DEMO_CLIENT, DEMO_CLIENT_SECRET, YOUTUBE_FORCE_SSL, YOUTUBE_READONLY};
use crate::Host;
use crate::testing::{REDIRECT, SECRET, Sim, answer, redirected, text, value};

fn error(answer: &(StatusCode, Value)) -> (u16, String) {
    (answer.0.as_u16(), text(&answer.1["error"]))
}

async fn works(sim: &Sim, token: &str) -> bool {
    answer(sim.youtube(token, Method::GET, "channels?part=id&mine=true")).await.0 == StatusCode::OK
}

/// The tokens that ann's consent gives.
async fn allowed(sim: &Sim, more: &[(&str, &str)]) -> Value {
    let (status, tokens) = sim.exchange(&value(&sim.consent("ann", more).await, "code")).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens
}

both_databases! {
    async fn a_code_gives_tokens_once(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let back = sim.consent("ann", &[]).await;
        assert_eq!(value(&back, "state"), "the state");
        let code = value(&back, "code");
        let (status, tokens) = sim.exchange(&code).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!((&tokens["expires_in"], &tokens["token_type"]), (&json!(3599), &json!("Bearer")));
        assert_eq!(text(&tokens["scope"]), format!("{YOUTUBE_READONLY} {YOUTUBE_FORCE_SSL}"));
        let access = text(&tokens["access_token"]);
        assert!(works(&sim, &access).await);

        assert_eq!(error(&sim.exchange(&code).await), (400, "invalid_grant".into()));
        assert!(!works(&sim, &access).await, "a code shown twice may be stolen: its tokens end");
    }

    async fn a_code_ends_after_ten_minutes(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let code = value(&sim.consent("ann", &[]).await, "code");
        sim.hand.advance(Duration::from_secs(601));
        assert_eq!(error(&sim.exchange(&code).await), (400, "invalid_grant".into()));
    }

    async fn the_verifier_and_the_redirect_must_be_those_of_the_request(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let challenge = URL_SAFE_NO_PAD.encode(super::hash("the verifier"));
        let pkce = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        let code = value(&sim.consent("ann", &pkce).await, "code");
        let form = |verifier, redirect| {
            [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", redirect), ("code_verifier", verifier)]
        };
        let other = format!("{REDIRECT}/");
        assert_eq!(error(&sim.exchange(&code).await), (400, "invalid_grant".into()));
        assert_eq!(error(&sim.token(&form("a guess", REDIRECT)).await), (400, "invalid_grant".into()));
        assert_eq!(error(&sim.token(&form("the verifier", &other)).await), (400, "redirect_uri_mismatch".into()));
        assert_eq!(sim.token(&form("the verifier", REDIRECT)).await.0, StatusCode::OK);
    }

    async fn a_client_shows_its_secret_in_the_body_or_by_basic_authentication(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let url = format!("{}/token", sim.host(Host::GoogleOauth));
        let code = value(&sim.consent("ann", &[]).await, "code");
        let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
        let post = || sim.client.post(&url).form(&form);
        assert_eq!(error(&answer(post()).await), (401, "invalid_client".into()));
        assert_eq!(error(&answer(post().basic_auth(DEMO_CLIENT, Some("wrong"))).await), (401, "invalid_client".into()));
        assert_eq!(error(&answer(post().basic_auth("nobody", Some("x"))).await), (401, "invalid_client".into()));
        assert_eq!(answer(post().basic_auth(DEMO_CLIENT, Some(DEMO_CLIENT_SECRET))).await.0, StatusCode::OK);
        assert_eq!(error(&sim.token(&[("grant_type", "password")]).await), (400, "unsupported_grant_type".into()));
    }

    async fn tokens_are_refreshed_and_survive_a_restart(sim: Sim) {
        let mut sim = sim;
        sim.make_profile("ann", "k1", json!({})).await;
        let (_, first) = sim.exchange(&value(&sim.consent("ann", &[]).await, "code")).await;
        sim.hand.advance(Duration::from_secs(3600));
        assert!(!works(&sim, &text(&first["access_token"])).await);

        let refresh_token = text(&first["refresh_token"]);
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
        let (status, second) = sim.token(&refresh).await;
        assert_eq!((status, second.get("refresh_token")), (StatusCode::OK, None));
        sim.restart().await;
        assert!(works(&sim, &text(&second["access_token"])).await);

        let revoke = format!("{}/revoke", sim.host(Host::GoogleOauth));
        let post = || sim.client.post(&revoke).form(&[("token", refresh_token.as_str())]);
        assert_eq!(answer(post()).await.0, StatusCode::OK);
        assert!(!works(&sim, &text(&second["access_token"])).await);
        assert_eq!(error(&sim.token(&refresh).await), (400, "invalid_grant".into()));
        assert_eq!(error(&answer(post()).await), (400, "invalid_token".into()));
    }

    /// As at the provider: a person withdraws what they allowed a client, not one of its tokens.
    async fn one_revocation_ends_every_grant_of_a_person(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        sim.make_profile("ben", "k2", json!({})).await;
        let (first, second, others) = (sim.connect("ann").await, sim.connect("ann").await, sim.connect("ben").await);
        let url = format!("{}/revoke", sim.host(Host::GoogleOauth));
        assert_eq!(answer(sim.client.post(&url).form(&[("token", first.as_str())])).await.0, StatusCode::OK);
        assert!(!works(&sim, &first).await && !works(&sim, &second).await);
        assert!(works(&sim, &others).await);
    }

    async fn a_refresh_token_is_given_when_asked_for(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        for (more, expected) in [
            (vec![("access_type", "online")], false),
            (vec![("prompt", "select_account")], true),
            (vec![("prompt", "select_account")], false),
            (vec![], true),
        ] {
            let (_, tokens) = sim.exchange(&value(&sim.consent("ann", &more).await, "code")).await;
            assert_eq!(tokens.get("refresh_token").is_some(), expected, "{more:?}");
        }
    }

    async fn a_person_may_deny_or_grant_a_part(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let denied = sim.consent("ann", &[("simulator_consent", "deny")]).await;
        assert_eq!((value(&denied, "error"), value(&denied, "state")), ("access_denied".into(), "the state".into()));

        let partial = sim.consent("ann", &[("simulator_consent", "partial")]).await;
        let (_, tokens) = sim.exchange(&value(&partial, "code")).await;
        assert_eq!(tokens["scope"], YOUTUBE_READONLY);
        let token = text(&tokens["access_token"]);
        let refused = sim.refusal(&token, Method::GET, "commentThreads?part=snippet&id=x", json!({})).await;
        assert_eq!(refused, (403, "insufficientPermissions".into()));

        assert_eq!(value(&partial, "scope"), YOUTUBE_READONLY);
        let nothing = sim.consent("ann", &[("simulator_consent", "partial"), ("scope", YOUTUBE_FORCE_SSL)]).await;
        assert_eq!((value(&nothing, "error"), value(&nothing, "code")), ("access_denied".into(), String::new()));
    }

    async fn the_page_asks_and_its_form_carries_the_request(sim: Sim) {
        sim.make_profile("ann", "k1", json!({ "channel_name": "Ann & <Co>" })).await;
        sim.make_profile("bob", "k2", json!({ "channel_name": "Bob's" })).await;
        let mut url = sim.authorize_url("ann", &[("simulator_consent", "")]);
        let response = sim.client.get(url.clone()).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self' http://localhost:8080;"), "{policy}");
        let page = response.text().await.unwrap();
        assert!(page.contains("Ann &amp; &lt;Co&gt;") && !page.contains("Bob"), "{page}");
        assert!(page.contains(r#"action="auth""#) && page.contains(r#"href="consent.css""#) && !page.contains("style="), "{page}");

        // As a browser sends it back, with one box unticked.
        let hidden = |name: &str| page.split(&format!(r#"name="{name}" value=""#)).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let fields = ["client_id", "redirect_uri", "response_type", "state", "access_type", "prompt", "login_hint", "scope", "account"];
        let mut form: Vec<(&str, String)> = fields.iter().map(|name| (*name, hidden(name))).collect();
        form.extend([("granted", YOUTUBE_READONLY.to_owned()), ("decision", "allow".to_owned())]);
        url.set_query(None);
        let response = sim.client.post(url.clone()).form(&form).send().await.unwrap();
        let (_, tokens) = sim.exchange(&value(&redirected(&response), "code")).await;
        assert_eq!(tokens["scope"], YOUTUBE_READONLY);

        form.retain(|(name, _)| *name != "granted");
        let response = sim.client.post(url).form(&form).send().await.unwrap();
        assert_eq!(value(&redirected(&response), "error"), "access_denied");
        let css = format!("{}/o/oauth2/v2/consent.css", sim.host(Host::GoogleAccounts));
        assert_eq!(sim.client.get(css).send().await.unwrap().status(), StatusCode::OK);
    }

    async fn only_clients_that_may_list_accounts_see_them(sim: Sim) {
        sim.make_profile("ann", "k1", json!({ "channel_name": "Ann's" })).await;
        let client = json!({ "client_id": "tool", "client_secret": "s", "redirect_uris": [REDIRECT] });
        assert_eq!(answer(sim.api(Method::POST, "/clients").json(&client)).await.0, StatusCode::CREATED);
        let page = async |more: &[(&str, &str)]| {
            let response = sim.client.get(sim.authorize_url("", more)).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        };
        let (_, own) = page(&[("simulator_consent", "")]).await;
        assert!(own.contains("no such account") && !own.contains("Ann"), "{own}");
        let (_, listed) = page(&[("simulator_consent", ""), ("client_id", "tool")]).await;
        assert!(listed.contains("Ann&#39;s") || listed.contains("Ann's"), "{listed}");
        let (status, _) = page(&[("client_id", "tool"), ("redirect_uri", "http://localhost:1/elsewhere")]).await;
        assert_eq!(status, 400);
    }

    async fn a_request_that_cannot_be_trusted_is_not_redirected(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        for (more, status) in [
            (("client_id", "nobody"), 401),
            (("redirect_uri", "javascript:alert(1)"), 400),
            (("redirect_uri", "/relative"), 400),
            (("response_type", "token"), 400),
            (("scope", "https://www.googleapis.com/auth/drive"), 400),
            (("simulator_profile", "bob"), 400),
            (("simulator_consent", "maybe"), 400),
        ] {
            let response = sim.client.get(sim.authorize_url("ann", &[more])).send().await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{more:?}");
        }
    }

    /// Whoever makes a profile says where its consent may lead; elsewhere nobody is sent, whatever they would decide.
    async fn consent_leads_to_registered_addresses_alone(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        sim.make_profile("bob", "k2", json!({ "redirect_uris": [] })).await;
        let none = json!({ "client_id": "none", "client_secret": "s" });
        answer(sim.api(Method::POST, "/clients").json(&none)).await;
        for (user, client, redirect) in [
            ("ann", DEMO_CLIENT, "https://evil.example/"),
            ("ann", DEMO_CLIENT, "http://localhost:8080/connections/youtube/callback/"),
            ("ann", DEMO_CLIENT, "http://localhost:8080/connections/youtube/callback?a=b"),
            ("bob", DEMO_CLIENT, REDIRECT),
            ("ann", "none", REDIRECT),
        ] {
            for decision in ["allow", "partial", "deny"] {
                let asked = [("client_id", client), ("redirect_uri", redirect), ("simulator_consent", decision)];
                let response = sim.client.get(sim.authorize_url(user, &asked)).send().await.unwrap();
                assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{user} {client} {redirect} {decision}");
                assert!(!response.headers().contains_key("location"), "{user} {client} {redirect} {decision}");
            }
        }
    }

    async fn no_host_answers_under_a_name_that_it_does_not_know(sim: Sim) {
        let hosts = sim.simulator().hosts().into_values().chain([sim.simulator().api_url()]);
        for host in hosts {
            let asked = |name: &str| sim.client.get(format!("{host}/healthz")).bearer_auth(SECRET).header("host", name.to_owned()).send();
            assert_eq!(asked("evil.example").await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
            assert_ne!(asked("localhost").await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
    }

    async fn the_user_behind_a_token_is_told(sim: Sim) {
        sim.make_profile("ann", "k1", json!({ "channel_name": "Ann's" })).await;
        let youtube = sim.connect("ann").await;
        let token = text(&allowed(&sim, &[("scope", "openid email profile")]).await["access_token"]);
        let at = |version: &str| format!("{}/oauth2/{version}/userinfo", sim.host(Host::GoogleApis));
        let told = async |version: &str, token: &str| answer(sim.client.get(at(version)).bearer_auth(token)).await;
        for version in ["v1", "v2"] {
            let (status, user) = told(version, &token).await;
            assert_eq!((status, &user["name"], &user["verified_email"]), (StatusCode::OK, &json!("Ann's"), &json!(true)));
            assert_eq!(text(&user["id"]).len(), 21);
        }
        let (_, user) = told("v3", &token).await;
        assert_eq!((text(&user["sub"]).len(), &user["email_verified"]), (21, &json!(true)));
        let only_email = text(&allowed(&sim, &[("scope", "email")]).await["access_token"]);
        let (_, user) = told("v2", &only_email).await;
        assert!(user.get("email").is_some() && user.get("name").is_none(), "{user}");
        for refused in [told("v2", &youtube).await, answer(sim.client.get(at("v3"))).await] {
            assert_eq!(refused.0, StatusCode::UNAUTHORIZED, "{refused:?}");
        }
    }

    async fn a_restaurants_owner_is_told_too(sim: Sim) {
        sim.make_profile("ann", "k1", json!({ "story": "restaurant" })).await;
        let page = sim.client.get(sim.authorize_url("ann", &[("simulator_consent", ""), ("scope", BUSINESS_MANAGE)])).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("Harbor &amp; Thyme") && page.contains("Google business listings"), "{page}");
        let token = text(&allowed(&sim, &[("scope", &format!("{BUSINESS_MANAGE} email profile"))]).await["access_token"]);
        let url = format!("{}/oauth2/v2/userinfo", sim.host(Host::GoogleApis));
        let (status, user) = answer(sim.client.get(&url).bearer_auth(&token)).await;
        assert_eq!((status, &user["name"]), (StatusCode::OK, &json!("Harbor & Thyme")));
        assert!(text(&user["email"]).starts_with("harborthyme."), "{user}");
    }

    async fn a_removed_profile_ends_its_tokens(sim: Sim) {
        sim.make_profile("ann", "k1", json!({})).await;
        let token = sim.connect("ann").await;
        answer(sim.api(Method::DELETE, "/profiles/ann")).await;
        assert!(!works(&sim, &token).await);
    }
}
