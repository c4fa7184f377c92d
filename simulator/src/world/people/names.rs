//! Parts of names, by language, and what nicknames are made of; parted by `|`.

use std::sync::LazyLock;

use super::Language;
use crate::words::{self, Words};

/// First and last names for somebody who writes in a language. English is written from everywhere: `roll` (0..100) says from where.
pub fn of(language: Language, roll: usize) -> (&'static str, &'static str) {
    let (first, last) = match (language, roll) {
        (Language::En, 0..58) => ("en first", "en last"),
        (Language::En, 58..80) | (Language::De | Language::Fr, 88..) => ("world first", "world last"),
        (Language::En, _) => ("north first", "north last"),
        (Language::De, _) => ("de first", "de last"),
        (Language::Es, _) => ("es first", "es last"),
        (Language::Fr, _) => ("fr first", "fr last"),
        (Language::Pt, _) => ("pt first", "pt last"),
        (Language::It, _) => ("it first", "it last"),
    };
    (part(first), part(last))
}

/// Parts of one kind.
pub fn part(kind: &str) -> &'static str {
    static NAMES: LazyLock<Words> = LazyLock::new(words::of_names);
    NAMES.line(kind)
}
