//! What the list is narrowed to, each with the way to take it off; and what of an address could not be followed.

use jiff::civil::Date;
use maud::{Markup, html};

use super::filters::{days, place_on};
use super::list::Inbox;
use crate::inbox::definitions;
use crate::inbox::listing::{Filter, Order, ReplyStands};
use crate::inbox::marks::Assignee;
use crate::inbox::place::Place;
use crate::inbox::triage::TriageState;
use crate::model::{ConnectionId, UserId};
use crate::web::ui::{Icon, Tone, icon, notice, platform_name, time};

pub(super) fn chips(view: &Inbox<'_>) -> Markup {
    let filter = &view.place.filter;
    let on = on(view);
    let bare = Filter { state: filter.state, order: filter.order, ..Filter::default() };
    html! {
        @for word in &view.place.remarks { (notice(Tone::Warn, word)) }
        @if !on.is_empty() {
            ul.chips aria-label="Filters that are on" {
                @for (name, value) in &on {
                    li { a.chip href=(Place::of(filter.without(name)).list()) title="Remove this filter" {
                        span.visually-hidden { "Remove the filter " } span dir="auto" { (value) } (icon(Icon::X))
                    } }
                }
                @if on.len() > 1 { li { a.chip.all href=(Place::of(bare).list()) { "Clear all" } } }
            }
        }
    }
}

/// By their parameters, in words.
fn on(view: &Inbox<'_>) -> Vec<(&'static str, String)> {
    let filter = &view.place.filter;
    let named = |name: &str| view.rows.people_and_content.iter().find(|(of, _)| *of == name).map(|(_, value)| value);
    let words = |name: &str| {
        Some(match name {
            "q" => format!("Search: {}", filter.q.as_ref()?),
            "kind" => format!("Kind: {}", definitions::kind(filter.kind?)),
            "platform" => format!("Platform: {}", platform_name(filter.platform?.as_str())),
            "sentiment" => format!("Sentiment: {}", definitions::sentiment(filter.sentiment?)),
            "priority" => format!("Priority: {}", definitions::band(filter.priority?)),
            "rating" => definitions::rating(filter.rating?).to_owned(),
            "rated_anew" => format!("After your reply: {}", definitions::rated_anew(filter.rated_anew?)),
            "intent" => format!("Intent: {}", definitions::intent(filter.intent?)),
            "language" => format!("Language: {}", filter.language?.name()),
            "connection" => format!("Account: {}", account(view, filter.connection?)),
            "content" => format!("Post: {}", named("content")?),
            "author" => format!("By {}", named("author")?),
            "starred" => "Starred by you".to_owned(),
            "tag" => format!("Tag: {}", filter.tag.as_ref()?),
            "assignee" => assigned(view, filter.assignee?),
            "reply" => match filter.reply? {
                ReplyStands::OnItsWay => "Reply on its way".to_owned(),
                ReplyStands::ToCheck => "Reply to check".to_owned(),
            },
            "answered" => format!("Answered here: {}", days(filter.answered?)),
            "answered_by" => answered(view, filter.answered_by?),
            "days" => days(filter.days?).to_owned(),
            "since" => format!("From {}", day(filter.since?)),
            "until" => format!("To {}", day(filter.until?)),
            // Such a tab shows it wherever it lies.
            "visibility" if filter.state.is_some_and(TriageState::is_set_aside) => return None,
            "visibility" => format!("On the platform: {}", place_on(filter.visibility)),
            _ => return None,
        })
    };
    let without_order = Filter { state: None, order: Order::default(), ..filter.clone() };
    without_order.parameters().into_iter().filter_map(|(name, _)| Some((name, words(name)?))).collect()
}

fn account<'a>(view: &'a Inbox<'_>, id: ConnectionId) -> &'a str {
    let connection = view.rows.connections.iter().find(|known| known.id == id);
    let name = |known: &'a crate::inbox::listing::Connection| {
        known.display_name.as_deref().unwrap_or(platform_name(known.platform.as_str()))
    };
    connection.map_or("one account", name)
}

fn assigned(view: &Inbox<'_>, to: Assignee) -> String {
    let choice = &view.rows.choice;
    match to {
        Assignee::Nobody => "Assigned to nobody".to_owned(),
        Assignee::Member(id) if id != choice.me => {
            let name = choice.members.iter().find(|member| member.id == id).map_or("somebody", |member| &member.name);
            format!("Assigned to {name}")
        }
        Assignee::Me | Assignee::Member(_) => "Assigned to you".to_owned(),
    }
}

fn answered(view: &Inbox<'_>, by: UserId) -> String {
    let choice = &view.rows.choice;
    let name = choice.members.iter().find(|member| member.id == by).map_or("somebody", |member| &member.name);
    format!("Answered by {}", if by == choice.me { "you" } else { name })
}

fn day(date: Date) -> String {
    format!("{} {}", time::day(date), date.year())
}
