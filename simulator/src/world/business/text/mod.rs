//! What is written about a place: reviews in several languages with what a machine makes of them, and the owner's answers.

mod answers;
mod facts;
#[cfg(test)]
mod tests;
mod words;

use super::{Text, Trade};
use crate::world::Language;
use crate::world::dice::Dice;
use crate::world::text::{Intent, grammar, noise};

pub use answers::{Heard, Owner};
pub use facts::Facts;
use facts::Filling;
pub use words::{Incident, Tone, Topic};
use words::{Line, TradeWords};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word or three.
    Short,
    /// A sentence, or a few.
    Plain,
    /// Four to six sentences about several things.
    Long,
}

/// What a text is to be, before a word of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub tone: Tone,
    pub kind: Kind,
    pub asks: bool,
    pub incident: Option<Incident>,
}

/// What was said, for whoever answers it.
#[derive(Debug, Clone)]
pub struct Said {
    pub facts: Facts,
    pub tone: Tone,
    /// What hurts comes first.
    pub topics: Vec<(Tone, Topic)>,
    pub incident: Option<Incident>,
    /// What there is to say to the question that was asked.
    pub reply: Option<&'static str>,
}

/// A text under way.
pub struct Writing<'a> {
    said: Said,
    words: &'static TradeWords,
    dice: &'a mut Dice,
    own: Vec<String>,
    english: Vec<String>,
}

/// A review's text, and what it says. The machine translates for a restaurant that speaks English, and knows no other.
pub fn review(shape: Shape, facts: Facts, dice: &mut Dice) -> (Text, Said) {
    let mut writing = Writing::new(shape.tone, facts, dice);
    match (shape.incident, shape.kind) {
        (Some(incident), _) => writing.incident(incident),
        (None, Kind::Short) => writing.short(),
        (None, Kind::Plain) => writing.plain(),
        (None, Kind::Long) => writing.long(),
    }
    if shape.asks {
        writing.question();
    }
    writing.finish(shape.kind)
}

/// A new text over an old one: the guest comes back to it, `up` or `down` or since the owner `answered`.
pub fn edit(why: &str, stars_before: u8, facts: Facts, dice: &mut Dice) -> Text {
    let tone = if why == "down" { Tone::Complaint } else { Tone::Praise };
    let mut writing = Writing::new(tone, facts, dice);
    let sentences = writing.words.sentences(Tone::Complaint);
    let (_, sore) = sentences[writing.dice.below(sentences.len())];
    let sore = writing.grow(sore, ["", ""], 0);
    let lines = writing.words.edit(why);
    let line = lines[writing.dice.below(lines.len())];
    let (own, english) = writing.grow(line, [&sore.0, &sore.1], stars_before);
    writing.own.push(own);
    writing.english.push(english);
    writing.finish(Kind::Long).0
}

/// What a photo shows, as its caption says it; in English, as machines caption.
pub fn photo(facts: &Facts, dice: &mut Dice) -> String {
    let filling = Filling { facts, language: Language::En, guest: "", sore: "", stars: 0 };
    let lines = words::of(facts.trade, Language::En).lines("photos");
    let label = grammar::grow(dice.word(lines.first().copied().unwrap_or_default()), &filling, dice);
    grammar::finish(&label, Language::En)
}

/// First names of people who serve; guests bear others.
pub fn staff(trade: Trade, language: Language) -> Vec<&'static str> {
    words::of(trade, language).lines("staff").iter().flat_map(|line| line.split('|')).collect()
}

impl<'a> Writing<'a> {
    fn new(tone: Tone, facts: Facts, dice: &'a mut Dice) -> Self {
        let words = words::of(facts.trade, facts.language);
        let said = Said { facts, tone, topics: Vec::new(), incident: None, reply: None };
        Self { said, words, dice, own: Vec::new(), english: Vec::new() }
    }

    fn short(&mut self) {
        self.one_of(self.words.short(self.said.tone), 1.0);
    }

    fn plain(&mut self) {
        let tone = self.said.tone;
        self.one_of(self.words.openings(tone), 0.2);
        // Who is torn says so in one sentence, or praises in one and blames in the next.
        if tone == Tone::Mixed && self.dice.chance(0.35) {
            self.sentences(Tone::Praise, 1);
            self.sentences(Tone::Complaint, 1);
        } else {
            let count = 1 + usize::from(self.dice.chance(0.4)) * usize::from(tone != Tone::Mixed);
            self.sentences(tone, count);
        }
        self.one_of(self.words.closes(tone), 0.3);
    }

