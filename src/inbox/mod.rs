//! Interactions in the common model: ingest, derived facts, rollups, lists.

pub mod content;
pub mod derive;
pub mod ingest;
pub mod listing;
pub mod model;
#[cfg(test)]
mod testing;
