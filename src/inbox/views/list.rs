//! `/inbox`: tabs with counts, the filter, and the list that keeps itself true.

use maud::{Markup, html};

use super::filters;
use super::{said, state_tag, tags};
use crate::inbox::listing::{Filter, Interaction, Order};
use crate::inbox::pages::Rows;
use crate::inbox::triage::TriageState;
use crate::web::ui::numbers::grouped;
use crate::web::ui::{Icon, Live, Local, NOTHING, avatar, empty, link_button, live, older, platform_name};

pub struct Inbox<'a> {
    pub filter: &'a Filter,
    pub rows: &'a Rows,
    /// Nothing newer lies before it.
    pub is_first: bool,
    pub local: &'a Local,
}

pub fn inbox(view: &Inbox<'_>) -> Markup {
    html! {
        header.head {
            div {
                h1 { "Inbox" }
                p.muted { "Comments and reviews of all connected accounts, in one place." }
            }
            p.muted.small-text { kbd { "j" } " " kbd { "k" } " to walk, " kbd { "Enter" } " to open" }
        }
        (filters::form(view))
        (panel(view))
    }
}

/// The first page follows what happens; an older one stands still while it is read.
pub fn panel(view: &Inbox<'_>) -> Markup {
    let body = html! {
        (tabs(view))
        section.card aria-label="Interactions" { (list(view)) }
    };
    if !view.is_first {
        return html! { section #panel-inbox .panel { (body) } };
    }
    let address = view.filter.address("/inbox");
    let source = format!("{address}{}panel=inbox", if address.contains('?') { '&' } else { '?' });
    live(Live { name: "inbox", hints: "inbox demo", source: &source }, body)
}

/// Each keeps the rest of the filter.
fn tabs(view: &Inbox<'_>) -> Markup {
    let tab = |name: &str, state: Option<TriageState>, order: Order| {
        let filter = Filter { state, order, ..view.filter.clone() };
        let is_here = view.filter.state == state;
        // The rollups know those who wait; with a filter, nobody has counted.
        let is_counted = state == Some(TriageState::NeedsReply) && !is_narrowed(view.filter);
        let count = is_counted.then(|| view.rows.count(TriageState::NeedsReply));
        html! {
            a href=(filter.address("/inbox")) aria-current=[is_here.then_some("page")] {
                (name) @if let Some(count) = count { " " span.num { (grouped(count)) } }
            }
        }
    };
    html! {
        nav.tabs aria-label="States" {
            (tab("Everything", None, Order::Newest))
            (tab("Needs reply", Some(TriageState::NeedsReply), Order::Priority))
            (tab("Answered", Some(TriageState::Answered), Order::Newest))
            (tab("No reply needed", Some(TriageState::NoReplyNeeded), Order::Newest))
            (tab("Yours", Some(TriageState::Own), Order::Newest))
        }
    }
}

/// By more than its tab.
fn is_narrowed(filter: &Filter) -> bool {
    Filter { state: None, order: Order::Newest, ..filter.clone() } != Filter::default()
}

fn list(view: &Inbox<'_>) -> Markup {
    let items = &view.rows.listed.items;
    if items.is_empty() {
        return nothing(view);
    }
    let next = view.rows.listed.next.map(|cursor| {
        let address = view.filter.address("/inbox");
        format!("{address}{}cursor={cursor}", if address.contains('?') { '&' } else { '?' })
    });
    let label = if view.filter.order == Order::Priority { "Less pressing" } else { "Older" };
    html! {
        ul.list { @for item in items { (row(item, view)) } }
        @if !view.is_first {
            p.meta { a href=(view.filter.address("/inbox")) { "Back to the first page" } }
        }
        (older(next.as_deref(), label))
    }
}

fn row(item: &Interaction, view: &Inbox<'_>) -> Markup {
    let href = format!("/inbox/{}", item.id);
    html! {
        li data-test="interaction" {
            (avatar(&item.author_name))
            div.grow {
                p.meta {
                    b { (item.author_name) }
                    @if view.rows.has_several_platforms() { span { (platform_name(item.platform.as_str())) } }
                    span { (view.local.ago(item.created_at)) }
                    @if let Some(title) = &item.content_title { span.on title=(title) { (title) } }
                }
                a.row-link href=(href) { (said(item)) }
                (tags(item))
            }
            @if view.filter.state.is_none() { div.end { (state_tag(item.state)) } }
        }
    }
}

fn nothing(view: &Inbox<'_>) -> Markup {
    if view.rows.connections.is_empty() {
        return empty(
            Icon::Inbox,
            "Nothing here yet",
            "Comments and reviews of your connected accounts appear here as they are written.",
            link_button("/connections", "Connect an account"),
        );
    }
    match view.filter.state {
        _ if is_narrowed(view.filter) || !view.is_first => empty(
            Icon::Search,
            "Nothing matches",
            "No interaction is what this filter asks for.",
            link_button("/inbox", "Show everything"),
        ),
        Some(TriageState::NeedsReply) => empty(
            Icon::Done,
            "Nobody waits for an answer",
            "Questions, complaints and reviews that need you stand here first.",
            NOTHING,
        ),
        _ => empty(
            Icon::Inbox,
            "Nothing was written yet",
            "As soon as somebody comments, it appears here by itself.",
            NOTHING,
        ),
    }
}
