//! Faults on purpose: what a profile's calls meet while a switch is set.

use std::io;

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::response::Response;

use crate::MOST_BODY_BYTES;
use crate::oauth::Access;
use crate::profiles::{self, FaultKind};
use crate::state::Simulated;
use crate::youtube::ApiError;

/// The answer to a call, or what the profile's fault makes of it.
pub async fn apply_fault(
    state: &Simulated,
    access: &Access,
    writes: bool,
    answer: impl Future<Output = Response>,
) -> Result<Response, ApiError> {
    let fault = take(state, access, writes).await?;
    match fault {
        None => Ok(answer.await),
        Some(FaultKind::Unauthorized) => Err(ApiError::auth()),
        Some(FaultKind::Quota) => Err(ApiError::quota()),
        Some(FaultKind::RateLimited) => Err(ApiError::rate_limited()),
        Some(FaultKind::ServerError) => Err(ApiError::backend()),
        Some(FaultKind::Slow) => {
            tokio::time::sleep(state.slow).await;
            Ok(answer.await)
        }
        Some(FaultKind::Truncated) => Ok(truncated(answer.await).await),
        Some(FaultKind::LostAnswer) => {
            answer.await;
            Ok(lost())
        }
    }
}

/// The fault that this call meets, if any. A lost answer is for writes: there it makes the outcome unknown.
async fn take(state: &Simulated, access: &Access, writes: bool) -> kit::db::Result<Option<FaultKind>> {
    match access.fault {
        None => Ok(None),
        Some(FaultKind::LostAnswer) if !writes => Ok(None),
        Some(_) => {
            let profile = access.profile_id;
            state.db.write(move |tx| profiles::store::take_fault(tx, profile)).await
        }
    }
}

/// The first half, as if it were all.
async fn truncated(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let whole = to_bytes(body, 64 * MOST_BODY_BYTES).await.unwrap_or_default();
    Response::from_parts(head, Body::from(whole.slice(..whole.len() / 2)))
}

/// The connection ends before a byte of the answer: the body's failure comes before the head was sent.
fn lost() -> Response {
    let cut =
        futures_util::stream::once(async { Err::<Vec<u8>, _>(io::Error::from(io::ErrorKind::ConnectionAborted)) });
    Response::new(Body::from_stream(cut))
}
