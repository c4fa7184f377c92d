//! What tests of the built binary stand on: child processes, a browser, an API client, the server.

mod browser;
mod client;
mod process;
mod server;

pub use browser::Browser;
pub use client::{Client, PASSWORD};
pub use process::Process;
pub use server::{Server, free_port};

pub const EMAIL: &str = "ann@example.com";
