//! The providers' wire protocols, each behind the common model; nothing here knows users, workspaces or storage.

mod error;
pub mod google;
mod hosts;
pub mod youtube;

pub use error::{Error, next_midnight_pacific};
pub use hosts::{Host, Hosts};

/// A page of a hundred threads with their replies is about 300 KB.
pub const LISTING: usize = 4 << 20;
pub const SMALL: usize = 256 << 10;
