//! The frame around every page: navigation for who is signed in, a door for who is not.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use url::form_urlencoded;

use super::icons::{Icon, icon};
use super::numbers::short;
use super::{Local, asset};

/// What the frame needs to know; built once per request.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Of this response's Content-Security-Policy.
    pub nonce: String,
    /// The request's path marks the place in the navigation.
    pub path: String,
    pub local: Local,
    /// `None` when nobody is signed in.
    pub person: Option<Person>,
    /// Where they are, and where else they could go.
    pub workspace: Option<Switcher>,
    /// Below the places: what a feature has there.
    pub views: Option<Markup>,
    /// Below everything that leads somewhere: the demo's tour, in the inbox.
    pub tour: Option<Markup>,
    /// How many people wait for an answer, where it is known.
    pub needs_reply: Option<i64>,
    /// Up to where the page is true: the stream of hints begins with the newest (assets/live-panels.js).
    pub version: String,
    /// Above the content of every page: demo mode's state, while there is one.
    pub banner: Option<Markup>,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub email: String,
    /// Whether keys do something by themselves.
    pub shortcuts: bool,
}

/// A person's workspaces.
#[derive(Clone, Debug)]
pub struct Switcher {
    pub id: String,
    pub current: String,
    /// By id and name.
    pub others: Vec<(String, String)>,
}

impl Shell {
    /// The address of a form whose effect is the workspace's of this page, wherever another tab has gone.
    pub fn here(&self, path: &str) -> String {
        self.workspace.as_ref().map_or_else(|| path.to_owned(), |here| format!("{path}?workspace={}", here.id))
    }
}

/// The navigation: a place's addresses begin with the first, and it opens at the second.
pub const PLACES: [(&str, &str, &str, Icon); 5] = [
    ("/dashboard", "/dashboard", "Dashboard", Icon::Dashboard),
    ("/inbox", "/inbox", "Inbox", Icon::Inbox),
    ("/connections", "/connections", "Connections", Icon::Connections),
    ("/activity", "/activity", "Activity", Icon::Activity),
    // The settings have no page of their own, only sections.
    ("/settings", "/settings/account", "Settings", Icon::Settings),
];

/// A whole page.
pub fn page(shell: &Shell, title: &str, body: Markup) -> Markup {
    let framed = match &shell.person {
        Some(person) => signed_in(shell, person, &body),
        None => door(&body),
    };
    html! {
        (DOCTYPE)
        html lang="en" data-version=[(!shell.version.is_empty()).then_some(&shell.version)] data-workspace=[shell.workspace.as_ref().map(|here| &here.id)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Repruv" }
                link rel="icon" href=(asset!("favicon.svg"));
                link rel="stylesheet" href=(asset!("app.css"));
                @if shell.person.is_some() { script type="module" nonce=(shell.nonce) src=(asset!("page.js")) {} }
            }
            body { (framed) }
        }
    }
}

fn signed_in(shell: &Shell, person: &Person, body: &Markup) -> Markup {
    html! {
        a.skip href="#main" { "Skip to content" }
        div.app {
            header.side {
                (brand())
                @if let Some(switcher) = &shell.workspace { (workspaces(switcher, &shell.path)) }
                nav.places aria-label="Main" {
                    @for (place, href, name, sign) in PLACES {
                        a href=(href) aria-current=[is_here(&shell.path, place).then_some("page")] {
                            (icon(sign)) span { (name) }
                            @if sign == Icon::Inbox { (inbox_count(shell.needs_reply)) }
                        }
                    }
                }
                @if let Some(views) = &shell.views { (views) }
                (commands(shell, person))
                @if let Some(tour) = &shell.tour { (tour) }
                div.account {
                    div { b { (person.name) } small { (person.email) } }
                    form method="post" action="/logout" {
                        button.icon-button type="submit" title="Sign out" aria-label="Sign out" { (icon(Icon::SignOut)) }
                    }
                }
            }
            main id="main" tabindex="-1" {
                @if let Some(banner) = &shell.banner { (banner) }
                (body)
            }
        }
        p id="announcer" class="visually-hidden" role="status" {}
        (palette(shell, person))
    }
}

