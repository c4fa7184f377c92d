//! The web edge: accept loop, host and origin guards, security headers. One request's walk is `edge::walk`.

mod admission;
pub mod cookie;
pub mod csp_reports;
mod edge;
mod headers;
mod query;
mod seen;
mod server;
mod socket;

#[cfg(test)]
mod tests;

pub use admission::{BadSite, Site};
pub use edge::{Edge, Refusal};
pub use query::NoFilters;
pub use seen::{Nonce, Peer, RequestId, Seen};
pub use server::{Limits, serve};

use tower_http::compression::predicate::{And, DefaultPredicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel, Predicate};

/// Compresses answers of a page's size as they leave, at the quick levels; never event streams or images.
pub fn compression() -> CompressionLayer<And<DefaultPredicate, SizeAbove>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(SizeAbove::new(1024)))
}
