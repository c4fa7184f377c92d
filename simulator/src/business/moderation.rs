//! What Google's moderation makes of an answer to a review: when it decides, and what it refuses. A function of the text alone.

use std::time::Duration;

use sha2::{Digest, Sha256};

kit::text_enum! {
    /// Why an answer is refused, in the API's words.
    pub enum Violation {
        Advertising = "ADVERTISING_AND_SOLICITATION",
        PersonalInfo = "PERSONAL_INFO",
        Profanity = "OBSCENITY_AND_PROFANITY",
        Gibberish = "GIBBERISH_AND_REPETITIVE",
    }
}

/// How long an answer to this review waits for its verdict: 20 to 60 seconds.
pub fn wait(review: &str) -> Duration {
    let digest = Sha256::digest(review.as_bytes());
    Duration::from_secs(20 + u64::from(digest[0]) % 41)
}

/// What is wrong with a text, if anything is.
pub fn violation(text: &str) -> Option<Violation> {
    if words(text).any(is_mail_address) {
        return Some(Violation::PersonalInfo);
    }
    if words(text).any(is_link) || has_phone_number(text) {
        return Some(Violation::Advertising);
    }
    let swears =
        |word: &str| SWEAR_WORDS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str());
    if words(text).any(swears) {
        return Some(Violation::Profanity);
    }
    repeats(text).then_some(Violation::Gibberish)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

fn is_mail_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        name.ends_with(|c: char| c.is_alphanumeric()) && host.trim_end_matches(is_closing).contains('.')
    })
}

/// With a scheme, or a name whose last part is a common one.
fn is_link(word: &str) -> bool {
    let word = word.trim_matches(|c: char| is_closing(c) || matches!(c, '(' | '"' | '“')).to_lowercase();
    let host = word.split('/').next().unwrap_or_default();
    let ending = host.rsplit_once('.').filter(|(name, _)| !name.is_empty()).map(|(_, ending)| ending);
    word.contains("://") || word.starts_with("www.") || ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

fn is_closing(letter: char) -> bool {
    matches!(letter, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '"' | '”' | '…')
}

/// None that is also a word: a space is easily forgotten after a full stop.
const ENDINGS: &[&str] = &["com", "net", "org", "info", "biz", "eu", "io", "app", "shop", "uk"];

/// Seven digits and more, with nothing between them but what stands in numbers to call. A date is none.
fn has_phone_number(text: &str) -> bool {
    let runs =
        text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/' | '\u{a0}')));
    runs.map(|run| run.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect::<Vec<_>>())
        .any(|groups| groups.iter().map(|group| group.len()).sum::<usize>() >= 7 && !is_date(&groups))
}

fn is_date(groups: &[&str]) -> bool {
    match groups.iter().map(|group| group.len()).collect::<Vec<_>>()[..] {
        [4, month, day] => month <= 2 && day <= 2,
        [day, month, 4] => day <= 2 && month <= 2,
        _ => false,
    }
}

/// Whole words, in the languages that the reviews come in.
const SWEAR_WORDS: &[&str] = &[
    "shit",
    "bullshit",
    "fuck",
    "fucking",
    "asshole",
    "bitch",
    "bastard",
    "arschloch",
    "scheiße",
    "scheisse",
    "mierda",
    "puta",
    "merde",
    "connard",
    "merda",
    "cazzo",
    "stronzo",
    "caralho",
];

const MOST_ALIKE: usize = 5;

/// A letter, or a word, so often in a row as nobody means it.
fn repeats(text: &str) -> bool {
    let letters = text.chars().filter(|letter| !letter.is_whitespace());
    longest_run(letters.map(|letter| letter.is_alphanumeric().then_some(letter))) > MOST_ALIKE
        || longest_run(words(text).map(|word| Some(word.to_lowercase()))) > MOST_ALIKE
}

fn longest_run<T: PartialEq>(things: impl Iterator<Item = Option<T>>) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for thing in things {
        run = if thing.is_some() && thing == last { run + 1 } else { 1 };
        longest = longest.max(run);
        last = thing;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_refused_for_what_it_carries() {
        for (text, reason) in [
            ("See our menu at https://harbor.example/menu", Violation::Advertising),
            ("Book on harborandthyme.com.", Violation::Advertising),
            ("Order at www.harbor.example", Violation::Advertising),
            ("Call us on +44 20 7946 0991", Violation::Advertising),
            ("Ring (020) 7946-0991 any time", Violation::Advertising),
            ("Write to anna@harbor.example, please.", Violation::PersonalInfo),
            ("What a bullshit review!", Violation::Profanity),
            ("So ein Scheiße.", Violation::Profanity),
            ("Thaaaaaaanks", Violation::Gibberish),
            ("sorry sorry sorry sorry sorry sorry", Violation::Gibberish),
        ] {
            assert_eq!(violation(text), Some(reason), "{text}");
        }
    }

    #[test]
    fn ordinary_thanks_pass() {
        for text in [
            "Thank you, Anna! See you soon.",
            "We're open 12:00-22:00, on 2026-12-24 and 24.12.2026 until 15:00.",
            "Sooo glad you liked it!!!!!!!! ........",
            "Table for 2-4 at 7.30, main courses from 18.50 to 24.00.",
            "Assessment, Scunthorpe, classic: thanks...and see you @ the bar",
            "We loved it.It was fun. Danke, z.B. für das Lob zum Dessert.",
            "Merci à vous, n.b. on rouvre mardi",
        ] {
            assert_eq!(violation(text), None, "{text}");
        }
    }

    #[test]
    fn a_verdict_takes_between_twenty_seconds_and_a_minute() {
        let waits: Vec<u64> = (0..200).map(|number| wait(&format!("review {number}")).as_secs()).collect();
        assert!(waits.iter().all(|wait| (20..=60).contains(wait)));
        assert!(waits.iter().any(|wait| *wait < 25) && waits.iter().any(|wait| *wait > 55));
    }
}
