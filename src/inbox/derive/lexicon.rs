//! The word lists, one file a language, and the search for their words and phrases in a text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::spelling::{Follows, Spelt, plain};
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
    /// "Zero": there is none of what the next word says.
    Nought,
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
    /// Asks where nothing in the text is called good or bad ("hai messo il sale", "tu as trouvé ça où").
    PerhapsAsking,
    /// Has a question's form and asks nobody ("who else is watching").
    Rhetorical,
    /// Stands before a question without being part of it ("so", "and").
    LeadIn,
    /// Harmless by itself, and with a [`Role::Fault`] of its kind near it not.
    Thing(Kind),
    Fault(Kind),
    /// What nobody misses ("noise", "pain"): its end is good news.
    Trouble,
    Gone,
    /// Where somebody thanks, what went wrong before is told, not complained of.
    Thanks,
}

/// What goes wrong in two words that may stand apart: "the *plug* left a *brown mark*", "*two hours* for a *sandwich*".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Heat,
    Food,
    Harm,
    Theft,
    Wait,
    Part,
    Bill,
    Help,
}

impl Kind {
    pub const ALL: [Kind; 8] =
        [Kind::Heat, Kind::Food, Kind::Harm, Kind::Theft, Kind::Wait, Kind::Part, Kind::Bill, Kind::Help];

    pub fn intent(self) -> Intent {
        match self {
            Kind::Heat | Kind::Food | Kind::Harm | Kind::Theft => Intent::Safety,
            Kind::Wait | Kind::Part | Kind::Bill | Kind::Help => Intent::Complaint,
        }
    }

    fn read(name: &str) -> Option<Kind> {
        const NAMES: [&str; 8] = ["heat", "food", "harm", "theft", "wait", "part", "bill", "help"];
        NAMES.iter().position(|known| *known == name).map(|index| Kind::ALL[index])
    }
}

/// Where an entry stands in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub role: Role,
    pub start: usize,
    pub len: usize,
}

pub(super) struct Lexicon {
    /// By first word, as it is spelt and as people in a hurry spell it; longer entries first.
    entries: HashMap<Cow<'static, str>, Vec<Entry>>,
    /// By the stem that their first word begins with ("burn*").
    stems: HashMap<&'static str, Vec<Entry>>,
    pub sample: Vec<&'static str>,
}

#[derive(Clone)]
struct Entry {
    rest: Vec<&'static str>,
    /// The rest as it is compared.
    follows: Vec<Follows>,
    role: Role,
    /// Stands under a hurried spelling, which tells no language.
    is_hurried: bool,
}

/// No shorter stem is asked for.
const SHORTEST_STEM: usize = 3;

impl Lexicon {
    fn parse(file: &'static str) -> Self {
        let mut lexicon = Lexicon { entries: HashMap::new(), stems: HashMap::new(), sample: Vec::new() };
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
        lexicon.add_hurried();
        for entries in lexicon.entries.values_mut().chain(lexicon.stems.values_mut()) {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
        }
        lexicon
    }

    fn add(&mut self, role: Role, words: Vec<&'static str>) {
        let mut words = words.into_iter();
        if let Some(first) = words.next() {
            let rest = words.collect::<Vec<_>>();
            let entries = match first.strip_suffix('*') {
                Some(stem) => self.stems.entry(stem).or_default(),
                None => self.entries.entry(Cow::Borrowed(first)).or_default(),
            };
            // Of two valences of one phrase the later stands.
            let is_replaced = |known: &Entry| {
                known.rest == rest
                    && (known.role == role || matches!((known.role, role), (Role::Valence(_), Role::Valence(_))))
            };
            entries.retain(|known| !is_replaced(known));
            let follows = rest.iter().copied().map(Follows::read).collect();
            entries.push(Entry { rest, follows, role, is_hurried: false });
        }
    }

