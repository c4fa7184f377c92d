//! What every world keeps, whatever its profile.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use kit::clock::Timestamp;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::youtube::{Comment, Moderation};
use super::*;

fn start() -> Timestamp {
    Timestamp::parse("2026-11-22T18:30:00Z").unwrap()
}

fn northside(seed: u64) -> Profile {
    Profile::northside("somebody", seed, start())
}

fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn a_profile_promises_what_the_demo_needs_and_keeps_it() {
    for (size, least) in [(Size::Small, 1_000), (Size::Medium, 1_100), (Size::Large, 5_000)] {
        let world = World::new(Profile { size, ..northside(3) });
        let promised = world.youtube.promised(start());
        assert!(promised.videos >= 40 && promised.comments >= least, "{size}: {promised:?}");
        assert_eq!(promised.comments, promised.threads + promised.replies);
        let history = world.youtube.history();
        assert_eq!(history.len() as u64, promised.comments + promised.held + promised.likely_spam);
        assert_eq!(history, world.youtube.comments(start()), "nothing has arrived at the very start");
        let oldest = world.youtube.videos(start()).last().unwrap().published_at;
        assert!(start().since(oldest) > hours(24 * 86) && start().since(oldest) <= hours(24 * 90));
    }
}

#[test]
fn the_same_seed_says_the_same_to_everybody_under_ids_of_their_own() {
    let (mine, yours) = (World::new(northside(5)), World::new(Profile { user_key: "else".into(), ..northside(5) }));
    let texts =
        |world: &World| world.youtube.history().iter().map(|comment| comment.text.clone()).collect::<HashSet<_>>();
    assert_eq!(texts(&mine), texts(&yours));
    let ids = |world: &World| world.youtube.history().iter().map(|comment| comment.id.clone()).collect::<HashSet<_>>();
    assert!(ids(&mine).is_disjoint(&ids(&yours)));
    assert_ne!(mine.youtube.channel.id, yours.youtube.channel.id);
    assert_ne!(texts(&mine), texts(&World::new(northside(6))));
}

/// Whoever changes what a seed means, in code, in words or by a dependency, changes every demo that runs: this figure tells.
#[test]
fn a_seed_means_one_world_for_ever() {
    let world = World::new(northside(1));
    let mut hash = Sha256::new();
    for comment in world.youtube.comments(start() + hours(1)) {
        hash.update(format!("{}|{}|{}|{}\n", comment.id, comment.published_at, comment.author.handle, comment.text));
    }
    let figure: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(figure, "b5c08d16da220494");
}

#[test]
fn texts_practically_never_repeat() {
    for language in [Language::En, Language::Es, Language::It] {
        let world = World::new(Profile { language, ..northside(8) });
        let texts: Vec<&str> = world
            .youtube
            .history()
            .iter()
            .filter(|comment| comment.language.is_some())
            .map(|comment| comment.text.as_str())
            .collect();
        let distinct: HashSet<String> = texts.iter().map(|text| text.to_lowercase()).collect();
        assert!(share(distinct.len(), texts.len()) >= 0.98, "{language}: {} of {}", distinct.len(), texts.len());
    }
}

