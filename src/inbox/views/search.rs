//! Searching the inbox: the field above the list, what was found, and where.

use maud::{Markup, html};

use super::list::Inbox;
use crate::inbox::listing::{Filter, Matches, Order};
use crate::inbox::place::{self, Place};
use crate::inbox::search::{LONGEST, Query};
use crate::web::ui::numbers::grouped;
use crate::web::ui::{Icon, Tone, empty, icon, link_button, notice};

/// Letters before the first hit that a line shows, where the hit stands far behind its beginning.
const BEFORE: usize = 12;
/// Letters behind which a hit would not be seen in a line of a phone.
const FAR: usize = 20;

/// A GET: what is searched for is part of the address, as the rest of the filter is.
pub fn form(view: &Inbox<'_>) -> Markup {
    let place = view.place;
    let (value, error) = (place.value("q"), place.errors.of("q"));
    html! {
        form.search role="search" method="get" action="/inbox" {
            @for (name, value) in kept(place) { input type="hidden" name=(name) value=(value); }
            input #q type="search" name="q" value=(value) maxlength=(LONGEST) dir="auto" data-key="/" enterkeyhint="search"
                placeholder="Search comments" aria-label="Search comments" autocomplete="off"
                title="Words, “phrases”, author:name, -without, begin*"
                aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| "q-error")];
            button.button.small type="submit" { (icon(Icon::Search)) span { "Search" } }
            @if !value.is_empty() { a.button.small.quiet href=(without(place)) { "Clear" } }
            @if let Some(error) = error { p.error #q-error { (icon(Icon::Alert)) (error) } }
        }
    }
}

/// What else the list is narrowed to stays. What needs a reply is where everybody begins: from there, all is searched.
fn kept(place: &Place) -> Vec<(&'static str, String)> {
    let mut filter = Filter { q: None, ..place.filter.clone() };
    if filter == place::first_view() {
        filter = Filter::default();
    }
    if filter.order == Order::Priority {
        filter.order = Order::Newest;
    }
    let mut kept = filter.parameters();
    if filter.state.is_none() {
        kept.push(("state", "all".to_owned()));
    }
    kept
}

fn without(place: &Place) -> String {
    Place::of(Filter { q: None, ..place.filter.clone() }).list()
}

/// Over the list: how much was found, and whether that may be all.
pub fn told(view: &Inbox<'_>) -> Markup {
    html! {
        @if let Some(matches) = &view.rows.matches {
            @if !matches.is_complete { (notice(Tone::Warn, "The search index is being rebuilt. Until it's done, older comments may be missing here.")) }
            @if !view.rows.listed.items.is_empty() && view.place.cursor.is_none() { p.found.muted role="status" { (counted(matches)) } }
        }
    }
}

fn counted(matches: &Matches) -> String {
    match matches.count {
        1 => "1 match".to_owned(),
        count if count > Matches::TOLD => format!("{}+ matches", grouped(Matches::TOLD as i64)),
        count => format!("{} matches", grouped(count as i64)),
    }
}

/// Nothing was found: what to do.
pub fn nothing_found(query: &Query, filter: &Filter) -> Markup {
    let everywhere = Filter { q: Some(query.clone()), ..Filter::default() };
    let is_narrowed = *filter != everywhere;
    let beginning = query.beginning().and_then(|begin| Some((begin.parse::<Query>().ok()?, begin)));
    let advice = if is_narrowed { "Try fewer words, or search all comments." } else { "Try fewer words." };
    let next = html! {
        @if is_narrowed { (link_button(&Place::of(everywhere.clone()).list(), "Search all comments")) }
        @if let Some((query, begin)) = beginning {
            (link_button(&Place::of(Filter { q: Some(query), ..filter.clone() }).list(), &format!("Search for “{begin}”")))
        }
        (link_button("/inbox", "Clear search"))
    };
    empty(Icon::Search, &format!("No matches for “{query}”"), advice, next)
}

/// A text with what was found in it marked; `plain` draws the rest.
pub fn marked(text: &str, query: Option<&Query>, plain: impl Fn(&str) -> Markup) -> Markup {
    let found = query.map(|query| query.found_in(text)).unwrap_or_default();
    let ends = std::iter::once(0).chain(found.iter().map(|range| range.end));
    let last = found.last().map_or(0, |range| range.end);
    html! {
        @for (end, range) in ends.zip(&found) { (plain(&text[end..range.start])) mark { (text[range.clone()]) } }
        (plain(&text[last..]))
    }
}

/// A line of a text that begins where something was found, if that is far behind its beginning.
pub fn line<'a>(text: &'a str, query: Option<&Query>) -> (&'static str, &'a str) {
    let first = query.and_then(|query| query.found_in(text).into_iter().next());
    let Some(first) = first.filter(|first| text[..first.start].chars().count() > FAR) else { return ("", text) };
    let before = text[..first.start].char_indices().rev().take(BEFORE).last().map_or(0, |(start, _)| start);
    let start = text[before..first.start].find(char::is_whitespace).map_or(before, |space| before + space);
    ("…", text[start..].trim_start())
}
