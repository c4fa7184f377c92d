//! Answers' objects, as the lexicons describe them. Source: <https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky>.

use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::feed::{Feed, GATE, Item, millis};
use crate::world::bluesky::{Actor, POST};

pub fn author(actor: &Actor) -> Value {
    json!({ "did": actor.did, "handle": actor.handle, "displayName": actor.display_name, "labels": [] })
}

pub fn profile(feed: &Feed, now: Timestamp) -> Value {
    let owner = feed.owner();
    let posts = feed.newest(None, now).filter(|item| item.post.by_owner).count();
    json!({
        "did": owner.did, "handle": owner.handle, "displayName": owner.display_name,
        "description": feed.world.description, "followersCount": feed.world.followers_at(now),
        "followsCount": feed.world.follows, "postsCount": posts, "labels": [],
        "viewer": { "muted": false, "blockedBy": false },
    })
}

/// `app.bsky.feed.defs#postView`
pub fn post(feed: &Feed, item: &Item, now: Timestamp) -> Value {
    let address = item.post.uri();
    let own_like = feed.own_like(&address);
    let mut view = json!({
        "uri": address, "cid": item.cid, "author": author(&item.post.author), "record": item.record,
        "replyCount": feed.replies_to(&address, now).count(), "repostCount": 0, "quoteCount": feed.count_quotes(&address, now),
        "likeCount": item.post.likes(now) + u64::from(own_like.is_some()),
        "indexedAt": millis(item.post.at), "labels": labels(item),
        "viewer": { "threadMuted": false, "embeddingDisabled": false },
    });
    if let Some(like) = own_like {
        view["viewer"]["like"] = like.into();
    }
    if let Some(quoted) = &item.post.quote {
        view["embed"] = json!({ "$type": "app.bsky.embed.record#view", "record": quoted_view(feed, quoted, now) });
    }
    view
}

fn quoted_view(feed: &Feed, address: &str, now: Timestamp) -> Value {
    match feed.item(address, now) {
        Some(item) => json!({
            "$type": "app.bsky.embed.record#viewRecord", "uri": address, "cid": item.cid,
            "author": author(&item.post.author), "value": item.record, "labels": labels(item),
            "indexedAt": millis(item.post.at), "embeds": [],
        }),
        None => json!({ "$type": "app.bsky.embed.record#viewNotFound", "uri": address, "notFound": true }),
    }
}

fn labels(item: &Item) -> Value {
    if !item.post.is_spam {
        return json!([]);
    }
    // The provider's own moderation service.
    json!([{
        "src": "did:plc:ar7c4by46qjdydhdevvrndac", "uri": item.post.uri(), "cid": item.cid, "val": "spam",
        "cts": millis(item.post.at),
    }])
}

/// `app.bsky.notification.listNotifications#notification`
pub fn notification(item: &Item, reason: &str) -> Value {
    let mut view = json!({
        "uri": item.post.uri(), "cid": item.cid, "author": author(&item.post.author), "reason": reason,
        "record": item.record, "isRead": false, "indexedAt": millis(item.post.at), "labels": labels(item),
    });
    let subject = item.post.reply.as_ref().map(|above| &above.parent).or(item.post.quote.as_ref());
    if let Some(subject) = subject {
        view["reasonSubject"] = subject.clone().into();
    }
    view
}

/// `app.bsky.feed.defs#threadViewPost`, with as many levels below and above as were asked for.
pub fn thread(feed: &Feed, item: &Item, depth: usize, height: usize, now: Timestamp) -> Value {
    let mut view = below(feed, item, depth, now);
    if let Some(parent) = above(feed, item, height, now) {
        view["parent"] = parent;
    }
    view
}

fn below(feed: &Feed, item: &Item, depth: usize, now: Timestamp) -> Value {
    let mut view = json!({ "$type": "app.bsky.feed.defs#threadViewPost", "post": post(feed, item, now) });
    if depth > 0 {
        let address = item.post.uri();
        let replies = feed.replies_to(&address, now).map(|reply| below(feed, reply, depth - 1, now));
        view["replies"] = replies.collect();
    }
    view
}

fn above(feed: &Feed, item: &Item, height: usize, now: Timestamp) -> Option<Value> {
    let parent = item.post.reply.as_ref().filter(|_| height > 0).map(|above| &above.parent)?;
    let Some(found) = feed.item(parent, now) else {
        return Some(json!({ "$type": "app.bsky.feed.defs#notFoundPost", "uri": parent, "notFound": true }));
    };
    let mut view = json!({ "$type": "app.bsky.feed.defs#threadViewPost", "post": post(feed, found, now) });
    if let Some(parent) = above(feed, found, height - 1, now) {
        view["parent"] = parent;
    }
    Some(view)
}

/// The record in which the account says what is hidden below its post, where there is one.
pub fn threadgate(feed: &Feed, root: &str) -> Option<Value> {
    let key = root.strip_prefix(&format!("at://{}/{POST}/", feed.owner().did))?;
    let kept = feed.kept(GATE, key)?;
    Some(json!({
        "uri": format!("at://{}/{GATE}/{key}", feed.owner().did), "cid": kept.cid, "record": kept.record, "lists": [],
    }))
}
