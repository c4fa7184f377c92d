//! Signing in with an app password, and the two tokens that it gives. Source: the lexicons `com.atproto.server.*`, and how
//! @atproto/pds answers.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use kit::clock::Timestamp;
use kit::random::Random;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::error::ApiError;
use super::{Call, directory, store};
use crate::oauth::{Access, hash};
use crate::profiles::ProfileId;
use crate::state::Simulated;
use crate::world::bluesky::Actor;

kit::id_types! { pub SessionId }

const ACCESS_LIFE: Duration = Duration::from_secs(2 * 3_600);
const REFRESH_LIFE: Duration = Duration::from_secs(90 * 86_400);
/// A refresh token that was used once still counts for so long: its answer may have been lost.
const GRACE: Duration = Duration::from_secs(2 * 3_600);

/// An account as it is signed in to.
pub struct Account {
    pub profile: ProfileId,
    pub did: String,
    pub handle: String,
}

/// A password made for a program, in groups of four letters.
pub fn new_password(random: &Random) -> String {
    let letters: Vec<char> = (0..16).map(|_| char::from(b'a' + (random.u64() % 26) as u8)).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

pub fn described_server() -> Value {
    json!({ "did": "did:web:localhost", "availableUserDomains": [".bsky.social"], "inviteCodeRequired": false, "links": {}, "contact": {} })
}

pub async fn create(state: &Simulated, body: &[u8], server: &str, now: Timestamp) -> Result<Value, ApiError> {
    #[derive(Deserialize)]
    struct Asked {
        identifier: String,
        password: String,
    }
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|_| ApiError::invalid("Input must have the properties \"identifier\" and \"password\""))?;
    let random = state.random.clone();
    let password = hash(&asked.password);
    let made = state.db.write(move |tx| {
        let Some(account) = store::account_with(tx, &asked.identifier, &password)? else { return Ok(None) };
        let tokens = Tokens::new(&random, &account.did, now);
        store::insert_session(tx, SessionId::new(now, &random), account.profile, &tokens, now)?;
        Ok::<_, kit::db::Error>(Some((account, tokens)))
    });
    let (account, tokens) = made.await?.ok_or_else(ApiError::wrong_password)?;
    Ok(answer(&account, &tokens, server))
}

pub async fn refresh(state: &Simulated, token: Option<&str>, server: &str, now: Timestamp) -> Result<Value, ApiError> {
    let shown = hash(token.ok_or_else(ApiError::no_token)?);
    let random = state.random.clone();
    let made = state.db.write(move |tx| {
        let Some((account, expires_at)) = store::account_by_refresh(tx, &shown)? else { return Ok(Err(false)) };
        if expires_at <= now {
            return Ok(Err(true));
        }
        let tokens = Tokens::new(&random, &account.did, now);
        store::insert_session(tx, SessionId::new(now, &random), account.profile, &tokens, now)?;
        store::shorten_refresh(tx, &shown, now + GRACE)?;
        Ok::<_, kit::db::Error>(Ok((account, tokens)))
    });
    match made.await? {
        Ok((account, tokens)) => Ok(answer(&account, &tokens, server)),
        Err(true) => Err(ApiError::expired()),
        Err(false) => Err(ApiError::bad_token()),
    }
}

pub async fn delete(state: &Simulated, token: Option<&str>) -> Result<(), ApiError> {
    let shown = hash(token.ok_or_else(ApiError::no_token)?);
    let ended = state.db.write(move |tx| store::delete_session(tx, &shown)).await?;
    if ended { Ok(()) } else { Err(ApiError::bad_token()) }
}

/// Whoever is behind an access token.
pub async fn admit(state: &Simulated, token: Option<&str>, now: Timestamp) -> Result<Access, ApiError> {
    let shown = hash(token.ok_or_else(ApiError::no_token)?);
    let found = state.db.read(move |conn| store::access(conn, &shown)).await?;
    let access = found.ok_or_else(ApiError::bad_token)?;
    if access.expires_at <= now { Err(ApiError::expired()) } else { Ok(access) }
}

pub(super) fn shown(call: &Call<'_>) -> Value {
    let feed = call.read();
    let owner = feed.owner();
    json!({ "did": owner.did, "handle": owner.handle, "active": true, "didDoc": directory::document(owner, &call.server) })
}

fn answer(account: &Account, tokens: &Tokens, server: &str) -> Value {
    let Account { did, handle, .. } = account;
    json!({
        "did": did, "handle": handle, "active": true, "accessJwt": tokens.access, "refreshJwt": tokens.refresh,
        "didDoc": directory::document_of(did, handle, server),
    })
}

/// Two tokens of a session; what counts is that their hashes are known.
pub struct Tokens {
    pub access: String,
    pub access_expires_at: Timestamp,
    pub refresh: String,
    pub refresh_expires_at: Timestamp,
}

impl Tokens {
    fn new(random: &Random, did: &str, now: Timestamp) -> Tokens {
        let token = |kind: &str, scope: &str, expires_at: Timestamp| {
            let second = |at: Timestamp| at.micros().div_euclid(1_000_000);
            let head = json!({ "typ": kind, "alg": "HS256" });
            let claims = json!({
                "scope": scope, "sub": did, "iat": second(now), "exp": second(expires_at),
                "aud": "did:web:localhost", "jti": random.token(),
            });
            let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
            let signed = format!("{}.{}", encode(&head), encode(&claims));
            let key = random.token();
            let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
            mac.update(signed.as_bytes());
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        };
        let (access_expires_at, refresh_expires_at) = (now + ACCESS_LIFE, now + REFRESH_LIFE);
        Tokens {
            access: token("at+jwt", "com.atproto.appPass", access_expires_at),
            access_expires_at,
            refresh: token("refresh+jwt", "com.atproto.refresh", refresh_expires_at),
            refresh_expires_at,
        }
    }
}

impl Account {
    pub fn of(profile: ProfileId, owner: &Actor) -> Account {
        Account { profile, did: owner.did.clone(), handle: owner.handle.clone() }
    }
}
