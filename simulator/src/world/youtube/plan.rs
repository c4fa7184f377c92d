//! How many threads each video has, and what kind each of them is.

use kit::clock::Timestamp;

use super::stats::ripened;
use super::videos::{Part, in_history};
use super::{Moderation, Source, Video};
use crate::world::dice::{Dice, exp, ln};
use crate::world::text::Intent;
use crate::world::{Platform, Profile, Scenario, Size, Story, interactions, share};

/// Names a thread for ever: the video's number and the thread's own under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadKey {
    pub video: usize,
    pub ordinal: u64,
}

impl ThreadKey {
    pub fn thing(self) -> [u64; 2] {
        [self.video as u64, self.ordinal]
    }

    pub fn reply(self, ordinal: u64) -> [u64; 3] {
        [self.video as u64, self.ordinal, ordinal]
    }
}

/// Threads of a story beat have ordinals of their own, so that they move nobody else.
pub const INCIDENT: u64 = 1 << 32;
pub const SPAM_WAVE: u64 = 2 << 32;
/// Threads and replies that arrive after the history.
pub const LIVE: u64 = 3 << 32;

/// What a thread is, before a word of it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    pub intent: Intent,
    pub moderation: Moderation,
    pub viewer_replies: u64,
    pub owner_replies: bool,
}

impl Shape {
    fn published(&self) -> u64 {
        match self.moderation {
            Moderation::Published => 1 + self.viewer_replies + u64::from(self.owner_replies),
            _ => 0,
        }
    }
}

/// Every thread of the history, video by video.
pub fn threads(source: &Source, videos: &[Video]) -> Vec<(ThreadKey, Shape)> {
    let videos = &videos[..in_history(source.profile.size)];
    let mut planned = beats(source, videos);
    let mut published: u64 = planned.iter().map(|(_, shape)| shape.published()).sum();
    let target = target(&source.profile);
    let weights: Vec<f64> = videos.iter().map(|video| weight(source, video)).collect();
    let total: f64 = weights.iter().sum();
    // A thread brings 1.24 published comments on the average; what is missing then is added one by one.
    let first_round = target.saturating_sub(published) as f64 / 1.24 * 0.97;
    let mut next: Vec<u64> = weights.iter().map(|weight| (weight / total * first_round) as u64).collect();
    for (video, count) in next.iter().enumerate() {
        for ordinal in 0..*count {
            let key = ThreadKey { video, ordinal };
            let shape = shape(source, key, &videos[video]);
            published += shape.published();
            planned.push((key, shape));
        }
    }
    let mut dice = source.chance.dice("top up", &[]);
    while published < target {
        let video = dice.weighted(&weights);
        let key = ThreadKey { video, ordinal: next[video] };
        next[video] += 1;
        let shape = shape(source, key, &videos[video]);
        published += shape.published();
        planned.push((key, shape));
    }
    planned
}

/// Published comments in the history; the plan ends at most a thread above.
fn target(profile: &Profile) -> u64 {
    match (profile.story, profile.size) {
        (Story::Creator, Size::Small) => 1_015,
        (Story::Creator, Size::Medium) => 1_150,
        (Story::Creator, Size::Large) => 5_000,
        (story, size) => (interactions(size) as f64 * share(story, Platform::YouTube)) as u64,
    }
}

/// Comments follow the views with a heavy tail of their own, and a young video has only begun.
fn weight(source: &Source, video: &Video) -> f64 {
    if !video.comments_enabled {
        return 0.0;
    }
    let own = source.chance.dice("comment share", &[video.index as u64]).log_normal(1.0, 0.7);
    let days = source.profile.created_at.since(video.published_at).as_secs_f64() / 86_400.0;
    let fame = if source.profile.scenario == Scenario::Viral { 0.75 } else { 0.85 };
    exp(ln(video.eventual_views.max(1.0)) * fame) * own * ripened(days, 1.5)
}

