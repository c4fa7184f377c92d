//! Searching a million interactions beside the plain first page of the same inbox, and what the index costs a back-fill.

use std::path::Path;

use kit::args;
use kit::clock::Clock;
use kit::db::{Db, Dialect, Options, Result, Tx};
use kit::random::Random;
use repruv::connections::imported;
use repruv::inbox::ingest::IngestContext;
use repruv::model::{ConnectionId, Platform};
use repruv::workspaces::WorkspaceId;

use crate::figures::{Table, median, micros};
use crate::inbox;
use crate::load::{Load, Run};
use crate::postgres;
use crate::product::Product;
use crate::requests::now;

const ROUNDS: usize = 3;
const MANY: usize = 1_000_000;
/// Interactions of one commit, as a page of a platform's answer is.
const PORTION: usize = 100;
const BACK_FILL: usize = 60_000;

const SEARCHES: [(&str, &str); 7] = [
    ("a rare word", "123456"),
    ("a word in two of five", "you"),
    ("a word in most", "at"),
    ("a phrase", "%22the+part+at%22"),
    ("two Chinese letters", "%E5%91%B3%E9%81%93"),
    ("an emoji", "%F0%9F%98%8D"),
    ("a beginning", "disapp*"),
];

pub async fn measure(binary: &Path, table: &mut Table) {
    let sqlite = [Product::on_sqlite(binary).await, Product::on_sqlite(binary).await];
    on("SQLite", sqlite, table).await;
    if let Some(url) = postgres("DISK") {
        let products = [Product::on_postgres(binary, &url).await, Product::on_postgres(binary, &url).await];
        on("PostgreSQL", products, table).await;
    }
}

async fn on(name: &str, [mut product, mut bare]: [Product; 2], table: &mut Table) {
    product.sign_up().await;
    bare.sign_up().await;
    product.stop();
    bare.stop();
    let (indexed, without) = (product.database_url(), bare.database_url());
    let many = std::env::var("BENCH_INTERACTIONS").ok().and_then(|many| many.parse().ok()).unwrap_or(MANY);
    let filled = move || {
        let (indexed, without) = (Filling::open(indexed)?, Filling::open(without)?);
        without.leave_words_out()?;
        // In turns, so that a noisy moment harms both alike.
        let mut rates = [Vec::new(), Vec::new()];
        for first in (0..BACK_FILL).step_by(BACK_FILL / 6) {
            for (filling, rates) in [&indexed, &without].into_iter().zip(&mut rates) {
                rates.push(filling.fill(first, first + BACK_FILL / 6)?);
            }
        }
        indexed.fill(BACK_FILL, many)?;
        Ok::<_, kit::db::Error>(rates.map(|rates| median(&rates)))
    };
    let [with, without] = tokio::task::spawn_blocking(filled).await.expect("it does not panic").expect("it is filled");
    let wanted = if name == "SQLite" { "≥ 8,000 /s" } else { "≥ 5,000 /s" };
    table.wanted(&format!("back-fill with search, {name}"), format!("{with} /s"), wanted);
    let ratio = format!("{:.2} ×", with as f64 / without as f64);
    table.wanted(&format!("of the same without the index, {name}"), ratio, "≥ 0.7 ×");
    product.start().await;
    searched(name, &product, table);
    inbox::filtered(name, &product, table).await;
    inbox::moved(name, &product, table).await;
}

fn searched(name: &str, product: &Product, table: &mut Table) {
    let load = |address: &str| Load { url: product.url(address), headers: vec![product.cookie_header()] };
    let plain = load("/inbox?state=all");
    let searches = SEARCHES.map(|(what, query)| (what, load(&format!("/inbox?q={query}"))));
    let mut plain_runs = Vec::new();
    let mut runs = SEARCHES.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        plain_runs.push(plain.run());
        for ((_, load), runs) in searches.iter().zip(&mut runs) {
            runs.push(load.run());
        }
    }
    let of = |runs: &[Run], at: fn(&Run) -> u64| median(&runs.iter().map(at).collect::<Vec<_>>());
    let described = |runs: &[Run]| format!("{} / {}", micros(of(runs, |run| run.p50)), micros(of(runs, |run| run.p99)));
    table.row(&format!("plain first page, p50 / p99, {name}"), described(&plain_runs));
    for ((what, _), runs) in SEARCHES.iter().zip(&runs) {
        let slowed = of(runs, |run| run.p99) as f64 / of(&plain_runs, |run| run.p99) as f64;
        let figure = format!("{}, {slowed:.2} × plain", described(runs));
        table.wanted(&format!("{what}, p50 / p99, {name}"), figure, "p99 ≤ 15 ms, ≤ 1.5 ×");
    }
}

/// A database that is filled through the real ingest.
struct Filling {
    db: Db,
    workspace: WorkspaceId,
    connection: ConnectionId,
}

impl Filling {
    fn open(url: String) -> Result<Self> {
        let db = Db::open(Options { connections: 1, ..Options::new(url, Clock::system()) })?;
        let (workspace, connection) = db.write_blocking(|tx| {
            let workspace = tx.one("SELECT id FROM workspaces", args![])?;
            let (now, described) = (Clock::system().now(), imported::Described::default());
            let put = imported::put(tx, now, &Random::system(), workspace, Platform::YouTube, &described, "1")?;
            Ok::<_, kit::db::Error>((workspace, put.id))
        })?;
        Ok(Self { db, workspace, connection })
    }

    /// The words are still made, and then kept nowhere.
    fn leave_words_out(&self) -> Result<()> {
        self.db.write_blocking(|tx| {
            for statement in match tx.dialect() {
                Dialect::Sqlite => vec![
                    "DROP TRIGGER search_words_go_with_their_document",
                    "DROP TABLE search_words",
                    "CREATE VIEW search_words (rowid, words) AS SELECT 0, ''",
                    "CREATE TRIGGER no_words INSTEAD OF INSERT ON search_words BEGIN SELECT 1; END",
                    "CREATE TRIGGER no_documents BEFORE INSERT ON search_documents BEGIN SELECT RAISE(IGNORE); END",
                ],
                Dialect::Postgres => vec![
                    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
                    "CREATE TRIGGER no_documents BEFORE INSERT ON search_documents FOR EACH ROW EXECUTE FUNCTION nothing()",
                ],
            } {
                tx.exec(statement, args![])?;
            }
            Ok(())
        })
    }

    /// Interactions a second.
    fn fill(&self, first: usize, end: usize) -> Result<u64> {
        let start = now();
        for first in (first..end).step_by(PORTION) {
            let (workspace, connection) = (self.workspace, self.connection);
            self.db.write_blocking(move |tx: &mut Tx| {
                let (now, random) = (Clock::system().now(), Random::system());
                let platform = Platform::YouTube;
                let source = IngestContext { workspace, connection, platform, language: None, now, random: &random };
                repruv::inbox::seed(tx, &source, first..end.min(first + PORTION)).map(drop)
            })?;
        }
        Ok((end.saturating_sub(first) as f64 / start.elapsed().as_secs_f64()) as u64)
    }
}
