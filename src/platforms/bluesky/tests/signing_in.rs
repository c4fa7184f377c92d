//! Whoever claims a handle, an account or a server is not believed alone, and a password goes nowhere before.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::fake::{ANN, Asked, BOB, Fake, refusal};
use crate::outbound::Outbound;
use crate::outbound::testing::Scripted;
use crate::platforms::adapter::{Credentials, Provider as _, Question, World};
use crate::platforms::bluesky::session::Sessions;
use crate::platforms::{Error, Grant, Host, Hosts, SignInProblem};
use crate::secrets::Secret;

const PASSWORD: &str = "abcd-efgh-ijkl-mnop";

fn document(did: &str, names: &str, server: &str) -> (u16, Value) {
    let service = json!([{ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server }]);
    (200, json!({ "id": did, "alsoKnownAs": [names], "service": service }))
}

/// As it should be.
fn network(asked: &Asked) -> (u16, Value) {
    match asked.name.as_str() {
        "com.atproto.identity.resolveHandle" if asked.of("handle") == "ann.test" => (200, json!({ "did": ANN })),
        "com.atproto.identity.resolveHandle" => refusal(400, "HandleNotFound"),
        "/did:plc:ann" => document(ANN, "at://ann.test", "https://pds.example.com"),
        "com.atproto.server.createSession" => {
            (200, json!({ "did": ANN, "handle": "ann.test", "accessJwt": "a", "refreshJwt": "r" }))
        }
        _ => (404, Value::Null),
    }
}

async fn sign_in(fake: &Fake, handle: &str) -> Result<Grant, Error> {
    let app_password = Secret::new(PASSWORD);
    let typed = Credentials { handle: handle.into(), app_password, service: None }.to_secret();
    let question = Question { redirect_uri: "", state: "", verifier: &typed };
    Sessions { world: fake.world() }.exchange(&Secret::new("typed"), question).await
}

/// The network with another answer to one call.
fn but(name: &'static str, answer: (u16, Value)) -> Fake {
    Fake::new(move |asked| if asked.name == name { answer.clone() } else { network(asked) })
}

#[tokio::test]
async fn a_handle_and_an_app_password_open_a_session() {
    let fake = Fake::new(network);
    sign_in(&fake, "ann.test").await.unwrap();
    let asked = ["com.atproto.identity.resolveHandle", "/did:plc:ann", "com.atproto.server.createSession"];
    assert_eq!(fake.asked(), asked);
}

#[tokio::test]
async fn a_password_is_sent_to_nobody_who_is_not_named_by_both_sides() {
    use SignInProblem::{HandleContradicted, HandleUnknown, HostNotAllowed, NoServer};
    let document_of = "/did:plc:ann";
    for (fake, problem) in [
        (but(document_of, document(ANN, "at://eve.test", "https://pds.example.com")), HandleContradicted),
        (but(document_of, document(BOB, "at://ann.test", "https://pds.example.com")), HandleContradicted),
        (but(document_of, (404, Value::Null)), HandleUnknown),
        (but(document_of, document(ANN, "at://ann.test", "javascript:alert(1)")), NoServer),
        (but(document_of, document(ANN, "at://ann.test", "http://127.0.0.1:1")), HostNotAllowed),
        (but(document_of, document(ANN, "at://ann.test", "https://10.0.0.1")), HostNotAllowed),
        (but(document_of, document(ANN, "at://ann.test", "https://169.254.169.254")), HostNotAllowed),
        (but(document_of, document(ANN, "at://ann.test", "http://pds.example.com")), HostNotAllowed),
        (but("com.atproto.identity.resolveHandle", (200, json!({ "did": "did:key:z6" }))), HandleUnknown),
    ] {
        let error = sign_in(&fake, "ann.test").await.unwrap_err();
        assert!(matches!(error, Error::SignIn(found) if found == problem), "{error:?} for {problem:?}");
        let is_asked = fake.asked().iter().any(|name| name == "com.atproto.server.createSession");
        assert!(!is_asked, "{problem:?}");
    }
}

#[tokio::test]
async fn what_a_server_refuses_is_said_and_shows_no_password() {
    use SignInProblem::{AccountInactive, HandleContradicted, PasswordRefused, SecondFactor};
    let session = |did: &str, is_active: bool| {
        (200, json!({ "did": did, "accessJwt": "a", "refreshJwt": "r", "active": is_active }))
    };
    for (answer, problem) in [
        (refusal(401, "AuthenticationRequired"), PasswordRefused),
        (refusal(401, "AuthFactorTokenRequired"), SecondFactor),
        (refusal(401, "AccountTakedown"), AccountInactive),
        (session(ANN, false), AccountInactive),
        (session(BOB, true), HandleContradicted),
    ] {
        let error = sign_in(&but("com.atproto.server.createSession", answer), "ann.test").await.unwrap_err();
        assert!(matches!(error, Error::SignIn(found) if found == problem), "{error:?} for {problem:?}");
    }
    let half = (200, json!({ "accessJwt": "secret-jwt", "did": ANN }));
    let error = sign_in(&but("com.atproto.server.createSession", half), "ann.test").await.unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }) && !format!("{error:?}").contains("secret-jwt"), "{error:?}");
}

#[tokio::test]
async fn a_refresh_for_another_account_is_no_session_of_ours() {
    let fake = Fake::new(network);
    let token = sign_in(&fake, "ann.test").await.unwrap().refresh_token.unwrap();
    for (answer, is_over) in [
        (refusal(400, "ExpiredToken"), true),
        (refusal(401, "AccountTakedown"), true),
        ((200, json!({ "did": BOB, "accessJwt": "a", "refreshJwt": "r" })), true),
        (refusal(502, "UpstreamFailure"), false),
    ] {
        let told = format!("{answer:?}");
        let sessions = Sessions { world: but("com.atproto.server.refreshSession", answer).world() };
        let error = sessions.refresh(&token).await.unwrap_err();
        assert_eq!(matches!(error, Error::Reauth { .. }), is_over, "{told}: {error:?}");
    }
}

/// In a demo the document names somebody else's server, and the person another: the password goes to the simulator.
#[tokio::test]
async fn nothing_leads_out_of_a_simulated_world() {
    let told = Arc::<Mutex<Vec<String>>>::default();
    let kept = told.clone();
    let network = Scripted::new(move |request| {
        kept.lock().unwrap().push(request.url().origin().ascii_serialization());
        let (status, body) = network(&Asked::read(request));
        (status, body.to_string().into_bytes())
    });
    let simulator = Hosts::providers();
    let world =
        World { http: Outbound::default().over(Arc::new(network)).providers, ..Fake::new(self::network).world() };
    let sessions = Sessions { world: world.simulated_at(simulator.clone()) };
    for (handle, opens) in [("ann.test", true), (ANN, true), ("did:web:evil.example", false), ("bob.test", false)] {
        let service = Some("https://evil.example/".parse().unwrap());
        let typed = Credentials { handle: handle.into(), app_password: Secret::new(PASSWORD), service }.to_secret();
        let question = Question { redirect_uri: "", state: "", verifier: &typed };
        assert_eq!(sessions.exchange(&Secret::new(""), question).await.is_ok(), opens, "{handle}");
    }
    let own = [Host::Bluesky, Host::Plc].map(|host| simulator.url(host, "/").origin().ascii_serialization());
    assert!(told.lock().unwrap().iter().all(|asked| own.contains(asked)), "{told:?}");
}
