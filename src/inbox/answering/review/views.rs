//! What waits for an owner as HTML.

use maud::{Markup, html};

use crate::inbox::place::Place;
use crate::inbox::views::review;
use crate::replies::{Approval, Reply};
use crate::web::ui::{Icon, Local, card, empty, head, link_button};

pub fn waiting(replies: &[Reply], approval: &Approval, may_approve: bool, local: &Local) -> Markup {
    let place = Place::of(crate::inbox::place::first_view());
    let body = html! {
        @if replies.is_empty() {
            div.card { (empty(Icon::Done, "Nothing waits for approval", "Replies of editors are listed here until an owner has looked at them.", link_button("/inbox", "Back to the inbox"))) }
        }
        @for reply in replies {
            (card(reply.author_name.as_deref().unwrap_or("Somebody"), html! { (local.ago(reply.created_at)) }, html! {
                div.whole { p.said dir="auto" { (reply.text) } }
                @if let Some(words) = approval.says(reply) { p.muted { (words) } }
                p { a href={ "/inbox/" (reply.interaction_id) } { "See what it answers" } }
                @if may_approve { (review(reply.interaction_id, reply, &place)) }
            }))
        }
    };
    html! {
        (head("Waiting for approval", html! { "An owner approves each, or sends it back." }, html! {}))
        // No live part: somebody may be writing in it.
        div.stack.narrow { (body) }
    }
}
