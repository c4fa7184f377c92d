//! Where each provider host is: the provider's own origin, or the simulator's.

use std::collections::HashMap;

use reqwest::Method;
use serde::Deserialize;
use url::Url;

use super::SMALL;
use super::error::Error;
use crate::outbound::HttpClient;
use crate::secrets::Secret;

/// A server's address as it is kept: an origin, whatever path it came with. `None` where it is no page's, or names somebody.
pub fn origin_of(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    GoogleAccounts,
    GoogleOauth,
    GoogleApis,
    Youtube,
    GbpAccounts,
    GbpInfo,
    GbpReviews,
    /// The simulated account's own server. Real ones are found by their accounts' documents.
    Bluesky,
    /// The directory in which those documents are.
    Plc,
}

impl Host {
    pub const ALL: [Host; 9] = [
        Host::GoogleAccounts,
        Host::GoogleOauth,
        Host::GoogleApis,
        Host::Youtube,
        Host::GbpAccounts,
        Host::GbpInfo,
        Host::GbpReviews,
        Host::Bluesky,
        Host::Plc,
    ];

    pub const fn key(self) -> &'static str {
        match self {
            Host::GoogleAccounts => "google_accounts",
            Host::GoogleOauth => "google_oauth",
            Host::GoogleApis => "google_apis",
            Host::Youtube => "youtube",
            Host::GbpAccounts => "gbp_accounts",
            Host::GbpInfo => "gbp_info",
            Host::GbpReviews => "gbp_reviews",
            Host::Bluesky => "bluesky",
            Host::Plc => "plc",
        }
    }

    const fn provider(self) -> &'static str {
        match self {
            Host::GoogleAccounts => "https://accounts.google.com",
            Host::GoogleOauth => "https://oauth2.googleapis.com",
            Host::GoogleApis => "https://www.googleapis.com",
            Host::Youtube => "https://youtube.googleapis.com",
            Host::GbpAccounts => "https://mybusinessaccountmanagement.googleapis.com",
            Host::GbpInfo => "https://mybusinessbusinessinformation.googleapis.com",
            // Reviews never left version 4.
            Host::GbpReviews => "https://mybusiness.googleapis.com",
            Host::Bluesky => "https://bsky.social",
            Host::Plc => "https://plc.directory",
        }
    }
}

/// An origin (scheme, host, port; never a path) for every provider host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts(HashMap<Host, Url>);

impl Hosts {
    pub fn providers() -> Self {
        Self(Host::ALL.map(|host| (host, host.provider().parse().expect("a constant origin"))).into())
    }

    /// The simulator's, as its demo service lists them. They are other ports of the same machine,
    /// so only the ports are taken from the answer: it cannot send us to a host that nobody configured.
    pub async fn of_simulator(http: &HttpClient, service: &Url, secret: &Secret) -> Result<Self, Error> {
        let list = service.join("/hosts").map_err(|error| Error::protocol(error, b""))?;
        let request = http.request(Method::GET, list).bearer_auth(secret.expose());
        let answer = http.send(request, SMALL).await?;
        if !answer.is_success() {
            return Err(super::error::unspoken(&answer));
        }
        Self::read_list(service, &answer.body)
    }

    fn read_list(service: &Url, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum List {
            Wrapped { hosts: HashMap<String, String> },
            Flat(HashMap<String, String>),
        }
        let hosts = match serde_json::from_slice(body).map_err(|error| Error::protocol(error, body))? {
            List::Wrapped { hosts } | List::Flat(hosts) => hosts,
        };
        let origin = |host: Host| {
            let listed: Url = hosts.get(host.key())?.parse().ok()?;
            let mut origin = service.clone();
            origin.set_path("");
            origin.set_port(listed.port()).ok()?;
            Some((host, origin))
        };
        Host::ALL
            .into_iter()
            .map(|host| origin(host).ok_or_else(|| Error::protocol(format!("no origin for {}", host.key()), body)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub fn named(&self, key: &str, path: &str) -> Option<Url> {
        Host::ALL.into_iter().find(|host| host.key() == key).map(|host| self.url(host, path))
    }

    pub fn url(&self, host: Host, path: &str) -> Url {
        let mut url = self.0[&host].clone();
        url.set_path(path);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulators_list_names_ports_and_nothing_else() {
        let service: Url = "http://127.0.0.1:9090/".parse().unwrap();
        let list = br#"{"google_accounts":"http://169.254.169.254:9101","google_oauth":"http://127.0.0.1:9102",
            "google_apis":"http://127.0.0.1:9103","youtube":"http://127.0.0.1:9104","tiktok_www":"http://127.0.0.1:9105",
            "gbp_accounts":"http://127.0.0.1:9106","gbp_info":"http://127.0.0.1:9107","gbp_reviews":"http://127.0.0.1:9108",
            "bluesky":"http://127.0.0.1:9109","plc":"http://127.0.0.1:9110"}"#;
        let hosts = Hosts::read_list(&service, list).unwrap();
        assert_eq!(
            hosts.url(Host::GoogleAccounts, "/o/oauth2/v2/auth").as_str(),
            "http://127.0.0.1:9101/o/oauth2/v2/auth"
        );
        assert_eq!(
            hosts.url(Host::Youtube, "/youtube/v3/channels").as_str(),
            "http://127.0.0.1:9104/youtube/v3/channels"
        );
    }

    #[test]
    fn a_server_is_an_origin() {
        let of = |text| origin_of(text).map(String::from);
        assert_eq!(of("https://pds.example.com/xrpc?a=b#c").as_deref(), Some("https://pds.example.com/"));
        for none in ["pds.example.com", "ftp://pds.example.com", "https://ann:pw@pds.example.com", "javascript:1"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn a_list_without_a_host_that_is_needed_is_refused() {
        let service: Url = "http://127.0.0.1:9090/".parse().unwrap();
        let problem = Hosts::read_list(&service, br#"{"youtube":"http://127.0.0.1:9104"}"#).unwrap_err();
        assert!(matches!(problem, Error::Protocol { .. }), "{problem}");
    }
}
