//! Text that people see of each other: what cannot be seen, or turns the text around it, is none of it.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Marks one above the other that writing needs; more only hide what they stand on.
const STACKED: usize = 4;

/// A name on one line, spaces put in order; `None` when it holds what cannot be seen.
pub fn line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    is_visible(&line).then_some(line)
}

/// Why something is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    Empty,
    Hidden,
    Long,
}

/// What people call something of theirs: on one line, composed, of so many letters at most.
pub fn name(text: &str, longest: usize) -> Result<String, BadName> {
    if text.trim().is_empty() {
        return Err(BadName::Empty);
    }
    let line = line(text).filter(|_| !text.trim().contains(|c: char| c.is_control())).ok_or(BadName::Hidden)?;
    let name: String = line.nfc().collect();
    if name.chars().count() > longest { Err(BadName::Long) } else { Ok(name) }
}

/// Why something is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    Empty,
    Hidden,
}

/// What people write on lines, as it is kept: forms end their lines in their own way, and nobody means the blanks around it,
/// nor what came along from where it was copied.
pub fn text(typed: &str) -> Result<String, BadText> {
    if typed.trim().is_empty() {
        return Err(BadText::Empty);
    }
    let text = typed
        .replace("\r\n", "\n")
        .replace(['\u{2028}', '\u{2029}'], "\n")
        .replace(['\u{ad}', '\u{2060}', '\u{feff}'], "");
    let text = text.trim().to_owned();
    // Writing from right to left, and writing without spaces, need them; none reaches beyond its paragraph.
    let is_needed = |c: char| matches!(c, '\t' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202c}' | '\u{2066}'..='\u{2069}');
    let seen = text.replace(is_needed, " ");
    if seen.trim().is_empty() || !seen.lines().all(is_visible) { Err(BadText::Hidden) } else { Ok(text) }
}

/// Whether every character shows itself where it stands (after PRECIS, RFC 8266): nothing that is invisible, that controls,
/// that turns the direction of writing, that is nobody's, or that piles up.
pub fn is_visible(text: &str) -> bool {
    let text = FLAGS
        .iter()
        .fold(Cow::from(text), |text, flag| if text.contains(flag) { text.replace(flag, "").into() } else { text });
    let (mut before, mut stacked) = (' ', 0);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        stacked = if is_mark(c) { stacked + 1 } else { 0 };
        if stacked > STACKED || is_hidden(c) && !joins(before, c, rest.clone().next()) {
            return false;
        }
        before = c;
    }
    true
}

/// Of England, Scotland and Wales: letters that nobody sees behind a black flag. Others are drawn by nobody, and could say
/// anything.
const FLAGS: [&str; 3] = [
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Whether it makes one sign of what stands around it: letters of many scripts, an emoji or a plain sign, a key's cap.
fn joins(before: char, c: char, next: Option<char>) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => !before.is_ascii(),
        '\u{fe0e}' | '\u{fe0f}' => !before.is_ascii() || next == Some('\u{20e3}'),
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1800}'..='\u{18af}'),
        _ => false,
    }
}

/// The same for all ways to write a name: its key.
pub fn caseless(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// What is left when all that cannot be seen is taken away.
pub fn cleaned(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect()
}

/// For a terminal: what would move its cursor, colour it or turn it around is spelled out.
pub fn spelled_out(text: &str) -> String {
    let spell = |c: char| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(spell).collect()
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            // Nobody's, and everybody's own.
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..='\u{10ffff}')
        || (c as u32) & 0xfffe == 0xfffe
}

const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_writings_are_visible() {
        for name in [
            "Ann Baker",
            "Łukasz Żółć",
            "Ngô Bảo Châu",
            "N\u{302}\u{323}guyen",
            "محمد",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "山田 太郎",
            "👩\u{200d}🍳 Ann",
            "Ann ❤\u{fe0f}",
            "Top 1\u{fe0f}\u{20e3}0\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} Ann",
            "♥\u{fe0e} Ann",
            "ᠮᠣᠩᠭᠣᠯ\u{180e}ᠠ",
            "O'Neill-Smith, Jr.",
            "ann@bücher.example",
        ] {
            assert_eq!(line(name).as_deref(), Some(name));
        }
        assert_eq!(line("  Ann \t\n Baker ").as_deref(), Some("Ann Baker"));
    }

    #[test]
    fn what_people_call_something_is_on_one_line_and_composed() {
        assert_eq!(name("  Cafe\u{301}  prices ", 11).as_deref(), Ok("Café prices"));
        for (text, why) in [
            ("  ", BadName::Empty),
            ("a\tb", BadName::Hidden),
            ("a\u{202e}b", BadName::Hidden),
            ("éééé", BadName::Long),
        ] {
            assert_eq!(name(text, 3), Err(why), "{text:?}");
        }
    }

    #[test]
    fn a_text_is_kept_where_it_shows_something_and_hides_nothing() {
        for kept in [
            "Hi\nthere\tyou",
            "\u{200f}שלום API\u{200f}!",
            "ខ្ញុំ\u{200b}ទៅ",
            "咖 👩\u{200d}🍳",
            "1\u{fe0f}\u{20e3} first",
            "♥\u{fe0e} thanks",
            "by \u{2068}עמי\u{2069}",
            "\u{202b}תודה\u{202c} Ann",
        ] {
            assert_eq!(text(kept).as_deref(), Ok(kept));
        }
        for (copied, kept) in [
            (" a\r\nb \n", "a\nb"),
            ("\u{feff}thank\u{ad}ful", "thankful"),
            ("no\u{2060}break", "nobreak"),
            ("a\u{2028}b\u{2029}c", "a\nb\nc"),
        ] {
            assert_eq!(text(copied).as_deref(), Ok(kept), "{copied:?}");
        }
        assert_eq!(text(" \t\r\n"), Err(BadText::Empty));
        for hidden in [
            "\u{200b}",
            "\u{200b}\u{200e}\n\u{200f}",
            "\u{202e}",
            "\u{2068}\u{2069}",
            "\u{2800}",
            "\u{3164}",
            "\u{feff}",
            "\u{ad}",
            "a\u{202e}b",
            "a\0b",
        ] {
            assert_eq!(text(hidden), Err(BadText::Hidden), "{hidden:?}");
        }
    }

    #[test]
    fn what_hides_or_turns_around_is_not_a_name() {
        for name in [
            "Ann\u{202e}rekaB",
            "\u{200b}Ann",
            "Ann\u{200d}",
            "A\u{ad}nn",
            "\u{feff}Ann",
            "Ann\u{2066}x\u{2069}",
            "\u{3164}",
            "Ann\u{0}",
            "Ann\u{1b}[2J",
            "\u{e000}",
            "\u{10ffff}",
            "Ann\u{e0041}",
            "🏴\u{e0041}\u{e0042}\u{e0043}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}",
            "a\u{fe0e}",
            "A\u{300}\u{300}\u{300}\u{300}\u{300}",
            "\u{2800}",
        ] {
            assert_eq!(line(name), None, "{name:?}");
            assert!(is_visible(&cleaned(name)) || name.contains('\u{300}'), "{name:?}");
            assert!(!spelled_out(name).chars().any(char::is_control), "{name:?}");
        }
        assert_eq!(spelled_out("Ann\u{1b}[2J\u{202e}"), "Ann\\u{1b}[2J\\u{202e}");
    }
}
