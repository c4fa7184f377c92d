//! The door as HTML: one calm card.

use std::borrow::Cow;

use maud::{Markup, html};

use super::joining::{Offer, promise};
use super::rules::{LONGEST, SHORTEST};
use crate::web::errors::FieldErrors;
use crate::web::ui::{Button, Field, Icon, Shell, Tone, asset, icon, notice, page};

/// The sign-up form's state.
#[derive(Clone, Debug, Default)]
pub struct Joining {
    pub token: Option<String>,
    /// The first account of this server.
    pub is_first: bool,
    /// The workspace that is joined with it.
    pub into: Option<Offer>,
    pub name: String,
    pub email: String,
    pub time_zone: String,
    pub suggestion: Suggestion,
    /// Why it was not taken just now, though nothing in it is wrong.
    pub trouble: Option<Cow<'static, str>>,
}

pub fn join(shell: &Shell, form: &Joining, errors: &FieldErrors) -> Markup {
    let (title, line, action) = match &form.into {
        Some(offer) => {
            (format!("Join {}", offer.name), format!("{} invited you. {}", offer.by, promise(offer.role)), "/signup")
        }
        None if form.is_first => {
            ("Welcome".to_owned(), "Create the first account. Your data stays on this server.".to_owned(), "/setup")
        }
        None => ("Create your account".to_owned(), "Your own inbox on this server.".to_owned(), "/signup"),
    };
    // The cursor waits where something is to be mended.
    let first = ["name", "email", "password"].into_iter().find(|field| errors.of(field).is_some()).unwrap_or("name");
    let name = Field::text("name", "Your name").value(&form.name).autocomplete("name").max_length(80).required();
    let email = Field::email("email", "E-mail").value(&form.email).max_length(254).required();
    let password = Field::password("password", "Password", "new-password").error(errors.of("password"));
    let body = html! {
        h1 { (title) }
        p.muted { (line) }
        @if let Some(trouble) = &form.trouble { (notice(Tone::Bad, trouble)) }
        form.form method="post" action=(action) {
            @if let Some(token) = &form.token { input type="hidden" name="token" value=(token); }
            input type="hidden" name="time_zone" value=(form.time_zone) data-time-zone;
            (name.error(errors.of("name")).autofocus_if(first == "name"))
            (email.error(errors.of("email")).help("You'll sign in with it. We don't send any e-mail.").autofocus_if(first == "email"))
            (new_password(password.autofocus_if(first == "password"), "password", &form.suggestion))
            (Button::primary("Create account"))
        }
        script type="module" nonce=(shell.nonce) src=(asset!("time-zone.js")) {}
        script type="module" nonce=(shell.nonce) src=(asset!("passphrase.js")) {}
    };
    let aside = html! {
        @if !form.is_first { p.muted.centred { "Already have an account? " a href=(sign_in(form)) { "Sign in" } } }
    };
    page(shell, &title, html! { section.card.entrance { (body) } (aside) })
}

/// An invitation is opened again after signing in.
fn sign_in(form: &Joining) -> String {
    match (&form.into, &form.token) {
        (Some(_), Some(token)) => format!("/login?return_to=%2Fjoin%3Ftoken%3D{token}"),
        _ => "/login".to_owned(),
    }
}

/// A passphrase to take as it is.
#[derive(Clone, Debug, Default)]
pub struct Suggestion {
    pub text: String,
    pub is_used: bool,
}

/// A field for a new password, and a suggestion: ticked, it needs no typing.
pub fn new_password(field: Field<'_>, name: &str, suggestion: &Suggestion) -> Markup {
    let help = html! { (SHORTEST) " to " (LONGEST) " characters. A few random words work best." };
    html! {
        (field.help(help))
        label.suggestion {
            input type="hidden" name="suggestion" value=(suggestion.text);
            input type="checkbox" name="use_suggestion" value="true" checked[suggestion.is_used]
                data-passphrase=(suggestion.text) data-fills=(name);
            span { "Suggested: " strong { (suggestion.text) } small { "Tick to use it, and save it somewhere safe." } }
        }
    }
}

/// The sign-in form's state.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    pub email: &'a str,
    pub next: &'a str,
    pub signed_out: bool,
    /// Somebody has an account.
    pub is_set_up: bool,
    pub error: Option<&'a str>,
}

pub fn login(shell: &Shell, form: &Door<'_>) -> Markup {
    let email = Field::email("email", "E-mail").value(form.email).max_length(254).required();
    let password = Field::password("password", "Password", "current-password").required();
    let body = html! {
        h1 { "Sign in" }
        @if let Some(error) = form.error { (notice(Tone::Bad, error)) }
        @else if form.signed_out { (notice(Tone::Good, "You're signed out.")) }
        @else if !form.is_set_up { (not_set_up()) }
        form.form method="post" action="/login" {
            @if form.next != "/dashboard" { input type="hidden" name="return_to" value=(form.next); }
            (email.autofocus_if(form.email.is_empty()))
            (password.autofocus_if(!form.email.is_empty()))
            (Button::primary("Sign in"))
        }
    };
    page(shell, "Sign in", html! { section.card.entrance { (body) } })
}

fn not_set_up() -> Markup {
    notice(
        Tone::Accent,
        html! {
            "There are no accounts yet. Use the set-up link Repruv printed when it started to create the first one. "
            "Restart Repruv to get a new link."
        },
    )
}

/// A secret that is shown once.
pub fn shown_once(label: &str, secret: &str) -> Markup {
    html! {
        div.secret {
            (icon(Icon::Info))
            div { b { (label) } code { (secret) } small.muted { "Copy it now: it won't be shown again." } }
        }
    }
}
