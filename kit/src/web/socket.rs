//! A client's socket as the HTTP library sees it: it gives up on a client that takes nothing, and what the library
//! refuses by itself (a head that cannot be read, or is too large) leaves with our headers.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::headers::ForBareAnswers;

pub(super) struct Socket {
    stream: TcpStream,
    /// For everything that the library holds to be taken, counted from when the socket first took no more.
    stall: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    headers: ForBareAnswers,
    /// What is left of an answer that is sent in the place of the library's bare one.
    instead: Bytes,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, stall: Duration, headers: ForBareAnswers) -> Self {
        Self { stream, stall, stalled: None, headers, instead: Bytes::new() }
    }

    fn or_stalled<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            return written;
        }
        let deadline = self.stalled.get_or_insert_with(|| Box::pin(sleep(self.stall)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")))
    }

    /// Sends our answer in the place of the bytes given, which then count as written.
    fn poll_instead(&mut self, cx: &mut Context<'_>, given: usize) -> Poll<io::Result<usize>> {
        while !self.instead.is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(cx, &self.instead);
            let written = ready!(self.or_stalled(cx, written))?;
            self.instead = self.instead.split_off(written);
        }
        Poll::Ready(Ok(given))
    }

    fn replaces(&mut self, bytes: &[u8]) -> bool {
        if self.instead.is_empty() {
            self.instead = self.headers.complete(bytes).unwrap_or_default();
        }
        !self.instead.is_empty()
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.replaces(bytes) {
            return self.poll_instead(cx, bytes.len());
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.or_stalled(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = parts
            && self.replaces(only)
        {
            return self.poll_instead(cx, only.len());
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.or_stalled(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The library calls this when it holds nothing more.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stalled = None;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
