//! The settings as HTML.

use std::borrow::Cow;

use jiff::tz;
use maud::{Markup, html};

use crate::accounts::profile::UNDO_SECONDS;
use crate::accounts::sessions::{SessionId, SessionRow, SignedIn};
use crate::accounts::views::{Suggestion, new_password, shown_once};
use crate::web::errors::FieldErrors;
use crate::web::ui::{
    Button, Field, Icon, NOTHING, Select, Shell, Tone, asset, card, head, icon, key_values, meta, notice, page,
    settings_tabs, tag,
};

/// The account page's forms.
#[derive(Debug, Default)]
pub struct Account {
    pub name: String,
    pub time_zone: String,
    pub suggestion: Suggestion,
    pub errors: FieldErrors,
    /// Why it was not taken just now, though nothing in it is wrong.
    pub trouble: Option<Cow<'static, str>>,
    pub saved: bool,
    /// How many other sessions the change has ended.
    pub password_changed: Option<usize>,
    pub keys_revoked: usize,
    /// API keys that still open something.
    pub keys: usize,
    pub invitation: Option<String>,
}

pub fn account(shell: &Shell, who: &SignedIn, view: &Account) -> Markup {
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            @if let Some(trouble) = &view.trouble { (notice(Tone::Bad, trouble)) }
            @if view.saved { (notice(Tone::Good, "Saved.")) }
            @if let Some(ended) = view.password_changed { (notice(Tone::Good, password_changed(ended, view))) }
            @if who.user.must_change_password {
                (notice(Tone::Accent, "This password was printed on a terminal. Choose one of your own to go on."))
            }
            @if view.invitation.is_some() { (card("People", NOTHING, people(view))) }
            (card("You", NOTHING, you(who, view)))
            (card("Second thoughts", NOTHING, second_thoughts(who)))
            (card("Keyboard", NOTHING, keyboard(who)))
            (card("Password", html! { span { "changed " (shell.local.ago(who.user.password_changed_at)) } }, password(who, view)))
            @if who.user.is_owner && view.invitation.is_none() { (card("People", NOTHING, people(view))) }
        }
        script type="module" nonce=(shell.nonce) src=(asset!("passphrase.js")) {}
    };
    page(shell, "Account", body)
}

fn password_changed(ended: usize, view: &Account) -> Markup {
    html! {
        "Your password has been changed. "
        @match ended {
            0 => { "You weren't signed in anywhere else." }
            1 => { "We signed you out of one other session." }
            ended => { (ended) " other sessions were signed out." }
        }
        @match view.keys_revoked {
            0 => {}
            1 => { " One API key was revoked." }
            revoked => { " " (revoked) " API keys were revoked." }
        }
        @match view.keys {
            0 => {}
            1 => { " One API key still works." }
            keys => { " " (keys) " API keys still work." }
        }
    }
}

fn you(who: &SignedIn, view: &Account) -> Markup {
    let zone_help = "Used for all dates and times.";
    html! {
        form.form method="post" action="/settings/account" {
            (key_values(&[("E-mail", html! { (who.user.email) })]))
            (Field::text("name", "Name").value(&view.name).autocomplete("name").max_length(80).error(view.errors.of("name")).required())
            (zones(&view.time_zone, view.errors.of("time_zone"), zone_help))
            (Button::primary("Save"))
        }
    }
}

fn second_thoughts(who: &SignedIn) -> Markup {
    let (chosen, mut seconds) = (who.user.undo_seconds.to_string(), Vec::new());
    for one in UNDO_SECONDS {
        seconds.push((one.to_string(), if one == 0 { "Send at once".to_owned() } else { format!("{one} seconds") }));
    }
    let mut field = Select::new("seconds", "A reply can be called back for", &chosen);
    for (value, label) in &seconds {
        field = field.option(value, label);
    }
    html! { form.form method="post" action="/settings/account/undo" { (field) (Button::new("Save")) } }
}

fn keyboard(who: &SignedIn) -> Markup {
    let are_on = who.user.shortcuts;
    html! {
        form.form method="post" action="/settings/account/shortcuts" {
            p { @if are_on { "Single keys, such as j and e, move through the inbox." } @else { "Single keys do nothing in the inbox." } }
            input type="hidden" name="on" value=(!are_on);
            button.button type="submit" { @if are_on { "Switch shortcuts off" } @else { "Switch shortcuts on" } }
        }
    }
}

