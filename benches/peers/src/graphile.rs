//! graphile_worker, with the local queue without which it runs one job a poll, and its acknowledgements batched. It deletes its rows.

use std::time::{Duration, Instant};

use graphile_worker::{IntoTaskHandlerResult, LocalQueueConfig, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;

use crate::{JOBS, RAN, figures, ran, singles, until_ran};

#[derive(Deserialize, Serialize)]
struct Nothing {}

impl TaskHandler for Nothing {
    const IDENTIFIER: &'static str = "nothing";

    async fn run(self, _: WorkerContext) -> impl IntoTaskHandlerResult {
        ran();
        Ok::<(), String>(())
    }
}

pub async fn measure(url: &str, disk: &str) {
    let pool = PgPoolOptions::new().max_connections(20).connect(url).await.expect("the cluster answers");
    let worker = WorkerOptions::default()
        .pg_pool(pool.clone())
        .concurrency(24)
        .schema("graphile_worker")
        .local_queue(LocalQueueConfig::default().with_size(500))
        .complete_job_batch_delay(Duration::from_millis(5))
        .define_job::<Nothing>()
        .init()
        .await
        .expect("it makes its tables");
    let enqueue = "SELECT count(graphile_worker.add_job('nothing', '{}'::json)) FROM generate_series(1, $1)";
    sqlx::query(enqueue).bind(JOBS as i64).execute(&pool).await.expect("jobs are added");

    let already = RAN.load(std::sync::atomic::Ordering::Relaxed);
    let start = Instant::now();
    let running = tokio::spawn(async move { worker.run().await });
    until_ran(already + JOBS).await;
    until_empty(&pool).await;
    let who = format!("graphile_worker 0.14, PostgreSQL on {disk}, rows deleted");
    figures::drained(&who, JOBS, start.elapsed());

    let one = singles(|| async {
        sqlx::query(enqueue).bind(1_i64).execute(&pool).await.expect("a job is added");
    });
    figures::latency(&who, one.await);
    running.abort();
    sqlx::query("DROP SCHEMA graphile_worker CASCADE").execute(&pool).await.expect("its tables go");
}

async fn until_empty(pool: &sqlx::PgPool) {
    let left = "SELECT count(*) FROM graphile_worker._private_jobs";
    while sqlx::query_scalar::<_, i64>(left).fetch_one(pool).await.expect("the table is there") > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
