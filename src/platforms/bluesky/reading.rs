//! A pass over an account, a page at a time: its own posts, then what others wrote to it elsewhere.
//!
//! A whole pass reads the thread of every own post that has replies. One for what is new goes by the notifications and by what
//! the account itself has answered elsewhere. None says of a notification that it was seen: that is the person's own to say.

use std::time::Duration;

use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::Api;
use super::map::{self, POST, Place, Seen, Uri};
use super::threads::At;
use super::wire::{Feed, Notifications, Posts, Records, ReplyTo};
use super::xrpc::is_not_offered;
use crate::model::{SetAside, UnreadKind};
use crate::platforms::adapter::{AccountKey, Batch, Cursor, PartialThread, Reading};
use crate::platforms::error::Error;
use crate::platforms::pages::{After, Pages};

/// Lists are not sorted to the second, and clocks differ.
const OVERLAP: Duration = Duration::from_secs(3_600);
/// The longest page of a list.
const LARGEST: usize = 100;
/// Of all that somebody is notified of, what was written to them.
const REASONS: [&str; 3] = ["reply", "mention", "quote"];
/// How many posts one call of `getPosts` takes.
pub const POSTS_AT_ONCE: usize = 25;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum List {
    #[default]
    Posts,
    Notifications,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Pass {
    list: List,
    page: Pages,
}

impl Api {
    pub async fn read_on(
        &self,
        account: &AccountKey,
        reading: &Reading,
        cursor: Option<&Cursor>,
    ) -> Result<Batch, Error> {
        let pass: Pass = cursor.and_then(Cursor::read).unwrap_or_default();
        let read = match pass.list {
            List::Posts => self.posts(account, reading, &pass.page).await,
            List::Notifications => self.notifications(account, reading, &pass.page).await,
        };
        let (mut batch, after) = match read {
            Ok(read) => read,
            Err(error) => self.without_the_page(pass.list, &pass.page, error).await?,
        };
        batch.next = match after {
            After::Page(page) => Some(Cursor::of(&Pass { page, ..pass })),
            After::Cut(reason) => {
                batch.set_aside.push(pass.list.set_aside(reason));
                pass.list.next()
            }
            After::End => pass.list.next(),
        };
        Ok(batch)
    }

    /// A page that is refused is no reason to lose the other list, and one that is too large is asked for in smaller parts.
    async fn without_the_page(&self, list: List, pages: &Pages, error: Error) -> Result<(Batch, After), Error> {
        let error = self.confirmed(error).await?;
        let mut batch = Batch { step: "Reading the account", ..Batch::default() };
        let size = limit(pages);
        if error.is_too_much() && size > 1 {
            return Ok((batch, After::Page(pages.sized(size / 2))));
        }
        // A place that is not accepted any more.
        if let (Error::Rejected { .. }, Some(anew)) = (&error, pages.anew()) {
            return Ok((batch, After::Page(anew)));
        }
        if !(error.is_about_the_thing() || error.is_too_much()) {
            return Err(error);
        }
        batch.set_aside.push(list.set_aside(&error.to_string()));
        Ok((batch, After::End))
    }

    async fn posts(&self, account: &AccountKey, reading: &Reading, pages: &Pages) -> Result<(Batch, After), Error> {
        let did = account.external_id.as_str();
        let limit = limit(pages).to_string();
        // Answers that were written elsewhere notify nobody.
        let filter = if reading.since.is_some() { "posts_with_replies" } else { "posts_no_replies" };
        let mut query = vec![("actor", did), ("limit", limit.as_str()), ("filter", filter)];
        query.extend(pages.token.as_deref().map(|token| ("cursor", token)));
        let feed: Feed = match self.get("app.bsky.feed.getAuthorFeed", &query).await {
            Err(error) if is_not_offered(&error) => return self.own_records(account, reading, pages).await,
            feed => feed?,
        };
        let mut batch = Batch { step: "Reading the posts", ..Batch::default() };
        let mut oldest = None;
        for item in &feed.feed {
            // What the account passed on is somebody else's.
            if item["post"]["author"]["did"] != did {
                continue;
            }
            match Seen::read(&item["post"]) {
                Ok(seen) => {
                    oldest = oldest.into_iter().chain(seen.listed_at()).min();
                    if let Some(reply) = &seen.post.reply {
                        if !is_enough(reading, seen.listed_at()) {
                            conversation(&seen, reply, account, &mut batch);
                        }
                        continue;
                    }
                    if reading.since.is_none() && seen.view.reply_count.unwrap_or(0) > 0 {
                        batch.partial.push(At::thread(seen.uri()));
                    }
                    batch.content.push(map::content(&seen));
                }
                Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Content, &item["post"], problem)),
            }
        }
        let next = feed.cursor.filter(|_| !is_enough(reading, oldest));
        Ok((batch, next_page(pages).after(next, feed.feed.len(), reading.promised_content)))
    }

    /// The same from a server that has no AppView behind it: it knows its own accounts' records, and nobody's replies.
    async fn own_records(
        &self,
        account: &AccountKey,
        reading: &Reading,
        pages: &Pages,
    ) -> Result<(Batch, After), Error> {
        let records = self.records(&account.external_id, pages.token.as_deref()).await?;
        let mut batch = Batch { step: "Reading the posts", ..Batch::default() };
        let mut oldest = None;
        for record in &records.records {
            let raw = self.own_view(account, &record.uri, &record.value);
            match Seen::read(&raw) {
                Ok(seen) => {
                    oldest = oldest.into_iter().chain(seen.written_at()).min();
                    batch.content.extend(
                        (map::place(&[&seen], &account.external_id) == Place::Content).then(|| map::content(&seen)),
                    );
                }
                Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Content, &raw, problem)),
            }
        }
        let count = records.records.len();
        let next = records.cursor.filter(|_| count > 0 && !is_enough(reading, oldest));
        Ok((batch, next_page(pages).after(next, count, reading.promised_content)))
    }

    pub async fn records(&self, did: &str, cursor: Option<&str>) -> Result<Records, Error> {
        let mut query = vec![("repo", did), ("collection", POST), ("limit", "100")];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.get("com.atproto.repo.listRecords", &query).await
    }

    async fn notifications(
        &self,
        account: &AccountKey,
        reading: &Reading,
        pages: &Pages,
    ) -> Result<(Batch, After), Error> {
        let limit = limit(pages).to_string();
        let mut query = vec![("limit", limit.as_str()), ("priority", "false")];
        // The server looks for these before it answers. For what is new it is not asked to: likes without end would be read for
        // a page, and none would say how old it is.
        if reading.since.is_none() {
            query.extend(REASONS.map(|reason| ("reasons", reason)));
        }
        query.extend(pages.token.as_deref().map(|token| ("cursor", token)));
        let mut batch = Batch { step: "Reading replies and mentions", ..Batch::default() };
        let page: Notifications = match self.get("app.bsky.notification.listNotifications", &query).await {
            Err(error) if is_not_offered(&error) => {
                batch.set_aside.push(List::Notifications.set_aside("the account's server doesn't offer notifications"));
                return Ok((batch, After::End));
            }
            page => page?,
        };
        let (mut oldest, mut alone) = (None, Vec::new());
        for raw in &page.notifications {
            oldest = oldest.into_iter().chain(raw["indexedAt"].as_str().and_then(|at| Timestamp::parse(at).ok())).min();
            if !raw["reason"].as_str().is_some_and(|reason| REASONS.contains(&reason)) {
                continue;
            }
            match Seen::read(raw) {
                Ok(seen) => {
                    if !is_enough(reading, seen.listed_at()) {
                        sort(&seen, account, reading, &mut batch, &mut alone);
                    }
                }
                Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem)),
            }
        }
        self.by_themselves(account, reading, alone, &mut batch).await?;
        let next = page.cursor.filter(|_| !is_enough(reading, oldest));
        // A page without any is no end: what it passed over was something else.
        let count = page.notifications.len().max(1);
        Ok((batch, next_page(pages).after(next, count, reading.promised_interactions)))
    }

    /// Posts that answer nobody, with their counters, which a notification has not.
    async fn by_themselves(
        &self,
        account: &AccountKey,
        reading: &Reading,
        uris: Vec<String>,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        let mut waiting: Vec<Vec<String>> = uris.chunks(POSTS_AT_ONCE).map(<[String]>::to_vec).collect();
        while let Some(mut some) = waiting.pop() {
            let query: Vec<_> = some.iter().map(|uri| ("uris", uri.as_str())).collect();
            let found = match self.get::<Posts>("app.bsky.feed.getPosts", &query).await {
                Ok(found) => found,
                Err(error) => {
                    let error = self.confirmed(error).await?;
                    if !(error.is_about_the_thing() || error.is_too_much() || reading.gives_up_on(&error)) {
                        return Err(error);
                    }
                    if some.len() > 1 {
                        let rest = some.split_off(some.len() / 2);
                        waiting.extend([rest, some]);
                    } else {
                        let raw = json!({ "uri": some[0] });
                        batch.set_aside.push(map::unread(UnreadKind::Interaction, &raw, &error));
                    }
                    continue;
                }
            };
            for raw in &found.posts {
                let read = Seen::read(raw).and_then(|seen| {
                    let place = map::place(&[&seen], &account.external_id);
                    Ok((map::interaction(&seen, &place, &account.external_id)?, seen))
                });
                match read {
                    Ok((Some(interaction), seen)) => {
                        let replies = seen.view.reply_count;
                        if replies.unwrap_or(0) > 0 {
                            batch.partial.push(PartialThread { replies, ..At::thread(seen.uri()) });
                        }
                        batch.interactions.push(interaction);
                    }
                    Ok((None, _)) => {}
                    Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem)),
                }
            }
        }
        Ok(())
    }

    /// A record of the account's own, as an AppView would show it.
    pub fn own_view(&self, account: &AccountKey, uri: &str, record: &Value) -> Value {
        let name = super::api::Known::of(account).name;
        json!({
            "uri": uri, "record": record,
            "author": { "did": account.external_id, "handle": name, "displayName": name },
        })
    }
}

