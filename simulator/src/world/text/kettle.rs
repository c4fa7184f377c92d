//! A brand's crisis: kettles whose lid seal leaks and whose handle gets hot, and replacements that do not come.
//!
//! One complaint for every platform: a text has at most [`MOST_LETTERS`], addresses the maker, and names nothing that only one
//! platform has. What the maker answers goes by what the complaint says.

use std::sync::LazyLock;

use super::grammar::{self, Fill};
use super::{Intent, choose, first_name, noise};
use crate::words::{self, Lines, Table, Words};
use crate::world::Language;
use crate::world::dice::Dice;

/// What a text has at most, as the narrowest platform wants it.
pub const MOST_LETTERS: usize = 280;

const POINTS: [&str; 4] = ["seal", "handle", "delay", "refund"];
const EMOJI: &str = "😤|🫖|💧";

/// One language's.
pub struct KettleWords {
    /// Complaints as they stand in the list, with what a machine makes of them behind `=>` where that is not the same.
    pub complaints: Vec<&'static str>,
    /// The same without their translations.
    own: Vec<&'static str>,
    /// What somebody may say behind it.
    after: Lines,
    /// What others reply to a complaint, and what those say who come back to their own.
    replies: Lines,
    returns: Lines,
    titles: Lines,
    /// What the channel says of itself, and the slots in which it differs from others of its niche.
    pub channel: &'static str,
    pub slots: &'static [Table],
    /// By which words a point is known; the first that fits is the one.
    signs: &'static [Table],
    words: Words,
}

pub fn words(language: Language) -> &'static KettleWords {
    static ALL: LazyLock<Vec<KettleWords>> =
        LazyLock::new(|| Language::ALL.iter().map(|language| KettleWords::read(*language)).collect());
    &ALL[language as usize]
}

impl KettleWords {
    fn read(language: Language) -> Self {
        let words = words::of_kettle(language);
        let of_point = |point: &&str| words.lines(&format!("complaint: {point}")).iter().copied();
        let complaints: Vec<&'static str> = POINTS.iter().flat_map(of_point).collect();
        let own = complaints.iter().map(|line| line.split_once(" => ").map_or(*line, |(own, _)| own)).collect();
        Self {
            own,
            complaints,
            after: words.lines("after"),
            replies: words.lines("reply"),
            returns: words.lines("return"),
            titles: words.lines("titles of the incident"),
            channel: words.line("channel"),
            slots: words.table("slots"),
            signs: words.table("signs"),
            words,
        }
    }

    /// What a complaint is about: the seal where nothing else is named.
    fn point(&self, complaint: &str) -> &'static str {
        let complaint = complaint.to_lowercase();
        let names = |signs: &str| signs.split('|').any(|sign| complaint.contains(sign));
        self.signs.iter().find(|(_, signs)| names(signs)).map_or("seal", |(point, _)| point)
    }
}

/// A complaint about the kettle as somebody would post it. `bag` says which template, the dice say all the rest: whoever walks
/// through the bags meets every template before one comes again.
pub fn complaint(language: Language, bag: u64, dice: &mut Dice) -> String {
    let (words, slots) = (words(language), Slots { name: "" });
    let mut text = grammar::grow(choose(&[&words.own], bag), &slots, dice);
    if dice.chance(0.45) && text.chars().count() < MOST_LETTERS - 90 {
        let stop = if text.ends_with(char::is_alphanumeric) { ". " } else { " " };
        text.push_str(stop);
        text.push_str(&grammar::grow(dice.pick(words.after), &slots, dice));
    }
    noise::add_typos(text, Intent::Incident, language, EMOJI, dice)
}

/// What the maker, who speaks `own`, answers to a complaint in `language`: in English to whoever wrote English, else in the
/// maker's language. `name` is the other's display name, or nothing.
pub fn answer_to_complaint(own: Language, complaint: &str, language: Language, name: &str, dice: &mut Dice) -> String {
    let speaks = if language == Language::En { Language::En } else { own };
    let point = words(language).point(complaint);
    let lines = words(speaks).words.lines(&format!("answer: {point}"));
    grammar::finish(&grammar::grow(dice.pick(lines), &Slots { name: first_name(name) }, dice), speaks)
}

/// What somebody else says under a complaint, or its writer later.
pub fn replies(language: Language, is_the_same: bool) -> Lines {
    let words = words(language);
    if is_the_same { words.returns } else { words.replies }
}

/// What the channel called the upload under which it began.
pub fn titles(language: Language) -> Lines {
    words(language).titles
}

struct Slots<'a> {
    name: &'a str,
}

impl Fill for Slots<'_> {
    fn fill(&self, slot: &str, dice: &mut Dice, out: &mut String) {
        match slot {
            "n" => out.push_str(&dice.between(2, 9).to_string()),
            "nn" => out.push_str(&dice.between(11, 48).to_string()),
            "to" if self.name.is_empty() => {}
            "to" => out.extend([", ", self.name]),
            _ => debug_assert!(false, "no words for {{{slot}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::world::dice::Streams;

    #[test]
    fn a_complaint_suits_every_platform() {
        let chance = Streams::new(&[b"kettle"]);
        for language in Language::ALL {
            let (count, mut said) = (words(*language).own.len() as u64, HashSet::new());
            assert!(count >= 20, "{language}: {count}");
            for bag in 0..400 {
                let text = complaint(*language, bag, &mut chance.dice("any", &[*language as u64, bag]));
                assert!(text.chars().count() <= MOST_LETTERS, "{language}: {text}");
                assert!(!["{", "}", "[", "]", "|", "  ", " ,", "=>"].iter().any(|sign| text.contains(sign)), "{text}");
                said.insert(text);
            }
            assert!(said.len() > 340, "{language}: {} of 400", said.len());
        }
    }

    #[test]
    fn the_maker_answers_the_point() {
        let chance = Streams::new(&[b"kettle"]);
        for language in Language::ALL {
            let words = words(*language);
            for (turn, point) in POINTS.iter().enumerate() {
                for (number, line) in words.words.lines(&format!("complaint: {point}")).iter().enumerate() {
                    let own = line.split_once(" => ").map_or(*line, |(own, _)| own);
                    for again in 0..8 {
                        let thing = [*language as u64, turn as u64, number as u64, again];
                        let text = grammar::grow(own, &Slots { name: "" }, &mut chance.dice("line", &thing));
                        let heard = words.point(&text);
                        // Whoever waits for a replacement may want the money, and the seal is in most of them.
                        let fits = heard == *point
                            || matches!((*point, heard), ("delay" | "refund", "delay" | "refund" | "seal"));
                        assert!(fits, "{language} {point} taken for {heard}: {text}");
                        let answer = answer_to_complaint(
                            *language,
                            &text,
                            *language,
                            "Ann Lee",
                            &mut chance.dice("answer", &thing),
                        );
                        assert!(
                            answer.chars().count() <= MOST_LETTERS && !answer.contains(['{', '[', '|']),
                            "{answer}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn whoever_writes_english_is_answered_in_english() {
        let mut dice = Streams::new(&[b"kettle"]).dice("any", &[]);
        let english = answer_to_complaint(Language::De, "the lid leaks", Language::En, "Ann", &mut dice);
        let german = answer_to_complaint(Language::De, "la tapa gotea", Language::Es, "Ana", &mut dice);
        assert!(english.contains("seal") && german.contains("Deckel"), "{english} / {german}");
    }
}
