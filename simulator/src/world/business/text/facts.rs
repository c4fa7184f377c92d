//! What one guest's visit was like: the same in every sentence of a review, and in the answer to it.

use super::super::Trade;
use super::words::{self, Line};
use crate::world::Language;
use crate::world::dice::Dice;
use crate::world::text::grammar::{self, Fill};

#[derive(Debug, Clone)]
pub struct Facts {
    pub trade: Trade,
    /// The guest's.
    pub language: Language,
    /// By the slots that name them.
    wares: Vec<(&'static str, Line)>,
    staff: &'static str,
    minutes: i64,
    amount: i64,
    /// What a bag of beans costs, and what a thing.
    bag: i64,
    cost: i64,
    /// The place's.
    pub home: Language,
}

impl Facts {
    pub fn draw(trade: Trade, language: Language, home: Language, staff: &[&'static str], dice: &mut Dice) -> Facts {
        let words = words::of(trade, language);
        let first = dice.below(words.mains.len());
        let second = (first + 1 + dice.below(words.mains.len() - 1)) % words.mains.len();
        let sweet = words.sweets[dice.below(words.sweets.len())];
        let slots = if trade == Trade::Restaurant { ["dish", "dish2", "dessert"] } else { ["drink", "drink2", "cake"] };
        let mut wares: Vec<_> = slots.into_iter().zip([words.mains[first], words.mains[second], sweet]).collect();
        let staff = staff[dice.below(staff.len())];
        let (minutes, amount) = match trade {
            Trade::Restaurant => (5 * dice.between(6, 15), dice.between(17, 39)),
            Trade::Shop | Trade::Store => (5 * dice.between(2, 6), dice.between(4, 7)),
        };
        let (mut bag, mut cost) = (0, 0);
        if trade != Trade::Restaurant {
            wares.push(("beans", words.beans[dice.below(words.beans.len())]));
            wares.push(("gear", words.gear[dice.below(words.gear.len())]));
            (bag, cost) = (dice.between(13, 22), dice.between(35, 139));
        }
        Facts { trade, language, wares, staff, minutes, amount, bag, cost, home }
    }

    /// What a fact is called in a language; none where the place does not know that language's name of a thing.
    pub fn name(&self, slot: &str, language: Language) -> Option<String> {
        if let Some((_, ware)) = self.wares.iter().find(|(name, _)| *name == slot) {
            return match language {
                _ if language == self.language => Some(ware.own.to_owned()),
                Language::En => Some(ware.english.to_owned()),
                _ => None,
            };
        }
        match slot {
            "staff" => Some(self.staff.to_owned()),
            "minutes" => Some(self.minutes.to_string()),
            "price" => Some(self.money(self.amount, language)),
            "bag" => Some(self.money(self.bag, language)),
            "cost" => Some(self.money(self.cost, language)),
            _ => None,
        }
    }

    fn money(&self, amount: i64, language: Language) -> String {
        let dollars = ["dollars", "Dollar", "dólares", "dollars", "dólares", "dollari"];
        let euros = ["euros", "Euro", "euros", "euros", "euros", "euro"];
        let reais = ["reais", "Real", "reales", "reais", "reais", "reais"];
        let (names, worth) = match self.home {
            Language::En => (dollars, 1),
            Language::Pt => (reais, 3),
            _ => (euros, 1),
        };
        format!("{} {}", amount * worth, names[language as usize])
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
            "n" => out.push_str(&dice.between(2, 9).to_string()),
            "nn" => out.push_str(&dice.between(11, 48).to_string()),
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
                    let table = words::of(self.facts.trade, self.language).slots;
                    let words = table.iter().find(|(name, _)| *name == slot).map_or("", |(_, words)| words);
                    debug_assert!(!words.is_empty(), "no words for {{{slot}}}");
                    grammar::choose(words, self, dice, out);
                }
            },
        }
    }
}
