//! What is written in the world: titles, descriptions, comments, answers. Templates by language and niche, grown by [`grammar`]; what people then do to them is [`noise`].

pub mod grammar;
pub mod kettle;
mod languages;
mod niche;
pub mod noise;
pub mod posts;
mod spam;
#[cfg(test)]
mod tests;

use super::dice::{Dice, Streams};
use super::people::Author;
use super::{Language, Niche, Personality, Profile, Story};
use grammar::Slots;
use languages::LanguageWords;
use niche::{NicheWords, Topic};

use crate::words::Table;

/// What a text is for, as its maker meant it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    Praise,
    Question,
    /// A question from somebody who wants to buy.
    Purchase,
    Suggestion,
    Story,
    Remark,
    Complaint,
    /// A complaint about the one incident in the channel's story.
    Incident,
    /// Somebody was or could be hurt, or names a legal matter.
    Safety,
    Emoji,
    Spam,
    /// A viewer's reply.
    Answer,
    OwnerReply,
}

/// What a video is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    topic: &'static Topic,
    gear: &'static str,
    gear2: &'static str,
}

impl Subject {
    /// Walks through the niche's topics, so that one comes back only after all others.
    pub fn of_video(profile: &Profile, index: usize, chance: &Streams) -> Subject {
        let niche = niche::words(profile.niche);
        let offset = chance.dice("topics", &[]).below(1 << 16);
        let mut dice = chance.dice("subject", &[index as u64]);
        let gear: Vec<&str> = niche.gear.split('|').collect();
        let first = dice.below(gear.len());
        let second = (first + 1 + dice.below(gear.len() - 1)) % gear.len();
        Subject {
            topic: &niche.topics[walk(offset, index, niche.topics.len())],
            gear: gear[first],
            gear2: gear[second],
        }
    }
}

/// The place of step `index` on a walk that visits all `count` places before it comes back to one.
fn walk(offset: usize, index: usize, count: usize) -> usize {
    let stride = [29, 31, 37, 41].into_iter().find(|stride| !count.is_multiple_of(*stride)).unwrap_or(1);
    offset.wrapping_add(index.wrapping_mul(stride)) % count
}

/// Where a comment is written.
pub struct Scene<'a> {
    pub profile: &'a Profile,
    pub subject: &'a Subject,
    pub duration_seconds: u32,
    pub language: Language,
    pub parent: Option<Parent<'a>>,
}

/// What a reply answers.
pub struct Parent<'a> {
    pub intent: Intent,
    pub text: &'a str,
    pub author: &'a Author,
    /// Somebody comes back to their own thread.
    pub same_author: bool,
}

impl Scene<'_> {
    /// `bag` says which template; the dice say all the rest.
    pub fn write(&self, intent: Intent, bag: u64, dice: &mut Dice) -> String {
        match intent {
            Intent::Emoji => noise::emoji(self.niche().emoji, dice),
            Intent::Spam => spam::write(bag, self.slots(languages::of(Language::En), dice), dice),
            Intent::OwnerReply => self.owner_reply(bag, dice),
            Intent::Answer => self.answer(bag, dice),
            _ => self.comment(intent, bag, dice),
        }
    }

    fn comment(&self, intent: Intent, bag: u64, dice: &mut Dice) -> String {
        if intent == Intent::Incident && self.profile.story == Story::Brand {
            return kettle::complaint(self.language, bag, dice);
        }
        let words = languages::of(self.language);
        let local = if self.language == Language::En { self.niche().lines(intent) } else { &[] };
        // The niche's own lines are fewer, and worth more.
        let template = choose(&[words.lines(intent), local, local, local], bag);
        let text = self.grow(template, words, dice);
        noise::add_typos(text, intent, self.language, self.niche().emoji, dice)
    }

    fn answer(&self, bag: u64, dice: &mut Dice) -> String {
        let words = languages::of(self.language);
        let lines = match &self.parent {
            Some(parent) if self.is_about_the_kettle(parent) => kettle::replies(self.language, parent.same_author),
            Some(parent) if parent.same_author => words.asker_returns(),
            Some(parent) => words.answers(parent.intent),
            None => words.answers(Intent::Remark),
        };
        let text = self.grow(choose(&[lines], bag), words, dice);
        let text = noise::add_typos(text, Intent::Answer, self.language, self.niche().emoji, dice);
        match &self.parent {
            Some(parent) if !parent.same_author && dice.chance(0.25) => format!("{} {text}", parent.author.handle),
            _ => text,
        }
    }

    /// The owner answers in the asker's language where that is the channel's own or English, else in the channel's own.
    fn owner_reply(&self, bag: u64, dice: &mut Dice) -> String {
        let own = self.profile.language;
        if let Some(parent) = self.parent.as_ref().filter(|parent| self.is_about_the_kettle(parent)) {
            let name = &parent.author.display_name;
            return kettle::answer_to_complaint(own, parent.text, self.language, name, dice);
        }
        let words = languages::of(if self.language == Language::En { Language::En } else { own });
        let parent = self.parent.as_ref().map_or(Intent::Remark, |parent| parent.intent);
        let text = grammar::finish(&self.grow(choose(&[words.owner(parent)], bag), words, dice), words.language);
        let signs = match self.profile.personality {
            Personality::Friendly => 0.35,
            Personality::Witty => 0.2,
            Personality::Professional | Personality::Brief => 0.0,
        };
        if dice.chance(signs) && parent != Intent::Incident && parent != Intent::Safety {
            let emoji = if dice.chance(0.5) { self.niche().emoji } else { "🙏|❤️|😊|🙌" };
            return format!("{text} {}", dice.word(emoji));
        }
        text
    }

    /// A brand's incident is one that all platforms tell of, in words of its own.
    fn is_about_the_kettle(&self, parent: &Parent<'_>) -> bool {
        parent.intent == Intent::Incident && self.profile.story == Story::Brand
    }

    fn grow(&self, template: &str, words: &'static LanguageWords, dice: &mut Dice) -> String {
        grammar::grow(template, &self.slots(words, dice), dice)
    }

    fn niche(&self) -> &'static NicheWords {
        niche::words(self.profile.niche)
    }

    fn slots(&self, words: &'static LanguageWords, dice: &mut Dice) -> Slots<'_> {
        // Somewhere in the middle of the video: people quote neither the greeting nor the end screen.
        let second = f64::from(self.duration_seconds) * (0.06 + 0.86 * dice.unit());
        let name = self.parent.as_ref().map_or("", |parent| parent.author.display_name.as_str());
        Slots {
            subject: self.subject,
            minute: clock(second as u32),
            name: first_name(name),
            host: &self.profile.channel_name,
            language: words.language,
            tables: tables(self.profile, words),
        }
    }
}

