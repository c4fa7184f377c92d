//! The list under each of its filters, and a word on all that needs a reply, in a workspace that is full already.

use serde_json::json;

use crate::figures::{Table, micros};
use crate::load::Load;
use crate::product::Product;
use crate::requests::now;

/// Alone, and then in the combinations that leave the least of a long list.
const FILTERS: [&str; 21] = [
    "state=needs_reply",
    "state=answered",
    "state=done",
    "state=spam&visibility=any",
    "state=own",
    "state=all&order=oldest",
    "state=all&kind=reply",
    "state=all&sentiment=negative",
    "state=all&intent=safety",
    "state=all&priority=urgent",
    "state=all&language=el",
    "state=all&platform=youtube",
    "state=all&starred=yes",
    "state=all&assignee=me",
    "state=all&assignee=nobody",
    "state=all&visibility=held",
    "state=all&since=2026-11-01&until=2026-11-28",
    "state=answered&language=el&sentiment=negative",
    "state=no_reply_needed&intent=safety&priority=urgent",
    "state=all&kind=review&language=th&order=oldest",
    "state=needs_reply&intent=safety&order=priority",
];

pub async fn filtered(name: &str, product: &Product, table: &mut Table) {
    let load =
        |filter: &str| Load { url: product.url(&format!("/inbox?{filter}")), headers: vec![product.cookie_header()] };
    let plain = load("state=all").run();
    let wanted = if name == "SQLite" { "p99 ≤ 25 ms" } else { "p99 ≤ 40 ms" };
    for filter in FILTERS {
        let run = load(filter).run();
        let slowed = run.p99 as f64 / plain.p99 as f64;
        let figure = format!("{} / {}, {slowed:.2} × plain", micros(run.p50), micros(run.p99));
        table.wanted(&format!("{filter}, p50 / p99, {name}"), figure, wanted);
    }
}

/// Everything that needs a reply is said to be done, while somebody reads the list.
pub async fn moved(name: &str, product: &Product, table: &mut Table) {
    let start = now();
    let order = json!({ "filter": { "state": "needs_reply" }, "state": "done" });
    let ordered = product.call("/api/moves/matching", order).await;
    let job = ordered["job_id"].as_str().expect("it is a job").to_owned();
    let page = Load { url: product.url("/inbox?state=all"), headers: vec![product.cookie_header()] };
    let beside = tokio::task::spawn_blocking(move || page.run());
    let ended = product.until_job_ends(&job).await;
    let taken = start.elapsed();
    let beside = beside.await.expect("the load reports");
    let changed = ended["result"]["changed"].as_u64().unwrap_or(0);
    let of_100_000 = taken.mul_f64(100_000.0 / changed.max(1) as f64);
    let figure = format!("{} ({changed} threads in {})", micros(of_100_000), micros(taken));
    table.wanted(&format!("100,000 threads moved, {name}"), figure, "≤ 3 s");
    table.wanted(
        &format!("a page meanwhile, p50 / p99, {name}"),
        format!("{} / {}", micros(beside.p50), micros(beside.p99)),
        "≤ 50 ms",
    );
}
