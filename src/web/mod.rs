//! The web side that every feature shares: errors, the API's description, the user interface.

pub mod errors;
pub mod openapi;
pub mod ui;
