//! What stands between braces in a saved reply: checked when it is kept, filled in when it is used.

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

    /// None of a handle: it is nobody's first name.
    fn first_name(&self) -> Option<String> {
        let name = self.author_name.and_then(harmless)?;
        let first = name.split(' ').next().filter(|first| !first.starts_with('@'))?;
        first.chars().any(char::is_alphabetic).then(|| first.to_owned())
    }
}

fn harmless(text: &str) -> Option<String> {
    let cleaned = visible::cleaned(text);
    let line = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().take(LONGEST_VALUE).collect();
    (!line.is_empty()).then_some(line)
}

/// The first variable that nobody knows.
pub fn unknown(text: &str) -> Option<&str> {
    parts(text).find_map(|part| match part {
        Part::Variable(name) if !VARIABLES.contains(&name) => Some(name),
        _ => None,
    })
}

/// The text with what is known in its places. What is not known is left out, with the space before it or the comma behind it,
/// so that a sentence is left.
pub fn filled(text: &str, facts: &Facts<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut is_left_out = false;
    for part in parts(text) {
        match part {
            Part::Text(words) => {
                let at_start = filled.is_empty() || filled.ends_with('\n');
                match is_left_out && at_start {
                    true => push_capitalised(&mut filled, words.trim_start_matches([',', ':', ';', '!', ' '])),
                    false => filled.push_str(words),
                }
                is_left_out = false;
            }
            Part::Variable(name) => match facts.value(name) {
                Some(value) => filled.push_str(&value),
                None => {
                    is_left_out = true;
                    filled.truncate(filled.trim_end_matches(' ').len());
                }
            },
        }
    }
    filled
}

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
            ("Hello!\n{first_name}: the beans are here: {link}", "Hello!\nThe beans are here:"),
            ("Thank you {first_name}", "Thank you"),
            ("Thank you {author_name}", "Thank you @espresso.dad"),
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
    fn a_variable_that_nobody_knows_is_found() {
        assert_eq!(unknown("Hi {first_name}, {firstname} and {x}"), Some("firstname"));
        assert_eq!(unknown("{First name}"), Some("First name"));
        assert_eq!(unknown("{} { {link} }"), None);
    }
}
