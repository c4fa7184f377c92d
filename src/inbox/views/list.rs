//! `/inbox`: a list on the left, what is open on the right; where there is no room for both, one of them.

use maud::{Markup, html};

use super::answering::open_reply;
use super::chips::chips;
use super::filters;
use super::keys::keys_button;
use super::marks::{assignee, star, tags_in_row};
use super::moves::{receipt, ticked};
use super::{band_tag, excerpt, search, state_tag};
use crate::inbox::definitions;
use crate::inbox::listing::{Filter, Interaction, Order, ReplyStands, Visibility};
use crate::inbox::marks::Marks;
use crate::inbox::moves::{Done, Receipt};
use crate::inbox::pages::Rows;
use crate::inbox::place::{self, Place};
use crate::inbox::saved_views::views as saved_views;
use crate::inbox::today::Person;
use crate::inbox::triage::TriageState;
use crate::web::ui::numbers::{duration, grouped};
use crate::web::ui::{
    Icon, Live, Local, NOTHING, Tone, empty, icon, link_button, live, older, platform_name, stars, tag,
};

#[derive(Clone, Copy)]
pub struct Inbox<'a> {
    pub place: &'a Place,
    pub rows: &'a Rows,
    /// What is open beside the list.
    pub open: Option<crate::model::InteractionId>,
    /// What was done with a comment a moment ago.
    pub receipt: Option<&'a Receipt>,
    /// As the address tells it.
    pub done: Done,
    /// Whether whoever looks may do anything with what is listed.
    pub may_answer: bool,
    pub may_connect: bool,
    pub local: &'a Local,
}

/// The whole page; `reading` is what is open.
pub fn inbox(view: &Inbox<'_>, reading: Markup) -> Markup {
    html! {
        div.inbox.is-open[view.open.is_some()] {
            header.inbox-head {
                h1 { "Inbox" }
                (tabs(view))
                (search::form(view))
                (order(view))
                (filters::form(view))
                (saved_views::saving(&view.rows.views, view.place))
            }
            div.panes {
                section.rows-pane aria-label="Comments" {
                    (receipt_of(view))
                    (chips(view))
                    button #new-comments .new-comments type="button" hidden {}
                    (list_part(view))
                    (keys_button())
                    @if view.may_answer && !view.rows.listed.items.is_empty() { (ticked(view.place, view.rows, all_matching(view))) }
                }
                (reading)
            }
        }
    }
}

/// The parts that are fetched again: the tabs with their number, and the list.
pub fn panel(view: &Inbox<'_>) -> Markup {
    html! { (receipt_of(view)) (tabs(view)) (list_part(view)) }
}

fn receipt_of(view: &Inbox<'_>) -> Markup {
    receipt_part(view.receipt, view.done, view.place, view.local)
}

/// What was done; while a job is at it, how far it is; of a reply, what became of it.
pub fn receipt_part(told: Option<&Receipt>, done: Done, place: &Place, local: &Local) -> Markup {
    let parameters = done.parameters();
    let line = told.map_or(NOTHING, |told| receipt(told, place, local));
    let hints = match told {
        Some(Receipt::Underway(..) | Receipt::Marked { open: None, .. }) => "job",
        // Of a move by a job: it may be taken back elsewhere.
        Some(Receipt::Many { .. } | Receipt::Nothing(_)) if done.is_by_job() => "job",
        Some(Receipt::Sent(_)) => "inbox",
        // There is nothing to tell any more.
        None if !parameters.is_empty() => "job",
        _ => return line,
    };
    let parameters = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    let source = place::with(&place.address("/inbox", Some("receipt")), &parameters);
    live(Live { name: "receipt", hints, source: &source }, line)
}

/// That more is meant than what is ticked, where there is more than a page of it.
fn all_matching(view: &Inbox<'_>) -> Option<String> {
    if view.rows.listed.next.is_none() && view.place.cursor.is_none() {
        return None;
    }
    let filter = &view.place.filter;
    // Of other states the totals count what no list shows: held back, hidden, gone.
    let waiting = Filter { state: Some(TriageState::NeedsReply), order: filter.order, ..Filter::default() };
    let count = (*filter == waiting).then(|| view.rows.count(TriageState::NeedsReply));
    Some(count.map_or_else(|| "All that match".to_owned(), |count| format!("All {} that match", grouped(count))))
}

