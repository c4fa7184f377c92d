//! The only outbound HTTP client, with a policy for each kind of destination; it knows no platform.

mod addresses;
mod client;
#[cfg(test)]
mod tests;

#[cfg(test)]
use std::sync::Arc;

#[cfg(test)]
pub use client::Transport;
pub use client::{Answer, HttpClient, TransportError};

use addresses::Reach;
use client::Policy;

/// A client for each kind of destination. None shares its permits with another: who is slow there waits there.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// The platforms, or the simulator in their stead.
    pub providers: HttpClient,
    pub demo_service: HttpClient,
    /// Addresses that people typed: what they name must be public.
    pub receivers: HttpClient,
}

impl Outbound {
    /// # Panics
    /// When no TLS configuration can be made, which no later call could mend.
    pub fn new() -> Self {
        // A second start in the same process (a test) finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            providers: HttpClient::new(Policy { reach: Reach::Configured, for_each_origin: 8, in_all: 64 }),
            demo_service: HttpClient::new(Policy { reach: Reach::Configured, for_each_origin: 8, in_all: 8 }),
            receivers: HttpClient::new(Policy { reach: Reach::Public, for_each_origin: 2, in_all: 64 }),
        }
    }

    /// The same clients over another transport.
    #[cfg(test)]
    pub fn over(&self, transport: Arc<dyn Transport>) -> Self {
        Self {
            providers: self.providers.over(transport.clone()),
            demo_service: self.demo_service.over(transport.clone()),
            receivers: self.receivers.over(transport),
        }
    }
}

impl Default for Outbound {
    fn default() -> Self {
        Self::new()
    }
}
