//! The authorization server: clients, codes, grants and tokens. How a provider does it in its own way is a [`Provider`].

mod authorize;
mod clients;
pub mod google;
mod provider;
pub mod store;
#[cfg(test)]
mod tests;
pub mod token;
mod views;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use kit::random::Random;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::faults::Dialect;
use crate::params::Params;
use crate::profiles::{ProfileId, Settings};
use crate::state::Simulated;

pub use clients::{make_demo_client, register};
pub use google::{BUSINESS_MANAGE, YOUTUBE, YOUTUBE_FORCE_SSL, YOUTUBE_READONLY};
use provider::Provider;

pub const DEMO_CLIENT: &str = "repruv-demo";
pub const DEMO_CLIENT_SECRET: &str = "repruv-demo-secret";

kit::id_types! { pub GrantId }

pub type Hash = [u8; 32];

pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

pub struct Client {
    pub id: String,
    pub secret_hash: Vec<u8>,
    pub name: String,
    pub redirect_uris: Vec<String>,
    pub lists_accounts: bool,
    pub daily_units: i64,
    /// How long its refresh tokens hold, where that is limited: of one that is still tested.
    pub refresh_seconds: Option<i64>,
}

impl Client {
    pub fn has_secret(&self, secret: &str) -> bool {
        self.secret_hash.ct_eq(&hash(secret)).into()
    }

    /// To a registered address, letter for letter. The demo's client is registered for whoever made the account's
    /// profile, with the addresses that they named.
    pub fn may_redirect_to(&self, account: Option<&Settings>, uri: &str) -> bool {
        let registered = if self.lists_accounts {
            self.redirect_uris.as_slice()
        } else {
            account.map_or(&[][..], |settings| &settings.redirect_uris)
        };
        is_redirect_address(uri) && registered.iter().any(|allowed| allowed == uri)
    }
}

pub fn is_redirect_address(uri: &str) -> bool {
    url::Url::parse(uri)
        .is_ok_and(|uri| matches!(uri.scheme(), "http" | "https") && uri.has_host() && uri.fragment().is_none())
}

/// What an authorization code stands for.
#[derive(Clone)]
pub struct Code {
    pub client_id: String,
    pub profile_id: ProfileId,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    /// `access_type=offline`: a refresh token is wanted.
    pub offline: bool,
    /// `prompt=consent`: a refresh token is given even where one was given before.
    pub prompted: bool,
    pub challenge: Option<String>,
    pub challenge_method: Option<String>,
    /// Comes back in the identity token.
    pub nonce: Option<String>,
    pub expires_at: Timestamp,
}

/// Whom an access token lets act, and how far.
#[derive(Debug, Clone)]
pub struct Access {
    pub profile_id: ProfileId,
    pub user_id: String,
    pub client_id: String,
    pub scopes: Vec<String>,
    pub daily_units: i64,
    pub has_faults: bool,
    pub token: Hash,
    pub expires_at: Timestamp,
    /// Beside it there is a refresh token.
    pub is_offline: bool,
}

impl Access {
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

#[derive(Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    /// How long the refresh token holds, where that is limited.
    pub refresh_seconds: Option<i64>,
    pub scopes: Vec<String>,
    pub client_id: String,
    pub profile_id: ProfileId,
    pub nonce: Option<String>,
}

/// An error of the token endpoint, in its words.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct Refusal {
    pub error: &'static str,
    pub description: &'static str,
}

pub const INVALID_GRANT: Refusal =
    Refusal { error: "invalid_grant", description: "Token has been expired or revoked." };
const BAD_CODE: Refusal = Refusal { error: "invalid_grant", description: "Malformed auth code." };
const BAD_VERIFIER: Refusal = Refusal { error: "invalid_grant", description: "Invalid code verifier." };
const NO_VERIFIER: Refusal = Refusal { error: "invalid_grant", description: "Missing code verifier." };
const OTHER_REDIRECT: Refusal = Refusal { error: "redirect_uri_mismatch", description: "Bad Request" };

const TOO_MUCH: Refusal = Refusal { error: "invalid_scope", description: "Some requested scopes were invalid." };
pub const UNAVAILABLE: Refusal = Refusal { error: "internal_failure", description: "Backend Error" };

impl From<kit::db::Error> for Refusal {
    fn from(error: kit::db::Error) -> Self {
        tracing::error!(%error, "the simulator's database refused");
        UNAVAILABLE
    }
}

pub struct Exchange<'a> {
    pub client: &'a Client,
    pub code: &'a str,
    pub redirect_uri: &'a str,
    pub verifier: Option<&'a str>,
}

/// Gives out tokens by a provider's rules, at one instant.
pub struct Issuer<'a> {
    pub provider: &'a Provider,
    pub now: Timestamp,
    pub random: &'a Random,
}

