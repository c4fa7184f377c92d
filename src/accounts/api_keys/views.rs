//! Keys as HTML.

use std::borrow::Cow;

use kit::clock::Timestamp;
use maud::{Markup, html};

use super::{Key, Life, NewKey, Scope};
use crate::accounts::views::shown_once;
use crate::web::errors::FieldErrors;
use crate::web::ui::{
    Button, Check, Field, Icon, NOTHING, Select, Shell, Tone, card, empty, fieldset, head, icon, meta, notice, page,
    settings_tabs, tag,
};
use crate::workspaces::Role;

#[derive(Debug)]
pub struct Page {
    pub keys: Vec<Key>,
    pub typed: Typed,
    pub errors: FieldErrors,
    /// Why it was not taken just now, though nothing in it is wrong.
    pub trouble: Option<Cow<'static, str>>,
    /// The key, this once.
    pub made: Option<String>,
    pub revoked: bool,
    /// What its maker may do: a key is offered no more.
    pub role: Role,
    /// The password was typed a short while ago.
    pub is_fresh: bool,
}

impl Page {
    pub fn of(role: Role) -> Self {
        Self {
            keys: Vec::new(),
            typed: Typed::default(),
            errors: FieldErrors::default(),
            trouble: None,
            made: None,
            revoked: false,
            role,
            is_fresh: false,
        }
    }
}

/// The form's state.
#[derive(Debug)]
pub struct Typed(NewKey);

impl Typed {
    pub fn of(new: NewKey) -> Self {
        Self(new)
    }
}

impl Default for Typed {
    fn default() -> Self {
        Self(NewKey { name: String::new(), scopes: vec![Scope::Read], life: Life::Quarter, follows_demo: false })
    }
}

impl Life {
    const fn text(self) -> &'static str {
        match self {
            Life::Month => "30 days",
            Life::Quarter => "90 days",
            Life::Year => "One year",
            Life::Unlimited => "Until revoked",
        }
    }
}

pub fn index(shell: &Shell, now: Timestamp, view: &Page) -> Markup {
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            @if let Some(trouble) = &view.trouble { (notice(Tone::Bad, trouble)) }
            @if view.revoked { (notice(Tone::Good, "Key revoked. It stopped working immediately.")) }
            @if let Some(key) = &view.made { (shown_once("Your new API key", key)) }
            (card("Your keys", NOTHING, keys(shell, now, view)))
            (card("New key", NOTHING, new_key(view)))
        }
    };
    page(shell, "API keys", body)
}

fn keys(shell: &Shell, now: Timestamp, view: &Page) -> Markup {
    if view.keys.is_empty() {
        let text = "An API key lets a program use Repruv on your behalf, limited to what you allow.";
        return empty(
            Icon::Key,
            "No keys yet",
            text,
            html! { a.button href="/api/openapi.json" { "See the API reference" } },
        );
    }
    html! {
        form.form method="post" action="/settings/api-keys/revoke" {
            ul.list { @for key in &view.keys { (row(shell, now, key)) } }
        }
    }
}

fn row(shell: &Shell, now: Timestamp, key: &Key) -> Markup {
    let last_used = match key.last_used_at {
        Some(at) => html! { "last used " (shell.local.ago(at)) },
        None => html! { "never used" },
    };
    let ends = match key.expires_at {
        Some(_) if key.has_expired(now) => html! { "expired" },
        Some(at) => html! { "expires on " (shell.local.date(at)) },
        None => html! { "never expires" },
    };
    html! {
        li data-test="api-key" {
            (icon(Icon::Key))
            div.grow {
                div {
                    b { (key.name) } " "
                    @if key.has_expired(now) { (tag(Tone::Warn, "expired")) }
                    @for scope in key.scopes() { " " (tag(Tone::Plain, scope.as_str())) }
                }
                (meta(&[
                    html! { code { (key.hint) "…" } },
                    html! { @if key.follows_demo { "live or demo" } @else { "live workspace" } },
                    html! { "created " (shell.local.ago(key.created_at)) },
                    last_used,
                    ends,
                ]))
            }
            button.button.small.end type="submit" name="key" value=(key.id) aria-label={ "Revoke " (key.name) } { "Revoke" }
        }
    }
}

fn new_key(view: &Page) -> Markup {
    let Typed(typed) = &view.typed;
    let name = Field::text("name", "Name").value(&typed.name).max_length(80).required();
    let password = Field::password("password", "Your password", "current-password").required();
    let life = Life::ALL.iter().fold(Select::new("life", "Expires after", typed.life.as_str()), |select, life| {
        select.option(life.as_str(), life.text())
    });
    let follows_demo = Check {
        name: "follows_demo",
        label: "Use the demo workspace while demo mode is on. Otherwise the key always uses your live workspace.",
        checked: typed.follows_demo,
    };
    html! {
        form.form method="post" action="/settings/api-keys" {
            (name.help("Which program will use it?").error(view.errors.of("name")))
            (fieldset("scopes", "Permissions", view.errors.of("scopes"), html! {
                @for scope in Scope::ALL.iter().filter(|scope| view.role.may(scope.right())) {
                    (Check { name: scope.as_str(), label: scope.meaning(), checked: typed.scopes.contains(scope) })
                }
            }))
            (life)
            (follows_demo)
            @if !view.is_fresh {
                (password.help("It's been more than ten minutes since you last entered it.").error(view.errors.of("password")))
            }
            (Button::primary("Create key").icon(Icon::Plus))
        }
    }
}
