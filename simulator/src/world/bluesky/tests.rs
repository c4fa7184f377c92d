//! What holds of every account and its surroundings.

use std::collections::HashMap;
use std::time::Duration;

use kit::clock::Timestamp;

use super::*;
use crate::world::Size;

fn made() -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00Z").unwrap()
}

fn world(story: Story, seed: u64) -> Bluesky {
    Bluesky::new(&Profile::of_story(story, "ann", seed, made()))
}

fn stories() -> impl Iterator<Item = Story> {
    Story::ALL.iter().copied().filter(|story| story.has_feed())
}

#[test]
fn the_same_profile_gives_the_same_world() {
    let (one, other) = (world(Story::Creator, 7), world(Story::Creator, 7));
    assert_eq!(one.history(), other.history());
    let (later, far) = (made() + Duration::from_secs(3_600), made() + Duration::from_secs(3 * 86_400));
    let split: Vec<Post> = [one.arrivals(made(), later), one.arrivals(later, far)].concat();
    assert_eq!(split, one.arrivals(made(), far));
}

#[test]
fn whatever_is_answered_was_written_before() {
    for story in stories() {
        let bluesky = world(story, 3);
        let at: HashMap<String, Timestamp> = bluesky.history().iter().map(|post| (post.uri(), post.at)).collect();
        for post in bluesky.history() {
            assert!(post.at <= made(), "{post:?}");
            if let Some(above) = &post.reply {
                assert!(at[&above.parent] < post.at && at[&above.root] < post.at, "{story}: {post:?}");
            }
            if let Some(quoted) = &post.quote {
                assert!(at[quoted] < post.at, "{story}: {post:?}");
            }
        }
        assert_eq!(at.len(), bluesky.history().len(), "addresses are a post's own");
    }
}

#[test]
fn a_post_fits_into_the_network() {
    for story in stories() {
        for post in world(story, 5).history() {
            assert!(!post.text.trim().is_empty() && post.text.chars().count() <= 300, "{post:?}");
            assert!(!post.text.contains(['{', '}', '\u{fffc}']), "{}", post.text);
        }
    }
}

#[test]
fn a_mention_stands_where_its_facet_says() {
    let bluesky = world(Story::Shop, 11);
    let named = format!("@{}", bluesky.owner.handle);
    let mentions: Vec<&Post> = bluesky.history().iter().filter(|post| post.mention.is_some()).collect();
    assert!(mentions.len() >= 10, "{}", mentions.len());
    for post in mentions {
        assert_eq!(post.text[post.mention.clone().unwrap()], named);
    }
}

#[test]
fn hardly_anything_is_said_twice() {
    for story in stories() {
        let profile = Profile { size: Size::Large, ..Profile::of_story(story, "ann", 2, made()) };
        let bluesky = Bluesky::new(&profile);
        let mut said = HashMap::<u64, usize>::new();
        for post in bluesky.history().iter().filter(|post| post.intent != Intent::Emoji) {
            *said.entry(fingerprint(&post.text)).or_default() += 1;
        }
        let (all, repeats) = (bluesky.history().len(), said.values().filter(|count| **count > 1).count());
        assert!(repeats * 100 <= all, "{story}: {repeats} of {all}");
    }
}

#[test]
fn questions_are_among_what_the_account_has_answered() {
    let bluesky = world(Story::Shop, 4);
    let by_address: HashMap<String, &Post> = bluesky.history().iter().map(|post| (post.uri(), post)).collect();
    let asked = |post: &&Post| post.reply.as_ref().and_then(|above| by_address.get(&above.parent)?.topic).is_some();
    let answers = bluesky.history().iter().filter(|post| post.by_owner && post.reply.is_some()).filter(asked);
    assert!(answers.count() >= 5);
}

#[test]
fn every_story_has_as_much_as_its_share() {
    for (story, wanted) in [(Story::Creator, 144), (Story::Shop, 420), (Story::Brand, 300), (Story::Agency, 180)] {
        let bluesky = world(story, 9);
        let others = bluesky.history().iter().filter(|post| !(post.by_owner && post.reply.is_none())).count();
        assert!((wanted - 10..wanted + 10).contains(&others), "{story}: {others}");
    }
}

#[test]
fn a_profile_that_just_began_is_talked_to_within_minutes() {
    let bluesky = world(Story::Creator, 1);
    let soon = bluesky.arrivals(made(), made() + Duration::from_secs(1_800));
    assert!((5..=12).contains(&soon.len()), "{}", soon.len());
    let month = bluesky.arrivals(made(), made() + Duration::from_secs(30 * 86_400));
    assert!(month.iter().any(|post| post.by_owner), "the account goes on posting");
    assert!(month.iter().any(|post| post.deleted_at.is_some()), "and somebody takes back what they said");
}

#[test]
fn whatever_is_said_is_said_to_the_account() {
    for story in stories() {
        let bluesky = world(story, 6);
        let own = |address: &str| address.contains(bluesky.owner.did.as_str());
        for post in bluesky.history().iter().filter(|post| !post.by_owner) {
            let is_below_own = post.reply.as_ref().is_some_and(|above| own(&above.root) || own(&above.parent));
            assert!(is_below_own || post.mention.is_some() || post.quote.is_some(), "{story}: {post:?}");
        }
    }
}
