//! `Idempotency-Key` at the edge: read from the request, kept with what the handler writes.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Answer, Call, bad_key, once};
use crate::app::App;
use crate::web::errors::{Error, Result};
use crate::work::{Who, Work};
use crate::workspaces::WorkspaceId;

/// The header's name.
pub const HEADER: &str = "idempotency-key";

/// What a handler writes by [`Once::write`] is written once for each key.
#[derive(Clone, Debug)]
pub struct Once(Option<Call>);

impl<S: Sync> FromRequestParts<S> for Once {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Call>().copied()))
    }
}

/// In front of every operation: knows a call again by its key and its body. GET has no effect to be had twice.
pub async fn recognise(request: Request, next: Next) -> Result<Response> {
    let Some(key) = key(request.headers())?.filter(|_| !request.method().is_safe()) else {
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::new(body), &()).await?;
    parts.extensions.insert(Call::new(parts.method.as_str(), parts.uri.path(), &key, &body)?);
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let mut keys = headers.get_all(HEADER).iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => Ok(Some(key.to_str().map_err(|_| bad_key())?.to_owned())),
        (Some(_), Some(_)) => Err(bad_key()),
    }
}

impl Once {
    /// Writes `effect` in the name of `who`, or answers as it was answered before in the same workspace; without one, to the same
    /// person wherever they are. `None` is an answer without a body.
    pub async fn write<T, E, F>(
        self,
        app: &App,
        place: Option<WorkspaceId>,
        who: Who,
        mut effect: F,
    ) -> Result<Response>
    where
        F: FnMut(&mut Work<'_>) -> Result<(StatusCode, Option<T>), E> + Send + 'static,
        T: Serialize,
        E: Into<Error>,
    {
        let answer = app.write(who, move |work| {
            let mut effect = |work: &mut Work<'_>| {
                let (status, body) = effect(work).map_err(Into::into)?;
                let body = body.map(|body| serde_json::to_string(&body)).transpose().map_err(Error::internal)?;
                Ok(Answer { status: status.as_u16(), body: body.unwrap_or_default() })
            };
            match &self.0 {
                Some(call) => once(work, call, place, effect),
                None => effect(work),
            }
        });
        let Answer { status, body } = answer.await?;
        let status = StatusCode::from_u16(status).map_err(Error::internal)?;
        Ok(match body.is_empty() {
            true => status.into_response(),
            false => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        })
    }
}
