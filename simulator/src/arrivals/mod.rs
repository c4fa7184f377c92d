//! The life of the worlds: new arrivals are announced by webhooks from a durable outbox, and the books are kept.

mod service;
pub mod store;
#[cfg(test)]
mod tests;
pub mod webhook;

use std::collections::HashMap;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::Tx;
use kit::random::Random;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::bluesky::{self, feed};
use crate::business::{self, listings};
use crate::oauth;
use crate::profiles::{self, ProfileId};
use crate::state::{Shared, Simulated, Slot};
use crate::world::bluesky::Post;
use crate::world::youtube::Comment;
use crate::youtube::channel::{Channel, Status};
use crate::youtube::store as youtube_store;
use service::{Outcome, Sender};
use store::{Announced, Due};

const HOUSEKEEPING: Duration = Duration::from_secs(3600);
/// Ended profiles are known for so long.
const KEEP_ENDED: Duration = Duration::from_secs(7 * 86_400);
/// Deliveries under way at once.
const PARALLEL: i64 = 16;
/// After a long stand-still only the latest are announced; reading finds the rest.
const MOST_NEWS: usize = 500;

const FIRST_RETRY: Duration = Duration::from_secs(5);
const LONGEST_RETRY: Duration = Duration::from_secs(3600);
const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 86_400);

pub async fn run(state: Shared, end: CancellationToken) {
    let announcing = async {
        let mut looked = Looked::default();
        loop {
            report("announce", announce(&state, &mut looked).await);
            tokio::time::sleep(state.tick).await;
        }
    };
    let delivering = async {
        let sender = Sender::new();
        loop {
            match deliver(&state, &sender).await {
                Ok(0) => rest(&state).await,
                Ok(_) => {}
                Err(error) => {
                    report("deliver", Err(error));
                    rest(&state).await;
                }
            }
        }
    };
    let keeping = async {
        let mut purged = Timestamp::EPOCH;
        loop {
            save_ledger(&state).await;
            let now = state.clock.now();
            if now.since(purged) >= HOUSEKEEPING {
                report("purge", purge(&state, now).await);
                purged = now;
            }
            tokio::time::sleep(state.tick).await;
        }
    };
    tokio::select! {
        () = end.cancelled() => {}
        () = async { tokio::join!(announcing, delivering, keeping); } => {}
    }
}

async fn purge(state: &Simulated, now: Timestamp) -> kit::db::Result<()> {
    let purged = move |tx: &mut Tx| {
        oauth::store::purge(tx, now - HOUSEKEEPING)?;
        bluesky::store::purge(tx, now - HOUSEKEEPING)?;
        profiles::store::purge(tx, now - KEEP_ENDED)
    };
    state.db.write(purged).await
}

async fn rest(state: &Simulated) {
    tokio::select! {
        () = state.news.notified() => {}
        () = tokio::time::sleep(state.tick) => {}
    }
}

fn report(what: &str, result: kit::db::Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, what, "the simulator's housekeeping failed and will be tried again");
    }
}

/// When each profile was last looked at: in memory, since looking once too often does no harm.
#[derive(Default)]
struct Looked(HashMap<ProfileId, Timestamp>);

impl Looked {
    /// Young profiles live fast, and somebody is watching; old ones can wait.
    fn is_due(&self, profile: &Announced, now: Timestamp) -> bool {
        let every = match now.since(profile.created_at).as_secs() {
            0..1_800 => Duration::from_secs(2),
            1_800..86_400 => Duration::from_secs(20),
            _ => Duration::from_secs(120),
        };
        self.0.get(&profile.id).is_none_or(|looked| now.since(*looked) >= every)
    }
}

/// Writes what arrived into the outbox, together with the mark that it is there.
async fn announce(state: &Simulated, looked: &mut Looked) -> kit::db::Result<()> {
    let now = state.clock.now();
    let listening = state.db.read(store::listening).await?;
    looked.0.retain(|id, _| listening.iter().any(|profile| profile.id == *id));
    for profile in listening {
        if !looked.is_due(&profile, now) {
            continue;
        }
        looked.0.insert(profile.id, now);
        let Some(slot) = state.slot(profile.id, now).await? else { continue };
        let news = news(&slot, &profile, now, &state.random);
        let Some(last) = news.last().map(|event| event.at) else { continue };
        let id = profile.id;
        state.db.write(move |tx| store::announce(tx, id, &news, last, now)).await?;
        state.news.notify_one();
    }
    Ok(())
}

/// One webhook to come.
pub struct Event {
    pub id: String,
    pub body: String,
    pub at: Timestamp,
}

