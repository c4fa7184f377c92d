//! What people look for: words (all of them), "phrases", author:name, -without, and beginnings* of three letters and more.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::tokens::{self, Token, tokens};
use super::words::Field;
#[cfg(test)]
use super::words::Words;

/// Letters of a query, and things to look for in it.
pub const LONGEST: usize = 500;
pub const MOST: usize = 40;
/// Letters of a beginning: a shorter one is the beginning of half of all words.
const BEGINNING: usize = 3;

/// As it was typed, and what it means. It has something to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    pub terms: Vec<Term>,
}

/// Words that follow each other; mostly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub words: Vec<String>,
    /// Of the last word only its beginning is meant.
    pub is_beginning: bool,
    pub field: Field,
    pub is_excluded: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadQuery {
    #[error("nothing to look for")]
    Nothing,
    #[error("too much to look for")]
    TooLong,
}

impl FromStr for Query {
    type Err = BadQuery;

    fn from_str(text: &str) -> Result<Self, BadQuery> {
        let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(BadQuery::TooLong);
        }
        let terms = terms(text);
        match terms.len() {
            0 => Err(BadQuery::Nothing),
            1..=MOST => Ok(Self { text: text.to_owned(), terms }),
            _ => Err(BadQuery::TooLong),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Query {
    /// What the databases are asked, said in plain words: what they answer is compared with it.
    #[cfg(test)]
    pub fn matches(&self, words: &Words) -> bool {
        self.terms.iter().all(|term| term.is_excluded != term.is_in(words.of(term.field)))
    }

    /// What of a text was found: ranges of its bytes, in order and apart from each other.
    pub fn found_in(&self, text: &str) -> Vec<Range<usize>> {
        let tokens = tokens(text);
        let of_text = self.terms.iter().filter(|term| term.field == Field::Text && !term.is_excluded);
        let mut found = of_text.flat_map(|term| term.places(&tokens)).collect::<Vec<_>>();
        found.sort_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::new();
        for range in found {
            match apart.last_mut().filter(|last| range.start <= last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => apart.push(range),
            }
        }
        apart
    }

    /// One word that was looked for whole, and how its beginning is looked for.
    pub fn beginning(&self) -> Option<String> {
        let [term] = self.terms.as_slice() else { return None };
        let is_plain = term.words.len() == 1 && !term.is_beginning && !term.is_excluded && term.field == Field::Text;
        (is_plain && term.words[0].chars().count() >= BEGINNING).then(|| format!("{}*", term.words[0]))
    }
}

impl Term {
    #[cfg(test)]
    fn is_in(&self, words: &[Option<String>]) -> bool {
        words.windows(self.words.len()).any(|window| self.is_said_by(window.iter().map(Option::as_deref)))
    }

    fn places(&self, tokens: &[Token]) -> Vec<Range<usize>> {
        let windows = tokens.windows(self.words.len());
        let said = windows.filter(|window| self.is_said_by(window.iter().map(|token| Some(token.text.as_str()))));
        said.map(|window| {
            let last = &window[window.len() - 1].place;
            // Of a pair of signs, where one was looked for, one is marked.
            let end = if self.is_beginning && tokens::is_lone_sign(&self.words[self.words.len() - 1]) {
                last.start + self.words[self.words.len() - 1].len().min(last.len())
            } else {
                last.end
            };
            window[0].place.start..end
        })
        .collect()
    }

    fn is_said_by<'a>(&self, said: impl Iterator<Item = Option<&'a str>>) -> bool {
        let last = self.words.len() - 1;
        said.zip(&self.words).enumerate().all(|(index, (said, word))| match said {
            Some(said) if index == last && self.is_beginning => said.starts_with(word.as_str()),
            Some(said) => said == word,
            None => false,
        })
    }
}

const QUOTES: [char; 7] = ['"', '“', '”', '„', '«', '»', '＂'];

fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let is_excluded = rest.starts_with('-');
        rest = rest.trim_start_matches('-');
        let in_author = after_ignoring_case(rest, "author:");
        let field = if in_author.is_some() { Field::Author } else { Field::Text };
        rest = in_author.map_or(rest, str::trim_start);
        let said;
        (said, rest) = match rest.strip_prefix(QUOTES) {
            Some(quoted) => quoted.split_once(QUOTES).unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        let (said, star) = match rest.strip_prefix('*') {
            Some(after) => {
                rest = after;
                (said, true)
            }
            None => (said.trim_end_matches('*'), said.ends_with('*')),
        };
        terms.extend(term(said, star, field, is_excluded));
        rest = rest.trim_start();
    }
    terms
}

