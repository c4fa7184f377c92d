//! How the owner answers: to what was said, in the owner's manner.

use super::facts::Filling;
use super::words::{self, Incident, TradeWords};
use super::{Facts, Said, Tone};
use crate::world::dice::Dice;
use crate::world::text::{first_name, grammar, kettle};
use crate::world::{Language, Personality};

const FACTS: [&str; 13] = [
    "dish", "dish2", "dessert", "drink", "drink2", "cake", "beans", "gear", "staff", "minutes", "price", "bag", "cost",
];

const WARES: [&str; 8] = ["dish", "dish2", "dessert", "drink", "drink2", "cake", "beans", "gear"];

pub struct Owner {
    pub language: Language,
    pub personality: Personality,
}

/// What the owner reads.
pub struct Heard<'a> {
    pub said: Option<&'a Said>,
    pub text: &'a str,
    pub facts: &'a Facts,
    pub guest: &'a str,
    pub stars: u8,
}

impl Owner {
    /// In English to whoever wrote English, else in the owner's language.
    pub fn answer(&self, heard: &Heard<'_>, dice: &mut Dice) -> String {
        let language = if heard.facts.language == Language::En { Language::En } else { self.language };
        if heard.said.is_some_and(|said| said.incident == Some(Incident::Kettle)) {
            let whose = heard.facts.language;
            return kettle::answer_to_complaint(self.language, heard.text, whose, called(heard.guest), dice);
        }
        let words = words::of(heard.facts.trade, language);
        let mood = match heard.said {
            Some(said) => mood(said.tone),
            None if heard.stars >= 4 => "praise",
            None => "sore",
        };
        let filling =
            Filling { facts: heard.facts, language, guest: called(heard.guest), sore: "", stars: heard.stars };
        let opening = match heard.said {
            Some(said) if said.tone == Tone::Mixed && said.incident.is_none() => "mild",
            Some(_) => mood,
            None => "stars",
        };
        let mut parts = vec![self.manner(words, "open", opening, dice)];
        parts.extend(cores(words, heard, mood, dice));
        parts.push(self.manner(words, "close", mood, dice));
        let grown: Vec<String> = parts.iter().map(|part| grammar::grow(part, &filling, dice)).collect();
        grammar::finish(&grown.join(" "), language)
    }

    /// An opening or a close; who is brief has neither.
    fn manner(&self, words: &TradeWords, place: &str, mood: &str, dice: &mut Dice) -> &'static str {
        let lines = words.lines(&format!("{}: {place} {mood}", self.personality.as_str()));
        if lines.is_empty() { "" } else { dice.pick(lines) }
    }
}

fn mood(tone: Tone) -> &'static str {
    match tone {
        Tone::Praise => "praise",
        Tone::Mixed | Tone::Complaint => "sore",
    }
}

/// What answers the point: the incident, the question, or one or two of the things that were said.
fn cores(words: &TradeWords, heard: &Heard<'_>, mood: &str, dice: &mut Dice) -> Vec<&'static str> {
    let Some(said) = heard.said else { return vec![fitting(words, &format!("answer stars: {mood}"), heard, dice)] };
    if let Some(incident) = said.incident {
        return vec![fitting(words, &format!("answer incident: {}", incident.as_str()), heard, dice)];
    }
    let mut cores = Vec::new();
    let most = if said.topics.len() > 2 && dice.chance(0.5) { 2 } else { 1 };
    for (tone, topic) in &said.topics {
        let core = fitting(words, &format!("answer {}: {}", self::mood(*tone), topic.as_str()), heard, dice);
        if !core.is_empty() && cores.len() < most {
            cores.push(core);
        }
    }
    if cores.is_empty() && said.reply.is_none() {
        let mood = if said.tone == Tone::Mixed { "mild" } else { mood };
        cores.push(fitting(words, &format!("answer any: {mood}"), heard, dice));
    }
    cores.extend(said.reply);
    cores
}

/// A line that names nothing which the guest did not name, and rather one for the very words that the guest used.
fn fitting(words: &TradeWords, section: &str, heard: &Heard<'_>, dice: &mut Dice) -> &'static str {
    let text = heard.text.to_lowercase();
    let named = |slot: &str| {
        let own = heard.facts.name(slot, heard.facts.language).is_some_and(|name| text.contains(&name.to_lowercase()));
        own && heard.facts.name(slot, words.language).is_some()
    };
    // Who is torn may have liked the very dish.
    let is_torn = heard.said.is_some_and(|said| said.tone == Tone::Mixed);
    let speaks_of = |line: &str, slot: &str| line.contains(&format!("{{{slot}}}"));
    let fits = |line: &&&'static str| {
        let is_named = FACTS.iter().all(|slot| !speaks_of(line, slot) || named(slot));
        is_named && !(is_torn && WARES.iter().any(|slot| speaks_of(line, slot)))
    };
    let lines = words.lines(section).iter().filter(fits).map(|line| guarded(line));
    let (close, general): (Vec<_>, Vec<_>) = lines.partition(|(guards, _)| !guards.is_empty());
    let close: Vec<_> =
        close.into_iter().filter(|(guards, _)| guards.split('|').any(|guard| text.contains(guard))).collect();
    let lines = if close.is_empty() { general } else { close };
    if lines.is_empty() { "" } else { lines[dice.below(lines.len())].1 }
}

/// A line that begins with `(words)` is for texts that have one of them.
fn guarded(line: &'static str) -> (&'static str, &'static str) {
    line.strip_prefix('(').and_then(|line| line.split_once(") ")).unwrap_or(("", line))
}

/// A first name by which one can speak to somebody.
fn called(name: &str) -> &str {
    let first = first_name(name);
    let is_name =
        first.chars().count() > 2 && first.chars().all(|letter| letter.is_alphabetic() && (letter as u32) < 0x250);
    if is_name && first != "The" { first } else { "" }
}
