//! The outside world of connections: the address of a consent page, and the simulator's own page.

use reqwest::Method;
use url::{Url, form_urlencoded};

use super::consent;
use crate::app::App;
use crate::model::Platform;
use crate::outbound::Answer;
use crate::platforms::{self, Question, SIMULATOR, SMALL, SignIn, World};
use crate::web::errors::{Error, Result};
use crate::workspaces::{Kind, UserId};

/// Names the demo profile whose accounts the simulator's consent page offers.
const PROFILE: &str = "simulator_profile";
const REDIRECT: &str = "redirect_uri";

/// In a demo workspace the page is ours to relay, so that it is reachable wherever the application is.
pub fn consent_link(
    app: &App,
    (kind, world): (Kind, &World),
    platform: Platform,
    user: UserId,
    redirect_uri: &str,
    asked: &consent::Asked,
) -> Result<String> {
    let not_offered = || Error::conflict("platform_not_offered", "This version does not speak to that platform yet.");
    let module = app.platforms.get(platform).ok_or_else(not_offered)?;
    let provider = module.provider(world).map_err(|_| unconfigured(platform))?;
    let question = Question { redirect_uri, state: asked.state.expose(), verifier: &asked.verifier };
    let (Some(page), SignIn::Page { host, path }) = (provider.page(), module.info().sign_in) else {
        return Err(not_offered());
    };
    let url = page.authorize_url(&question);
    Ok(match kind {
        Kind::Demo => format!("{SIMULATOR}/{host}{path}?{}&{PROFILE}={user}", url.query().unwrap_or_default()),
        Kind::Live => url.into(),
    })
}

/// Whoever runs this installation has not registered it there.
pub fn unconfigured(platform: Platform) -> Error {
    let (name, key) = (platform.label(), platform.as_str());
    let text = format!("To connect {name}, enter an OAuth client at /connections/setup/{key} first.");
    Error::conflict("client_not_configured", text)
}

/// A request for a page of the simulator, as the browser sent it to us.
pub struct Asked<'a> {
    pub host: &'a str,
    pub post: bool,
    pub path: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
}

pub async fn simulators_page(
    app: &App,
    user: UserId,
    redirect_uri: &str,
    asked: Asked<'_>,
) -> Result<Answer, platforms::Error> {
    let hosts = app.simulator_hosts().await?;
    let Some(mut url) = hosts.named(asked.host, &format!("/{}", asked.path)) else {
        return Err(platforms::Error::NotFound { reason: "no such host".into() });
    };
    url.set_query(Some(&ours(asked.query.as_bytes(), user, redirect_uri)));
    let mut request = app.outbound.providers.request(if asked.post { Method::POST } else { Method::GET }, url);
    if asked.post {
        let form = ours(asked.body, user, redirect_uri);
        request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    }
    let answer = app.outbound.providers.send(request, SMALL).await?;
    match answer.headers.get("location").map(|to| leads_back(to.as_bytes(), redirect_uri)) {
        Some(false) => {
            let problem = "the consent page leads elsewhere".to_owned();
            Err(platforms::Error::Protocol { problem, body: String::new() })
        }
        None | Some(true) => Ok(answer),
    }
}

/// Whether a redirect goes to our own callback, with whatever the consent page tells it.
fn leads_back(to: &[u8], redirect_uri: &str) -> bool {
    let address = std::str::from_utf8(to).ok().and_then(|to| Url::parse(to).ok());
    address.is_some_and(|mut address| {
        address.set_query(None);
        address.fragment().is_none() && Url::parse(redirect_uri).is_ok_and(|own| own == address)
    })
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

#[cfg(test)]
mod tests {
    use super::leads_back;

    #[test]
    fn a_consent_page_leads_back_to_our_own_callback_alone() {
        let own = "http://localhost:8080/connections/callback/google";
        for back in ["", "?code=a&state=b", "?error=access_denied"] {
            assert!(leads_back(format!("{own}{back}").as_bytes(), own), "{back}");
        }
        for elsewhere in [
            "https://evil.example/",
            "//evil.example/connections/callback/google",
            "http://localhost:8080/connections/callback/google/../../../sign-out",
            "http://localhost:8080.evil.example/connections/callback/google",
            "http://localhost:8080@evil.example/connections/callback/google",
            "http://a@localhost:8080/connections/callback/google",
            "http://localhost:8081/connections/callback/google",
            "http://localhost:8080/connections/callback/google#part",
            "javascript:alert(1)",
            "/connections/callback/google",
            "",
        ] {
            assert!(!leads_back(elsewhere.as_bytes(), own), "{elsewhere}");
        }
        assert!(!leads_back(b"http://localhost:8080/\xff", own));
    }
}
