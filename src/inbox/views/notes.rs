//! What the team says to each other about a thread and who writes in it: on other paper than what the platform sees.

use maud::{Markup, html};

use crate::inbox::listing::Interaction;
use crate::inbox::notes::pages::Noting;
use crate::inbox::notes::{About, LONGEST, Note};
use crate::inbox::place::Place;
use crate::web::ui::numbers::grouped;
use crate::web::ui::{Icon, Local, NOTHING, icon};
use crate::workspaces::UserId;

/// In the order in which they were written; `me` may take back their own.
pub(super) fn list(item: &Interaction, notes: &[Note], me: Option<UserId>, place: &Place, local: &Local) -> Markup {
    if notes.is_empty() {
        return NOTHING;
    }
    let id = item.id;
    html! {
        ul.team-notes.whole aria-label="Notes of your team" {
            @for note in notes {
                li {
                    p.meta { b { (note.author.as_deref().unwrap_or("Somebody")) } @if note.is_on_person { span dir="auto" { "on " (item.author_name) } } span { (local.ago(note.written_at)) } }
                    p.said dir="auto" { (note.text) }
                    @if Some(note.written_by) == me {
                        form method="post" action=(place.address(&format!("/inbox/{id}/notes/delete"), None)) data-act {
                            button.link type="submit" name="note" value=(note.id) { "Delete" }
                        }
                    }
                }
            }
        }
    }
}

/// Not drawn anew by hints: somebody may be writing in it.
pub(super) fn form(item: &Interaction, noting: &Noting, place: &Place) -> Markup {
    let (id, refused) = (item.id, noting.refused.as_ref());
    let is_on_person = refused.is_some_and(|told| told.about == About::Person);
    let (text, error) = refused.map_or((&noting.kept, None), |told| (&told.text, Some(&told.error)));
    let described = if error.is_some() { "note-error note-help" } else { "note-help" };
    let address = |path: &str| place.address(&format!("/inbox/{id}/{path}"), None);
    html! {
        details.note-card open[refused.is_some() || !text.is_empty()] {
            summary { (icon(Icon::Plus)) "Add a note" }
            form #noting method="post" action=(address("notes")) data-act data-draft=(address("notes/draft")) data-longest=(LONGEST) data-unit="letters" {
                input type="hidden" name="key" value=(noting.key);
                input type="hidden" name="was" value=(noting.kept);
                label.visually-hidden for="note" { "Note for your team" }
                textarea #note name="note" rows="2" dir="auto" placeholder="Only your team sees this" aria-describedby=(described) aria-invalid=[error.map(|_| "true")] {
                    // A parser drops the first line break of a textarea.
                    "\n" (text)
                }
                @if let Some(error) = error { p.error #note-error role="alert" { (error) } }
                label.check {
                    input type="checkbox" name="person" checked[is_on_person];
                    span { "About " bdi { (item.author_name) } ": show it with everything they write" }
                }
                div.actions {
                    button.button.small type="submit" { "Keep the note" }
                    p.muted #note-help data-told aria-live="polite" { "Up to " (grouped(LONGEST as i64)) " letters, never sent to the platform." }
                }
            }
        }
    }
}
