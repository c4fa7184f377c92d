//! A derived fact that somebody set right, the way back, and the way to set it right.

use maud::{Markup, html};

use super::one::Beside;
use crate::inbox::corrections::{Correctable, choices, word};
use crate::inbox::derive::Intent;
use crate::inbox::listing::Interaction;
use crate::inbox::place::Place;
use crate::web::ui::NOTHING;

pub(super) fn corrected(of: Correctable, item: &Interaction, place: &Place, beside: &Beside) -> Markup {
    let action = place.address(&format!("/inbox/{}/corrections", item.id), None);
    let said = beside.corrections.iter().find(|correction| correction.fact == of);
    let Some(said) = said else {
        return if beside.may_answer { choice(of, item, &action) } else { NOTHING };
    };
    let whose = match &said.corrector {
        _ if said.corrected_by == beside.by => "You",
        Some(name) => name,
        None => "Somebody",
    };
    html! {
        form.corrected method="post" action=(action) data-act {
            span { (whose) " said: " b { (word(of, &said.value)) } ". Repruv had: " (word(of, &said.derived)) "." }
            @if beside.may_answer {
                button.link type="submit" name="fact" value=(of) aria-label={ "Take back: " (word(of, &said.value)) } { "Take back" }
            }
        }
    }
}

fn choice(of: Correctable, item: &Interaction, action: &str) -> Markup {
    let is_spam = item.intents().contains(&Intent::Spam);
    match of {
        Correctable::Sentiment => among(of, "Wrong sentiment?", action),
        Correctable::Language => among(of, "Wrong language?", action),
        Correctable::Spam if is_spam => the_other(of, ("no", "It isn't spam"), action),
        Correctable::Spam => the_other(of, ("yes", "It's spam"), action),
        Correctable::Reply if is_spam => NOTHING,
        Correctable::Reply if item.wants_reply() => the_other(of, ("no", "It needs no reply"), action),
        Correctable::Reply => the_other(of, ("yes", "It needs a reply"), action),
    }
}

/// Of two there is one to say.
fn the_other(of: Correctable, (value, label): (&str, &str), action: &str) -> Markup {
    html! {
        form.correct method="post" action=(action) data-act {
            input type="hidden" name="fact" value=(of);
            button.link type="submit" name="value" value=(value) { (label) }
        }
    }
}

fn among(of: Correctable, label: &str, action: &str) -> Markup {
    html! {
        details.correct {
            summary { (label) }
            form method="post" action=(action) data-act {
                input type="hidden" name="fact" value=(of);
                select name="value" required aria-label={ "The right " (of) } {
                    option value="" { "Choose …" }
                    @for (value, word) in choices(of) { option value=(value) { (word) } }
                }
                button.button.small type="submit" { "Correct" }
            }
        }
    }
}
