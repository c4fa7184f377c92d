//! The filter as a form: a GET, so that the address is the filter.

use maud::{Markup, html};

use super::list::Inbox;
use crate::inbox::definitions;
use crate::inbox::derive::{Intent, Language, PriorityBand, Sentiment};
use crate::inbox::listing::{Days, RatedAnew, Starred, Stars, Visibility};
use crate::inbox::marks::TagName;
use crate::inbox::place::{self, Place};
use crate::model::{Kind, ProviderState};
use crate::web::ui::{Button, Field, Icon, Select, icon, platform_name};

pub fn form(view: &Inbox<'_>) -> Markup {
    let place = view.place;
    html! {
        details #filters .filter-card open[!place.errors.is_empty() && place.errors.of("q").is_none()] data-counts=(place.address("/inbox", Some("filters"))) {
            summary { (icon(Icon::Search)) "Filter" }
            (counted(view))
        }
    }
}

/// The form alone, with how many comments each choice would list, where that was counted.
pub fn counted(view: &Inbox<'_>) -> Markup {
    let place = view.place;
    html! {
            form #filter-form .filters method="get" action="/inbox" {
                @for (name, value) in kept(place) { input type="hidden" name=(name) value=(value); }
                (choice(view, "kind", "Kind", Kind::ALL, |kind| (kind.as_str(), definitions::kind(kind))))
                (choice(view, "intent", "Intent", Intent::ALL, |intent| (intent.as_str(), definitions::intent(intent))))
                (choice(view, "sentiment", "Sentiment", Sentiment::ALL, |one| (one.as_str(), definitions::sentiment(one))))
                (choice(view, "priority", "Priority", PriorityBand::ALL, |band| (band.as_str(), definitions::band(band))))
                (rating(view))
                (choice(view, "language", "Language", Language::ALL, |language| (language.as_str(), language.name())))
                (accounts(view))
                (tag(view))
                (assignee(view))
                (choice(view, "starred", "Star", Starred::ALL, |one| (one.as_str(), "Starred by you")))
                (choice(view, "visibility", "On the platform", Visibility::ALL, |one| (one.as_str(), place_on(one))))
                (range(view))
                (day(view, "since", "From"))
                (day(view, "until", "To"))
                div.actions { (Button::primary("Apply")) }
            }
    }
}

/// The tab, and what was chosen by a link, stay as they are.
fn kept(place: &Place) -> Vec<(&'static str, String)> {
    let mut kept = place.filter.parameters();
    kept.retain(|(name, _)| *name == "q" || !place::FIELDS.contains(name));
    if place.filter.state.is_none() {
        kept.push(("state", "all".to_owned()));
    }
    kept
}

fn choice<T: Copy>(
    view: &Inbox<'_>,
    name: &'static str,
    label: &'static str,
    all: &[T],
    words: impl Fn(T) -> (&'static str, &'static str),
) -> Markup {
    let value = view.place.value(name);
    // What is so anyway is asked for by nothing.
    let default = (name == "visibility").then_some(Visibility::Published.as_str());
    let selected = if default == Some(value.as_str()) { "" } else { &value };
    let mut select = Select::new(name, label, selected).error(view.place.errors.of(name));
    if name != "visibility" {
        select = select.option("", "Any");
    }
    let texts = all.iter().map(|one| words(*one)).map(|(value, text)| (value, with_count(view, name, value, text)));
    let texts = texts.collect::<Vec<_>>();
    let asked = |value: &'static str| if default == Some(value) { "" } else { value };
    let select = texts.iter().fold(select, |select, (value, text)| select.option(asked(value), text));
    html! { (select) }
}

fn with_count(view: &Inbox<'_>, name: &'static str, value: &str, text: &str) -> String {
    let count = view.rows.choices.as_ref().and_then(|counts| counts.told(name, value));
    count.map_or(text.to_owned(), |count| format!("{text} ({count})"))
}

/// Where on the platform it can be seen, in the words that stand beside each comment.
pub(super) const fn place_on(visibility: Visibility) -> &'static str {
    let state = match visibility {
        Visibility::Any => return "anywhere",
        Visibility::Published => ProviderState::Published,
        Visibility::Held => ProviderState::Held,
        Visibility::Spam => ProviderState::Spam,
        Visibility::Hidden => ProviderState::Hidden,
        Visibility::Rejected => ProviderState::Rejected,
        Visibility::Removed => ProviderState::Removed,
    };
    match definitions::provider_state(state) {
        Some((word, _)) => word,
        None => "published",
    }
}

