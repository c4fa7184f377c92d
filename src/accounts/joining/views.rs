//! An invitation as HTML.

use maud::{Markup, html};

use super::{Offer, Role};
use crate::web::ui::{Button, Shell, page};

/// What somebody is about to be, as a sentence.
pub fn promise(role: Role) -> &'static str {
    match role {
        Role::Owner => "You'll own it with them: answer, connect accounts and invite people.",
        Role::Editor => "You'll be an editor: read and answer everything.",
        Role::Viewer => "You'll be a viewer: read everything, and change nothing.",
    }
}

/// For somebody who is signed in.
pub fn accept(shell: &Shell, email: &str, offer: &Offer, token: &str) -> Markup {
    let title = format!("Join {}", offer.name);
    let body = html! {
        section.card.entrance {
            h1 { (title) }
            p.muted { (offer.by) " invited you. " (promise(offer.role)) }
            (Button::primary("Join").hidden("token", token).test("join").posts("/join"))
        }
        p.muted.centred { "Signed in as " (email) ". " a href="/dashboard" { "Not now" } }
    };
    page(shell, &title, body)
}