/// A brand sells what it makes; else the niche's words come before the language's.
fn tables(profile: &Profile, words: &LanguageWords) -> [&'static [Table]; 3] {
    let own = if profile.story == Story::Brand { kettle::words(words.language).slots } else { &[] };
    [own, niche::words(profile.niche).slots(words.language), words.slots]
}

/// The line on which `bag` falls, out of several lists taken as one.
fn choose(lists: &[&[&'static str]], bag: u64) -> &'static str {
    let count = lists.iter().map(|list| list.len()).sum::<usize>();
    let mut place = walk(0, (bag % 1_000_003) as usize, count);
    for list in lists {
        if place < list.len() {
            return list[place];
        }
        place -= list.len();
    }
    unreachable!("the place is below the sum of the lengths")
}

pub fn first_name(display: &str) -> &str {
    let first = display.split(' ').next().unwrap_or_default();
    if first.chars().next().is_some_and(char::is_uppercase) { first } else { "" }
}

fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

pub struct VideoWords {
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
}

/// Title, description and tags of a video; the title is none of those `before`.
pub fn video_words(
    profile: &Profile,
    subject: &Subject,
    incident: bool,
    duration_seconds: u32,
    dice: &mut Dice,
    before: &[String],
) -> VideoWords {
    let words = languages::of(profile.language);
    let niche = niche::words(profile.niche);
    let slots = Slots {
        subject,
        minute: clock(duration_seconds / 3),
        name: "",
        host: &profile.channel_name,
        language: profile.language,
        tables: tables(profile, words),
    };
    let formats = match (incident, profile.language) {
        (true, _) if profile.story == Story::Brand => kettle::titles(profile.language),
        (true, _) => words.incident_titles,
        (_, Language::En) => niche.titles,
        _ => words.titles,
    };
    let mut title = String::new();
    for _ in 0..40 {
        title = grammar::finish(&grammar::grow(dice.pick(formats), &slots, dice), profile.language);
        if !before.contains(&title) {
            break;
        }
    }
    let description = describe(words, &slots, duration_seconds, dice);
    let mut tags = vec![subject.topic.name(profile.language).to_lowercase(), subject.gear.to_lowercase()];
    tags.extend(niche.tags.split('|').filter(|_| dice.chance(0.6)).map(str::to_owned));
    VideoWords { title, description, tags }
}

/// A paragraph, the chapters, and a farewell.
fn describe(words: &LanguageWords, slots: &Slots<'_>, duration_seconds: u32, dice: &mut Dice) -> String {
    let language = words.language;
    let mut lines =
        vec![grammar::finish(&grammar::grow(dice.pick(words.descriptions), slots, dice), language), String::new()];
    let parts = slots.all("detail");
    let first = dice.below(parts.len());
    let count = parts.len().min(4) as u32;
    lines.push(format!("{} {}", clock(0), words.intro));
    for chapter in 0..count {
        let part = grammar::finish(parts[(first + chapter as usize) % parts.len()], language);
        lines.push(format!("{} {part}", clock(duration_seconds * (chapter + 1) / (count + 1))));
    }
    lines.push(String::new());
    lines.push(grammar::grow(dice.pick(words.sign_offs), slots, dice));
    lines.join("\n")
}

pub fn channel_description(profile: &Profile, dice: &mut Dice) -> String {
    let niche = niche::words(profile.niche);
    let words = languages::of(profile.language);
    let subject = Subject { topic: &niche.topics[0], gear: "", gear2: "" };
    let slots = Slots {
        subject: &subject,
        minute: clock(0),
        name: "",
        host: &profile.channel_name,
        language: profile.language,
        tables: tables(profile, words),
    };
    let template = match (profile.story, profile.language) {
        (Story::Brand, language) => kettle::words(language).channel,
        (_, Language::En) => niche.channel,
        _ => words.channel,
    };
    grammar::finish(&grammar::grow(template, &slots, dice), profile.language)
}

/// YouTube's category of a niche.
pub fn category(niche: Niche) -> &'static str {
    match niche {
        Niche::TechReviews => "28",
        Niche::Gaming => "20",
        Niche::Beauty | Niche::Cooking => "26",
        Niche::Fitness => "17",
        Niche::Travel => "19",
        Niche::Education => "27",
        Niche::Comedy => "23",
        Niche::Music => "10",
        Niche::Lifestyle => "22",
    }
}
