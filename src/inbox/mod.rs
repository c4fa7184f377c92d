//! Interactions in the common model: ingest, derived facts, rollups, lists.

pub mod model;