fn news(slot: &Slot, profile: &Announced, now: Timestamp, random: &Random) -> Vec<Event> {
    let (from, to) = (profile.announced_to, now);
    let mut happened: Vec<Happened> = slot.business.read().events(from, to).iter().map(review_event).collect();
    if let Some(channel) = &slot.channel {
        happened.extend(comments(&channel.read(), from, to));
    }
    if let Some(feed) = &slot.feed {
        let feed = feed.read();
        happened.extend(feed.events(from, to).into_iter().map(|post| post_event(&feed, post)));
    }
    happened.sort_by_key(|happened| happened.at);
    let skip = happened.len().saturating_sub(MOST_NEWS);
    happened.into_iter().skip(skip).map(|happened| happened.event(&profile.user_id, random)).collect()
}

/// Something to tell, apart from whom it is told of.
struct Happened {
    at: Timestamp,
    /// As the platform tells it.
    timestamp: String,
    kind: &'static str,
    data: Value,
}

impl Happened {
    fn event(mut self, user_id: &str, random: &Random) -> Event {
        self.data["user_id"] = user_id.into();
        let body = json!({ "type": self.kind, "timestamp": self.timestamp, "data": self.data });
        Event { id: format!("msg_{}", random.token()), body: body.to_string(), at: self.at }
    }
}

fn comments(channel: &Channel, from: Timestamp, to: Timestamp) -> Vec<Happened> {
    let shown = |comment: &&Comment| channel.item(&comment.id).is_some_and(|item| item.status != Status::Rejected);
    channel.arrivals(from, to).iter().filter(shown).map(comment_event).collect()
}

fn comment_event(comment: &Comment) -> Happened {
    let mut data = json!({
        "platform": "youtube", "kind": if comment.is_thread() { "comment" } else { "reply" },
        "external_id": comment.id, "video_id": comment.video_id,
    });
    if let Some(parent) = &comment.parent_id {
        data["parent_id"] = parent.clone().into();
    }
    Happened {
        at: comment.published_at,
        timestamp: comment.published_at.to_string(),
        kind: "interaction.created",
        data,
    }
}

/// The network sends no webhooks: this one is the demo service's own word that there is something to read.
fn post_event(feed: &feed::Feed, post: &Post) -> Happened {
    let kind = match feed.reason(post) {
        Some("mention" | "quote") => "mention",
        _ => "reply",
    };
    let data = json!({ "platform": "bluesky", "kind": kind, "external_id": post.uri() });
    Happened { at: post.at, timestamp: post.at.to_string(), kind: "interaction.created", data }
}

fn review_event(event: &listings::Event) -> Happened {
    let data = json!({
        "platform": "google_business", "kind": "review", "external_id": event.review,
        "location": format!("locations/{}", event.location),
    });
    let kind = if event.is_new { "interaction.created" } else { "interaction.updated" };
    Happened { at: event.at, timestamp: business::time(event.at), kind, data }
}

/// Sends what is due, side by side; how many were tried.
async fn deliver(state: &Shared, sender: &Sender) -> kit::db::Result<usize> {
    let now = state.clock.now();
    let due = state.db.read(move |conn| store::due(conn, now, PARALLEL)).await?;
    let tried = due.len();
    let mut sending = JoinSet::new();
    for due in due {
        let (state, sender) = (state.clone(), sender.clone());
        sending.spawn(async move {
            let outcome = sender.send(&due, now).await;
            report("deliver", settle(&state, due, outcome).await);
        });
    }
    sending.join_all().await;
    Ok(tried)
}

async fn settle(state: &Simulated, due: Due, outcome: Outcome) -> kit::db::Result<()> {
    let now = state.clock.now();
    let old = now.since(due.created_at) >= GIVE_UP_AFTER;
    if outcome == Outcome::Received || outcome == Outcome::Unwanted || old {
        if outcome != Outcome::Received {
            tracing::warn!(webhook = due.id, attempts = due.attempts + 1, "a webhook was given up");
        }
        let received = outcome == Outcome::Received;
        return state.db.write(move |tx| store::settle(tx, &due.id, received)).await;
    }
    let next_at = now + backoff(due.attempts, &state.random);
    state.db.write(move |tx| store::put_off(tx, &due.id, next_at)).await
}

/// Doubles from 5 s to 1 h, a quarter more or less, so that what failed together does not return together.
fn backoff(attempts: i64, random: &Random) -> Duration {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or(20);
    let steady = FIRST_RETRY.saturating_mul(2u32.saturating_pow(doublings)).min(LONGEST_RETRY);
    steady.mul_f64(0.75 + random.unit() / 2.0).clamp(FIRST_RETRY, LONGEST_RETRY)
}

pub async fn save_ledger(state: &Simulated) {
    let unsaved = state.ledger.take_unsaved();
    if !unsaved.is_empty() {
        report("save the ledger", state.db.write(move |tx| youtube_store::save_ledger(tx, &unsaved)).await);
    }
}
