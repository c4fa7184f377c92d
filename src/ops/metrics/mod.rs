//! What is measured, for whoever watches over the installation: on an address of its own, as OpenMetrics text. Nothing in it
//! names a person or comes from a stranger.

pub mod pages;
mod process;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Histogram, Lane, Stats};
use kit::jobs::{self, Overview};
use kit::web::Meters;
use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::accounts::tries::Tries;
use crate::app::App;
use crate::live::Streams;
use crate::ops::logging;

/// A scrape is not worth more of the database's time.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is counted as it happens. Cheap to clone; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    pub web: Meters,
    counts_mended: Counter,
    worker: Arc<OnceLock<jobs::Watch>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tried {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfType {
    job_type: String,
}

impl Metrics {
    /// So many of an inbox's counts were not those of its rows.
    pub fn counts_mended(&self, counts: usize) {
        self.counts_mended.inc_by(counts as u64);
    }

    /// The worker of this process; it has one at most.
    pub fn worker(&self, watch: jobs::Watch) {
        self.worker.get_or_init(|| watch);
    }
}

fn sign_ins(tries: &Tries) -> Family<Tried, Counter> {
    let family = Family::<Tried, Counter>::default();
    for (outcome, count) in tries.counts() {
        family.get_or_create(&Tried { outcome: outcome.as_str() }).inc_by(count);
    }
    family
}

/// All that is measured now, as OpenMetrics text. What the database does not tell in time is left out.
pub async fn text(app: &App) -> String {
    let mut registry = Registry::with_prefix("repruv");
    registry.register("build", "What runs here", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    app.part::<Metrics>().web.register(&mut registry);
    registry.register("sign_ins", "Tries to sign in, by outcome", sign_ins(app.part()));
    gauge(&mut registry, "event_streams", "Open streams of live hints", app.part::<Streams>().count() as i64);
    let mended = app.part::<Metrics>().counts_mended.clone();
    registry.register("counts_mended", "Counts of inboxes that had drifted from their rows", mended);
    let left_out = ConstCounter::new(logging::left_out());
    registry.register(
        "log_lines_left_out",
        "Lines of the log that had too many like them, or that nobody read in time",
        left_out,
    );
    process::register(&mut registry);
    storage(registry.sub_registry_with_prefix("storage"), &app.db.stats());
    if let Some(watch) = app.part::<Metrics>().worker.get() {
        worker(registry.sub_registry_with_prefix("worker"), &watch.metrics());
    }
    let now = app.now();
    let asked = tokio::time::timeout(PATIENCE, app.db.read(move |conn| jobs::overview(conn, now))).await;
    gauge(
        &mut registry,
        "database_answers",
        "1 when the database answered this scrape",
        asked.as_ref().is_ok_and(Result::is_ok).into(),
    );
    if let Ok(Ok(overview)) = asked {
        jobs(registry.sub_registry_with_prefix("jobs"), &overview, now);
    }
    let mut text = String::new();
    text::encode(&mut text, &registry).expect("a string takes all that is written");
    text
}

fn storage(registry: &mut Registry, stats: &Stats) {
    lane(registry.sub_registry_with_prefix("reads"), &stats.reads);
    lane(registry.sub_registry_with_prefix("writes"), &stats.writes);
    times(registry, "commit", "COMMIT with its fsync", &stats.commit);
    registry.register(
        "group",
        "Units that one commit carried",
        Measured { histogram: stats.group.clone(), scale: 1.0 },
    );
    times(registry, "checkpoint", "Passes over SQLite's write-ahead log", &stats.checkpoint);
    let log = ConstGauge::new(stats.wal_bytes as i64);
    registry.register_with_unit("wal", "SQLite's write-ahead log that readers must look at", Unit::Bytes, log);
    for (name, help, count) in [
        ("reconnects", "Connections made anew after one broke", stats.reconnects),
        ("reruns", "Units run again after a deadlock or a serialisation failure", stats.reruns),
        ("interrupted", "Reads ended at their deadline", stats.interrupted),
        ("outcomes_asked", "Commits whose outcome was asked for after the connection had broken", stats.outcomes_asked),
        ("outcomes_unknown", "Of those, how many could not be told", stats.outcomes_unknown),
    ] {
        registry.register(name, help, ConstCounter::new(count));
    }
}

fn lane(registry: &mut Registry, lane: &Lane) {
    gauge(registry, "waiting", "Units in the queue", lane.waiting as i64);
    registry.register("refused", "Units that found no place, or waited too long", ConstCounter::new(lane.refused));
    times(registry, "wait", "From the queue's end to its head", &lane.wait);
    times(registry, "run", "The unit itself, without its commit", &lane.run);
}

fn worker(registry: &mut Registry, worker: &jobs::Metrics) {
    gauge(registry, "running", "Jobs held by this process", worker.running as i64);
    for (name, help, count) in [
        ("claimed", "Jobs that were taken up", worker.claimed),
        ("completed", "Jobs that reached their end", worker.completed),
        ("retried", "Attempts that failed and are followed by another", worker.retried),
        ("failed", "Jobs that failed for good", worker.failed),
        ("cancelled", "Jobs that ended because somebody asked for it", worker.cancelled),
        ("interrupted", "Runs that were given back, or taken back from a worker that died", worker.interrupted),
        ("lost", "Runs whose lease was lost: nothing of their end was written", worker.lost),
    ] {
        registry.register(name, help, ConstCounter::new(count));
    }
    times(registry, "queue_delay", "From when a job was due to its claim", &worker.queue_delay);
    times(registry, "run", "From a job's claim to its end, whatever that was", &worker.run_time);
}

fn jobs(registry: &mut Registry, overview: &Overview, now: Timestamp) {
    let [ready, scheduled, running, failed] = [(); 4].map(|()| Family::<OfType, Gauge>::default());
    let oldest = Family::<OfType, Gauge<f64, std::sync::atomic::AtomicU64>>::default();
    for queue in &overview.queues {
        let of_type = OfType { job_type: queue.job_type.clone() };
        ready.get_or_create(&of_type).set(queue.ready);
        scheduled.get_or_create(&of_type).set(queue.scheduled);
        running.get_or_create(&of_type).set(queue.running);
        failed.get_or_create(&of_type).set(queue.failed_last_day);
        let age = queue.oldest_ready_at.map_or(Duration::ZERO, |at| now.since(at));
        oldest.get_or_create(&of_type).set(age.as_secs_f64());
    }
    registry.register("ready", "Due, and waiting for a worker", ready);
    registry.register("scheduled", "Due later", scheduled);
    registry.register("running", "Held by a worker", running);
    registry.register("failed_last_day", "Failed for good within a day", failed);
    registry.register_with_unit(
        "oldest_ready",
        "How long the job that waits longest has been due",
        Unit::Seconds,
        oldest,
    );
    gauge(registry, "workers_online", "Workers that show signs of life", overview.workers_online);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    registry.register(name, help, ConstGauge::new(value));
}

fn times(registry: &mut Registry, name: &str, help: &str, histogram: &Histogram) {
    let metric = Measured { histogram: histogram.clone(), scale: 1e-6 };
    registry.register_with_unit(name, help, Unit::Seconds, metric);
}

/// A histogram that somebody else keeps; `scale` makes base units of its values.
struct Measured {
    histogram: Histogram,
    scale: f64,
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.histogram.fmt(f)
    }
}

impl EncodeMetric for Measured {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let bounds = self.histogram.bounds.iter().map(|bound| *bound as f64 * self.scale).chain([f64::MAX]);
        let buckets: Vec<_> = bounds.zip(self.histogram.counts.iter().copied()).collect();
        let sum = self.histogram.sum as f64 * self.scale;
        encoder.encode_histogram::<NoLabelSet>(sum, self.histogram.count(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}
