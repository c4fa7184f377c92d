//! Advertising, in the ways that comment sections know. Every address in it is reserved for examples and leads nowhere.

use std::sync::LazyLock;

use super::choose;
use super::grammar::{self, Slots};
use crate::words::{self, Lines, Table};
use crate::world::Language;
use crate::world::dice::Dice;

static SPAM: LazyLock<(Lines, &[Table])> = LazyLock::new(|| {
    let words = words::of_spam();
    (words.lines("lines"), words.table("slots"))
});

/// Spam knows nothing of the video: that is how it reads.
pub fn write(bag: u64, slots: Slots<'_>, dice: &mut Dice) -> String {
    let (lines, table) = *SPAM;
    let text = grammar::grow(choose(&[lines], bag), &Slots { tables: [table, &[], &[]], ..slots }, dice);
    grammar::finish(&text, Language::En)
}
