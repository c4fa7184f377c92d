//! What strangers and open pages cost: two thousand streams, many sign-ins at once, more requests than are borne.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::data;
use crate::figures::{Table, median, micros, percentile};
use crate::product::Product;
use crate::requests::now;

/// As many as one process has room for; four are one session's.
const STREAMS: usize = 2_000;
const SIGN_INS: usize = 128;
/// All strangers together have 600 tries a minute.
const ROUNDS: usize = 4;

pub async fn measure(binary: &Path, table: &mut Table) {
    let mut product = Product::on_sqlite(binary).await;
    product.sign_up().await;
    streams(&mut product, table).await;
    product.set("REPRUV_TRUSTED_PROXIES", "127.0.0.0/8");
    product.restart().await;
    sign_ins(&product, table).await;
}

async fn streams(product: &mut Product, table: &mut Table) {
    product.stop();
    let tokens = data::open_sessions(product.database_url(), STREAMS / 4).await;
    product.start().await;
    for token in &tokens[..20] {
        drop(open_stream(product.port(), token).await);
    }
    let before = product.resident_mebibytes();
    let mut open = Vec::new();
    for token in tokens.iter().flat_map(|token| [token; 4]) {
        open.push(open_stream(product.port(), token).await);
    }
    let each = (product.resident_mebibytes() - before) * 1024.0 / STREAMS as f64;
    table.wanted(&format!("memory of a stream, {STREAMS} open"), format!("{each:.1} KiB"), "≤ 20 KiB");
    let mut pages = Vec::new();
    for _ in 0..200 {
        let asked = now();
        drop(product.page("/dashboard").await);
        pages.push(asked.elapsed());
    }
    let meanwhile = format!("{} / {}", micros(median(&pages)), micros(percentile(&pages, 99)));
    table.row("a page meanwhile, p50 / p99", meanwhile);
}

async fn open_stream(port: u16, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the product accepts connections");
    let cookie = format!("Cookie: __Host-session_token-{port}={token}");
    let request = format!("GET /api/events HTTP/1.1\r\nHost: localhost:{port}\r\n{cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the product reads");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\n\n\r\n") {
        assert_ne!(stream.read_buf(&mut answer).await.expect("the product answers"), 0, "the stream ended");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    stream
}

async fn sign_ins(product: &Product, table: &mut Table) {
    for _ in 0..200 {
        product.page("/dashboard").await;
    }
    let (before, mut most) = (product.resident_mebibytes(), 0.0_f64);
    let (mut pages, mut answers) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let under_way = Arc::new(AtomicBool::new(true));
        let flood = tokio::spawn(burst(product.url("/api/auth/login"), round, under_way.clone()));
        while under_way.load(Ordering::Relaxed) {
            let asked = now();
            drop(product.page("/dashboard").await);
            pages.push(asked.elapsed());
            most = most.max(product.resident_mebibytes());
        }
        answers.extend(flood.await.expect("every sign-in is answered"));
    }
    let judged = answers.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count();
    let busy = answers.iter().filter(|status| **status == StatusCode::SERVICE_UNAVAILABLE).count();
    assert_eq!(judged + busy, answers.len(), "{answers:?}");
    let memory = format!("{:.1} MiB", most - before);
    table.wanted(&format!("{SIGN_INS} sign-ins at once, memory above idle"), memory, "≤ 64 MiB");
    let at_once = format!("{} / {}", micros(median(&pages)), micros(percentile(&pages, 99)));
    table.wanted("a page meanwhile, p50 / p99", at_once, "p99 < 50 ms");
    table.row("of them judged / told to come back", format!("{judged} / {busy}"));
}

/// Each from an address of its own, to an account of its own that nobody has: they cost the same as wrong passwords.
async fn burst(url: String, round: usize, under_way: Arc<AtomicBool>) -> Vec<StatusCode> {
    let http = Client::builder().timeout(Duration::from_secs(60)).build().expect("a client needs nothing");
    let tries = (0..SIGN_INS).map(|n| {
        let form =
            json!({"email": format!("nobody{round}-{n}@example.com"), "password": "a wrong one, and long enough"});
        let request = http.post(&url).header("x-forwarded-for", format!("203.0.{round}.{n}")).json(&form);
        tokio::spawn(async move { request.send().await.expect("the product answers").status() })
    });
    let mut statuses = Vec::new();
    for answer in tries.collect::<Vec<_>>() {
        statuses.push(answer.await.expect("it does not panic"));
    }
    under_way.store(false, Ordering::Relaxed);
    statuses
}
