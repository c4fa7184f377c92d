//! Commands that do one thing and end.

mod import_legacy;

pub use import_legacy::import_legacy;

type Failed = Box<dyn std::error::Error>;
