//! The comments of the history: who writes what, when, and who answers.

use std::collections::HashSet;
use std::time::Duration;

use kit::clock::Timestamp;

use super::plan::{INCIDENT, SPAM_WAVE, Shape, ThreadKey};
use super::videos::{Part, local_hour, whole_second};
use super::{Channel, Comment, Moderation, Source, Video, plan};
use crate::world::Story;
use crate::world::people::AuthorRef;
use crate::world::said::{Fresh, fingerprint};
use crate::world::text::{Intent, Parent, Scene};

/// Newest first.
pub fn history(source: &Source, channel: &Channel, videos: &[Video]) -> Vec<Comment> {
    let mut said = HashSet::new();
    let fresh: Fresh<'_> = &mut |text| said.insert(fingerprint(text));
    let mut comments = Vec::new();
    let mut taken: Vec<Vec<AuthorRef>> = vec![Vec::new(); videos.len()];
    for (key, shape) in plan::threads(source, videos) {
        let video = &videos[key.video];
        let thread = Writer { source, channel, video, key, shape };
        let at = thread.time(videos);
        let top = thread.top(at, &taken[key.video], fresh);
        taken[key.video].push(top.author.clone());
        thread.replies(&top, fresh, &mut comments);
        comments.push(top);
    }
    comments.sort_by(|a, b| b.published_at.cmp(&a.published_at).then_with(|| b.id.cmp(&a.id)));
    comments
}

/// Writes one thread.
pub struct Writer<'a> {
    pub source: &'a Source,
    pub channel: &'a Channel,
    pub video: &'a Video,
    pub key: ThreadKey,
    pub shape: Shape,
}

