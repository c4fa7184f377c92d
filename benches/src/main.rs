//! Measures a built binary as its users meet it, and prints a table: `bin/bench [PART…]`.

mod copies;
mod crowd;
mod dashboard;
mod data;
mod everyday;
mod figures;
mod inbox;
mod jobs;
mod labels;
mod live;
mod load;
mod product;
mod recovery;
mod requests;
mod search;
mod strain;
mod webhooks;
mod writes;

use std::path::PathBuf;

use figures::Table;

/// What is measured when nothing is named, in this order.
const PARTS: [&str; 11] =
    ["jobs", "writes", "everyday", "live", "recovery", "webhooks", "crowd", "strain", "dashboard", "copies", "search"];

/// A private cluster's address, as `bin/bench` starts them; what needs one is left out without it.
pub fn postgres(kind: &str) -> Option<String> {
    std::env::var(format!("BENCH_POSTGRES_{kind}")).ok()
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = std::env::args().skip(1);
    let binary = PathBuf::from(arguments.next().expect("usage: bench PATH-OF-THE-BINARY [PART…]"));
    let mut wanted: Vec<String> = arguments.collect();
    if wanted.is_empty() {
        wanted = PARTS.map(str::to_owned).to_vec();
    }
    let mut table = Table::default();
    table.row("load average before", figures::load_average());
    for part in wanted {
        match part.as_str() {
            "labels" => labels::print(),
            "jobs" => jobs::measure(&binary, &mut table).await,
            "writes" => writes::measure(&binary, &mut table).await,
            "everyday" => everyday::measure(&binary, &mut table).await,
            "live" => live::measure(&binary, &mut table).await,
            "recovery" => recovery::measure(&binary, &mut table).await,
            "webhooks" => webhooks::measure(&binary, &mut table).await,
            "crowd" => crowd::measure(&binary, &mut table).await,
            "strain" => strain::measure(&binary, &mut table).await,
            "copies" => copies::measure(&binary, &mut table).await,
            "dashboard" => dashboard::measure(&binary, &mut table).await,
            "search" => search::measure(&binary, &mut table).await,
            other => panic!("there is no part {other:?}: {PARTS:?}, labels"),
        }
    }
    table.row("load average after", figures::load_average());
    table.print();
}
