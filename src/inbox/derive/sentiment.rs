//! How a text is meant. First match wins: rating, emoji, the language's word list; else unknown, never a guess.

use super::lexicon::{Hit, Role};
use super::text::Text;
use super::{Fact, Intent, Language, Reason, Sentiment, emoji};

/// From here a score is clear.
const CLEAR: f64 = 0.30;
/// How far a negator reaches, in words, within its clause.
const NEGATOR_REACH: usize = 3;
const NEGATED: f64 = -0.74;
const INTENSIFIED: f64 = 0.8;
/// Turns a sum of valences into -1..1: one word of valence 2 reaches 0.46.
const NORM: f64 = 15.0;

pub(super) fn judge(
    text: &Text<'_>,
    hits: &[Hit],
    language: Option<Language>,
    rating: Option<i64>,
    reasons: &mut Vec<Reason>,
) -> (Sentiment, Option<f64>) {
    let words = Words::weigh(text, hits, language);
    let emoji = weigh_emoji(text);
    let mut because = |code: &str, list: Vec<String>| reasons.push(Reason::new(Fact::Sentiment, code, list));
    if let Some(rating @ 1..=5) = rating {
        let score = Some((rating as f64 - 3.0) / 2.0);
        if rating >= 4 && words.as_ref().is_some_and(|words| words.score <= -CLEAR) {
            because("rating_against_words", words.map(|words| words.list).unwrap_or_default());
            return (Sentiment::Mixed, score);
        }
        because("rating", vec![rating.to_string()]);
        let by_rating = [Sentiment::Negative, Sentiment::Mixed, Sentiment::Positive];
        return (by_rating[usize::from(rating > 2) + usize::from(rating > 3)], score);
    }
    if let Some(score) = emoji.filter(|score| score.abs() >= CLEAR) {
        let list = distinct(text.emoji.iter().filter(|c| emoji::polarity(**c) != 0).map(char::to_string));
        if let Some(words) = words.filter(|words| words.score.abs() >= CLEAR && words.score * score < 0.0) {
            because("emoji_against_words", list.into_iter().chain(words.list).collect());
            return (Sentiment::Mixed, Some((score + words.score) / 2.0));
        }
        because("emoji", list);
        return (polar(score), Some(score));
    }
    let Some(words) = words else {
        because("no_evidence", Vec::new());
        return (Sentiment::Unknown, None);
    };
    let verdict = if words.is_torn { Sentiment::Mixed } else { polar(words.score) };
    because(if words.is_torn { "words_both_ways" } else { "words" }, words.list);
    (verdict, Some(words.score))
}

/// Where no word judges, what a text wants may tell: who only asks is neutral, who complains is not pleased.
pub(super) fn by_intents(sentiment: Sentiment, intents: &[Intent]) -> Option<Sentiment> {
    let has = |intent| intents.contains(&intent);
    match sentiment {
        Sentiment::Unknown if has(Intent::Spam) => None,
        Sentiment::Unknown if has(Intent::Complaint) || has(Intent::Safety) => Some(Sentiment::Negative),
        Sentiment::Unknown if has(Intent::Praise) => Some(Sentiment::Positive),
        Sentiment::Unknown if has(Intent::Question) || has(Intent::Purchase) => Some(Sentiment::Neutral),
        _ => None,
    }
}

fn polar(score: f64) -> Sentiment {
    match score {
        score if score >= CLEAR => Sentiment::Positive,
        score if score <= -CLEAR => Sentiment::Negative,
        _ => Sentiment::Neutral,
    }
}

fn normed(sum: f64) -> f64 {
    let score = sum / (sum * sum + NORM).sqrt();
    (score * 1000.0).round() / 1000.0
}

fn weigh_emoji(text: &Text<'_>) -> Option<f64> {
    let mut sum = 0;
    let mut polar = 0;
    for (index, c) in text.emoji.iter().enumerate() {
        // "🔥🔥🔥🔥🔥" says little more than "🔥🔥🔥".
        let repeats = text.emoji[..index].iter().filter(|earlier| *earlier == c).count();
        let polarity = emoji::polarity(*c);
        if repeats < 3 && polarity != 0 {
            sum += polarity;
            polar += 1;
        }
    }
    (polar > 0).then(|| normed(f64::from(sum)))
}

/// What the word list makes of a text that it knows a word of.
struct Words {
    score: f64,
    /// Clear words stand on both sides, and neither side wins clearly.
    is_torn: bool,
    list: Vec<String>,
}

