//! The lists: what is said about a place of each trade in each language, sorted by what it is about.

use std::sync::LazyLock;

use super::super::Trade;
use crate::words::{self, Lines, Table, Words};
use crate::world::Language;
use crate::world::text::kettle;

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
    Coffee,
    Beans,
    Pastry,
    Subscription,
    Stamps,
    Gear,
    Returns,
}

impl Topic {
    /// In the order of the restaurant's lists, and then a shop's own.
    pub const ALL: [Topic; 19] = [
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
        Topic::Coffee,
        Topic::Beans,
        Topic::Pastry,
        Topic::Subscription,
        Topic::Stamps,
        Topic::Gear,
        Topic::Returns,
    ];

    /// Whether a trade has to do with it.
    pub fn is_of(self, trade: Trade) -> bool {
        use Topic::*;
        match self {
            Service | Staff | Price | Noise | Wait | Delivery | Cleanliness | Hours => true,
            Food | Terrace | Reservation => trade == Trade::Restaurant,
            Allergy => trade != Trade::Store,
            Coffee | Gear | Returns => trade != Trade::Restaurant,
            Beans | Pastry | Subscription | Stamps => trade == Trade::Shop,
        }
    }

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
            Topic::Coffee => "coffee",
            Topic::Beans => "beans",
            Topic::Pastry => "pastry",
            Topic::Subscription => "subscription",
            Topic::Stamps => "stamps",
            Topic::Gear => "gear",
            Topic::Returns => "returns",
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

/// What went wrong in the place's own story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Incident {
    /// One evening without an oven.
    Oven,
    /// A week in which the new booking system lost reservations.
    Booking,
    /// One morning without an espresso machine.
    Machine,
    /// A week in which the new shop system charged subscriptions twice.
    Billing,
    /// The kettle of which all platforms tell.
    Kettle,
}

impl Incident {
    pub fn as_str(self) -> &'static str {
        match self {
            Incident::Oven => "oven",
            Incident::Booking => "booking",
            Incident::Machine => "machine",
            Incident::Billing => "billing",
            Incident::Kettle => "kettle",
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

/// One trade's, in one language.
pub struct TradeWords {
    pub trade: Trade,
    pub language: Language,
    /// Sentences by tone, each with what it is about.
    sentences: [Vec<(Topic, Line)>; 3],
    short: [Vec<Line>; 3],
    openings: [Vec<Line>; 3],
    closes: [Vec<Line>; 3],
    /// A question within a review, and what the owner knows to say to it.
    pub questions: Vec<(&'static str, &'static str)>,
    /// What one comes for: dishes, or drinks.
    pub mains: Vec<Line>,
    /// Desserts, or cakes.
    pub sweets: Vec<Line>,
    /// A shop's beans and its things.
    pub beans: Vec<Line>,
    pub gear: Vec<Line>,
    pub slots: &'static [Table],
    words: Words,
}

pub fn of(trade: Trade, language: Language) -> &'static TradeWords {
    static ALL: LazyLock<Vec<TradeWords>> = LazyLock::new(|| {
        let all = Trade::ALL.iter().flat_map(|trade| Language::ALL.iter().map(|language| (*trade, *language)));
        all.map(|(trade, language)| TradeWords::read(trade, language)).collect()
    });
    &ALL[trade as usize * Language::ALL.len() + language as usize]
}

impl TradeWords {
    fn read(trade: Trade, language: Language) -> Self {
        let (words, mains, sweets) = match trade {
            Trade::Restaurant => (words::of_restaurant(language), "dishes", "desserts"),
            Trade::Shop => (words::of_shop(language, "roaster"), "drinks", "cakes"),
            Trade::Store => (words::of_shop(language, "store"), "drinks", "cakes"),
        };
        let lines = |section: String| -> Vec<Line> {
            words.lines(&section).iter().map(|line| Line::read(line, " => ")).collect()
        };
        let sentences = |tone: Tone| -> Vec<(Topic, Line)> {
            let of_topic = |topic: Topic| {
                lines(format!("{}: {}", tone.as_str(), topic.as_str())).into_iter().map(move |line| (topic, line))
            };
            Topic::ALL.into_iter().filter(|topic| topic.is_of(trade)).flat_map(of_topic).collect()
        };
        let by_tone = |kind: &str| Tone::ALL.map(|tone| lines(format!("{kind}: {}", tone.as_str())));
        Self {
            trade,
            language,
            sentences: Tone::ALL.map(sentences),
            short: by_tone("short"),
            openings: by_tone("opening"),
            closes: by_tone("close"),
            questions: words.lines("question").iter().filter_map(|line| line.split_once(" => ")).collect(),
            mains: names(words.line(mains)),
            sweets: names(words.line(sweets)),
            beans: names(words.line("beans")),
            gear: names(words.line("gear")),
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
        if incident == Incident::Kettle {
            return kettle::words(self.language).complaints.iter().map(|line| Line::read(line, " => ")).collect();
        }
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

    /// The only entry of one.
    pub fn line(&self, section: &str) -> &'static str {
        self.words.line(section)
    }

    fn pairs(&self, section: &str) -> Vec<Line> {
        self.words.lines(section).iter().map(|line| Line::read(line, " => ")).collect()
    }
}

/// Wares parted by `|`, each with its English name behind `=` where that is another one.
fn names(line: &'static str) -> Vec<Line> {
    line.split('|').map(|name| Line::read(name, "=")).collect()
}
