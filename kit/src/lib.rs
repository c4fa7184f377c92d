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

/// Whether a bug is in the code that a simulation put there, or the bug itself: never here.
#[cfg(not(feature = "testing"))]
#[macro_export]
macro_rules! mutant {
    ($bug:literal) => {
        false
    };
    ($bug:literal => $code:block) => {};
    ($bug:literal: $sql:expr, $from:expr => $to:literal) => {
        $sql
    };
}

#[doc(hidden)]
pub use utoipa;
