//! The token endpoint's and revocation's requests: who asks, and for what.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::provider::Provider;
use super::{Client, Exchange, Issuer, Refusal, Tokens, store};
use crate::params::Params;
use crate::state::Simulated;

const INVALID_CLIENT: Refusal = Refusal { error: "invalid_client", description: "The OAuth client was not found." };
const WRONG_SECRET: Refusal = Refusal { error: "invalid_client", description: "Unauthorized" };
pub const MISSING: Refusal = Refusal { error: "invalid_request", description: "Missing required parameter" };
const UNKNOWN_SCOPE: Refusal = Refusal { error: "invalid_scope", description: "Some requested scopes were invalid." };

/// The token of `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A form, or an object of texts.
pub fn fields(headers: &HeaderMap, body: &[u8]) -> Params {
    let is_json =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return Params::parse(body);
    }
    let object: serde_json::Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    object.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
}

/// Tokens for a code or for a refresh token.
pub async fn grant(
    provider: &'static Provider,
    state: &Simulated,
    headers: &HeaderMap,
    params: Params,
) -> Result<Tokens, Refusal> {
    let (id, secret) = credentials(provider, headers, &params).ok_or(INVALID_CLIENT)?;
    let client = state.db.read(move |conn| store::client(conn, &id)).await?.ok_or(INVALID_CLIENT)?;
    if !client.has_secret(&secret) {
        return Err(WRONG_SECRET);
    }
    match params.get("grant_type") {
        Some("authorization_code") => exchange(provider, state, client, params).await,
        Some("refresh_token") => refresh(provider, state, client, params).await,
        Some(_) => Err(Refusal { error: "unsupported_grant_type", description: "Invalid grant_type" }),
        None => Err(MISSING),
    }
}

/// Basic authentication, or fields of the body.
fn credentials(provider: &Provider, headers: &HeaderMap, params: &Params) -> Option<(String, String)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        let text = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok()).flatten()?;
        let text = String::from_utf8(text).ok()?;
        let (id, secret) = text.split_once(':')?;
        let decoded = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        return Some((decoded(id), decoded(secret)));
    }
    Some((params.get(provider.client_id)?.to_owned(), params.get(provider.client_secret)?.to_owned()))
}

async fn exchange(
    provider: &'static Provider,
    state: &Simulated,
    client: Client,
    params: Params,
) -> Result<Tokens, Refusal> {
    if !params.has("code") || !params.has("redirect_uri") {
        return Err(MISSING);
    }
    let (now, random) = (state.clock.now(), state.random.clone());
    state
        .db
        .write(move |tx| {
            let asked = Exchange {
                client: &client,
                code: params.get("code").unwrap_or_default(),
                redirect_uri: params.get("redirect_uri").unwrap_or_default(),
                verifier: params.get("code_verifier"),
            };
            Issuer { provider, now, random: &random }.exchange(tx, &asked)
        })
        .await?
}

async fn refresh(
    provider: &'static Provider,
    state: &Simulated,
    client: Client,
    params: Params,
) -> Result<Tokens, Refusal> {
    let token = params.get("refresh_token").map(str::to_owned).ok_or(MISSING)?;
    let narrower = params.get("scope").map(|list| provider.read(list)).transpose().map_err(|_| UNKNOWN_SCOPE)?;
    let (now, random) = (state.clock.now(), state.random.clone());
    let refreshed = state
        .db
        .write(move |tx| Issuer { provider, now, random: &random }.refresh(tx, &client, &token, narrower.as_deref()));
    refreshed.await?
}
