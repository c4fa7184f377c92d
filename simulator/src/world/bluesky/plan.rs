//! How much is posted and answered, when, and in what mood, before a word of it is written.

use std::collections::HashSet;

use kit::clock::Timestamp;

use super::writer::{Draft, Writer, after, whole_millisecond};
use super::{Post, Source};
use crate::world::dice::Dice;
use crate::world::said::{Fresh, fingerprint};
use crate::world::text::Intent;
use crate::world::text::posts::{Section, Topic};
use crate::world::{Platform, Profile, Scenario, Size, Story, interactions, share};

const DAY: f64 = 86_400.0;
/// So far back the account's posts go, and so far ahead they are planned.
const DAYS: f64 = 90.0;
/// Things beyond the history's own.
pub const LIVE: u64 = 1 << 40;

/// Followers, and how many the account follows.
pub fn audience(source: &Source) -> (u64, u64) {
    let mut dice = source.chance.dice("audience", &[]);
    let usual = match source.profile.size {
        Size::Small => 900.0,
        Size::Medium => 4_200.0,
        Size::Large => 21_000.0,
    };
    (dice.log_normal(usual, 0.15) as u64, dice.between(80, 400) as u64)
}

/// What others wrote to the account, with its own answers; the plan ends at most a thread above.
fn target(source: &Source) -> usize {
    let Profile { story, size, .. } = source.profile;
    (interactions(size) as f64 * share(story, Platform::Bluesky)) as usize
}

