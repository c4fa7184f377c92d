//! The simulated provider hosts: each its own listener, so that adapters meet one origin per host as in the world outside.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

kit::text_enum! {
    pub enum Host {
        GoogleAccounts = "google_accounts",
        GoogleOauth = "google_oauth",
        GoogleApis = "google_apis",
        Youtube = "youtube",
        GbpAccounts = "gbp_accounts",
        GbpInfo = "gbp_info",
        GbpReviews = "gbp_reviews",
        /// An account's own server, and the AppView behind it.
        Bluesky = "bluesky",
        /// The directory of `did:plc`.
        Plc = "plc",
    }
}

/// Where each host listens.
#[derive(Debug, Clone)]
pub struct Hosts {
    pub addresses: BTreeMap<Host, SocketAddr>,
    /// Where a person's browser reaches the consent page, when that is elsewhere.
    pub public_base: Option<Url>,
}

/// The key under which `GET /hosts` tells the consent page's address for browsers.
const BROWSER_KEY: &str = "google_accounts_browser";

impl Hosts {
    /// Where one host is reached by somebody who reached the simulator as `asked`.
    pub fn url(&self, host: Host, asked: Option<&str>) -> Option<String> {
        self.addresses.get(&host).map(|address| base_url(*address, asked))
    }

    /// Base URLs by host key. `asked` is the name by which the caller reached the simulator: it counts where the
    /// listeners are bound to every address.
    pub fn urls(&self, asked: Option<&str>) -> BTreeMap<String, String> {
        let mut urls: BTreeMap<String, String> =
            self.addresses.iter().map(|(host, address)| (host.to_string(), base_url(*address, asked))).collect();
        let browser = match &self.public_base {
            Some(base) => Some(base.as_str().trim_end_matches('/').to_owned()),
            None => urls.get(Host::GoogleAccounts.as_str()).cloned(),
        };
        urls.extend(browser.map(|browser| (BROWSER_KEY.to_owned(), browser)));
        urls
    }
}

pub fn base_url(address: SocketAddr, asked: Option<&str>) -> String {
    if !address.ip().is_unspecified() {
        return format!("http://{address}");
    }
    let loopback = match address.ip() {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let name = asked
        .and_then(|asked| Url::parse(&format!("http://{asked}")).ok())
        .and_then(|url| url.host().map(|host| host.to_string()));
    match name {
        Some(name) => format!("http://{name}:{}", address.port()),
        None => format!("http://{}", SocketAddr::new(loopback, address.port())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_on_all_interfaces_is_told_by_the_name_that_was_asked_for() {
        let everywhere = "0.0.0.0:9091".parse().unwrap();
        assert_eq!(base_url(everywhere, Some("demo.internal:9090")), "http://demo.internal:9091");
        assert_eq!(base_url(everywhere, None), "http://127.0.0.1:9091");
        assert_eq!(base_url("127.0.0.1:9091".parse().unwrap(), Some("demo.internal")), "http://127.0.0.1:9091");
        assert_eq!(base_url("[::]:9091".parse().unwrap(), Some("[::1]:9090")), "http://[::1]:9091");
    }
}
