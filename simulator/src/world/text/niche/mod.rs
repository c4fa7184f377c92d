//! The niches: topics, gear, and each language's words for their parts, pleasures and troubles.

mod cooking;

use super::Intent;
use super::grammar::Table;
use crate::world::{Language, Niche};

type Lines = &'static [&'static str];

/// What a video can be about. The name is written alike in every language; the details that it is `about`, parted by `|`, are for English.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    pub name: &'static str,
    pub about: &'static str,
}

pub struct NicheWords {
    pub topics: &'static [Topic],
    /// Names that every language uses.
    pub gear: Lines,
    pub emoji: Lines,
    pub tags: Lines,
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
    match niche {
        _ => &cooking::WORDS,
    }
}

impl NicheWords {
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
