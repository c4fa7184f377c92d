//! `/healthz` and `/readyz`: for programs that watch, under any host name and without signing in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use kit::web::Peer;
use serde_json::{Value, json};

use super::{NOBODY, ready};
use crate::app::App;

pub const HEALTH: &str = "/healthz";
pub const READY: &str = "/readyz";

/// `repruv doctor` asks through the proxy whether that passes on what visitors say of themselves.
pub async fn health(State(app): State<App>, peer: Peer, headers: HeaderMap) -> Json<Value> {
    match headers.contains_key("x-forwarded-for") && app.config.proxies.visitor(peer.ip(), &headers) == NOBODY {
        true => Json(json!({ "status": "alive", "believes": "x-forwarded-for" })),
        false => Json(json!({ "status": "alive" })),
    }
}

pub async fn readiness(State(app): State<App>) -> (StatusCode, Json<Value>) {
    match ready(&app).await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not_ready", "reason": reason.as_str() })))
        }
    }
}
