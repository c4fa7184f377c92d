//! Parts of a page that keep themselves true (assets/live-panels.js): fetched again on every hint that concerns them.

use maud::{Markup, html};

/// What a live part shows, and where it is fetched again.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The element's id is `panel-NAME`.
    pub name: &'a str,
    /// The names of the hints, with spaces: `"demo job"`.
    pub hints: &'a str,
    /// Answers HTML that holds the element of this id.
    pub source: &'a str,
}

/// The same function draws the part inside its page and alone.
pub fn live(live: Live<'_>, body: Markup) -> Markup {
    html! {
        section id={ "panel-" (live.name) } class={ "panel panel-" (live.name) } data-live=(live.hints) data-src=(live.source) { (body) }
    }
}
