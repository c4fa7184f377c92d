//! The lists: what is said about a restaurant in each language, sorted by what it is about.

use std::sync::LazyLock;

use crate::words::{self, Lines, Table, Words};
use crate::world::Language;

/// What a guest can praise or blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    Food,
    Service,
    Staff,
    Terrace,
    Noise,
    Price,
    Wait,
    Reservation,
    Allergy,
    Delivery,
    Cleanliness,
    Hours,
}

impl Topic {
    pub const ALL: [Topic; 12] = [
        Topic::Food,
        Topic::Service,
        Topic::Staff,
        Topic::Terrace,
        Topic::Noise,
        Topic::Price,
        Topic::Wait,
        Topic::Reservation,
        Topic::Allergy,
        Topic::Delivery,
        Topic::Cleanliness,
        Topic::Hours,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Food => "food",
            Topic::Service => "service",
            Topic::Staff => "staff",
            Topic::Terrace => "terrace",
            Topic::Noise => "noise",
            Topic::Price => "price",
            Topic::Wait => "wait",
            Topic::Reservation => "reservation",
            Topic::Allergy => "allergy",
            Topic::Delivery => "delivery",
            Topic::Cleanliness => "cleanliness",
            Topic::Hours => "hours",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    Praise,
    Mixed,
    Complaint,
}

impl Tone {
    pub const ALL: [Tone; 3] = [Tone::Praise, Tone::Mixed, Tone::Complaint];

    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Praise => "praise",
            Tone::Mixed => "mixed",
            Tone::Complaint => "complaint",
        }
    }
}

/// What went wrong in the restaurant's own story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Incident {
    /// One evening without an oven.
    Oven,
    /// A week in which the new booking system lost reservations.
    Booking,
}

impl Incident {
    pub fn as_str(self) -> &'static str {
        match self {
            Incident::Oven => "oven",
            Incident::Booking => "booking",
        }
    }
}

/// A template, and the one by which a machine says the same in English; where English is spoken the two are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub own: &'static str,
    pub english: &'static str,
}

impl Line {
    fn read(line: &'static str, between: &str) -> Line {
        let (own, english) = line.split_once(between).unwrap_or((line, line));
        Line { own, english }
    }

    pub fn is_translated(self) -> bool {
        self.own != self.english
    }
}

/// One language's.
pub struct RestaurantWords {
    pub language: Language,
    /// Sentences by tone, each with what it is about.
    sentences: [Vec<(Topic, Line)>; 3],
    short: [Vec<Line>; 3],
    openings: [Vec<Line>; 3],
    closes: [Vec<Line>; 3],
    /// A question within a review, and what the owner knows to say to it.
    pub questions: Vec<(&'static str, &'static str)>,
    pub dishes: Vec<Line>,
    pub desserts: Vec<Line>,
    pub slots: &'static [Table],
    words: Words,
}

pub fn of(language: Language) -> &'static RestaurantWords {
    static ALL: LazyLock<Vec<RestaurantWords>> =
        LazyLock::new(|| Language::ALL.iter().map(|language| RestaurantWords::read(*language)).collect());
    &ALL[language as usize]
}

impl RestaurantWords {
    fn read(language: Language) -> Self {
        let words = words::of_restaurant(language);
        let lines = |section: String| -> Vec<Line> {
            words.lines(&section).iter().map(|line| Line::read(line, " => ")).collect()
        };
        let sentences = |tone: Tone| -> Vec<(Topic, Line)> {
            let of_topic = |topic: Topic| {
                lines(format!("{}: {}", tone.as_str(), topic.as_str())).into_iter().map(move |line| (topic, line))
            };
            Topic::ALL.into_iter().flat_map(of_topic).collect()
        };
        let by_tone = |kind: &str| Tone::ALL.map(|tone| lines(format!("{kind}: {}", tone.as_str())));
        Self {
            language,
            sentences: Tone::ALL.map(sentences),
            short: by_tone("short"),
            openings: by_tone("opening"),
            closes: by_tone("close"),
            questions: words.lines("question").iter().filter_map(|line| line.split_once(" => ")).collect(),
            dishes: names(words.line("dishes")),
            desserts: names(words.line("desserts")),
            slots: words.table("slots"),
            words,
        }
    }

    pub fn sentences(&self, tone: Tone) -> &[(Topic, Line)] {
        &self.sentences[tone as usize]
    }

    pub fn short(&self, tone: Tone) -> &[Line] {
        &self.short[tone as usize]
    }

    pub fn openings(&self, tone: Tone) -> &[Line] {
        &self.openings[tone as usize]
    }

    pub fn closes(&self, tone: Tone) -> &[Line] {
        &self.closes[tone as usize]
    }

    pub fn incident(&self, incident: Incident) -> Vec<Line> {
        self.pairs(&format!("incident: {}", incident.as_str()))
    }

    /// Why stars change: `up`, `down`, or since the owner `answered`.
    pub fn edit(&self, why: &str) -> Vec<Line> {
        self.pairs(&format!("edit: {why}"))
    }

    /// Any other section.
    pub fn lines(&self, section: &str) -> Lines {
        self.words.lines(section)
    }

    fn pairs(&self, section: &str) -> Vec<Line> {
        self.words.lines(section).iter().map(|line| Line::read(line, " => ")).collect()
    }
}

/// Dishes parted by `|`, each with its English name behind `=` where that is another one.
fn names(line: &'static str) -> Vec<Line> {
    line.split('|').map(|name| Line::read(name, "=")).collect()
}
