//! Commands that do one thing and end.

mod audit;
mod backup;
mod doctor;
mod import_legacy;
mod rebuild_search;

pub use audit::{AuditCommand, audit};
pub use backup::{backup, restore};
pub use doctor::doctor;
pub use import_legacy::import_legacy;
pub use rebuild_search::rebuild_search;

type Failed = Box<dyn std::error::Error>;
