//! What an author changed in their text, edit by edit: read with eyes, without colours, and by ear.

use maud::{Markup, html};

use crate::inbox::edits::{What, between};
use crate::inbox::listing::{Interaction, Version};
use crate::web::ui::numbers::counted;
use crate::web::ui::{Local, card, stars};

/// The newest edit first.
pub(super) fn edits(item: &Interaction, versions: &[Version], local: &Local) -> Markup {
    let after = versions.iter().skip(1).map(|next| (next.text.as_deref(), next.rating));
    let after = after.chain([(item.text.as_deref(), item.rating)]);
    let edits = versions.iter().zip(after).collect::<Vec<_>>();
    let body = html! {
        ol.list.edits reversed {
            @for (before, (text, rating)) in edits.into_iter().rev() {
                li { div.grow {
                    p.meta {
                        span { "Edited " (local.ago(before.replaced_at)) }
                        @if before.rating != rating { span { (rated(before.rating)) " → " (rated(rating)) } }
                    }
                    (changed(before.text.as_deref().unwrap_or_default(), text.unwrap_or_default()))
                } }
            }
        }
    };
    card("Edits", html! { (counted(versions.len() as i64, "edit", "edits")) }, body)
}

fn rated(rating: Option<i64>) -> Markup {
    html! { @match rating { Some(rating) => (stars(rating)), None => "no rating" } }
}

/// The words that are only heard are isolated: they say nothing about the direction of the text.
fn changed(before: &str, after: &str) -> Markup {
    let heard = |words: &str| html! { bdi.visually-hidden { (words) } };
    html! {
        div.whole { p.said dir="auto" {
            @for piece in between(before, after) {
                @match piece.what {
                    What::Kept => (piece.text),
                    What::Removed => del { (heard(" [taken out: ")) (piece.text) (heard("] ")) },
                    What::Added => ins { (heard(" [put in: ")) (piece.text) (heard("] ")) },
                }
            }
        } }
    }
}
