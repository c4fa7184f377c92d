//! Google's OAuth 2.0: authorisation code with S256 PKCE, exchange, refresh, revocation.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::SMALL;
use super::adapter::{Answering, Consent, ConsentPage, Grant, Provider, ProviderInfo, Question, SignIn, World};
use super::error::{Error, OF_ANOTHER_CLIENT, rate_limited, unspoken};
use super::hosts::Host;
use crate::outbound::Answer;
use crate::secrets::Secret;

/// The consent page's path.
pub const AUTHORIZE: &str = "/o/oauth2/v2/auth";

/// Covers every comment method, reading and writing.
pub const YOUTUBE_SCOPE: &str = "https://www.googleapis.com/auth/youtube.force-ssl";

/// Covers locations and their reviews, reading and answering.
pub const BUSINESS_SCOPE: &str = "https://www.googleapis.com/auth/business.manage";

/// Google's issuer, compared when an authorisation answer names one (RFC 9207).
pub const ISSUER: &str = "https://accounts.google.com";

/// This installation, as it is registered with Google (or with the simulator).
#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    pub secret: Secret,
}

impl Client {
    /// The client that every simulator knows.
    pub fn of_simulator() -> Self {
        Self { id: "repruv-demo".into(), secret: Secret::new("repruv-demo-secret") }
    }
}

pub const INFO: ProviderInfo = ProviderInfo {
    key: "google",
    issuer: Some(ISSUER),
    sign_in: SignIn::Page { host: "google_accounts", path: AUTHORIZE },
    // Google ends whatever a person ever allowed the same client.
    ends_all_at_once: true,
};

/// Google as we know it, for what `scope` covers.
pub struct Google {
    pub world: World,
    pub client: Client,
    pub scope: &'static str,
}

impl Google {
    /// Refused where nobody registered this installation.
    pub fn of(world: &World, scope: &'static str) -> Result<Self, Error> {
        let client = if world.is_simulated { Some(Client::of_simulator()) } else { world.google.clone() };
        let unconfigured =
            || Error::Rejected { reason: "invalid_client".into(), message: "no client is configured".into() };
        Ok(Self { world: world.clone(), client: client.ok_or_else(unconfigured)?, scope })
    }
}

impl Google {
    /// To take back an authorisation, which needs no client.
    pub fn to_revoke(world: &World, scope: &'static str) -> Self {
        let nobody =
            || Self { world: world.clone(), client: Client { id: String::new(), secret: Secret::new("") }, scope };
        Self::of(world, scope).unwrap_or_else(|_| nobody())
    }
}

impl ConsentPage for Google {
    fn authorize_url(&self, question: &Question<'_>) -> Url {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", question.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", self.scope)
            .append_pair("state", question.state)
            // Without these two a second consent gives no refresh token.
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent")
            .append_pair("include_granted_scopes", "true")
            .append_pair("code_challenge", &challenge(question.verifier))
            .append_pair("code_challenge_method", "S256")
            .finish();
        let mut url = self.world.hosts.url(Host::GoogleAccounts, AUTHORIZE);
        url.set_query(Some(&query));
        url
    }

    fn consent_of_simulator<'a>(&'a self, asked: Url, profile: &'a str) -> Answering<'a, Consent> {
        Box::pin(async move {
            let mut url = asked;
            url.query_pairs_mut().append_pair("simulator_profile", profile).append_pair("simulator_consent", "allow");
            let http = &self.world.http;
            let answer = http.send(http.request(Method::GET, url.clone()), SMALL).await?;
            let Some(location) = answer.location().filter(|_| (300..400).contains(&answer.status)) else {
                return Err(unspoken(&answer));
            };
            let back = url.join(location).map_err(|error| Error::protocol(error, location.as_bytes()))?;
            let parameter = |name| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            match (parameter("code"), parameter("error")) {
                (Some(code), None) => Ok(Consent::Given { code: Secret::new(code) }),
                (_, Some(reason)) => Ok(Consent::Refused { reason }),
                (None, None) => Err(Error::protocol("neither code nor error", b"")),
            }
        })
    }
}

impl Provider for Google {
    fn page(&self) -> Option<&dyn ConsentPage> {
        Some(self)
    }

    fn exchange<'a>(&'a self, code: &'a Secret, question: Question<'a>) -> Answering<'a, Grant> {
        Box::pin(async move {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", code.expose()),
                ("redirect_uri", question.redirect_uri),
                ("code_verifier", question.verifier.expose()),
            ];
            self.token(&form).await
        })
    }

    fn refresh<'a>(&'a self, refresh_token: &'a Secret) -> Answering<'a, Grant> {
        Box::pin(async move {
            let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
            self.token(&form).await.map_err(|error| match error {
                // A token that was given to another client: this one will never be answered for it.
                Error::Rejected { reason, .. } if reason == OF_ANOTHER_CLIENT => Error::Reauth { reason },
                error => error,
            })
        })
    }

    fn revoke<'a>(&'a self, token: &'a Secret) -> Answering<'a, ()> {
        Box::pin(async move {
            let url = self.world.hosts.url(Host::GoogleOauth, "/revoke");
            let request = self.world.http.request(Method::POST, url).form(&[("token", token.expose())]);
            let answer = self.world.http.send(request, SMALL).await?;
            match answer.status {
                200..=299 | 400 => Ok(()),
                429 => Err(rate_limited(&answer, self.world.clock.now())),
                _ => Err(unspoken(&answer)),
            }
        })
    }

    fn suffices(&self, scopes: &[String]) -> bool {
        scopes.iter().any(|scope| scope == self.scope)
    }
}

