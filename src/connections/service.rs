//! The outside world of connections: the address of a consent page, and the simulator's own page.

use reqwest::Method;
use url::form_urlencoded;

use super::consent;
use super::pages::SIMULATOR;
use crate::app::App;
use crate::outbound::Answer;
use crate::platforms::google::{self, AUTHORIZE};
use crate::platforms::{self, Host, Hosts, SMALL};
use crate::web::errors::{Error, Result};
use crate::workspaces::{Kind, UserId};

/// Names the demo profile whose accounts the simulator's consent page offers.
const PROFILE: &str = "simulator_profile";
const REDIRECT: &str = "redirect_uri";

/// In a demo workspace the page is ours to relay, so that it is reachable wherever the application is.
pub fn consent_link(app: &App, kind: Kind, user: UserId, redirect_uri: &str, asked: &consent::Asked) -> Result<String> {
    let query =
        |client: &google::Client| google::authorize_query(client, redirect_uri, asked.state.expose(), &asked.verifier);
    match (kind, &app.config.google) {
        (Kind::Demo, _) => {
            let query = query(&google::Client::of_simulator());
            Ok(format!("{SIMULATOR}{AUTHORIZE}?{query}&{PROFILE}={user}"))
        }
        (Kind::Live, Some(client)) => {
            let mut url = Hosts::providers().url(Host::GoogleAccounts, AUTHORIZE);
            url.set_query(Some(&query(client)));
            Ok(url.into())
        }
        (Kind::Live, None) => Err(Error::conflict("client_not_configured", "No Google client is configured.")),
    }
}

/// A request for the simulator's consent page, as the browser sent it to us.
pub struct Asked<'a> {
    pub post: bool,
    pub path: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
}

pub async fn simulators_consent_page(
    app: &App,
    user: UserId,
    redirect_uri: &str,
    asked: Asked<'_>,
) -> Result<Answer, platforms::Error> {
    let hosts = app.simulator_hosts().await?;
    let mut url = hosts.url(Host::GoogleAccounts, &format!("/{}", asked.path));
    url.set_query(Some(&ours(asked.query.as_bytes(), user, redirect_uri)));
    let mut request = app.outbound.providers.request(if asked.post { Method::POST } else { Method::GET }, url);
    if asked.post {
        let form = ours(asked.body, user, redirect_uri);
        request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    }
    Ok(app.outbound.providers.send(request, SMALL).await?)
}

/// The profile is that of the person who is signed in, and the answer comes back here: a link that somebody made up
/// neither consents for another nor leads elsewhere.
fn ours(pairs: &[u8], user: UserId, redirect_uri: &str) -> String {
    let others = form_urlencoded::parse(pairs).filter(|(name, _)| name != PROFILE && name != REDIRECT);
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .append_pair(PROFILE, &user.to_string())
        .append_pair(REDIRECT, redirect_uri)
        .finish()
}
