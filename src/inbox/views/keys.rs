//! The keys of the inbox, in one place: told by `?`, and by a button that everybody sees.

use maud::{Markup, html};

use crate::web::ui::{Icon, icon};

/// A key, and what it does.
type Key = (&'static [&'static str], &'static str);

const MOVING: [Key; 4] =
    [(&["j", "k"], "next, previous"), (&["Enter"], "open"), (&["u"], "back to the list"), (&["?"], "these keys")];

const DOING: [Key; 11] = [
    (&["r"], "write a reply"),
    (&["Ctrl Enter"], "send it, and go on to the next"),
    (&["e"], "done"),
    (&["h"], "snooze"),
    (&["n", "N"], "needs no reply, needs one"),
    (&["s"], "star"),
    (&["#"], "tag"),
    (&["a"], "assign"),
    (&["!"], "spam"),
    (&["x", "X"], "select, select up to here"),
    (&["z"], "undo"),
];

/// Opens the keys.
pub(super) fn keys_button() -> Markup {
    html! { button.link.keys-button type="button" popovertarget="keys" { (icon(Icon::Help)) "Keyboard shortcuts" } }
}

/// `are_on`: whoever steers by voice, or types where the page does not expect it, has them switched off.
pub(super) fn keys(are_on: bool) -> Markup {
    html! {
        div #keys .keys-help popover role="dialog" aria-labelledby="keys-title" data-off[!are_on] {
            h2 #keys-title { "Keyboard shortcuts" }
            @if !are_on { p.notice { "They are switched off." } }
            div.keys-columns { (table(&MOVING)) (table(&DOING)) }
            form method="post" action="/settings/account/shortcuts" {
                input type="hidden" name="on" value=(!are_on);
                button.button.small type="submit" { @if are_on { "Switch them off" } @else { "Switch them on" } }
                button.button.small.quiet type="button" popovertarget="keys" popovertargetaction="hide" { "Close" }
            }
        }
    }
}

fn table(keys: &[Key]) -> Markup {
    html! {
        dl.keys-list {
            @for (names, what) in keys {
                div {
                    dt { @for name in *names { kbd { (name) } } }
                    dd { (what) }
                }
            }
        }
    }
}
