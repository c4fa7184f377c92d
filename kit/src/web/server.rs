//! The accept loop. Unlike `axum::serve` it closes connections whose request does not arrive or whose answer is not taken,
//! bounds their number in all and by address, lives through a lack of file descriptors, and ends.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method, Version};
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::connection_limit::{ConnectionLimiter, ConnectionSlot};
use super::headers::ForBareAnswers;
use super::meters::Counted;
use super::socket::Socket;
use super::{Limits, Meters, Peer, Proxies, event_stream};

/// A listener's server: what it bears, whom it trusts, where it counts.
#[derive(Clone, Debug)]
pub struct Server {
    pub limits: Limits,
    /// Whether the public address is https, be it through a proxy.
    pub https: bool,
    /// Addresses that many people's connections come from.
    pub shared: Proxies,
    pub meters: Meters,
}

impl Default for Server {
    fn default() -> Self {
        Self { limits: Limits::default(), https: false, shared: Proxies::none(), meters: Meters::default() }
    }
}

/// A request line and all headers: more than browsers send, with room for the cookies of others on the same host.
const HEAD_BYTES: usize = 16 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;

/// For a request that is on its way over an open connection when the end comes.
const LAST_REQUEST: Duration = Duration::from_millis(250);

impl Server {
    /// Serves until `end` is cancelled, `limits.notice` is over, and the requests under way are answered or
    /// `limits.drain` is over too.
    pub async fn serve(self, listener: TcpListener, app: Router, end: CancellationToken) -> io::Result<()> {
        let connections = TaskTracker::new();
        let (closing, cut) = (CancellationToken::new(), CancellationToken::new());
        let accepting = self.accept(&listener, app, &connections, &closing, &cut);
        let ended = async {
            end.cancelled().await;
            sleep(self.limits.notice).await;
        };
        tokio::select! { never = accepting => match never {}, () = ended => {} }
        drop(listener);
        closing.cancel();
        connections.close();
        if timeout(self.limits.drain, connections.wait()).await.is_err() {
            tracing::warn!(connections = connections.len(), "requests still under way are cut off");
            cut.cancel();
            connections.wait().await;
        }
        Ok(())
    }

    async fn accept(
        &self,
        listener: &TcpListener,
        app: Router,
        connections: &TaskTracker,
        closing: &CancellationToken,
        cut: &CancellationToken,
    ) -> Infallible {
        let headers = ForBareAnswers::new(self.https);
        let places = Arc::new(Semaphore::new(self.limits.connections));
        let limiter = ConnectionLimiter::new(self.limits.connections_per_address);
        loop {
            let place = places.clone().acquire_owned().await.expect("nobody closes the semaphore");
            let (stream, peer) = self.next(listener).await;
            let is_shared = self.shared.contains(peer.ip().to_canonical());
            let slot = if is_shared { None } else { limiter.acquire(peer.ip()) };
            if !is_shared && slot.is_none() {
                self.meters.connections_refused.inc();
                continue;
            }
            let _ = stream.set_nodelay(true);
            let held = Held { _place: place, _slot: slot, _counted: Counted::on(&self.meters.connections) };
            let socket = Socket::new(stream, self.limits.stall, headers.clone());
            let connection = converse(socket, Peer(peer), app.clone(), self.limits.head, closing.clone());
            let cut = cut.clone();
            connections.spawn(async move {
                let _held = held;
                tokio::select! { () = connection => {}, () = cut.cancelled() => {} }
            });
        }
    }

    /// Out of file descriptors or memory: connections end by themselves, so wait instead of spinning or dying.
    async fn next(&self, listener: &TcpListener) -> (TcpStream, SocketAddr) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        let mut is_told = false;
        loop {
            match listener.accept().await {
                Ok(accepted) => return accepted,
                Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) => {}
                Err(error) => {
                    self.meters.accepts_failed.inc();
                    if !is_told {
                        tracing::error!(%error, "connections cannot be accepted at present");
                        is_told = true;
                    }
                    sleep(REST).await;
                }
            }
        }
    }
}

const REST: Duration = Duration::from_millis(50);

/// What a connection takes up while it is open.
struct Held {
    _place: OwnedSemaphorePermit,
    _slot: Option<ConnectionSlot>,
    _counted: Counted,
}

async fn converse(socket: Socket, peer: Peer, app: Router, head: Duration, closing: CancellationToken) {
    // In a box, which a stream does without.
    if let Some((socket, answer)) = Box::pin(speak_http(socket, peer, app, head, closing)).await {
        event_stream::write(socket, answer).await;
    }
}

/// Answers requests until the connection ends, or until an answer is a stream: that is handed over, and nothing of it written.
async fn speak_http(
    socket: Socket,
    peer: Peer,
    app: Router,
    head: Duration,
    closing: CancellationToken,
) -> Option<(Socket, Response)> {
    let (closes, stream) = (closing.clone(), Arc::new(Mutex::new(None)));
    let handed_over = stream.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let may_stream = request.method() == Method::GET && request.version() == Version::HTTP_11;
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        let (answer, closes, stream) = (app.clone().oneshot(request), closes.clone(), stream.clone());
        // In a box: hyper keeps room for the future as long as the connection is open.
        Box::pin(async move {
            let Ok(mut answer) = answer.await;
            if may_stream && event_stream::is_one(&answer) {
                *stream.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
                return Err(HandedOver);
            }
            if closes.is_cancelled() {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, HandedOver>(answer)
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(socket), service);
    let last = async {
        closing.cancelled().await;
        sleep(LAST_REQUEST).await;
    };
    let served = tokio::select! {
        served = &mut connection => served,
        () = last => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    if let Some(answer) = handed_over.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Some((connection.into_parts().io.into_inner(), answer));
    }
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
    None
}

/// The library is told no answer, so that it gives the socket back.
#[derive(Debug, thiserror::Error)]
#[error("the answer is a stream")]
struct HandedOver;
