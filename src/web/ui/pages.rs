//! Serves the built-in assets.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::assets;

/// An address never changes its content, so caches may keep it for a year.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /assets/{file}`.
pub async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let ours = assets::find(&file).map(|asset| (asset, FOR_EVER));
    let Some((asset, caching)) = ours.or_else(|| Some((assets::find_instead(&file)?, "no-store"))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = headers.get(header::ACCEPT_ENCODING).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let (body, coding) = asset.negotiate(&accepted.unwrap_or_default());

    let always: [(HeaderName, &'static str); 3] = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, caching),
        (header::VARY, "accept-encoding"),
    ];
    let mut response = (always, body).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
