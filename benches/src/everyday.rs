//! Starting, idling, switching demo mode on.

use std::path::Path;
use std::time::Duration;

use crate::figures::{Table, median, micros, percentile};
use crate::product::{Product, demo_round};

const STARTS: usize = 9;
const DEMO_ROUNDS: usize = 15;
const REPEATED_CLICKS: usize = 500;

pub async fn measure(binary: &Path, table: &mut Table) {
    let size = std::fs::metadata(binary).expect("the binary is built").len();
    table.row("binary", format!("{:.1} MiB", size as f64 / 1_048_576.0));
    let mut product = Product::on_sqlite(binary).await;
    product.sign_up().await;
    starts(&mut product, table).await;
    demo(&product, table).await;
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

async fn demo(product: &Product, table: &mut Table) {
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
