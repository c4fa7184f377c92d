//! What an operator waits for: a backup and its restore at about a gibibyte, and the import of what was there before.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::data;
use crate::figures::Table;
use crate::postgres;
use crate::product::{Product, postgres_database};
use crate::requests::now;

/// Of these a database has a gibibyte.
const INTERACTIONS: i64 = 490_000;
const FORMER_USERS: u64 = 10_000;
const FORMER_INTERACTIONS: u64 = 100_000;

pub async fn measure(binary: &Path, table: &mut Table) {
    saved_and_restored("SQLite", [Product::on_sqlite(binary).await, Product::on_sqlite(binary).await], table).await;
    let Some(url) = postgres("DISK") else { return };
    let products = [Product::on_postgres(binary, &url).await, Product::on_postgres(binary, &url).await];
    saved_and_restored("PostgreSQL", products, table).await;
    let former = former(&url).await;
    imported("SQLite", Product::on_sqlite(binary).await, &former, table);
    imported("PostgreSQL", Product::on_postgres(binary, &url).await, &former, table);
}

async fn saved_and_restored(database: &str, [mut product, mut other]: [Product; 2], table: &mut Table) {
    product.sign_up().await;
    product.enable("large").await;
    product.stop();
    let count = data::multiply(product.database_url(), INTERACTIONS).await;
    product.start().await;
    let file = product.directory().join("saved.db");
    let name = file.display().to_string();
    let saved = product.command(&["backup", &name]);
    let size = fs::metadata(&file).expect("a backup is a file").len() as f64 / f64::from(1 << 30);
    table.row(&format!("backup beside the process, {count} interactions, {size:.2} GiB, {database}"), seconds(saved));
    other.stop();
    fs::copy(product.key_file(), other.key_file()).expect("a key is a file");
    let restored = other.command(&["restore", &name]);
    let start = now();
    other.start().await;
    let started = start.elapsed();
    let told = format!("{}, and {} to the first page", seconds(restored), seconds(started));
    table.wanted(&format!("restore of it, {database}"), told, "≤ 60 s for 1 GiB");
}

fn imported(database: &str, mut product: Product, former: &str, table: &mut Table) {
    product.stop();
    let what = format!("import of {FORMER_USERS} users and {FORMER_INTERACTIONS} interactions, {database}");
    table.row(&what, seconds(product.command(&["import-legacy", former])));
    table.row("the same again, which changes nothing", seconds(product.command(&["import-legacy", former])));
}

/// The former system's database, and its address.
async fn former(url: &str) -> String {
    let database = postgres_database(url.to_owned()).await;
    let made = database.clone();
    let fill = move || {
        let mut client = postgres::Client::connect(&made, postgres::NoTls).expect("the cluster accepts connections");
        client.batch_execute(&format!(
            "CREATE TABLE users (id UUID PRIMARY KEY, email VARCHAR, full_name VARCHAR, hashed_password VARCHAR,
                is_active BOOLEAN, approval_status VARCHAR, demo_mode BOOLEAN, created_at TIMESTAMPTZ);
             CREATE TABLE youtube_connections (id UUID PRIMARY KEY, user_id UUID, channel_id VARCHAR, channel_name VARCHAR,
                created_at TIMESTAMPTZ);
             CREATE TABLE interactions (id UUID PRIMARY KEY, user_id UUID, platform VARCHAR, type VARCHAR,
                platform_id VARCHAR, content TEXT, author_name VARCHAR, status VARCHAR, is_demo BOOLEAN,
                platform_created_at TIMESTAMP);
             INSERT INTO users SELECT CAST(md5(CAST(n AS TEXT)) AS UUID), 'user' || n || '@example.com', 'User ' || n,
                '$2b$12$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e', TRUE, 'approved', FALSE, '2025-01-01Z'
                FROM generate_series(1, {FORMER_USERS}) AS n;
             INSERT INTO youtube_connections SELECT gen_random_uuid(), CAST(md5(CAST(n AS TEXT)) AS UUID), 'UC' || n,
                'Channel ' || n, '2025-01-01Z' FROM generate_series(1, {FORMER_USERS}) AS n;
             INSERT INTO interactions SELECT gen_random_uuid(), CAST(md5(CAST(1 + n % {FORMER_USERS} AS TEXT)) AS UUID),
                'youtube', 'comment', 'yt-' || n, 'How does part ' || n || ' of the recipe work?', 'Person ' || n % 9999,
                'unread', FALSE, TIMESTAMP '2026-01-01' + n * INTERVAL '1 minute'
                FROM generate_series(1, {FORMER_INTERACTIONS}) AS n"
        ))
        .expect("the former system's tables can be made");
    };
    tokio::task::spawn_blocking(fill).await.expect("it does not panic");
    database
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
