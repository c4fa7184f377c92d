//! Networks as an operator writes them.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

/// Some networks. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Networks(Arc<[IpNet]>);

/// What was given is no address and no network.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no address and no network like 10.0.0.0/8")]
pub struct BadNetwork(String);

impl Networks {
    /// This machine alone.
    pub fn local() -> Self {
        Self(["127.0.0.0/8", "::1/128"].map(|net| net.parse().expect("a constant is a network")).into())
    }

    /// Addresses and networks, separated by commas.
    ///
    /// # Errors
    /// Names the first that is neither.
    pub fn parse(list: &str) -> Result<Self, BadNetwork> {
        let parse = |text: &str| {
            let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| BadNetwork(text.to_owned()))
        };
        let texts = list.split(',').map(str::trim).filter(|text| !text.is_empty());
        texts.map(parse).collect::<Result<_, _>>().map(Self)
    }

    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.iter().chain(&*others.0).copied().collect())
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
