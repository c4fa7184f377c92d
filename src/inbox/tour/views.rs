//! The tour, below the inbox's places and above the dashboard: what is done, what comes next, and the way out.

use maud::{Markup, html};

use super::{DASHBOARD, Step, TO_CLEAR, Tour};
use crate::inbox::listing::escaped;
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Icon, Live, NOTHING, icon, link_button, live};

pub(super) const STEPS: [(Step, &str); 3] =
    [(Step::Answer, "Answer one"), (Step::Clear, "Clear ten"), (Step::SeeTheNumber, "See your number")];

pub(super) fn strip(tour: &Tour, here: &str) -> Markup {
    let next = tour.next();
    let body = html! {
        section.tour aria-label="Tour" {
            ol {
                @for (step, name) in STEPS {
                    li.done[tour.is_done(step)] aria-current=[(step == next).then_some("step")] {
                        @if tour.is_done(step) { (icon(Icon::Done)) span.visually-hidden { "Done: " } }
                        span { (name) }
                        @if step == Step::Clear && step == next { " " span.num { (tour.cleared) " of " (TO_CLEAR) } }
                    }
                }
            }
            p.muted { (hint(next)) }
            form.actions method="post" action="/inbox/tour" {
                input type="hidden" name="return_to" value=(here);
                @if next == Step::SeeTheNumber {
                    button.button.small.primary type="submit" name="has_seen" value="true" data-test="tour-number" { "See it" }
                }
                button.button.small.quiet type="submit" data-test="end-tour" title="End the tour" { (icon(Icon::X)) span { "End the tour" } }
            }
        }
    };
    part(here, body)
}

/// In its place, when it is over.
pub(super) fn nothing(here: &str) -> Markup {
    part(here, NOTHING)
}

fn part(here: &str, body: Markup) -> Markup {
    let source = format!("/inbox/tour?here={}", escaped(here));
    live(Live { name: "tour", hints: "inbox", source: &source }, body)
}

const fn hint(step: Step) -> &'static str {
    match step {
        Step::Answer => "Open a comment in the inbox, write a line or two, and send it.",
        Step::Clear => "Mark comments done, snooze them, or say that no reply is needed.",
        Step::SeeTheNumber => "Have a look at what you got done.",
    }
}

/// Whoever reads it has seen their number; where it still stands in the tour's place, they say so.
pub fn last_words(tour: &Tour) -> Markup {
    let body = html! {
        section.tour aria-label="Tour" data-test="tour-last-words" {
            p {
                (icon(Icon::Done)) " "
                b { "Nice work: you answered " (grouped(tour.answered)) " and cleared " (counted(tour.cleared, "thread", "threads")) "." }
                " That's the tour. The rest of the demo is yours to try."
            }
            @if tour.is_over { (link_button("/inbox", "Back to the inbox")) }
            @else {
                form.actions method="post" action="/inbox/tour" {
                    input type="hidden" name="return_to" value="/inbox";
                    button.button.small type="submit" data-test="end-tour" { "Back to the inbox" }
                }
            }
        }
    };
    if tour.is_over { body } else { part(DASHBOARD, body) }
}
