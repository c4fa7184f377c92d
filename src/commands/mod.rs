//! Commands that do one thing and end.

mod backup;
mod doctor;
mod import_legacy;

pub use backup::{backup, restore};
pub use doctor::doctor;
pub use import_legacy::import_legacy;

type Failed = Box<dyn std::error::Error>;
