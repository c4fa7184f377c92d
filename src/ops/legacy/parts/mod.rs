//! The parts of the former database, in the order in which they are read.

mod store;

pub use store::{Lookup, PARTS, Part};
