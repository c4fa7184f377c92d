//! The word lists, one file a language, and the search for their words and phrases in a text.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::Text;
use super::{Intent, Language};

/// The lists of a language that has them.
pub(super) fn of(language: Language) -> Option<&'static Lexicon> {
    LISTED.iter().position(|listed| *listed == language).map(|index| &LEXICONS[index])
}

pub(super) const LISTED: [Language; 6] =
    [Language::English, Language::German, Language::Spanish, Language::French, Language::Portuguese, Language::Italian];

pub(super) static LEXICONS: LazyLock<[Lexicon; 6]> = LazyLock::new(|| {
    [
        Lexicon::parse(include_str!("lexicon/en.txt")),
        Lexicon::parse(include_str!("lexicon/de.txt")),
        Lexicon::parse(include_str!("lexicon/es.txt")),
        Lexicon::parse(include_str!("lexicon/fr.txt")),
        Lexicon::parse(include_str!("lexicon/pt.txt")),
        Lexicon::parse(include_str!("lexicon/it.txt")),
    ]
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Stop,
    Negator,
    Intensifier,
    Dampener,
    Contrast,
    /// -4 to 4.
    Valence(i32),
    Intent(Intent),
    /// Spam only in company: with a link, or with others of its kind.
    Promotion,
    /// Asks wherever it stands ("do you"); what is an [`Intent::Question`] must begin its clause.
    Asking,
    /// Has a question's form and asks nobody ("who else is watching").
    Rhetorical,
    /// Stands before a question without being part of it ("so", "and").
    LeadIn,
    /// Where somebody thanks, what went wrong before is told, not complained of.
    Thanks,
}

/// Where an entry stands in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub role: Role,
    pub start: usize,
    pub len: usize,
}

pub(super) struct Lexicon {
    /// By first word; longer entries first.
    entries: HashMap<&'static str, Vec<Entry>>,
    pub sample: Vec<&'static str>,
}

struct Entry {
    rest: Vec<&'static str>,
    role: Role,
}

impl Lexicon {
    fn parse(file: &'static str) -> Self {
        let mut lexicon = Lexicon { entries: HashMap::new(), sample: Vec::new() };
        for (name, list) in file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':')) {
            if name == "sample" {
                lexicon.sample.push(list);
                continue;
            }
            let role = role(name).expect("every list of the built-in files has a known name");
            for entry in list.split(',') {
                for words in alternatives(entry) {
                    lexicon.add(role, words);
                }
            }
        }
        for entries in lexicon.entries.values_mut() {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
        }
        lexicon
    }

    fn add(&mut self, role: Role, words: Vec<&'static str>) {
        let mut words = words.into_iter();
        if let Some(first) = words.next() {
            let rest = words.collect::<Vec<_>>();
            let entries = self.entries.entry(first).or_default();
            // Of two valences of one phrase the later stands.
            let is_replaced = |known: &Entry| {
                known.rest == rest
                    && (known.role == role || matches!((known.role, role), (Role::Valence(_), Role::Valence(_))))
            };
            entries.retain(|known| !is_replaced(known));
            entries.push(Entry { rest, role });
        }
    }

    #[cfg(test)]
    pub fn has_entry(&self, text: &str) -> bool {
        let text = Text::read(text);
        let whole = |hit: &Hit| hit.start == 0 && hit.len == text.len();
        self.scan(&text).iter().any(whole)
    }

    /// Every entry that stands in the text, by its place; where several entries of one kind begin at a word, the longest.
    pub fn scan(&self, text: &Text<'_>) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(text.len());
        // Words inside a phrase that judges ("can't wait", "without a doubt") mean nothing by themselves.
        let mut taken_to = 0;
        for start in 0..text.len() {
            let first_hit = hits.len();
            for entry in self.entries_at(text, start) {
                let len = 1 + entry.rest.len();
                let stands = entry.rest.iter().enumerate().all(|(offset, word)| text.word(start + 1 + offset) == *word);
                let is_judging = entry.role.judges();
                let known = |hit: &Hit| {
                    hit.role == entry.role || matches!((hit.role, entry.role), (Role::Valence(_), Role::Valence(_)))
                };
                if !stands || (is_judging && start < taken_to) || hits[first_hit..].iter().any(known) {
                    continue;
                }
                if is_judging && len > 1 {
                    taken_to = start + len;
                }
                hits.push(Hit { role: entry.role, start, len });
            }
        }
        hits
    }

    /// Also as "so" and "good" where "sooo" and "gooood" are written, and without an article that leans on the word ("l'eau").
    fn entries_at(&self, text: &Text<'_>, index: usize) -> &[Entry] {
        let word = text.word(index);
        if let Some(entries) = self.entries.get(word) {
            return entries;
        }
        if text.is_stretched(index) {
            let mut single = word.to_owned();
            let mut last = char::MAX;
            single.retain(|c| std::mem::replace(&mut last, c) != c);
            if let Some(entries) = self.entries.get(single.as_str()) {
                return entries;
            }
        }
        let leaned = word.split_once('\'').and_then(|(_, rest)| self.entries.get(rest));
        leaned.map_or(&[], Vec::as_slice)
    }

    /// Single words that tell the language: with `true`, the frequent ones.
    pub fn telling_words(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.entries.iter().filter_map(|(word, entries)| {
            let is_stop = entries.iter().any(|entry| entry.rest.is_empty() && entry.role == Role::Stop);
            let is_own = |entry: &Entry| entry.rest.is_empty() && entry.role != Role::Promotion;
            (is_stop || entries.iter().any(is_own)).then_some((*word, is_stop))
        })
    }

    pub fn all_words(&self) -> impl Iterator<Item = &'static str> {
        let of_entries = |(word, entries): (&&'static str, &Vec<Entry>)| {
            let rest = entries.iter().flat_map(|entry| entry.rest.iter().copied());
            std::iter::once(*word).chain(rest).collect::<Vec<_>>()
        };
        // Each once: a word with many companions in the lists is no more frequent for that.
        self.entries.iter().flat_map(of_entries).collect::<std::collections::BTreeSet<_>>().into_iter()
    }
}

impl Role {
    /// Counts for sentiment, where words inside a longer phrase mean nothing by themselves.
    fn judges(self) -> bool {
        matches!(self, Role::Negator | Role::Intensifier | Role::Dampener | Role::Contrast | Role::Valence(_))
    }
}

/// The phrases of an entry like "do|does i|you": each of the first words with each of the second.
fn alternatives(entry: &'static str) -> Vec<Vec<&'static str>> {
    let mut phrases = vec![Vec::new()];
    for words in entry.split_whitespace() {
        let longer = |phrase: &Vec<&'static str>| {
            let phrase = phrase.clone();
            words.split('|').map(move |word| phrase.iter().copied().chain([word]).collect()).collect::<Vec<_>>()
        };
        phrases = phrases.iter().flat_map(longer).collect();
    }
    phrases
}

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "stop" => Role::Stop,
        "negators" => Role::Negator,
        "intensifiers" => Role::Intensifier,
        "dampeners" => Role::Dampener,
        "contrast" => Role::Contrast,
        "promotion" => Role::Promotion,
        "asking" => Role::Asking,
        "rhetorical" => Role::Rhetorical,
        "lead-ins" => Role::LeadIn,
        "thanks" => Role::Thanks,
        name => match name.parse::<Intent>() {
            Ok(intent) => Role::Intent(intent),
            Err(_) => Role::Valence(name.parse().ok()?),
        },
    })
}