/// The first page follows what happens; an older one stands still while it is read.
fn list_part(view: &Inbox<'_>) -> Markup {
    let body = list(view);
    if view.place.cursor.is_some() {
        return html! { section #panel-inbox .panel { (body) } };
    }
    live(Live { name: "inbox", hints: "inbox demo", source: &source(view) }, body)
}

fn source(view: &Inbox<'_>) -> String {
    view.place.address("/inbox", Some("inbox"))
}

/// Each keeps the rest of the filter.
fn tabs(view: &Inbox<'_>) -> Markup {
    let current = &view.place.filter;
    let is_to_check = current.reply == Some(ReplyStands::ToCheck);
    let tab = |name: &str, filter: Filter, is_here: bool| {
        // The rollups know those who wait; with a filter, nobody has counted.
        let is_counted = filter == place::first_view();
        html! {
            a href=(Place::of(filter).list()) aria-current=[is_here.then_some("page")] {
                (name) @if is_counted { " " span.num { (grouped(view.rows.count(TriageState::NeedsReply))) } }
            }
        }
    };
    let in_state = |name: &str, state: Option<TriageState>| {
        let is_urgent_first = state == Some(TriageState::NeedsReply) && current.q.is_none();
        let order = if is_urgent_first { Order::Priority } else { Order::Newest };
        tab(name, Filter { state, order, ..listed(current) }, current.state == state && !is_to_check)
    };
    // Wherever the platform has it.
    let aside = |name: &str, state: TriageState| {
        let (state, visibility) = (Some(state), Visibility::Any);
        let filter = Filter { state, visibility, order: Order::Newest, ..current.clone() };
        tab(name, filter, current.state == state)
    };
    let body = html! {
        nav.tabs aria-label="Show" {
            (in_state("Needs reply", Some(TriageState::NeedsReply)))
            (in_state("Snoozed", Some(TriageState::Snoozed)))
            (in_state("Done", Some(TriageState::Done)))
            (in_state("Answered", Some(TriageState::Answered)))
            (in_state("No reply", Some(TriageState::NoReplyNeeded)))
            (aside("Spam", TriageState::Spam))
            (aside("Removed", TriageState::Removed))
            (in_state("Yours", Some(TriageState::Own)))
            (in_state("All", None))
            @if view.rows.to_check > 0 || is_to_check { (to_check(view)) }
            @if view.rows.awaiting > 0 { a href="/inbox/approvals" { "For approval " span.num { (grouped(view.rows.awaiting)) } } }
        }
    };
    live(Live { name: "inbox-tabs", hints: "inbox demo", source: &source(view) }, body)
}

/// Replies that did not get there: whoever sent them has gone on to the next comment.
fn to_check(view: &Inbox<'_>) -> Markup {
    let reply = Some(ReplyStands::ToCheck);
    let is_here = view.place.filter.reply == reply;
    html! {
        a.bad href=(Place::of(Filter { reply, ..Filter::default() }).list()) aria-current=[is_here.then_some("page")] data-test="to-check" {
            "Replies to check " span.num { (grouped(view.rows.to_check)) }
        }
    }
}

/// The same among what is listed for everybody.
fn listed(filter: &Filter) -> Filter {
    match filter.state.is_some_and(TriageState::is_set_aside) {
        true => Filter { state: None, visibility: Visibility::Published, ..filter.clone() },
        false => filter.clone(),
    }
}

fn order(view: &Inbox<'_>) -> Markup {
    let current = &view.place.filter;
    let one = |order: Order, name: &str| {
        let href = Place::of(Filter { order, ..current.clone() }).list();
        html! { a href=(href) aria-current=[(current.order == order).then_some("true")] { (name) } }
    };
    html! {
        nav.order aria-label="Sort" {
            @if current.state == Some(TriageState::NeedsReply) { (one(Order::Priority, "Urgent")) }
            (one(Order::Newest, "Newest"))
            (one(Order::Oldest, "Oldest"))
        }
    }
}

/// By more than its tab and its order.
fn is_narrowed(filter: &Filter) -> bool {
    let bare = listed(filter);
    Filter { state: None, order: Order::Newest, ..bare } != Filter::default()
}

fn list(view: &Inbox<'_>) -> Markup {
    let items = &view.rows.listed.items;
    if items.is_empty() {
        return nothing(view);
    }
    let next = view.rows.listed.next.map(|cursor| view.place.from(Some(cursor)).list());
    let label = match view.place.filter.order {
        Order::Priority => "Less urgent",
        Order::Newest => "Older",
        Order::Oldest => "Newer",
    };
    html! {
        (search::told(view))
        ul.rows { @for (item, marks) in items.iter().zip(&view.rows.marks) { (row(item, marks, view)) } }
        @if view.place.cursor.is_some() {
            p.rows-end { a href=(view.place.from(None).list()) { "Back to the top" } }
        }
        (older(next.as_deref(), label))
    }
}

/// Author, content and age; text, urgency and state.
fn row(item: &Interaction, marks: &Marks, view: &Inbox<'_>) -> Markup {
    let is_ticked = view.rows.choice.told.as_ref().is_some_and(|told| told.ticked.contains(&item.id));
    let is_open = view.open == Some(item.id);
    let waits = item.state == TriageState::NeedsReply;
    html! {
        li.row.(if waits { item.priority.as_str() } else { "" }) #(place::row_id(item.id)) data-test="interaction" aria-current=[is_open.then_some("true")] {
            @if !item.is_own {
                @if view.may_answer {
                    input.tick type="checkbox" name="id" value=(item.id) form="ticked" checked[is_ticked] aria-label={ "Select the comment by " (item.author_name) } data-key="x" title="Select";
                }
            }
            p.row-head {
                b dir="auto" { (item.author_name) }
                (star(marks))
                @if view.rows.has_several_platforms() { span.from { (platform_name(item.platform.as_str())) } }
                @if let Some(rating) = item.rating { (stars(rating)) }
                @if let Some(title) = &item.content_title { span.on dir="auto" title=(title) { (title) } }
                (assignee(marks, &view.rows.choice.members))
                (view.local.ago(item.created_at))
            }
            p.row-body {
                a.row-link #(place::link_id(item.id)) href=(view.place.one(item.id)) dir="auto" lang=[item.language.map(|language| language.as_str())] { (excerpt(item, view.place.filter.q.as_ref())) }
                (tags_in_row(marks))
                @if item.is_answered_again { (tag(Tone::Accent, "answered again")) }
                (super::rated_anew(item, true))
                (open_reply(item))
                @if waits { (band_tag(item.priority)) }
                @if view.place.filter.state.is_none() { (state_tag(item)) }
                @if let Some((word, _)) = definitions::provider_state(item.provider_state) { (tag(Tone::Warn, word)) }
            }
        }
    }
}

