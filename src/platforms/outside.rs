//! The one way out: an HTTP client without redirects, proxies or decompression, bounded in time, size and number.

use std::net::{IpAddr, SocketAddr};
#[cfg(test)]
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, Request, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::Url;

use super::error::{Error, Trouble};
use crate::secrets::Secret;

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
    #[cfg(test)]
    line: Option<Arc<dyn Line>>,
    permits: Arc<Semaphore>,
}

/// What carries requests in a simulation, where there is no network.
#[cfg(test)]
pub trait Line: std::fmt::Debug + Send + Sync {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;
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
        let permits = Arc::new(Semaphore::new(PARALLEL));
        Self {
            client,
            #[cfg(test)]
            line: None,
            permits,
        }
    }

    /// The same client, another's way out.
    #[cfg(test)]
    pub fn over(&self, line: Arc<dyn Line>) -> Self {
        Self { client: self.client.clone(), line: Some(line), permits: Arc::new(Semaphore::new(PARALLEL)) }
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
        let mut response = self.carry(request).await?;
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

    async fn carry(&self, request: Request) -> Result<Response, Error> {
        #[cfg(test)]
        if let Some(line) = &self.line {
            let late = |_| Err(Error::Transient(Trouble::Timeout));
            return tokio::time::timeout(TOTAL, line.carry(request)).await.unwrap_or_else(late);
        }
        self.client.execute(request).await.map_err(trouble)
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers every connection with these bytes and hangs up.
    async fn server(answer: Vec<u8>) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = socket.read(&mut request).await;
                let _ = socket.write_all(&answer).await;
            }
        });
        url
    }

    async fn ask(url: Url) -> Result<Answer, Error> {
        let outside = Outside::new();
        outside.send(outside.request(Method::GET, url), 1_000).await
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_an_order() {
        let there =
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data\r\ncontent-length: 0\r\n\r\n";
        let answer = ask(server(there.into()).await).await.unwrap();
        assert_eq!((answer.status, answer.location()), (302, Some("http://169.254.169.254/latest/meta-data")));
    }

    #[tokio::test]
    async fn a_body_is_read_to_its_limit_and_never_unpacked() {
        let body = |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
        assert_eq!(ask(server(body(1_000).into()).await).await.unwrap().body.len(), 1_000);
        let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\n{}\r\n", "x".repeat(1_024));
        for large in [body(1_001), chunked] {
            assert!(matches!(ask(server(large.into()).await).await, Err(Error::Protocol { .. })));
        }
        let packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00".to_vec();
        assert_eq!(ask(server(packed).await).await.unwrap().body, b"\x1f\x8b\x08\x00");
    }

    #[tokio::test]
    async fn what_was_not_sent_is_told_from_what_may_have_arrived() {
        let cut = server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
        assert_eq!(ask(cut).await.unwrap_err(), Error::Transient(Trouble::Cut));
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let closed = format!("http://{gone}/").parse().unwrap();
        assert_eq!(ask(closed).await.unwrap_err(), Error::Transient(Trouble::Unreachable));
    }

    #[tokio::test]
    async fn addresses_that_no_platform_has_are_never_asked() {
        for host in [
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "[fe80::1]",
            "[::]",
            "[::ffff:169.254.169.254]",
        ] {
            let url = format!("http://{host}/latest/meta-data").parse().unwrap();
            assert_eq!(ask(url).await.unwrap_err(), Error::Transient(Trouble::Unreachable), "{host}");
        }
    }
}
