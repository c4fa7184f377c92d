//! HTML of the connections page, and of the step between it and a provider's consent page.

mod facts;

use kit::jobs::JobStatus;
use maud::{Markup, html};

use self::facts::facts;
use super::budget::Use;
use super::store::Reading;
use super::unread::Unread;
use super::{Action, Cause, Connection, ConnectionId, Status};
use crate::inbox::ratings::{self, Ratings};
use crate::model::{Platform, UnreadKind};
use crate::web::errors::FieldErrors;
use crate::web::ui::numbers::grouped;
use crate::web::ui::{
    Button, Field, Icon, Live, Local, Tone, card, head, icon, live, notice, platform_mark, progress, tag,
};

/// What the page shows; read in one snapshot.
#[derive(Debug)]
pub struct Listing {
    pub connections: Vec<Shown>,
    /// What can be connected here, and how.
    pub offers: Vec<(Platform, Offer)>,
    /// Whoever owns the workspace sees raw forms.
    pub is_owner: bool,
}

#[derive(Debug)]
pub struct Shown {
    pub connection: Connection,
    pub reading: Option<Reading>,
    /// How many things could not be read, and the newest of them.
    pub unread: (i64, Vec<Unread>),
    pub used: Option<Use>,
    /// Where its reviews have stars.
    pub ratings: Ratings,
    /// Whether its person signs in on a page of ours.
    pub by_app_password: bool,
    pub is_demo: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Offer {
    /// The simulator's accounts, by its own consent page.
    Simulator,
    Provider,
    /// A handle and an app password, on a page of ours.
    AppPassword,
    /// The provider does not know us yet.
    Unconfigured,
}

impl Status {
    const fn shown(self) -> (Tone, &'static str) {
        match self {
            Status::Connected => (Tone::Good, "Connected"),
            Status::Connecting => (Tone::Accent, "Connecting"),
            Status::Choosing => (Tone::Accent, "Waiting for your choice"),
            Status::NeedsReauth => (Tone::Warn, "Needs reconnecting"),
            Status::Failed => (Tone::Bad, "Not connected"),
            Status::Disconnected => (Tone::Plain, "Disconnected"),
        }
    }
}

pub fn body(listing: &Listing, local: &Local) -> Markup {
    html! {
        (head("Connections", html! { "The accounts Repruv collects comments and reviews from." }, html! {}))
        (panel(listing, local))
    }
}

pub fn panel(listing: &Listing, local: &Local) -> Markup {
    let source = Live { name: "connections", hints: "connection job", source: "/connections?panel=connections" };
    live(
        source,
        html! {
            @for shown in &listing.connections {
                (connection_card(shown, listing.is_owner, local))
            }
            div.even {
                @if listing.is_owner {
                    @for (platform, offer) in &listing.offers { (offer_card(listing, *platform, offer)) }
                }
                (others_card(listing))
            }
        },
    )
}

fn connection_card(shown: &Shown, is_owner: bool, local: &Local) -> Markup {
    let (connection, reading) = (&shown.connection, shown.reading.as_ref());
    let platform = connection.platform;
    let (tone, word) = connection.connection_status.shown();
    let name = connection.display_name.as_deref().unwrap_or(platform.label());
    html! {
        article.card data-test={ "connection-" (platform.as_str()) } data-status=(connection.connection_status.as_str()) {
            div.card-head {
                h2 { (platform_mark(platform.as_str())) " " (name) }
                div.aside {
                    @if let Some(handle) = connection.handle.as_deref().filter(|handle| *handle != name) { span { (handle) } }
                    (tag(tone, word))
                }
            }
            @if let Some(cause) = connection.connection_error { (trouble(cause, connection, local)) }
            @if connection.connection_status == Status::Connecting && shown.by_app_password {
                p.muted { "Signing in. This takes a few seconds." }
            } @else if connection.connection_status == Status::Connecting && connection.connection_error.is_none() {
                p.muted { "Waiting for you to allow access on the consent page. It stays open for ten minutes." }
                @if is_owner {
                    // A page that was left is opened anew: each consent counts once.
                    div.actions { (Button::primary("Continue to the consent page").test("continue-connection").hidden("connection_id", &connection.id.to_string())
                        .posts(&format!("/connections/{}/start", platform.as_str()))) }
                }
            }
            @if connection.connection_status == Status::Choosing {
                p.muted { "You're signed in. Choose which of your " (platform.words().account) "s Repruv should read." }
            }
            @if let Some(reading) = reading.filter(|reading| reading.status == JobStatus::Running) {
                (progress(reading.progress_done, reading.progress_total, &reading.progress_step))
            }
            @if connection.external_id.is_some() {
                (ratings::summary(&shown.ratings, connection.id))
                (facts(shown, local))
            }
            (unread(&shown.unread, is_owner, local))
            @if is_owner { (actions(shown, name)) }
        }
    }
}

fn trouble(cause: Cause, connection: &Connection, local: &Local) -> Markup {
    let (what, cure) = cause.text_in(connection.connection_status, connection.platform);
    let name = connection.platform.label();
    let until = connection.silent_until.filter(|until| cause == Cause::RateLimited && *until > local.now);
    let asked_to_wait = |until| format!("{name} asked us to wait until {}.", local.exact_minute(until));
    let what = until.map_or_else(|| what.to_owned(), asked_to_wait);
    let tone = match connection.connection_status {
        Status::Failed => Tone::Bad,
        Status::Disconnected => Tone::Plain,
        _ => Tone::Warn,
    };
    notice(tone, html! { p data-cause=(cause.as_str()) { b { (what) } " " (cure) } })
}

/// What was set aside, so that nobody takes it for read.
fn unread((count, newest): &(i64, Vec<Unread>), is_owner: bool, local: &Local) -> Markup {
    let things = if *count == 1 { "1 item".to_owned() } else { format!("{} items", grouped(*count)) };
    html! {
        @if *count > 0 {
            details.unread data-test="unread-items" {
                summary { (things) " could not be read" }
                p.muted { "Everything else was. Repruv tries these again at the next full sync." }
                ul.list {
                    @for item in newest {
                        li {
                            div.grow {
                                p { b { (unread_name(item)) } " " code { (item.external_id) } }
                                p.meta { span { (item.reason) } span { "first seen " (local.ago(item.first_seen_at)) } }
                                @if let Some(raw) = item.raw.as_ref().filter(|_| is_owner) {
                                    details { summary { "Raw form" } pre { code { (raw) } } }
                                }
                            }
                        }
                    }
                }
                @if *count > newest.len() as i64 { p.meta { "These are the newest " (newest.len()) "." } }
            }
        }
    }
}

const fn unread_name(item: &Unread) -> &'static str {
    match item.kind {
        UnreadKind::Content => "Post or video",
        UnreadKind::Interaction => "Comment",
        UnreadKind::Replies => "Replies to",
        UnreadKind::InteractionList => "All comments in the list",
        UnreadKind::ContentList => "All of",
    }
}

