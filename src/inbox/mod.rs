//! Interactions in the common model: ingest, derived facts, rollups, lists.

pub mod answering;
pub mod api;
pub mod content;
pub mod corrections;
pub mod counts;
pub mod decisions;
pub mod definitions;
pub mod derive;
mod edits;
pub mod imported;
pub mod ingest;
pub mod jobs;
pub mod keys;
mod known;
pub mod listing;
pub mod marks;
pub mod moves;
pub mod notes;
pub mod pages;
pub mod place;
pub mod ratings;
mod remarks;
pub mod saved_views;
pub mod search;
mod seed;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod threads;
pub mod today;
pub mod tour;
pub mod triage;
mod views;

pub use seed::seed;
