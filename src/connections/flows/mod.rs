//! Consents that were asked for: a row for each attempt.

mod store;

pub use store::*;