/// What disconnecting means.
const LETS_GO: &str =
    "New comments are no longer read, and replies can't be sent until you reconnect it. What was read so far stays.";

fn actions(shown: &Shown, name: &str) -> Markup {
    let (connection, reading) = (&shown.connection, shown.reading.as_ref());
    let id = connection.id.to_string();
    let again = if connection.connection_status == Status::Failed { "Try again" } else { "Reconnect" };
    let running = reading.is_some_and(|reading| reading.status == JobStatus::Running);
    html! {
        div.actions {
            @for action in connection.connection_status.actions() {
                @match action {
                    Action::Sync if running => {}
                    Action::Sync => (Button::new("Sync now").icon(Icon::Refresh).test("sync-connection")
                        .describe(&format!("Sync now: {name}")).posts(&format!("/connections/{id}/sync"))),
                    Action::Reconnect if shown.by_app_password && shown.is_demo => {
                        p.muted { "The demo signs in to this account by itself. Start it again to bring it back." }
                    }
                    Action::Reconnect if shown.by_app_password => (again_by_app_password(connection, again, name)),
                    Action::Reconnect => (Button::primary(again).icon(Icon::Retry).test("reconnect-connection")
                        .describe(&format!("{again}: {name}")).hidden("connection_id", &id)
                        .posts(&format!("/connections/{}/start", connection.platform.as_str()))),
                    Action::Choose => {
                        a.button.primary href={ "/connections/" (id) "/choose" } data-test="choose-accounts" { "Choose your " (connection.platform.words().account) "s" }
                    }
                    Action::Cancel => (Button::new("Cancel").icon(Icon::X).test("cancel-connection")
                        .describe(&format!("Cancel: {name}")).posts(&format!("/connections/{id}/disconnect"))),
                    Action::Disconnect => (Button::danger("Disconnect").test("disconnect-connection")
                        .describe(&format!("Disconnect {name}")).asks(&format!("disconnecting-{id}"), LETS_GO, &format!("/connections/{id}/disconnect"))),
                    Action::Dismiss => (Button::quiet("Dismiss").test("dismiss-connection")
                        .describe(&format!("Dismiss {name}")).posts(&format!("/connections/{id}/disconnect"))),
                }
            }
        }
    }
}

/// An account by app password asks for no consent: its form is opened again, with the handle in it.
fn again_by_app_password(connection: &Connection, label: &str, name: &str) -> Markup {
    let address = format!("/connections/{}/start?connection_id={}", connection.platform.as_str(), connection.id);
    html! {
        a.button.primary href=(address) data-test="reconnect-connection" aria-label={ (label) ": " (name) } { (icon(Icon::Retry)) (label) }
    }
}

