//! `GET /api/openapi.json`: for programs, without signing in.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "openapi", responses((status = 200, body = Object)))]
pub async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], super::text())
}
