//! `/settings/corrections` as HTML.

use maud::{Markup, html};

use super::{Correctable, Counted, Cursor, Listed, cursor_text, word};
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Icon, NOTHING, Shell, card, empty, head, meta, page, settings_tabs};
use crate::workspaces::UserId;

/// Letters; more of a text is read on its own page.
const EXCERPT: usize = 160;

pub fn index(shell: &Shell, me: UserId, count: Counted, rows: &[Listed], next: Option<Cursor>) -> Markup {
    let told = html! { (grouped(count.corrected)) " of " (counted(count.of, "comment", "comments")) };
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            p.muted.help {
                "Where Repruv got a comment wrong (spam, whether it needs a reply, its sentiment or language), open it and say so. What \
                 you say holds for that comment alone, even if its author edits it. Nothing is trained on it: the rules stay as they are."
            }
            (card("Corrected", told, list(shell, me, rows, next)))
        }
    };
    page(shell, "Corrections", body)
}

fn list(shell: &Shell, me: UserId, rows: &[Listed], next: Option<Cursor>) -> Markup {
    if rows.is_empty() {
        let text = "Corrections made on a comment, under “Why it's here”, are listed here.";
        return empty(Icon::Check, "Nothing corrected so far", text, NOTHING);
    }
    html! {
        ul.list { @for row in rows { (one(shell, me, row)) } }
        @if let Some(next) = next {
            div.actions { a.button href={ "/settings/corrections?cursor=" (cursor_text(next)) } { "Older ones" } }
        }
    }
}

fn one(shell: &Shell, me: UserId, row: &Listed) -> Markup {
    let whose = match &row.corrector {
        _ if row.corrected_by == me => "you",
        Some(name) => name,
        None => "somebody",
    };
    let text = row.text.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or("No text");
    let excerpt = text.char_indices().nth(EXCERPT).map_or(text, |(end, _)| &text[..end]);
    html! {
        li data-test="correction" {
            div.grow {
                a href={ "/inbox/" (row.id) } dir="auto" { (row.author) ": " (excerpt) }
                (meta(&[
                    html! { (from(row.fact)) " " (word(row.fact, &row.derived)) " to " b { (word(row.fact, &row.value)) } },
                    html! { "by " (whose) " " (shell.local.ago(row.corrected_at)) },
                ]))
            }
        }
    }
}

const fn from(fact: Correctable) -> &'static str {
    match fact {
        Correctable::Sentiment => "Sentiment from",
        Correctable::Language => "Language from",
        Correctable::Spam | Correctable::Reply => "From",
    }
}
