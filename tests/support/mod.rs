//! What tests of the built binary stand on: child processes, a browser, an API client, the server.

mod browser;
mod client;
mod fleet;
mod process;
mod proxy;
mod server;
pub mod webhook;

pub use browser::Browser;
pub use client::{Client, PASSWORD, http};
pub use fleet::{Fleet, Role, SECRET};
pub use kit::testing::free_port;
pub use process::Process;
pub use proxy::{Line, Proxy};
pub use server::Server;

pub const EMAIL: &str = "ann@example.com";
