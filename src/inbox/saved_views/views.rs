//! Saved views as HTML: beside the places, above the list, and the page on which they are kept.

use maud::{Markup, html};

use super::{Direction, LONGEST_NAME, SavedView, SavedViewId, Typed};
use crate::inbox::listing::{Counted, Filter};
use crate::inbox::place::{Place, first_view};
use crate::web::errors::FieldErrors;
use crate::web::ui::{Button, Field, Icon, NOTHING, Shell, Tone, card, empty, head, icon, link_button, notice, page};
use crate::workspaces::WorkspaceId;

/// Everybody's views, and their own.
#[derive(Clone, Debug, Default)]
pub struct Views {
    pub all: Vec<SavedView>,
    /// None until they were counted, which no page waits for.
    pub counts: Option<Vec<Counted>>,
    pub may_share: bool,
    pub workspace: Option<WorkspaceId>,
}

impl Views {
    /// Where a form keeps a view of this workspace, wherever another tab has gone.
    fn keeping(&self) -> String {
        self.workspace.map_or_else(|| "/inbox/views".to_owned(), |id| format!("/inbox/views?workspace={id}"))
    }

    fn count(&self, index: usize) -> Option<&Counted> {
        self.counts.as_ref().and_then(|counts| counts.get(index))
    }

    fn may_change(&self, view: &SavedView) -> bool {
        !view.is_shared() || self.may_share
    }
}

/// Beside the places, where a page has not read them: they are asked for when it is there.
pub fn anywhere() -> Markup {
    side(&Views::default(), None, "/inbox/views?panel=side")
}

/// The same in the inbox, where one of them may be what is listed.
pub fn in_the_inbox(views: &Views, place: &Place) -> Markup {
    side(views, Some(&place.filter), &place.address("/inbox", Some("views")))
}

pub(super) fn side(views: &Views, here: Option<&Filter>, source: &str) -> Markup {
    let is_here = |view: &SavedView| here.is_some_and(|here| view.place().filter == *here);
    html! {
        section #panel-inbox-views .side-views data-live="inbox demo" data-src=(source) data-stale[views.counts.is_none()] {
            @if !views.all.is_empty() {
                button.icon-button type="button" popovertarget="side-views" title="Views" aria-label="Views" { (icon(Icon::Views)) }
                nav #side-views popover aria-labelledby="side-views-title" {
                    p #side-views-title { "Views" }
                    @for (index, view) in views.all.iter().enumerate() {
                        a href={ "/inbox?view=" (view.id) } aria-current=[is_here(view).then_some("page")] {
                            span dir="auto" { (view.name) }
                            @if let Some(count) = views.count(index) { span.count { (count) } }
                        }
                    }
                    a.edit href="/inbox/views" { "Edit views" }
                }
            }
        }
    }
}

/// Above the list: a filter that is on and has no name gets one, or takes the place of another.
pub fn saving(views: &Views, place: &Place) -> Markup {
    let is_known = |view: &SavedView| view.place().filter == place.filter;
    if place.filter == Filter::default() || place.filter == first_view() || views.all.iter().any(is_known) {
        return NOTHING;
    }
    let filter = html! { input type="hidden" name="filter" value=(place.sound()); };
    let mine = views.all.iter().filter(|view| views.may_change(view)).collect::<Vec<_>>();
    html! {
        button.button.small.quiet type="button" popovertarget="save-view" { (icon(Icon::Plus)) "Save as a view" }
        div #save-view .menu popover role="dialog" aria-label="Save as a view" {
            form.form method="post" action=(views.keeping()) {
                (filter)
                (Field::text("name", "Name of the view").id("view-name").max_length(LONGEST_NAME as u32).required())
                @if views.may_share { label.check { input type="checkbox" name="shared" value="true"; span { "For everybody in this workspace" } } }
                (Button::primary("Save"))
            }
            @if !mine.is_empty() {
                form.form method="post" action="/inbox/views/filter" {
                    (filter)
                    div.field {
                        label for="changed-view" { "Or replace an existing view's filter" }
                        select #changed-view name="view" { @for view in mine { option value=(view.id) { (view.name) } } }
                    }
                    (Button::new("Replace"))
                }
            }
        }
    }
}

