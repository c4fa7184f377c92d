//! The switchboard as people see it.

use maud::{Markup, html};

use super::super::Profile;
use super::super::switchboard::Switch;
use crate::web::ui::forms::Button;
use crate::web::ui::layout::card;

pub fn card_of(profile: &Profile) -> Markup {
    // Of the platforms, YouTube alone has a quota of a day.
    let offered = |switch: &Switch| *switch != Switch::SpendQuota || profile.platforms.youtube.is_some();
    let body = html! {
        p.muted { "What happens to real accounts, on a press. Each leads to the page where you'd meet it, with its cause and its cure." }
        ul.switches {
            @for switch in Switch::ALL.iter().copied().filter(offered) {
                @let (title, words) = words(switch);
                li {
                    div { b { (title) } p.meta { (words) } }
                    (button(switch, title))
                }
            }
        }
    };
    card("Switchboard", html! {}, body)
}

fn button(switch: Switch, title: &str) -> Markup {
    let (address, test) = (format!("/demo/switches/{switch}"), format!("switch-{switch}"));
    let label = if switch == Switch::AllWell { "Make it well" } else { "Press" };
    Button::new(label).test(&test).describe(&format!("{label}: {title}")).posts(&address)
}

const fn words(switch: Switch) -> (&'static str, &'static str) {
    match switch {
        Switch::RevokeToken => {
            ("Take back access", "Somebody removes Repruv at the platform. Every account asks to be connected again.")
        }
        Switch::SpendQuota => ("Spend today's quota", "YouTube answers nothing more until midnight, Pacific time."),
        Switch::LoseAnswer => (
            "Lose the next answer",
            "Your next reply arrives, but its receipt doesn't. Send one and watch it being looked up.",
        ),
        Switch::ServerErrors => {
            ("Fail for a minute", "Every call is answered with a server error. Syncs and replies are tried again.")
        }
        Switch::Edit => ("Let somebody edit", "A comment or a review changes after it was read."),
        Switch::Delete => ("Let somebody delete", "Somebody takes back what they wrote."),
        Switch::RepeatWebhook => ("Send a webhook twice", "The next hint arrives twice, and counts once."),
        Switch::AllWell => (
            "All's well again",
            "The platforms answer again. Whoever was told to wait still waits, and access that was taken back stays so until you reconnect.",
        ),
    }
}

/// The page on which a press is met.
pub const fn where_it_is_met(switch: Switch) -> &'static str {
    match switch {
        Switch::RevokeToken | Switch::SpendQuota | Switch::ServerErrors | Switch::AllWell => "/connections",
        Switch::LoseAnswer | Switch::Edit | Switch::Delete => "/inbox",
        Switch::RepeatWebhook => "/activity",
    }
}
