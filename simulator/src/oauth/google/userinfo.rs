//! `GET /oauth2/v2/userinfo` and its like: who granted the token, as far as its scopes tell.

use axum::extract::State;
use axum::http::header::{HeaderValue, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::identity::{self, Person};
use crate::faults::{self, Call, Dialect};
use crate::google as surface;
use crate::hosts::Host;
use crate::oauth::admit;
use crate::params::Params;
use crate::state::{Shared, Simulated};

/// With names from before OpenID Connect.
pub async fn older(State(state): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    respond(&state, method, &uri, &headers, with_older_names).await.unwrap_or_else(Refused::into_response)
}

pub async fn newer(State(state): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    respond(&state, method, &uri, &headers, |claims, _| claims).await.unwrap_or_else(Refused::into_response)
}

async fn respond(
    state: &Simulated,
    method: Method,
    uri: &Uri,
    headers: &HeaderMap,
    shape: fn(Value, &Person) -> Value,
) -> Result<Response, Refused> {
    let (params, now) = (Params::parse(uri.query().unwrap_or_default().as_bytes()), state.clock.now());
    let mut access = admit::<Refused>(state, headers, &params, now).await?;
    let call = Call { host: Host::GoogleApis, method, path: uri.path().to_owned(), writes: false };
    let delivery = match faults::meet::<Refused>(state, &mut access, &call).await? {
        Ok(delivery) => delivery,
        Err(refused) => return Ok(refused),
    };
    // As if there were no token: that is how Google refuses one without these scopes.
    if !identity::may_be_told(&access.scopes) {
        return Err(Refused::unauthorized());
    }
    let slot = state.slot(access.profile_id, now).await?.ok_or_else(Refused::unauthorized)?;
    let person = Person::of(&access.user_id, &slot);
    let told = shape(person.claims(&access.scopes), &person);
    Ok(delivery.of(surface::json(StatusCode::OK, &told)).await)
}

fn with_older_names(mut claims: Value, person: &Person) -> Value {
    for (newer, older) in [("sub", "id"), ("email_verified", "verified_email")] {
        if let Some(value) = claims.as_object_mut().and_then(|claims| claims.remove(newer)) {
            claims[older] = value;
        }
    }
    if claims.get("name").is_some() {
        claims["locale"] = person.language.into();
    }
    claims
}

struct Refused(StatusCode, &'static str, &'static str);

impl Dialect for Refused {
    fn unauthorized() -> Self {
        let message = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
        Self(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
    }

    fn quota() -> Self {
        Self::rate_limited()
    }

    fn rate_limited() -> Self {
        Self(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
    }

    fn unavailable() -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "The service is currently unavailable.")
    }
}

impl From<kit::db::Error> for Refused {
    fn from(error: kit::db::Error) -> Self {
        tracing::error!(%error, "the simulator's database refused");
        Self::unavailable()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, word, message) = self;
        let error = json!({ "code": status.as_u16(), "message": message, "status": word });
        let mut response = surface::json(status, &json!({ "error": error }));
        if status == StatusCode::UNAUTHORIZED {
            let challenge = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
