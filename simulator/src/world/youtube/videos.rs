//! The uploads: one every other day through the ninety days of history, and on at the same pace for some months to come.

use std::time::Duration;

use kit::clock::Timestamp;

use super::Source;
use crate::world::text::{self, Subject};
use crate::world::{Language, Scenario, Size};

#[derive(Debug, Clone, PartialEq)]
pub struct Video {
    pub id: String,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    /// YouTube's category number.
    pub category_id: &'static str,
    pub published_at: Timestamp,
    pub duration_seconds: u32,
    pub comments_enabled: bool,
    pub privacy: Privacy,
    pub language: Language,
    pub thumbnail_url: String,
    pub(super) subject: Subject,
    pub(super) index: usize,
    pub(super) part: Part,
    /// Views once it is old.
    pub(super) eventual_views: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    Public,
    Unlisted,
}

impl Privacy {
    /// `status.privacyStatus`.
    pub fn as_str(self) -> &'static str {
        match self {
            Privacy::Public => "public",
            Privacy::Unlisted => "unlisted",
        }
    }
}

/// What a video is in the channel's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Ordinary,
    Viral,
    /// Something went wrong for the buyers or viewers, and they say so here.
    Incident,
    /// Comments are switched off.
    Closed,
}

const DAY: f64 = 86_400.0;
const HISTORY_DAYS: f64 = 90.0;
/// Uploads that are planned beyond the history.
const UPCOMING: usize = 60;

pub(super) fn plan(source: &Source) -> Vec<Video> {
    let count = in_history(source.profile.size);
    let story = Story::new(source, count);
    let mut titles = Vec::with_capacity(count + UPCOMING);
    (0..count + UPCOMING)
        .map(|index| {
            let video = video(source, &story, index, count, &titles);
            titles.push(video.title.clone());
            video
        })
        .collect()
}

pub(super) fn in_history(size: Size) -> usize {
    match size {
        Size::Small => 42,
        Size::Medium => 45,
        Size::Large => 60,
    }
}

/// Which upload plays which part.
struct Story {
    viral: usize,
    incident: usize,
    closed: [usize; 2],
    unlisted: usize,
}

impl Story {
    fn new(source: &Source, count: usize) -> Story {
        let mut dice = source.chance.dice("story", &[]);
        let mut place = |low: f64, high: f64| (count as f64 * (low + dice.unit() * (high - low))) as usize;
        let viral = if source.profile.scenario == Scenario::Viral { count - 4 } else { place(0.40, 0.55) };
        let incident = if source.profile.scenario == Scenario::Struggling { count - 5 } else { place(0.66, 0.82) };
        Story { viral, incident, closed: [place(0.04, 0.16), place(0.84, 0.9)], unlisted: place(0.2, 0.36) }
    }

    fn part(&self, index: usize) -> Part {
        match index {
            index if index == self.viral => Part::Viral,
            index if index == self.incident => Part::Incident,
            index if self.closed.contains(&index) => Part::Closed,
            _ => Part::Ordinary,
        }
    }
}

fn video(source: &Source, story: &Story, index: usize, count: usize, titles: &[String]) -> Video {
    let profile = &source.profile;
    let thing = [index as u64];
    let part = story.part(index);
    let mut ids = source.ids.dice("video", &thing);
    let id = ids.base64url(11);
    let published_at = published_at(source, index, count);
    let mut dice = source.chance.dice("video", &thing);
    let minutes = dice.log_normal(9.0, 0.45).clamp(2.5, 42.0);
    let duration_seconds = (minutes * 60.0) as u32 + dice.below(55) as u32;
    let subject = Subject::of_video(profile, index, &source.chance);
    let words = text::video_words(profile, &subject, part == Part::Incident, duration_seconds, &mut dice, titles);
    let usual = profile.subscribers as f64 * 0.24 + 3_000.0;
    let lift = match (part, profile.scenario) {
        (Part::Viral, Scenario::Viral) => 42.0,
        (Part::Viral, _) => 9.0,
        (Part::Incident, _) => 1.8,
        _ => 1.0,
    };
    let unlisted = index == story.unlisted && part == Part::Ordinary;
    Video {
        thumbnail_url: format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg"),
        id,
        title: words.title,
        description: words.description,
        tags: words.tags,
        category_id: text::category(profile.niche),
        published_at,
        duration_seconds,
        comments_enabled: part != Part::Closed,
        privacy: if unlisted { Privacy::Unlisted } else { Privacy::Public },
        language: profile.language,
        subject,
        index,
        part,
        eventual_views: source.chance.dice("views", &thing).log_normal(usual * lift, 0.6)
            * if unlisted { 0.03 } else { 1.0 },
    }
}

/// Somewhere within the upload's own stretch of the calendar, in the afternoon where it can be.
fn published_at(source: &Source, index: usize, count: usize) -> Timestamp {
    let profile = &source.profile;
    let stretch = HISTORY_DAYS * DAY / count as f64;
    let start = profile.created_at - Duration::from_secs_f64(HISTORY_DAYS * DAY);
    let mut dice = source.chance.dice("upload time", &[index as u64]);
    let mut at = start;
    for _ in 0..24 {
        at = whole_second(start + Duration::from_secs_f64((index as f64 + 0.08 + 0.84 * dice.unit()) * stretch));
        if (14..20).contains(&local_hour(at, profile.language)) {
            break;
        }
    }
    at
}

/// YouTube's times are whole seconds.
pub(super) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.micros().div_euclid(1_000_000))
}

/// The hour where most of the audience lives.
pub(super) fn local_hour(at: Timestamp, language: Language) -> i64 {
    let offset = match language {
        Language::En => 0,
        Language::De | Language::Es | Language::Fr | Language::It => 1,
        Language::Pt => -3,
    };
    (at.micros().div_euclid(3_600_000_000) + offset).rem_euclid(24)
}