/// A field that completes: some four hundred zones are too many to scroll.
fn zones(zone: &str, error: Option<&str>, help: &str) -> Markup {
    html! {
        (Field::text("time_zone", "Time zone").value(zone).error(error).help(help).list("time-zones").required())
        datalist id="time-zones" {
            @for name in tz::db().available() { option value=(name) {} }
        }
    }
}

fn password(who: &SignedIn, view: &Account) -> Markup {
    let errors = &view.errors;
    let current = Field::password("current_password", "Current password", "current-password").required();
    let new = Field::password("new_password", "New password", "new-password").error(errors.of("new_password"));
    html! {
        form.form method="post" action="/settings/account/password" {
            // So that a password manager knows whose password changes.
            input.visually-hidden type="text" name="username" autocomplete="username" value=(who.user.email) readonly tabindex="-1" aria-hidden="true";
            (current.error(errors.of("current_password")))
            (new_password(new, "new_password", &view.suggestion))
            p.muted { "This signs you out everywhere else." }
            @if view.keys > 0 {
                label.check {
                    input type="checkbox" name="revoke_keys" value="true";
                    span { "Revoke my API keys too " small { (keys_left(view.keys)) } }
                }
            }
            (Button::primary("Change password"))
        }
    }
}

fn keys_left(keys: usize) -> String {
    match keys {
        1 => "One key still works, and goes on working otherwise.".to_owned(),
        keys => format!("{keys} keys still work, and go on working otherwise."),
    }
}

fn people(view: &Account) -> Markup {
    html! {
        @if let Some(link) = &view.invitation {
            (shown_once("Share this link with one person. It creates one account and expires in 7 days.", link))
        } @else {
            p.muted { "An invitation is a link that creates one account. Everyone has their own private workspace." }
        }
        (Button::new("Create an invitation").icon(Icon::Plus).posts("/settings/invitations"))
        p { a href="/settings/people" { "Everyone with an account, and open invitations" } }
    }
}

/// The sessions page.
#[derive(Debug)]
pub struct Sessions {
    pub list: Vec<SessionRow>,
    pub current: SessionId,
    pub ended: Option<usize>,
    pub asks_password: bool,
    pub errors: FieldErrors,
}

pub fn sessions(shell: &Shell, view: &Sessions) -> Markup {
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            @if let Some(ended) = view.ended { (notice(Tone::Good, ended_text(ended))) }
            (card("Where you're signed in", NOTHING, list(shell, view)))
        }
    };
    page(shell, "Sessions", body)
}

fn ended_text(ended: usize) -> String {
    match ended {
        0 => "You're not signed in anywhere else.".to_owned(),
        1 => "Session ended.".to_owned(),
        ended => format!("{ended} sessions ended."),
    }
}

/// One form: the password, where it is asked for, serves every button; Enter presses the first.
fn list(shell: &Shell, view: &Sessions) -> Markup {
    html! {
        form.form method="post" action="/settings/sessions/end" {
            @if view.asks_password && view.list.len() > 1 {
                (Field::password("password", "Your password, to sign out other sessions", "current-password").error(view.errors.of("password")))
            }
            @if view.list.len() > 1 { (Button::danger("Sign out all others")) }
            ul.list {
                @for session in &view.list { (row(shell, view, session)) }
            }
        }
    }
}

fn row(shell: &Shell, view: &Sessions, session: &SessionRow) -> Markup {
    let is_current = session.id == view.current;
    let browser = browser_name(&session.user_agent);
    let label = (!is_current).then(|| format!("Sign out {browser}"));
    html! {
        li data-test="session" {
            (icon(Icon::Session))
            div.grow {
                div { b title=(session.user_agent) { (browser) } " " @if is_current { (tag(Tone::Good, "this device")) } }
                (meta(&[
                    html! { (session.ip) },
                    html! { "signed in " (shell.local.ago(session.created_at)) },
                    html! { "last seen " (shell.local.ago(session.last_seen_at)) },
                ]))
            }
            button.button.small.end type="submit" name="session" value=(session.id) aria-label=[label] {
                "Sign out"
            }
        }
    }
}

/// `Firefox on Linux`, as far as the user agent says.
fn browser_name(user_agent: &str) -> String {
    let find =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|found| found.1);
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_have_names() {
        let agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(browser_name(agent), "Chrome on Linux");
        assert_eq!(browser_name(&format!("{agent} Edg/156.0")), "Edge on Linux");
        assert_eq!(browser_name("curl/8.5"), "curl");
        assert_eq!(browser_name(""), "Unknown device");
    }
}
