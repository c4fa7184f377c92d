//! What a text wants: by phrases of its language and by its shape.

use super::lexicon::{Hit, Kind, Role};
use super::questions;
use super::sentiment::{around, is_grateful, is_negated, is_taken_back, overlaps};
use super::text::Text;
use super::{Fact, Given, Intent, Reason, Sentiment};

/// So many different words of promotion are spam together with an address, for one alone stands in many a helpful comment.
const PROMOTION_WITH_ADDRESS: usize = 2;
/// And so many without one.
const PROMOTION_WORDS: usize = 4;
/// From here a positive score is praise, whatever the words.
const CLEAR_SCORE: f64 = 0.45;

pub(super) struct Finder<'a> {
    pub text: &'a Text<'a>,
    pub hits: &'a [Hit],
    /// English entries in a text of another language, or of none; for spam alone.
    pub english: &'a [Hit],
    pub given: &'a Given<'a>,
    pub sentiment: Sentiment,
    pub score: Option<f64>,
}

/// What whoever was content calls bread that they cannot stop eating.
const COMPLIMENTS: [&str; 6] = ["dangerous", "gefährlich", "dangereux", "peligroso", "pericoloso", "perigoso"];

type Because = Option<(&'static str, Vec<String>)>;

impl Finder<'_> {
    pub fn find(&self, reasons: &mut Vec<Reason>) -> Vec<Intent> {
        let found = [
            (Intent::Question, self.question()),
            (Intent::Complaint, self.complaint()),
            (Intent::Praise, self.praise()),
            (Intent::Purchase, self.phrases(Intent::Purchase).map(|words| ("words", words))),
            (Intent::Safety, self.safety()),
            (Intent::Spam, self.spam()),
        ];
        // A price in a complaint is what was paid, not what is asked for; who warns or threatens ("contact me, or my lawyer will") buys
        // nothing.
        let is_no_buyer = found
            .iter()
            .any(|(intent, because)| matches!(intent, Intent::Complaint | Intent::Safety) && because.is_some())
            || self.was_content();
        let mut intents = Vec::new();
        for (intent, because) in found {
            if intent == Intent::Purchase && is_no_buyer && !intents.contains(&Intent::Question) {
                continue;
            }
            if let Some((code, words)) = because {
                intents.push(intent);
                reasons.push(Reason::new(Fact::Intent, &format!("{intent}_{code}"), words));
            }
        }
        intents
    }

    /// The intent's phrases that stand in the text and are not negated.
    fn phrases(&self, intent: Intent) -> Option<Vec<String>> {
        let found = self
            .hits
            .iter()
            .filter(|hit| hit.role == Role::Intent(intent) && !is_negated(self.text, self.hits, hit, None))
            .filter(|hit| !is_taken_back(self.hits, hit))
            .take(3)
            .map(|hit| self.text.phrase(hit.start, hit.len))
            .collect::<Vec<_>>();
        (!found.is_empty()).then_some(found)
    }

    /// A good review tells of a visit that is over: its prices were paid, and only what has a question mark is asked.
    fn was_content(&self) -> bool {
        self.given.rating.is_some_and(|rating| rating >= 4)
    }

    fn question(&self) -> Because {
        questions::find(self.text, self.hits).filter(|(code, _)| *code == "mark" || !self.was_content())
    }

    fn safety(&self) -> Because {
        let is_compliment = |word: &String| self.was_content() && COMPLIMENTS.contains(&word.to_lowercase().as_str());
        let words = self.phrases(Intent::Safety).unwrap_or_default();
        let words = words.into_iter().filter(|word| !is_compliment(word)).collect::<Vec<_>>();
        if !words.is_empty() {
            return Some(("words", words));
        }
        let is_well = is_grateful(self.hits) || self.sentiment == Sentiment::Positive;
        if is_well { None } else { self.pair(Intent::Safety).map(|words| ("words", words)) }
    }

    /// A thing and what is wrong with it, near each other.
    fn pair(&self, intent: Intent) -> Option<Vec<String>> {
        Kind::ALL.into_iter().filter(|kind| kind.intent() == intent).find_map(|kind| {
            let faults = self.hits.iter().filter(|hit| hit.role == Role::Fault(kind));
            faults.filter(|hit| !is_negated(self.text, self.hits, hit, None)).find_map(|fault| {
                let is_its_thing = |hit: &&Hit| hit.role == Role::Thing(kind) && !overlaps(hit, fault);
                let thing = around(self.hits, fault).iter().find(is_its_thing)?;
                Some([thing, fault].map(|hit| self.text.phrase(hit.start, hit.len)).into())
            })
        })
    }

    fn complaint(&self) -> Because {
        if !is_grateful(self.hits)
            && self.sentiment != Sentiment::Positive
            && let Some(words) = self.pair(Intent::Complaint)
        {
            return Some(("words", words));
        }
        if !is_grateful(self.hits)
            && let Some(words) = self.phrases(Intent::Complaint)
            && self.given.rating.is_none_or(|rating| rating < 5 || self.sentiment == Sentiment::Mixed)
        {
            return Some(("words", words));
        }
        if self.given.rating.is_some_and(|rating| rating <= 2) && self.text.letters >= 8 {
            return Some(("rating", Vec::new()));
        }
        let is_unhappy = matches!(self.sentiment, Sentiment::Negative | Sentiment::Mixed);
        (is_unhappy && self.given.rating.is_none()).then_some(("sentiment", Vec::new()))
    }

    fn praise(&self) -> Because {
        if matches!(self.sentiment, Sentiment::Negative | Sentiment::Mixed) {
            return None;
        }
        if let Some(words) = self.phrases(Intent::Praise) {
            return Some(("words", words));
        }
        // A good word in a question ("how do you keep it clean") praises nobody.
        let asks = questions::find(self.text, self.hits).is_some();
        let is_clear =
            !asks && self.sentiment == Sentiment::Positive && self.score.is_some_and(|score| score >= CLEAR_SCORE);
        is_clear.then_some(("sentiment", Vec::new()))
    }

    fn spam(&self) -> Because {
        if self.given.platform_says_spam {
            return Some(("platform", Vec::new()));
        }
        let hits = || self.hits.iter().chain(self.english);
        if let Some(hit) = hits().find(|hit| hit.role == Role::Intent(Intent::Spam)) {
            return Some(("words", vec![self.text.phrase(hit.start, hit.len)]));
        }
        let mut promotion: Vec<String> = Vec::new();
        for hit in hits().filter(|hit| hit.role == Role::Promotion) {
            let word = self.text.phrase(hit.start, hit.len);
            if !promotion.contains(&word) {
                promotion.push(word);
            }
        }
        let has_person = self.text.has_handle || self.text.has_phone_number;
        // A crowd with one complaint is no spam; a crowd that advertises is.
        if self.given.repeated_by_others && (self.text.has_link || has_person || !promotion.is_empty()) {
            return Some(("repeated", promotion));
        }
        match promotion.len() {
            1.. if self.text.has_odd_link || has_person && self.text.has_money => Some(("link", promotion)),
            PROMOTION_WITH_ADDRESS.. if self.text.has_link || has_person => Some(("link", promotion)),
            PROMOTION_WORDS.. => Some(("promotion", promotion)),
            _ if has_person && self.text.has_money => Some(("money", Vec::new())),
            _ => None,
        }
    }
}
