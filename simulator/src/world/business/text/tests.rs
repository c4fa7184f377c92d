//! Every template fills its slots, and each translation says the same as its original.

use super::words::{Incident, Topic};
use super::*;
use crate::world::Personality;
use crate::world::dice::Streams;

fn facts(language: Language, dice: &mut Dice) -> Facts {
    facts_of(Trade::Restaurant, language, dice)
}

fn facts_of(trade: Trade, language: Language, dice: &mut Dice) -> Facts {
    Facts::draw(trade, language, Language::En, &["Marisol", "Jonah"], dice)
}

fn incidents(trade: Trade) -> &'static [Incident] {
    match trade {
        Trade::Restaurant => &[Incident::Oven, Incident::Booking],
        Trade::Shop => &[Incident::Machine, Incident::Billing],
        Trade::Store => &[Incident::Kettle],
    }
}

fn trades_and_languages() -> impl Iterator<Item = (Trade, Language)> {
    Trade::ALL.into_iter().flat_map(|trade| Language::ALL.iter().map(move |language| (trade, *language)))
}

fn is_broken(text: &str) -> bool {
    let signs = ["{", "}", "[", "]", "|", "  ", " ,", " .", ",,", "..", "?.", "!."];
    text.trim().is_empty() || signs.iter().any(|sign| text.contains(sign))
}

#[test]
fn every_kind_of_text_grows_in_every_language() {
    let chance = Streams::new(&[b"restaurant"]);
    for (trade, language) in trades_and_languages() {
        for (number, tone) in Tone::ALL.into_iter().enumerate() {
            for turn in 0..150 {
                let mut dice = chance.dice("any", &[language as u64, number as u64, turn]);
                let kind = [Kind::Short, Kind::Plain, Kind::Long][turn as usize % 3];
                let incident = incidents(trade).get(turn as usize % 7).copied();
                let incident = incident.filter(|_| tone == Tone::Complaint);
                let shape = Shape { tone, kind, asks: turn % 5 == 0, incident };
                let facts = facts_of(trade, language, &mut dice);
                let (text, said) = review(shape, facts.clone(), &mut dice);
                assert!(!is_broken(&text.original), "{trade:?} {language}: {}", text.original);
                assert_eq!(text.translation.is_some(), language != Language::En);
                assert!(text.translation.is_none_or(|text| !is_broken(&text)), "{language}: {}", text.original);
                for personality in Personality::ALL {
                    let owner = Owner { language, personality: *personality };
                    let said = (turn % 4 > 0).then_some(&said);
                    let stars = 5 - 2 * number as u8;
                    let heard = Heard { said, text: &text.original, facts: &facts, guest: "Ann Lee", stars };
                    let answer = owner.answer(&heard, &mut dice);
                    assert!(!is_broken(&answer), "{trade:?} {language} {personality}: {answer}");
                }
            }
        }
        for why in ["up", "down", "answered"] {
            let mut dice = chance.dice(why, &[language as u64]);
            let facts = facts_of(trade, language, &mut dice);
            let text = edit(why, 2, facts, &mut dice);
            assert!(!is_broken(&text.original), "{trade:?} {language}: {}", text.original);
        }
    }
}

#[test]
fn there_is_enough_to_say() {
    for trade in Trade::ALL {
        let english = words::of(trade, Language::En);
        for tone in Tone::ALL {
            let least = if trade == Trade::Restaurant { 40 } else { 18 };
            assert!(english.sentences(tone).len() >= least, "{trade:?} {tone:?}: {}", english.sentences(tone).len());
            for topic in Topic::ALL.into_iter().filter(|topic| topic.is_of(trade)) {
                let has_topic = english.sentences(tone).iter().any(|(about, _)| *about == topic);
                assert!(has_topic, "{trade:?} {tone:?} {topic:?}");
            }
        }
        assert!(english.questions.len() >= 15);
        assert!(Tone::ALL.iter().map(|tone| english.short(*tone).len()).sum::<usize>() >= 40);
        let frames = |tone| english.openings(tone).len() * english.closes(tone).len();
        assert!(frames(Tone::Praise) >= 40 && frames(Tone::Complaint) >= 40);
    }
    assert!(words::of(Trade::Restaurant, Language::En).questions.len() >= 40);
    for (trade, language) in trades_and_languages() {
        let words = words::of(trade, language);
        assert!(words.sentences(Tone::Praise).len() >= 12 && words.sentences(Tone::Complaint).len() >= 12);
        assert!(words.sentences(Tone::Mixed).len() >= 5, "{trade:?} {language}");
        for incident in incidents(trade) {
            assert!(words.incident(*incident).len() >= 2, "{trade:?} {language} {incident:?}");
        }
    }
}

