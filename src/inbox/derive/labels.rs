//! The rules against texts that people judged by hand: precision and recall by class and language.
//!
//! Rules are tuned on one file; the other is kept back, and of it nobody looks at more than the totals.

use std::collections::BTreeMap;
use std::fmt;

use super::{Facts, Given, Intent, Language, Sentiment, facts};

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Tuned,
    Held,
}

/// A text with what a person makes of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// None for a language that has no list.
    pub language: Option<Language>,
    pub rating: Option<i64>,
    /// None, like `intents` and `sentiment`, where only the language is judged.
    pub needs_reply: Option<bool>,
    pub intents: Vec<Intent>,
    pub sentiment: Option<Sentiment>,
    pub text: &'static str,
}

/// How a class fares, counted by text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub right: usize,
    pub false_alarms: usize,
    pub missed: usize,
}

/// What the rules make of a whole set.
#[derive(Clone, Debug, Default)]
pub struct Score {
    pub texts: usize,
    pub needs_reply: BTreeMap<Language, Count>,
    pub intents: BTreeMap<Intent, Count>,
    pub sentiments: BTreeMap<Sentiment, Count>,
    pub sentiments_judged: usize,
    pub sentiments_unknown: usize,
    /// Of texts in each language: told or not; under none, what wrongly got a language.
    pub languages: BTreeMap<Option<Language>, Count>,
}

impl Label {
    pub fn all(set: Set) -> Vec<Label> {
        let file = match set {
            Set::Tuned => include_str!("labels/tuned.tsv"),
            Set::Held => include_str!("labels/held.tsv"),
        };
        file.lines().filter(|line| !line.starts_with('#')).map(Label::read).collect()
    }

    fn read(line: &'static str) -> Label {
        let columns = line.split('\t').collect::<Vec<_>>();
        let [language, rating, needs_reply, intents, sentiment, text] = columns[..] else {
            panic!("six columns, not {}: {line}", columns.len())
        };
        let known = |name: &str| name.parse().unwrap_or_else(|_| panic!("unknown intent in: {line}"));
        Label {
            language: language.parse().ok(),
            rating: rating.parse().ok(),
            needs_reply: (needs_reply != "?").then_some(needs_reply == "y"),
            intents: intents.split(',').filter(|name| !matches!(*name, "-" | "?")).map(known).collect(),
            sentiment: sentiment.parse().ok(),
            text,
        }
    }

    /// As ingest gives it to the rules, on an account of the text's language.
    pub fn facts(&self) -> Facts {
        let listed = self.language.filter(|language| super::lexicon::of(*language).is_some());
        facts(Given {
            text: Some(self.text),
            rating: self.rating,
            account_language: listed.or(Some(Language::English)),
            answers_another: super::answers_another(self.text, &["@thelab"]),
            ..Given::default()
        })
    }
}

impl Score {
    pub fn of(set: Set) -> Score {
        let mut score = Score::default();
        for label in Label::all(set) {
            score.count(&label, &label.facts());
        }
        score
    }

    fn count(&mut self, label: &Label, facts: &Facts) {
        self.texts += 1;
        if label.language == facts.language {
            self.languages.entry(label.language).or_default().right += 1;
        } else {
            self.languages.entry(label.language).or_default().missed += 1;
            self.languages.entry(facts.language).or_default().false_alarms += 1;
        }
        let (Some(needs_reply), Some(language)) = (label.needs_reply, label.language) else { return };
        self.needs_reply.entry(language).or_default().count(needs_reply, facts.want_reply(label.rating));
        for intent in Intent::ALL {
            let (wanted, found) = (label.intents.contains(intent), facts.intents.contains(intent));
            self.intents.entry(*intent).or_default().count(wanted, found);
        }
        let Some(meant) = label.sentiment else { return };
        self.sentiments_judged += 1;
        if facts.sentiment == Sentiment::Unknown {
            self.sentiments_unknown += 1;
            return;
        }
        for sentiment in Sentiment::ALL.iter().filter(|sentiment| **sentiment != Sentiment::Unknown) {
            self.sentiments.entry(*sentiment).or_default().count(meant == *sentiment, facts.sentiment == *sentiment);
        }
    }

