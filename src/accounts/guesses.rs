//! How soon a password is guessed by somebody who tries what is likely first: the cheapest way to write it down as known
//! words, walks over the keyboard, sequences, years, and what is left.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Beyond any word of the list.
const LONGEST_PIECE: usize = 28;
/// A walk or a sequence: where it starts, and which way.
const WALK: f64 = 5.0;
const YEAR: f64 = 6.5;
/// For another piece: which kind comes next.
const PIECE: f64 = 0.5;

/// The logarithm to base two of the guesses that find `text`, in lower case. `own` are words that are tried first.
pub fn bits(text: &str, own: &HashSet<String>) -> f64 {
    let chars: Vec<char> = text.chars().collect();
    let mut cheapest = vec![f64::INFINITY; chars.len() + 1];
    cheapest[0] = 0.0;
    for start in 0..chars.len() {
        let longest = chars.len().min(start + LONGEST_PIECE);
        for end in start + 1..=longest {
            let total = cheapest[start] + piece(&chars[start..end], own) + PIECE;
            cheapest[end] = cheapest[end].min(total);
        }
        // Own words, such as a host's name, may be longer than any of the list.
        for word in own.iter().filter(|word| starts_with(&chars[start..], word)) {
            let end = start + word.chars().count();
            cheapest[end] = cheapest[end].min(cheapest[start] + 1.0);
        }
    }
    cheapest[chars.len()]
}

fn starts_with(chars: &[char], word: &str) -> bool {
    let mut rest = chars.iter();
    word.chars().all(|letter| rest.next() == Some(&letter))
}

/// What one piece costs; no bound where it is of no kind that is tried whole.
fn piece(chars: &[char], own: &HashSet<String>) -> f64 {
    if let [one] = chars {
        return single(*one);
    }
    let mut cheapest = f64::INFINITY;
    if chars.len() >= 3 && (is_walk(chars) || is_sequence(chars)) {
        cheapest = WALK + (chars.len() as f64).log2();
    }
    if let ['1', '9', a, b] | ['2', '0', a, b] = chars
        && a.is_ascii_digit()
        && b.is_ascii_digit()
    {
        cheapest = cheapest.min(YEAR);
    }
    let spelled: String = chars.iter().collect();
    for (text, extra) in [(meant(chars), 1.0), (spelled.chars().rev().collect(), 1.0), (spelled, 0.0)] {
        if own.contains(&text) {
            cheapest = cheapest.min(1.0 + extra);
        }
        if let Some(rank) = RANKS.get(text.as_str()) {
            cheapest = cheapest.min(f64::from(*rank).log2() + 1.0 + extra);
        }
    }
    cheapest
}

fn single(one: char) -> f64 {
    match one {
        ' ' | '-' | '_' | '.' => 1.5,
        '0'..='9' => 3.3,
        one if one.is_ascii_lowercase() => 4.7,
        one if one.is_ascii() => 5.0,
        _ => 6.0,
    }
}

/// "p4ssw0rd" as it is meant.
fn meant(chars: &[char]) -> String {
    let letter = |c: &char| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => *c,
    };
    chars.iter().map(letter).collect()
}

/// Each one beside the next, or the same again.
fn is_walk(chars: &[char]) -> bool {
    let place = |c: char| {
        KEYBOARD.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(c)?))).map(|(row, column)| {
            // Each row stands half a key to the right of the one above.
            (row as i64 * 2, column as i64 * 2 + row as i64)
        })
    };
    chars.windows(2).all(|pair| match (place(pair[0]), place(pair[1])) {
        (Some((row, column)), Some((next_row, next_column))) => {
            (row - next_row).abs() <= 2 && (column - next_column).abs() <= 2
        }
        _ => false,
    })
}

/// `abcd`, `dcba`, `1357`.
fn is_sequence(chars: &[char]) -> bool {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let first = step(&chars[..2]);
    first.abs() <= 2
        && chars.iter().all(char::is_ascii_alphanumeric)
        && chars.windows(2).all(|pair| step(pair) == first)
}

const KEYBOARD: [&str; 4] = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"];

/// The commonest passwords, words and names (zxcvbn's frequency lists, MIT, with our own in front), the likeliest first.
static RANKS: LazyLock<HashMap<&str, u32>> =
    LazyLock::new(|| include_str!("common_words.txt").lines().zip(1..).collect());
