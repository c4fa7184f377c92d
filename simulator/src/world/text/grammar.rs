//! Templates: `[one|another|]` chooses, `{slot}` fills in, and a slot's words may be templates again.

use super::Subject;
use crate::words::Table;
use crate::world::Language;
use crate::world::dice::Dice;

/// Whatever fills the slots of a text.
pub trait Fill {
    fn fill(&self, slot: &str, dice: &mut Dice, out: &mut String);
}

/// What fills the slots of one text about a video.
pub struct Slots<'a> {
    pub subject: &'a Subject,
    /// A place in the video, as viewers quote it.
    pub minute: String,
    /// The first name of whom a reply answers, or nothing.
    pub name: &'a str,
    pub host: &'a str,
    pub language: Language,
    /// Whose words come first: the brand's, the niche's, the language's.
    pub tables: [&'static [Table]; 3],
}

impl Slots<'_> {
    /// Every choice that the tables have for a slot.
    pub fn all(&self, slot: &str) -> Vec<&'static str> {
        alternatives(self.words(slot)).0
    }

    /// Only English knows the details of a topic; elsewhere they are the niche's parts.
    fn words(&self, slot: &str) -> &'static str {
        match (slot, self.language) {
            ("detail", Language::En) => self.subject.topic.about,
            ("detail", _) => self.table("part"),
            _ => self.table(slot),
        }
    }

    fn table(&self, slot: &str) -> &'static str {
        let found = self.tables.iter().find_map(|table| table.iter().find(|(name, _)| *name == slot));
        found.map_or("", |(_, words)| words)
    }

    fn topic(&self, out: &mut String) {
        let mut letters = self.subject.topic.name(self.language).chars();
        match letters.next() {
            // A topic is a noun.
            Some(first) if self.language == Language::De => out.extend(first.to_uppercase()),
            Some(first) => out.push(first),
            None => {}
        }
        out.push_str(letters.as_str());
    }
}

impl Fill for Slots<'_> {
    fn fill(&self, slot: &str, dice: &mut Dice, out: &mut String) {
        match slot {
            "topic" => self.topic(out),
            "gear" => out.push_str(self.subject.gear),
            "gear2" => out.push_str(self.subject.gear2),
            "min" => out.push_str(&self.minute),
            "name" => out.push_str(self.name),
            "host" => out.push_str(self.host),
            "n" => out.push_str(&dice.between(2, 9).to_string()),
            "nn" => out.push_str(&dice.between(11, 48).to_string()),
            _ => {
                let words = self.words(slot);
                debug_assert!(!words.is_empty(), "no words for {{{slot}}}");
                choose(words, self, dice, out);
            }
        }
    }
}

/// One of the choices in a text without its brackets.
pub fn choose(text: &str, slots: &impl Fill, dice: &mut Dice, out: &mut String) {
    expand(dice.pick(&alternatives(text).0), slots, dice, out);
}

/// A text from a template, spaces and capitals still as they fell.
pub fn grow(template: &str, slots: &impl Fill, dice: &mut Dice) -> String {
    let mut out = String::with_capacity(template.len() + 40);
    expand(template, slots, dice, &mut out);
    out
}

fn expand(template: &str, slots: &impl Fill, dice: &mut Dice, out: &mut String) {
    let mut rest = template;
    while let Some(open) = rest.find(['[', '{']) {
        out.push_str(&rest[..open]);
        if rest[open..].starts_with('{') {
            let close = rest[open..].find('}').map_or(rest.len(), |at| open + at);
            slots.fill(&rest[open + 1..close], dice, out);
            rest = rest.get(close + 1..).unwrap_or_default();
        } else {
            let (choices, after) = alternatives(&rest[open + 1..]);
            expand(dice.pick(&choices), slots, dice, out);
            rest = after;
        }
    }
    out.push_str(rest);
}

/// The choices up to the closing bracket, and what follows it.
fn alternatives(text: &str) -> (Vec<&str>, &str) {
    let (mut choices, mut depth, mut begin) = (Vec::with_capacity(4), 0, 0);
    for (at, letter) in text.bytes().enumerate() {
        match letter {
            b'[' => depth += 1,
            b'|' if depth == 0 => {
                choices.push(&text[begin..at]);
                begin = at + 1;
            }
            b']' if depth == 0 => {
                choices.push(&text[begin..at]);
                return (choices, &text[at + 1..]);
            }
            b']' => depth -= 1,
            _ => {}
        }
    }
    choices.push(&text[begin..]);
    (choices, "")
}

/// Puts single spaces between words, none before a stop (but French wants them before `!` and `?`), and capitals at the starts of
/// sentences; mends articles before a vowel.
pub fn finish(text: &str, language: Language) -> String {
    let text = elide(text, language);
    let mut out = String::with_capacity(text.len() + 2);
    let (mut starts, mut stopped, mut space) = (true, false, false);
    for letter in text.chars() {
        if letter == ' ' {
            space = !out.is_empty();
            continue;
        }
        let hugs = matches!(letter, ',' | '.' | ';') || (language != Language::Fr && matches!(letter, '!' | '?'));
        if space && !hugs {
            out.push(' ');
            // Only with a space behind it does a stop end a sentence: "1.5" and "site.example" go on.
            starts |= stopped;
        }
        space = false;
        if starts && letter.is_alphabetic() {
            out.extend(letter.to_uppercase());
            (starts, stopped) = (false, false);
            continue;
        }
        out.push(letter);
        if matches!(letter, '.' | '!' | '?') {
            stopped = true;
        } else if letter.is_alphanumeric() {
            (starts, stopped) = (false, false);
        }
    }
    // What the comma announced was left out.
    while out.ends_with([',', ':', ';']) {
        out.pop();
    }
    out
}

/// What a filled slot asks of the word before it: English `a` becomes `an` before a vowel, French `de` becomes `d'`.
fn elide(text: &str, language: Language) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied().unwrap_or_default();
        let vowel = next.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O'])
            && !next.starts_with("one")
            && !next.starts_with("eu");
        match (language, word) {
            (Language::En, "a") if vowel => out.extend([word, "n"]),
            (Language::Fr, "de") if vowel => {
                out.push_str("d'");
                continue;
            }
            _ => out.push_str(word),
        }
        if words.peek().is_some() {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_and_may_be_empty() {
        assert_eq!(alternatives("a|b [c|d]|] e"), (vec!["a", "b [c|d]", ""], " e"));
    }

    #[test]
    fn a_word_bends_before_a_vowel() {
        assert_eq!(elide("a espresso, a AeroPress or a unit", Language::En), "an espresso, an AeroPress or a unit");
        assert_eq!(elide("je parle de espresso", Language::Fr), "je parle d'espresso");
        assert_eq!(elide("voy a esperar", Language::Es), "voy a esperar");
    }

    #[test]
    fn a_finished_text_starts_its_sentences() {
        let finish = |text| finish(text, Language::En);
        assert_eq!(finish(" so good , really. thanks !  see 4:32 "), "So good, really. Thanks! See 4:32");
        assert_eq!(finish("¿qué tal? bien"), "¿Qué tal? Bien");
        assert_eq!(finish("1.5 times, see site.example now"), "1.5 times, see site.example now");
        assert_eq!(finish("wait... what"), "Wait... What");
        assert_eq!(super::finish("merci ! à demain", Language::Fr), "Merci ! À demain");
    }
}
