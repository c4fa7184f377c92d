//! Signing in with an app password, keeping the session, and ending it.
//!
//! What we keep as a token says itself where it counts: an account's server is known to nobody else.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::directory::{self, Home};
use super::xrpc::{self, Call};
use crate::outbound::TransportError;
use crate::platforms::adapter::{Answering, ConsentPage, Credentials, Grant, Provider, Question, World};
use crate::platforms::error::{Error, SignInProblem};
use crate::secrets::Secret;

/// One of a session's two tokens, with the account and the server that it opens.
#[derive(Clone, Debug, Deserialize)]
pub struct Token {
    pub server: Url,
    pub did: String,
    pub jwt: Secret,
}

impl Token {
    pub fn to_secret(&self) -> Secret {
        Secret::new(json!({ "server": self.server, "did": self.did, "jwt": self.jwt.expose() }).to_string())
    }

    /// Where it counts now. The simulator may have been started anew on other ports.
    pub fn server_in<'a>(&'a self, world: &'a World) -> &'a Url {
        if world.is_simulated { &world.atproto.service } else { &self.server }
    }

    pub fn of(secret: &Secret) -> Result<Self, Error> {
        serde_json::from_str(secret.expose()).map_err(|_| Error::Reauth { reason: "unreadable_token".into() })
    }
}

/// The server's answer to a sign-in or a refresh.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    did: String,
    access_jwt: Secret,
    refresh_jwt: Secret,
    active: Option<bool>,
}

pub struct Sessions {
    pub world: World,
}

impl Provider for Sessions {
    fn page(&self) -> Option<&dyn ConsentPage> {
        None
    }

    fn exchange<'a>(&'a self, _: &'a Secret, question: Question<'a>) -> Answering<'a, Grant> {
        Box::pin(async move {
            let credentials =
                Credentials::of_secret(question.verifier).ok_or(Error::SignIn(SignInProblem::PasswordRefused))?;
            self.sign_in(&credentials).await.map_err(barred)
        })
    }

    fn refresh<'a>(&'a self, refresh_token: &'a Secret) -> Answering<'a, Grant> {
        Box::pin(async move {
            let token = Token::of(refresh_token)?;
            let call = Call::post("com.atproto.server.refreshSession", None);
            let server = token.server_in(&self.world);
            let session = match self.session(server, call, Some(&token.jwt)).await {
                // An account that is closed is no session that could be mended.
                Err(Error::Permission { reason }) if reason.starts_with("Account") => {
                    return Err(Error::Reauth { reason });
                }
                Err(Error::Permission { .. }) => return Err(Error::Unavailable { status: 403 }),
                session => session?,
            };
            if session.did != token.did {
                return Err(Error::Reauth { reason: "another_account".into() });
            }
            Ok(self.grant(server, session))
        })
    }

    fn revoke<'a>(&'a self, token: &'a Secret) -> Answering<'a, ()> {
        Box::pin(async move {
            let token = Token::of(token)?;
            let call = Call::post("com.atproto.server.deleteSession", None);
            match xrpc::ask(
                &self.world.named,
                self.world.clock.now(),
                token.server_in(&self.world),
                call,
                Some(&token.jwt),
            )
            .await
            {
                Ok(_) | Err(Error::Reauth { .. } | Error::Permission { .. }) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }

    /// An app password covers whatever we do.
    fn suffices(&self, _: &[String]) -> bool {
        true
    }
}

impl Sessions {
    async fn sign_in(&self, credentials: &Credentials) -> Result<Grant, Error> {
        let home = directory::home_of(&self.world, &credentials.handle, credentials.service.as_ref()).await?;
        let Home { did, server } = &home;
        let body = json!({ "identifier": did, "password": credentials.app_password.expose() });
        let call = Call::post("com.atproto.server.createSession", Some(body));
        let session = match self.session(server, call, None).await {
            Err(Error::Reauth { reason }) if reason == xrpc::SECOND_FACTOR => {
                return Err(Error::SignIn(SignInProblem::SecondFactor));
            }
            Err(Error::Reauth { .. }) => return Err(Error::SignIn(SignInProblem::PasswordRefused)),
            Err(Error::Permission { .. }) => return Err(Error::SignIn(SignInProblem::AccountInactive)),
            session => session?,
        };
        if session.did != *did {
            return Err(Error::SignIn(SignInProblem::HandleContradicted));
        }
        if session.active == Some(false) {
            return Err(Error::SignIn(SignInProblem::AccountInactive));
        }
        Ok(self.grant(server, session))
    }

    async fn session(&self, server: &Url, call: Call<'_>, bearer: Option<&Secret>) -> Result<Session, Error> {
        let answer = xrpc::ask(&self.world.named, self.world.clock.now(), server, call, bearer).await?;
        // The body holds tokens: no part of it may reach an error.
        answer.json().map_err(|problem| Error::protocol(format!("session, column {}", problem.column()), b""))
    }

    fn grant(&self, server: &Url, session: Session) -> Grant {
        let now = self.world.clock.now();
        let token =
            |jwt: &Secret| Token { server: server.clone(), did: session.did.clone(), jwt: jwt.clone() }.to_secret();
        Grant {
            access_expires_at: expiry(&session.access_jwt).unwrap_or(now + UNTOLD),
            refresh_expires_at: expiry(&session.refresh_jwt),
            access_token: token(&session.access_jwt),
            refresh_token: Some(token(&session.refresh_jwt)),
            scopes: Vec::new(),
        }
    }
}

/// For how long a token is taken for good that does not say so.
const UNTOLD: Duration = Duration::from_secs(3_600);

/// Read, never believed: whether a token is good, its server says.
fn expiry(jwt: &Secret) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
    }
    let claims = URL_SAFE_NO_PAD.decode(jwt.expose().split('.').nth(1)?).ok()?;
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    Some(Timestamp::from_second(exp.clamp(0, 253_402_300_799)))
}

/// A host that may not be asked is no passing trouble while somebody signs in.
fn barred(error: Error) -> Error {
    match error {
        Error::Transport(TransportError::NotAllowed) => Error::SignIn(SignInProblem::HostNotAllowed),
        error => error,
    }
}