    /// The mean F1 of the sentiments, of those texts that were not left unknown.
    pub fn macro_f1(&self) -> f64 {
        self.sentiments.values().map(Count::f1).sum::<f64>() / self.sentiments.len().max(1) as f64
    }

    pub fn unknown_share(&self) -> f64 {
        share(self.sentiments_unknown, self.sentiments_judged)
    }

    /// Needs reply in every language but English, together.
    pub fn needs_reply_elsewhere(&self) -> Count {
        let others = self.needs_reply.iter().filter(|(language, _)| **language != Language::English);
        others.fold(Count::default(), |sum, (_, count)| sum.and(count))
    }
}

impl Count {
    fn count(&mut self, wanted: bool, found: bool) {
        match (wanted, found) {
            (true, true) => self.right += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.false_alarms += 1,
            (false, false) => {}
        }
    }

    fn and(self, other: &Count) -> Count {
        Count {
            right: self.right + other.right,
            false_alarms: self.false_alarms + other.false_alarms,
            missed: self.missed + other.missed,
        }
    }

    /// Of what was found, how much was right.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.false_alarms)
    }

    /// Of what was to be found, how much was.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.false_alarms + self.missed)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} texts", self.texts)?;
        for (language, count) in &self.needs_reply {
            writeln!(f, "needs reply  {language:<10} {count}")?;
        }
        writeln!(f, "needs reply  not en     {}", self.needs_reply_elsewhere())?;
        for (intent, count) in &self.intents {
            writeln!(f, "intent       {intent:<10} {count}")?;
        }
        for (sentiment, count) in &self.sentiments {
            writeln!(f, "sentiment    {sentiment:<10} {count}")?;
        }
        let (f1, unknown) = (self.macro_f1(), self.unknown_share());
        writeln!(f, "sentiment    macro-F1 {f1:.3}, unknown {:.1} % of {}", unknown * 100.0, self.sentiments_judged)?;
        for (language, count) in &self.languages {
            writeln!(f, "language     {:<10} {count}", language.map_or("another", Language::as_str))?;
        }
        Ok(())
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count { right, false_alarms, missed } = self;
        let (precision, recall) = (self.precision(), self.recall());
        write!(
            f,
            "precision {precision:.3}  recall {recall:.3}  ({right} right, {false_alarms} false, {missed} missed)"
        )
    }
}

/// Nothing to find, and nothing found, is no fault.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// What the rules judge otherwise than people, one a line; of the file that is tuned on alone.
pub fn mistakes() -> impl Iterator<Item = String> {
    Label::all(Set::Tuned).into_iter().filter_map(|label| {
        let facts = label.facts();
        let mut wrong = Vec::new();
        if label.language != facts.language {
            wrong.push(format!("language {}", facts.language.map_or("another", Language::as_str)));
        }
        if label.needs_reply.is_some_and(|needs| needs != facts.want_reply(label.rating)) {
            wrong.push(format!("needs_reply {}", facts.want_reply(label.rating)));
        }
        let is_known = facts.sentiment != Sentiment::Unknown;
        if label.needs_reply.is_some() {
            let odd = |intent: &&Intent| label.intents.contains(intent) != facts.intents.contains(intent);
            wrong.extend(
                Intent::ALL
                    .iter()
                    .filter(odd)
                    .map(|intent| format!("{}{intent}", if facts.intents.contains(intent) { '+' } else { '-' })),
            );
        }
        if label.sentiment.is_some_and(|meant| is_known && meant != facts.sentiment) {
            wrong.push(format!("sentiment {}", facts.sentiment));
        }
        let language = label.language.map_or("??", Language::as_str);
        (!wrong.is_empty()).then(|| format!("{language} [{}] {}", wrong.join(", "), label.text))
    })
}
