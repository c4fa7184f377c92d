//! `GET /oauth2/v2/userinfo`: who granted the token.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Access;
use crate::faults;
use crate::params::Params;
use crate::state::{Shared, Simulated, Slot};
use crate::youtube::ApiError;

pub fn routes(state: Shared) -> Router {
    Router::new()
        .route("/oauth2/v2/userinfo", get(userinfo))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(state)
}

async fn userinfo(State(state): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    respond(&state, &headers, &params).await.unwrap_or_else(ApiError::into_response)
}

async fn respond(state: &Simulated, headers: &HeaderMap, params: &Params) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let access = super::admit::<ApiError>(state, headers, params, now).await?;
    let slot = state.slot(access.profile_id, now).await?.ok_or_else(ApiError::auth)?;
    let answer = async { Json(user(&access, &slot)).into_response() };
    faults::apply_fault(state, &access, false, answer).await
}

fn user(access: &Access, slot: &Slot) -> Value {
    let (name, handle, picture) = match &slot.channel {
        Some(channel) => {
            let channel = channel.read();
            let own = &channel.youtube().channel;
            (own.title.clone(), own.handle.clone(), Some(own.avatar_url.clone()))
        }
        None => (slot.profile.channel_name.clone(), slot.profile.channel_name.to_lowercase(), None),
    };
    // Google's account ids are 21 digits.
    let digits = super::hash(&access.user_id).iter().fold(0u128, |number, byte| number << 4 ^ u128::from(*byte));
    let id = format!("1{:020}", digits % 100_000_000_000_000_000_000);
    let local: String = handle.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut user = json!({
        "id": id, "email": format!("{local}.{}@gmail.example", &id[15..]), "verified_email": true, "name": name,
        "given_name": name, "family_name": "", "locale": slot.profile.language.as_str(),
    });
    if let Some(picture) = picture {
        user["picture"] = picture.into();
    }
    user
}
