//! Interactions in the common model: ingest, derived facts, rollups, lists.

pub mod content;
pub mod definitions;
pub mod derive;
pub mod ingest;
pub mod listing;
pub mod model;
mod seed;
#[cfg(test)]
mod testing;

pub use seed::seed;