fn offer_card(listing: &Listing, platform: Platform, offer: &Offer) -> Markup {
    let is_there = |shown: &Shown| shown.connection.platform == platform && shown.connection.external_id.is_some();
    let another = listing.connections.iter().any(is_there);
    let (words, name) = (platform.words(), platform.as_str());
    let title = if another { format!("Another {}", words.account) } else { platform.label().to_owned() };
    let test = format!("connect-{name}");
    let button = || {
        let label = if another {
            format!("Connect another {}", words.account)
        } else {
            format!("Connect {}", platform.label())
        };
        let button = if another { Button::new(&label) } else { Button::primary(&label) };
        button.icon(Icon::Plus).test(&test).posts(&format!("/connections/{name}/start"))
    };
    let body = match offer {
        Offer::Simulator => html! {
            p { "You're in demo mode, so this opens a simulated consent page with your demo accounts." }
            div.actions { (button()) }
        },
        Offer::AppPassword => html! {
            p { "Enter your handle and an app password. It takes a minute and no developer account." }
            div.actions { a.button.primary href={ "/connections/" (name) "/start" } data-test=(test) { (icon(Icon::Plus)) "Connect " (platform.label()) } }
        },
        Offer::Provider => html! {
            p { (words.provider) " will ask for " (words.permission) ". Repruv reads nothing else, and you can revoke access at any time." }
            div.actions { (button()) a.button.quiet href={ "/connections/setup/" (name) } data-test={ "setup-" (name) } { "OAuth client" } }
        },
        Offer::Unconfigured => html! {
            p { (words.provider) " has to know Repruv first. That takes an OAuth client of your own: the next page leads you through it." }
            div.actions data-test=(test) {
                a.button.primary href={ "/connections/setup/" (name) } data-test={ "setup-" (name) } { "Set up " (platform.label()) }
                a.button href="/dashboard" { (icon(Icon::Demo)) "Try demo mode instead" }
            }
        },
    };
    card(&title, platform_mark(name), html! { div.stack { (body) } })
}

fn others_card(listing: &Listing) -> Markup {
    let is_here = |platform: &Platform| {
        let is_connected = listing.connections.iter().any(|shown| shown.connection.platform == *platform);
        is_connected || listing.offers.iter().any(|(offered, _)| offered == platform)
    };
    let others = Platform::ALL.iter().filter(|platform| !is_here(platform));
    card(
        "Coming later",
        html! {},
        html! {
            ul.list {
                @for platform in others {
                    li {
                        (platform_mark(platform.as_str()))
                        div.grow { span { (platform.label()) } p.meta { (capabilities(*platform)) } }
                    }
                }
            }
        },
    )
}

/// What the platform's own interface will let Repruv do there.
fn capabilities(platform: Platform) -> Markup {
    let can = platform.capabilities();
    html! {
        span { @if can.has_ratings { "Reviews with ratings" } @else { "Comments" } }
        @if can.replies { span { "replies" } }
        @if can.edits_own_replies { span { "edited replies" } }
        @if can.hides_others { span { "hiding" } }
    }
}

/// A step that asks for the password once more, and where it leads.
#[derive(Debug)]
pub struct Confirm {
    pub title: &'static str,
    pub action: String,
    /// What goes along.
    pub connection: Option<ConnectionId>,
}

pub fn confirm(ask: &Confirm, errors: &FieldErrors, trouble: Option<&str>) -> Markup {
    let password = Field::password("password", "Your password", "current-password").required().autofocus();
    html! {
        (head(ask.title, html! {}, html! {}))
        div.narrow.stack {
            (card("Confirm it's you", html! {}, html! {
                @if let Some(trouble) = trouble { (notice(Tone::Bad, trouble)) }
                form.form method="post" action=(ask.action) data-test="confirm-password" {
                    @if let Some(connection) = ask.connection { input type="hidden" name="connection_id" value=(connection); }
                    (password.help("It's been more than ten minutes since you last entered it, and this changes what Repruv can do on your behalf.").error(errors.of("password")))
                    div.actions {
                        (Button::primary("Continue"))
                        a.button.quiet href="/connections" { "Back to connections" }
                    }
                }
            }))
        }
    }
}

/// Between the button and the provider: a link, since a form's answer may not lead to another site.
pub fn continue_to(platform: Platform, link: &str, demo: bool) -> Markup {
    let words = platform.words();
    let provider = if demo { "the simulator's consent page" } else { words.provider };
    html! {
        (head(&format!("Connect {}", platform.label()), html! {}, html! {}))
        div.narrow.stack {
            (card("One more step", html! {}, html! {
                div.stack {
                    p { "On the next page, " (provider) " will ask for " (words.permission) ". Please leave every box ticked: Repruv needs all of them." }
                    p.muted { "You have ten minutes, in this browser." }
                    div.actions {
                        a.button.primary href=(link) rel="noreferrer" data-test="continue-to-consent" {
                            (icon(Icon::External)) "Continue to " (provider)
                        }
                        a.button.quiet href="/connections" { "Back to connections" }
                    }
                }
            }))
        }
    }
}

/// Why the answer of a consent page was not taken.
pub fn not_taken(text: &str) -> Markup {
    html! {
        (head("Not connected", html! {}, html! {}))
        div.narrow.stack {
            (notice(Tone::Warn, html! { p { (text) } p { "Nothing has changed." } }))
            div.actions { a.button.primary href="/connections" { "Back to connections" } }
        }
    }
}
