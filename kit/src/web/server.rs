//! The accept loop. Unlike `axum::serve` it closes connections whose request does not arrive, caps their number, and ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::Peer;
use super::headers::ForBareAnswers;
use super::socket::Socket;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the whole request head, and for the next request on an idle connection.
    pub header_timeout: Duration,
    /// Further ones wait in the kernel's backlog.
    pub connections: usize,
    /// For a client to take what it asked for, once it has stopped taking.
    pub stall: Duration,
    /// For requests under way when the end is called.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            connections: 4096,
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

/// A request line and all headers; more than browsers send, with room for the cookies of others on the same host.
const HEAD_BYTES: usize = 16 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;

/// Serves until `end` is cancelled and the requests under way are answered, or `limits.drain` is over. `https` says how
/// the public address is reached, be it through a proxy.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    https: bool,
    end: CancellationToken,
) -> io::Result<()> {
    let headers = ForBareAnswers::new(https);
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    loop {
        let place = tokio::select! {
            () = end.cancelled() => break,
            place = places.clone().acquire_owned() => place.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = end.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => { rest_after(&error).await; continue }
            },
        };
        let _ = stream.set_nodelay(true);
        let connection =
            converse(Socket::new(stream, limits.stall, headers.clone()), Peer(peer), app.clone(), limits, end.clone());
        let cut = cut.clone();
        connections.spawn(async move {
            tokio::select! { () = connection => {}, () = cut.cancelled() => {} }
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(limits.drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests still under way are cut off");
        cut.cancel();
        connections.wait().await;
    }
    Ok(())
}

async fn converse(socket: Socket, peer: Peer, app: Router, limits: Limits, end: CancellationToken) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(socket), service);
    tokio::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = end.cancelled() => { connection.as_mut().graceful_shutdown(); connection.await }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Out of file descriptors or memory: connections end by themselves, so wait instead of spinning or dying.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
