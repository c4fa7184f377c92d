//! The machinery under Repruv: storage, jobs, the web edge, clock, randomness, ids. It knows nothing of the product.

pub mod clock;
pub mod db;
pub mod failpoint;
pub mod id;
pub mod jobs;
pub mod random;
pub mod schema;
#[cfg(feature = "testing")]
pub mod testing;
pub mod web;

#[doc(hidden)]
pub use utoipa;
