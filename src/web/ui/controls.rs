//! Small parts that every page shares.

use maud::{Markup, Render, html};

use super::icons::{Icon, icon};
use super::numbers::grouped;

/// How something stands, in colour and in an icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Accent,
    Good,
    Warn,
    Bad,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Accent => "accent",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }

    const fn sign(self) -> Icon {
        match self {
            Tone::Plain | Tone::Accent => Icon::Info,
            Tone::Good => Icon::Done,
            Tone::Warn => Icon::Warning,
            Tone::Bad => Icon::Alert,
        }
    }
}

/// A short word about a thing.
pub fn tag(tone: Tone, text: &str) -> Markup {
    html! { span.tag.(tone.class()) { (text) } }
}

/// A sentence or two that matter now.
pub fn notice(tone: Tone, body: impl Render) -> Markup {
    let role = matches!(tone, Tone::Bad | Tone::Warn).then_some("alert");
    html! { div.notice.(tone.class()) role=[role] { (icon(tone.sign())) div { (body) } } }
}

/// A bar with n of m and the present step; without a known total, a bar that only says "at work".
pub fn progress(done: i64, total: i64, step: &str) -> Markup {
    let label = if step.is_empty() { "Progress" } else { step };
    html! {
        div.progress {
            @if total > 0 {
                progress max=(total) value=(done.clamp(0, total)) aria-label=(label) {}
                p { span { (step) } span.num { (grouped(done)) " of " (grouped(total)) } }
            } @else {
                progress aria-label=(label) {}
                p { span { (step) } }
            }
        }
    }
}

/// Nothing is here yet: why, and the next step.
pub fn empty(sign: Icon, title: &str, text: &str, next: Markup) -> Markup {
    html! {
        div.empty {
            (icon(sign))
            p { b { (title) } }
            p.muted { (text) }
            @if !next.0.is_empty() { div.actions { (next) } }
        }
    }
}

/// What a word or number means, behind a question mark: opens without a script, closes by Escape and by a click beside it.
pub fn definition(of: &str, body: impl Render) -> Markup {
    let id = format!("what-{}", of.to_lowercase().replace(' ', "-"));
    html! {
        span.definition {
            button.definition-button type="button" popovertarget=(id) aria-label={ "What is " (of) "?" } { (icon(Icon::Help)) }
            div #(id) .definition-body popover { (body) }
        }
    }
}

/// A link that looks like a button.
pub fn link_button(href: &str, label: &str) -> Markup {
    html! { a.button href=(href) { (label) } }
}

/// Facts in one muted line, divided by dots.
pub fn meta(facts: &[Markup]) -> Markup {
    html! { p.meta { @for fact in facts { span { (fact) } } } }
}

/// Names and their values.
pub fn key_values(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } } }
}

/// The way to the next, older page of a list that is read by cursor.
pub fn older(href: Option<&str>, label: &str) -> Markup {
    html! {
        @if let Some(href) = href {
            nav.pages aria-label="Pages" { a.button href=(href) rel="next" { (label) (icon(Icon::Forward)) } }
        }
    }
}

/// A person's initials on a coloured disc: no picture is fetched from anywhere.
pub fn avatar(name: &str) -> Markup {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    html! { span.avatar.{ "hue-" (hash % 8) } aria-hidden="true" { (initials(name)) } }
}

fn initials(name: &str) -> String {
    let mut letters = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next())
        .map(|letter| letter.to_uppercase().next().unwrap_or(letter));
    let first = letters.next().unwrap_or('?');
    letters.next_back().map_or_else(|| first.to_string(), |last| format!("{first}{last}"))
}

/// A platform's mark, by the name that the database keeps.
pub fn platform_mark(platform: &str) -> Markup {
    let letter = match platform {
        "youtube" => "▶",
        "bluesky" => "B",
        "google_business" => "G",
        "instagram" => "I",
        "tiktok" => "T",
        "facebook" => "f",
        _ => "?",
    };
    let name = platform_name(platform);
    html! { span.platform.(platform) title=(name) { span aria-hidden="true" { (letter) } span.visually-hidden { (name) } } }
}

/// What people call a platform.
pub fn platform_name(platform: &str) -> &str {
    match platform {
        "youtube" => "YouTube",
        "bluesky" => "Bluesky",
        "google_business" => "Google Business Profile",
        "instagram" => "Instagram",
        "tiktok" => "TikTok",
        "facebook" => "Facebook",
        other => other,
    }
}

/// One to five stars.
pub fn stars(rating: i64) -> Markup {
    let full = usize::try_from(rating.clamp(0, 5)).unwrap_or(0);
    html! {
        span.stars role="img" aria-label={ (rating) " of 5 stars" } { ("★★★★★".get(..full * 3).unwrap_or("")) ("☆☆☆☆☆".get(full * 3..).unwrap_or("")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_and_the_last_words() {
        assert_eq!(
            ["@espresso.dad", "Marta K.", "lea", "🔥", "Ana María da Silva"].map(initials),
            ["ED", "MK", "L", "?", "AS"]
        );
    }

    #[test]
    fn progress_never_shows_more_than_all_and_a_step_is_escaped() {
        let html = progress(12, 10, "<b>").into_string();
        assert!(html.contains("value=\"10\"") && html.contains("12 of 10") && html.contains("&lt;b&gt;"), "{html}");
        assert!(!progress(0, 0, "Waiting").into_string().contains("value="));
    }

    #[test]
    fn stars_are_always_five() {
        assert!(stars(4).into_string().contains("★★★★☆"));
        assert!(stars(9).into_string().contains("★★★★★"));
    }
}
