//! What a text wants: by phrases of its language and by its shape.

use super::lexicon::{Hit, Role};
use super::sentiment::is_negated;
use super::text::Text;
use super::{Fact, Given, Intent, Reason, Sentiment};

/// So many different words of promotion are spam without a link, too.
const PROMOTION_WORDS: usize = 4;
/// From here a positive score is praise, whatever the words.
const PRAISE_SCORE: f64 = 0.5;

pub(super) fn find(
    text: &Text<'_>,
    hits: &[Hit],
    given: &Given<'_>,
    (sentiment, score): (Sentiment, Option<f64>),
    reasons: &mut Vec<Reason>,
) -> Vec<Intent> {
    let finder = Finder { text, hits, given, sentiment, score };
    let found = [
        (Intent::Question, finder.question()),
        (Intent::Complaint, finder.complaint()),
        (Intent::Praise, finder.praise()),
        (Intent::Purchase, finder.phrases(Intent::Purchase).map(|words| ("words", words))),
        (Intent::Safety, finder.phrases(Intent::Safety).map(|words| ("words", words))),
        (Intent::Spam, finder.spam()),
    ];
    let mut intents = Vec::new();
    for (intent, because) in found {
        if let Some((code, words)) = because {
            intents.push(intent);
            reasons.push(Reason::new(Fact::Intent, &format!("{intent}_{code}"), words));
        }
    }
    intents
}

struct Finder<'a> {
    text: &'a Text<'a>,
    hits: &'a [Hit],
    given: &'a Given<'a>,
    sentiment: Sentiment,
    score: Option<f64>,
}

type Because = Option<(&'static str, Vec<String>)>;

impl Finder<'_> {
    /// The intent's phrases that stand in the text and are not negated.
    fn phrases(&self, intent: Intent) -> Option<Vec<String>> {
        let found = self
            .hits
            .iter()
            .filter(|hit| hit.role == Role::Intent(intent) && !is_negated(self.text, self.hits, hit, None))
            .take(3)
            .map(|hit| self.text.phrase(hit.start, hit.len))
            .collect::<Vec<_>>();
        (!found.is_empty()).then_some(found)
    }

    fn question(&self) -> Because {
        if self.text.asks && self.text.letters > 0 {
            return Some(("mark", vec!["?".into()]));
        }
        // Without a question mark a question begins its clause; one word alone begins the text.
        let asking = self.hits.iter().find(|hit| {
            hit.role == Role::Intent(Intent::Question)
                && (hit.start == 0 || (hit.len > 1 && (hit.start < 2 || self.text.starts_clause(hit.start))))
        });
        asking.map(|hit| ("words", vec![self.text.phrase(hit.start, hit.len)]))
    }

    fn complaint(&self) -> Because {
        if let Some(words) = self.phrases(Intent::Complaint)
            && self.given.rating.is_none_or(|rating| rating < 5 || self.sentiment == Sentiment::Mixed)
        {
            return Some(("words", words));
        }
        let is_explained_low_rating = self.given.rating.is_some_and(|rating| rating <= 2) && self.text.letters >= 8;
        is_explained_low_rating.then_some(("rating", Vec::new()))
    }

    fn praise(&self) -> Because {
        if matches!(self.sentiment, Sentiment::Negative | Sentiment::Mixed) {
            return None;
        }
        if let Some(words) = self.phrases(Intent::Praise) {
            return Some(("words", words));
        }
        let is_clear = self.sentiment == Sentiment::Positive && self.score.is_some_and(|score| score >= PRAISE_SCORE);
        is_clear.then_some(("sentiment", Vec::new()))
    }

    fn spam(&self) -> Because {
        if self.given.platform_says_spam {
            return Some(("platform", Vec::new()));
        }
        if self.given.repeated_by_others {
            return Some(("repeated", Vec::new()));
        }
        if let Some(words) = self.phrases(Intent::Spam) {
            return Some(("words", words));
        }
        let mut promotion: Vec<String> = Vec::new();
        for hit in self.hits.iter().filter(|hit| hit.role == Role::Promotion) {
            let word = self.text.phrase(hit.start, hit.len);
            if !promotion.contains(&word) {
                promotion.push(word);
            }
        }
        let has_address = self.text.has_link || self.text.has_handle || self.text.has_phone_number;
        match promotion.len() {
            1.. if has_address => Some(("link", promotion)),
            PROMOTION_WORDS.. => Some(("promotion", promotion)),
            _ => None,
        }
    }
}
