//! Life after the history: new comments, gently, on a schedule that is itself a function of the seed.

use std::time::Duration;

use kit::clock::Timestamp;

use super::comments::{Writer, hour_weight};
use super::plan::{LIVE, ThreadKey};
use super::videos::{Part, Privacy, whole_second};
use super::{Comment, Moderation, Video, YouTube, plan};
use crate::world::pace::Pace;
use crate::world::said::{Fresh, fingerprint};
use crate::world::text::Intent;

/// Until how many seconds after the history's end, one comment per how many seconds.
const PACE: Pace = Pace([(300, 30), (1_800, 75), (10_800, 240), (86_400, 900), (u64::MAX, 2_400)]);
/// Up to here every slot brings a comment; later the night is quieter.
const EAGER_SECONDS: u64 = 1_800;

impl YouTube {
    /// New comments after `from`, up to and with `to`, oldest first.
    pub fn arrivals(&self, from: Timestamp, to: Timestamp) -> Vec<Comment> {
        let start = self.source.profile.created_at;
        if to <= start || to <= from {
            return Vec::new();
        }
        let slots = PACE.slot_at(from.since(start).as_secs())..=PACE.slot_at(to.since(start).as_secs());
        slots
            .filter_map(|slot| {
                let at = self.arrival_time(slot)?;
                (from < at && at <= to).then(|| self.arrival(slot, at))
            })
            .collect()
    }

    /// When a slot's comment comes, if it has one: in the slot's middle third, so that two are never close.
    fn arrival_time(&self, slot: u64) -> Option<Timestamp> {
        let (begin, length) = PACE.span(slot);
        let mut dice = self.source.chance.dice("arrival time", &[slot]);
        let seconds = begin as f64 + length as f64 * (0.34 + 0.32 * dice.unit());
        let start = whole_second(self.source.profile.created_at) + Duration::from_secs(1);
        let at = whole_second(start + Duration::from_secs_f64(seconds));
        (begin < EAGER_SECONDS || dice.chance(0.2 + hour_weight(at, self.source.profile.language))).then_some(at)
    }

    fn arrival(&self, slot: u64, at: Timestamp) -> Comment {
        let fresh: Fresh<'_> = &mut |text| !self.said.contains(&fingerprint(text));
        if let Some((parent_slot, parent_at)) = self.parent_slot(slot, at) {
            let top = self.thread_arrival(parent_slot, parent_at, fresh);
            if top.moderation == Moderation::Published && top.intent != Intent::Spam {
                let writer = self.writer(parent_slot, parent_at);
                let thing = writer.key.reply(LIVE + slot);
                let author = self.source.crowd.author(&thing, std::slice::from_ref(&top.author));
                return writer.reply(&thing, &top, author, at, fresh);
            }
        }
        self.thread_arrival(slot, at, fresh)
    }

    /// The earlier arrival that this one answers, when it is an answer: a few slots back, itself not an answer.
    fn parent_slot(&self, slot: u64, at: Timestamp) -> Option<(u64, Timestamp)> {
        let answers = |slot: u64| slot >= 4 && self.source.chance.dice("answers", &[slot]).chance(0.14);
        if !answers(slot) {
            return None;
        }
        let parent = slot - 1 - self.source.chance.dice("answered", &[slot]).below(4) as u64;
        let parent_at = self.arrival_time(parent).filter(|parent_at| *parent_at < at)?;
        (!answers(parent)).then_some((parent, parent_at))
    }

    fn thread_arrival(&self, slot: u64, at: Timestamp, fresh: Fresh<'_>) -> Comment {
        self.writer(slot, at).top(at, &[], fresh)
    }

    fn writer(&self, slot: u64, at: Timestamp) -> Writer<'_> {
        let video = self.talked_about(slot, at);
        let key = ThreadKey { video: video.index, ordinal: LIVE + slot };
        let shape = plan::shape(&self.source, key, video);
        Writer { source: &self.source, channel: &self.channel, video, key, shape }
    }

    /// Mostly the newest uploads, and the famous one.
    fn talked_about(&self, slot: u64, at: Timestamp) -> &Video {
        let open: Vec<&Video> = self
            .videos(at)
            .filter(|video| video.comments_enabled && video.privacy == Privacy::Public)
            .take(25)
            .chain(self.videos.iter().filter(|video| video.part == Part::Viral))
            .collect();
        let weights: Vec<f64> = open
            .iter()
            .map(|video| {
                let days = at.since(video.published_at).as_secs_f64() / 86_400.0;
                let fame = if video.part == Part::Viral { 3.0 } else { 1.0 };
                fame / (0.6 + days)
            })
            .collect();
        open[self.source.chance.dice("talked about", &[slot]).weighted(&weights)]
    }
}
