//! The web edge: accept loop, host and origin guards, security headers. One request's walk is `edge::walk`.

mod body;
mod connection_limit;
pub mod cookie;
pub mod csp_reports;
mod edge;
mod event_stream;
mod headers;
mod known_hosts;
mod limits;
mod meters;
mod networks;
mod origin_guard;
mod proxies;
mod query;
mod request_info;
mod server;
mod socket;

#[cfg(test)]
mod tests;

pub use edge::{Edge, Refusal};
pub use known_hosts::KnownHosts;
pub use limits::Limits;
pub use meters::Meters;
pub use networks::{BadNetwork, Networks};
pub use origin_guard::{BadSite, Site};
pub use proxies::{Proxies, customer};
pub use query::NoFilters;
pub use request_info::{Nonce, Peer, RequestId, RequestInfo};
pub use server::Server;

use tower_http::compression::predicate::{And, DefaultPredicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel, Predicate};

/// Compresses answers of a page's size as they leave, at the quick levels; never event streams or images.
pub fn compression() -> CompressionLayer<And<DefaultPredicate, SizeAbove>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(SizeAbove::new(1024)))
}
