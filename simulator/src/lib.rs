//! The platform simulator: the providers' wire protocols over generated demo worlds, and the demo service that hands out profiles.

mod arrivals;
mod bluesky;
mod business;
mod faults;
mod fields;
mod google;
mod hosts;
mod oauth;
mod pages;
mod paging;
mod params;
mod problem;
mod profiles;
mod schema;
mod server;
mod state;
mod switches;
#[cfg(test)]
mod testing;
mod words;
pub mod world;
mod youtube;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use kit::clock::Clock;
use kit::random::Random;
use url::Url;

pub use hosts::Host;
pub use oauth::{DEMO_CLIENT, DEMO_CLIENT_SECRET};
pub use server::{Simulator, StartError, start};

/// Bodies beyond this are refused unread.
pub(crate) const MOST_BODY_BYTES: usize = 64 * 1024;

/// How to start a simulator.
#[derive(Clone)]
pub struct Options {
    /// The demo service's address; port 0 takes a free one. The provider hosts listen on the same interface.
    pub listen: SocketAddr,
    /// The first provider host's port, the others following it; none: free ones.
    pub ports_from: Option<u16>,
    /// `sqlite:PATH` or `postgres://…`, the simulator's own.
    pub database_url: String,
    /// The bearer secret of the demo service's API.
    pub secret: String,
    /// Slows every answer, for tests and shows.
    pub delay: Duration,
    /// How long an answer hangs under the fault `slow`.
    pub slow: Duration,
    /// How often it is looked whether something arrived or is to be delivered.
    pub tick: Duration,
    pub clock: Clock,
    pub random: Random,
    /// Where a person's browser reaches the consent page; none: where it listens.
    pub public_base: Option<Url>,
    /// Names by which its hosts are reached, beside `localhost`, addresses in numbers and that of `public_base`.
    pub names: Vec<String>,
}

impl Options {
    /// Everything usual: loopback, free ports, `simulator.db` in `data_dir`.
    pub fn new(data_dir: &Path, secret: impl Into<String>, clock: Clock, random: Random) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            ports_from: None,
            database_url: format!("sqlite:{}", data_dir.join("simulator.db").display()),
            secret: secret.into(),
            delay: Duration::ZERO,
            slow: Duration::from_secs(12),
            tick: Duration::from_secs(1),
            clock,
            random,
            public_base: None,
            names: Vec::new(),
        }
    }
}
