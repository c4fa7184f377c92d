//! HTML of the connections page, and of the step between it and a provider's consent page.

use kit::jobs::JobStatus;
use maud::{Markup, html};

use super::store::Reading;
use super::{Action, Cause, Connection, ConnectionId, Status};
use crate::model::Platform;
use crate::web::errors::FieldErrors;
use crate::web::ui::numbers::grouped;
use crate::web::ui::{
    Button, Field, Icon, Live, Local, Tone, card, head, icon, key_values, live, notice, platform_mark, progress, tag,
};

/// What the page shows; read in one snapshot.
#[derive(Debug)]
pub struct Listing {
    pub connections: Vec<(Connection, Option<Reading>)>,
    pub offer: Offer,
}

/// Whether YouTube can be connected here.
#[derive(Debug, PartialEq, Eq)]
pub enum Offer {
    /// The simulator's accounts, by its own consent page.
    Simulator,
    Google,
    /// No client is configured; the address is what Google must be told.
    Unconfigured {
        redirect_uri: String,
    },
}

impl Status {
    const fn shown(self) -> (Tone, &'static str) {
        match self {
            Status::Connected => (Tone::Good, "Connected"),
            Status::Connecting => (Tone::Accent, "Connecting"),
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
            @for (connection, reading) in &listing.connections {
                (connection_card(connection, reading.as_ref(), local))
            }
            div.even { (offer_card(listing)) (others_card()) }
        },
    )
}

fn connection_card(connection: &Connection, reading: Option<&Reading>, local: &Local) -> Markup {
    let platform = connection.platform;
    let (tone, word) = connection.connection_status.shown();
    let name = connection.display_name.as_deref().unwrap_or(platform.label());
    html! {
        article.card data-test={ "connection-" (platform.as_str()) } data-status=(connection.connection_status.as_str()) {
            div.card-head {
                h2 { (platform_mark(platform.as_str())) " " (name) }
                div.aside {
                    @if let Some(handle) = &connection.handle { span { (handle) } }
                    (tag(tone, word))
                }
            }
            @if let Some(cause) = connection.connection_error { (trouble(cause, connection.connection_status)) }
            @if connection.connection_status == Status::Connecting && connection.connection_error.is_none() {
                p.muted { "Waiting for you to allow access on the consent page. It stays open for ten minutes." }
            }
            @if let Some(reading) = reading.filter(|reading| reading.status == JobStatus::Running) {
                (progress(reading.progress_done, reading.progress_total, &reading.progress_step))
            }
            @if connection.external_id.is_some() { (facts(connection, reading, local)) }
            (actions(connection, reading, name))
        }
    }
}

fn trouble(cause: Cause, status: Status) -> Markup {
    let (what, cure) = cause.text();
    let tone = match status {
        Status::Failed => Tone::Bad,
        Status::Disconnected => Tone::Plain,
        _ => Tone::Warn,
    };
    notice(tone, html! { p data-cause=(cause.as_str()) { b { (what) } " " (cure) } })
}

fn facts(connection: &Connection, reading: Option<&Reading>, local: &Local) -> Markup {
    let unknown = |why: &str| html! { span.muted { (why) } };
    let followers = connection.followers.map(|count| html! { span.num { (grouped(count)) } " subscribers" });
    let content = connection.content_total.map(|count| html! { span.num { (grouped(count)) } " videos" });
    let mut facts = vec![
        ("Audience", followers.unwrap_or_else(|| unknown("Hidden by the channel"))),
        ("Content", content.unwrap_or_else(|| unknown("Not available"))),
        ("Last synced", connection.synced_at.map_or_else(|| unknown("Not yet"), |at| local.ago(at))),
        (
            "Up to date as of",
            connection.complete_to.map_or_else(|| unknown("First sync in progress"), |at| local.moment(at)),
        ),
    ];
    let syncs = connection.connection_status == Status::Connected;
    if let Some(reading) = reading.filter(|reading| syncs && reading.status == JobStatus::Pending) {
        facts.push(("Next sync", local.ago(reading.run_at)));
    }
    key_values(&facts)
}

fn actions(connection: &Connection, reading: Option<&Reading>, name: &str) -> Markup {
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
                    Action::Reconnect => (Button::primary(again).icon(Icon::Retry).test("reconnect-connection")
                        .describe(&format!("{again}: {name}")).hidden("connection_id", &id)
                        .posts(&format!("/connections/{}/start", connection.platform.as_str()))),
                    Action::Cancel => (Button::new("Cancel").icon(Icon::X).test("cancel-connection")
                        .describe(&format!("Cancel: {name}")).posts(&format!("/connections/{id}/disconnect"))),
                    Action::Disconnect => (Button::danger("Disconnect").test("disconnect-connection")
                        .describe(&format!("Disconnect {name}")).posts(&format!("/connections/{id}/disconnect"))),
                    Action::Dismiss => (Button::quiet("Dismiss").test("dismiss-connection")
                        .describe(&format!("Dismiss {name}")).posts(&format!("/connections/{id}/disconnect"))),
                }
            }
        }
    }
}

fn offer_card(listing: &Listing) -> Markup {
    let another = listing.connections.iter().any(|(connection, _)| connection.external_id.is_some());
    let title = if another { "Another channel" } else { "YouTube" };
    let mark = platform_mark(Platform::YouTube.as_str());
    let button = || {
        let label = if another { "Connect another channel" } else { "Connect YouTube" };
        let button = if another { Button::new(label) } else { Button::primary(label) };
        button.icon(Icon::Plus).test("connect-youtube").posts("/connections/youtube/start")
    };
    let body = match &listing.offer {
        Offer::Simulator => html! {
            p { "You're in demo mode, so this opens a simulated consent page with your demo accounts." }
            div.actions { (button()) }
        },
        Offer::Google => html! {
            p { "Google will ask for permission to read and reply to comments on your channel. Repruv reads nothing else, and you can revoke access at any time." }
            div.actions { (button()) }
        },
        Offer::Unconfigured { redirect_uri } => html! {
            p { "To connect YouTube, you need a Google OAuth client of type “Web application”. Add this address as its redirect URI:" }
            p { code { (redirect_uri) } }
            p { "Then restart Repruv with " code { "REPRUV_GOOGLE_CLIENT_ID" } " and " code { "REPRUV_GOOGLE_CLIENT_SECRET" } "." }
            div.actions data-test="connect-youtube" { a.button href="/dashboard" { (icon(Icon::Demo)) "Try demo mode instead" } }
        },
    };
    card(title, mark, html! { div.stack { (body) } })
}

fn others_card() -> Markup {
    let others = Platform::ALL.iter().filter(|platform| !platform.capabilities().connects);
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
    let provider = if demo { "the simulator's consent page" } else { "Google" };
    html! {
        (head(&format!("Connect {}", platform.label()), html! {}, html! {}))
        div.narrow.stack {
            (card("One more step", html! {}, html! {
                div.stack {
                    p { "On the next page, " (provider) " will ask for permission to read and reply to your channel's comments. Please leave every box ticked: Repruv needs all of them." }
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
