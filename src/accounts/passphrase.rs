//! A fresh passphrase to suggest: five everyday words, 51 bits.

use std::sync::LazyLock;

use kit::random::Random;

static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("passphrase_words.txt").lines().collect());

const LENGTH: usize = 5;

pub fn suggest(random: &Random) -> String {
    let words: Vec<&str> = (0..LENGTH).map(|_| WORDS[below(WORDS.len(), random)]).collect();
    words.join("-")
}

/// Uniform: 64 random bits make the bias smaller than anything that could be measured.
fn below(n: usize, random: &Random) -> usize {
    ((u128::from(random.u64()) * n as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::rules::{self, Context};
    use std::collections::HashSet;

    #[test]
    fn the_words_are_many_short_and_different() {
        let different: HashSet<&str> = WORDS.iter().copied().collect();
        assert_eq!(different.len(), WORDS.len());
        assert!((WORDS.len() as f64).log2() * LENGTH as f64 >= 50.0);
        for word in WORDS.iter() {
            assert!((3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn every_suggestion_is_new_and_would_be_accepted() {
        let random = Random::seeded(1);
        let context = Context { email: "ann.baker@mail.example", name: "Ann Baker", host: "localhost" };
        let suggestions: HashSet<String> = (0..2_000).map(|_| suggest(&random)).collect();
        assert_eq!(suggestions.len(), 2_000);
        for suggestion in &suggestions {
            assert_eq!(rules::check(suggestion, &context), Ok(()), "{suggestion}");
        }
    }
}
