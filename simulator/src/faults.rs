//! Faults on purpose: what a profile's calls meet while a switch is set.

use std::io;

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::MOST_BODY_BYTES;
use crate::oauth::Access;
use crate::profiles::{self, FaultKind};
use crate::state::Simulated;

/// How a host refuses, in its provider's words.
pub trait Dialect: IntoResponse + From<kit::db::Error> + Send + 'static {
    fn unauthorized() -> Self;
    fn quota() -> Self;
    fn rate_limited() -> Self;
    fn unavailable() -> Self;
}

/// Answers whatever the caller does meanwhile: one who hangs up must not stop a write between the database and what is shown.
pub async fn to_the_end<E: Dialect>(answer: impl Future<Output = Result<Response, E>> + Send + 'static) -> Response {
    let answered = tokio::spawn(answer).await.unwrap_or_else(|_| Err(E::unavailable()));
    answered.unwrap_or_else(E::into_response)
}

/// The answer to a call, or what the profile's fault makes of it.
pub async fn apply_fault<E: Dialect>(
    state: &Simulated,
    access: &Access,
    writes: bool,
    answer: impl Future<Output = Response>,
) -> Result<Response, E> {
    let fault = take(state, access, writes).await?;
    match fault {
        None => Ok(answer.await),
        Some(FaultKind::Unauthorized) => Err(E::unauthorized()),
        Some(FaultKind::Quota) => Err(E::quota()),
        Some(FaultKind::RateLimited) => Err(E::rate_limited()),
        Some(FaultKind::ServerError) => Err(E::unavailable()),
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

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::youtube::ApiError;

    #[test]
    fn a_caller_who_hangs_up_stops_nothing() {
        kit::testing::run(async {
            let (tell_begun, begun) = oneshot::channel();
            let (go_on, may_go_on) = oneshot::channel();
            let (tell_ended, ended) = oneshot::channel();
            let answer = async move {
                let _ = tell_begun.send(());
                let _ = may_go_on.await;
                let _ = tell_ended.send(());
                Ok(Response::default())
            };
            let caller = tokio::spawn(to_the_end::<ApiError>(answer));
            begun.await.unwrap();
            caller.abort();
            assert!(caller.await.unwrap_err().is_cancelled());
            go_on.send(()).unwrap();
            ended.await.expect("it came to its end");
        });
    }
}
