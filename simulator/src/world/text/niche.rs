//! The niches: topics, gear, and each language's words for their parts, pleasures and troubles.

use std::sync::LazyLock;

use super::Intent;
use crate::words::{self, Lines, Table, Words};
use crate::world::{Language, Niche};

/// What a video can be about.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    name: &'static str,
    /// German, Spanish, French, Portuguese, Italian; empty where the name is written alike everywhere.
    elsewhere: &'static str,
    /// Details, for English comments.
    pub about: &'static str,
}

impl Topic {
    /// `name: details`, or `name (its names elsewhere): details`.
    fn read(line: &'static str) -> Topic {
        let (named, about) = line.split_once(": ").unwrap_or((line, ""));
        let (name, elsewhere) = named.strip_suffix(')').and_then(|named| named.split_once(" (")).unwrap_or((named, ""));
        Topic { name, elsewhere, about }
    }

    pub fn name(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.name,
            _ if self.elsewhere.is_empty() => self.name,
            other => self.elsewhere.split('|').nth(other as usize - 1).unwrap_or(self.name),
        }
    }
}

pub struct NicheWords {
    pub topics: Vec<Topic>,
    /// Names that every language uses.
    pub gear: &'static str,
    pub emoji: &'static str,
    pub tags: &'static str,
    /// The channel's own description.
    pub channel: &'static str,
    /// English titles.
    pub titles: Lines,
    /// English comments that only make sense here.
    pub praise: Lines,
    pub question: Lines,
    pub story: Lines,
    pub complaint: Lines,
    /// `part`, `act`, `woe`, `win`, `pro`, `merch`, in the order of [`Language::ALL`].
    pub words: [&'static [Table]; 6],
}

pub fn words(niche: Niche) -> &'static NicheWords {
    static ALL: LazyLock<Vec<NicheWords>> =
        LazyLock::new(|| Niche::ALL.iter().map(|niche| NicheWords::read(&words::of_niche(*niche))).collect());
    &ALL[niche as usize]
}

impl NicheWords {
    fn read(words: &Words) -> Self {
        Self {
            topics: words.lines("topics").iter().map(|line| Topic::read(line)).collect(),
            gear: words.line("gear"),
            emoji: words.line("emoji"),
            tags: words.line("tags"),
            channel: words.line("channel"),
            titles: words.lines("titles"),
            praise: words.lines("praise"),
            question: words.lines("question"),
            story: words.lines("story"),
            complaint: words.lines("complaint"),
            words: ["en", "de", "es", "fr", "pt", "it"].map(|language| words.table(language)),
        }
    }

    pub fn lines(&self, intent: Intent) -> Lines {
        match intent {
            Intent::Praise => self.praise,
            Intent::Question => self.question,
            Intent::Story => self.story,
            Intent::Complaint => self.complaint,
            _ => &[],
        }
    }

    pub fn slots(&self, language: Language) -> &'static [Table] {
        self.words[language as usize]
    }
}
