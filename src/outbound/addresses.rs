//! Which addresses may be asked: by number or by name, where the connection goes to exactly what was checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use kit::web::Networks;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

#[derive(Clone, Debug)]
pub enum Reach {
    /// Whoever runs this installation named the host, which may stand in the same house.
    Configured,
    /// Anybody may have typed it: only what all the world can reach, and what whoever runs this installation allows beside it.
    Public { also: Networks },
}

impl Reach {
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Reach::Configured => !is_never_a_server(address),
            Reach::Public { also } => is_public(address) || (also.contains(address) && !is_never_a_server(address)),
        }
    }

    /// A name is judged when it is resolved. What somebody typed is asked in clear text only where whoever runs this
    /// installation allows the very address, for a password may travel there.
    pub fn allows_literal(&self, url: &Url) -> bool {
        let in_clear = |address| match self {
            Reach::Public { also } if url.scheme() == "http" => also.contains(address),
            _ => true,
        };
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()) && in_clear(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()) && in_clear(address.into()),
            Some(Host::Domain("localhost")) | None => true,
            Some(Host::Domain(_)) => matches!(self, Reach::Configured) || url.scheme() != "http",
        }
    }
}

/// No address of a host may be asked.
#[derive(Debug, thiserror::Error)]
#[error("no address that may be asked")]
pub struct NotAllowed;

/// Resolves like the system, without the addresses that may not be asked.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NotAllowed.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Cloud metadata services live on link-local addresses.
fn is_never_a_server(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_unspecified() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_unspecified() || v6.is_unicast_link_local() || v6.is_multicast(),
    }
}

/// IANA's registries of special-purpose addresses, without what is routed for everybody.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let special = match v4.octets() {
        [0 | 10 | 127, ..] | [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        [100, second, ..] => (64..128).contains(&second),
        [198, second, ..] => matches!(second, 18 | 19),
        [first, ..] => first >= 224,
    };
    !(special || v4.is_private() || v4.is_link_local())
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let segments = v6.segments();
    match segments {
        // NAT64: what stands behind it is an address of version 4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        // Tunnels and translations that carry another address, documentation, and what is no unicast for everybody.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x2002 | 0x3fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
