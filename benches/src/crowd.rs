//! One, two and three web and worker processes on one PostgreSQL: signed webhooks stored, while the workers look at what they hint at.

use std::path::Path;

use crate::figures::{Table, median};
use crate::postgres;
use crate::product::{Product, simulator};
use crate::requests::send_all;
use crate::webhooks::{CONNECTIONS, DELIVERIES, deliveries};

const MOST: usize = 3;
const ROUNDS: usize = 5;
const SECRET: &str = "a secret that both sides know";

pub async fn measure(binary: &Path, table: &mut Table) {
    let Some(url) = postgres("DISK") else { return };
    let directory = tempfile::tempdir().expect("a directory for the simulator");
    let (_simulator, demo_service) = simulator(binary, directory.path(), SECRET);
    let mut product = Product::pages_on_postgres(binary, &url, &demo_service, SECRET).await;
    let (mut processes, mut ports) = (vec![product.beside("worker").await.0], vec![product.port()]);
    product.sign_up().await;
    product.enable("small").await;
    for count in 1..=MOST {
        if count > 1 {
            let (web, port) = product.beside("web").await;
            processes.extend([web, product.beside("worker").await.0]);
            ports.push(port);
        }
        let mut rates = Vec::new();
        for round in 0..ROUNDS {
            let requests = deliveries(&product, count * ROUNDS + round).await;
            let taken = send_all(&ports, requests, CONNECTIONS).await;
            rates.push((DELIVERIES as f64 / taken.as_secs_f64()) as u64);
        }
        let row = format!("webhooks stored, {count} web and {count} worker processes, PostgreSQL");
        let wanted = if count > 1 { "grows until PostgreSQL is the limit" } else { "" };
        table.wanted(&row, format!("{} /s", median(&rates)), wanted);
    }
}
