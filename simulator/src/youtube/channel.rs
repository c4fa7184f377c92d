//! One channel as its API sees it: the generated world up to now, and what was written and moderated on top.

use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::time::Duration;

use kit::clock::Timestamp;

use crate::paging::Cursor;
use crate::world::youtube::{Comment, Moderation, YouTube};
use crate::world::{AuthorRef, Intent, Niche, World};

kit::text_enum! {
    pub enum Status {
        Published = "published",
        Held = "heldForReview",
        LikelySpam = "likelySpam",
        Rejected = "rejected",
        /// Never on the wire: the author took it back.
        Deleted = "deleted",
    }
}

impl From<Moderation> for Status {
    fn from(moderation: Moderation) -> Self {
        match moderation {
            Moderation::Published => Status::Published,
            Moderation::Held => Status::Held,
            Moderation::LikelySpam => Status::LikelySpam,
        }
    }
}

/// A comment written through the API; under the id of a generated one it replaces its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    pub id: String,
    pub video_id: String,
    pub parent_id: Option<String>,
    pub text: String,
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A comment as it stands now. One that was written through the API is a comment of the owner's like any other.
#[derive(Debug, Clone)]
pub struct Item {
    comment: Comment,
    pub status: Status,
}

impl Deref for Item {
    type Target = Comment;
    fn deref(&self) -> &Comment {
        &self.comment
    }
}

/// Newest last; the id tells items of one instant apart.
type Order = BTreeSet<(Timestamp, String)>;

#[derive(Debug)]
pub struct Channel {
    pub summary: Summary,
    world: World,
    owner: AuthorRef,
    items: HashMap<String, Item>,
    threads: Order,
    threads_of: HashMap<String, Order>,
    replies_of: HashMap<String, Order>,
    banned: HashMap<String, Timestamp>,
    /// What people say to what the owner wrote through the API, also what they are yet to say.
    answers: Vec<Comment>,
    /// Arrivals up to here are among the items.
    known_to: Timestamp,
}

/// What was kept of a channel's visitors and owner.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    pub written: Vec<Written>,
    pub moderated: Vec<(String, Status)>,
    pub banned: Vec<(String, Timestamp)>,
}

impl Channel {
    pub fn new(world: World, overlay: Overlay, now: Timestamp) -> Channel {
        let mut channel = Channel {
            summary: Summary::of(&world.youtube, world.profile.created_at),
            owner: world.youtube.channel.owner.clone(),
            known_to: world.profile.created_at,
            items: HashMap::new(),
            threads: Order::new(),
            threads_of: HashMap::new(),
            replies_of: HashMap::new(),
            banned: overlay.banned.into_iter().collect(),
            answers: Vec::new(),
            world,
        };
        for comment in channel.world.youtube.history().to_vec() {
            channel.take(comment);
        }
        channel.advance(now);
        for written in overlay.written {
            channel.write(written);
        }
        for (id, status) in overlay.moderated {
            channel.moderate(&id, status);
        }
        channel
    }

    pub fn youtube(&self) -> &YouTube {
        &self.world.youtube
    }

    pub fn niche(&self) -> Niche {
        self.world.profile.niche
    }

    pub fn owner(&self) -> &AuthorRef {
        &self.owner
    }

    pub fn is_behind(&self, now: Timestamp) -> bool {
        self.known_to < now
    }

    /// Takes in what arrived since.
    pub fn advance(&mut self, now: Timestamp) {
        if self.is_behind(now) {
            for comment in self.arrivals(self.known_to, now) {
                self.take(comment);
            }
            self.known_to = now;
        }
    }

    /// What other people write after `from`, up to and with `to`, oldest first.
    pub fn arrivals(&self, from: Timestamp, to: Timestamp) -> Vec<Comment> {
        let mut arrivals = self.world.youtube.arrivals(from, to);
        let answers = self.answers.iter().filter(|answer| from < answer.published_at && answer.published_at <= to);
        arrivals.extend(answers.cloned());
        arrivals.sort_by_key(|comment| comment.published_at);
        arrivals
    }

    fn take(&mut self, comment: Comment) {
        let banned = self.banned.get(&comment.author.channel_id).is_some_and(|since| comment.published_at >= *since);
        let status = if banned { Status::Rejected } else { comment.moderation.into() };
        self.insert(Item { comment, status });
    }

    fn insert(&mut self, item: Item) {
        let place = (item.published_at, item.id.clone());
        match &item.parent_id {
            Some(parent) => {
                self.replies_of.entry(parent.clone()).or_default().insert(place);
            }
            None => {
                self.threads_of.entry(item.video_id.clone()).or_default().insert(place.clone());
                self.threads.insert(place);
            }
        }
        self.items.insert(item.id.clone(), item);
    }

