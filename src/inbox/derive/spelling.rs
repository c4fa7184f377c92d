//! A word as it is spelt, and as people in a hurry spell it; and what of a word an entry of the lists asks for.

use std::borrow::Cow;

/// What an entry asks of a word behind its first.
#[derive(Clone)]
pub(super) enum Follows {
    /// In its plain spelling.
    Word(Cow<'static, str>),
    Stem(&'static str),
    Number,
    Any,
}

impl Follows {
    pub fn read(listed: &'static str) -> Follows {
        match (listed, listed.strip_suffix('*')) {
            ("#", _) => Follows::Number,
            ("*", _) => Follows::Any,
            (_, Some(stem)) => Follows::Stem(stem),
            _ => Follows::Word(plain(listed).map_or(Cow::Borrowed(listed), Cow::Owned)),
        }
    }

    pub fn is(&self, word: &Spelt<'_>) -> bool {
        match self {
            Follows::Word(listed) => word.plain == *listed,
            Follows::Stem(stem) => word.word.starts_with(stem),
            Follows::Number => word.is_number,
            Follows::Any => !word.word.is_empty(),
        }
    }
}

/// A text's word as entries are compared with it.
pub(super) struct Spelt<'a> {
    pub word: &'a str,
    pub plain: Cow<'a, str>,
    pub is_number: bool,
}

impl<'a> Spelt<'a> {
    pub fn read(word: &'a str) -> Self {
        Spelt { word, plain: plain(word).map_or(Cow::Borrowed(word), Cow::Owned), is_number: is_number(word) }
    }
}

/// "3", "45min", "drei": what "#" stands for in an entry. "One" is left out, as most languages have it for "a", too.
fn is_number(word: &str) -> bool {
    const WORDS: [&str; 47] = [
        "two",
        "three",
        "four",
        "five",
        "six",
        "ten",
        "fifteen",
        "twenty",
        "thirty",
        "forty",
        "several",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "zehn",
        "zwanzig",
        "dreißig",
        "vierzig",
        "mehrere",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "dix",
        "vingt",
        "trente",
        "quarante",
        "plusieurs",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "diez",
        "veinte",
        "treinta",
        "cuarenta",
        "dois",
        "duas",
        "três",
        "quatro",
        "dez",
        "due",
        "tre",
        "quattro",
        "venti",
    ];
    word.starts_with(|c: char| c.is_ascii_digit()) || (word.len() < 11 && WORDS.contains(&word))
}

/// A word without its accents and apostrophes; none when it has none.
pub(super) fn plain(word: &str) -> Option<String> {
    (!word.is_ascii() || word.contains('\''))
        .then(|| plain_letters(word).collect::<String>())
        .filter(|plain| plain != word)
}

/// Not ä, ö and ü: "schon" is another word than "schön".
fn plain_letters(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(|c| *c != '\'').map(|c| match c {
        'à' | 'á' | 'â' | 'ã' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' => 'o',
        'ù' | 'ú' | 'û' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c => c,
    })
}