/// The choices and slots of a template, in their order, without the words.
fn bones(template: &str) -> String {
    let mut inside_slot = false;
    let is_bone = |letter: &char| {
        inside_slot = *letter == '{' || inside_slot && *letter != '}';
        inside_slot || matches!(letter, '[' | ']' | '|')
    };
    template.chars().filter(is_bone).collect()
}

#[test]
fn a_translation_chooses_as_its_original_does() {
    for (trade, language) in trades_and_languages().filter(|(_, language)| *language != Language::En) {
        let words = words::of(trade, language);
        let mut lines: Vec<Line> = Vec::new();
        for tone in Tone::ALL {
            lines.extend(words.sentences(tone).iter().map(|(_, line)| *line));
            lines.extend([words.short(tone), words.openings(tone), words.closes(tone)].concat());
        }
        lines.extend(["up", "down", "answered"].iter().flat_map(|why| words.edit(why)));
        lines.extend(incidents(trade).iter().flat_map(|incident| words.incident(*incident)));
        for line in lines {
            assert!(line.is_translated(), "{trade:?} {language}: {}", line.own);
            assert_eq!(bones(line.own), bones(line.english), "{trade:?} {language}: {}", line.own);
        }
    }
}

#[test]
fn the_owner_answers_what_was_said() {
    let chance = Streams::new(&[b"answers"]);
    let owner = Owner { language: Language::En, personality: Personality::Brief };
    let mut named = 0;
    for turn in 0..400 {
        let mut dice = chance.dice("any", &[turn]);
        let facts = facts(Language::En, &mut dice);
        let shape = Shape { tone: Tone::Complaint, kind: Kind::Plain, asks: false, incident: None };
        let (text, said) = review(shape, facts.clone(), &mut dice);
        let heard = Heard { said: Some(&said), text: &text.original, facts: &facts, guest: "", stars: 1 };
        let answer = owner.answer(&heard, &mut dice);
        for slot in ["dish", "staff", "price"] {
            let name = facts.name(slot, Language::En).unwrap().to_lowercase();
            let is_named = answer.to_lowercase().contains(&name);
            assert!(!is_named || text.original.to_lowercase().contains(&name), "{} > {answer}", text.original);
            named += usize::from(is_named);
        }
        if said.topics[0].1 == Topic::Noise {
            assert!(["loud", "music", "table", "room", "party"].iter().any(|word| answer.contains(word)), "{answer}");
        }
    }
    assert!(named > 10, "answers speak of the dish: {named}");
}

#[test]
fn whoever_is_torn_blames_something_and_is_answered_on_it() {
    let chance = Streams::new(&[b"torn"]);
    let owner = Owner { language: Language::En, personality: Personality::Friendly };
    for turn in 0..400 {
        let mut dice = chance.dice("any", &[turn]);
        let facts = facts(Language::En, &mut dice);
        let kind = if turn % 2 == 0 { Kind::Plain } else { Kind::Long };
        let shape = Shape { tone: Tone::Mixed, kind, asks: false, incident: None };
        let (text, said) = review(shape, facts.clone(), &mut dice);
        assert_ne!(said.topics[0].0, Tone::Praise, "{}", text.original);
        let heard = Heard { said: Some(&said), text: &text.original, facts: &facts, guest: "", stars: 3 };
        let answer = owner.answer(&heard, &mut dice).to_lowercase();
        let dish = facts.name("dish", Language::En).unwrap().to_lowercase();
        assert!(!answer.contains(&dish), "{} may have been liked: {answer}", text.original);
    }
}

#[test]
fn a_question_gets_the_answer_that_belongs_to_it() {
    let mut dice = Streams::new(&[b"question"]).dice("any", &[]);
    let facts = facts(Language::En, &mut dice);
    let shape = Shape { tone: Tone::Praise, kind: Kind::Plain, asks: true, incident: None };
    let (text, said) = review(shape, facts.clone(), &mut dice);
    let words = words::of(Trade::Restaurant, Language::En);
    assert!(words.questions.iter().any(|(_, reply)| Some(*reply) == said.reply), "{text:?}");
}
