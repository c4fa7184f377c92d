//! `/settings/replies` as HTML.

use maud::{Markup, html};

use super::{SavedReply, SavedReplyId, Typed, VARIABLES};
use crate::web::errors::FieldErrors;
use crate::web::ui::{Button, Field, Icon, NOTHING, Shell, Tone, card, empty, head, icon, notice, page, settings_tabs};

#[derive(Debug, Default)]
pub struct Page {
    pub replies: Vec<SavedReply>,
    /// What was refused, of which reply (none: of a new one), and why.
    pub told: Option<(Option<SavedReplyId>, Typed, FieldErrors)>,
    pub done: Option<&'static str>,
    /// Whoever looks may only read them.
    pub is_to_read: bool,
}

impl Page {
    fn told_of(&self, id: Option<SavedReplyId>) -> Option<(&Typed, &FieldErrors)> {
        self.told.as_ref().filter(|(of, ..)| *of == id).map(|(_, typed, errors)| (typed, errors))
    }
}

pub fn index(shell: &Shell, view: &Page) -> Markup {
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            @if let Some(done) = view.done { (notice(Tone::Good, done)) }
            (card("Saved replies", NOTHING, all(view)))
            @if !view.is_to_read { (card("New saved reply", NOTHING, new(shell, view))) }
        }
    };
    page(shell, "Saved replies", body)
}

fn all(view: &Page) -> Markup {
    if view.replies.is_empty() {
        let text = "What your team answers often: insert it under a comment, and send it as it is or changed.";
        return empty(Icon::Message, "No saved replies yet", text, NOTHING);
    }
    html! {
        ul.list { @for reply in &view.replies { li data-test="saved-reply" { div.grow {
            @if view.is_to_read { b dir="auto" { (reply.name) } div.whole { p.said dir="auto" { (reply.text) } } }
            @else { (one(reply, view.told_of(Some(reply.id)))) }
        } } } }
    }
}

fn one(reply: &SavedReply, told: Option<(&Typed, &FieldErrors)>) -> Markup {
    let errors = told.map(|(_, errors)| errors);
    let (name, text) = told.map_or((&reply.name, &reply.text), |(typed, _)| (&typed.name, &typed.text));
    html! {
        details open[told.is_some()] {
            summary { b dir="auto" { (reply.name) } " " span.muted.excerpt dir="auto" { (reply.text) } }
            form.form method="post" action={ "/settings/replies/" (reply.id) } {
                input type="hidden" name="seen" value=(reply.updated_at);
                (fields(&reply.id.to_string(), name, text, errors))
                div.actions {
                    (Button::primary("Keep the changes"))
                    button.button.quiet type="button" popovertarget={ "delete-" (reply.id) } aria-label={ "Delete " (reply.name) } { (icon(Icon::Trash)) "Delete" }
                }
                div.menu popover id={ "delete-" (reply.id) } role="dialog" aria-label={ "Delete " (reply.name) } {
                    p { "Delete “" (reply.name) "” for the whole team? What was sent with it stays." }
                    button.danger type="submit" formaction={ "/settings/replies/" (reply.id) "/delete" } formnovalidate { "Delete it" }
                }
            }
        }
    }
}

fn new(shell: &Shell, view: &Page) -> Markup {
    let nothing = Typed::default();
    let (typed, errors) = view.told_of(None).map_or((&nothing, None), |(typed, errors)| (typed, Some(errors)));
    html! {
        form.form method="post" action=(shell.here("/settings/replies")) {
            (fields("new", &typed.name, &typed.text, errors))
            div.actions { (Button::primary("Save the reply")) }
        }
    }
}

fn fields(of: &str, name: &str, text: &str, errors: Option<&FieldErrors>) -> Markup {
    let error = |field| errors.and_then(|errors| errors.of(field));
    let places = html! {
        "These are filled in for each comment: "
        @for (index, name) in VARIABLES.iter().enumerate() { @if index > 0 { ", " } code { "{" (name) "}" } }
        ". What isn't known is left out; a handle like @ann doesn't count as a first name."
    };
    let (name_id, text_id) = (format!("name-{of}"), format!("text-{of}"));
    html! {
        (Field::text("name", "Name").id(&name_id).value(name).error(error("name")))
        (Field::area("text", "Reply", 4).id(&text_id).value(text).error(error("text")).help(places))
    }
}
