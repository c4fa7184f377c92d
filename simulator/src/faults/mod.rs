//! Faults on purpose: what a profile's calls meet while it is ordered.

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::MOST_BODY_BYTES;
use crate::bluesky::store as bluesky;
use crate::hosts::Host;
use crate::oauth::{self, Access};
use crate::state::Simulated;

kit::text_enum! {
    pub enum FaultKind {
        Unauthorized = "unauthorized",
        /// The access token that is shown ends; another may be had for the refresh token.
        TokenExpired = "token_expired",
        /// The grant behind the token that is shown ends.
        TokenRevoked = "token_revoked",
        ScopeLost = "scope_lost",
        Quota = "quota",
        RateLimited = "rate_limited",
        ServerError = "server_error",
        Slow = "slow",
        Truncated = "truncated",
        LostAnswer = "lost_answer",
    }
}

/// What some kinds can be told.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Of `slow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Of `rate_limited`, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Of `scope_lost`: the one that is lost; without it, all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Met by calls with this access token alone: its hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// How a host refuses, in its provider's words.
pub trait Dialect: IntoResponse + From<kit::db::Error> + Send + 'static {
    fn unauthorized() -> Self;
    fn quota() -> Self;
    fn rate_limited() -> Self;
    fn unavailable() -> Self;

    /// Of who shows no token, but perhaps a program's key.
    fn anonymous(_key: Option<&str>) -> Self {
        Self::unauthorized()
    }
}

/// A call, as far as faults choose by it.
#[derive(Debug, Clone)]
pub struct Call {
    pub host: Host,
    pub method: Method,
    pub path: String,
    pub writes: bool,
}

/// Answers whatever the caller does meanwhile: one who hangs up must not stop a write between the database and what is shown.
pub async fn to_the_end<E: Dialect>(answer: impl Future<Output = Result<Response, E>> + Send + 'static) -> Response {
    let answered = tokio::spawn(answer).await.unwrap_or_else(|_| Err(E::unavailable()));
    answered.unwrap_or_else(E::into_response)
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Whole,
    Truncated,
    Lost,
}

impl Delivery {
    pub async fn of(self, answer: Response) -> Response {
        match self {
            Delivery::Whole => answer,
            Delivery::Truncated => truncated(answer).await,
            Delivery::Lost => lost(),
        }
    }
}

/// What a call meets before it is answered: a refusal, a wait, a token that reaches less far than it did.
pub async fn meet<E: Dialect>(
    state: &Simulated,
    access: &mut Access,
    call: &Call,
) -> Result<Result<Delivery, Response>, E> {
    if !access.has_faults {
        return Ok(Ok(Delivery::Whole));
    }
    let (profile, token, now, asked) = (access.profile_id, access.token, state.clock.now(), call.clone());
    let met = state.db.write(move |tx| {
        let met = store::take(tx, profile, Some(&token), &asked, now)?;
        match met {
            Some((FaultKind::TokenExpired, _)) => {
                oauth::store::delete_access(tx, &token)?;
                bluesky::expire_access(tx, &token, now)?;
            }
            Some((FaultKind::TokenRevoked, _)) => {
                oauth::store::delete_grant_of(tx, &token)?;
                bluesky::delete_session_of(tx, &token)?;
            }
            _ => {}
        }
        Ok::<_, kit::db::Error>(met)
    });
    let Some((kind, parameters)) = met.await? else { return Ok(Ok(Delivery::Whole)) };
    if kind == FaultKind::ScopeLost {
        access.scopes.retain(|scope| parameters.scope.as_ref().is_some_and(|lost| lost != scope));
    }
    Ok(apply::<E>(state, kind, &parameters).await)
}

/// What a kind means where nothing but the answer is concerned.
pub async fn apply<E: Dialect>(
    state: &Simulated,
    kind: FaultKind,
    parameters: &Parameters,
) -> Result<Delivery, Response> {
    match kind {
        FaultKind::Unauthorized | FaultKind::TokenExpired | FaultKind::TokenRevoked => {
            Err(E::unauthorized().into_response())
        }
        FaultKind::Quota => Err(E::quota().into_response()),
        FaultKind::RateLimited => {
            let mut refused = E::rate_limited().into_response();
            let wait = parameters.retry_after.map(HeaderValue::from);
            refused.headers_mut().extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
            Err(refused)
        }
        FaultKind::ServerError => Err(E::unavailable().into_response()),
        FaultKind::Slow => {
            let wait = parameters.seconds.map_or(state.slow, |seconds| Duration::from_secs(seconds.into()));
            tokio::time::sleep(wait).await;
            Ok(Delivery::Whole)
        }
        FaultKind::ScopeLost => Ok(Delivery::Whole),
        FaultKind::Truncated => Ok(Delivery::Truncated),
        FaultKind::LostAnswer => Ok(Delivery::Lost),
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
