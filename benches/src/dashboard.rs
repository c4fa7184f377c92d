//! The signed-in dashboard as full HTML, over few and over a million interactions, beside the barest server.

use std::path::Path;

use crate::data;
use crate::figures::{Table, median, micros};
use crate::load::{self, Load, Run};
use crate::postgres;
use crate::product::Product;

const ROUNDS: usize = 5;
const SOME: i64 = 10_000;
const MANY: i64 = 1_000_000;

pub async fn measure(binary: &Path, table: &mut Table) {
    let (some, many) = (Product::on_sqlite(binary).await, Product::on_sqlite(binary).await);
    on("SQLite", some, many, table).await;
    if let Some(url) = postgres("DISK") {
        let (some, many) = (Product::on_postgres(binary, &url).await, Product::on_postgres(binary, &url).await);
        on("PostgreSQL", some, many, table).await;
    }
}

async fn on(name: &str, mut some: Product, mut many: Product, table: &mut Table) {
    let some_count = fill(&mut some, SOME).await;
    let many_count = fill(&mut many, MANY).await;
    let hello = Load { url: load::hello().await, headers: Vec::new() };
    let (page_of_some, page_of_many) = (dashboard_of(&some), dashboard_of(&many));
    let mut compressed = page_of_some.clone();
    compressed.headers.push("accept-encoding: zstd".to_owned());

    // In turns, so that a noisy moment harms all alike.
    let mut runs: [Vec<Run>; 4] = Default::default();
    for _ in 0..ROUNDS {
        for (load, runs) in [&hello, &page_of_some, &page_of_many, &compressed].into_iter().zip(&mut runs) {
            runs.push(load.run());
        }
    }
    let [bare, of_some, of_many, small] = &runs;
    let row = format!("dashboard, full HTML, {some_count} interactions, {name}");
    table.wanted(&row, described(of_some), "≥ 6,000 /s");
    let row = format!("dashboard, full HTML, {many_count} interactions, {name}");
    table.wanted(&row, described(of_many), "≥ 6,000 /s");
    let slowed = format!("{:.2} ×", rate(of_some) as f64 / rate(of_many) as f64);
    table.wanted(&format!("a million interactions slow it by, {name}"), slowed, "≤ 1.1 ×");
    table.row("dashboard, bytes of HTML", some.page("/dashboard").await.len().to_string());
    table.row("bare axum hello, 16 connections", format!("{} /s", rate(bare)));
    table.row("dashboard to hello", format!("1 : {:.1}", rate(bare) as f64 / rate(of_some) as f64));
    table.row("dashboard, zstd", described(small));
    table.row("resident memory after that load", format!("{:.1} MiB", some.resident_mebibytes()));
}

/// The demo's interactions, as many times as it takes. Answers how many there are.
async fn fill(product: &mut Product, wanted: i64) -> i64 {
    product.sign_up().await;
    product.enable("large").await;
    product.stop();
    let counted = data::multiply(product.database_url(), wanted).await;
    product.start().await;
    counted
}

fn dashboard_of(product: &Product) -> Load {
    Load { url: product.url("/dashboard"), headers: vec![product.cookie_header()] }
}

fn rate(runs: &[Run]) -> u64 {
    median(&runs.iter().map(|run| run.per_second).collect::<Vec<_>>())
}

fn described(runs: &[Run]) -> String {
    let latency = |at: fn(&Run) -> u64| micros(median(&runs.iter().map(at).collect::<Vec<_>>()));
    format!("{} /s, p50 / p99 {} / {}", rate(runs), latency(|run| run.p50), latency(|run| run.p99))
}
