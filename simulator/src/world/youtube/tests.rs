//! What every channel keeps, whoever owns it.

use sha2::{Digest, Sha256};

use super::*;
use crate::world::{Scenario, Size};

fn start() -> Timestamp {
    Timestamp::parse("2026-11-22T18:30:00Z").unwrap()
}

/// Whatever other stories come to say, a creator's channel stays as it is: titles, comments, times and ids.
#[test]
fn creators_keep_their_channels_to_the_byte() {
    let usual = Profile::northside("somebody", 21, start());
    let profiles = [
        usual.clone(),
        Profile { size: Size::Small, scenario: Scenario::Struggling, ..usual.clone() },
        Profile { language: Language::De, scenario: Scenario::Viral, ..usual.clone() },
        Profile { language: Language::It, size: Size::Large, scenario: Scenario::Typical, ..usual },
    ];
    let mut hash = Sha256::new();
    for profile in profiles {
        let youtube = YouTube::new(&profile);
        hash.update(format!("{:?}\n", youtube.channel));
        for video in &youtube.videos {
            hash.update(format!("{}|{}|{}|{:?}\n", video.id, video.title, video.description, video.tags));
            hash.update(format!("{}|{}|{:?}\n", video.published_at, video.duration_seconds, video.eventual_views));
        }
        for comment in youtube.comments(start() + std::time::Duration::from_secs(7_200)) {
            hash.update(format!("{comment:?}\n"));
        }
    }
    let figure: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(figure, "8c1410aa59da5aed");
}

fn brand(seed: u64) -> Profile {
    Profile::of_story(Story::Brand, "somebody", seed, start())
}

#[test]
fn other_stories_have_their_share_of_comments() {
    for (story, share) in [(Story::Brand, 0.5), (Story::Agency, 0.45)] {
        for (size, whole) in [(Size::Small, 200.0), (Size::Medium, 1_200.0), (Size::Large, 5_000.0)] {
            let usual = Profile::of_story(story, "somebody", 31, start());
            let promised = YouTube::new(&Profile { size, ..usual }).promised(start()).comments as f64;
            let wanted = share * whole;
            assert!((0.9..=1.1).contains(&(promised / wanted)), "{story} {size}: {promised} of {wanted}");
        }
    }
}

#[test]
fn an_agency_looks_after_the_coffee_channel() {
    let youtube = YouTube::new(&Profile::of_story(Story::Agency, "somebody", 32, start()));
    assert_eq!(youtube.channel.title, "Northside Coffee Lab");
    let sore = youtube.history().iter().filter(|comment| comment.intent == Intent::Incident);
    assert!(sore.clone().all(|comment| !comment.text.to_lowercase().contains("kettle leaks")) && sore.count() > 0);
}

#[test]
fn a_brands_channel_tells_of_the_kettle_within_ten_days() {
    for language in [Language::En, Language::De, Language::It] {
        let youtube = YouTube::new(&Profile { language, ..brand(33) });
        let sore: Vec<&Comment> = youtube
            .history()
            .iter()
            .filter(|comment| comment.intent == Intent::Incident && comment.is_thread())
            .collect();
        let lately = |comment: &&&Comment| start().since(comment.published_at).as_secs() <= 12 * 86_400;
        let share = sore.iter().filter(lately).count() as f64 / sore.len() as f64;
        assert!(sore.len() >= 60 && share > 0.95, "{language}: {} complaints, {share:.2} of them lately", sore.len());
        let names = |text: &str| {
            let words = "kettle|kessel|bollitore|hervidor|bouilloire|chaleira|lid|deckel|coperchio|seal|dichtung|guarnizione|handle|\
                         griff|manico|replacement|ersatz|cambio|refund|geld|support|warranty|garant|garanz|box|mail";
            words.split('|').any(|word| text.to_lowercase().contains(word))
        };
        let named = sore.iter().filter(|comment| names(&comment.text)).count() as f64 / sore.len() as f64;
        assert!(named > 0.75, "{language}: {named:.2} name the kettle");
        let title = &youtube.video(&sore[sore.len() - 1].video_id, start()).unwrap().title;
        assert!(!title.contains("tasting set"), "{title}");
    }
}