impl Writer<'_> {
    fn time(&self, videos: &[Video]) -> Timestamp {
        if self.key.ordinal >= SPAM_WAVE {
            return plan::wave_time(self.source, videos, self.key.ordinal);
        }
        let profile = &self.source.profile;
        let published = self.video.published_at;
        let room = profile.created_at.since(published).as_secs_f64();
        let mut dice = self.source.chance.dice("time", &self.key.thing());
        let mut at = published;
        for _ in 0..8 {
            let hours = if self.key.ordinal >= INCIDENT && profile.story == Story::Brand {
                // A crisis does not end with its first evening.
                dice.log_uniform(3.0, 220.0)
            } else if self.key.ordinal >= INCIDENT {
                5.0 + dice.log_normal(6.0, 0.7)
            } else if dice.chance(if self.video.part == Part::Viral { 0.25 } else { 0.60 }) {
                dice.log_normal(3.0, 1.3).min(24.0)
            } else {
                dice.log_uniform(24.0, 720.0)
            };
            let delay = if hours * 3600.0 < room { hours * 3600.0 } else { dice.unit() * room };
            at = whole_second(published + Duration::from_secs_f64(delay.max(20.0).min(room)));
            if dice.chance(hour_weight(at, profile.language)) {
                break;
            }
        }
        at
    }

    /// The top-level comment.
    pub fn top(&self, at: Timestamp, taken: &[AuthorRef], fresh: Fresh<'_>) -> Comment {
        let thing = self.key.thing();
        let crowd = &self.source.crowd;
        let author =
            if self.shape.intent == Intent::Spam { crowd.spammer(&thing) } else { crowd.author(&thing, taken) };
        let id = format!("Ug{}4AaABAg", self.source.ids.dice("thread", &thing).base64url(17));
        let draft = Draft { thing: &thing, intent: self.shape.intent, author, at, parent: None };
        self.comment(id, draft, fresh)
    }

    fn replies(&self, top: &Comment, fresh: Fresh<'_>, comments: &mut Vec<Comment>) {
        let end = self.source.profile.created_at;
        let room = end.since(top.published_at).as_secs_f64();
        let owner_first = self.source.chance.dice("owner first", &self.key.thing()).chance(0.75);
        let owner = u64::from(self.shape.owner_replies);
        let mut at = top.published_at;
        let mut taken = vec![top.author.clone()];
        for ordinal in 0..self.shape.viewer_replies + owner {
            let thing = self.key.reply(ordinal);
            let mut dice = self.source.chance.dice("reply time", &thing);
            let delay = dice.log_normal(2.5, 1.3) * 3600.0;
            let left = end.since(at).as_secs_f64();
            at = whole_second(
                at + Duration::from_secs_f64(if delay < left { delay } else { dice.unit() * left.min(room) }),
            );
            let last = ordinal + 1 == self.shape.viewer_replies + owner;
            let by_owner = self.shape.owner_replies && if owner_first { ordinal == 0 } else { last };
            let author = match by_owner {
                true => self.channel.owner.clone(),
                // Who asked often comes back to say thanks.
                false if ordinal > 0 && dice.chance(0.3) => top.author.clone(),
                false => self.source.crowd.author(&thing, &taken),
            };
            taken.push(author.clone());
            let reply = self.reply(&thing, top, author, at, fresh);
            comments.push(reply);
        }
    }

    /// One reply under a top-level comment.
    pub fn reply(&self, thing: &[u64], top: &Comment, author: AuthorRef, at: Timestamp, fresh: Fresh<'_>) -> Comment {
        let intent = if author.channel_id == self.channel.id { Intent::OwnerReply } else { Intent::Answer };
        self.comment(self.reply_id(thing, top), Draft { thing, intent, author, at, parent: Some(top) }, fresh)
    }

    /// Whoever wrote `top` says something more under it.
    pub fn comes_back(&self, thing: &[u64], top: &Comment, intent: Intent, at: Timestamp, fresh: Fresh<'_>) -> Comment {
        let draft = Draft { thing, intent, author: top.author.clone(), at, parent: Some(top) };
        self.comment(self.reply_id(thing, top), draft, fresh)
    }

    fn reply_id(&self, thing: &[u64], top: &Comment) -> String {
        format!("{}.{}", top.id, self.source.ids.dice("reply", thing).base64url(22))
    }

    fn comment(&self, id: String, draft: Draft<'_>, fresh: Fresh<'_>) -> Comment {
        let Draft { thing, intent, author, at, parent } = draft;
        let by_owner = intent == Intent::OwnerReply;
        let language = match parent {
            Some(top) => top.language.unwrap_or(author.language),
            None => author.language,
        };
        let scene = Scene {
            profile: &self.source.profile,
            subject: &self.video.subject,
            duration_seconds: self.video.duration_seconds,
            language,
            parent: parent.map(|top| Parent {
                intent: top.intent,
                text: &top.text,
                author: &top.author,
                same_author: top.author.channel_id == author.channel_id,
            }),
        };
        let mut text = String::new();
        for attempt in 0..12 {
            let mut dice = self.source.chance.dice("text", &[thing, &[attempt]].concat());
            text = scene.write(intent, self.bag(thing) + attempt, &mut dice);
            if fresh(&text) || intent == Intent::Emoji {
                break;
            }
        }
        let mut dice = self.source.chance.dice("afterwards", thing);
        let edited = at + Duration::from_secs(dice.between(25, 900) as u64);
        let was_edited = dice.chance(0.02) && edited <= self.source.profile.created_at;
        Comment {
            id,
            video_id: self.video.id.clone(),
            parent_id: parent.map(|top| top.id.clone()),
            text,
            published_at: at,
            updated_at: if was_edited { edited } else { at },
            moderation: self.shape.moderation,
            eventual_likes: self.likes(intent, at, &mut dice),
            can_reply: self.shape.moderation == Moderation::Published && !dice.chance(0.004),
            by_owner,
            intent,
            language: (intent != Intent::Emoji).then_some(language),
            author,
        }
    }

    /// Where this text's template is looked for: walks through all of them before one comes again under the same video.
    fn bag(&self, thing: &[u64]) -> u64 {
        let offset = self.source.chance.dice("bag", &[self.key.video as u64]).below(1 << 20) as u64;
        let place = thing.iter().skip(1).fold(0, |sum: u64, part| sum * 3 + part % (1 << 32));
        offset + place * 7
    }

    fn likes(&self, intent: Intent, at: Timestamp, dice: &mut crate::world::dice::Dice) -> u64 {
        let zero = match intent {
            Intent::Spam => 0.99,
            Intent::Emoji => 0.85,
            Intent::Answer => 0.75,
            _ => 0.62,
        };
        if dice.chance(zero) {
            return 0;
        }
        let hours = at.since(self.video.published_at).as_secs_f64() / 3600.0;
        let early = if hours < 3.0 {
            3.5
        } else if hours < 24.0 {
            1.6
        } else {
            1.0
        };
        let fame = if self.video.part == Part::Viral { 4.0 } else { 1.0 };
        ((dice.pareto(1.25) as f64) * early * fame * if dice.chance(0.5) { 0.4 } else { 1.0 }).clamp(1.0, 9_000.0)
            as u64
    }
}

struct Draft<'a> {
    thing: &'a [u64],
    intent: Intent,
    author: AuthorRef,
    at: Timestamp,
    parent: Option<&'a Comment>,
}

/// Two humps, at lunch and in the evening, and somewhat more at the weekend: the probability that a proposed time is kept.
pub fn hour_weight(at: Timestamp, language: crate::world::Language) -> f64 {
    const HOURS: [f64; 24] = [
        0.30, 0.18, 0.10, 0.07, 0.06, 0.10, 0.20, 0.36, 0.48, 0.52, 0.55, 0.64, 0.84, 0.82, 0.62, 0.56, 0.60, 0.68,
        0.78, 0.95, 1.0, 0.97, 0.78, 0.50,
    ];
    // 1970-01-01 was a Thursday.
    let weekday = (at.micros().div_euclid(86_400_000_000) + 3).rem_euclid(7);
    let weekend = if weekday >= 5 { 1.0 } else { 0.87 };
    HOURS[local_hour(at, language) as usize] * weekend
}