impl Google {
    async fn token(&self, form: &[(&str, &str)]) -> Result<Grant, Error> {
        let client = [("client_id", self.client.id.as_str()), ("client_secret", self.client.secret.expose())];
        let form: Vec<_> = form.iter().chain(&client).collect();
        let (http, now) = (&self.world.http, self.world.clock.now());
        let url = self.world.hosts.url(Host::GoogleOauth, "/token");
        let answer = http.send(http.request(Method::POST, url).form(&form), SMALL).await?;
        if answer.is_success() { read_grant(&answer, now) } else { Err(token_error(&answer, now)) }
    }
}

fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

fn read_grant(answer: &Answer, now: Timestamp) -> Result<Grant, Error> {
    #[derive(Deserialize)]
    struct Wire {
        access_token: Secret,
        expires_in: u64,
        refresh_token: Option<Secret>,
        refresh_token_expires_in: Option<u64>,
        #[serde(default)]
        scope: String,
    }
    // The body holds tokens: no part of it may reach an error.
    let wire: Wire = serde_json::from_slice(&answer.body).map_err(|error| {
        Error::protocol(format!("token answer, line {} column {}", error.line(), error.column()), b"")
    })?;
    Ok(Grant {
        access_token: wire.access_token,
        access_expires_at: now + Duration::from_secs(wire.expires_in),
        refresh_token: wire.refresh_token,
        refresh_expires_at: wire.refresh_token_expires_in.map(|seconds| now + Duration::from_secs(seconds)),
        scopes: wire.scope.split_whitespace().map(str::to_owned).collect(),
    })
}

fn token_error(answer: &Answer, now: Timestamp) -> Error {
    #[derive(Deserialize)]
    struct Wire {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    match answer.status {
        429 => return rate_limited(answer, now),
        500..=599 => return unspoken(answer),
        _ => {}
    }
    match serde_json::from_slice::<Wire>(&answer.body) {
        Ok(wire) if wire.error == "invalid_grant" => Error::Reauth { reason: wire.error },
        Ok(wire) => Error::Rejected { reason: wire.error, message: wire.error_description },
        Err(_) => unspoken(answer),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::outbound::Outbound;
    use crate::platforms::Hosts;
    use crate::platforms::bluesky::Directory;

    proptest! {
        #[test]
        fn any_answer_has_a_class_and_shows_no_token(
            status in 100..600_u16,
            expires_in in any::<u64>(),
            refresh in proptest::option::of(any::<u64>()),
            error in "invalid_grant|\\PC{0,12}",
            junk in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..64)),
        ) {
            const TOKEN: &str = "ya29.not-to-be-shown";
            let body = serde_json::json!({
                "access_token": TOKEN, "refresh_token": TOKEN, "expires_in": expires_in,
                "refresh_token_expires_in": refresh, "error": error, "scope": error,
            });
            let body = junk.unwrap_or_else(|| body.to_string().into_bytes());
            let answer = Answer { status, headers: reqwest::header::HeaderMap::new(), body };
            let now = Timestamp::from_second(1_795_000_000);
            let told = format!("{:?} {:?}", read_grant(&answer, now), token_error(&answer, now));
            prop_assert!(!told.contains(TOKEN), "{}", told);
        }
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn an_authorisation_asks_for_one_scope_offline_and_with_a_challenge() {
        let world = World {
            http: Outbound::default().providers,
            named: Outbound::default().named,
            clock: kit::clock::Clock::system(),
            hosts: Hosts::providers(),
            is_simulated: false,
            google: Some(Client::of_simulator()),
            atproto: Directory::default(),
        };
        let google = Google::of(&world, YOUTUBE_SCOPE).unwrap();
        let url = google.authorize_url(&Question {
            redirect_uri: "http://localhost:8080/connections/callback/google",
            state: "st",
            verifier: &Secret::new("v"),
        });
        assert_eq!(url.host_str(), Some("accounts.google.com"));
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        for (name, value) in [
            ("scope", YOUTUBE_SCOPE),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("code_challenge_method", "S256"),
            ("state", "st"),
            ("redirect_uri", "http://localhost:8080/connections/callback/google"),
        ] {
            assert!(pairs.contains(&(name.into(), value.into())), "{name}");
        }
        assert!(!url.as_str().contains("repruv-demo-secret"));
    }
}
