//! What people do to their texts: capitals, stops, slips of the finger, emoji.

use super::{Intent, grammar};
use crate::world::Language;
use crate::world::dice::Dice;

const GLAD: &str = "🔥|❤️|😍|🙌|👏|😊|💯|🤩|🙏|👌|😂|✨|🥰|👍";
const WRY: &str = "😂|😅|🤔|👀|🙃|😭|🤷";
const SORE: &str = "😕|👎|🙄|😤|😒|😠|💔|🤦";

/// A finished text as somebody would really post it.
pub fn add_typos(text: String, intent: Intent, language: Language, own: &str, dice: &mut Dice) -> String {
    let mut text = grammar::finish(&text, language);
    drop_last_stop(&mut text, dice);
    if language == Language::En && dice.chance(0.13) {
        text = text.replace('\'', "");
    }
    if dice.chance(0.035) {
        text = slip(&text, dice);
    }
    let careless = if language == Language::De { 0.10 } else { 0.24 };
    let short = text.chars().count() < 70;
    if dice.chance(careless) {
        text = text.to_lowercase();
    } else if short && dice.chance(0.015) {
        text = text.to_uppercase();
    }
    if text.ends_with('!') && dice.chance(0.25) {
        text.push_str(dice.word("!|!!|!!!"));
    }
    let (chance, moods): (f64, &[&str]) = match intent {
        Intent::Praise => (0.24, &[GLAD, GLAD, own]),
        Intent::Story | Intent::Remark => (0.16, &[WRY, GLAD, own]),
        Intent::Answer => (0.12, &[WRY, GLAD]),
        Intent::Complaint | Intent::Incident => (0.08, &[SORE]),
        Intent::Safety => (0.0, &[SORE]),
        _ => (0.09, &[WRY, own]),
    };
    if dice.chance(chance) {
        let mood = moods[dice.below(moods.len())];
        let emoji = dice.word(mood);
        text.push(' ');
        for _ in 0..repeat(dice) {
            text.push_str(emoji);
        }
    }
    text
}

/// A comment of nothing but emoji.
pub fn emoji(own: &str, dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..1 + dice.weighted(&[0.5, 0.35, 0.15]) {
        let emoji = if dice.chance(0.35) { dice.word(own) } else { dice.word(GLAD) };
        for _ in 0..repeat(dice) {
            text.push_str(emoji);
        }
    }
    text
}

fn repeat(dice: &mut Dice) -> usize {
    1 + dice.weighted(&[0.68, 0.14, 0.15, 0.03])
}

fn drop_last_stop(text: &mut String, dice: &mut Dice) {
    let leaves = if text.len() < 80 { 0.75 } else { 0.4 };
    if text.ends_with('.') && !text.ends_with("..") && dice.chance(leaves) {
        text.pop();
    }
}

/// One slip: two letters in the wrong order, one left out, or one twice.
fn slip(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let inner: Vec<usize> = (1..letters.len().saturating_sub(2))
        .filter(|at| letters[at - 1..at + 3].iter().all(|letter| letter.is_lowercase()))
        .collect();
    if inner.is_empty() {
        return text.to_owned();
    }
    let at = inner[dice.below(inner.len())];
    match dice.below(3) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}
