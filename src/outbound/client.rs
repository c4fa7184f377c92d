//! One HTTP client: without redirects, proxies or decompression, bounded in time, size and number.

use std::collections::HashMap;
#[cfg(test)]
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, Request, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::{Origin, Url};

use super::addresses::{NotAllowed, Reach};

const CONNECT: Duration = Duration::from_secs(2);

/// What a client may ask, and how much of it at once.
#[derive(Clone, Debug)]
pub struct Policy {
    pub reach: Reach,
    pub for_each_origin: usize,
    pub in_all: usize,
    pub patience: Patience,
}

/// How long an answer is waited for: its next part, and the whole of it.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub part: Duration,
    pub whole: Duration,
}

impl Patience {
    pub const USUAL: Self = Self { part: Duration::from_secs(5), whole: Duration::from_secs(10) };
    /// A small machine at somebody's home, or what stands behind it, takes longer over a long list.
    pub const LONG: Self = Self { part: Duration::from_secs(20), whole: Duration::from_secs(30) };
}

#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    #[cfg(test)]
    transport: Option<Arc<dyn Transport>>,
    policy: Policy,
    permits: Arc<Permits>,
}

/// What carries requests in a simulation, where there is no network.
#[cfg(test)]
pub trait Transport: std::fmt::Debug + Send + Sync {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send>>;
}

/// Why a request has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nothing was sent.
    #[error("the other side cannot be reached")]
    Unreachable,
    /// Nothing was sent: no address of the host may be asked.
    #[error("the host has no address that may be asked")]
    NotAllowed,
    #[error("the other side did not answer in time")]
    Timeout,
    /// The other side may have acted on the request.
    #[error("the connection broke off")]
    Cut,
    #[error("the answer has more than {limit} bytes")]
    TooLarge { limit: usize },
    /// Nothing was sent, and no second attempt would be.
    #[error("the request cannot be sent")]
    Unsendable,
}

/// An answer that arrived whole, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl HttpClient {
    pub fn new(policy: Policy) -> Self {
        let client = reqwest::Client::builder()
            .user_agent(concat!("repruv/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(policy.reach.clone()))
            .connect_timeout(CONNECT)
            .read_timeout(policy.patience.part)
            .timeout(policy.patience.whole)
            .pool_max_idle_per_host(policy.for_each_origin)
            .build()
            .expect("a TLS configuration");
        Self {
            client,
            #[cfg(test)]
            transport: None,
            permits: Permits::new(&policy),
            policy,
        }
    }

    /// The same client over another transport.
    #[cfg(test)]
    pub fn over(&self, transport: Arc<dyn Transport>) -> Self {
        Self { transport: Some(transport), permits: Permits::new(&self.policy), ..self.clone() }
    }

    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    pub async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Answer, TransportError> {
        let request = request.build().map_err(|_| TransportError::Unsendable)?;
        if !self.policy.reach.allows_literal(request.url()) {
            return Err(TransportError::NotAllowed);
        }
        let of_origin = self.permits.of(&request.url().origin());
        let _permit = of_origin.acquire().await.expect("the semaphore is never closed");
        let _one_of_all = self.permits.in_all.acquire().await.expect("the semaphore is never closed");
        let mut response = self.carry(request).await?;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport_error)? {
            if body.len() + chunk.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    async fn carry(&self, request: Request) -> Result<Response, TransportError> {
        #[cfg(test)]
        if let Some(transport) = &self.transport {
            let late = |_| Err(TransportError::Timeout);
            return tokio::time::timeout(self.policy.patience.whole, transport.carry(request))
                .await
                .unwrap_or_else(late);
        }
        self.client.execute(request).await.map_err(transport_error)
    }
}

/// How many requests are under way: to one origin, so that a slow one holds up itself alone, and to all of them.
#[derive(Debug)]
struct Permits {
    for_each_origin: usize,
    origins: Mutex<HashMap<Origin, Weak<Semaphore>>>,
    in_all: Semaphore,
}

impl Permits {
    fn new(policy: &Policy) -> Arc<Self> {
        let &Policy { for_each_origin, in_all, .. } = policy;
        Arc::new(Self { for_each_origin, origins: Mutex::default(), in_all: Semaphore::new(in_all) })
    }

    fn of(&self, origin: &Origin) -> Arc<Semaphore> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(permits) = origins.get(origin).and_then(Weak::upgrade) {
            return permits;
        }
        origins.retain(|_, permits| permits.strong_count() > 0);
        let permits = Arc::new(Semaphore::new(self.for_each_origin));
        origins.insert(origin.clone(), Arc::downgrade(&permits));
        permits
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
    }
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let causes = std::iter::successors(std::error::Error::source(&error), |error| error.source());
    if causes.into_iter().any(|cause| cause.is::<NotAllowed>()) {
        TransportError::NotAllowed
    } else if error.is_connect() {
        TransportError::Unreachable
    } else if error.is_timeout() {
        TransportError::Timeout
    } else {
        TransportError::Cut
    }
}