impl Issuer<'_> {
    /// A code opens once. Whoever shows it again may have stolen it, so what it gave is revoked.
    pub fn exchange(&self, tx: &mut Tx, asked: &Exchange<'_>) -> Result<std::result::Result<Tokens, Refusal>> {
        let (code_hash, client) = (hash(asked.code), asked.client);
        let Some(code) = store::code(tx, &code_hash)?.filter(|code| code.client_id == client.id) else {
            return Ok(Err(BAD_CODE));
        };
        if let Some(grant) = code.grant_id {
            store::delete_grant(tx, grant)?;
            return Ok(Err(BAD_CODE));
        }
        if code.expires_at <= self.now || !crate::profiles::store::is_active(tx, code.profile_id)? {
            return Ok(Err(BAD_CODE));
        }
        if code.redirect_uri != asked.redirect_uri {
            return Ok(Err(OTHER_REDIRECT));
        }
        if let Err(refusal) = verify_pkce(&code, asked.verifier) {
            return Ok(Err(refusal));
        }
        let grant = GrantId::new(self.now, self.random);
        store::use_code(tx, &code_hash, grant)?;
        let wants = code.offline && (code.prompted || !store::has_offline_grant(tx, &client.id, code.profile_id)?);
        let refresh = wants.then(|| format!("{}{}", self.provider.prefixes.refresh, self.random.token()));
        store::insert_grant(tx, grant, &code, refresh.as_deref().map(hash), self.now)?;
        store::trim_grants(tx, &client.id, code.profile_id, self.provider.most_grants)?;
        let access = self.issue_access(tx, grant, None)?;
        let refresh_seconds = client.refresh_seconds.filter(|_| refresh.is_some());
        let (scopes, profile_id, nonce) = (words(&code.scopes), code.profile_id, code.nonce);
        Ok(Ok(Tokens { access, refresh, refresh_seconds, scopes, client_id: client.id.clone(), profile_id, nonce }))
    }

    /// `narrower`: fewer scopes than were granted (RFC 6749, 6).
    pub fn refresh(
        &self,
        tx: &mut Tx,
        client: &Client,
        token: &str,
        narrower: Option<&[String]>,
    ) -> Result<std::result::Result<Tokens, Refusal>> {
        let Some(grant) = store::grant_by_refresh(tx, &client.id, &hash(token))? else {
            return Ok(Err(INVALID_GRANT));
        };
        if self.is_over(&grant, client) {
            store::delete_grant(tx, grant.id)?;
            return Ok(Err(INVALID_GRANT));
        }
        let granted = words(&grant.scopes);
        if narrower.is_some_and(|scopes| scopes.iter().any(|scope| !granted.contains(scope))) {
            return Ok(Err(TOO_MUCH));
        }
        store::use_grant(tx, grant.id, self.now)?;
        let access = self.issue_access(tx, grant.id, narrower)?;
        let scopes = narrower.map_or(granted, <[String]>::to_vec);
        let (client_id, profile_id) = (client.id.clone(), grant.profile_id);
        Ok(Ok(Tokens { access, refresh: None, refresh_seconds: None, scopes, client_id, profile_id, nonce: None }))
    }

    fn is_over(&self, grant: &store::GrantRow, client: &Client) -> bool {
        let (since_made, since_used) =
            (self.now.since(grant.created_at), self.now.since(grant.used_at.unwrap_or(grant.created_at)));
        let limit = client.refresh_seconds.and_then(|seconds| u64::try_from(seconds).ok());
        since_used >= self.provider.refresh_rest || limit.is_some_and(|limit| since_made.as_secs() >= limit)
    }

    fn issue_access(&self, tx: &mut Tx, grant: GrantId, narrower: Option<&[String]>) -> Result<String> {
        let access = format!("{}{}", self.provider.prefixes.access, self.random.token());
        store::insert_access(tx, &hash(&access), grant, narrower, self.now + self.provider.access_life)?;
        Ok(access)
    }
}

/// Scopes as they are kept.
fn words(scopes: &str) -> Vec<String> {
    scopes.split_ascii_whitespace().map(str::to_owned).collect()
}

fn verify_pkce(code: &store::CodeRow, verifier: Option<&str>) -> std::result::Result<(), Refusal> {
    let Some(challenge) = &code.challenge else { return Ok(()) };
    let verifier = verifier.ok_or(NO_VERIFIER)?;
    let shown = match code.challenge_method.as_deref() {
        Some("S256") => URL_SAFE_NO_PAD.encode(hash(verifier)),
        _ => verifier.to_owned(),
    };
    if bool::from(shown.as_bytes().ct_eq(challenge.as_bytes())) { Ok(()) } else { Err(BAD_VERIFIER) }
}

/// The caller behind the token that a call to an API shows, in its header or its address.
pub async fn admit<E: Dialect>(
    state: &Simulated,
    headers: &HeaderMap,
    params: &Params,
    now: Timestamp,
) -> std::result::Result<Access, E> {
    let shown = token::bearer(headers).or_else(|| params.get("access_token")).or_else(|| params.get("oauth_token"));
    let token = shown.ok_or_else(|| E::anonymous(params.get("key")))?.to_owned();
    state.db.read(move |conn| access(conn, &token, now)).await?.ok_or_else(E::unauthorized)
}

/// Revoking one token ends everything that its person ever allowed its client. False when there is none.
pub fn revoke(tx: &mut Tx, token: &str) -> Result<bool> {
    let Some(grant) = store::grant_of(tx, &hash(token))? else { return Ok(false) };
    store::delete_grants_like(tx, grant)?;
    Ok(true)
}

fn access(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<Access>> {
    store::access(conn, &hash(token), now)
}
