//! HTML of the page that leads through registering at a provider.

use maud::{Markup, html};

use super::{Kept, Verdict};
use crate::model::Platform;
use crate::platforms::Setup;
use crate::web::errors::{Error, FieldErrors};
use crate::web::ui::{Button, Field, Icon, Live, Local, Tone, card, head, icon, live, notice};

pub struct Page {
    pub platform: Platform,
    /// `None` where nobody has to register.
    pub setup: Option<&'static Setup>,
    /// Whether the server's own settings name a client.
    pub is_set: bool,
    pub redirect_uri: String,
    pub shared_with: Vec<Platform>,
    pub kept: Option<Kept>,
    pub asks_password: bool,
    /// As it was typed.
    pub client_id: String,
    pub error: Option<Error>,
}

pub fn title(platform: Platform) -> String {
    format!("Set up {}", platform.label())
}

pub fn body(page: &Page, local: &Local) -> Markup {
    let name = page.platform.label();
    let Some(setup) = page.setup else {
        return html! {
            (head(&title(page.platform), html! {}, html! {}))
            div.narrow.stack {
                (notice(Tone::Good, format!("{name} needs no developer account and no client: connect it with your own account.")))
                div.actions { a.button.primary href={ "/connections/" (page.platform.as_str()) "/start" } { "Connect " (name) } (back()) }
            }
        };
    };
    html! {
        (head(&title(page.platform), html! { "Repruv signs in to " (page.platform.words().provider) " as a client that is your own." }, html! {}))
        div.narrow.stack {
            (present(page, local))
            (guide(page, setup))
            @if !page.is_set { (form(page)) }
            @if page.kept.is_some() && !page.is_set { (removal(page)) }
            div.actions { (back()) }
        }
    }
}

fn back() -> Markup {
    html! { a.button.quiet href="/connections" { "Back to connections" } }
}

/// How things stand now; fetched again while the provider is asked.
pub fn present(page: &Page, local: &Local) -> Markup {
    let source = format!("/connections/setup/{}?panel=client", page.platform.as_str());
    let [id, secret] = page.platform.words().client_settings;
    let shown = html! {
        @if page.is_set {
            div data-test="client-from-settings" {
                (notice(Tone::Accent, html! {
                    "This server's settings name the client (" code { (id) } " and " code { (secret) } "). They count for every workspace, so nothing can be entered here."
                }))
            }
        } @else if let Some(kept) = &page.kept {
            div data-test="client" data-verdict=(kept.verdict.as_str()) {
                (notice(tone(kept.verdict), html! {
                    p { "A client whose ID ends in " code { "…" (kept.hint) } " was saved " (local.exact_minute(kept.saved_at)) "." }
                    p { (told(page, kept.verdict)) }
                }))
                @if kept.verdict == Verdict::Accepted {
                    div.actions { (Button::primary("Connect an account").test("connect").posts(&format!("/connections/{}/start", page.platform.as_str()))) }
                }
            }
        }
    };
    live(Live { name: "client", hints: "job", source: &source }, shown)
}

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Checking => Tone::Accent,
        Verdict::Accepted => Tone::Good,
        Verdict::Refused => Tone::Bad,
        Verdict::RedirectUnknown | Verdict::Unanswered => Tone::Warn,
    }
}

fn told(page: &Page, verdict: Verdict) -> String {
    let provider = page.platform.words().provider;
    match verdict {
        Verdict::Checking => {
            format!("We're checking it with {provider}. Reload in a moment to see the answer.")
        }
        Verdict::Accepted => format!("{provider} knows it."),
        Verdict::Refused => format!("{provider} doesn't accept it. Copy the ID and the secret again, and save them."),
        Verdict::RedirectUnknown => {
            format!("{provider} knows it, but not the redirect address below. Add that address to the client.")
        }
        Verdict::Unanswered => {
            format!(
                "{provider} couldn't be asked whether it knows it. It is used all the same; save it again to check once more."
            )
        }
    }
}

fn guide(page: &Page, setup: &Setup) -> Markup {
    let link = |address: &str, name: &str| {
        html! { a href=(address) target="_blank" rel="noreferrer" { (name) (icon(Icon::External)) } }
    };
    card(
        "What to do there",
        html! {},
        html! {
            ol.stack data-test="guide" {
                li { "Open the " (link(setup.console.address, setup.console.name)) ", and choose or make a project." }
                li {
                    "Enable in it:"
                    ul { @for one in setup.interfaces { li { (link(one.address, one.name)) } } }
                }
                li {
                    "On its consent screen, add what Repruv will ask for:"
                    ul { @for (scope, why) in setup.scopes { li { code { (scope) } p.muted { (why) } } } }
                }
                li {
                    "Make an OAuth client of type “Web application”, with this as its redirect address:"
                    div.field { input type="text" readonly value=(page.redirect_uri) aria-label="Redirect address, to copy" dir="ltr"; }
                }
                li { "Copy its client ID and client secret into the form below." }
            }
            h3 { "What it costs" }
            ul data-test="costs" { @for cost in setup.costs { li { (cost) } } }
        },
    )
}

fn form(page: &Page) -> Markup {
    let errors = page.error.as_ref().map(Error::fields).unwrap_or_default();
    let trouble = page.error.as_ref().filter(|error| !matches!(error, Error::Invalid(_))).map(Error::text);
    let heading = if page.kept.is_some() { "Another client, or another secret" } else { "Your client" };
    let others = page.shared_with.iter().map(|other| other.label()).collect::<Vec<_>>().join(", ");
    card(
        heading,
        html! {},
        html! {
            @if let Some(trouble) = &trouble { (notice(Tone::Bad, trouble)) }
            form.form method="post" action={ "/connections/setup/" (page.platform.as_str()) } data-test="client-form" {
                (Field::text("client_id", "Client ID").value(&page.client_id).autocomplete("off").required().error(errors.of("client_id")))
                (Field::password("client_secret", "Client secret", "off").required().error(errors.of("client_secret"))
                    .help("Stored encrypted, and never shown again."))
                (password(page, &errors, "password"))
                @if !others.is_empty() { p.muted { "The same client serves for " (others) "." } }
                @if page.kept.is_some() {
                    p.muted { "A new secret for the same client keeps your accounts connected. With a different client, you have to reconnect each of them; nothing you have is lost." }
                }
                div.actions { (Button::primary("Save and check").test("save-client")) }
            }
        },
    )
}

fn removal(page: &Page) -> Markup {
    card(
        "Remove the client",
        html! {},
        html! {
            form.form method="post" action={ "/connections/setup/" (page.platform.as_str()) "/remove" } {
                p { "Accounts that were connected with it stop syncing at once, and have to be reconnected with another. What was gathered stays." }
                (password(page, &page.error.as_ref().map(Error::fields).unwrap_or_default(), "removal-password"))
                div.actions { (Button::danger("Remove the client").test("remove-client")) }
            }
        },
    )
}

/// Both forms ask for it, each in a field of its own.
fn password(page: &Page, errors: &FieldErrors, id: &str) -> Markup {
    html! {
        @if page.asks_password {
            (Field::password("password", "Your Repruv password", "current-password").id(id).required().error(errors.of("password"))
                .help("It's been more than ten minutes since you last entered it."))
        }
    }
}
