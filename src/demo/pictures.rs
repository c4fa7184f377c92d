//! A drawing for each story, in the colours of the page.

use maud::{Markup, PreEscaped, html};

use super::Story;

/// Beside the story's words, which say the same.
pub fn of(story: Story) -> Markup {
    html! {
        svg.picture viewBox="0 0 64 48" width="64" height="48" aria-hidden="true" {
            (PreEscaped(drawing(story)))
        }
    }
}

const fn drawing(story: Story) -> &'static str {
    match story {
        // A camera on its stand, and what people say.
        Story::Creator => {
            r#"<rect class="fill" x="8" y="14" width="28" height="20" rx="4"/><path d="m36 21 9-5v16l-9-5M15 34l-4 9M29 34l4 9M22 34v9"/><circle cx="22" cy="24" r="5"/><path class="fill" d="M46 4h10a4 4 0 0 1 4 4v3a4 4 0 0 1-4 4h-6l-4 3z"/>"#
        }
        // A plate, laid.
        Story::Restaurant => {
            r#"<circle class="fill" cx="32" cy="25" r="15"/><circle cx="32" cy="25" r="8"/><path d="M8 6v10a4 4 0 0 0 8 0V6M12 6v36M53 42V6c-5 3-6 9-6 16h6"/>"#
        }
        // A kettle with a drop below its lid.
        Story::Brand => {
            r#"<path class="fill" d="M16 24a14 14 0 0 1 28 0l4 16a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3z"/><path d="M18 17h24M30 10v-4M43 27l9-6 4 3M16 26C6 24 6 36 13 37"/><path class="drop" d="M50 30c3 4 4 6 4 8a4 4 0 0 1-8 0c0-2 1-4 4-8z"/>"#
        }
        // A shop front with its awning.
        Story::Shop => {
            r#"<path class="fill" d="M10 6h44l4 12H6z"/><path d="M6 18a6.5 6.5 0 0 0 13 0 6.5 6.5 0 0 0 13 0 6.5 6.5 0 0 0 13 0 6.5 6.5 0 0 0 13 0M11 25v18h42V25M35 43V31h11v12M18 31h10v7H18z"/>"#
        }
        // Four brands on one table.
        Story::Agency => {
            r#"<rect class="fill" x="7" y="5" width="22" height="17" rx="4"/><rect x="35" y="5" width="22" height="17" rx="4"/><rect x="7" y="27" width="22" height="17" rx="4"/><rect class="fill" x="35" y="27" width="22" height="17" rx="4"/><path d="m15 10 8 3.500-8 3.500zM46 9l1.500 3 3.500.5-2.500 2.500.5 3.500-3-1.500-3 1.500.5-3.500L41 12.500l3.500-.5zM13 35h10M13 39h6M42 33h8v5h-4l-4 3z"/>"#
        }
    }
}
