//! What is known of one interaction: the words of its text and of its author's name, as both databases are told.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::query::{Query, Term};
use super::tokens::tokens;
use super::traits::Traits;
use crate::workspaces::WorkspaceId;

/// Words of a text, and their bytes: PostgreSQL counts no further than to 16,383, and takes a megabyte.
const MOST_WORDS: usize = 10_000;
const MOST_BYTES: usize = 200_000;
const MOST_WORDS_OF_A_NAME: usize = 100;
/// PostgreSQL knows so many places of a word in a text.
const MOST_PLACES: usize = 255;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Text,
    Author,
    Trait,
}

impl Field {
    const fn letter(self) -> char {
        match self {
            Field::Text => 'w',
            Field::Author => 'a',
            Field::Trait => 't',
        }
    }
}

/// Stands at the place of a word that is not known any more.
const NO_WORD: &str = "0";
/// With the workspace's sign before it, a word of every interaction: what nothing is looked for in but what is left out.
const EVERYTHING: char = 'e';

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    text: Vec<Option<String>>,
    author: Vec<Option<String>>,
    traits: Vec<String>,
}

impl Words {
    pub fn new(text: Option<&str>, author: &str, traits: &Traits) -> Self {
        Self {
            text: known(text.unwrap_or_default(), MOST_WORDS),
            author: known(author, MOST_WORDS_OF_A_NAME),
            traits: traits.words(),
        }
    }

    #[cfg(test)]
    pub fn of(&self, field: Field) -> &[Option<String>] {
        match field {
            Field::Text => &self.text,
            Field::Author => &self.author,
            Field::Trait => &[],
        }
    }

    /// A text of ASCII signs and others' letters alone, divided by spaces: nothing is left for FTS5 to change.
    pub fn for_sqlite(&self, sign: &Sign) -> String {
        let mut text = format!("{sign}{EVERYTHING}");
        for (word, field) in self.all() {
            text.push(' ');
            match word {
                Some(word) => sign.write(&mut text, field, word),
                None => text.push_str(NO_WORD),
            }
        }
        text
    }

    /// A tsvector, as PostgreSQL would write it: its own parser reads no word of it.
    pub fn for_postgres(&self, sign: &Sign) -> String {
        let mut text = format!("'{sign}{EVERYTHING}':1");
        for (place, (word, field)) in self.all().enumerate() {
            let Some(word) = word else { continue };
            text.push_str(" '");
            sign.write(&mut text, field, word);
            // A string takes all.
            let _ = write!(text, "':{}", place + 2);
        }
        text
    }

    fn all(&self) -> impl Iterator<Item = (Option<&str>, Field)> {
        let text = self.text.iter().map(|word| (word.as_deref(), Field::Text));
        let author = self.author.iter().map(|word| (word.as_deref(), Field::Author));
        text.chain(author).chain(self.traits.iter().map(|word| (Some(word.as_str()), Field::Trait)))
    }
}

fn known(text: &str, most: usize) -> Vec<Option<String>> {
    let tokens = tokens(text);
    let (is_short, mut left) = (tokens.len() <= MOST_PLACES, MOST_BYTES);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut words = Vec::with_capacity(tokens.len().min(most));
    for token in tokens.into_iter().take(most) {
        let Some(rest) = left.checked_sub(token.text.len()) else { break };
        left = rest;
        let is_known = is_short || {
            let seen = places.entry(token.text.clone()).or_default();
            *seen += 1;
            *seen <= MOST_PLACES
        };
        words.push(is_known.then_some(token.text));
    }
    words
}

/// A workspace's own sign, which all of its words begin with: nobody's search reads what others wrote. Rows are compared with
/// their workspace all the same, so that two workspaces with the same sign are only slower.
pub struct Sign([u8; 6]);

impl Sign {
    pub fn of(workspace: WorkspaceId) -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let bits = workspace.uuid().as_u128();
        Self(std::array::from_fn(|place| LETTERS[(bits >> (place * 5)) as usize & 31]))
    }

    /// A word of a field as the index knows it.
    pub fn word(&self, field: Field, word: &str) -> String {
        let mut text = String::new();
        self.write(&mut text, field, word);
        text
    }

    fn write(&self, text: &mut String, field: Field, word: &str) {
        text.extend(self.0.iter().map(|letter| char::from(*letter)));
        text.push(field.letter());
        text.push_str(word);
    }
}

impl std::fmt::Display for Sign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|letter| f.write_char(char::from(*letter)))
    }
}

/// By a beginning, the words of the index that begin so.
pub type Beginnings = HashMap<String, Vec<String>>;

/// The query in FTS5's language, of what has these traits. Words are quoted: whatever people type, none of it is an operator.
/// What FTS5 finds by a beginning it puts in order first, all of it; words it reads as it needs them. So where few begin so,
/// it is asked for them.
pub fn query_for_sqlite(query: Option<&Query>, traits: &Traits, sign: &Sign, known: &Beginnings) -> String {
    let one = |term: &Term| {
        if let Some(words) = beginning(term, sign).and_then(|beginning| known.get(&beginning)) {
            return format!("(\"{}\")", words.join("\" OR \""));
        }
        let mut phrase = String::from("\"");
        for (index, word) in term.words.iter().enumerate() {
            if index > 0 {
                phrase.push(' ');
            }
            sign.write(&mut phrase, term.field, word);
        }
        phrase.push('"');
        if term.is_beginning {
            phrase.push_str(" *");
        }
        phrase
    };
    let (wanted, unwanted) = parts(query, traits, one);
    let wanted = if wanted.is_empty() { format!("\"{sign}{EVERYTHING}\"") } else { wanted.join(" AND ") };
    if unwanted.is_empty() { wanted } else { format!("({wanted}) NOT ({})", unwanted.join(" OR ")) }
}

/// What a word that is looked for by its beginning alone begins with in the index.
pub fn beginning(term: &Term, sign: &Sign) -> Option<String> {
    match term.words.as_slice() {
        [word] if term.is_beginning => Some(sign.word(term.field, word)),
        _ => None,
    }
}

/// The query as a tsquery.
pub fn query_for_postgres(query: Option<&Query>, traits: &Traits, sign: &Sign) -> String {
    let one = |term: &Term| {
        let mut phrase = String::from("(");
        for (index, word) in term.words.iter().enumerate() {
            phrase.push_str(if index > 0 { " <-> '" } else { "'" });
            sign.write(&mut phrase, term.field, word);
            phrase.push('\'');
        }
        phrase.push_str(if term.is_beginning { ":*)" } else { ")" });
        phrase
    };
    let (mut wanted, unwanted) = parts(query, traits, one);
    if wanted.is_empty() {
        wanted.push(format!("'{sign}{EVERYTHING}'"));
    }
    wanted.extend(unwanted.into_iter().map(|term| format!("!{term}")));
    wanted.join(" & ")
}

/// What is wanted, and what is not.
fn parts(query: Option<&Query>, traits: &Traits, one: impl Fn(&Term) -> String) -> (Vec<String>, Vec<String>) {
    let has = |word| Term { words: vec![word], is_beginning: false, field: Field::Trait, is_excluded: false };
    let terms = query.map_or(&[][..], |query| &query.terms);
    let of = |is_excluded: bool| terms.iter().filter(move |term| term.is_excluded == is_excluded).map(&one);
    let wanted = traits.words().into_iter().map(|word| one(&has(word)));
    (of(false).chain(wanted).collect(), of(true).collect())
}
