//! Commands that do one thing and end.

mod backup;
mod import_legacy;

pub use backup::{backup, restore};
pub use import_legacy::import_legacy;

type Failed = Box<dyn std::error::Error>;