/// The next page may be twice as large again.
fn next_page(pages: &Pages) -> Pages {
    pages.sized(limit(pages) * 2)
}

/// How many items a page may have.
fn limit(pages: &Pages) -> usize {
    if pages.size == 0 { LARGEST } else { pages.size.min(LARGEST) }
}

/// What a notification leads to: a conversation, which is read once, or a post by itself.
fn sort(seen: &Seen, account: &AccountKey, reading: &Reading, batch: &mut Batch, alone: &mut Vec<String>) {
    match &seen.post.reply {
        None => alone.push(seen.uri().to_owned()),
        // A whole pass has read every own post's thread already.
        Some(reply) if reading.since.is_none() && is_own(&reply.root.uri, account) => {}
        Some(reply) => conversation(seen, reply, account, batch),
    }
}

/// From an own post on; elsewhere, and where the way there may be blocked, from the post itself.
fn conversation(seen: &Seen, reply: &ReplyTo, account: &AccountKey, batch: &mut Batch) {
    let has_own_root = is_own(&reply.root.uri, account);
    let is_deeper = reply.parent.uri != reply.root.uri;
    let from = [has_own_root.then_some(reply.root.uri.as_str()), (!has_own_root || is_deeper).then_some(seen.uri())];
    for thread in from.into_iter().flatten().map(At::thread) {
        if !batch.partial.contains(&thread) {
            batch.partial.push(thread);
        }
    }
}

fn is_own(uri: &str, account: &AccountKey) -> bool {
    Uri::of(uri).is_some_and(|uri| uri.did == account.external_id)
}

impl List {
    fn next(self) -> Option<Cursor> {
        (self == List::Posts).then(|| Cursor::of(&Pass { list: List::Notifications, page: Pages::default() }))
    }

    fn set_aside(self, reason: &str) -> SetAside {
        let (kind, external_id) = match self {
            List::Posts => (UnreadKind::ContentList, "posts"),
            List::Notifications => (UnreadKind::InteractionList, "published"),
        };
        SetAside { kind, external_id: external_id.to_owned(), reason: reason.to_owned(), raw: None }
    }
}

/// Whether a pass for what is new can leave a list after something of then.
fn is_enough(reading: &Reading, oldest: Option<Timestamp>) -> bool {
    reading.since.zip(oldest).is_some_and(|(since, oldest)| oldest < since - OVERLAP)
}
