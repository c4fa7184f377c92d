//! Signed webhooks, each stored durably, with the job that looks at its source, before its 200.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac as _};
use kit::clock::Clock;
use kit::random::Random;
use repruv::secrets::Vault;
use repruv::webhooks::incoming as webhooks;
use sha2::Sha256;

use crate::figures::{Table, median};
use crate::postgres;
use crate::product::Product;
use crate::requests::send_all;

pub const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
pub const DELIVERIES: usize = 10_000;
/// A burst of news is about few comments: their jobs are one each.
const COMMENTS: usize = 50;

pub async fn measure(binary: &Path, table: &mut Table) {
    on("SQLite", "≥ 5,000 /s", Product::on_sqlite(binary).await, table).await;
    for (name, kind) in [("PostgreSQL", "DISK"), ("PostgreSQL on tmpfs", "TMPFS")] {
        if let Some(url) = postgres(kind) {
            on(name, "≥ 2,000 /s", Product::on_postgres(binary, &url).await, table).await;
        }
    }
}

async fn on(name: &str, wanted: &str, mut product: Product, table: &mut Table) {
    product.sign_up().await;
    product.enable("small").await;
    let mut rates = Vec::new();
    for round in 0..ROUNDS {
        let requests = deliveries(&product, round).await;
        let taken = send_all(&[product.port()], requests, CONNECTIONS).await;
        rates.push((DELIVERIES as f64 / taken.as_secs_f64()) as u64);
    }
    let row = format!("webhooks stored, {CONNECTIONS} connections, {name}");
    table.wanted(&row, format!("{} /s", median(&rates)), wanted);
}

pub async fn deliveries(product: &Product, round: usize) -> Vec<Vec<u8>> {
    let user = product.user_id().await;
    let vault = Vault::open(&product.key_file(), &Random::system()).expect("the product made its key file");
    let secret = webhooks::demo_secret(&vault, user);
    let key = STANDARD.decode(secret.expose().trim_start_matches("whsec_")).expect("a secret is base64");
    let at = Clock::system().now().micros() / 1_000_000;
    let request = |index: usize| {
        let id = format!("msg_{round}_{index}");
        let comment = index % COMMENTS;
        let body = format!(
            r#"{{"type":"interaction.created","data":{{"platform":"youtube","external_id":"UgxBench{comment}"}}}}"#
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        format!(
            "POST {}?user={user} HTTP/1.1\r\nhost: localhost:{}\r\ncontent-type: application/json\r\n\
             webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{signature}\r\n\
             content-length: {}\r\n\r\n{body}",
            webhooks::DEMO_PATH,
            product.port(),
            body.len()
        )
        .into_bytes()
    };
    (0..DELIVERIES).map(request).collect()
}
