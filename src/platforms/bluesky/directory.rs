//! Whose account a handle is, and where it lives: handle → DID → the DID's document → its server (PDS).
//!
//! Source: <https://atproto.com/specs/handle>, <https://atproto.com/specs/did>. Neither side is believed alone: the document
//! has to name the handle that led to it.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::dns;
use super::xrpc::{self, Call};
use crate::outbound::{HttpClient, TransportError};
use crate::platforms::adapter::World;
use crate::platforms::error::{Error, SignInProblem, unspoken};
use crate::platforms::hosts::origin_of;
use crate::platforms::{Host, Hosts, LISTING, SMALL};

/// Who is asked for what neither DNS nor https tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Asked for a handle that resolves in no other way.
    pub service: Url,
    /// Keeps the documents of `did:plc`.
    pub plc: Url,
}

impl Directory {
    pub fn at(hosts: &Hosts) -> Self {
        Self { service: hosts.url(Host::Bluesky, "/"), plc: hosts.url(Host::Plc, "/") }
    }
}

impl Default for Directory {
    fn default() -> Self {
        let origin = |text: &str| text.parse().expect("a constant origin");
        Self { service: origin("https://bsky.social"), plc: origin("https://plc.directory") }
    }
}

/// Where an account lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub did: String,
    pub server: Url,
}

/// A handle, or a DID, as people type or paste it; `None` where it cannot be one.
pub fn handle_of(typed: &str) -> Option<String> {
    // Bluesky's own pages wrap a handle in marks of writing direction, which are copied with it. Nothing else is left out: with
    // one letter less it would be somebody else's.
    let is_mark =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let typed: String = typed.trim_matches(|c: char| c.is_whitespace() || is_mark(c)).to_owned();
    let typed = typed.strip_prefix("at://").unwrap_or(&typed);
    let typed = typed.split_once("/profile/").map_or(typed, |(_, rest)| rest);
    let typed = typed.split(['/', '?', '#']).next().unwrap_or_default().trim_start_matches('@');
    if is_did(typed) {
        return Some(typed.to_owned());
    }
    let handle = typed.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<_> = handle.split('.').collect();
    let is_label = |label: &&str| {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inside) && !label.starts_with('-') && !label.ends_with('-')
    };
    let has_domain = labels.last().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()));
    (labels.len() >= 2 && handle.len() <= 253 && labels.iter().all(is_label) && has_domain).then_some(handle)
}

pub fn is_did(text: &str) -> bool {
    let of_plc = |id: &str| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let of_web = |host: &str| !host.is_empty() && host.len() <= 253 && host.bytes().all(is_host_byte);
    text.strip_prefix("did:plc:").is_some_and(of_plc) || text.strip_prefix("did:web:").is_some_and(of_web)
}

const fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'%')
}

/// Finds an account by its handle or its DID. `service` is the server where its person says that it lives.
pub async fn home_of(world: &World, handle: &str, service: Option<&Url>) -> Result<Home, Error> {
    if world.is_simulated {
        return simulated_home_of(world, handle).await;
    }
    if is_did(handle) {
        return Ok(Home { did: handle.to_owned(), server: document(world, handle).await?.server(handle)? });
    }
    let did = did_of(world, handle, service).await?;
    let document = document(world, &did).await?;
    let named = format!("at://{handle}");
    if !document.also_known_as.iter().any(|name| name.eq_ignore_ascii_case(&named)) {
        return Err(Error::SignIn(SignInProblem::HandleContradicted));
    }
    Ok(Home { server: document.server(&did)?, did })
}

/// Nothing that is typed, or that a document says, leads out of the simulator.
async fn simulated_home_of(world: &World, handle: &str) -> Result<Home, Error> {
    let unknown = || Error::SignIn(SignInProblem::HandleUnknown);
    let server = world.atproto.service.clone();
    let did = match is_did(handle) {
        true => handle.to_owned(),
        false => asked(world, &world.http, &server, handle).await?.ok_or_else(unknown)?,
    };
    if !did.starts_with("did:plc:") {
        return Err(unknown());
    }
    document(world, &did).await?.server(&did)?;
    Ok(Home { did, server })
}

