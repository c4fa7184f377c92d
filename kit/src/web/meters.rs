//! What the edge counts.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::StatusCode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Counters and gauges of one process's web edge. Cheap to clone; clones count together.
#[derive(Clone, Debug)]
pub struct Meters {
    pub(super) connections: Gauge,
    pub(super) connections_refused: Counter,
    pub(super) accepts_failed: Counter,
    pub(super) in_flight: Gauge,
    pub(super) shed: Counter,
    requests: Family<Answered, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    /// The template, never the path: there are as many of those as strangers like.
    route: String,
    status: Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
enum Class {
    informational,
    success,
    redirection,
    client_error,
    server_error,
}

/// Seconds; a page takes less than the first two on an idle machine.
const LATENCIES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Default for Meters {
    fn default() -> Self {
        Self {
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            accepts_failed: Counter::default(),
            in_flight: Gauge::default(),
            shed: Counter::<u64, AtomicU64>::default(),
            requests: Family::new_with_constructor(|| Histogram::new(LATENCIES)),
        }
    }
}

impl Meters {
    pub fn register(&self, registry: &mut Registry) {
        let edge = registry.sub_registry_with_prefix("http");
        edge.register("connections", "Open connections", self.connections.clone());
        edge.register(
            "connections_refused",
            "Connections closed at once because their address had too many",
            self.connections_refused.clone(),
        );
        edge.register("accepts_failed", "Connections that could not be accepted", self.accepts_failed.clone());
        edge.register("requests_in_flight", "Requests being handled", self.in_flight.clone());
        edge.register("requests_shed", "Requests refused with 503 because too many were in flight", self.shed.clone());
        edge.register_with_unit(
            "request_duration",
            "From a request's head to its answer's head, by route and class of status",
            Unit::Seconds,
            self.requests.clone(),
        );
    }

    /// Connections that are open now.
    pub fn connections(&self) -> i64 {
        self.connections.get()
    }

    /// Requests refused because too many were in flight.
    pub fn shed(&self) -> u64 {
        self.shed.get()
    }

    pub(super) fn answered(&self, route: Option<&MatchedPath>, status: StatusCode, took: Duration) {
        let route = route.map_or("none", MatchedPath::as_str).to_owned();
        self.requests.get_or_create(&Answered { route, status: Class::of(status) }).observe(took.as_secs_f64());
    }
}

impl Class {
    fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            ..=199 => Self::informational,
            200..=299 => Self::success,
            300..=399 => Self::redirection,
            400..=499 => Self::client_error,
            _ => Self::server_error,
        }
    }
}

/// Counts one up until it is dropped, on whatever way it goes.
pub(super) struct Counted(Gauge);

impl Counted {
    pub(super) fn on(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
