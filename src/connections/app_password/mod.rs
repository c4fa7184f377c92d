//! Connecting with a handle and an app password, where a platform has no consent page for us: the page, and what both it and the
//! API do with what was typed.
//!
//! From there on it is a consent like any other: the same flow, answered in the commit that begins it, and the same job.

mod pages;
mod views;

use kit::db::Tx;
use serde::Deserialize;
use url::Url;

use super::consent::{self, Answer, Asker, NotTaken};
use super::{ConnectionId, Refused, store};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::model::Platform;
use crate::platforms::{Credentials, PlatformModule, SignIn, origin_of};
use crate::secrets::Secret;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::workspaces::Kind;

pub use pages::{page, submit};

/// What a person types.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Typed {
    pub handle: Option<String>,
    pub app_password: Option<Secret>,
    /// The server where the account lives, if its handle doesn't tell.
    pub service: Option<String>,
}

/// An account password is longer than any app password, and nothing is longer than this.
const LONGEST_PASSWORD: usize = 512;
const LONGEST_HOST: usize = 253;

impl Typed {
    /// Where a consent page asks, nobody is told a password.
    pub fn none_is_needed(&self) -> Result<(), FieldErrors> {
        let typed = [
            ("handle", self.handle.is_some()),
            ("app_password", self.app_password.is_some()),
            ("service", self.service.is_some()),
        ];
        let mut errors = FieldErrors::default();
        for (field, _) in typed.into_iter().filter(|(_, is_there)| *is_there) {
            errors.add(field, "not_used", "Leave it out: this platform asks on a page of its own.");
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// What was typed as it is used, or what is wrong with each field.
    pub fn read(&self, module: &dyn PlatformModule) -> Result<Credentials, FieldErrors> {
        let mut errors = FieldErrors::default();
        let typed = self.handle.as_deref().unwrap_or_default().trim();
        let handle = module.handle_of(typed);
        if typed.is_empty() {
            errors.add("handle", "required", "Enter your handle.");
        } else if handle.is_none() {
            let example = module.platform().words().handle;
            errors.add("handle", "invalid", format!("Enter the whole handle, like {example}."));
        }
        let app_password = self.app_password.as_ref().map(|secret| secret.expose().trim()).unwrap_or_default();
        if app_password.is_empty() {
            errors.add("app_password", "required", "Enter an app password.");
        } else if app_password.len() > LONGEST_PASSWORD {
            errors.add("app_password", "invalid", "That's longer than any app password.");
        }
        let service = self.service.as_deref().map(str::trim).filter(|service| !service.is_empty());
        // People know their server by its name.
        let by_name = |text: &str| {
            let has_dot = |url: &Url| url.host_str().is_some_and(|host| host.contains('.'));
            origin_of(&format!("https://{text}")).filter(|url| has_dot(url) && !text.contains("://"))
        };
        let is_bounded = |url: &Url| url.host_str().is_some_and(|host| host.len() <= LONGEST_HOST);
        let server = service.map(|text| origin_of(text).or_else(|| by_name(text)).filter(is_bounded));
        if server == Some(None) {
            errors.add("service", "invalid", "Enter the server's address, like https://example.com.");
        }
        match handle.filter(|_| errors.is_empty()) {
            Some(handle) => {
                Ok(Credentials { handle, app_password: Secret::new(app_password), service: server.flatten() })
            }
            None => Err(errors),
        }
    }
}

pub fn is_used_by(app: &App, platform: Platform) -> bool {
    app.platforms.info(platform).is_some_and(|info| info.sign_in == SignIn::AppPassword)
}

/// What begins an attempt in a transaction: the flow, and its answer at once.
pub fn beginning(
    app: &App,
    who: &SignedIn,
    platform: Platform,
    again: Option<ConnectionId>,
    credentials: Credentials,
) -> Result<impl FnMut(&mut Tx) -> Result<ConnectionId> + Send + 'static> {
    if who.workspace.kind == Kind::Demo {
        let text =
            format!("{} is connected by the demo itself. Turn demo mode off to connect your own.", platform.label());
        return Err(Error::conflict("demo_workspace", text));
    }
    let info = app.platforms.info(platform).ok_or(Refused::NotOffered)?;
    let by = (who.user.id, who.session.id);
    let asker = Asker {
        user: who.user.id,
        session: Some(who.session.id),
        workspace: who.workspace.id,
        redirect_uri: String::new(),
        credentials: Some(credentials.to_secret()),
    };
    let (app, now) = (app.clone(), app.now());
    Ok(move |tx: &mut Tx| {
        // Pressed again while it is tried: the same account, not one more.
        let again = match again {
            Some(id) => Some(id),
            None => store::unknown_called(tx, asker.workspace, platform, &credentials.handle)?,
        };
        let asked = consent::ask(tx, now, &app.random, &app.vault, &asker, platform, again)?;
        let answer = Answer {
            provider: info.key.to_owned(),
            state: Some(asked.state),
            // There is none: what was typed lies in the flow.
            code: Some(Secret::new("")),
            error: None,
            issuer: None,
        };
        match consent::take(tx, now, &app.random, &app.vault, &app.platforms, by, &answer) {
            Ok(_) => {}
            Err(NotTaken::Db(error)) => return Err(error.into()),
            Err(refused) => return Err(Error::conflict(refused.code(), refused.to_string())),
        }
        store::name_unknown(tx, asked.connection, &credentials.handle)?;
        Ok(asked.connection)
    })
}
