//! Which names an inner server answers to. A page whose own name was pointed here (DNS rebinding) reads nothing: what
//! it was led to is a name, and only those that are known count. An address in numbers cannot be pointed elsewhere.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

/// `localhost`, every address in numbers, and these names; on any port, for ports are forwarded.
#[derive(Clone, Debug, Default)]
pub struct KnownHosts(Arc<[String]>);

impl KnownHosts {
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    /// The routes, for requests that name a known host.
    pub fn guard(&self, routes: Router) -> Router {
        routes.layer(middleware::from_fn_with_state(self.clone(), answer_known))
    }

    fn knows(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let name = authority.host();
        let is_number = name.parse::<IpAddr>().is_ok()
            || name
                .strip_prefix('[')
                .and_then(|name| name.strip_suffix(']'))
                .is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok());
        let is_known = |known: &String| known.eq_ignore_ascii_case(name);
        !authority.as_str().contains('@')
            && (is_number || name.eq_ignore_ascii_case("localhost") || self.0.iter().any(is_known))
    }

    /// What the request names must all be known: the header, and an absolute target's authority.
    fn admits(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter();
        let (host, second) = (hosts.next().map(|host| host.to_str()), hosts.next());
        let target = uri.authority().map(Authority::as_str);
        match (host, second, target) {
            (Some(Ok(host)), None, target) => self.knows(host) && target.is_none_or(|target| self.knows(target)),
            (None, _, Some(target)) => self.knows(target),
            _ => false,
        }
    }
}

async fn answer_known(State(known): State<KnownHosts>, request: Request, next: Next) -> Response {
    if known.admits(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "This server does not answer for that host.\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_known_names_are_answered_and_no_other() {
        let known = KnownHosts::new(["demo.internal".to_owned()]);
        for host in [
            "localhost",
            "LOCALHOST:9090",
            "127.0.0.1:1",
            "[::1]:9090",
            "10.1.2.3",
            "demo.internal:80",
            "Demo.Internal",
        ] {
            assert!(known.knows(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "demo.internal.evil.example",
            "a@localhost",
            "[::1",
            "x y",
        ] {
            assert!(!known.knows(host), "{host}");
        }
    }

    #[test]
    fn one_host_is_named_and_an_absolute_target_names_it_too() {
        let known = KnownHosts::default();
        let with = |hosts: &[&'static str]| {
            hosts.iter().map(|host| (HOST, axum::http::HeaderValue::from_static(host))).fold(
                HeaderMap::new(),
                |mut headers, (name, value)| {
                    headers.append(name, value);
                    headers
                },
            )
        };
        assert!(known.admits(&"/metrics".parse().unwrap(), &with(&["localhost"])));
        assert!(!known.admits(&"/metrics".parse().unwrap(), &with(&[])));
        assert!(!known.admits(&"/metrics".parse().unwrap(), &with(&["localhost", "localhost"])));
        assert!(!known.admits(&"http://evil.example/".parse().unwrap(), &with(&["localhost"])));
    }
}
