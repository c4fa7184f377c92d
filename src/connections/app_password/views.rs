//! HTML of the page on which a handle and an app password are typed.

use maud::{Markup, html};

use super::super::ConnectionId;
use super::Typed;
use crate::model::Platform;
use crate::web::errors::Error;
use crate::web::ui::{Button, Field, Icon, Tone, card, head, icon, notice};

#[derive(Debug)]
pub struct Form {
    pub platform: Platform,
    pub connection: Option<ConnectionId>,
    pub typed: Typed,
    /// Whether their password of this installation was typed too long ago.
    pub asks_password: bool,
    pub error: Option<Error>,
}

pub fn body(form: &Form) -> Markup {
    let (name, words) = (form.platform.label(), form.platform.words());
    let errors = form.error.as_ref().map(Error::fields).unwrap_or_default();
    let trouble = form.error.as_ref().filter(|error| !matches!(error, Error::Invalid(_))).map(Error::text);
    let typed = |text: &Option<String>| text.clone().unwrap_or_default();
    let (handle, service) = (typed(&form.typed.handle), typed(&form.typed.service));
    let asks_handle = handle.is_empty() || errors.of("handle").is_some();
    html! {
        (head(&format!("Connect {name}"), html! { "Your handle and an app password. No developer account is needed." }, html! {}))
        div.narrow.stack {
            (card("Your account", html! {}, html! {
                @if let Some(trouble) = &trouble { (notice(Tone::Bad, trouble)) }
                form.form method="post" action={ "/connections/" (form.platform.as_str()) "/start" } data-test="app-password" {
                    @if let Some(connection) = form.connection { input type="hidden" name="connection_id" value=(connection); }
                    (Field::text("handle", "Handle").value(&handle).placeholder(words.handle).autocomplete("off").required()
                        .autofocus_if(asks_handle).error(errors.of("handle")))
                    (Field::password("app_password", "App password", "off").placeholder("xxxx-xxxx-xxxx-xxxx").required()
                        .autofocus_if(!asks_handle).error(errors.of("app_password"))
                        .help(html! {
                            "Not your own password: an app password can be revoked at any time. "
                            a href=(words.app_passwords) target="_blank" rel="noreferrer" { "Make one at " (name) (icon(Icon::External)) }
                        }))
                    details open[errors.of("service").is_some() || !service.is_empty()] {
                        summary { "My account lives on another server" }
                        (Field::text("service", "Server").value(&service).placeholder("https://pds.example.com").autocomplete("off")
                            .error(errors.of("service"))
                            .help("Only needed if your handle doesn't lead there on its own."))
                    }
                    @if form.asks_password {
                        (Field::password("password", "Your Repruv password", "current-password").required().error(errors.of("password"))
                            .help("It's been more than ten minutes since you last entered it, and this lets Repruv write in your name."))
                    }
                    div.actions {
                        (Button::primary("Connect").test("connect"))
                        a.button.quiet href="/connections" { "Back to connections" }
                    }
                }
            }))
            p.muted { "Repruv reads your posts, the replies to them, and what mentions or quotes you. It writes only what you send from here, and marks nothing as seen." }
        }
    }
}
