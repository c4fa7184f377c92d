//! What was said already: two people hardly ever say the same.

use super::dice::mix;

/// Says whether nobody said this text before, and remembers it where that matters.
pub type Fresh<'a> = &'a mut dyn FnMut(&str) -> bool;

/// A text's hash, without capitals and signs.
pub fn fingerprint(text: &str) -> u64 {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase);
    mix(letters
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, letter| (hash ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3)))
}