    /// "cancion" is found as "canción" is, and "dont" as "don't"; where the plain spelling is another word ("ou", "were"), in
    /// phrases only.
    fn add_hurried(&mut self) {
        let spelt = self.entries.iter().filter_map(|(word, entries)| {
            let plain = plain(word)?;
            let is_another = self.entries.contains_key(plain.as_str());
            let is_clear = |entry: &&Entry| !is_another || !entry.rest.is_empty();
            Some((plain, word.clone(), entries.iter().filter(is_clear).cloned().collect::<Vec<_>>()))
        });
        let mut spelt = spelt.collect::<Vec<_>>();
        // A map has another order at every start, and the same text is to be judged the same.
        spelt.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        for (plain, _, entries) in spelt {
            let known = self.entries.entry(Cow::Owned(plain)).or_default();
            known.extend(entries.into_iter().map(|entry| Entry { is_hurried: true, ..entry }));
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
        let words = text.words().map(Spelt::read).collect::<Vec<_>>();
        // Words inside a phrase that judges ("can't wait", "without a doubt") mean nothing by themselves.
        let mut taken_to = 0;
        for start in 0..words.len() {
            let first_hit = hits.len();
            for entry in self.entries_at(text, &words[start], start) {
                let len = 1 + entry.follows.len();
                let Some(next) = words.get(start + 1..start + len) else { continue };
                let stands = entry.follows.iter().zip(next).all(|(follows, word)| follows.is(word));
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

    /// What may begin at a word: what is listed of it as it is spelt, and by its stem.
    fn entries_at<'a>(
        &'a self,
        text: &'a Text<'_>,
        spelt: &'a Spelt<'_>,
        index: usize,
    ) -> impl Iterator<Item = &'a Entry> {
        let word = spelt.word;
        let ends = word.char_indices().map(|(end, _)| end).chain([word.len()]).skip_while(|end| *end < SHORTEST_STEM);
        let by_stem = ends.filter_map(|end| self.stems.get(&word[..end])).flatten();
        let numbers = if spelt.is_number { self.entries.get("#") } else { None };
        self.spelt_as(text, spelt, index).iter().chain(by_stem).chain(numbers.into_iter().flatten())
    }

    /// Also as "so" and "good" where "sooo" and "gooood" are written, and without an article that leans on the word ("l'eau").
    fn spelt_as(&self, text: &Text<'_>, spelt: &Spelt<'_>, index: usize) -> &[Entry] {
        let word = spelt.word;
        if let Some(entries) = self.entries.get(word).or_else(|| self.entries.get(&*spelt.plain)) {
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
            let Cow::Borrowed(word) = word else { return None };
            let entries = || entries.iter().filter(|entry| !entry.is_hurried);
            let is_stop = entries().any(|entry| entry.rest.is_empty() && entry.role == Role::Stop);
            let is_own = |entry: &Entry| entry.rest.is_empty() && entry.role.tells_a_language();
            (is_stop || entries().any(is_own)).then_some((*word, is_stop))
        })
    }

    pub fn all_words(&self) -> impl Iterator<Item = &'static str> {
        let of_entries = |(word, entries): (&'static str, &Vec<Entry>)| {
            let rest = entries.iter().flat_map(|entry| entry.rest.iter().copied());
            std::iter::once(word).chain(rest).map(|word| word.trim_end_matches('*')).collect::<Vec<_>>()
        };
        let spelt = self.entries.iter().filter_map(|(word, entries)| match word {
            Cow::Borrowed(word) => Some((*word, entries)),
            Cow::Owned(_) => None,
        });
        // Each once: a word with many companions in the lists is no more frequent for that.
        spelt
            .chain(self.stems.iter().map(|(stem, entries)| (*stem, entries)))
            .flat_map(of_entries)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
    }
}

impl Role {
    /// Things and what goes wrong with them are called alike in many a language; promotion is English everywhere.
    fn tells_a_language(self) -> bool {
        !matches!(self, Role::Promotion | Role::Thing(_) | Role::Fault(_) | Role::Trouble | Role::Gone)
    }

    /// Counts for sentiment, where words inside a longer phrase mean nothing by themselves.
    fn judges(self) -> bool {
        matches!(
            self,
            Role::Negator | Role::Nought | Role::Intensifier | Role::Dampener | Role::Contrast | Role::Valence(_)
        )
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
        "noughts" => Role::Nought,
        "troubles" => Role::Trouble,
        "gone" => Role::Gone,
        "intensifiers" => Role::Intensifier,
        "dampeners" => Role::Dampener,
        "contrast" => Role::Contrast,
        "promotion" => Role::Promotion,
        "asking" => Role::Asking,
        "perhaps-asking" => Role::PerhapsAsking,
        "rhetorical" => Role::Rhetorical,
        "lead-ins" => Role::LeadIn,
        "thanks" => Role::Thanks,
        name if let Some((kind, of)) = name.split_once(' ') => match of {
            "things" => Role::Thing(Kind::read(kind)?),
            "faults" => Role::Fault(Kind::read(kind)?),
            _ => return None,
        },
        name => match name.parse::<Intent>() {
            Ok(intent) => Role::Intent(intent),
            Err(_) => Role::Valence(name.parse().ok()?),
        },
    })
}
