//! All queues at a glance, for whoever keeps the installation.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::{WorkerView, heartbeat};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Conn, Result};

/// What the engine has to do, does, and did not manage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
#[schema(as = JobOverview)]
pub struct Overview {
    /// Types with live jobs, or with failures in the last day; by name.
    pub queues: Vec<Queue>,
    pub workers: Vec<WorkerView>,
    pub workers_online: i64,
}

/// The jobs of one type.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
#[schema(as = JobQueue)]
pub struct Queue {
    pub job_type: String,
    /// Due, and waiting for a worker.
    pub ready: i64,
    /// Due later: planned, or paused after a failed attempt.
    pub scheduled: i64,
    pub running: i64,
    pub failed_last_day: i64,
    /// When the job that waits longest was due.
    pub oldest_ready_at: Option<Timestamp>,
}

impl Overview {
    pub fn ready(&self) -> i64 {
        self.queues.iter().map(|queue| queue.ready).sum()
    }

    pub fn scheduled(&self) -> i64 {
        self.queues.iter().map(|queue| queue.scheduled).sum()
    }

    pub fn running(&self) -> i64 {
        self.queues.iter().map(|queue| queue.running).sum()
    }

    pub fn failed_last_day(&self) -> i64 {
        self.queues.iter().map(|queue| queue.failed_last_day).sum()
    }

    /// How long the job that waits longest has been due; zero when none waits.
    pub fn oldest_ready_age(&self, now: Timestamp) -> Duration {
        let oldest = self.queues.iter().filter_map(|queue| queue.oldest_ready_at).min();
        oldest.map_or(Duration::ZERO, |at| now.since(at))
    }
}

const DAY: Duration = Duration::from_secs(86_400);

/// Counts live jobs and the last day's failures of all users. Costs as much as there are of those, whatever was finished.
pub fn overview(conn: &mut Conn, now: Timestamp) -> Result<Overview> {
    let mut queues = Queues::default();
    let ready = "SELECT job_type, count(*), min(run_at) FROM background_jobs \
                 WHERE status = 'pending' AND run_at <= $1 GROUP BY job_type";
    for (job_type, count, oldest) in conn.all::<(String, i64, Option<Timestamp>)>(ready, args![now])? {
        let queue = queues.of(job_type);
        (queue.ready, queue.oldest_ready_at) = (count, oldest);
    }
    let scheduled = "SELECT job_type, count(*) FROM background_jobs \
                     WHERE status = 'pending' AND run_at > $1 GROUP BY job_type";
    for (job_type, count) in conn.all::<(String, i64)>(scheduled, args![now])? {
        queues.of(job_type).scheduled = count;
    }
    let running = "SELECT job_type, count(*) FROM background_jobs WHERE status = 'running' GROUP BY job_type";
    for (job_type, count) in conn.all::<(String, i64)>(running, &[])? {
        queues.of(job_type).running = count;
    }
    let failed = "SELECT job_type, count(*) FROM background_jobs \
                  WHERE status = 'failed' AND completed_at > $1 GROUP BY job_type";
    for (job_type, count) in conn.all::<(String, i64)>(failed, args![now - DAY])? {
        queues.of(job_type).failed_last_day = count;
    }
    let workers = heartbeat::workers(conn, now)?;
    let workers_online = workers.iter().filter(|worker| worker.is_online(now)).count() as i64;
    Ok(Overview { queues: queues.0.into_values().collect(), workers, workers_online })
}

#[derive(Default)]
struct Queues(BTreeMap<String, Queue>);

impl Queues {
    fn of(&mut self, job_type: String) -> &mut Queue {
        self.0.entry(job_type.clone()).or_insert_with(|| Queue { job_type, ..Queue::default() })
    }
}
