//! The rules against the texts that people judged.

use std::collections::HashSet;

use crate::inbox::derive::labels::{Label, Score, Set};
use crate::inbox::derive::{Intent, Language, lexicon};

#[test]
fn the_set_is_large_and_a_fifth_of_each_language_is_kept_back() {
    let (tuned, held) = (Label::all(Set::Tuned), Label::all(Set::Held));
    assert!(tuned.len() + held.len() >= 600);
    let of = |labels: &[Label], language| labels.iter().filter(|label| label.language == Some(language)).count();
    for language in lexicon::LISTED {
        let (held, tuned) = (of(&held, language), of(&tuned, language));
        assert!(held * 5 + 2 >= held + tuned, "{language}: {held} of {}", held + tuned);
        assert!(of(&Label::all(Set::Tuned), Language::English) >= tuned, "English has the largest share");
    }
    let texts = tuned.iter().chain(&held).map(|label| label.text).collect::<HashSet<_>>();
    assert_eq!(texts.len(), tuned.len() + held.len(), "none stands there twice");
}

#[test]
fn no_labelled_text_stands_in_a_word_list_whole() {
    for label in Label::all(Set::Tuned).iter().chain(&Label::all(Set::Held)) {
        for language in lexicon::LISTED {
            // One or two words are a word list's business.
            let is_sentence = label.text.split_whitespace().count() > 3;
            let stands = lexicon::of(language).is_some_and(|lexicon| lexicon.has_entry(label.text));
            assert!(!(is_sentence && stands), "{language}: {}", label.text);
        }
    }
}

/// Of the file that the rules were made with, what is wanted of them; of the one kept back, what they reach on texts that they never met.
#[test]
fn the_rules_judge_as_people_do() {
    let floors = [
        (Set::Tuned, Floor { english: 0.94, elsewhere: 0.97, macro_f1: 0.87, unknown: 0.15 }),
        (Set::Held, Floor { english: 0.69, elsewhere: 0.75, macro_f1: 0.78, unknown: 0.29 }),
    ];
    for (set, floor) in floors {
        let score = Score::of(set);
        let in_english = score.needs_reply[&Language::English];
        assert!(in_english.precision().min(in_english.recall()) >= floor.english, "{set:?}\n{score}");
        let elsewhere = score.needs_reply_elsewhere();
        assert!(elsewhere.precision().min(elsewhere.recall()) >= floor.elsewhere, "{set:?}\n{score}");
        assert!(score.intents[&Intent::Spam].precision() >= 0.97, "{set:?}\n{score}");
        assert!(score.macro_f1() >= floor.macro_f1, "{set:?}\n{score}");
        assert!(score.unknown_share() <= floor.unknown, "{set:?}\n{score}");
    }
}

struct Floor {
    english: f64,
    elsewhere: f64,
    macro_f1: f64,
    unknown: f64,
}
