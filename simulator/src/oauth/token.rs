//! `POST /token` and `POST /revoke`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{ACCESS_LIFE, Exchange, Refusal, Tokens, store};
use crate::params::Params;
use crate::state::{Shared, Simulated};

const INVALID_CLIENT: Refusal = Refusal { error: "invalid_client", description: "The OAuth client was not found." };
const WRONG_SECRET: Refusal = Refusal { error: "invalid_client", description: "Unauthorized" };
const MISSING: Refusal = Refusal { error: "invalid_request", description: "Missing required parameter" };

pub fn routes(state: Shared) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/revoke", post(revoke))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(state)
}

/// The token of `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn token(State(state): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let params = Params::parse(&body);
    let Some((client_id, secret)) = credentials(&headers, &params) else {
        return refuse(INVALID_CLIENT);
    };
    match client_of(&state, client_id.clone(), secret).await {
        Ok(None) => {}
        Ok(Some(refusal)) => return refuse(refusal),
        Err(error) => return unavailable(&error),
    }
    let answer = match params.get("grant_type") {
        Some("authorization_code") => exchange(&state, client_id, &params).await,
        Some("refresh_token") => refresh(&state, client_id, &params).await,
        Some(_) => Ok(Err(Refusal { error: "unsupported_grant_type", description: "Invalid grant_type" })),
        None => Ok(Err(MISSING)),
    };
    match answer {
        Ok(Ok(tokens)) => granted(&tokens),
        Ok(Err(refusal)) => refuse(refusal),
        Err(error) => unavailable(&error),
    }
}

/// Basic authentication, or fields of the body.
fn credentials(headers: &HeaderMap, params: &Params) -> Option<(String, String)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        let text = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok()).flatten()?;
        let text = String::from_utf8(text).ok()?;
        let (id, secret) = text.split_once(':')?;
        let decoded = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        return Some((decoded(id), decoded(secret)));
    }
    Some((params.get("client_id")?.to_owned(), params.get("client_secret")?.to_owned()))
}

/// Why the client may not; none when it may.
async fn client_of(state: &Simulated, id: String, secret: String) -> kit::db::Result<Option<Refusal>> {
    let client = state.db.read(move |conn| store::client(conn, &id)).await?;
    Ok(match client {
        None => Some(INVALID_CLIENT),
        Some(client) if client.has_secret(&secret) => None,
        Some(_) => Some(WRONG_SECRET),
    })
}

type Answer = kit::db::Result<Result<Tokens, Refusal>>;

async fn exchange(state: &Simulated, client_id: String, params: &Params) -> Answer {
    let (Some(code), Some(redirect_uri)) = (params.get("code"), params.get("redirect_uri")) else {
        return Ok(Err(MISSING));
    };
    let (code, redirect_uri) = (code.to_owned(), redirect_uri.to_owned());
    let verifier = params.get("code_verifier").map(str::to_owned);
    let (now, random) = (state.clock.now(), state.random.clone());
    state
        .db
        .write(move |tx| {
            let asked = Exchange {
                client_id: &client_id,
                code: &code,
                redirect_uri: &redirect_uri,
                verifier: verifier.as_deref(),
            };
            super::exchange(tx, now, &random, &asked)
        })
        .await
}

async fn refresh(state: &Simulated, client_id: String, params: &Params) -> Answer {
    let Some(token) = params.get("refresh_token").map(str::to_owned) else {
        return Ok(Err(MISSING));
    };
    let (now, random) = (state.clock.now(), state.random.clone());
    state.db.write(move |tx| super::refresh(tx, now, &random, &client_id, &token)).await
}

async fn revoke(State(state): State<Shared>, uri: Uri, body: Bytes) -> Response {
    let (query, form) = (Params::parse(uri.query().unwrap_or_default().as_bytes()), Params::parse(&body));
    let Some(token) = form.get("token").or_else(|| query.get("token")).map(str::to_owned) else {
        return refuse(MISSING);
    };
    match state.db.write(move |tx| super::revoke(tx, &token)).await {
        Ok(true) => (no_store(), Json(json!({}))).into_response(),
        Ok(false) => refuse(Refusal { error: "invalid_token", description: "Token expired or revoked" }),
        Err(error) => unavailable(&error),
    }
}

fn granted(tokens: &Tokens) -> Response {
    let mut body = json!({
        "access_token": tokens.access, "expires_in": ACCESS_LIFE.as_secs(), "scope": tokens.scope, "token_type": "Bearer",
    });
    if let Some(refresh) = &tokens.refresh {
        body["refresh_token"] = refresh.as_str().into();
    }
    (no_store(), Json(body)).into_response()
}

fn refuse(refusal: Refusal) -> Response {
    let status = if refusal.error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let body = json!({ "error": refusal.error, "error_description": refusal.description });
    (status, no_store(), Json(body)).into_response()
}

fn unavailable(error: &kit::db::Error) -> Response {
    tracing::error!(%error, "the simulator's database refused");
    let body = json!({ "error": "internal_failure", "error_description": "Backend Error" });
    (StatusCode::SERVICE_UNAVAILABLE, no_store(), Json(body)).into_response()
}

fn no_store() -> [(header::HeaderName, &'static str); 1] {
    [(header::CACHE_CONTROL, "no-store")]
}
