//! `/profiles/{user_id}/switches`: which there are, and a press.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Switch, press};
use crate::problem::Problem;
use crate::profiles::store as profiles;
use crate::state::Shared;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/profiles/{user_id}/switches", get(list))
        .route("/profiles/{user_id}/switches/{switch}", post(pressed))
}

async fn list(Path(user_id): Path<String>) -> Json<Value> {
    let switches: Vec<&str> = Switch::ALL.iter().map(|switch| switch.as_str()).collect();
    Json(json!({ "user_id": user_id, "switches": switches }))
}

async fn pressed(
    State(state): State<Shared>,
    Path((user_id, switch)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let switch: Switch = switch.parse().map_err(|_| Problem::not_found("There is no such switch."))?;
    let user = user_id.clone();
    let profile = state.db.read(move |conn| profiles::active_of(conn, &user)).await?;
    let profile = profile.ok_or_else(|| Problem::not_found("The user has no active profile."))?;
    let done = press(&state, &profile, switch).await?.ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "nothing_there", "The profile has nothing that this could be done to.")
    })?;
    let concerns = done.concerns.map(|change| change.id);
    Ok(Json(json!({ "user_id": user_id, "switch": switch, "external_id": concerns })))
}
