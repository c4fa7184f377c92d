//! The one way out: an HTTP client without redirects, proxies or decompression, bounded in time, size and number.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, redirect};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::Url;

use super::error::{Error, Trouble};
use crate::vault::Secret;

/// A page of a hundred threads with their replies is about 300 KB.
pub const LISTING: usize = 4 << 20;
pub const SMALL: usize = 256 << 10;

const CONNECT: Duration = Duration::from_secs(2);
const HEADERS: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);
const PARALLEL: usize = 8;

#[derive(Clone, Debug)]
pub struct Outside {
    client: reqwest::Client,
    permits: Arc<Semaphore>,
}

/// An answer that arrived whole, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Outside {
    /// # Panics
    /// When no TLS configuration can be made, which no later call could mend.
    pub fn new() -> Self {
        // A second start in the same process (a test) finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("repruv/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(PublicOrPrivate))
            .connect_timeout(CONNECT)
            .read_timeout(HEADERS)
            .timeout(TOTAL)
            .pool_max_idle_per_host(PARALLEL)
            .build()
            .expect("a TLS configuration");
        Self { client, permits: Arc::new(Semaphore::new(PARALLEL)) }
    }

    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    pub fn get(&self, url: Url, bearer: &Secret) -> RequestBuilder {
        self.request(Method::GET, url).bearer_auth(bearer.expose())
    }

    pub async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Answer, Error> {
        let request = request.build().map_err(|error| Error::protocol(error.without_url(), b""))?;
        if let Some(address) = literal_address(request.url())
            && never(address)
        {
            return Err(Error::Transient(Trouble::Unreachable));
        }
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let mut response = self.client.execute(request).await.map_err(trouble)?;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(trouble)? {
            if body.len() + chunk.len() > limit {
                return Err(Error::protocol(format!("more than {limit} bytes"), &body));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

impl Default for Outside {
    fn default() -> Self {
        Self::new()
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::protocol(error, &self.body))
    }

    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
    }
}

fn trouble(error: reqwest::Error) -> Error {
    Error::Transient(if error.is_connect() {
        Trouble::Unreachable
    } else if error.is_timeout() {
        Trouble::Timeout
    } else {
        Trouble::Cut
    })
}

fn literal_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
        url::Host::Domain(_) => None,
    }
}

/// Resolves like the system, without the addresses that no platform has; the connection goes to exactly what was checked.
struct PublicOrPrivate;

impl Resolve for PublicOrPrivate {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| !never(address.ip())).collect();
            if allowed.is_empty() {
                return Err("no address that may be asked".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Cloud metadata services live on link-local addresses.
fn never(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_unspecified() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_unspecified() || v6.is_unicast_link_local() || v6.is_multicast(),
    }
}
