//! What is written on Bluesky: short posts of an account, and what readers answer.

use std::sync::LazyLock;

use super::grammar::{self, Slots};
use super::{Intent, Subject, choose, kettle, languages, niche, noise, spam};
use crate::words::{self, Words};
use crate::world::dice::Dice;
use crate::world::{Language, Personality, Profile, Story};

/// The longest text of a post, in letters.
const LONGEST: usize = 290;

/// What a question is about, so that an answer can be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Recipe,
    Which,
    Beginner,
    When,
    Where,
    Price,
    Trouble,
}

impl Topic {
    const ALL: [Topic; 7] =
        [Topic::Recipe, Topic::Which, Topic::Beginner, Topic::When, Topic::Where, Topic::Price, Topic::Trouble];

    pub fn draw(intent: Intent, dice: &mut Dice) -> Topic {
        match intent {
            Intent::Purchase => [Topic::Where, Topic::Price, Topic::Which][dice.below(3)],
            _ => Self::ALL[dice.below(Self::ALL.len())],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Topic::Recipe => "recipe",
            Topic::Which => "which",
            Topic::Beginner => "beginner",
            Topic::When => "when",
            Topic::Where => "where",
            Topic::Price => "price",
            Topic::Trouble => "trouble",
        }
    }
}

/// What a text is to be.
#[derive(Debug, Clone, Copy)]
pub enum Section {
    OwnPost,
    Reader(Intent, Option<Topic>),
    Mention,
    Quote,
    /// The account answers one of those.
    OwnerTo(Intent, Option<Topic>),
    /// Another reader answers one of those.
    ReaderTo(Intent),
    /// Whoever began the thread comes back.
    AskerReturns,
}

impl Section {
    fn name(self, story: Story) -> String {
        let name = match self {
            Section::OwnPost => match story {
                Story::Shop => "posts of a shop",
                Story::Brand | Story::Agency => "posts of a brand",
                Story::Creator | Story::Restaurant => "posts",
            },
            Section::Reader(_, Some(topic)) => return format!("question {}", topic.name()),
            Section::Reader(intent, None) => match intent {
                Intent::Praise => "praise",
                Intent::Suggestion => "suggestion",
                Intent::Story => "story",
                Intent::Complaint | Intent::Incident | Intent::Safety => "complaint",
                _ => "remark",
            },
            Section::Mention => "mention",
            Section::Quote => "quote",
            Section::OwnerTo(_, Some(topic)) => return format!("owner {}", topic.name()),
            Section::OwnerTo(Intent::Complaint | Intent::Incident | Intent::Safety, None) => "owner to a complaint",
            Section::OwnerTo(..) => "owner to anything",
            Section::ReaderTo(Intent::Question | Intent::Purchase) => "reply to a question",
            Section::ReaderTo(Intent::Complaint | Intent::Incident | Intent::Safety) => "reply to trouble",
            Section::ReaderTo(_) => "reply to anything",
            Section::AskerReturns => "reply of who asked",
        };
        name.to_owned()
    }
}

/// Where a post is written.
pub struct Scene<'a> {
    pub profile: &'a Profile,
    pub subject: &'a Subject,
    /// The account's name and handle.
    pub host: &'a str,
    pub handle: &'a str,
    pub language: Language,
    /// The first name of whom it answers, or nothing.
    pub name: &'a str,
    /// What it answers.
    pub heard: &'a str,
    pub by_owner: bool,
}

impl Scene<'_> {
    /// `bag` says which template; the dice say all the rest.
    pub fn write(&self, section: Section, bag: u64, dice: &mut Dice) -> String {
        let own = niche::words(self.profile.niche);
        let text = match section {
            Section::Reader(Intent::Emoji, _) => return noise::emoji(own.emoji, dice),
            Section::Reader(Intent::Incident, _) => return kettle::complaint(self.spoken(), bag, dice),
            Section::OwnerTo(Intent::Incident, _) => {
                let own = self.profile.language;
                return kettle::answer_to_complaint(own, self.heard, self.language, self.name, dice);
            }
            Section::Reader(Intent::Spam, _) => spam::write(bag, self.slots(Language::En), dice),
            _ => self.grow(section, bag, dice),
        };
        let text = match section {
            Section::Reader(Intent::Spam, _) => text,
            _ if self.by_owner => self.finished(section, &text, dice),
            _ => noise::add_typos(text, Intent::Answer, self.spoken(), own.emoji, dice),
        };
        shortened(self.named(&text))
    }

    fn grow(&self, section: Section, bag: u64, dice: &mut Dice) -> String {
        let lines = match section {
            Section::ReaderTo(Intent::Incident) => kettle::replies(self.spoken(), false),
            _ => of(self.spoken()).lines(&section.name(self.profile.story)),
        };
        grammar::grow(&choose(&[lines], bag).replace("{at}", PLACEHOLDER), &self.slots(self.spoken()), dice)
    }

    /// Typing errors spare a handle: a name that is not hit names nobody.
    fn named(&self, text: &str) -> String {
        text.replace(PLACEHOLDER, &format!("@{}", self.handle))
    }

    fn finished(&self, section: Section, text: &str, dice: &mut Dice) -> String {
        let text = grammar::finish(text, self.spoken());
        let signs = match (section, self.profile.personality) {
            (Section::OwnerTo(Intent::Complaint | Intent::Incident | Intent::Safety, _), _) => 0.0,
            (_, Personality::Friendly) => 0.3,
            (_, Personality::Witty) => 0.2,
            (_, Personality::Professional | Personality::Brief) => 0.0,
        };
        if dice.chance(signs) {
            return format!("{text} {}", dice.word(niche::words(self.profile.niche).emoji));
        }
        text
    }

    /// The account answers in the asker's language where that is its own or English, else in its own.
    fn spoken(&self) -> Language {
        if self.by_owner && self.language != Language::En { self.profile.language } else { self.language }
    }

    fn slots(&self, language: Language) -> Slots<'_> {
        Slots {
            subject: self.subject,
            minute: String::new(),
            name: self.name,
            host: self.host,
            language,
            tables: super::tables(self.profile, languages::of(language)),
        }
    }
}

/// Stands for the account's handle while a text is tidied. No letter, so that nothing is made of it.
const PLACEHOLDER: &str = "\u{fffc}";

fn of(language: Language) -> &'static Words {
    static ALL: LazyLock<Vec<Words>> =
        LazyLock::new(|| Language::ALL.iter().map(|language| words::of_bluesky(*language)).collect());
    &ALL[language as usize]
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => {
            let kept = &text[..end];
            kept.rsplit_once(' ').map_or(kept, |(kept, _)| kept).to_owned() + "…"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_answers_of_its_own_in_every_language() {
        for language in Language::ALL {
            for topic in Topic::ALL {
                let asked = Section::Reader(Intent::Question, Some(topic)).name(Story::Shop);
                let answered = Section::OwnerTo(Intent::Question, Some(topic)).name(Story::Shop);
                assert_eq!(asked.strip_prefix("question "), answered.strip_prefix("owner "));
                assert!(of(*language).lines(&asked).len() >= 5, "{language} {asked}");
                assert!(of(*language).lines(&answered).len() >= 4, "{language} {answered}");
            }
        }
    }
}
