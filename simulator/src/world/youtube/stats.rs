//! Counters at an instant: they only grow, and most of the growth comes early.

use kit::clock::Timestamp;

use super::videos::{Part, Privacy};
use super::{Comment, Moderation, Video, YouTube};
use crate::world::dice::exp;
use crate::world::growth;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoStats {
    pub views: u64,
    pub likes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelStats {
    /// Rounded down to three significant figures, as YouTube gives it.
    pub subscribers: u64,
    pub views: u64,
    pub videos: u64,
}

/// What a complete read of the channel finds at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promised {
    pub videos: u64,
    /// Published: threads and replies.
    pub comments: u64,
    pub threads: u64,
    pub replies: u64,
    /// Waiting for the owner's review.
    pub held: u64,
    pub likely_spam: u64,
}

/// The share of its lasting count that something has after some days: `tau` days for most of it, a tenth much later.
pub(super) fn ripened(days: f64, tau: f64) -> f64 {
    0.9 * (1.0 - exp(-days / tau)) + 0.1 * (1.0 - exp(-days / (tau * 30.0)))
}

impl YouTube {
    /// Comments are not among them: whoever serves the world counts those that it shows.
    pub fn video_stats(&self, video: &Video, at: Timestamp) -> VideoStats {
        VideoStats { views: views(video, at), likes: self.likes(video, at) }
    }

    pub fn channel_stats(&self, at: Timestamp) -> ChannelStats {
        let profile = &self.source.profile;
        let subscribers = growth::audience(profile, profile.subscribers, at) as u64;
        // Uploads from before the ninety days are gone from the list, and their views stay in the channel's sum.
        let earlier = profile.subscribers * 61;
        let views = self.videos(at).map(|video| views(video, at)).sum::<u64>();
        let videos = self.videos(at).filter(|video| video.privacy == Privacy::Public).count() as u64;
        ChannelStats { subscribers: three_figures(subscribers), views: earlier + views, videos }
    }

    pub fn promised(&self, at: Timestamp) -> Promised {
        let mut promised = Promised { videos: self.videos(at).count() as u64, ..Promised::default() };
        let arrivals = self.arrivals(self.source.profile.created_at, at);
        for comment in self.history.iter().filter(|comment| comment.published_at <= at).chain(&arrivals) {
            promised.count(comment);
        }
        promised
    }

    fn likes(&self, video: &Video, at: Timestamp) -> u64 {
        let mut dice = self.source.chance.dice("like rate", &[video.index as u64]);
        let rate = match video.part {
            Part::Incident => 0.012 + 0.01 * dice.unit(),
            _ => 0.03 + 0.035 * dice.unit(),
        };
        (views(video, at) as f64 * rate) as u64
    }
}

impl Promised {
    fn count(&mut self, comment: &Comment) {
        match comment.moderation {
            Moderation::Published => {
                self.comments += 1;
                if comment.is_thread() { self.threads += 1 } else { self.replies += 1 }
            }
            Moderation::Held => self.held += 1,
            Moderation::LikelySpam => self.likely_spam += 1,
        }
    }
}

fn views(video: &Video, at: Timestamp) -> u64 {
    let days = at.since(video.published_at).as_secs_f64() / 86_400.0;
    let tau = if video.part == Part::Viral { 5.0 } else { 2.2 };
    (video.eventual_views * ripened(days, tau)) as u64
}

fn three_figures(count: u64) -> u64 {
    let mut unit = 1;
    while count / unit >= 1000 {
        unit *= 10;
    }
    count / unit * unit
}
