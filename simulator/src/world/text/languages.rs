//! The languages: for each, templates by intent and the words of their slots.

use std::sync::LazyLock;

use super::Intent;
use crate::words::{self, Lines, Table};
use crate::world::Language;

pub struct LanguageWords {
    pub language: Language,
    praise: Lines,
    question: Lines,
    purchase: Lines,
    suggestion: Lines,
    story: Lines,
    remark: Lines,
    complaint: Lines,
    incident: Lines,
    safety: Lines,
    /// What viewers reply to a question, to trouble, and to all else; and what those say who come back to their own thread.
    answers: [Lines; 4],
    /// What the owner replies to a question, to a complaint, to the incident, and to all else.
    owner: [Lines; 4],
    /// For channels in this language. English channels have their niche's own.
    pub titles: Lines,
    pub incident_titles: Lines,
    pub descriptions: Lines,
    pub sign_offs: Lines,
    /// The first chapter's name.
    pub intro: &'static str,
    pub channel: &'static str,
    pub slots: &'static [Table],
}

pub fn of(language: Language) -> &'static LanguageWords {
    static ALL: LazyLock<Vec<LanguageWords>> =
        LazyLock::new(|| Language::ALL.iter().map(|language| LanguageWords::read(*language)).collect());
    &ALL[language as usize]
}

impl LanguageWords {
    fn read(language: Language) -> Self {
        let words = words::of_language(language);
        let lines = |section: &str| words.lines(section);
        Self {
            language,
            praise: lines("praise"),
            question: lines("question"),
            purchase: lines("purchase"),
            suggestion: lines("suggestion"),
            story: lines("story"),
            remark: lines("remark"),
            complaint: lines("complaint"),
            incident: lines("incident"),
            safety: lines("safety"),
            answers: [
                lines("reply to a question"),
                lines("reply to trouble"),
                lines("reply to anything"),
                lines("reply of who asked"),
            ],
            owner: [
                lines("owner to a question"),
                lines("owner to a complaint"),
                lines("owner to the incident"),
                lines("owner to anything"),
            ],
            titles: lines("titles"),
            incident_titles: lines("titles of the incident"),
            descriptions: lines("descriptions"),
            sign_offs: lines("sign-offs"),
            intro: words.line("intro"),
            channel: words.line("channel"),
            slots: words.table("slots"),
        }
    }

    pub fn lines(&self, intent: Intent) -> Lines {
        match intent {
            Intent::Praise => self.praise,
            Intent::Question => self.question,
            Intent::Purchase => self.purchase,
            Intent::Suggestion => self.suggestion,
            Intent::Story => self.story,
            Intent::Complaint => self.complaint,
            Intent::Incident => self.incident,
            Intent::Safety => self.safety,
            Intent::Remark | Intent::Emoji | Intent::Spam | Intent::Answer | Intent::OwnerReply => self.remark,
        }
    }

    pub fn answers(&self, to: Intent) -> Lines {
        match to {
            Intent::Question | Intent::Purchase => self.answers[0],
            Intent::Complaint | Intent::Incident | Intent::Safety => self.answers[1],
            _ => self.answers[2],
        }
    }

    pub fn asker_returns(&self) -> Lines {
        self.answers[3]
    }

    pub fn owner(&self, to: Intent) -> Lines {
        match to {
            Intent::Question | Intent::Purchase => self.owner[0],
            Intent::Complaint | Intent::Safety => self.owner[1],
            Intent::Incident => self.owner[2],
            _ => self.owner[3],
        }
    }
}
