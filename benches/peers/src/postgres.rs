//! apalis on PostgreSQL, with its widest batch and its notifications. It keeps its rows.

use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_postgres::{Config, PgPool, PostgresStorage};
use sqlx::postgres::PgPoolOptions;

use crate::{JOBS, RAN, figures, ran, singles, until_ran};

async fn nothing(_: u64) -> Result<(), BoxDynError> {
    ran();
    Ok(())
}

pub async fn measure(url: &str, disk: &str) {
    let pool: PgPool = PgPoolOptions::new().max_connections(20).connect(url).await.expect("the cluster answers");
    PostgresStorage::setup(&pool).await.expect("it makes its tables");
    let config = Config::default().queue("nothing").batch_size(500);
    let strategy = Strategy::new().interval(Duration::from_secs(1));
    let backend = PostgresStorage::<u64>::new(&pool).with_config(config.clone());
    let mut sink = backend.clone();
    sink.push_bulk((0..JOBS as u64).collect()).await.expect("jobs are added");

    let already = RAN.load(std::sync::atomic::Ordering::Relaxed);
    let start = Instant::now();
    let backend = backend.with_pubsub().poll_with_strategy(strategy);
    let worker = WorkerBuilder::new("bench").backend(backend).concurrency(100).build(nothing);
    let running = tokio::spawn(async move { worker.run().await });
    until_ran(already + JOBS).await;
    until_done(&pool).await;
    let who = format!("apalis-postgres 1.0, PostgreSQL on {disk}");
    figures::drained(&who, JOBS, start.elapsed());

    let one = singles(|| {
        let mut sink = sink.clone();
        async move { sink.push(1).await.expect("a job is added") }
    });
    figures::latency(&who, one.await);
    running.abort();
}

async fn until_done(pool: &PgPool) {
    let left = "SELECT count(*) FROM apalis.jobs WHERE status <> 'Done'";
    while sqlx::query_scalar::<_, i64>(left).fetch_one(pool).await.expect("the table is there") > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
