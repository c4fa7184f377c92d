//! Who writes what: one post at a time.

use std::time::Duration;

use kit::clock::Timestamp;

use super::{Above, Actor, ActorRef, Post, Source, ids};
use crate::world::dice::Dice;
use crate::world::people::{Author, AuthorRef};
use crate::world::said::Fresh;
use crate::world::text::posts::{Scene, Section, Topic};
use crate::world::text::{Intent, Subject, first_name};

#[derive(Clone, Copy)]
pub struct Writer<'a> {
    pub source: &'a Source,
    pub owner: &'a ActorRef,
}

/// What a post is to be.
pub struct Draft<'a> {
    /// Tells it apart from all others of the world.
    pub thing: &'a [u64],
    pub author: ActorRef,
    pub at: Timestamp,
    pub intent: Intent,
    pub topic: Option<Topic>,
    pub section: Section,
    /// What it is about.
    pub subject: u64,
    pub to: Option<&'a Post>,
}

impl Writer<'_> {
    pub fn description(&self) -> String {
        let mut dice = self.source.chance.dice("description", &[]);
        crate::world::text::channel_description(&self.source.profile, &mut dice)
    }

    /// A visitor who is none of those.
    pub fn visitor(&self, thing: &[u64], intent: Intent, taken: &[&Post]) -> ActorRef {
        let crowd = &self.source.crowd;
        let author: AuthorRef = match intent {
            Intent::Spam => crowd.spammer(thing),
            _ => crowd.author(thing, &[]),
        };
        let actor = self.source.actor(&author);
        if taken.iter().any(|post| post.author.did == actor.did) {
            let stranger: &Author = &crowd.author(&[thing, &[1]].concat(), &[author]);
            return self.source.actor(stranger);
        }
        actor
    }

    pub fn post(&self, draft: Draft<'_>, fresh: Fresh<'_>) -> Post {
        let Draft { thing, author, at, intent, topic, section, subject, to } = draft;
        let by_owner = author.did == self.owner.did;
        let language = match to {
            Some(above) if by_owner => above.language,
            _ => author.language,
        };
        let name = to.map_or("", |above| first_name(&above.author.display_name));
        let scene = Scene {
            profile: &self.source.profile,
            subject: &Subject::of_video(&self.source.profile, subject as usize, &self.source.chance),
            host: &self.owner.display_name,
            handle: &self.owner.handle,
            language,
            name,
            heard: to.map_or("", |above| &above.text),
            by_owner,
        };
        let mut text = String::new();
        for attempt in 0..12 {
            let mut dice = self.source.chance.dice("text", &[thing, &[attempt]].concat());
            text = scene.write(section, self.bag(thing) + attempt, &mut dice);
            if fresh(&text) || intent == Intent::Emoji {
                break;
            }
        }
        let named = format!("@{}", self.owner.handle);
        let mention = text.find(&named).map(|begin| begin..begin + named.len());
        let mut dice = self.source.chance.dice("afterwards", thing);
        Post {
            key: ids::tid(at, self.source.ids.dice("key", thing).below(1024) as u64),
            reply: to.map(|above| Above { root: above.root(), parent: above.uri() }),
            mention,
            quote: None,
            by_owner,
            eventual_likes: likes(intent, by_owner && to.is_none(), &mut dice),
            is_spam: intent == Intent::Spam && dice.chance(0.6),
            deleted_at: None,
            author,
            text,
            at,
            intent,
            topic,
            language,
        }
    }

    /// The account's own answer to what somebody wrote.
    pub fn owner_answer(&self, thing: &[u64], to: &Post, subject: u64, at: Timestamp, fresh: Fresh<'_>) -> Post {
        let draft = Draft {
            thing,
            author: self.owner.clone(),
            at,
            intent: Intent::OwnerReply,
            topic: None,
            section: Section::OwnerTo(to.intent, to.topic),
            subject,
            to: Some(to),
        };
        self.post(draft, fresh)
    }

    pub fn reader_answer(
        &self,
        thing: &[u64],
        author: ActorRef,
        (began, to): (&Post, &Post),
        subject: u64,
        at: Timestamp,
        fresh: Fresh<'_>,
    ) -> Post {
        let returns = author.did == began.author.did;
        let section = if returns { Section::AskerReturns } else { Section::ReaderTo(began.intent) };
        let intent = Intent::Answer;
        self.post(Draft { thing, author, at, intent, topic: None, section, subject, to: Some(to) }, fresh)
    }

    /// Walks through all templates before one comes again.
    fn bag(&self, thing: &[u64]) -> u64 {
        let offset = self.source.chance.dice("bag", &[]).below(1 << 20) as u64;
        thing.iter().fold(offset, |sum, part| sum.wrapping_mul(3).wrapping_add(part % (1 << 32)))
    }
}

fn likes(intent: Intent, is_own_post: bool, dice: &mut Dice) -> u64 {
    if is_own_post {
        return dice.log_normal(24.0, 0.9) as u64;
    }
    let zero = if intent == Intent::Spam { 0.98 } else { 0.55 };
    if dice.chance(zero) { 0 } else { dice.pareto(1.4).clamp(1, 400) }
}

/// As programs write it: to the millisecond.
pub fn whole_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros().div_euclid(1_000) * 1_000)
}

pub fn after(at: Timestamp, seconds: f64) -> Timestamp {
    whole_millisecond(at + Duration::from_secs_f64(seconds.max(1.0)))
}

impl Actor {
    pub fn is(&self, other: &Actor) -> bool {
        self.did == other.did
    }
}