/// The complaint cluster after the incident, and the wave of spam.
fn beats(source: &Source, videos: &[Video]) -> Vec<(ThreadKey, Shape)> {
    let scale = target(&source.profile) as f64 / 1_150.0;
    let angry = if source.profile.scenario == Scenario::Struggling { 130.0 } else { 30.0 };
    let mut planned = Vec::new();
    if let Some(video) = videos.iter().position(|video| video.part == Part::Incident) {
        for n in 0..(angry * scale) as u64 {
            let key = ThreadKey { video, ordinal: INCIDENT + n };
            let mut dice = source.chance.dice("shape", &key.thing());
            planned.push((key, ordinary(&mut dice, Intent::Incident, Moderation::Published)));
        }
    }
    let open: Vec<usize> = (0..wave_video(videos.len())).filter(|index| videos[*index].comments_enabled).collect();
    for n in 0..(26.0 * scale) as u64 {
        let mut dice = source.chance.dice("wave", &[n]);
        let video = open[open.len() - 1 - dice.below(5)];
        let moderation = match dice.weighted(&[0.4, 0.2, 0.4]) {
            0 => Moderation::Published,
            1 => Moderation::Held,
            _ => Moderation::LikelySpam,
        };
        let key = ThreadKey { video, ordinal: SPAM_WAVE + n };
        planned.push((key, Shape { intent: Intent::Spam, moderation, viewer_replies: 0, owner_replies: false }));
    }
    planned
}

/// The wave rolls over the uploads before this one, on the day that it comes out.
fn wave_video(count: usize) -> usize {
    count * 4 / 5
}

/// The spam wave's three hours.
pub fn wave_time(source: &Source, videos: &[Video], ordinal: u64) -> Timestamp {
    let start = videos[wave_video(in_history(source.profile.size))].published_at;
    let seconds = source.chance.dice("wave time", &[ordinal]).unit() * 10_000.0;
    start + std::time::Duration::from_secs(1800 + seconds as u64)
}

/// A thread's kind, from the mood of the scenario.
pub fn shape(source: &Source, key: ThreadKey, video: &Video) -> Shape {
    let mut dice = source.chance.dice("shape", &key.thing());
    if dice.chance(0.026) {
        return Shape {
            intent: Intent::Spam,
            moderation: Moderation::Published,
            viewer_replies: 0,
            owner_replies: false,
        };
    }
    if dice.chance(0.045) {
        return caught(&mut dice);
    }
    let mood = mood(source, video);
    let weights: Vec<f64> = mood.iter().map(|(_, weight)| *weight).collect();
    let intent = mood[dice.weighted(&weights)].0;
    ordinary(&mut dice, intent, Moderation::Published)
}

/// Caught by the filter: mostly advertising, sometimes somebody harmless.
fn caught(dice: &mut Dice) -> Shape {
    let (intent, moderation) = match dice.weighted(&[0.58, 0.2, 0.12, 0.1]) {
        0 => (Intent::Spam, Moderation::LikelySpam),
        1 => (Intent::Spam, Moderation::Held),
        2 => (Intent::Complaint, Moderation::Held),
        _ => (Intent::Praise, Moderation::Held),
    };
    Shape { intent, moderation, viewer_replies: 0, owner_replies: false }
}

fn ordinary(dice: &mut Dice, intent: Intent, moderation: Moderation) -> Shape {
    let answered = match intent {
        Intent::Question | Intent::Purchase => 0.30,
        Intent::Praise | Intent::Suggestion | Intent::Story => 0.15,
        Intent::Complaint | Intent::Safety => 0.10,
        Intent::Incident => 0.07,
        _ => 0.04,
    };
    let owner_replies = dice.chance(answered);
    let talks = if owner_replies { 0.22 } else { 0.045 };
    let viewer_replies = if dice.chance(talks) { dice.geometric(0.55).min(9) } else { 0 };
    // Now and then a thread turns into a debate.
    let burst = if dice.chance(0.004) { dice.between(5, 12) as u64 } else { 0 };
    Shape { intent, moderation, viewer_replies: viewer_replies + burst, owner_replies }
}

type Mood = [(Intent, f64); 10];

fn mood(source: &Source, video: &Video) -> Mood {
    use Intent::*;
    let scenario = source.profile.scenario;
    let (praise, complaint) = match scenario {
        Scenario::Healthy | Scenario::Viral => (0.50, 0.085),
        Scenario::Typical => (0.38, 0.19),
        Scenario::Struggling => (0.20, 0.34),
    };
    let (praise, complaint, incident) = match video.part {
        Part::Incident => (praise * 0.4, complaint * 2.0, 0.25),
        // The trouble is still talked about under whatever comes next.
        _ if scenario == Scenario::Struggling && video.index + 6 >= in_history(source.profile.size) => {
            (praise, complaint, 0.16)
        }
        _ => (praise, complaint, 0.0),
    };
    [
        (Praise, praise),
        (Question, 0.12),
        (Purchase, 0.025),
        (Suggestion, 0.065),
        (Story, 0.085),
        (Remark, 0.045),
        (Complaint, complaint),
        (Incident, incident),
        (Safety, 0.005),
        (Emoji, if scenario == Scenario::Struggling { 0.05 } else { 0.08 }),
    ]
}
