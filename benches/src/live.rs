//! From a commit to an open page that shows it: a click in one tab, the hint and the fetched panel in another.

use std::path::Path;
use std::time::Duration;

use crate::figures::{Table, median, micros, percentile};
use crate::postgres;
use crate::product::Product;
use crate::requests::now;

const ROUNDS: usize = 60;

pub async fn measure(binary: &Path, table: &mut Table) {
    on("SQLite", Product::on_sqlite(binary).await, table).await;
    if let Some(url) = postgres("DISK") {
        on("PostgreSQL", Product::on_postgres(binary, &url).await, table).await;
    }
}

async fn on(name: &str, mut product: Product, table: &mut Table) {
    product.sign_up().await;
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        taken.push(round(&product).await);
        product.until_demo_is("enabled").await;
        product.disable().await;
    }
    table.wanted(
        &format!("commit to the open page showing it, {name}, p50 / p99"),
        format!("{} / {}", micros(median(&taken)), micros(percentile(&taken, 99))),
        "p50 ≤ 20 ms",
    );
}

/// What an island does: waits for a hint, fetches the panel, looks at it.
async fn round(product: &Product) -> Duration {
    let mut hints = product.hints().await;
    let clicked = product.click_enable().await;
    let committed = now();
    drop(clicked);
    loop {
        let panel = product.page("/dashboard?panel=demo").await;
        if panel.contains("being set up") || panel.contains("demo-enabled") {
            return committed.elapsed();
        }
        assert!(hints.chunk().await.expect("the stream goes on").is_some(), "the stream ended");
    }
}
