//! From a `kill -9` in the middle of a set-up to the same job at work again.

use std::path::Path;
use std::time::Duration;

use crate::figures::{Table, median, micros, percentile};
use crate::product::Product;
use crate::requests::now;

const KILLS: usize = 15;
/// Slows the simulator, so that each set-up is in the middle when it is killed.
const DELAY_MS: &str = "40";

pub async fn measure(binary: &Path, table: &mut Table) {
    let mut product = Product::on_sqlite(binary).await;
    product.sign_up().await;
    product.set("REPRUV_SIMULATOR_DELAY_MS", DELAY_MS);
    product.restart().await;
    let mut taken = Vec::new();
    for _ in 0..KILLS {
        let job = product.click_enable().await;
        product.until_job_runs(&job, 0).await;
        taken.push(killed(&mut product, &job).await);
        product.until_demo_is("enabled").await;
        product.disable().await;
    }
    table.wanted(
        "kill -9, from the new start to the same job running, SQLite, median / slowest",
        format!("{} / {}", micros(median(&taken)), micros(percentile(&taken, 100))),
        "≤ 100 ms",
    );
}

async fn killed(product: &mut Product, job: &str) -> Duration {
    product.kill();
    let start = now();
    product.start().await;
    product.until_job_runs(job, 1).await;
    start.elapsed()
}
