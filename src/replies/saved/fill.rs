//! What stands between braces in a saved reply: checked when it is kept, filled in when it is used.

use unicode_normalization::char::is_combining_mark;

use crate::model::{visible, web_address};

/// As people write them, between braces.
pub const VARIABLES: [&str; 4] = ["first_name", "author_name", "content_title", "link"];

/// Letters of somebody else's that go into a reply.
const LONGEST_VALUE: usize = 200;

/// What is known of what is answered, as the platform sent it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub author_name: Option<&'a str>,
    pub content_title: Option<&'a str>,
    pub link: Option<&'a str>,
}

impl Facts<'_> {
    /// On one line, without what nobody sees: whoever chose a name or a title chooses no more than that.
    fn value(&self, variable: &str) -> Option<String> {
        match variable {
            "first_name" => self.first_name(),
            "author_name" => self.author_name.and_then(harmless),
            "content_title" => self.content_title.and_then(harmless),
            "link" => self.link.and_then(harmless).and_then(|link| web_address(&link)),
            _ => None,
        }
    }

    /// None of a handle, an initial or a title: they are nobody's first name.
    fn first_name(&self) -> Option<String> {
        let name = self.author_name.and_then(harmless)?;
        let first = name.split(' ').next()?;
        let is_name = first.chars().all(|c| c.is_alphabetic() || is_combining_mark(c) || matches!(c, '-' | '\'' | '’'));
        (is_name && first.chars().any(char::is_alphabetic)).then(|| first.to_owned())
    }
}

fn harmless(text: &str) -> Option<String> {
    let cleaned = visible::cleaned(text);
    let line = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().take(LONGEST_VALUE).collect();
    (!line.is_empty()).then_some(line)
}

/// What is wrong with what stands between braces, in a sentence.
pub fn mistake(text: &str) -> Option<String> {
    let unknown = parts(text).find_map(|part| match part {
        Part::Variable(name) if !VARIABLES.contains(&name) => Some(name),
        _ => None,
    });
    if let Some(unknown) = unknown {
        let known = VARIABLES.map(|name| format!("{{{name}}}")).join(", ");
        return Some(format!("There is no {{{unknown}}}. You can use {known}."));
    }
    let wrong = VARIABLES.into_iter().find(|name| {
        text.match_indices(name).any(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + name.len()..]);
            let braces = (trailing(before, '{'), leading(behind, '}'));
            !matches!(braces, (0, 0) | (1, 1))
        })
    })?;
    Some(format!("Write {{{wrong}}}, with one brace on each side."))
}

fn trailing(text: &str, brace: char) -> usize {
    text.chars().rev().take_while(|c| *c == brace).count()
}

fn leading(text: &str, brace: char) -> usize {
    text.chars().take_while(|c| *c == brace).count()
}

/// The text with what is known in its places. What is not known is left out, with the blanks, the quotation marks and the comma
/// around it, so that a sentence is left.
pub fn filled(text: &str, facts: &Facts<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut is_left_out = false;
    for part in parts(text) {
        match part {
            // Between two places, of which the one may be known.
            Part::Text(blanks) if is_left_out && !blanks.contains('\n') && blanks.trim().is_empty() => {
                if !filled.is_empty() && !filled.ends_with([' ', '\n']) {
                    filled.push(' ');
                }
            }
            Part::Text(words) => {
                if is_left_out {
                    close_up(&mut filled, words)
                } else {
                    filled.push_str(words)
                }
                is_left_out = false;
            }
            Part::Variable(name) => match facts.value(name) {
                Some(value) => {
                    filled.push_str(&value);
                    is_left_out = false;
                }
                None => is_left_out = true,
            },
        }
    }
    if is_left_out {
        close_up(&mut filled, "");
    }
    filled
}

/// What stands around nothing, in pairs.
const PAIRS: [(char, char); 8] =
    [('“', '”'), ('"', '"'), ('(', ')'), ('[', ']'), ('„', '“'), ('«', '»'), ('‘', '’'), ('「', '」')];
/// What leads to a word, and leads nowhere at the end of a line.
const LEADING: [char; 7] = [',', ':', ';', '–', '—', '，', '：'];

/// Goes on with `words` behind a place that stays empty.
fn close_up(filled: &mut String, mut words: &str) {
    let around = PAIRS.iter().find(|(open, close)| filled.ends_with(*open) && words.starts_with(*close));
    if let Some((_, close)) = around {
        filled.pop();
        words = &words[close.len_utf8()..];
    }
    filled.truncate(filled.trim_end_matches(' ').len());
    if filled.is_empty() || filled.ends_with('\n') {
        let words = words.trim_start_matches(|c: char| c == ' ' || LEADING.contains(&c) || ENDING.contains(&c));
        return push_capitalised(filled, if words.trim().is_empty() { "" } else { words.trim_start_matches('\n') });
    }
    let next = words.trim_start_matches(' ').chars().next();
    if next.is_none_or(|next| next == '\n' || LEADING.contains(&next) || ENDING.contains(&next)) {
        filled.truncate(filled.trim_end_matches(|c: char| c == ' ' || LEADING.contains(&c)).len());
    }
    filled.push_str(words);
}

