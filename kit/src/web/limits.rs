//! How much a web server bears. Parameters, so that tests need not wait as long as attackers must.

use std::time::Duration;

/// Times and numbers for one listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the whole request head, and for the next request on an idle connection.
    pub head: Duration,
    /// For the whole request body, however steadily it drips.
    pub body: Duration,
    /// For a client to take what it asked for, counted from when it first took no more.
    pub stall: Duration,
    /// Connections in all; further ones wait in the kernel's backlog.
    pub connections: usize,
    /// Connections of one address (of one /64 of IPv6); further ones are closed. Proxies are exempt.
    pub connections_per_address: usize,
    /// Requests that are handled at one time; further ones are refused with 503.
    pub in_flight: usize,
    /// How long new connections are still answered after the end was called: for a balancer to read that this process is
    /// not ready.
    pub notice: Duration,
    /// For requests under way after that.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            connections: 4096,
            connections_per_address: 128,
            in_flight: 256,
            notice: Duration::ZERO,
            drain: Duration::from_secs(8),
        }
    }
}
