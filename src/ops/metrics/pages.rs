//! `GET /metrics`, on the address for it alone.

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;

use crate::app::App;

pub async fn scrape(State(app): State<App>) -> ([(HeaderName, &'static str); 1], String) {
    let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, media)], super::text(&app).await)
}
