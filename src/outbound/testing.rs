//! A network without a network, for tests.

use std::pin::Pin;
use std::sync::Arc;

use axum::http;
use reqwest::{Request, Response};

use super::{Transport, TransportError};

/// Carries nothing: each answer is a function of what was asked.
#[derive(Clone)]
pub struct Scripted(Arc<Script>);

type Script = dyn Fn(&Request) -> (u16, Vec<u8>) + Send + Sync;

impl Scripted {
    pub fn new(script: impl Fn(&Request) -> (u16, Vec<u8>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(script))
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a network of one test")
    }
}

impl Transport for Scripted {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send>> {
        let (status, body) = (self.0)(&request);
        let response = http::Response::builder().status(status).body(body).expect("a status");
        Box::pin(async move { Ok(response.into()) })
    }
}