    fn long(&mut self) {
        let tone = self.said.tone;
        let more = usize::from(self.dice.chance(0.5));
        self.one_of(self.words.openings(tone), 0.85);
        match tone {
            Tone::Mixed => {
                self.sentences(Tone::Praise, 2);
                self.sentences(Tone::Complaint, 1 + more);
            }
            Tone::Praise | Tone::Complaint => self.sentences(tone, 3 + more),
        }
        self.one_of(self.words.closes(tone), 0.8);
    }

    fn incident(&mut self, incident: Incident) {
        self.said.incident = Some(incident);
        let lines = self.words.incident(incident);
        self.one_of(&lines, 1.0);
        if self.dice.chance(0.4) {
            self.sentences(Tone::Complaint, 1);
        }
        self.one_of(self.words.closes(Tone::Complaint), 0.35);
    }

    fn question(&mut self) {
        let questions = &self.words.questions;
        if questions.is_empty() {
            return;
        }
        let (question, reply) = questions[self.dice.below(questions.len())];
        self.said.reply = Some(reply);
        self.say(Line { own: question, english: question });
    }

    /// So many sentences, no two about the same thing.
    fn sentences(&mut self, tone: Tone, count: usize) {
        let lines = self.words.sentences(tone);
        let (mut said, mut tries) = (0, 0);
        while said < count && tries < 30 {
            tries += 1;
            let (topic, line) = lines[self.dice.below(lines.len())];
            if !self.goes_with_the_rest(tone, topic) {
                continue;
            }
            match tone {
                Tone::Praise => self.said.topics.push((tone, topic)),
                Tone::Mixed | Tone::Complaint => self.said.topics.insert(0, (tone, topic)),
            }
            self.say(line);
            said += 1;
        }
    }

    /// Nobody sits at a table and has it delivered, or finds the door locked; nor comes by chance with a reservation.
    fn goes_with_the_rest(&self, tone: Tone, topic: Topic) -> bool {
        let stands_alone = |topic: Topic| matches!(topic, Topic::Delivery | Topic::Hours);
        // Who is torn praises first, and has more to say.
        let is_last = tone == self.said.tone;
        let is_alone = is_last && self.own.is_empty() && self.said.topics.is_empty();
        let clashes = |(_, other): &(Tone, Topic)| {
            *other == topic
                || stands_alone(*other)
                || matches!((topic, *other), (Topic::Wait, Topic::Reservation) | (Topic::Reservation, Topic::Wait))
        };
        (is_alone || !stands_alone(topic)) && !self.said.topics.iter().any(clashes)
    }

    fn one_of(&mut self, lines: &[Line], probability: f64) {
        if self.dice.chance(probability) && !lines.is_empty() {
            let line = lines[self.dice.below(lines.len())];
            self.say(line);
        }
    }

    fn say(&mut self, line: Line) {
        let (own, english) = self.grow(line, ["", ""], 0);
        self.own.push(own);
        self.english.push(english);
    }

    /// Both halves of a line with the same choices.
    fn grow(&mut self, line: Line, sore: [&str; 2], stars: u8) -> (String, String) {
        let mut again = self.dice.clone();
        let filling = |language, sore| Filling { facts: &self.said.facts, language, guest: "", sore, stars };
        let own = grammar::grow(line.own, &filling(self.words.language, sore[0]), self.dice);
        if !line.is_translated() {
            return (own.clone(), own);
        }
        (own, grammar::grow(line.english, &filling(Language::En, sore[1]), &mut again))
    }

    fn finish(self, kind: Kind) -> (Text, Said) {
        let language = self.words.language;
        let own = join(&self.own);
        // Whoever takes the time for six sentences also takes it for their capitals.
        let original = if kind == Kind::Long || self.dice.chance(0.35) {
            grammar::finish(&own, language)
        } else {
            let intent = match self.said.tone {
                Tone::Praise => Intent::Praise,
                Tone::Mixed => Intent::Question,
                Tone::Complaint => Intent::Complaint,
            };
            noise::add_typos(own, intent, language, words::of(self.words.trade, Language::En).line("emoji"), self.dice)
        };
        let translation = (self.said.facts.home == Language::En && language != Language::En).then(|| {
            let english = grammar::finish(&join(&self.english), Language::En);
            format!("{english}{}", emoji_of(&original))
        });
        (Text { original, language, translation }, self.said)
    }
}

/// Several sentences as one text; where one lacks its stop, it gets one before the next.
fn join(sentences: &[String]) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if text.ends_with(char::is_alphanumeric) {
            text.push('.');
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}

/// The emoji at a text's end, with the space before them: a machine leaves them alone.
fn emoji_of(text: &str) -> &str {
    let last = text.rfind(' ').map_or("", |at| &text[at..]);
    if last.chars().any(|letter| letter.is_alphanumeric() || letter.is_ascii_punctuation()) { "" } else { last }
}
