//! Whoever reads the log stops reading: a terminal that was paused, a collector that hangs.

use std::io::{PipeReader, Read as _, Write as _, pipe};
use std::time::Duration;

use kit::testing::wait_until;
use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::support::{Process, free_port, http};

/// What Linux gives a pipe.
const PIPE: usize = 64 << 10;
/// A request that waits for the reader never ends.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_log_that_nobody_reads_holds_up_no_request_and_no_end() {
    let (mut server, port, _reader, _directory) = with_a_full_pipe().await;
    let client = http();
    let base = format!("http://localhost:{port}");
    let mut slowest = Duration::ZERO;
    for number in 0..60 {
        let body = json!({"email": format!("nobody{number}@example.com"), "password": "wrong kettles on a green hill"});
        let tried = client.post(format!("{base}/api/auth/login")).json(&body).timeout(LONG).send().await;
        let status = tried.expect("it is answered").status();
        assert!(matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS), "{status}");
        let asked = Instant::now();
        let health = client.get(format!("{base}/healthz")).timeout(LONG).send().await;
        assert!(health.expect("it is answered").status().is_success());
        slowest = slowest.max(asked.elapsed());
    }
    println!("the slowest answer took {slowest:?}");
    server.signal("TERM");
    assert!(tokio::time::timeout(LONG, server.end()).await.expect("it ends").success());
}

#[tokio::test]
async fn a_second_signal_ends_it_though_nobody_reads_the_log() {
    let (mut server, _, _reader, _directory) = with_a_full_pipe().await;
    server.signal("TERM");
    server.signal("INT");
    let ended = tokio::time::timeout(LONG, server.end()).await.expect("it ends");
    assert!(ended.code().is_some(), "by itself: {ended}");
}

#[tokio::test]
async fn what_is_queued_is_written_at_the_end() {
    let (mut server, port, mut reader, _directory) = with_a_full_pipe().await;
    let body = json!({"email": "nobody@example.com", "password": "wrong kettles on a green hill"});
    let tried = http().post(format!("http://localhost:{port}/api/auth/login")).json(&body).send().await;
    assert_eq!(tried.expect("it is answered").status(), StatusCode::UNAUTHORIZED);
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        reader.read_to_string(&mut text).map(|_| text)
    });
    server.signal("TERM");
    assert!(server.end().await.success());
    let text = reading.join().expect("no panic").expect("it is text");
    let lines: Vec<_> = text.trim_start().lines().collect();
    assert!(lines.iter().any(|line| line.contains("nobody") || line.contains("sign")), "{lines:#?}");
    assert!(lines.last().is_some_and(|line| line.contains("stopping")), "{lines:#?}");
}

/// A process whose first line of log finds no room.
async fn with_a_full_pipe() -> (Process, u16, PipeReader, TempDir) {
    let directory = tempfile::Builder::new().prefix("repruv-data-").tempdir().expect("a data directory");
    let (reader, mut writer) = pipe().expect("a pipe");
    writer.write_all(&[b' '; PIPE]).expect("it takes this much");
    let port = free_port();
    let settings = [
        ("REPRUV_DATA_DIR".to_owned(), directory.path().display().to_string()),
        ("REPRUV_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
        ("REPRUV_LOG".to_owned(), "debug".to_owned()),
    ];
    let server = Process::logging_to(writer, &["serve"], &settings);
    wait_until("it answers", || async {
        let asked = http().get(format!("http://localhost:{port}/readyz")).timeout(LONG).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    (server, port, reader, directory)
}
