//! Who writes: names as people give them to Google.

use super::{Reviewer, Source, Trade, text};
use crate::world::Language;
use crate::world::dice::Dice;
use crate::world::people::names;

const ANONYMOUS: f64 = 0.02;

pub fn reviewer(source: &Source, thing: &[u64], language: Language) -> Reviewer {
    let mut dice = source.chance.dice("reviewer", thing);
    if dice.chance(ANONYMOUS) {
        return Reviewer { name: "A Google user".into(), is_anonymous: true };
    }
    Reviewer { name: name(language, &mut dice), is_anonymous: false }
}

/// The language that a guest writes: mostly the restaurant's own, then English, then the neighbours'.
pub fn language(source: &Source, thing: &[u64]) -> Language {
    let own = source.profile.language;
    let mut dice = source.chance.dice("language", thing);
    if dice.chance(0.78) {
        return own;
    }
    if own != Language::En && dice.chance(0.55) {
        return Language::En;
    }
    let others: Vec<(Language, f64)> =
        [(Language::Es, 5.0), (Language::De, 5.0), (Language::Fr, 5.0), (Language::Pt, 2.5), (Language::It, 3.0)]
            .into_iter()
            .filter(|(language, _)| *language != own)
            .collect();
    let weights: Vec<f64> = others.iter().map(|(_, weight)| *weight).collect();
    others[dice.weighted(&weights)].0
}

/// First names of those who serve at a location.
pub fn staff(source: &Source, trade: Trade, location: u64) -> Vec<&'static str> {
    let staff = text::staff(trade, source.profile.language);
    let begin = source.chance.dice("staff", &[]).below(staff.len());
    let of_location = |turn: usize| staff[(begin + 4 * location as usize + turn) % staff.len()];
    (0..4).map(of_location).collect()
}

fn name(language: Language, dice: &mut Dice) -> String {
    let (firsts, lasts) = names::of(language, dice.below(100));
    let (first, last) = (dice.word(firsts), dice.word(lasts));
    let initial = last.chars().next().unwrap_or('X');
    // These lists hold names of many peoples, and no family has both.
    let is_mixed = firsts == names::part("world first") || firsts == names::part("north first");
    match dice.weighted(&[46.0, 24.0, 9.0, 6.0, 5.0, 4.0, 3.0, 3.0]) {
        0 | 4 if is_mixed => format!("{first} {initial}."),
        0 => format!("{first} {last}"),
        1 => format!("{first} {initial}."),
        2 => first.to_owned(),
        3 => format!("{} {last}", first.chars().next().unwrap_or('X')).replacen(' ', ". ", 1),
        4 => format!("{first} {last}").to_lowercase(),
        5 => format!("{} {}", dice.word(names::part("nick first")), dice.word(names::part("nick last"))),
        6 => format!("{first} {}", dice.word("the Foodie|Eats|on the Road|and Family|from Next Door|Travels")),
        _ => dice.word(names::part("other scripts")).to_owned(),
    }
}
