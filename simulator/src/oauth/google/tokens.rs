//! `POST /token` and `POST /revoke`, and what goes wrong there on purpose.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::identity::{self, Occasion, Person};
use super::{GOOGLE, OPENID};
use crate::faults::{self, Call, Delivery, Dialect};
use crate::google as surface;
use crate::hosts::Host;
use crate::oauth::{
    INVALID_GRANT, Refusal, Tokens, UNAVAILABLE, hash, revoke as revoke_token, store, token as request,
};
use crate::params::Params;
use crate::state::{Shared, Simulated};

const REVOKED: Refusal = Refusal { error: "invalid_token", description: "Token expired or revoked" };
const SLOWER: Refusal = Refusal { error: "rate_limit_exceeded", description: "Rate limit exceeded. Try again later." };

pub async fn token(State(state): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let params = request::fields(&headers, &body);
    let shown = params.get("code").or_else(|| params.get("refresh_token")).map(str::to_owned);
    let delivery = match fault(&state, &method, &uri, shown).await {
        Ok(delivery) => delivery,
        Err(refused) => return refused,
    };
    let granted = request::grant(&GOOGLE, &state, &headers, params).await;
    let answer = match granted {
        Ok(tokens) => told(&state, &tokens).await,
        Err(refusal) => Err(refusal),
    };
    delivery.of(answer.unwrap_or_else(Refusal::into_response)).await
}

pub async fn revoke(
    State(state): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = Params::parse(uri.query().unwrap_or_default().as_bytes());
    let form = request::fields(&headers, &body);
    let Some(token) = form.get("token").or_else(|| query.get("token")).map(str::to_owned) else {
        return request::MISSING.into_response();
    };
    let delivery = match fault(&state, &method, &uri, Some(token.clone())).await {
        Ok(delivery) => delivery,
        Err(refused) => return refused,
    };
    let answer = match state.db.write(move |tx| revoke_token(tx, &token)).await {
        Ok(true) => no_store(surface::json(StatusCode::OK, &json!({}))),
        Ok(false) => REVOKED.into_response(),
        Err(error) => Refusal::from(error).into_response(),
    };
    delivery.of(answer).await
}

/// What is ordered for the calls of whoever is behind a code or token.
async fn fault(state: &Simulated, method: &Method, uri: &Uri, shown: Option<String>) -> Result<Delivery, Response> {
    let Some(shown) = shown else { return Ok(Delivery::Whole) };
    let call = Call { host: Host::GoogleOauth, method: method.clone(), path: uri.path().to_owned(), writes: true };
    let now = state.clock.now();
    let met = state.db.write(move |tx| match store::profile_of(tx, &hash(&shown))? {
        Some(profile) => faults::store::take(tx, profile, None, &call, now),
        None => Ok(None),
    });
    match met.await.map_err(|error| Refusal::from(error).into_response())? {
        Some((kind, parameters)) => faults::apply::<Refusal>(state, kind, &parameters).await,
        None => Ok(Delivery::Whole),
    }
}

async fn told(state: &Simulated, tokens: &Tokens) -> Result<Response, Refusal> {
    let mut body = json!({
        "access_token": tokens.access, "expires_in": GOOGLE.access_life.as_secs(), "scope": GOOGLE.list(&tokens.scopes),
        "token_type": "Bearer",
    });
    if let Some(refresh) = &tokens.refresh {
        body["refresh_token"] = refresh.as_str().into();
    }
    if let Some(seconds) = tokens.refresh_seconds {
        body["refresh_token_expires_in"] = seconds.into();
    }
    if let Some(identity) = identity_of(state, tokens).await? {
        body["id_token"] = identity.into();
    }
    Ok(no_store(surface::json(StatusCode::OK, &body)))
}

async fn identity_of(state: &Simulated, tokens: &Tokens) -> Result<Option<String>, Refusal> {
    if !tokens.scopes.iter().any(|scope| scope == OPENID) {
        return Ok(None);
    }
    let now = state.clock.now();
    let Some(slot) = state.slot(tokens.profile_id, now).await? else { return Err(INVALID_GRANT) };
    let person = Person::of(&slot.profile.user_key, &slot);
    let (client_id, access_token, nonce) = (&tokens.client_id, &tokens.access, tokens.nonce.as_deref());
    Ok(Some(identity::token(&person, &tokens.scopes, &Occasion { client_id, access_token, nonce, now })))
}

impl Dialect for Refusal {
    fn unauthorized() -> Self {
        INVALID_GRANT
    }

    fn quota() -> Self {
        SLOWER
    }

    fn rate_limited() -> Self {
        SLOWER
    }

    fn unavailable() -> Self {
        UNAVAILABLE
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "internal_failure" => StatusCode::SERVICE_UNAVAILABLE,
            "rate_limit_exceeded" => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::BAD_REQUEST,
        };
        let body: Value = json!({ "error": self.error, "error_description": self.description });
        no_store(surface::json(status, &body))
    }
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
