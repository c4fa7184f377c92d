//! `/tokeninfo`: what a token is good for.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::identity::{self, Person};
use super::{EMAIL, GOOGLE, OPENID};
use crate::google as surface;
use crate::oauth::{Access, Refusal, access, token as request};
use crate::params::Params;
use crate::state::{Shared, Simulated};

const INVALID: Refusal = Refusal { error: "invalid_token", description: "Invalid Value" };

/// As of version 3, and of the host for tokens: everything is a text.
pub async fn newer(State(state): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let about = match About::of(&state, &uri, &headers, &body).await {
        Ok(about) => about,
        Err(refusal) => return refusal.into_response(),
    };
    let mut told = match about {
        About::Identity(claims) => claims,
        About::Access { access, person, seconds, expires } => {
            let mut told = json!({
                "azp": access.client_id, "aud": access.client_id, "scope": GOOGLE.list(&access.scopes), "exp": expires,
                "expires_in": seconds, "access_type": kind(&access),
            });
            if access.has(OPENID) || access.has(EMAIL) {
                told["sub"] = person.id.into();
            }
            if access.has(EMAIL) {
                told["email"] = person.email.into();
                told["email_verified"] = true.into();
            }
            told
        }
    };
    for value in told.as_object_mut().into_iter().flat_map(|told| told.values_mut()).filter(|value| !value.is_string())
    {
        *value = value.to_string().into();
    }
    surface::json(StatusCode::OK, &told)
}

pub async fn older(State(state): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let told = match About::of(&state, &uri, &headers, &body).await {
        Err(refusal) => return refusal.into_response(),
        Ok(About::Identity(claims)) => json!({
            "issuer": claims["iss"], "issued_to": claims["azp"], "audience": claims["aud"], "user_id": claims["sub"],
            "issued_at": claims["iat"],
        }),
        Ok(About::Access { access, person, seconds, .. }) => {
            let mut told = json!({
                "issued_to": access.client_id, "audience": access.client_id, "scope": GOOGLE.list(&access.scopes),
                "expires_in": seconds, "access_type": kind(&access),
            });
            if access.has(OPENID) || access.has(EMAIL) {
                told["user_id"] = person.id.into();
            }
            if access.has(EMAIL) {
                told["email"] = person.email.into();
                told["verified_email"] = true.into();
            }
            told
        }
    };
    surface::json(StatusCode::OK, &told)
}

fn kind(access: &Access) -> &'static str {
    if access.is_offline { "offline" } else { "online" }
}

enum About {
    Access {
        access: Box<Access>,
        person: Box<Person>,
        seconds: u64,
        expires: i64,
    },
    /// The claims of an identity token.
    Identity(Value),
}

impl About {
    async fn of(state: &Simulated, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Result<About, Refusal> {
        let (query, form) = (Params::parse(uri.query().unwrap_or_default().as_bytes()), request::fields(headers, body));
        let named = |name: &str| query.get(name).or_else(|| form.get(name)).map(str::to_owned);
        let now = state.clock.now();
        if let Some(token) = named("id_token") {
            return identity::read(&token, now).map(About::Identity).ok_or(INVALID);
        }
        let token = named("access_token").or_else(|| request::bearer(headers).map(str::to_owned)).ok_or(INVALID)?;
        let access = state.db.read(move |conn| access(conn, &token, now)).await?.ok_or(INVALID)?;
        let slot = state.slot(access.profile_id, now).await?.ok_or(INVALID)?;
        let person = Box::new(Person::of(&access.user_id, &slot));
        let (seconds, expires) =
            (access.expires_at.since(now).as_secs(), access.expires_at.micros().div_euclid(1_000_000));
        Ok(About::Access { access: Box::new(access), person, seconds, expires })
    }
}
