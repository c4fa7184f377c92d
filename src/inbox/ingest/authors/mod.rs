//! Who wrote: one row for each account that was seen under a connection.

mod store;

pub use store::{Author, authors, put_author};
