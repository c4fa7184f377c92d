//! An event stream's answer, written without the HTTP library: it keeps 16 KiB of buffers for as long as a connection is open,
//! and a stream is open for long and says little.

use axum::body::Bytes;
use axum::http::header::{CONNECTION, CONTENT_TYPE, DATE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::socket::Socket;
use crate::clock::Clock;

/// Whether the answer is one; others are left to the library.
pub(super) fn is_one(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE);
    answer.status() == StatusCode::OK && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// Writes it to its end, or until the client is gone or takes nothing. The connection ends with it.
pub(super) async fn write(mut socket: Socket, answer: Response) {
    let (mut head, body) = answer.into_parts();
    let now = Clock::system().now().to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    head.headers.extend([
        (CONNECTION, HeaderValue::from_static("close")),
        (TRANSFER_ENCODING, HeaderValue::from_static("chunked")),
        (DATE, HeaderValue::from_str(&now).expect("a date is ASCII")),
    ]);
    let mut next = Some(Bytes::from(in_bytes(&head.headers)));
    drop(head);
    let mut parts = body.into_data_stream();
    let mut unasked = [0; 16];
    while let Some(bytes) = next.take() {
        let is_last = bytes == LAST_CHUNK;
        if socket.write_all(&bytes).await.is_err() || socket.flush().await.is_err() || is_last {
            break;
        }
        next = tokio::select! {
            part = parts.next() => match part {
                Some(Ok(part)) => Some(chunk(&part)),
                Some(Err(_)) => None,
                None => Some(Bytes::from_static(LAST_CHUNK)),
            },
            // Whoever asks on in the middle of an answer is not understood any more.
            _ = socket.read(&mut unasked) => None,
        };
    }
    let _ = socket.shutdown().await;
}

const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

fn chunk(part: &[u8]) -> Bytes {
    // An empty one would be the last.
    if part.is_empty() {
        return Bytes::new();
    }
    [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat().into()
}

fn in_bytes(headers: &HeaderMap) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
    for (name, value) in headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes
}