/// The account's own, from ninety days ago to ninety days ahead.
pub fn posts(writer: &Writer<'_>, said: &mut HashSet<u64>) -> Vec<Post> {
    let (source, fresh): (_, Fresh<'_>) = (writer.source, &mut |text| said.insert(fingerprint(text)));
    let past = (target(source) / 6).clamp(12, 110) as u64;
    let gap = DAYS * DAY / past as f64;
    let start = source.profile.created_at - std::time::Duration::from_secs_f64(DAYS * DAY);
    (0..past * 2)
        .map(|index| {
            let mut dice = source.chance.dice("post time", &[index]);
            let seconds = gap * (index as f64 + 0.1 + 0.8 * dice.unit());
            let draft = Draft {
                thing: &[index],
                author: writer.owner.clone(),
                at: whole_millisecond(start + std::time::Duration::from_secs_f64(seconds)),
                intent: Intent::Remark,
                topic: None,
                section: Section::OwnPost,
                subject: index,
                to: None,
            };
            writer.post(draft, fresh)
        })
        .collect()
}

pub fn history(writer: &Writer<'_>, posts: &[Post], said: &mut HashSet<u64>) -> Vec<Post> {
    let (source, fresh): (_, Fresh<'_>) = (writer.source, &mut |text| said.insert(fingerprint(text)));
    let (now, wanted) = (source.profile.created_at, target(source));
    let mut written = Vec::new();
    for ordinal in 0.. {
        if written.len() >= wanted {
            break;
        }
        let key = [1, ordinal];
        let mut dice = source.chance.dice("thread", &key);
        let about = weighted_post(posts, now, 30.0, &mut dice);
        let room = now.since(posts[about].at).as_secs_f64();
        let delay = dice.log_normal(2.2, 1.4) * 3_600.0;
        let at = after(posts[about].at, if delay < room { delay } else { room * dice.unit() });
        let top = thread(writer, &key, (about as u64, &posts[about]), at, &mut dice, fresh);
        written.push(top.clone());
        replies(writer, &key, about as u64, &top, &mut dice, fresh, &mut written);
    }
    written.retain(|post| post.at <= now);
    written
}

/// One of the posts that are out, the newer the likelier, by how many days it takes until half of the interest is gone.
pub fn weighted_post(posts: &[Post], now: Timestamp, days: f64, dice: &mut Dice) -> usize {
    let out = posts.partition_point(|post| post.at < now).max(1);
    let weights: Vec<f64> = posts[..out]
        .iter()
        .map(|post| (1.0 + post.eventual_likes as f64).sqrt() / (1.0 + now.since(post.at).as_secs_f64() / DAY / days))
        .collect();
    dice.weighted(&weights)
}

/// What begins a thread: an answer below a post, a quote of it, or a post of somebody's own that names the account.
pub fn thread(
    writer: &Writer<'_>,
    key: &[u64],
    (subject, about): (u64, &Post),
    at: Timestamp,
    dice: &mut Dice,
    fresh: Fresh<'_>,
) -> Post {
    let (kind, intent) = (dice.weighted(&[0.76, 0.15, 0.09]), intent(writer.source, at, dice));
    let topic = match intent {
        Intent::Question | Intent::Purchase => Some(Topic::draw(intent, dice)),
        _ => None,
    };
    let section = match kind {
        0 => Section::Reader(intent, topic),
        1 => Section::Mention,
        _ => Section::Quote,
    };
    let (intent, topic) = if kind == 0 { (intent, topic) } else { (Intent::Remark, None) };
    let author = writer.visitor(key, intent, &[about]);
    let to = (kind == 0).then_some(about);
    let post = writer.post(Draft { thing: key, author, at, intent, topic, section, subject, to }, fresh);
    Post { quote: (kind == 2).then(|| about.uri()), ..post }
}

fn replies(
    writer: &Writer<'_>,
    key: &[u64],
    subject: u64,
    top: &Post,
    dice: &mut Dice,
    fresh: Fresh<'_>,
    written: &mut Vec<Post>,
) {
    let room = writer.source.profile.created_at.since(top.at).as_secs_f64();
    let thing = |place: u64| [key, &[2 + place]].concat();
    let answered = match top.intent {
        Intent::Question | Intent::Purchase => 0.36,
        Intent::Complaint | Intent::Incident => 0.14,
        Intent::Spam => 0.0,
        _ => 0.18,
    };
    let mut last = top.clone();
    let next_at = |last: &Post, dice: &mut Dice| {
        let (delay, left) = (dice.log_normal(1.8, 1.2) * 3_600.0, room - last.at.since(top.at).as_secs_f64());
        after(last.at, if delay < left { delay } else { left.max(2.0) * dice.unit() })
    };
    // What others say to each other elsewhere is theirs.
    if top.reply.is_some() && top.intent != Intent::Spam && dice.chance(0.16) {
        let at = next_at(&last, dice);
        let author = writer.visitor(&thing(0), Intent::Answer, &[top]);
        last = writer.reader_answer(&thing(0), author, (top, top), subject, at, fresh);
        written.push(last.clone());
    }
    if room > 0.6 * DAY && dice.chance(answered) {
        let at = next_at(&last, dice);
        let own = writer.owner_answer(&thing(1), top, subject, at, fresh);
        written.push(own.clone());
        if dice.chance(0.4) {
            let at = next_at(&own, dice);
            written.push(writer.reader_answer(&thing(2), top.author.clone(), (top, &own), subject, at, fresh));
        }
    }
}

/// From the mood of the scenario; a brand's trouble is of the last ten days.
fn intent(source: &Source, at: Timestamp, dice: &mut Dice) -> Intent {
    use Intent::{Complaint, Emoji, Incident, Praise, Purchase, Question, Remark, Spam, Story as Told, Suggestion};
    let profile = &source.profile;
    let (praise, complaint) = match profile.scenario {
        Scenario::Healthy | Scenario::Viral => (0.46, 0.08),
        Scenario::Typical => (0.36, 0.17),
        Scenario::Struggling => (0.20, 0.30),
    };
    let is_recent = profile.created_at.since(at).as_secs_f64() < 10.0 * DAY;
    let incident = match profile.story {
        Story::Brand if is_recent && profile.scenario == Scenario::Struggling => 0.9,
        Story::Brand | Story::Agency if is_recent => 0.15,
        _ => 0.0,
    };
    let weights = [praise, 0.16, 0.04, 0.07, 0.08, 0.07, complaint, incident, 0.05, 0.025];
    [Praise, Question, Purchase, Suggestion, Told, Remark, Complaint, Incident, Emoji, Spam][dice.weighted(&weights)]
}
