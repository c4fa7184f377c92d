//! `/healthz` and `/readyz`: for programs that watch, under any host name and without signing in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::ready;
use crate::app::App;

pub const HEALTH: &str = "/healthz";
pub const READY: &str = "/readyz";

pub async fn health() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

pub async fn readiness(State(app): State<App>) -> (StatusCode, Json<Value>) {
    match ready(&app).await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not_ready", "reason": reason.as_str() })))
        }
    }
}
