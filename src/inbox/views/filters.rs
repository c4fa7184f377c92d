//! The filter as a form: a GET, so that the address is the filter.

use maud::{Markup, html};

use super::list::Inbox;
use crate::inbox::definitions;
use crate::inbox::derive::{Intent, Language, PriorityBand, Sentiment};
use crate::inbox::listing::{Filter, Visibility};
use crate::model::{Kind, Platform};
use crate::web::ui::{Button, Icon, Select, icon, platform_name};

pub fn form(view: &Inbox<'_>) -> Markup {
    let filter = view.filter;
    let shown = Filter { state: None, order: Filter::default().order, ..filter.clone() };
    let set = shown.parameters().len();
    html! {
        details #filters .filter-card open[set > 0] {
            summary { (icon(Icon::Search)) "Filter" @if set > 0 { " " span.num { "(" (set) ")" } } }
            (chosen(view))
            form.filters method="get" action="/inbox" {
                @for (name, value) in filter.parameters().iter().filter(|(name, _)| is_kept(name)) {
                    input type="hidden" name=(name) value=(value);
                }
                (choice("kind", "Kind", filter.kind.map(Kind::as_str), Kind::ALL, |kind| (kind.as_str(), definitions::kind(kind))))
                (choice("intent", "Intent", filter.intent.map(Intent::as_str), Intent::ALL, |intent| (intent.as_str(), definitions::intent(intent))))
                (choice("sentiment", "Sentiment", filter.sentiment.map(Sentiment::as_str), Sentiment::ALL, |sentiment| (sentiment.as_str(), definitions::sentiment(sentiment))))
                (choice("priority", "Priority", filter.priority.map(PriorityBand::as_str), PriorityBand::ALL, |band| (band.as_str(), definitions::band(band))))
                (choice("language", "Language", filter.language.map(Language::as_str), Language::ALL, |language| (language.as_str(), language.name())))
                (accounts(view))
                (choice("visibility", "On the platform", Some(filter.visibility.as_str()), Visibility::ALL, |visibility| (visibility.as_str(), visibility.as_str())))
                (day("since", "From", filter.since.map(|day| day.to_string())))
                (day("until", "To", filter.until.map(|day| day.to_string())))
                div.actions {
                    (Button::primary("Show"))
                    @if set > 0 { a.button.quiet href=(kept(filter).address("/inbox")) { "Clear" } }
                }
            }
        }
    }
}

/// The tab, and what was chosen by a link, stay as they are.
fn is_kept(name: &str) -> bool {
    matches!(name, "state" | "order" | "author" | "content")
}

fn kept(filter: &Filter) -> Filter {
    Filter { state: filter.state, order: filter.order, ..Filter::default() }
}

/// What no field of the form shows: one author, one content item.
fn chosen(view: &Inbox<'_>) -> Markup {
    html! {
        @for (name, value) in &view.rows.people_and_content {
            @let without = match *name {
                "author" => Filter { author: None, ..view.filter.clone() },
                _ => Filter { content: None, ..view.filter.clone() },
            };
            p.meta {
                span { @if *name == "author" { "Only by " } @else { "Only on " } b { (value) } }
                a href=(without.address("/inbox")) { "Show all" }
            }
        }
    }
}

fn choice<T: Copy>(
    name: &'static str,
    label: &'static str,
    selected: Option<&'static str>,
    all: &[T],
    words: impl Fn(T) -> (&'static str, &'static str),
) -> Select<'static> {
    let mut select = Select::new(name, label, selected.unwrap_or_default());
    if name != "visibility" {
        select = select.option("", "Any");
    }
    all.iter().fold(select, |select, one| {
        let (value, text) = words(*one);
        select.option(value, text)
    })
}

/// Connections where there are several, and platforms where those are.
fn accounts(view: &Inbox<'_>) -> Markup {
    let connections = &view.rows.connections;
    let ids = connections.iter().map(|connection| connection.id.to_string()).collect::<Vec<_>>();
    let selected = view.filter.connection.map(|id| id.to_string()).unwrap_or_default();
    let mut accounts = Select::new("connection", "Account", &selected).option("", "Any");
    for (connection, id) in connections.iter().zip(&ids) {
        let name = connection.display_name.as_deref().unwrap_or(platform_name(connection.platform.as_str()));
        accounts = accounts.option(id, name);
    }
    let platform = view.filter.platform.map_or("", Platform::as_str);
    let mut platforms = Select::new("platform", "Platform", platform).option("", "Any");
    let mut known =
        connections.iter().map(|connection| connection.platform).chain(view.filter.platform).collect::<Vec<_>>();
    known.sort_unstable();
    known.dedup();
    for platform in &known {
        platforms = platforms.option(platform.as_str(), platform_name(platform.as_str()));
    }
    html! {
        @if known.len() > 1 || view.filter.platform.is_some() { (platforms) }
        @if connections.len() > 1 || view.filter.connection.is_some() { (accounts) }
    }
}

fn day(name: &str, label: &str, value: Option<String>) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            input type="date" id=(name) name=(name) value=[value];
        }
    }
}
