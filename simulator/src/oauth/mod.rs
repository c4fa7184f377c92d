//! The authorization server: clients, codes, grants and tokens, as Google's behave.

pub mod authorize;
mod clients;
pub mod store;
#[cfg(test)]
mod tests;
pub mod token;
pub mod userinfo;
mod views;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use kit::random::Random;
use sha2::{Digest, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq;

use crate::faults::Dialect;
use crate::params::Params;
use crate::profiles::{FaultKind, ProfileId, Settings};
use crate::state::Simulated;

pub use clients::{make_demo_client, register};

pub const DEMO_CLIENT: &str = "repruv-demo";
pub const DEMO_CLIENT_SECRET: &str = "repruv-demo-secret";

pub const CODE_LIFE: Duration = Duration::from_secs(600);
pub const ACCESS_LIFE: Duration = Duration::from_secs(3599);
/// Live grants per account and client; a further one ends the oldest.
const MOST_GRANTS: i64 = 100;

pub const YOUTUBE_FORCE_SSL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
pub const YOUTUBE_READONLY: &str = "https://www.googleapis.com/auth/youtube.readonly";

pub const BUSINESS_MANAGE: &str = "https://www.googleapis.com/auth/business.manage";

/// What may be asked for, and how the consent page says it. Those without words are granted silently.
pub const SCOPES: [(&str, Option<&str>); 9] = [
    (YOUTUBE_FORCE_SSL, Some("See, edit and permanently delete your YouTube videos, ratings, comments and captions")),
    (YOUTUBE_READONLY, Some("View your YouTube account")),
    ("https://www.googleapis.com/auth/youtube", Some("Manage your YouTube account")),
    (BUSINESS_MANAGE, Some("See, edit, create and delete your Google business listings")),
    ("openid", None),
    ("email", None),
    ("profile", None),
    ("https://www.googleapis.com/auth/userinfo.email", None),
    ("https://www.googleapis.com/auth/userinfo.profile", None),
];

pub fn scope_text(scope: &str) -> Option<&'static str> {
    SCOPES.iter().find(|(name, _)| *name == scope).and_then(|(_, text)| *text)
}

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
    pub fault: Option<FaultKind>,
}

#[derive(Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    pub scope: String,
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

pub struct Exchange<'a> {
    pub client_id: &'a str,
    pub code: &'a str,
    pub redirect_uri: &'a str,
    pub verifier: Option<&'a str>,
}

pub fn issue_code(tx: &mut Tx, random: &Random, code: &Code) -> Result<String> {
    let value = format!("4/0{}", random.token());
    store::insert_code(tx, &hash(&value), code)?;
    Ok(value)
}

/// A code opens once. Whoever shows it again may have stolen it, so what it gave is revoked.
pub fn exchange(tx: &mut Tx, now: Timestamp, random: &Random, asked: &Exchange<'_>) -> Result<Result<Tokens, Refusal>> {
    let code_hash = hash(asked.code);
    let Some(code) = store::code(tx, &code_hash)?.filter(|code| code.client_id == asked.client_id) else {
        return Ok(Err(BAD_CODE));
    };
    if let Some(grant) = code.grant_id {
        store::delete_grant(tx, grant)?;
        return Ok(Err(BAD_CODE));
    }
    if code.expires_at <= now || !crate::profiles::store::is_active(tx, code.profile_id)? {
        return Ok(Err(BAD_CODE));
    }
    if code.redirect_uri != asked.redirect_uri {
        return Ok(Err(OTHER_REDIRECT));
    }
    if let Err(refusal) = verify_pkce(&code, asked.verifier) {
        return Ok(Err(refusal));
    }
    let grant = GrantId::new(now, random);
    store::use_code(tx, &code_hash, grant)?;
    let refresh = if code.offline && (code.prompted || !store::has_offline_grant(tx, &code.client_id, code.profile_id)?)
    {
        Some(format!("1//0{}", random.token()))
    } else {
        None
    };
    store::insert_grant(tx, grant, &code, refresh.as_deref().map(hash), now)?;
    store::trim_grants(tx, &code.client_id, code.profile_id, MOST_GRANTS)?;
    let access = issue_access(tx, now, random, grant)?;
    Ok(Ok(Tokens { access, refresh, scope: code.scopes }))
}

fn verify_pkce(code: &store::CodeRow, verifier: Option<&str>) -> Result<(), Refusal> {
    let Some(challenge) = &code.challenge else { return Ok(()) };
    let verifier = verifier.ok_or(NO_VERIFIER)?;
    let shown = match code.challenge_method.as_deref() {
        Some("S256") => URL_SAFE_NO_PAD.encode(hash(verifier)),
        _ => verifier.to_owned(),
    };
    if bool::from(shown.as_bytes().ct_eq(challenge.as_bytes())) { Ok(()) } else { Err(BAD_VERIFIER) }
}

pub fn refresh(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    client_id: &str,
    token: &str,
) -> Result<Result<Tokens, Refusal>> {
    let Some((grant, scope)) = store::grant_by_refresh(tx, client_id, &hash(token))? else {
        return Ok(Err(INVALID_GRANT));
    };
    let access = issue_access(tx, now, random, grant)?;
    Ok(Ok(Tokens { access, refresh: None, scope }))
}

fn issue_access(tx: &mut Tx, now: Timestamp, random: &Random, grant: GrantId) -> Result<String> {
    let access = format!("ya29.{}", random.token());
    store::insert_access(tx, &hash(&access), grant, now + ACCESS_LIFE)?;
    Ok(access)
}

/// The caller behind the token that a call to an API shows, in its header or its address.
pub async fn admit<E: Dialect>(
    state: &Simulated,
    headers: &HeaderMap,
    params: &Params,
    now: Timestamp,
) -> Result<Access, E> {
    let token = token::bearer(headers).or_else(|| params.get("access_token")).ok_or_else(E::unauthorized)?.to_owned();
    state.db.read(move |conn| access(conn, &token, now)).await?.ok_or_else(E::unauthorized)
}

/// Revoking either token ends the whole grant. False when there is none.
pub fn revoke(tx: &mut Tx, token: &str) -> Result<bool> {
    let Some(grant) = store::grant_of(tx, &hash(token))? else { return Ok(false) };
    store::delete_grants_like(tx, grant)?;
    Ok(true)
}

fn access(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<Access>> {
    store::access(conn, &hash(token), now)
}
