//! The only outbound HTTP client, with a policy for each kind of destination; it knows no platform.

mod addresses;
mod client;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

#[cfg(test)]
use std::sync::Arc;

#[cfg(test)]
pub use client::Transport;
pub use client::{Answer, HttpClient, TransportError};

use addresses::Reach;
use client::{Patience, Policy};
use kit::web::Networks;

/// A client for each kind of destination. None shares its permits with another: who is slow there waits there.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// The platforms, or the simulator in their stead.
    pub providers: HttpClient,
    pub demo_service: HttpClient,
    /// Hosts that people typed, or that what they typed leads to: only what is public, or allowed beside it.
    pub named: HttpClient,
}

impl Outbound {
    /// What somebody typed reaches these networks, beside the public ones.
    ///
    /// # Panics
    /// When no TLS configuration can be made, which no later call could mend.
    pub fn new(also: Networks) -> Self {
        // A second start in the same process (a test) finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            providers: HttpClient::new(Policy {
                reach: Reach::Configured,
                for_each_origin: 8,
                in_all: 64,
                patience: Patience::USUAL,
            }),
            demo_service: HttpClient::new(Policy {
                reach: Reach::Configured,
                for_each_origin: 8,
                in_all: 8,
                patience: Patience::USUAL,
            }),
            named: HttpClient::new(Policy {
                reach: Reach::Public { also },
                for_each_origin: 8,
                in_all: 64,
                patience: Patience::LONG,
            }),
        }
    }

    /// The same clients over another transport.
    #[cfg(test)]
    pub fn over(&self, transport: Arc<dyn Transport>) -> Self {
        Self {
            providers: self.providers.over(transport.clone()),
            demo_service: self.demo_service.over(transport.clone()),
            named: self.named.over(transport),
        }
    }
}

impl Default for Outbound {
    fn default() -> Self {
        Self::new(Networks::default())
    }
}
