//! The web side that every feature shares: errors, the API's description, the user interface.

pub mod cookies;
pub mod errors;
pub mod extract;
pub mod frame;
pub mod openapi;
pub mod pace;
pub mod rights;
pub mod text;
pub mod ui;
