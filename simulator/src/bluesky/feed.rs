//! One account's surroundings as their API sees them: the generated world up to now, and what was written on top.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kit::clock::Timestamp;
use serde_json::{Value, json};

use crate::world::bluesky::{Above, ActorRef, Bluesky, POST, Post, ids, uri};
use crate::world::{Intent, Profile};

pub const GATE: &str = "app.bsky.feed.threadgate";
pub const LIKE: &str = "app.bsky.feed.like";

pub struct Feed {
    pub summary: Summary,
    pub world: Bluesky,
    profile: Profile,
    items: HashMap<String, Item>,
    order: Order,
    replies: HashMap<String, Order>,
    /// Addresses of those that quote a post.
    quotes: HashMap<String, Vec<String>>,
    /// Records of the account's that are no posts, by collection and key.
    records: BTreeMap<(String, String), Kept>,
    /// What people say to what the account wrote through the API, also what they are yet to say.
    answers: Vec<Post>,
    /// Arrivals up to here are among the items.
    known_to: Timestamp,
}

/// Newest last; the address tells posts of one instant apart.
type Order = BTreeSet<(Timestamp, String)>;

/// A post with its record.
pub struct Item {
    pub post: Post,
    pub record: Value,
    pub cid: String,
    /// By the account, through the API.
    is_deleted: bool,
}

#[derive(Clone)]
pub struct Kept {
    pub record: Value,
    pub cid: String,
}

/// What the account wrote or, without a record, deleted through the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    pub collection: String,
    pub key: String,
    pub record: Option<Value>,
    pub at: Timestamp,
}

/// An account in figures, as of the profile's making.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub followers: u64,
    pub posts: usize,
    /// What a complete read finds below its posts and elsewhere, with its own answers.
    pub interactions: usize,
}

impl Feed {
    pub fn new(world: Bluesky, profile: Profile, written: Vec<Written>, now: Timestamp) -> Feed {
        let history = world.history().to_vec();
        let posts = history.iter().filter(|post| post.by_owner && post.reply.is_none()).count();
        let mut feed = Feed {
            summary: Summary { followers: world.followers, posts, interactions: history.len() - posts },
            known_to: profile.created_at,
            world,
            profile,
            items: HashMap::new(),
            order: Order::new(),
            replies: HashMap::new(),
            quotes: HashMap::new(),
            records: BTreeMap::new(),
            answers: Vec::new(),
        };
        history.into_iter().for_each(|post| feed.take(post));
        feed.advance(now);
        for written in written {
            feed.write(written);
        }
        feed.advance_answers(now);
        feed
    }

    pub fn owner(&self) -> &ActorRef {
        &self.world.owner
    }

    pub fn is_behind(&self, now: Timestamp) -> bool {
        self.known_to < now
    }

    /// Takes in what arrived since.
    pub fn advance(&mut self, now: Timestamp) {
        if self.is_behind(now) {
            self.world.arrivals(self.known_to, now).into_iter().for_each(|post| self.take(post));
            self.advance_answers(now);
            self.known_to = now;
        }
    }

    fn advance_answers(&mut self, now: Timestamp) {
        let (due, later) = std::mem::take(&mut self.answers).into_iter().partition(|post: &Post| post.at <= now);
        self.answers = later;
        due.into_iter().for_each(|post| self.take(post));
    }

    fn take(&mut self, post: Post) {
        let record = self.record_of(&post);
        self.keep(post, record);
    }

    fn keep(&mut self, post: Post, record: Value) {
        let address = post.uri();
        self.order.insert((post.at, address.clone()));
        if let Some(above) = &post.reply {
            self.replies.entry(above.parent.clone()).or_default().insert((post.at, address.clone()));
        }
        if let Some(quoted) = &post.quote {
            self.quotes.entry(quoted.clone()).or_default().push(address.clone());
        }
        let cid = ids::cid(&record.to_string());
        self.items.insert(address, Item { post, record, cid, is_deleted: false });
    }