    /// A new comment of the owner's, or a new text of one. Somebody may answer a new one.
    pub fn write(&mut self, written: Written) {
        if let Some(item) = self.items.get_mut(&written.id) {
            item.comment.text = written.text;
            item.comment.updated_at = written.updated_at;
            return;
        }
        let answer = self.answer_to(&written);
        let comment = Comment {
            id: written.id,
            video_id: written.video_id,
            parent_id: written.parent_id,
            author: self.owner.clone(),
            text: written.text,
            published_at: written.published_at,
            updated_at: written.updated_at,
            moderation: Moderation::Published,
            eventual_likes: 0,
            can_reply: true,
            by_owner: true,
            intent: Intent::OwnerReply,
            language: None,
        };
        self.insert(Item { comment, status: Status::Published });
        if let Some(answer) = answer {
            if answer.published_at <= self.known_to {
                self.take(answer.clone());
            }
            self.answers.push(answer);
        }
    }

    /// The last viewer in the thread feels spoken to.
    fn answer_to(&self, written: &Written) -> Option<Comment> {
        let thread = self.items.get(written.parent_id.as_deref()?)?;
        let replies = self.replies_of.get(&thread.id).into_iter().flatten().rev();
        let before = replies.filter(|(at, _)| *at < written.published_at).filter_map(|(_, id)| self.items.get(id));
        let heard = before.into_iter().find(|reply| !reply.by_owner).unwrap_or(thread);
        self.youtube().answer_back(thread, heard, &written.id, written.published_at)
    }

    pub fn moderate(&mut self, id: &str, status: Status) {
        if let Some(item) = self.items.get_mut(id) {
            item.status = status;
        }
    }

    /// Its writer changed it, or, without a text, took it back.
    pub fn amend(&mut self, id: &str, text: Option<&str>, at: Timestamp) {
        match (self.items.get_mut(id), text) {
            (Some(item), Some(text)) => {
                item.comment.text = text.to_owned();
                item.comment.updated_at = at;
            }
            (Some(item), None) => item.status = Status::Deleted,
            (None, _) => {}
        }
    }

    pub fn ban(&mut self, author: &str, since: Timestamp) {
        self.banned.entry(author.to_owned()).or_insert(since);
    }

    /// Deleted ones are not found.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.get(id).filter(|item| item.status != Status::Deleted)
    }

    /// A thread is gone with its first comment.
    pub fn thread_of<'a>(&'a self, item: &'a Item) -> Option<&'a Item> {
        item.parent_id.as_deref().map_or(Some(item), |parent| self.item(parent))
    }

    /// Threads newest first, of one video or of all, that are in `status` or have a reply that is.
    pub fn threads(&self, video: Option<&str>, status: Status, after: Option<&Cursor>) -> impl Iterator<Item = &Item> {
        let order = match video {
            None => Some(&self.threads),
            Some(video) => self.threads_of.get(video),
        };
        self.behind(order, after).filter(move |item| {
            item.status == status
                || status != Status::Published && self.replies(&item.id, status, None).next().is_some()
        })
    }

    /// Replies to a thread in `status`, newest first.
    pub fn replies(&self, thread: &str, status: Status, after: Option<&Cursor>) -> impl Iterator<Item = &Item> {
        self.behind(self.replies_of.get(thread), after).filter(move |item| item.status == status)
    }

    fn behind<'a>(&'a self, order: Option<&'a Order>, after: Option<&Cursor>) -> impl Iterator<Item = &'a Item> {
        let (place, id) = after.map_or((i64::MAX, String::new()), |cursor| (cursor.place, cursor.id.clone()));
        let end = (Timestamp::from_micros(place), id);
        let places = order.into_iter().flat_map(move |order| order.range(..end.clone()).rev());
        places.filter_map(|(_, id)| self.item(id))
    }

    pub fn count_replies(&self, thread: &str) -> usize {
        self.replies(thread, Status::Published, None).count()
    }

    /// What the video's counter shows: published threads and replies.
    pub fn count_under(&self, video: &str) -> usize {
        let threads = self.threads(Some(video), Status::Published, None);
        threads.map(|thread| 1 + self.count_replies(&thread.id)).sum()
    }
}

/// A channel in figures, as of the profile's making.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub subscribers: u64,
    pub average_views: u64,
    /// Likes and comments by views, a fraction.
    pub engagement_rate: f64,
    pub uploads_per_week: f64,
    /// What a complete read finds: videos, and comments and replies of every moderation status.
    pub videos: u64,
    pub interactions: u64,
}

impl Summary {
    fn of(youtube: &YouTube, at: Timestamp) -> Summary {
        let promised = youtube.promised(at);
        let stats: Vec<_> = youtube.videos(at).map(|video| youtube.video_stats(video, at)).collect();
        let views: u64 = stats.iter().map(|stats| stats.views).sum();
        let engaged = promised.comments + stats.iter().map(|stats| stats.likes).sum::<u64>();
        let month_ago = at - Duration::from_secs(28 * 86_400);
        let recent = youtube.videos(at).filter(|video| video.published_at > month_ago).count();
        Summary {
            subscribers: youtube.channel_stats(at).subscribers,
            average_views: views.checked_div(promised.videos).unwrap_or(0),
            engagement_rate: if views == 0 { 0.0 } else { (engaged as f64 / views as f64 * 1e4).round() / 1e4 },
            uploads_per_week: recent as f64 / 4.0,
            videos: promised.videos,
            interactions: promised.comments + promised.held + promised.likely_spam,
        }
    }
}
