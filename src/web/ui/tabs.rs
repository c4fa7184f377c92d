//! The sections of the settings, above each of them.

use maud::{Markup, html};

/// By address and name.
pub const SECTIONS: [(&str, &str); 7] = [
    ("/settings/account", "Account"),
    ("/settings/members", "Members"),
    ("/settings/sessions", "Sessions"),
    ("/settings/replies", "Saved replies"),
    ("/settings/corrections", "Corrections"),
    ("/settings/api-keys", "API keys"),
    ("/settings/demo", "Demo mode"),
];

/// `path` marks the section that is shown.
pub fn settings_tabs(path: &str) -> Markup {
    html! {
        nav.tabs aria-label="Settings" {
            @for (href, name) in SECTIONS {
                a href=(href) aria-current=[(path == href).then_some("page")] { (name) }
            }
        }
    }
}