/// What ends a sentence.
const ENDING: [char; 7] = ['.', '!', '?', '…', '。', '！', '？'];

fn push_capitalised(filled: &mut String, words: &str) {
    let mut letters = words.chars();
    filled.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    filled.push_str(letters.as_str());
}

enum Part<'a> {
    Text(&'a str),
    /// Without its braces.
    Variable(&'a str),
}

/// A brace that is none of a variable's is a brace.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = variable(rest) {
            rest = &rest[name.len() + 2..];
            return Some(Part::Variable(name));
        }
        let next = rest.char_indices().skip(1).find(|(at, c)| *c == '{' && variable(&rest[*at..]).is_some());
        let (words, left) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = left;
        Some(Part::Text(words))
    })
}

/// The name of the variable that a text begins with.
fn variable(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.trim().is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Facts<'_> = Facts {
        author_name: Some("Marta Kowalska"),
        content_title: Some("Espresso at home"),
        link: Some("https://example.com/watch?v=1"),
    };

    #[test]
    fn what_is_known_goes_into_its_place() {
        let text = "Hi {first_name}, {author_name} asked about “{content_title}”: {link}";
        let expected = "Hi Marta, Marta Kowalska asked about “Espresso at home”: https://example.com/watch?v=1";
        assert_eq!(filled(text, &KNOWN), expected);
        assert_eq!(filled("{} { } {\n} a { b {{first_name}}", &KNOWN), "{} { } {\n} a { b {Marta}");
    }

    #[test]
    fn what_is_not_known_leaves_a_sentence() {
        let handle = Facts { author_name: Some("@espresso.dad"), ..Facts::default() };
        for (text, expected) in [
            ("Hi {first_name}, thank you!", "Hi, thank you!"),
            ("{first_name}, thank you!", "Thank you!"),
            ("Thank you, {first_name}! It means a lot.", "Thank you! It means a lot."),
            ("bye, {first_name}!", "bye!"),
            ("Danke, {first_name}. Bis bald, {first_name}", "Danke. Bis bald"),
            ("Thanks, {first_name}, that helps", "Thanks, that helps"),
            ("Merci {first_name} !", "Merci !"),
            ("谢谢，{first_name}！", "谢谢！"),
            ("Hi {first_name},\n\nthank you", "Hi,\n\nthank you"),
            ("{first_name},\n\nthank you", "Thank you"),
            ("Bye\n{first_name}", "Bye\n"),
            ("Hello!\n{first_name}: the beans are here: {link}", "Hello!\nThe beans are here"),
            ("The beans are here: {link}.", "The beans are here."),
            ("It's all in “{content_title}”.", "It's all in."),
            ("Look below the video ({link}).", "Look below the video."),
            ("Thank you {first_name}", "Thank you"),
            ("Thank you {author_name}", "Thank you @espresso.dad"),
            ("Hi {first_name} {author_name}!", "Hi @espresso.dad!"),
            ("About {content_title} {link}.", "About."),
            ("{first_name}", ""),
        ] {
            assert_eq!(filled(text, &handle), expected, "{text}");
        }
    }

    #[test]
    fn nobodys_name_brings_more_than_a_name() {
        let facts = Facts {
            author_name: Some("Ann\u{202e}\n\nBuy at\tevil.example\u{200b} {link}"),
            content_title: Some("\u{2066}\u{7}"),
            link: Some("javascript:alert(1)"),
        };
        assert_eq!(filled("{author_name}|{content_title}|{link}|", &facts), "Ann Buy at evil.example {link}|||");
        let long = "a".repeat(5_000);
        assert_eq!(filled("{author_name}", &Facts { author_name: Some(&long), ..facts }).len(), LONGEST_VALUE);
    }

    #[test]
    fn a_name_is_a_first_name_where_it_looks_like_one() {
        for (name, expected) in [
            ("Marta Kowalska", "Hi Marta"),
            ("Jean-Luc", "Hi Jean-Luc"),
            ("Łukasz", "Hi Łukasz"),
            ("महेश कुमार", "Hi महेश"),
            ("@zoe_k", "Hi"),
            ("zoe_k", "Hi"),
            ("gamer99 x", "Hi"),
            ("J. Smith", "Hi"),
            ("Dr. Smith", "Hi"),
            ("★ Ann ★", "Hi"),
            ("1234", "Hi"),
        ] {
            assert_eq!(
                filled("Hi {first_name}", &Facts { author_name: Some(name), ..Facts::default() }),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn what_would_not_be_filled_in_is_told() {
        let told = |text: &str| mistake(text).unwrap_or_default();
        assert!(told("Hi {first_name}, {firstname} and {x}").contains("no {firstname}."));
        assert!(told("{First name}").contains("no {First name}."));
        for text in ["Hi {first_name", "Hi {first_name, hello", "{{first_name}}", "first_name}", "{link} or {link"] {
            assert!(told(text).contains("one brace on each side"), "{text}: {}", told(text));
        }
        for text in ["{} { {link} }", "The link is below", "{ my link }: no"] {
            let is_named = text.contains("my");
            assert_eq!(mistake(text).is_some(), is_named, "{text}");
        }
    }
}
