//! Proxies in front of this process, and who stands behind them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::HeaderMap;

use super::networks::{BadNetwork, Networks};

/// The networks of the proxies whose word about a visitor's address is taken. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Proxies {
    networks: Networks,
    told: Arc<[AtomicBool; 3]>,
}

/// What arrives from a neighbour whose settings are wrong, each told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oddity {
    Silent,
    Unreadable,
    Stranger,
}

impl Proxies {
    pub fn none() -> Self {
        Self::of(Networks::default())
    }

    /// A proxy on this machine.
    pub fn local() -> Self {
        Self::of(Networks::local())
    }

    /// Addresses and networks, separated by commas.
    pub fn parse(list: &str) -> Result<Self, BadNetwork> {
        Networks::parse(list).map(Self::of)
    }

    fn of(networks: Networks) -> Self {
        Self { networks, told: Arc::default() }
    }

    pub fn and(&self, others: &Self) -> Self {
        Self::of(self.networks.and(&others.networks))
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.networks.contains(address)
    }

    /// Who connected; behind a proxy, the last address in `X-Forwarded-For` that is no proxy itself. Nobody else's word is
    /// taken, and an entry that cannot be read ends the search.
    pub fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let (visitor, oddity) = self.search(peer.to_canonical(), headers);
        if let Some(oddity) = oddity
            && !self.told[oddity as usize].swap(true, Ordering::Relaxed)
        {
            tracing::warn!(%peer, "{}", oddity.text());
        }
        visitor
    }

    fn search(&self, peer: IpAddr, headers: &HeaderMap) -> (IpAddr, Option<Oddity>) {
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii));
        let mut entries = entries.filter(|entry| !entry.is_empty()).peekable();
        if !self.contains(peer) {
            let is_forwarded = entries.peek().is_some();
            return (peer, (is_forwarded && is_neighbour(peer)).then_some(Oddity::Stranger));
        }
        if entries.peek().is_none() {
            return (peer, Some(Oddity::Silent));
        }
        let mut visitor = peer;
        for entry in entries {
            match address_in(entry) {
                Some(address) => visitor = address.to_canonical(),
                None => return (visitor, Some(Oddity::Unreadable)),
            }
            if !self.contains(visitor) {
                break;
            }
        }
        (visitor, None)
    }
}

impl Oddity {
    fn text(self) -> &'static str {
        match self {
            Self::Silent => {
                "a trusted proxy sends no X-Forwarded-For: all its visitors count as one; see docs/operations.md, Behind a proxy"
            }
            Self::Unreadable => {
                "a trusted proxy sends an X-Forwarded-For that names no address: its visitors count as one"
            }
            Self::Stranger => {
                "X-Forwarded-For is not believed from here: if this is your proxy, name it in REPRUV_TRUSTED_PROXIES"
            }
        }
    }
}

/// As proxies write it: alone, with a port, in brackets, in quotes. `unknown` and made-up names are no address.
fn address_in(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?.trim_matches('"');
    let with_port = || entry.parse::<SocketAddr>().map(|socket| socket.ip()).ok();
    let in_brackets = || entry.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().map(IpAddr::from).ok();
    entry.parse().ok().or_else(with_port).or_else(in_brackets)
}

/// On this machine or in a private network, where proxies stand; strangers elsewhere write what they like.
fn is_neighbour(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
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
            // As proxies write it.
            ("127.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("127.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("127.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("127.0.0.1", &["\"203.0.113.7\""], "203.0.113.7"),
            ("127.0.0.1", &["\"[2001:db8::7]:4711\", 10.1.1.1:80"], "2001:db8::7"),
            ("127.0.0.1", &["192.0.2.1,203.0.113.7:1,\t10.1.1.1:2"], "203.0.113.7"),
            ("127.0.0.1", &["203.0.113.7, , "], "203.0.113.7"),
            ("127.0.0.1", &["caf\u{e9}, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["203.0.113.7, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7, unknown, 10.1.1.1"], "10.1.1.1"),
            ("127.0.0.1", &["203.0.113.7, _hidden, 10.1.1.1:80"], "10.1.1.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
            }
            assert_eq!(proxies.visitor(address(peer), &headers), address(visitor), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn what_a_neighbour_does_wrong_is_noticed() {
        let proxies = Proxies::parse("10.0.0.1").unwrap();
        for (peer, forwarded, oddity) in [
            ("10.0.0.1", Some("203.0.113.7"), None),
            ("10.0.0.1", None, Some(Oddity::Silent)),
            ("10.0.0.1", Some(" , "), Some(Oddity::Silent)),
            ("10.0.0.1", Some("unknown"), Some(Oddity::Unreadable)),
            ("10.0.0.2", Some("203.0.113.7"), Some(Oddity::Stranger)),
            ("127.0.0.1", Some("203.0.113.7"), Some(Oddity::Stranger)),
            ("127.0.0.1", None, None),
            // Strangers write what they like.
            ("198.51.100.4", Some("203.0.113.7"), None),
        ] {
            let line = forwarded.map(|line| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_static(line)));
            let headers = line.into_iter().collect();
            assert_eq!(proxies.search(address(peer), &headers).1, oddity, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn networks_are_read_or_named() {
        assert!(Proxies::parse("").unwrap().networks.is_empty());
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