fn nothing(view: &Inbox<'_>) -> Markup {
    if view.rows.connections.is_empty() {
        return empty(
            Icon::Inbox,
            "Nothing here yet",
            "Comments and reviews from your connected accounts show up here.",
            if view.may_connect {
                link_button("/connections", "Connect an account")
            } else {
                html! { p.muted { "An owner of this workspace can connect one." } }
            },
        );
    }
    let filter = &view.place.filter;
    if let Some(query) = &filter.q {
        return html! { (search::told(view)) (search::nothing_found(query, filter)) };
    }
    match filter.state {
        _ if is_narrowed(filter) || view.place.cursor.is_some() => empty(
            Icon::Search,
            "No matches",
            "No comments match these filters.",
            link_button("/inbox?state=all", "Clear all filters"),
        ),
        Some(TriageState::NeedsReply) => all_caught_up(view),
        state => {
            let (title, text) = emptiness(state);
            empty(Icon::Inbox, title, text, NOTHING)
        }
    }
}

/// Of each tab, where nothing else narrows it.
const fn emptiness(state: Option<TriageState>) -> (&'static str, &'static str) {
    match state {
        None | Some(TriageState::NeedsReply) => {
            ("No comments yet", "New comments show up here as soon as they come in.")
        }
        Some(TriageState::Snoozed) => ("Nothing is snoozed", "Snoozed comments stay here until they're due."),
        Some(TriageState::Done) => ("Nothing is done yet", "Comments marked as done are kept here."),
        Some(TriageState::Answered) => ("No answered comments yet", "Once a comment has your reply, it's listed here."),
        Some(TriageState::NoReplyNeeded) => {
            ("Nothing here", "Comments that need no reply, such as thanks and praise, are listed here.")
        }
        Some(TriageState::Spam) => ("No spam", "What looks like spam, or was marked as spam, is listed here."),
        Some(TriageState::Removed) => {
            ("Nothing is removed", "What you remove here is kept here. On the platform it stays as it is.")
        }
        Some(TriageState::Own) => {
            ("No replies of yours yet", "Comments and replies from your accounts are listed here.")
        }
        Some(TriageState::Waiting) => {
            ("Not waiting for anyone", "Threads where it's the other person's turn are listed here.")
        }
    }
}

fn all_caught_up(view: &Inbox<'_>) -> Markup {
    let done = view.rows.today.as_ref().filter(|today| !today.people.is_empty());
    html! {
        (empty(
            Icon::Done,
            "You're all caught up",
            "Questions, complaints and reviews that need you show up here.",
            link_button("/inbox?state=all", "Show everything"),
        ))
        @if let Some(today) = done {
            section.today aria-labelledby="today" {
                h2 #today { "Today" }
                ul {
                    @for person in &today.people {
                        li {
                            b dir="auto" { @if person.id == view.rows.choice.me { "You" } @else { (person.name.as_deref().unwrap_or("Somebody")) } }
                            span { (work_of(person)) }
                        }
                    }
                }
                @if let Some(wait) = today.median_wait() { p.muted { "Half of the answers came within " (duration(wait)) "." } }
            }
        }
    }
}

fn work_of(person: &Person) -> String {
    let answered = (person.answered > 0).then(|| format!("{} answered", grouped(person.answered)));
    let cleared = (person.cleared > 0).then(|| format!("{} cleared", grouped(person.cleared)));
    [answered, cleared].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Beside the list, while nothing is open.
pub fn nothing_open() -> Markup {
    html! {
        section #reading .reading aria-label="Comment" {
            div.empty {
                (icon(Icon::Message))
                p { b { "Select a comment to read it" } }
                p.muted.keys { kbd { "j" } " / " kbd { "k" } " to move, " kbd { "Enter" } " to open, " kbd { "u" } " to go back" }
            }
        }
    }
}