#[test]
fn the_mix_is_the_one_of_the_table() {
    let world = World::new(northside(2));
    let history = world.youtube.history();
    let published: Vec<&Comment> =
        history.iter().filter(|comment| comment.moderation == Moderation::Published).collect();
    let threads: Vec<&&Comment> = published.iter().filter(|comment| comment.is_thread()).collect();
    let of = |intent: Intent| published.iter().filter(|comment| comment.intent == intent).count();
    let within = |what: &str, part: usize, whole: usize, low: f64, high: f64| {
        let share = share(part, whole);
        assert!((low..=high).contains(&share), "{what}: {share:.3} is not in {low}..{high}");
    };
    within("held or likely spam", history.len() - published.len(), published.len(), 0.03, 0.07);
    within("published spam", of(Intent::Spam), published.len(), 0.015, 0.045);
    within("questions", of(Intent::Question) + of(Intent::Purchase), threads.len(), 0.09, 0.19);
    within("emoji alone", of(Intent::Emoji), threads.len(), 0.045, 0.11);
    within("owner's replies", published.iter().filter(|comment| comment.by_owner).count(), threads.len(), 0.13, 0.21);
    let answered: HashSet<&String> = published.iter().filter_map(|comment| comment.parent_id.as_ref()).collect();
    within("threads with replies", answered.len(), threads.len(), 0.14, 0.23);
    within("no likes", threads.iter().filter(|comment| comment.eventual_likes == 0).count(), threads.len(), 0.58, 0.74);
    assert!(published.iter().map(|comment| comment.eventual_likes).max().unwrap() > 60, "some are famous");
    let mut by_author: HashMap<&str, usize> = HashMap::new();
    for comment in published.iter().filter(|comment| !comment.by_owner) {
        *by_author.entry(&comment.author.channel_id).or_default() += 1;
    }
    within(
        "authors of one comment",
        by_author.values().filter(|count| **count == 1).count(),
        by_author.len(),
        0.80,
        0.93,
    );
    let mut by_video: HashMap<&str, usize> = HashMap::new();
    for comment in &published {
        *by_video.entry(&comment.video_id).or_default() += 1;
    }
    let most = *by_video.values().max().unwrap();
    within("the viral video's share", most, published.len(), 0.08, 0.4);
    let languages: HashSet<_> = published.iter().filter_map(|comment| comment.language).collect();
    assert!(languages.len() >= 5, "{languages:?}");
    let closed = world.youtube.videos(start()).filter(|video| !video.comments_enabled).count();
    assert!((1..=2).contains(&closed));
    assert!(
        world
            .youtube
            .videos(start())
            .filter(|video| !video.comments_enabled)
            .all(|video| !by_video.contains_key(&*video.id))
    );
}

#[test]
fn a_crisis_sounds_like_one_and_a_viral_channel_looks_like_one() {
    let complaints = |scenario| {
        let world = World::new(Profile { scenario, ..northside(4) });
        let threads: Vec<Comment> =
            world.youtube.history().iter().filter(|comment| comment.is_thread()).cloned().collect();
        let sore = threads
            .iter()
            .filter(|comment| matches!(comment.intent, Intent::Complaint | Intent::Incident | Intent::Safety));
        share(sore.count(), threads.len())
    };
    assert!(complaints(Scenario::Healthy) < 0.17);
    assert!((0.14..0.30).contains(&complaints(Scenario::Typical)));
    assert!(complaints(Scenario::Struggling) > 0.40);
    let most_seen = |scenario| {
        let world = World::new(Profile { scenario, ..northside(4) });
        world.youtube.videos(start()).map(|video| world.youtube.video_stats(video, start()).views).max().unwrap()
    };
    assert!(most_seen(Scenario::Viral) > 2 * most_seen(Scenario::Healthy));
}

#[test]
fn new_comments_come_gently_and_ever_more_slowly() {
    let world = World::new(northside(9));
    let minutes = |from: u64, to: u64| {
        world.youtube.arrivals(start() + Duration::from_secs(from * 60), start() + Duration::from_secs(to * 60)).len()
    };
    assert!((9..=11).contains(&minutes(0, 5)), "{} in five minutes", minutes(0, 5));
    assert!((18..=22).contains(&minutes(5, 30)));
    assert!((15..=40).contains(&minutes(30, 180)));
    let day = minutes(24 * 60 * 30, 24 * 60 * 31);
    assert!((12..=36).contains(&day), "{day} on a day a month later");
    let first = world.youtube.arrivals(start(), start() + Duration::from_secs(300));
    for pair in first.windows(2) {
        let gap = pair[1].published_at.since(pair[0].published_at).as_secs();
        assert!((18..=42).contains(&gap), "{gap} s");
    }
}

#[test]
fn every_niche_has_titles_enough() {
    for (turn, niche) in Niche::ALL.iter().enumerate().step_by(3) {
        let language = Language::ALL[turn % 6];
        let world = World::new(Profile { niche: *niche, language, size: Size::Small, ..northside(turn as u64) });
        let titles: HashSet<&String> = world.youtube.videos(start()).map(|video| &video.title).collect();
        assert_eq!(titles.len(), 42, "{niche} {language}: titles repeat");
    }
}

