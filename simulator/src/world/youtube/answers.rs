//! People who come back: whoever was answered by the owner sometimes says something more, within minutes.

use std::time::Duration;

use kit::clock::Timestamp;

use super::comments::Writer;
use super::plan::{LIVE, Shape, ThreadKey};
use super::videos::whole_second;
use super::{Comment, Moderation, YouTube};
use crate::world::said::{Fresh, fingerprint};
use crate::world::text::Intent;

/// Of two who were answered, one says no more.
const COMES_BACK: f64 = 0.5;
/// Of three who come back, one asks again; the others say thanks, or how it went.
const ASKS_AGAIN: f64 = 0.33;

impl YouTube {
    /// What the author of `heard`, in `thread`, says to what the owner wrote under `id` at `at`, if anything: a function of
    /// the seed and the id.
    pub fn answer_back(&self, thread: &Comment, heard: &Comment, id: &str, at: Timestamp) -> Option<Comment> {
        let thing = [fingerprint(id)];
        let mut dice = self.source.chance.dice("comes back", &thing);
        if heard.by_owner || heard.intent == Intent::Spam || !dice.chance(COMES_BACK) {
            return None;
        }
        let video = self.videos.iter().find(|video| video.id == thread.video_id)?;
        let intent = if dice.chance(ASKS_AGAIN) { Intent::Question } else { Intent::Answer };
        let delay = Duration::from_secs_f64(dice.log_normal(50.0, 0.8).clamp(10.0, 420.0));
        let shape = Shape { intent, moderation: Moderation::Published, viewer_replies: 0, owner_replies: false };
        let key = ThreadKey { video: video.index, ordinal: LIVE };
        let writer = Writer { source: &self.source, channel: &self.channel, video, key, shape };
        // Who comes back says so as whoever began the thread does.
        let began = Comment { author: heard.author.clone(), language: heard.language, ..thread.clone() };
        let fresh: Fresh<'_> = &mut |text| !self.said.contains(&fingerprint(text));
        Some(writer.comes_back(&key.reply(thing[0]), &began, intent, whole_second(at + delay), fresh))
    }
}
