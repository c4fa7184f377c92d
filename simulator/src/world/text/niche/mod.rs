//! The niches: topics, gear, and each language's words for their parts, pleasures and troubles.

mod beauty;
mod comedy;
mod cooking;
mod education;
mod fitness;
mod gaming;
mod lifestyle;
mod music;
mod tech;
mod travel;

use super::Intent;
use super::grammar::Table;
use crate::world::{Language, Niche};

type Lines = &'static [&'static str];

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
    const fn new(name: &'static str, about: &'static str) -> Topic {
        Topic { name, elsewhere: "", about }
    }

    const fn local(self, elsewhere: &'static str) -> Topic {
        Topic { elsewhere, ..self }
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
    pub topics: &'static [Topic],
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
    match niche {
        Niche::TechReviews => &tech::WORDS,
        Niche::Gaming => &gaming::WORDS,
        Niche::Beauty => &beauty::WORDS,
        Niche::Fitness => &fitness::WORDS,
        Niche::Cooking => &cooking::WORDS,
        Niche::Travel => &travel::WORDS,
        Niche::Education => &education::WORDS,
        Niche::Comedy => &comedy::WORDS,
        Niche::Music => &music::WORDS,
        Niche::Lifestyle => &lifestyle::WORDS,
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