/// The page on which views are kept.
#[derive(Debug, Default)]
pub struct Page {
    pub views: Views,
    pub default: Option<SavedViewId>,
    /// What was refused, of which view (none: of a new one), whether it was for everybody, and why.
    pub told: Option<(Option<SavedViewId>, Typed, bool, FieldErrors)>,
    pub done: Option<&'static str>,
}

pub fn index(shell: &Shell, view: &Page) -> Markup {
    let group =
        |is_shared: bool| view.views.all.iter().enumerate().filter(move |(_, one)| one.is_shared() == is_shared);
    let body = html! {
        (head("Views", html! { "A view is a saved inbox filter. To change what it lists, open it, change the filters and choose “Save as a view”." }, link_button("/inbox", "Back to the inbox")))
        div.stack.narrow {
            @if let Some(done) = view.done { (notice(Tone::Good, done)) }
            @if let Some((None, typed, is_shared, errors)) = &view.told { (card("New view", NOTHING, new(view, typed, *is_shared, errors))) }
            @if view.views.all.is_empty() {
                div.card { (empty(Icon::Inbox, "No views yet", "Filter the inbox, then choose “Save as a view” next to the filters.", NOTHING)) }
            }
            @for (title, is_shared) in [("Your own", false), ("The workspace's", true)] {
                @if group(is_shared).count() > 0 {
                    (card(title, NOTHING, html! {
                        ul.list { @for (index, one) in group(is_shared) { li data-test="view" { (row(view, index, one)) } } }
                    }))
                }
            }
            @if view.default.is_some() {
                (Button::quiet("Make “Needs reply” the default again").posts("/inbox/views/default"))
            }
        }
    };
    page(shell, "Views", body)
}

fn row(page: &Page, index: usize, view: &SavedView) -> Markup {
    let told = page.told.as_ref().filter(|(of, ..)| *of == Some(view.id));
    let (id, name) = (view.id.to_string(), told.map_or(view.name.as_str(), |(_, typed, ..)| &typed.name));
    let is_default = page.default == Some(view.id);
    html! {
        div.grow {
            p { a href={ "/inbox?view=" (view.id) } dir="auto" { b { (view.name) } }
                @if let Some(count) = page.views.count(index) { " " span.muted.num { (count) } }
                @if is_default { " " span.muted { "· default" } } }
            @if page.views.may_change(view) {
                details open[told.is_some()] {
                    summary.muted { "Rename or delete" }
                    form.form method="post" action={ "/inbox/views/" (id) } {
                        (Field::text("name", "Name").id(&format!("name-{id}")).value(name).error(told.and_then(|(.., errors)| errors.of("name"))))
                        div.actions {
                            (Button::primary("Rename"))
                            button.button.quiet type="submit" formaction={ "/inbox/views/" (id) "/delete" } formnovalidate aria-label={ "Delete " (view.name) } { (icon(Icon::Trash)) "Delete" }
                        }
                    }
                }
            }
        }
        div.end { (buttons(page, view, is_default)) }
    }
}

fn buttons(page: &Page, view: &SavedView, is_default: bool) -> Markup {
    let shift = |direction: Direction, sign: Icon, word: &str| {
        html! {
            button.icon-button type="submit" formaction={ "/inbox/views/" (view.id) "/move" } name="direction" value=(direction) aria-label={ "Move " (view.name) " " (word) } title={ "Move " (word) } { (icon(sign)) }
        }
    };
    html! {
        form.actions method="post" action="/inbox/views/default" {
            @if !is_default { button.button.small type="submit" name="view" value=(view.id) aria-label={ "Make default: " (view.name) } { "Make default" } }
            @if page.views.may_change(view) {
                (shift(Direction::Up, Icon::Up, "up")) (shift(Direction::Down, Icon::Down, "down"))
            }
        }
    }
}

fn new(page: &Page, typed: &Typed, is_shared: bool, errors: &FieldErrors) -> Markup {
    html! {
        form.form method="post" action=(page.views.keeping()) {
            input type="hidden" name="filter" value=(typed.filter);
            @if let Some(error) = errors.of("filter") { (notice(Tone::Bad, error)) }
            (Field::text("name", "Name").id("view-name").value(&typed.name).error(errors.of("name")))
            @if page.views.may_share { label.check { input type="checkbox" name="shared" value="true" checked[is_shared]; span { "For everybody in this workspace" } } }
            div.actions { (Button::primary("Save")) }
        }
    }
}