/// The way that a person names first, then the two that a handle itself knows, then whoever is asked for all others.
async fn did_of(world: &World, handle: &str, service: Option<&Url>) -> Result<String, Error> {
    if let Some(service) = service {
        match asked(world, &world.named, service, handle).await {
            Ok(Some(did)) => return Ok(did),
            // Whatever is there, it is no such server: the handle itself may know better.
            Ok(None) | Err(Error::Protocol { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    // Nobody outside this house can answer for a name that is kept for tests.
    if !handle.ends_with(".test") {
        if let Some(did) = dns::did_of(handle).await {
            return Ok(did);
        }
        if let Some(did) = well_known(&world.named, handle).await? {
            return Ok(did);
        }
    }
    let found = asked(world, &world.http, &world.atproto.service, handle).await?;
    found.ok_or(Error::SignIn(SignInProblem::HandleUnknown))
}

async fn well_known(http: &HttpClient, handle: &str) -> Result<Option<String>, Error> {
    let Ok(url) = Url::parse(&format!("https://{handle}/.well-known/atproto-did")) else { return Ok(None) };
    match http.send(http.request(Method::GET, url), SMALL).await {
        Ok(answer) if answer.is_success() => {
            Ok(Some(String::from_utf8_lossy(&answer.body).trim().to_owned()).filter(|did| is_did(did)))
        }
        Err(TransportError::NotAllowed) => Err(Error::SignIn(SignInProblem::HostNotAllowed)),
        Ok(_) | Err(_) => Ok(None),
    }
}

async fn asked(world: &World, http: &HttpClient, service: &Url, handle: &str) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct Resolved {
        did: String,
    }
    let query = [("handle", handle)];
    let call = Call::get("com.atproto.identity.resolveHandle", &query);
    let answer = match xrpc::ask(http, world.clock.now(), service, call, None).await {
        Ok(answer) => answer,
        // It does not know the handle, or lets nobody ask.
        Err(error) if error.is_about_the_thing() || matches!(error, Error::Reauth { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let resolved: Resolved = xrpc::read(answer)?;
    Ok(Some(resolved.did).filter(|did| is_did(did)))
}

#[derive(Deserialize)]
struct Document {
    id: String,
    #[serde(default, rename = "alsoKnownAs")]
    also_known_as: Vec<String>,
    #[serde(default)]
    service: Vec<Value>,
}

impl Document {
    fn server(&self, did: &str) -> Result<Url, Error> {
        let is_it = |service: &&Value| {
            let id = service["id"].as_str().unwrap_or_default();
            id == "#atproto_pds" || id.strip_prefix(did) == Some("#atproto_pds")
        };
        let endpoint = self.service.iter().find(is_it).and_then(|service| service["serviceEndpoint"].as_str());
        endpoint.and_then(origin_of).ok_or(Error::SignIn(SignInProblem::NoServer))
    }
}

async fn document(world: &World, did: &str) -> Result<Document, Error> {
    let (http, url) = match did.strip_prefix("did:web:") {
        // A port stands in it escaped.
        Some(host) => (&world.named, format!("https://{}/.well-known/did.json", host.replace("%3A", ":"))),
        None => (&world.http, format!("{}{did}", world.atproto.plc)),
    };
    let url = Url::parse(&url).map_err(|_| Error::SignIn(SignInProblem::HandleUnknown))?;
    let answer = http.send(http.request(Method::GET, url), LISTING).await?;
    match answer.status {
        200 => {}
        404 | 410 => return Err(Error::SignIn(SignInProblem::HandleUnknown)),
        _ => return Err(unspoken(&answer)),
    }
    let document: Document = answer.json().map_err(|problem| Error::protocol(problem, &answer.body))?;
    if document.id != did {
        return Err(Error::SignIn(SignInProblem::HandleContradicted));
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_known_however_it_is_pasted() {
        for typed in [
            "ann.example.com",
            " @Ann.Example.com ",
            "\u{202a}@ann.example.com\u{202c}",
            "https://bsky.app/profile/ann.example.com",
            "https://bsky.app/profile/ann.example.com/post/3k2",
            "at://ann.example.com",
            "ann.example.com.",
        ] {
            assert_eq!(handle_of(typed).as_deref(), Some("ann.example.com"), "{typed}");
        }
        assert_eq!(handle_of("did:plc:ewvi7nxzyoun6zhxrhs64oiz").as_deref(), Some("did:plc:ewvi7nxzyoun6zhxrhs64oiz"));
        for none in [
            "",
            "ann",
            "ann@example.com",
            "127.0.0.1",
            "a..b",
            "-a.com",
            "ann.example.com:80",
            "änn.example.com",
            "ann example.com",
            "did:key:z6",
            "did:plc:../x",
        ] {
            assert_eq!(handle_of(none), None, "{none}");
        }
    }
}