pub(super) const fn days(days: Days) -> &'static str {
    match days {
        Days::Today => "Today",
        Days::Last7 => "Last 7 days",
        Days::Last30 => "Last 30 days",
        Days::ThisMonth => "This month",
    }
}

fn range(view: &Inbox<'_>) -> Markup {
    let selected = view.place.value("days");
    let select = Select::new("days", "When", &selected).option("", "Any time").error(view.place.errors.of("days"));
    html! { (Days::ALL.iter().fold(select, |select, one| select.option(one.as_str(), days(*one)))) }
}

/// Where something can be rated.
fn rating(view: &Inbox<'_>) -> Markup {
    let are_rated = view.rows.connections.iter().any(|connection| connection.platform.capabilities().has_ratings);
    html! {
        @if are_rated || view.place.filter.rating.is_some() {
            (choice(view, "rating", "Rating", Stars::ALL, |stars| (stars.as_str(), definitions::rating(stars))))
        }
        @if are_rated || view.place.filter.rated_anew.is_some() {
            (choice(view, "rated_anew", "After your reply", RatedAnew::ALL, |how| (how.as_str(), definitions::rated_anew(how))))
        }
    }
}

/// Connections where there are several, and platforms where those are.
fn accounts(view: &Inbox<'_>) -> Markup {
    let connections = &view.rows.connections;
    let ids = connections.iter().map(|connection| connection.id.to_string()).collect::<Vec<_>>();
    let selected = view.place.value("connection");
    let mut accounts = Select::new("connection", "Account", &selected).option("", "Any");
    let names = connections.iter().zip(&ids).map(|(connection, id)| {
        let name = connection.display_name.as_deref().unwrap_or(platform_name(connection.platform.as_str()));
        with_count(view, "connection", id, name)
    });
    let names = names.collect::<Vec<_>>();
    for (id, name) in ids.iter().zip(&names) {
        accounts = accounts.option(id, name);
    }
    let platform = view.place.value("platform");
    let mut platforms =
        Select::new("platform", "Platform", &platform).option("", "Any").error(view.place.errors.of("platform"));
    let known = connections.iter().map(|connection| connection.platform).chain(view.place.filter.platform);
    let mut known = known.collect::<Vec<_>>();
    known.sort_unstable();
    known.dedup();
    let names = known.iter().map(|known| with_count(view, "platform", known.as_str(), platform_name(known.as_str())));
    let names = names.collect::<Vec<_>>();
    for (platform, name) in known.iter().zip(&names) {
        platforms = platforms.option(platform.as_str(), name);
    }
    html! {
        @if known.len() > 1 || !platform.is_empty() { (platforms) }
        @if connections.len() > 1 || !selected.is_empty() { (accounts) }
    }
}

fn tag(view: &Inbox<'_>) -> Markup {
    let selected = view.place.value("tag");
    let key = view.place.filter.tag.as_ref().map(TagName::key);
    let tags = &view.rows.choice.tags;
    let known = tags.iter().find(|tag| key.as_ref() == Some(&tag.key())).map_or(selected.as_str(), TagName::as_str);
    let mut select = Select::new("tag", "Tag", known).option("", "Any").error(view.place.errors.of("tag"));
    if !known.is_empty() && !tags.iter().any(|tag| tag.as_str() == known) {
        select = select.option(known, known);
    }
    let select = tags.iter().fold(select, |select, tag| select.option(tag.as_str(), tag.as_str()));
    html! { @if !tags.is_empty() || !known.is_empty() { (select) } }
}

fn assignee(view: &Inbox<'_>) -> Markup {
    let selected = view.place.value("assignee");
    let choice = &view.rows.choice;
    let ids = choice.members.iter().map(|member| member.id.to_string()).collect::<Vec<_>>();
    let mut select = Select::new("assignee", "Assigned to", &selected).option("", "Anybody");
    select = select.option("me", "Me").option("nobody", "Nobody").error(view.place.errors.of("assignee"));
    for (member, id) in choice.members.iter().zip(&ids) {
        if member.id != choice.me || *id == selected {
            select = select.option(id, &member.name);
        }
    }
    html! { (select) }
}

fn day(view: &Inbox<'_>, name: &'static str, label: &'static str) -> Markup {
    let value = view.place.value(name);
    html! { (Field::date(name, label).value(&value).error(view.place.errors.of(name))) }
}
