//! What the edge knows of a request before any handler runs, and the extractors for it.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::random::Random;

/// Names one request in its answer, in the log and in what a person is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

/// The only ticket for a script in this one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nonce(Arc<str>);

/// The other end of the connection; the unspecified address where there is none, as in tests.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The request as the edge saw it, for what is rendered after the handler has gone.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    pub id: RequestId,
    pub nonce: Nonce,
    pub method: Method,
    pub path: String,
    pub query: Option<String>,
}

impl RequestInfo {
    pub(super) fn new(request: &axum::extract::Request, random: &Random) -> Self {
        let bytes = random.bytes::<32>();
        Self {
            id: RequestId(URL_SAFE_NO_PAD.encode(&bytes[..12]).into()),
            nonce: Nonce(URL_SAFE_NO_PAD.encode(&bytes[12..]).into()),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
        }
    }
}

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Nonce {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Peer {
    pub fn ip(self) -> IpAddr {
        self.0.ip().to_canonical()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for Nonce {
    type Rejection = Infallible;

    /// Without an edge in front the nonce is empty, and no script runs.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Nonce>().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<RequestId>().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nobody = Peer(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        Ok(parts.extensions.get::<Peer>().copied().unwrap_or(nobody))
    }
}
