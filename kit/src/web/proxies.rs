//! Proxies in front of this process, and who stands behind them.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The networks of the proxies whose word about a visitor's address is taken. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Proxies(Arc<[IpNet]>);

/// What was given is no address and no network.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no address and no network like 10.0.0.0/8")]
pub struct BadNetwork(String);

impl Proxies {
    pub fn none() -> Self {
        Self(Arc::new([]))
    }

    /// A proxy on this machine.
    pub fn local() -> Self {
        Self(["127.0.0.0/8", "::1/128"].map(|net| net.parse().expect("a constant is a network")).into())
    }

    /// Addresses and networks, separated by commas.
    pub fn parse(list: &str) -> Result<Self, BadNetwork> {
        let parse = |text: &str| {
            let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| BadNetwork(text.to_owned()))
        };
        let texts = list.split(',').map(str::trim).filter(|text| !text.is_empty());
        Ok(Self(texts.map(parse).collect::<Result<_, _>>()?))
    }

    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.iter().chain(&*others.0).copied().collect())
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who connected; behind a proxy, the last address in `X-Forwarded-For` that is no proxy itself. Nobody else's word is
    /// taken, and an entry that cannot be read ends the search.
    pub fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut visitor = peer.to_canonical();
        for line in headers.get_all("x-forwarded-for").iter().rev() {
            for entry in line.to_str().unwrap_or_default().rsplit(',') {
                if !self.contains(visitor) {
                    return visitor;
                }
                let Ok(named) = entry.trim().parse::<IpAddr>() else { return visitor };
                visitor = named.to_canonical();
            }
        }
        visitor
    }
}

/// An IPv6 customer has a /64: its addresses count as one.
pub fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Who the visitor is, by connection and by X-Forwarded-For, for a proxy on this machine and one at 10.0.0.0/8.
    #[test]
    fn only_proxies_that_we_know_are_believed() {
        let proxies = Proxies::local().and(&Proxies::parse("10.0.0.0/8, 2001:db8::1").unwrap());
        for (peer, forwarded, visitor) in [
            ("198.51.100.4", &[][..], "198.51.100.4"),
            ("198.51.100.4", &["203.0.113.7"], "198.51.100.4"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("::ffff:127.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("::1", &["2001:db8::7"], "2001:db8::7"),
            ("2001:db8::1", &["203.0.113.7"], "203.0.113.7"),
            ("2001:db8::2", &["203.0.113.7"], "2001:db8::2"),
            // What the visitor wrote stands on the left, and is not read.
            ("127.0.0.1", &["192.0.2.1, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["192.0.2.1", "203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["192.0.2.1, 203.0.113.7, 10.1.1.1"], "203.0.113.7"),
            ("10.1.1.1", &["127.0.0.1"], "127.0.0.1"),
            ("127.0.0.1", &["nonsense"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7, nonsense"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7, nonsense, 10.1.1.1"], "10.1.1.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            assert_eq!(proxies.visitor(address(peer), &headers), address(visitor), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn networks_are_read_or_named() {
        assert!(Proxies::parse("").unwrap().0.is_empty());
        assert!(Proxies::parse("127.0.0.1, 10.0.0.0/8,::1").is_ok());
        assert_eq!(
            Proxies::parse("10.0.0.0/8, proxy").unwrap_err().to_string(),
            "proxy is no address and no network like 10.0.0.0/8"
        );
    }

    #[test]
    fn a_v6_customer_is_one_address() {
        assert_eq!(customer(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
        assert_eq!(customer(address("::ffff:203.0.113.7")), address("203.0.113.7"));
    }
}
