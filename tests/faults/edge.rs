//! The web edge of the built binary: too few file descriptors, stops, restarts, the address for monitoring.

use std::net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use kit::testing::wait_until;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::{Client, Process, free_port, http};

const BINARY: &str = env!("CARGO_BIN_EXE_repruv");
const STREAMS: usize = 100;

#[tokio::test]
async fn without_file_descriptors_it_waits_and_then_goes_on() {
    let (directory, port) = (directory(), free_port());
    let mut server = Process::start("sh", |command| {
        let limited = "ulimit -n 64; exec \"$0\" serve";
        command.args(["-c", limited, BINARY]).envs(settings(&directory, port));
    });
    until_healthy(port).await;
    let crowd: Vec<_> = (0..100).map(|_| StdStream::connect(address(port)).expect("the queue takes it")).collect();
    server.line("that connections cannot be accepted", |line| line.contains("cannot be accepted").then_some(()));
    drop(crowd);
    until_healthy(port).await;
}

#[tokio::test]
async fn a_stop_under_load_with_a_hundred_streams_takes_less_than_ten_seconds() {
    let (directory, port) = (directory(), free_port());
    let mut more = settings(&directory, port);
    more.extend([("REPRUV_SIGNUP".into(), "open".into()), ("REPRUV_STOP_NOTICE_SECONDS".into(), "3".into())]);
    let mut server = Process::repruv(&["serve"], &more);
    let link = server.line("where to make the first account", |line| {
        line.split_whitespace().find(|word| word.contains("/setup?token=")).map(str::to_owned)
    });
    until_healthy(port).await;
    let base = format!("http://localhost:{port}");
    let mut streams = Vec::new();
    // Forty streams are all that a person may have.
    let links = [Some(link.as_str()), None, None, None];
    for (email, link) in
        ["ann@example.com", "ben@example.com", "cem@example.com", "dora@example.com"].into_iter().zip(links)
    {
        let mut sessions = vec![Client::sign_up_at(&base, email, link).await];
        while sessions.len() * 4 * 4 < STREAMS {
            sessions.push(Client::sign_in_at(&base, email).await.expect("the server answers"));
        }
        // Four streams are all that a session may have.
        for cookie in sessions.iter().flat_map(|session| [session.cookie(); 4]) {
            streams.push(open_stream(port, cookie).await);
        }
    }
    assert!(streams.len() >= STREAMS);
    let load: Vec<_> = (0..16).map(|_| tokio::spawn(ask_until_gone(format!("{base}/login")))).collect();
    let told = Instant::now();
    server.signal("TERM");
    wait_until("it says that it is not ready", || async {
        http().get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status() == 503)
    })
    .await;
    for mut stream in streams {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
    assert!(server.end().await.success(), "it ends well");
    assert!(told.elapsed() < Duration::from_secs(10), "after {:?}", told.elapsed());
    for asking in load {
        assert!(asking.await.expect("no panic") > 0, "the load was one");
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let (directory, port) = (directory(), free_port());
    let mut more = settings(&directory, port);
    more.push(("REPRUV_STOP_NOTICE_SECONDS".into(), "60".into()));
    let mut server = Process::repruv(&["serve"], &more);
    until_healthy(port).await;
    server.signal("TERM");
    wait_until("it says that it is not ready", || async {
        let asked = http().get(format!("http://localhost:{port}/readyz")).send().await;
        asked.is_ok_and(|answer| answer.status() == 503)
    })
    .await;
    let told = Instant::now();
    server.signal("INT");
    assert_eq!(server.end().await.code(), Some(1));
    assert!(told.elapsed() < Duration::from_secs(30), "before the time of notice is over");
}

/// The socket is this test's own, as it would be systemd's, and its queue outlives the processes.
#[tokio::test]
async fn a_restart_with_a_socket_of_the_service_manager_refuses_no_connection() {
    let directory = directory();
    let socket = StdListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = socket.local_addr().expect("a bound socket has an address").port();
    let start = || {
        let handed_over = OwnedFd::from(socket.try_clone().expect("a descriptor"));
        Process::start(BINARY, |command| {
            command.arg("serve").stdin(handed_over).envs(settings(&directory, 1));
            command.envs([("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0")]);
        })
    };
    let mut server = start();
    until_healthy(port).await;
    let asking = tokio::spawn(async move {
        let mut asked = 0;
        while asked < 200 {
            assert!(answer(port).await.starts_with("HTTP/1.1 200"), "request {asked}");
            asked += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    for _ in 0..2 {
        server.signal("TERM");
        assert!(server.end().await.success());
        let waiting = tokio::spawn(answer(port));
        server = start();
        assert!(waiting.await.expect("no panic").starts_with("HTTP/1.1 200"), "who came in between is answered");
    }
    asking.await.expect("every request is answered");
}

#[tokio::test]
async fn every_socket_of_the_service_manager_is_served() {
    let directory = directory();
    let sockets = [(); 2].map(|()| StdListener::bind("127.0.0.1:0").expect("loopback has a free port"));
    let ports = sockets.each_ref().map(|socket| socket.local_addr().expect("it is bound").port());
    let [first, second] = sockets.map(OwnedFd::from);
    let mut server = Process::start(BINARY, |command| {
        command.arg("serve").stdin(first).stdout(second).envs(settings(&directory, 1));
        command.envs([("LISTEN_FDS", "2"), ("LISTEN_FDS_FIRST_FD", "0")]);
    });
    for port in ports {
        until_healthy(port).await;
    }
    server.signal("TERM");
    assert!(server.end().await.success());
}

#[tokio::test]
async fn monitoring_has_an_address_of_its_own() {
    let (directory, port, metrics) = (directory(), free_port(), free_port());
    let mut more = settings(&directory, port);
    more.push(("REPRUV_METRICS_LISTEN".into(), address(metrics).to_string()));
    let _server = Process::repruv(&["serve"], &more);
    until_healthy(port).await;
    let scrape = async |port: u16| http().get(format!("http://localhost:{port}/metrics")).send().await;
    let text = scrape(metrics).await.expect("it answers").text().await.expect("text");
    let counted = r#"repruv_http_request_duration_seconds_count{route="/healthz",status="success"}"#;
    assert!(text.contains(counted) && text.ends_with("# EOF\n"), "{text}");
    assert_eq!(scrape(port).await.expect("it answers").status(), 404);
    let under_a_foreign_name = http().get(format!("http://localhost:{metrics}/metrics")).header("host", "evil.example");
    assert_eq!(under_a_foreign_name.send().await.expect("it answers").status(), 421);
}

fn directory() -> TempDir {
    tempfile::Builder::new().prefix("repruv-data-").tempdir().expect("a data directory")
}

fn settings(directory: &TempDir, port: u16) -> Vec<(String, String)> {
    let data = directory.path().display().to_string();
    vec![
        ("REPRUV_DATA_DIR".into(), data),
        ("REPRUV_LISTEN".into(), address(port).to_string()),
        ("REPRUV_LOG_FORMAT".into(), "text".into()),
    ]
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The whole answer to a request on a connection of its own; empty when there is none.
async fn answer(port: u16) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(address(port)).await {
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n").await;
        let _ = stream.read_to_string(&mut answer).await;
    }
    answer
}

async fn until_healthy(port: u16) {
    wait_until("it answers", || async { answer(port).await.starts_with("HTTP/1.1 200") }).await;
}

async fn open_stream(port: u16, cookie: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address(port)).await.expect("it takes connections");
    let request = format!("GET /api/events HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.expect("it answers");
    assert_eq!(&status, b"HTTP/1.1 200");
    stream
}

async fn ask_until_gone(url: String) -> usize {
    let client = http();
    let mut answers = 0;
    while client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
        answers += 1;
    }
    answers
}
