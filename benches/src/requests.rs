//! Prepared requests over keep-alive connections: a generator that costs the server's cores little.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends each request once, over `connections` spread over `ports`, and answers how long all of them took. Every answer
/// must be a 200.
pub async fn send_all(ports: &[u16], requests: Vec<Vec<u8>>, connections: usize) -> Duration {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let mut streams = Vec::new();
    for index in 0..connections {
        let stream = TcpStream::connect(("127.0.0.1", ports[index % ports.len()]))
            .await
            .expect("the product accepts connections");
        stream.set_nodelay(true).expect("a socket takes options");
        streams.push(stream);
    }
    let start = now();
    let senders = streams.into_iter().map(|mut stream| {
        let (requests, next) = (requests.clone(), next.clone());
        tokio::spawn(async move {
            let mut answer = Vec::with_capacity(4096);
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                stream.write_all(request).await.expect("the product reads");
                read_answer(&mut stream, &mut answer).await;
                assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("every request is answered with 200");
    }
    start.elapsed()
}

async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    loop {
        assert_ne!(stream.read_buf(answer).await.expect("the product answers"), 0, "the connection was closed");
        let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head_text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length = head_text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        if answer.len() >= head + 4 + length {
            return;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "it measures durations")]
pub fn now() -> Instant {
    Instant::now()
}
