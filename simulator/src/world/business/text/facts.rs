//! What one guest's evening was like: the same in every sentence of a review, and in the answer to it.

use super::words::{self, Line};
use crate::world::Language;
use crate::world::dice::Dice;
use crate::world::text::grammar::{self, Fill};

#[derive(Debug, Clone)]
pub struct Facts {
    /// The guest's.
    pub language: Language,
    dish: Line,
    other_dish: Line,
    dessert: Line,
    staff: &'static str,
    minutes: i64,
    amount: i64,
    /// The restaurant's.
    pub home: Language,
}

impl Facts {
    pub fn draw(language: Language, home: Language, staff: &[&'static str], dice: &mut Dice) -> Facts {
        let words = words::of(language);
        let first = dice.below(words.dishes.len());
        let second = (first + 1 + dice.below(words.dishes.len() - 1)) % words.dishes.len();
        Facts {
            language,
            dish: words.dishes[first],
            other_dish: words.dishes[second],
            dessert: words.desserts[dice.below(words.desserts.len())],
            staff: staff[dice.below(staff.len())],
            minutes: 5 * dice.between(6, 15),
            amount: dice.between(17, 39),
            home,
        }
    }

    /// What a fact is called in a language; none where the restaurant does not know that language's name of a dish.
    pub fn name(&self, slot: &str, language: Language) -> Option<String> {
        let dish = |dish: Line| match language {
            _ if language == self.language => Some(dish.own.to_owned()),
            Language::En => Some(dish.english.to_owned()),
            _ => None,
        };
        match slot {
            "dish" => dish(self.dish),
            "dish2" => dish(self.other_dish),
            "dessert" => dish(self.dessert),
            "staff" => Some(self.staff.to_owned()),
            "minutes" => Some(self.minutes.to_string()),
            "price" => Some(self.price(language)),
            _ => None,
        }
    }

    fn price(&self, language: Language) -> String {
        let dollars = ["dollars", "Dollar", "dólares", "dollars", "dólares", "dollari"];
        let euros = ["euros", "Euro", "euros", "euros", "euros", "euro"];
        let reais = ["reais", "Real", "reales", "reais", "reais", "reais"];
        let (names, worth) = match self.home {
            Language::En => (dollars, 1),
            Language::Pt => (reais, 3),
            _ => (euros, 1),
        };
        format!("{} {}", self.amount * worth, names[language as usize])
    }
}

/// Fills the slots of one language.
pub struct Filling<'a> {
    pub facts: &'a Facts,
    pub language: Language,
    /// The guest's first name where it is known, for an answer.
    pub guest: &'a str,
    /// What went wrong this time, for an edit.
    pub sore: &'a str,
    /// How many stars there were, for an edit and for an answer to stars alone.
    pub stars: u8,
}

impl Fill for Filling<'_> {
    fn fill(&self, slot: &str, dice: &mut Dice, out: &mut String) {
        match slot {
            "blank" => {}
            "to" if self.guest.is_empty() => {}
            "to" => out.extend([", ", self.guest]),
            "sore" => out.push_str(self.sore),
            "stars" => out.push_str(["zero", "one", "two", "three", "four", "five"][usize::from(self.stars.min(5))]),
            "before" if self.stars == 1 => out.push_str("one star"),
            "before" => {
                self.fill("stars", dice, out);
                out.push_str(" stars");
            }
            _ => match self.facts.name(slot, self.language) {
                Some(name) => out.push_str(&name),
                None => {
                    let table = words::of(self.language).slots;
                    let words = table.iter().find(|(name, _)| *name == slot).map_or("", |(_, words)| words);
                    debug_assert!(!words.is_empty(), "no words for {{{slot}}}");
                    grammar::choose(words, self, dice, out);
                }
            },
        }
    }
}
