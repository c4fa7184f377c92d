//! Every template of every language fills its slots in every niche.

use kit::clock::Timestamp;

use super::*;

const COMMENTS: [Intent; 9] = [
    Intent::Praise,
    Intent::Question,
    Intent::Purchase,
    Intent::Suggestion,
    Intent::Story,
    Intent::Remark,
    Intent::Complaint,
    Intent::Incident,
    Intent::Safety,
];

fn author() -> Author {
    Author {
        channel_id: "UC1".into(),
        handle: "@ann".into(),
        display_name: "Ann Lee".into(),
        avatar_url: String::new(),
        language: Language::En,
    }
}

/// A word that no template can do without its slot filled.
fn broken(text: &str) -> bool {
    text.trim().is_empty() || ["{", "}", "[", "]", "|", "  ", " ,", " ."].iter().any(|sign| text.contains(sign))
}

#[test]
fn every_template_grows_in_every_niche() {
    let (author, chance) = (author(), Streams::new(&[b"templates"]));
    // Each niche takes every fifth template, so that together they take all.
    for (number, niche) in Niche::ALL.iter().enumerate() {
        for language in Language::ALL {
            let profile =
                Profile { niche: *niche, language: *language, ..Profile::northside("any", 1, Timestamp::EPOCH) };
            let subject = Subject::of_video(&profile, number, &chance);
            let mut scene = Scene {
                profile: &profile,
                subject: &subject,
                duration_seconds: 500,
                language: *language,
                parent: None,
            };
            let mut dice = chance.dice("any", &[number as u64, *language as u64]);
            for intent in COMMENTS {
                for bag in (number as u64 % 5..80).step_by(5) {
                    let text = scene.write(intent, bag, &mut dice);
                    assert!(!broken(&text), "{niche} {language} {intent:?}: {text:?}");
                }
            }
            for (intent, same_author) in [
                (Intent::Question, false),
                (Intent::Complaint, false),
                (Intent::Incident, true),
                (Intent::Praise, false),
            ] {
                scene.parent = Some(Parent { intent, text: "", author: &author, same_author });
                for bag in (number as u64 % 3..21).step_by(3) {
                    for reply in [Intent::Answer, Intent::OwnerReply] {
                        let text = scene.write(reply, bag, &mut dice);
                        assert!(!broken(&text), "{niche} {language} {reply:?}: {text:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn english_is_rich_everywhere() {
    for niche in Niche::ALL {
        let words = niche::words(*niche);
        for intent in COMMENTS {
            let lines = languages::of(Language::En).lines(intent).len() + words.lines(intent).len();
            let least = match intent {
                Intent::Praise | Intent::Question | Intent::Complaint => 40,
                Intent::Safety => 12,
                Intent::Purchase => 20,
                _ => 30,
            };
            assert!(lines >= least, "{niche} {intent:?}: {lines}");
        }
        assert!(words.topics.len() >= 17, "{niche}");
    }
}

#[test]
fn a_walk_visits_every_place_before_it_repeats() {
    for count in [1, 7, 29, 31, 58, 29 * 31, 1189] {
        let mut places: Vec<usize> = (0..count).map(|index| walk(5, index, count)).collect();
        places.sort_unstable();
        assert!(places.iter().copied().eq(0..count), "{count}");
    }
}