    fn record_of(&self, post: &Post) -> Value {
        let link = |address: &str| json!({ "uri": address, "cid": self.cid_of(address) });
        let mut record = json!({
            "$type": POST, "text": post.text, "createdAt": millis(post.at), "langs": [post.language.as_str()],
        });
        if let Some(above) = &post.reply {
            record["reply"] = json!({ "root": link(&above.root), "parent": link(&above.parent) });
        }
        if let Some(range) = &post.mention {
            record["facets"] = json!([{
                "index": { "byteStart": range.start, "byteEnd": range.end },
                "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": self.owner().did }],
            }]);
        }
        if let Some(quoted) = &post.quote {
            record["embed"] = json!({ "$type": "app.bsky.embed.record", "record": link(quoted) });
        }
        record
    }

    fn cid_of(&self, address: &str) -> String {
        self.items.get(address).map_or_else(|| ids::cid(address), |item| item.cid.clone())
    }

    pub fn write(&mut self, written: Written) {
        let Written { collection, key, record, at } = written;
        match record {
            None if collection == POST => {
                let address = uri(&self.owner().did, &key);
                if let Some(item) = self.items.get_mut(&address) {
                    item.is_deleted = true;
                }
            }
            None => {
                self.records.remove(&(collection, key));
            }
            Some(record) if collection == POST => self.write_post(key, record, at),
            Some(record) => {
                let cid = ids::cid(&record.to_string());
                self.records.insert((collection, key), Kept { record, cid });
            }
        }
    }

    fn write_post(&mut self, key: String, record: Value, at: Timestamp) {
        let address = |field: &str| record["reply"][field]["uri"].as_str().map(str::to_owned);
        let reply = address("root").zip(address("parent")).map(|(root, parent)| Above { root, parent });
        let quote = record["embed"]["record"]["uri"].as_str().map(str::to_owned);
        let post = Post {
            author: self.owner().clone(),
            key,
            text: record["text"].as_str().unwrap_or_default().to_owned(),
            at,
            reply,
            mention: None,
            quote,
            by_owner: true,
            eventual_likes: 0,
            is_spam: false,
            deleted_at: None,
            intent: Intent::OwnerReply,
            topic: None,
            language: self.profile.language,
        };
        let heard = post.reply.as_ref().and_then(|above| self.items.get(&above.parent));
        self.answers.extend(heard.and_then(|heard| self.world.answer_back(&heard.post, &post)));
        self.keep(post, record);
    }

    /// Its writer took it back.
    pub fn take_back(&mut self, address: &str, at: Timestamp) {
        if let Some(item) = self.items.get_mut(address) {
            item.post.deleted_at = Some(at);
        }
    }

    /// A post that is there.
    pub fn item(&self, address: &str, now: Timestamp) -> Option<&Item> {
        self.items.get(address).filter(|item| item.is_there(now))
    }

    pub fn kept(&self, collection: &str, key: &str) -> Option<&Kept> {
        self.records.get(&(collection.to_owned(), key.to_owned()))
    }

    pub fn kept_of<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = (&'a str, &'a Kept)> {
        let of = move |((other, key), kept): (&'a (String, String), &'a Kept)| {
            (other == collection).then_some((key.as_str(), kept))
        };
        self.records.iter().rev().filter_map(of)
    }

    pub fn collections(&self) -> BTreeSet<&str> {
        self.records.keys().map(|(collection, _)| collection.as_str()).chain([POST]).collect()
    }

    /// Newest first, older than a place in the order.
    pub fn newest(&self, before: Option<(Timestamp, String)>, now: Timestamp) -> impl Iterator<Item = &Item> {
        let range = match before {
            None => self.order.range(..),
            Some(place) => self.order.range(..place),
        };
        range.rev().filter_map(move |(_, address)| self.item(address, now))
    }

    /// Oldest first.
    pub fn replies_to(&self, address: &str, now: Timestamp) -> impl Iterator<Item = &Item> {
        self.replies.get(address).into_iter().flatten().filter_map(move |(_, address)| self.item(address, now))
    }

    pub fn count_quotes(&self, address: &str, now: Timestamp) -> usize {
        let quoting = self.quotes.get(address).into_iter().flatten();
        quoting.filter(|quoting| self.item(quoting, now).is_some()).count()
    }

    /// The account's like of a post.
    pub fn own_like(&self, address: &str) -> Option<String> {
        let liked = self.kept_of(LIKE).find(|(_, kept)| kept.record["subject"]["uri"] == address);
        liked.map(|(key, _)| format!("at://{}/{LIKE}/{key}", self.owner().did))
    }

    /// What others did after `from`, up to and with `to`, oldest first.
    pub fn events(&self, from: Timestamp, to: Timestamp) -> Vec<&Post> {
        let after = (from, "\u{10ffff}".to_owned());
        let items = self.order.range(after..).filter_map(|(_, address)| self.item(address, to));
        items.map(|item| &item.post).filter(|post| !post.by_owner && post.at <= to).collect()
    }

    /// Whether it was written to the account, and as what.
    pub fn reason(&self, post: &Post) -> Option<&'static str> {
        if post.by_owner {
            return None;
        }
        let is_to_owner = post.reply.as_ref().is_some_and(|above| above.parent.contains(self.owner().did.as_str()));
        match () {
            () if is_to_owner => Some("reply"),
            () if post.quote.is_some() => Some("quote"),
            () if post.mention.is_some() => Some("mention"),
            () => None,
        }
    }
}

impl Item {
    pub fn is_there(&self, now: Timestamp) -> bool {
        !self.is_deleted && self.post.is_there(now)
    }
}

/// As the network writes instants.
pub fn millis(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
