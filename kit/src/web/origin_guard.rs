//! Which requests may come in: the Host rule (RFC 9112 section 3.2, DNS rebinding) and the same-origin rule (CSRF).

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use super::Refusal;

/// The public address of this site, and every Host and Origin that means it.
#[derive(Clone, Debug)]
pub struct Site {
    https: bool,
    hosts: Vec<String>,
    origins: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("a public address is http://HOST[:PORT] or https://HOST[:PORT], without a path")]
pub struct BadSite;

impl Site {
    /// While the address is a loopback one, `localhost`, `127.0.0.1` and `[::1]` on its port all mean it.
    pub fn new(public_url: &str) -> Result<Self, BadSite> {
        let uri: Uri = public_url.parse().map_err(|_| BadSite)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(BadSite),
        };
        let authority = uri.authority().ok_or(BadSite)?;
        if authority.as_str().contains('@') || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(BadSite);
        }
        let own = authority.host().to_ascii_lowercase();
        let default_port = if https { 443 } else { 80 };
        let port = authority.port_u16().unwrap_or(default_port);
        let mut names = vec![own.clone()];
        if LOOPBACK.contains(&own.as_str()) {
            names.extend(LOOPBACK.iter().filter(|name| **name != own).map(|name| (*name).to_owned()));
        }
        let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == default_port {
            hosts.extend(names);
        }
        let scheme = if https { "https" } else { "http" };
        let origins = hosts.iter().map(|host| format!("{scheme}://{host}")).collect();
        Ok(Self { https, hosts, origins })
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    pub(super) fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        self.check_host(uri, headers)?;
        if self.is_same_origin(method, headers) { Ok(()) } else { Err(CROSS_ORIGIN) }
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let Values::One(host) = values(headers, HOST.as_str()) else { return Err(BAD_HOST) };
        if host.parse::<Authority>().is_err() {
            return Err(BAD_HOST);
        }
        // An absolute request target names the host a second time.
        let named = [Some(host), uri.authority().map(Authority::as_str)];
        let ours = |name: &str| self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
        if named.into_iter().flatten().all(ours) { Ok(()) } else { Err(FOREIGN_HOST) }
    }

    fn is_same_origin(&self, method: &Method, headers: &HeaderMap) -> bool {
        let fetch_site = values(headers, "sec-fetch-site");
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            // A foreign page may link here; it may not read, embed or stream from here.
            return match fetch_site {
                Values::None | Values::One("same-origin" | "none") => true,
                Values::One(_) => is_top_level_navigation(headers),
                Values::Many => false,
            };
        }
        let with_cookie = headers.contains_key(COOKIE);
        if !with_cookie && carries_bearer_token(headers) {
            return true;
        }
        match (fetch_site, values(headers, ORIGIN.as_str())) {
            (Values::One(site), _) => matches!(site, "same-origin" | "none"),
            (Values::Many, _) | (_, Values::Many) => false,
            (Values::None, Values::One(origin)) => self.origins.iter().any(|own| own.eq_ignore_ascii_case(origin)),
            (Values::None, Values::None) => !with_cookie,
        }
    }
}

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

const BAD_HOST: Refusal =
    Refusal { status: StatusCode::BAD_REQUEST, code: "bad_host", text: "A request must name exactly one host." };
const FOREIGN_HOST: Refusal = Refusal {
    status: StatusCode::MISDIRECTED_REQUEST,
    code: "foreign_host",
    text: "This server doesn't serve that host.",
};
const CROSS_ORIGIN: Refusal = Refusal {
    status: StatusCode::FORBIDDEN,
    code: "cross_origin",
    text: "This request came from another site, so it was ignored.",
};

enum Values<'a> {
    None,
    One(&'a str),
    Many,
}

/// A value that is not visible ASCII counts as `Many`: never acceptable.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Values<'a> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Values::None,
        (Some(value), None) => value.to_str().map_or(Values::Many, Values::One),
        (Some(_), Some(_)) => Values::Many,
    }
}

fn is_top_level_navigation(headers: &HeaderMap) -> bool {
    matches!(values(headers, "sec-fetch-mode"), Values::One("navigate"))
        && matches!(values(headers, "sec-fetch-dest"), Values::None | Values::One("document"))
}

fn carries_bearer_token(headers: &HeaderMap) -> bool {
    matches!(values(headers, AUTHORIZATION.as_str()), Values::One(value)
        if value.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn is_admitted(uri: &Uri, host: &[u8]) -> bool {
        let site = Site::new("https://inbox.example.com").expect("an address");
        let Ok(host) = HeaderValue::from_bytes(host) else { return false };
        site.admit(&Method::GET, uri, &[(HOST, host)].into_iter().collect()).is_ok()
    }

    proptest! {
        #[test]
        fn no_host_is_ours_but_our_own(
            host in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..40),
                "[a-z@.:\\[\\]%]{0,8}inbox\\.example\\.com[a-z@.:/\\]%0-9]{0,8}".prop_map(String::into_bytes),
            ],
        ) {
            let ours = [&b"inbox.example.com"[..], b"inbox.example.com:443"];
            let is_ours = ours.iter().any(|name| name.eq_ignore_ascii_case(&host));
            prop_assert_eq!(is_admitted(&Uri::from_static("/"), &host), is_ours);
        }

        #[test]
        fn an_address_that_names_another_host_is_not_ours(target in "http://[a-z@.:]{1,20}/") {
            if let Ok(uri) = target.parse::<Uri>() {
                prop_assert!(!is_admitted(&uri, b"inbox.example.com"));
            }
        }
    }
}