/// Without scripts, a page of them.
fn commands(shell: &Shell, person: &Person) -> Markup {
    let title = if person.shortcuts { "Search commands (Ctrl+K or ⌘K)" } else { "Search commands" };
    html! {
        a.commands href=(palette_address(shell)) data-palette title=(title) {
            (icon(Icon::Commands)) span { "Commands" } @if person.shortcuts { kbd { "Ctrl K" } }
        }
    }
}

fn palette_address(shell: &Shell) -> String {
    let from: String = form_urlencoded::byte_serialize(shell.path.as_bytes()).collect();
    format!("/palette?from={from}")
}

/// Empty until it is first opened (assets/palette.js).
fn palette(shell: &Shell, person: &Person) -> Markup {
    html! {
        dialog #palette .palette aria-label="Commands" closedby="any" data-src={ (palette_address(shell)) "&panel=commands" } data-off[!person.shortcuts] {
            input type="text" role="combobox" aria-label="Search commands" placeholder="Search commands" autocomplete="off" spellcheck="false"
                aria-autocomplete="list" aria-expanded="true" aria-controls="palette-list";
            div #palette-list role="listbox" aria-label="Commands" aria-busy="true" {}
            div.palette-foot {
                p.muted role="status" {}
                form method="dialog" { button.button.small.quiet type="submit" { "Close" } }
            }
            form #palette-form method="post" hidden { input type="hidden" name="return_to" value=(shell.path); }
        }
    }
}

/// The way to the same place in another workspace; nothing for who has one alone.
fn workspaces(switcher: &Switcher, path: &str) -> Markup {
    html! {
        @if !switcher.others.is_empty() {
            details.switcher {
                summary title="Switch workspace" { span { (switcher.current) } (icon(Icon::Down)) }
                form method="post" action="/workspaces/select" {
                    input type="hidden" name="return_to" value=(path);
                    p.muted { "Switch to" }
                    @for (id, name) in &switcher.others { button type="submit" name="workspace" value=(id) { (name) } }
                }
            }
        }
    }
}

fn door(body: &Markup) -> Markup {
    html! { main.door id="main" { (brand()) (body) } }
}

fn brand() -> Markup {
    html! { a.brand href="/" { "Repruv" i { "." } } }
}

fn is_here(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The number beside "Inbox"; empty when nobody waits, and until a page that does not know it has asked.
pub fn inbox_count(waiting: Option<i64>) -> Markup {
    html! {
        span.count id="inbox-count" data-live="inbox demo" data-src="/dashboard?panel=inbox-count" data-stale[waiting.is_none()] {
            @if let Some(waiting) = waiting.filter(|waiting| *waiting > 0) { (short(waiting)) span.visually-hidden { " need a reply" } }
        }
    }
}

/// A page's first lines: its name, what it says at a glance, what can be done here.
pub fn head(title: &str, line: Markup, actions: Markup) -> Markup {
    html! {
        header.head {
            div { h1 { (title) } @if !line.0.is_empty() { p.muted { (line) } } }
            @if !actions.0.is_empty() { div.actions { (actions) } }
        }
    }
}

/// A titled block; `aside` stands at the end of the title's line.
pub fn card(title: &str, aside: Markup, body: Markup) -> Markup {
    html! {
        div.card {
            div.card-head { h2 { (title) } @if !aside.0.is_empty() { div.aside { (aside) } } }
            (body)
        }
    }
}

/// An error, in plain words and with the way on.
/// `more` stands between what is said and where it leads.
pub fn error_page(shell: &Shell, status: u16, title: &str, text: &str, more: &Markup, next: &[(&str, &str)]) -> Markup {
    let body = html! {
        section.trouble {
            p.trouble-status { (status) }
            h1 { (title) }
            p { (text) }
            (more)
            div.actions {
                // Whoever signs in beside this page comes back to what they wrote.
                @for (href, label) in next { a.button href=(href) target=[(*href == "/login").then_some("_blank")] { (label) } }
            }
        }
    };
    page(shell, title, body)
}

/// Nothing, where a part is optional.
pub const NOTHING: PreEscaped<String> = PreEscaped(String::new());