#[test]
fn ids_look_like_youtubes_and_belong_to_one_thing_each() {
    let world = World::new(northside(11));
    let youtube = &world.youtube;
    assert!(youtube.channel.id.starts_with("UC") && youtube.channel.id.len() == 24);
    assert!(youtube.videos(start()).all(|video| video.id.len() == 11));
    let mut ids = HashSet::new();
    let threads: HashSet<&String> =
        youtube.history().iter().filter(|comment| comment.is_thread()).map(|comment| &comment.id).collect();
    for comment in youtube.comments(start() + hours(48)).iter() {
        assert!(ids.insert(comment.id.clone()), "{} twice", comment.id);
        match &comment.parent_id {
            None => assert!(comment.id.starts_with("Ug") && comment.id.len() == 26),
            Some(parent) => {
                assert!(comment.id.len() == 49 && comment.id.starts_with(&format!("{parent}.")));
                assert!(comment.published_at > start() || threads.contains(parent));
            }
        }
    }
    let handles: HashMap<&str, &str> =
        youtube.history().iter().map(|comment| (&*comment.author.handle, &*comment.author.channel_id)).collect();
    let authors: HashSet<&str> = youtube.history().iter().map(|comment| &*comment.author.channel_id).collect();
    assert_eq!(handles.len(), authors.len(), "a handle belongs to one author");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn later_instants_only_add(seed: u64, early in 0u64..200_000, more in 0u64..400_000) {
        let world = World::new(Profile { size: Size::Small, ..northside(seed) });
        let youtube = &world.youtube;
        let (before, after) = (start() + Duration::from_secs(early), start() + Duration::from_secs(early + more));
        let then = youtube.comments(before);
        let now = youtube.comments(after);
        prop_assert_eq!(&now[now.len() - then.len()..], &then[..]);
        prop_assert!(now.is_sorted_by(|a, b| a.published_at >= b.published_at));
        prop_assert!(now.iter().all(|comment| comment.published_at <= after));
        prop_assert_eq!(youtube.arrivals(before, after).len(), now.len() - then.len());
        for video in youtube.videos(before) {
            let (old, new) = (youtube.video_stats(video, before), youtube.video_stats(video, after));
            prop_assert!(new.views >= old.views && new.likes >= old.likes);
            prop_assert!(before >= video.published_at);
        }
        prop_assert!(youtube.videos(after).count() >= youtube.videos(before).count());
        for comment in &now {
            let video = youtube.video(&comment.video_id, after).expect("comments stand under videos that are out");
            prop_assert!(comment.published_at >= video.published_at && video.comments_enabled);
        }
    }

    #[test]
    fn any_seed_keeps_the_promise(seed: u64) {
        let world = World::new(Profile { size: Size::Small, ..northside(seed) });
        let promised = world.youtube.promised(start());
        prop_assert!(promised.videos >= 40 && (1_000..1_100).contains(&promised.comments), "{promised:?}");
    }
}

#[test]
#[ignore = "prints a sample to be read"]
fn print_a_sample() {
    let name = |name: &str| std::env::var(name).unwrap_or_default();
    let profile = Profile {
        niche: name("NICHE").parse().unwrap_or(Niche::Cooking),
        language: name("LANGUAGE").parse().unwrap_or(Language::En),
        scenario: name("SCENARIO").parse().unwrap_or(Scenario::Healthy),
        ..northside(name("SEED").parse().unwrap_or(7))
    };
    let world = World::new(profile);
    for video in world.youtube.videos(start()).take(16) {
        println!("{} {} | {:?}", video.published_at, video.title, world.youtube.video_stats(video, start()));
    }
    let last = world.youtube.videos(start()).next().unwrap();
    println!("---\n{}\n{:?}\n---", last.description, last.tags);
    let step = name("STEP").parse().unwrap_or(9);
    for comment in world.youtube.history().iter().step_by(step) {
        println!("{:?} {} {}: {}", comment.intent, comment.likes(start()), comment.author.handle, comment.text);
    }
    let recent = |days: u64| {
        world.youtube.history().iter().filter(|comment| start().since(comment.published_at) < hours(24 * days)).count()
    };
    println!("last day {}, week {}, month {}", recent(1), recent(7), recent(30));
}

#[test]
#[ignore = "measures, rather than asserts"]
#[expect(clippy::disallowed_methods, reason = "measures a duration")]
fn measure_a_build() {
    for size in Size::ALL {
        let begun = std::time::Instant::now();
        let world = World::new(Profile { size: *size, ..northside(7) });
        println!("{size}: {:?} for {:?}", begun.elapsed(), world.youtube.promised(start()));
    }
}
