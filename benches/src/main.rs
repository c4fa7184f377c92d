//! Measures a built binary as its users meet it, and prints a table: `bin/bench`.

mod data;
mod figures;
mod load;
mod product;

use std::path::PathBuf;
use std::time::Duration;

use figures::{Table, median, micros, percentile};
use load::Load;
use product::{Product, demo_round};

const STARTS: usize = 9;
const DEMO_ROUNDS: usize = 15;
const REPEATED_CLICKS: usize = 500;
const LOAD_ROUNDS: usize = 5;
const INTERACTIONS: i64 = 10_000;

#[tokio::main]
async fn main() {
    let binary = PathBuf::from(std::env::args().nth(1).expect("usage: bench PATH-OF-THE-BINARY"));
    let mut table = Table::default();
    let size = std::fs::metadata(&binary).expect("the binary is built").len();
    table.row("binary", format!("{:.1} MiB", size as f64 / 1_048_576.0));

    let mut product = Product::new(binary).await;
    product.sign_up().await;
    starts(&mut product, &mut table).await;
    demo(&mut product, &mut table).await;
    dashboard(&mut product, &mut table).await;
    table.print();
}

async fn starts(product: &mut Product, table: &mut Table) {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(product.restart().await);
    }
    table.row("start to first 200, median", micros(median(&times)));
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.row("resident memory, idle", format!("{:.1} MiB", product.resident_mebibytes()));
}

async fn demo(product: &mut Product, table: &mut Table) {
    let (mut clicks, mut enabled) = (Vec::new(), Vec::new());
    for _ in 0..DEMO_ROUNDS {
        let round = demo_round(product, "medium").await;
        clicks.push(round.accepted_after);
        enabled.push(round.enabled_after);
    }
    table.row(
        "POST enable, median / slowest",
        format!("{} / {}", micros(median(&clicks)), micros(percentile(&clicks, 100))),
    );
    table.row(
        "POST to enabled with all data, median / slowest",
        format!("{} / {}", micros(median(&enabled)), micros(percentile(&enabled, 100))),
    );
    let clicks = product.click_again_and_again(REPEATED_CLICKS).await;
    table.row(
        "POST enable while enabling, p50 / p99",
        format!("{} / {}", micros(median(&clicks)), micros(percentile(&clicks, 99))),
    );
}

async fn dashboard(product: &mut Product, table: &mut Table) {
    product.enable("large").await;
    product.stop();
    let counted = data::multiply(product.database(), INTERACTIONS).await;
    product.restart().await;
    let page = product.page("/dashboard").await;
    let hello = load::hello().await;
    let dashboard = Load { url: product.url("/dashboard"), headers: vec![product.cookie_header()] };
    let compressed =
        Load { headers: vec![product.cookie_header(), "accept-encoding: zstd".into()], ..dashboard.clone() };
    let hello = Load { url: hello, headers: Vec::new() };

    let (mut bare, mut full, mut small) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..LOAD_ROUNDS {
        bare.push(hello.run());
        full.push(dashboard.run());
        small.push(compressed.run());
    }
    let rate = |runs: &[load::Run]| median(&runs.iter().map(|run| run.per_second).collect::<Vec<_>>());
    let (hello_rate, page_rate, small_rate) = (rate(&bare), rate(&full), rate(&small));
    let latency = |at: fn(&load::Run) -> u64| micros(median(&full.iter().map(at).collect::<Vec<_>>()));
    table.row("interactions in the workspace", counted.to_string());
    table.row("dashboard, bytes of HTML", page.len().to_string());
    table.row("bare axum hello, 16 connections", format!("{hello_rate} /s"));
    table.row("dashboard, full HTML, 16 connections", format!("{page_rate} /s"));
    table.row("dashboard to hello", format!("1 : {:.1}", hello_rate as f64 / page_rate as f64));
    table.row("dashboard, p50 / p99", format!("{} / {}", latency(|run| run.p50), latency(|run| run.p99)));
    table.row("dashboard, zstd", format!("{small_rate} /s"));
    table.row("resident memory after that load", format!("{:.1} MiB", product.resident_mebibytes()));
}
