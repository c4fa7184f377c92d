//! The accept loop over real sockets.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{LARGE, edge, routes};
use crate::testing::wait_until;
use crate::web::{Limits, Meters, Proxies, Server};

struct Served {
    address: std::net::SocketAddr,
    meters: Meters,
    end: CancellationToken,
    done: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn served(limits: Limits) -> Served {
    serving(routes(), limits).await
}

async fn serving(routes: Router, limits: Limits) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, meters) = (CancellationToken::new(), Meters::default());
    let app = edge(&format!("http://{address}"), limits, meters.clone()).around(routes);
    let server = Server { limits, https: true, shared: Proxies::none(), meters: meters.clone() };
    let done = tokio::spawn(server.serve(listener, app, end.clone()));
    Served { address, meters, end, done }
}

impl Served {
    /// Sends the bytes and reads until the server closes.
    async fn talk(&self, bytes: String) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)
    }

    async fn open(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    }

    async fn until_all_are_gone(&self) {
        wait_until("every connection is gone", || async { self.meters.connections() == 0 }).await;
    }
}

#[tokio::test]
async fn raw_requests_that_smuggle_or_lie_are_refused() {
    let server = served(Limits::default()).await;
    let at = server.address;
    let ask = async |head: String| server.talk(head).await.chars().take(12).collect::<String>();
    assert_eq!(ask(format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")).await, "HTTP/1.1 200");
    assert_eq!(ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".into()).await, "HTTP/1.1 400");
    assert_eq!(
        ask(format!("GET / HTTP/1.1\r\nHost: {at}\r\nHost: {at}\r\nConnection: close\r\n\r\n")).await,
        "HTTP/1.1 400"
    );
    assert_eq!(
        ask("GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n".into()).await,
        "HTTP/1.1 421"
    );
    assert_eq!(ask(format!("GET http://x/ HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")).await, "HTTP/1.1 421");
    let lengths = format!("POST / HTTP/1.1\r\nHost: {at}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
    assert_eq!(ask(lengths).await, "HTTP/1.1 400");
    let both = "POST / HTTP/1.1\r\nHost: HERE\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    let answers = server.talk(both.replace("HERE", &at.to_string())).await;
    assert!(answers.starts_with("HTTP/1.1 400") && answers.contains("connection: close"), "{answers}");
    assert_eq!(answers.matches("HTTP/1.1").count(), 1, "what follows is not read as a request: {answers}");
    let huge = format!("GET / HTTP/1.1\r\nHost: {at}\r\nX: {}\r\n\r\n", "x".repeat(200_000));
    assert_eq!(ask(huge).await, "HTTP/1.1 431");
    server.end.cancel();
}

#[tokio::test]
async fn what_nobody_can_read_is_refused_with_the_security_headers_too() {
    let server = served(Limits::default()).await;
    let at = server.address;
    let cookies = format!("GET / HTTP/1.1\r\nHost: {at}\r\nCookie: {}\r\n\r\n", "c".repeat(16 * 1024));
    let many = format!("GET / HTTP/1.1\r\nHost: {at}\r\n{}\r\n", "X: y\r\n".repeat(101));
    let address = format!("GET /{} HTTP/1.1\r\nHost: {at}\r\n\r\n", "a".repeat(70_000));
    let cases = [
        ("nonsense", "G@T / HTTP/1.1\r\n\r\n".to_owned(), "400"),
        ("no version", "GET /\r\n\r\n".to_owned(), "400"),
        ("a header of control characters", format!("GET / HTTP/1.1\r\nHost: {at}\r\nX: \u{1}\r\n\r\n"), "400"),
        ("a body of two lengths", format!("POST / HTTP/1.1\r\nHost: {at}\r\nContent-Length: 1, 2\r\n\r\n"), "400"),
        ("large cookies", cookies, "431"),
        ("many headers", many, "431"),
        ("a long address", address, "431"),
        ("nonsense after a good request", format!("GET / HTTP/1.1\r\nHost: {at}\r\n\r\nnonsense\r\n\r\n"), "400"),
    ];
    for (case, request, status) in cases {
        let answer = server.talk(request).await;
        let last = &answer[answer.rfind("HTTP/1.1").expect("an answer")..];
        assert!(last.starts_with(&format!("HTTP/1.1 {status} ")), "{case}: {answer}");
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: same-origin",
            "cross-origin-opener-policy: same-origin",
            "permissions-policy: accelerometer=()",
            "strict-transport-security: max-age=31536000; includeSubDomains",
            "content-security-policy: default-src 'none'",
            "cache-control: no-store",
        ] {
            assert_eq!(last.matches(header).count(), 1, "{case}: {header} in {last}");
        }
        assert!(last.ends_with("\r\n\r\n"), "{case}: the answer is whole: {last}");
    }
    let fits = format!("GET / HTTP/1.1\r\nHost: {at}\r\nCookie: {}\r\nConnection: close\r\n\r\n", "c".repeat(15_000));
    assert!(server.talk(fits).await.starts_with("HTTP/1.1 200"));
    server.end.cancel();
}

#[tokio::test]
async fn a_request_that_never_arrives_is_closed() {
    let server = served(Limits { head: Duration::from_millis(100), ..Limits::default() }).await;
    let answer = server.talk("GET / HTTP/1.1\r\nHost:".into()).await;
    assert!(!answer.contains("200"), "closed without an answer to half a request: {answer}");
    server.end.cancel();
}

#[tokio::test]
async fn the_end_waits_for_nobody_idle_and_cuts_what_hangs() {
    let server = served(Limits { drain: Duration::from_millis(100), ..Limits::default() }).await;
    let _idle = TcpStream::connect(server.address).await.unwrap();
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(
        format!("POST /echo HTTP/1.1\r\nHost: {}\r\nContent-Length: 10\r\n\r\nabc", server.address).as_bytes(),
    )
    .await
    .unwrap();
    server.end.cancel();
    server.done.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_place() {
    let server = served(Limits { connections: 1, ..Limits::default() }).await;
    let first = TcpStream::connect(server.address).await.unwrap();
    let ask = server.talk(format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address));
    tokio::pin!(ask);
    let waits = tokio::time::timeout(Duration::from_millis(100), ask.as_mut()).await;
    assert!(waits.is_err(), "the only place is taken");
    drop(first);
    assert!(ask.await.starts_with("HTTP/1.1 200"));
    server.end.cancel();
}

#[tokio::test]
async fn a_body_that_drips_is_cut_at_its_deadline() {
    let server = served(Limits { body: Duration::from_millis(300), ..Limits::default() }).await;
    let head = format!("POST /echo HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000\r\n\r\n", server.address);
    let (mut reads, mut writes) = server.open(&head).await.into_split();
    let dripping = tokio::spawn(async move {
        while writes.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = Vec::new();
    let _ = reads.read_to_end(&mut answer).await;
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    server.until_all_are_gone().await;
    dripping.await.unwrap();
    server.end.cancel();
}

#[tokio::test]
async fn who_takes_nothing_is_given_up_on() {
    let server = served(Limits { stall: Duration::from_millis(200), ..Limits::default() }).await;
    let _idle = server.open(&server.get("/large")).await;
    wait_until("the request is under way", || async { server.meters.connections() == 1 }).await;
    server.until_all_are_gone().await;
    server.end.cancel();
}

#[tokio::test]
async fn who_takes_a_little_at_a_time_is_given_up_on() {
    let server = served(Limits { stall: Duration::from_millis(500), ..Limits::default() }).await;
    let mut stream = server.open(&server.get("/large")).await;
    let (mut taken, mut some) = (0, vec![0; 64 * 1024]);
    while let Ok(count @ 1..) = stream.read(&mut some).await {
        taken += count;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(taken < LARGE, "all of it was sent, at {taken} bytes");
    server.until_all_are_gone().await;
    server.end.cancel();
}

#[tokio::test]
async fn a_stream_that_nobody_takes_from_ends() {
    let endless =
        || async { Body::from_stream(stream::repeat(Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 4096])))) };
    let routes = Router::new().route("/endless", get(endless));
    let server = serving(routes, Limits { stall: Duration::from_millis(200), ..Limits::default() }).await;
    let _idle = server.open(&server.get("/endless")).await;
    wait_until("the stream is open", || async { server.meters.connections() == 1 }).await;
    server.until_all_are_gone().await;
    server.end.cancel();
}

#[tokio::test]
async fn one_address_has_a_share_of_the_connections() {
    let server = served(Limits { connections_per_address: 2, ..Limits::default() }).await;
    let held = [server.open("").await, server.open("").await];
    wait_until("both are open", || async { server.meters.connections() == 2 }).await;
    assert_eq!(server.talk(server.get("/")).await, "", "closed without an answer");
    let other = TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = other.connect(server.address).await.unwrap();
    other.write_all(server.get("/").as_bytes()).await.unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "another address is another's: {answer}");
    drop(held);
    server.until_all_are_gone().await;
    assert!(server.talk(server.get("/")).await.starts_with("HTTP/1.1 200"));
    server.end.cancel();
}

#[tokio::test]
async fn over_the_cap_a_request_is_refused_at_once_and_a_watcher_is_not() {
    let (opens, gate) = watch::channel(());
    let hold = move || {
        let mut gate = gate.clone();
        async move { gate.changed().await.map(|()| "done").unwrap_or_default() }
    };
    let routes = routes().route("/hold", get(hold));
    let server = serving(routes, Limits { in_flight: 1, ..Limits::default() }).await;
    let mut held = server.open(&server.get("/hold")).await;
    wait_until("the place is taken", || async { server.talk(server.get("/")).await.starts_with("HTTP/1.1 503") }).await;
    let refused = server.talk(server.get("/")).await;
    assert!(refused.contains("retry-after: 1\r\n") && refused.contains("nosniff"), "{refused}");
    assert!(server.meters.shed() >= 2);
    // A machine may be busy with other things: in one round of a few it is not.
    let (mut rounds, mut median) = (0, Duration::MAX);
    while median >= Duration::from_millis(10) {
        assert!(rounds < 20, "a refusal takes {median:?}");
        rounds += 1;
        median = median_refusal(&server).await;
    }
    assert!(server.talk(server.get("/watched")).await.starts_with("HTTP/1.1 200"));
    opens.send(()).unwrap();
    let mut answer = String::new();
    held.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    wait_until("the place is free", || async { server.talk(server.get("/")).await.starts_with("HTTP/1.1 200") }).await;
    server.end.cancel();
}

/// Of 21, each with its connection.
async fn median_refusal(server: &Served) -> Duration {
    let mut took = Vec::new();
    for _ in 0..21 {
        let asked = tokio::time::Instant::now();
        assert!(server.talk(server.get("/")).await.starts_with("HTTP/1.1 503"));
        took.push(asked.elapsed());
    }
    took.sort();
    took[10]
}

#[tokio::test]
async fn who_goes_away_leaves_the_place() {
    let routes = routes().route("/hold", get(std::future::pending::<()>));
    let server = serving(routes, Limits { in_flight: 1, ..Limits::default() }).await;
    let held = server.open(&server.get("/hold")).await;
    wait_until("the place is taken", || async { server.talk(server.get("/")).await.starts_with("HTTP/1.1 503") }).await;
    drop(held);
    wait_until("the place is free", || async { server.talk(server.get("/")).await.starts_with("HTTP/1.1 200") }).await;
    server.end.cancel();
}

/// Each request takes 100 ms of something that 16 can have at one time: 160 a second at most.
#[tokio::test(flavor = "multi_thread")]
async fn ten_times_the_load_is_served_nearly_as_well() {
    let routes = Router::new().route(
        "/",
        get(async || {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }),
    );
    let server = serving(routes, Limits { in_flight: 16, connections_per_address: 4096, ..Limits::default() }).await;
    let good = async |clients: usize| {
        let ends = tokio::time::Instant::now() + Duration::from_secs(3);
        let client = || async {
            let mut good = 0;
            while tokio::time::Instant::now() < ends {
                match server.talk(server.get("/")).await.starts_with("HTTP/1.1 200") {
                    true => good += 1,
                    // As Retry-After asks, only less patient.
                    false => tokio::time::sleep(Duration::from_millis(250)).await,
                }
            }
            good
        };
        stream::iter(0..clients)
            .map(|_| client())
            .buffer_unordered(clients)
            .fold(0, |sum, good| async move { sum + good })
            .await
    };
    let (peak, crowded) = (good(16).await, good(160).await);
    assert!(server.meters.shed() > 0, "the load is over the cap");
    assert!(crowded * 10 >= peak * 8, "{crowded} answers under ten times the load that brought {peak}");
    server.end.cancel();
}

#[tokio::test]
async fn after_the_end_is_called_nobody_is_turned_away_for_the_time_of_notice() {
    let server = served(Limits { notice: Duration::from_millis(300), ..Limits::default() }).await;
    server.end.cancel();
    assert!(server.talk(server.get("/")).await.starts_with("HTTP/1.1 200"));
    server.done.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_request_that_is_on_its_way_at_the_end_is_answered() {
    let server = served(Limits::default()).await;
    let mut open = server.open("").await;
    wait_until("it is accepted", || async { server.meters.connections() == 1 }).await;
    server.end.cancel();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    open.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.done.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_counted_can_be_read() {
    let server = served(Limits::default()).await;
    server.talk(server.get("/")).await;
    server.talk(server.get("/nothing/like/it")).await;
    let mut registry = prometheus_client::registry::Registry::default();
    server.meters.register(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for line in [
        r#"http_request_duration_seconds_count{route="/",status="success"} 1"#,
        r#"http_request_duration_seconds_count{route="none",status="client_error"} 1"#,
        "http_requests_in_flight 0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
    }
    assert!(!text.contains("/like/it"), "a stranger makes no labels");
    server.end.cancel();
}
