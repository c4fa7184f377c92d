//! Where the demo service delivers.

use axum::body::{Body, to_bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::signature::{self, Envelope};
use super::{Delivery, DeliveryQueue, Received, demo_key};
use crate::app::App;
use crate::web::errors::{Error, Result};
use crate::web::text::without_nul;
use crate::workspaces::UserId;

const LARGEST: usize = 64 << 10;

#[derive(Debug, Deserialize)]
pub struct Address {
    user: Option<String>,
}

/// 200 says that the delivery is durable; nothing is written for one that does not verify.
pub async fn demo(
    State(app): State<App>,
    Query(address): Query<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode> {
    let too_large = || Error::refused(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "A delivery can be at most 64 KiB.");
    let body = to_bytes(body, LARGEST).await.map_err(|_| too_large())?;
    let user: UserId = address.user.and_then(|user| user.parse().ok()).ok_or_else(refused)?;
    let envelope = envelope(&headers).ok_or_else(refused)?;
    let now = app.now();
    signature::verify(&[demo_key(&app.vault, user)], envelope, &body, now).map_err(|_| refused())?;

    // What verified but is no JSON is stored too: its sender would only send the same again.
    let payload: Value = serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into());
    let payload = without_nul(payload);
    match app.part::<DeliveryQueue>().store(Delivery { user, id: envelope.id.to_owned(), payload }).await? {
        Received::Stored | Received::Duplicate => Ok(StatusCode::OK),
        Received::TooEarly => Err(Error::Busy),
        Received::Unwanted => Err(Error::refused(StatusCode::GONE, "no_demo", "This demo has ended.")),
    }
}

/// Every refusal looks the same, whatever was wrong.
fn refused() -> Error {
    Error::refused(StatusCode::UNAUTHORIZED, "unauthorized", "The signature isn't valid.")
}

fn envelope(headers: &HeaderMap) -> Option<Envelope<'_>> {
    Some(Envelope {
        id: only(headers, "webhook-id")?,
        timestamp: only(headers, "webhook-timestamp")?,
        signatures: only(headers, "webhook-signature")?,
    })
}

/// Of two headers somebody else might read the other one.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
