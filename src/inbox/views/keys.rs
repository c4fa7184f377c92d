//! The sheet of keys: told by `?`, and by a button that everybody sees.

use maud::{Markup, html};

use crate::inbox::keys::{DOING, Key, MOVING, PALETTE, of};
use crate::web::ui::{Icon, icon};
use crate::workspaces::Role;

/// Opens the keys.
pub(super) fn keys_button() -> Markup {
    html! { button.link.keys-button type="button" popovertarget="keys" { (icon(Icon::Help)) "Keyboard shortcuts" } }
}

/// `are_on`: whoever steers by voice, or types where the page does not expect it, has them switched off.
pub(super) fn keys(are_on: bool, role: Role) -> Markup {
    html! {
        div #keys .keys-help popover role="dialog" aria-labelledby="keys-title" data-off[!are_on] {
            h2 #keys-title { "Keyboard shortcuts" }
            @if !are_on { p.notice { "They are switched off." } }
            div.keys-columns {
                (table(of(&MOVING, role).chain([&PALETTE])))
                (table(of(&DOING, role)))
            }
            form method="post" action="/settings/account/shortcuts" {
                a.button.small.quiet href="/palette?from=/inbox" data-palette { "All commands" }
                input type="hidden" name="on" value=(!are_on);
                button.button.small type="submit" { @if are_on { "Switch them off" } @else { "Switch them on" } }
                button.button.small.quiet type="button" popovertarget="keys" popovertargetaction="hide" { "Close" }
            }
        }
    }
}

fn table(keys: impl Iterator<Item = &'static Key>) -> Markup {
    html! {
        dl.keys-list {
            @for key in keys {
                div {
                    dt {
                        @for part in key.parts() { kbd { (part) } }
                        @if let Some(other) = key.or { " or " kbd { (other) } }
                    }
                    dd { (key.name) }
                }
            }
        }
    }
}