fn term(said: &str, star: bool, field: Field, is_excluded: bool) -> Option<Term> {
    let mut words = tokens(said);
    // The last sign of a run stands in the pair before it.
    words.pop_if(|last| last.is_half);
    let last = &words.last()?.text;
    let is_beginning = tokens::is_lone_sign(last) || (star && last.chars().count() >= BEGINNING);
    let words = words.into_iter().map(|token| token.text).collect();
    Some(Term { words, is_beginning, field, is_excluded })
}

fn after_ignoring_case<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| &text[start.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let query: Query = match text.parse() {
            Ok(query) => query,
            Err(bad) => return format!("{bad:?}"),
        };
        let term = |term: &Term| {
            format!(
                "{}{}{}{}",
                if term.is_excluded { "-" } else { "" },
                if term.field == Field::Author { "author:" } else { "" },
                term.words.join("+"),
                if term.is_beginning { "*" } else { "" }
            )
        };
        query.terms.iter().map(term).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_query_is_words_phrases_people_and_what_is_left_out() {
        for (typed, meant) in [
            ("  Crème   brûlée ", "creme brulee"),
            ("\"the sound\" “of it” quiet", "the+sound of+it quiet"),
            ("author:Ann author: \"Lee Chen\" -author:bot hi", "author:ann author:lee+chen -author:bot hi"),
            ("-spam -\"buy now\" good", "-spam -buy+now good"),
            ("refun* re* \"my refun\"*", "refun* re my+refun*"),
            ("味道不错 味", "味道+道不+不错 味*"),
            ("\"味道 good\" \"good 味\"", "味道+道+good good+味*"),
            ("well-known 4:05 😍", "well+known 4+05 😍"),
            ("\"never closed", "never+closed"),
            ("AND OR NOT NEAR(a b) a:b & | ! <-> ^x", "and or not near+a b a+b x"),
            ("--x ---", "-x"),
            ("مرحبا \u{202e}abc", "مرحبا abc"),
            ("a\0b", "a b"),
        ] {
            assert_eq!(read(typed), meant, "{typed}");
        }
    }

    #[test]
    fn a_query_without_anything_to_look_for_is_none() {
        for typed in ["", "   ", "\"", "\"\"", "-", "--- -", "*", "author:", "!?.,;", "\0", "-\"\"", "“ ”"] {
            assert_eq!(read(typed), "Nothing", "{typed:?}");
        }
        assert_eq!(read(&"x".repeat(10_000)), "TooLong");
        assert_eq!(read(&"x ".repeat(41)), "TooLong");
    }

    #[test]
    fn what_was_found_is_known_by_its_place() {
        let found = |query: &str, text: &str| {
            let query: Query = query.parse().unwrap();
            query.found_in(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("creme -x author:y", "Une Crème, x y, CREME"), ["Crème", "CREME"]);
        assert_eq!(found("\"the sound\" sound", "The sound is sound"), ["The sound", "sound"]);
        assert_eq!(found("味", "好味道"), ["味"]);
        assert_eq!(found("味道不错", "味道不错!"), ["味道不错"]);
        assert_eq!(found("refun* 😍", "refunds 😍!"), ["refunds", "😍"]);
    }
}