impl Words {
    fn weigh(text: &Text<'_>, hits: &[Hit], language: Option<Language>) -> Option<Words> {
        let contrast = hits.iter().rfind(|hit| hit.role == Role::Contrast && hit.start > 0).map(|hit| hit.start);
        let (mut up, mut down) = (0.0_f64, 0.0_f64);
        // The same without the weight of "but": what clearly stands on both sides is mixed, whatever stands last.
        let (mut praised, mut blamed) = (0.0_f64, 0.0_f64);
        let is_grateful = is_grateful(hits);
        let mut list = Vec::new();
        for (hit, valence) in valences(text, hits) {
            let mut value = f64::from(valence);
            if is_near(text, hits, hit, Role::Intensifier, 2) {
                value += INTENSIFIED.copysign(value);
            }
            if is_near(text, hits, hit, Role::Dampener, 2) {
                value *= 0.6;
            }
            let is_negated = is_negated(text, hits, hit, language);
            if is_negated {
                value *= NEGATED;
            }
            if is_grateful && value < 0.0 {
                continue;
            }
            if value > 0.0 {
                praised += value
            } else {
                blamed += value
            }
            // What follows "but" is what is meant.
            match contrast {
                Some(contrast) if hit.start < contrast => value *= 0.5,
                Some(_) => value *= 1.5,
                None => {}
            }
            if value > 0.0 {
                up += value
            } else {
                down += value
            }
            if valence != 0 {
                let phrase = text.phrase(hit.start, hit.len);
                list.push(if is_negated { format!("not: {phrase}") } else { phrase });
            }
        }
        if list.is_empty() && !valences(text, hits).any(|(_, valence)| valence == 0) {
            return None;
        }
        let sum = up + down;
        let excited = 0.3 * text.exclamations.min(3) as f64;
        let score = normed(if sum.abs() < 1.0 { sum } else { sum + excited.copysign(sum) });
        let is_torn = praised >= 1.2 && blamed <= -1.2 && (score.abs() < CLEAR || contrast.is_some());
        Some(Words { score, is_torn, list: distinct(list.into_iter()) })
    }
}

/// The words that judge; one that only strengthens the next ("super schön") does not count by itself.
fn valences<'a>(text: &'a Text<'_>, hits: &'a [Hit]) -> impl Iterator<Item = (&'a Hit, i32)> {
    hits.iter().filter_map(move |hit| {
        let Role::Valence(valence) = hit.role else { return None };
        let near = around(hits, hit);
        let end = hit.start + hit.len;
        let strengthens = near.iter().any(|other| other.start == hit.start && other.role == Role::Intensifier);
        let next = |other: &Hit| other.start == end && matches!(other.role, Role::Valence(_));
        let is_only_strength = strengthens && text.clause(hit.start) == text.clause(end) && near.iter().any(next);
        (!is_only_strength).then_some((hit, valence))
    })
}

/// The hits whose words are near enough to matter: a long text is not read once for each of its words.
pub(super) fn around<'a>(hits: &'a [Hit], hit: &Hit) -> &'a [Hit] {
    const NEAR: usize = 8;
    let first = hits.partition_point(|other| other.start + NEAR < hit.start);
    let last = hits.partition_point(|other| other.start <= hit.start + hit.len + NEAR);
    &hits[first..last]
}

fn is_near(text: &Text<'_>, hits: &[Hit], hit: &Hit, role: Role, reach: usize) -> bool {
    around(hits, hit).iter().any(|other| {
        other.role == role
            && other.start < hit.start
            && other.start + other.len + reach > hit.start
            && text.clause(other.start) == text.clause(hit.start)
    })
}

/// Who thanks and says no "but" complains of nothing: what was wrong is how it was before.
pub(super) fn is_grateful(hits: &[Hit]) -> bool {
    let is_meant = |hit: &Hit| {
        let mocks = |other: &Hit| matches!(other.role, Role::Valence(..0)) && contains(other, hit);
        hit.role == Role::Thanks && !hits.iter().any(mocks)
    };
    hits.iter().any(is_meant) && !hits.iter().any(|hit| hit.role == Role::Contrast)
}

/// In a longer phrase that means no harm, or half in one ("can't complain", "never get tired of").
pub(super) fn is_taken_back(hits: &[Hit], hit: &Hit) -> bool {
    let is_kind = |other: &Hit| matches!(other.role, Role::Valence(0..)) && other.len > 1 && overlaps(other, hit);
    matches!(hit.role, Role::Intent(Intent::Complaint | Intent::Safety)) && around(hits, hit).iter().any(is_kind)
}

pub(super) fn overlaps(one: &Hit, other: &Hit) -> bool {
    one.start < other.start + other.len && other.start < one.start + one.len
}

fn contains(outer: &Hit, inner: &Hit) -> bool {
    outer.start <= inner.start && inner.start + inner.len <= outer.start + outer.len
}

/// A negator before the word or, where the language puts it there ("gefällt mir nicht", "j'aime pas"), after it.
pub(super) fn is_negated(text: &Text<'_>, hits: &[Hit], hit: &Hit, language: Option<Language>) -> bool {
    let follows = match language {
        Some(Language::German) => 3,
        Some(Language::French) => 1,
        _ => 0,
    };
    let end = hit.start + hit.len;
    around(hits, hit).iter().any(|other| {
        let before = |reach| other.start + other.len <= hit.start && other.start + other.len + reach > hit.start;
        let after = other.start >= end && other.start < end + follows;
        let negates = match other.role {
            Role::Negator => before(NEGATOR_REACH) || after,
            // "Zero bugs", and not "my Pi Zero crashes".
            Role::Nought => before(1) && !text.is_name(other.start),
            _ => false,
        };
        negates && text.clause(other.start) == text.clause(hit.start)
    })
}

fn distinct(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for word in words {
        if list.len() < 6 && !list.contains(&word) {
            list.push(word);
        }
    }
    list
}
