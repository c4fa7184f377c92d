//! A conversation, as much of it as one call shows, and one thread with the account's own answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::Api;
use super::map::{self, Place, Seen, Uri};
use super::wire::{Thread, ThreadView};
use super::xrpc::is_not_offered;
use crate::model::{ObservedInteraction, ProviderState, SetAside, UnreadKind};
use crate::platforms::adapter::{AccountKey, Batch, Cursor, PartialThread, Reading};
use crate::platforms::error::Error;

/// How many replies below one another a call shows; what lies deeper is asked for by itself.
const DEPTH: usize = 20;
const HEIGHT: usize = 40;
/// Deeper than people answer each other; a server that goes on and on is left here.
const STEPS: usize = 100;
const CALLS_OF_A_FETCH: usize = 20;

/// From which post on a conversation is read, how far down at once, and where that belongs, if it is known from above.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct At {
    post: String,
    depth: usize,
    steps: usize,
    inside: Option<Inside>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Inside {
    thread: String,
    content: Option<String>,
}

impl At {
    fn of(post: &str) -> Self {
        Self { post: post.to_owned(), depth: DEPTH, steps: 0, inside: None }
    }

    /// A conversation, from this post on.
    pub fn thread(uri: &str) -> PartialThread {
        Self::of(uri).partial()
    }

    fn partial(&self) -> PartialThread {
        PartialThread { external_id: self.post.clone(), replies: None, cursor: Cursor::of(self) }
    }

    /// The same in smaller parts; `None` where there are none.
    fn shallower(&self) -> Option<Self> {
        (self.depth > 1).then(|| At { depth: (self.depth / 4).max(1), ..self.clone() })
    }

    /// What goes on below a post of this part.
    fn below(&self, seen: &Seen, place: &Place) -> Self {
        let inside = match place {
            Place::Interaction { thread, content, .. } => {
                Some(Inside { thread: thread.clone(), content: content.clone() })
            }
            Place::Content => None,
        };
        At { post: seen.uri().to_owned(), steps: self.steps + 1, inside, ..self.clone() }
    }

    fn set_aside(&self, reason: &str) -> SetAside {
        let external_id = self.inside.as_ref().map_or(&self.post, |inside| &inside.thread).clone();
        SetAside { kind: UnreadKind::Replies, external_id, reason: reason.to_owned(), raw: None }
    }
}

impl Api {
    pub async fn thread_on(
        &self,
        account: &AccountKey,
        reading: &Reading,
        thread: &PartialThread,
    ) -> Result<Batch, Error> {
        let at: At = thread.cursor.read().unwrap_or_else(|| At::of(&thread.external_id));
        let mut batch = Batch { step: "Reading the replies", ..Batch::default() };
        if at.steps > STEPS {
            batch.set_aside.push(at.set_aside("it goes on and on"));
            return Ok(batch);
        }
        let error = match self.thread_view(&at).await {
            Ok(found) => {
                Walk { at: &at, account, batch: &mut batch }.whole(&found.thread);
                hide(&found.threadgate, account, &mut batch);
                return Ok(batch);
            }
            Err(error) => self.confirmed(error).await?,
        };
        match error {
            // Gone before we came.
            Error::NotFound { .. } => {}
            error if is_not_offered(&error) => {}
            error if error.is_too_much() && at.shallower().is_some() => {
                batch.partial.extend(at.shallower().map(|at| at.partial()));
            }
            error if error.is_about_the_thing() || error.is_too_much() || reading.gives_up_on(&error) => {
                batch.set_aside.push(at.set_aside(&error.to_string()));
            }
            error => return Err(error),
        }
        Ok(batch)
    }

    async fn thread_view(&self, at: &At) -> Result<Thread, Error> {
        let (depth, height) = (at.depth.to_string(), HEIGHT.to_string());
        let query = [("uri", at.post.as_str()), ("depth", depth.as_str()), ("parentHeight", height.as_str())];
        let found: Thread = self.get("app.bsky.feed.getPostThread", &query).await?;
        let shown =
            found.thread.post.as_ref().map_or(at.post.as_str(), |post| post["uri"].as_str().unwrap_or_default());
        if shown == at.post { Ok(found) } else { Err(Error::protocol("another conversation was shown", b"")) }
    }

    /// One thread by anything in it, with the account's own answers as its repository has them: an AppView may lie behind.
    pub async fn thread_of(&self, account: &AccountKey, external_id: &str) -> Result<Batch, Error> {
        let reading = Reading { since: None, promised_content: 0, promised_interactions: 0, is_last_attempt: false };
        let mut batch = self.thread_on(account, &reading, &At::thread(external_id)).await?;
        for _ in 0..CALLS_OF_A_FETCH {
            let Some(more) = batch.partial.pop() else { break };
            let found = self.thread_on(account, &reading, &more).await?;
            batch
                .interactions
                .retain(|one| found.interactions.iter().all(|other| other.external_id != one.external_id));
            batch.absorb(found);
        }
        if batch.interactions.is_empty() {
            self.by_record(account, external_id, &mut batch).await?;
        }
        self.with_own_answers(account, &mut batch).await?;
        Ok(batch)
    }

    /// From a server without an AppView: the record, if it is one that the server keeps.
    async fn by_record(&self, account: &AccountKey, external_id: &str, batch: &mut Batch) -> Result<(), Error> {
        let Some(uri) = Uri::of(external_id) else { return Ok(()) };
        let Some(record) = self.record(uri.did, uri.collection, uri.key).await? else { return Ok(()) };
        let author = serde_json::json!({ "did": uri.did, "handle": uri.did });
        let raw = serde_json::json!({ "uri": external_id, "author": author, "record": record.value });
        Walk { at: &At::of(external_id), account, batch }.one(&raw, &[]);
        Ok(())
    }

    async fn with_own_answers(&self, account: &AccountKey, batch: &mut Batch) -> Result<(), Error> {
        let Some(root) = batch.interactions.first().map(root_of) else { return Ok(()) };
        for record in self.records(&account.external_id, None).await?.records.iter().rev() {
            let raw = self.own_view(account, &record.uri, &record.value);
            let Ok(seen) = Seen::read(&raw) else { continue };
            let Some(reply) = seen.post.reply.as_ref().filter(|reply| reply.root.uri == root) else { continue };
            if batch.interactions.iter().any(|one| one.external_id == record.uri) {
                continue;
            }
            let Some(above) = self.shown_above(&reply.parent.uri, &root, batch).await? else { continue };
            let place = Place::Interaction {
                thread: above.thread_external_id.clone(),
                parent: Some(reply.parent.uri.clone()),
                content: above.content_external_id.clone(),
            };
            if let Ok(Some(own)) = map::interaction(&seen, &place, &account.external_id) {
                batch.interactions.push(own);
            }
        }
        Ok(())
    }

    /// What of the thread stands above a post; what is blocked or held back in between is not shown, but is there.
    async fn shown_above<'b>(
        &self,
        post: &str,
        root: &str,
        batch: &'b Batch,
    ) -> Result<Option<&'b ObservedInteraction>, Error> {
        let mut at = post.to_owned();
        for _ in 0..HEIGHT {
            if let Some(shown) = batch.interactions.iter().find(|one| one.external_id == at) {
                return Ok(Some(shown));
            }
            let Some(uri) = Uri::of(&at).filter(|_| at != root) else { return Ok(None) };
            let Some(record) = self.record(uri.did, uri.collection, uri.key).await? else { return Ok(None) };
            match record.value["reply"]["parent"]["uri"].as_str() {
                Some(parent) => at = parent.to_owned(),
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    pub async fn hidden_below(&self, account: &AccountKey, content: &str) -> Result<Vec<String>, Error> {
        let Some(uri) = Uri::of(content) else { return Ok(Vec::new()) };
        let gate = self.record(&account.external_id, super::acts::GATE, uri.key).await?;
        Ok(gate.map(|gate| map::hidden_by(&gate.value)).unwrap_or_default())
    }
}

/// The first post of a conversation.
fn root_of(one: &ObservedInteraction) -> String {
    one.raw["record"]["reply"]["root"]["uri"].as_str().unwrap_or(&one.external_id).to_owned()
}

/// What the account hides below a post of its own is seen by whoever asks for it alone.
fn hide(gate: &Value, account: &AccountKey, batch: &mut Batch) {
    let is_own = gate["uri"].as_str().and_then(Uri::of).is_some_and(|uri| uri.did == account.external_id);
    let hidden = if is_own { map::hidden_by(&gate["record"]) } else { Vec::new() };
    for one in batch.interactions.iter_mut().filter(|one| hidden.contains(&one.external_id)) {
        one.provider_state = ProviderState::Hidden;
    }
}

/// What was kept of a part of a conversation.
#[derive(Default)]
struct Way {
    /// Of the post with which the part begins.
    thread: Option<String>,
    leads_to_own: bool,
}

/// On the way through a conversation.
struct Walk<'a> {
    at: &'a At,
    account: &'a AccountKey,
    batch: &'a mut Batch,
}

impl Walk<'_> {
    /// What stands above the post that was asked for, the post, and what stands below it.
    fn whole(&mut self, view: &ThreadView) {
        let mut above = Vec::new();
        let mut parent = view.parent.as_deref();
        while let Some(view) = parent {
            let Some(seen) = view.post.as_ref().and_then(|raw| Seen::read(raw).ok()) else { break };
            above.push(seen);
            parent = view.parent.as_deref();
        }
        above.reverse();
        let Some(thread) = self.descend(view, &mut above, self.at.depth).thread else { return };
        // A thread is kept with its beginning: what leads from there to what was asked for.
        for at in (0..above.len()).filter(|_| self.at.inside.is_none()) {
            let place = self.place(&above[..=at].iter().collect::<Vec<_>>());
            if place == Place::Content || matches!(&place, Place::Interaction { thread: other, .. } if *other == thread)
            {
                self.keep(&above[at], &place);
            }
        }
    }

    /// `below` is how many levels more were asked for.
    fn descend(&mut self, view: &ThreadView, above: &mut Vec<Seen>, below: usize) -> Way {
        let Some(raw) = &view.post else { return Way::default() };
        let Some((seen, place)) = self.read(raw, &above.iter().collect::<Vec<_>>()) else { return Way::default() };
        let is_addressed = seen.is_addressed_to(&self.account.external_id);
        above.push(seen);
        let is_below_own = self.is_below_own(above);
        let replies = view.replies.as_deref().unwrap_or_default();
        if let Some(seen) = above.last().filter(|_| is_below_own && replies.is_empty()) {
            // A server that shows fewer levels than it was asked for leaves the list out.
            let is_end = below == 0 || (view.replies.is_none() && seen.uri() != self.at.post);
            if is_end && seen.view.reply_count.unwrap_or(0) > 0 {
                self.batch.partial.push(self.at.below(seen, &place).partial());
            }
        }
        let mut leads_to_own = is_below_own;
        for reply in replies {
            leads_to_own |= self.descend(reply, above, below.saturating_sub(1)).leads_to_own;
        }
        let Some(seen) = above.pop().filter(|_| leads_to_own || is_addressed) else { return Way::default() };
        self.keep(&seen, &place);
        let thread = match place {
            Place::Interaction { thread, .. } => Some(thread),
            Place::Content => None,
        };
        Way { thread, leads_to_own }
    }

    /// Below other people's posts most is between others: what the account wrote, what is addressed to it, and what follows
    /// upon what it wrote is not.
    fn is_below_own(&self, chain: &[Seen]) -> bool {
        let account = self.account.external_id.as_str();
        let has_own_root =
            chain.first().and_then(|first| first.post.reply.as_ref()).and_then(|reply| Uri::of(&reply.root.uri));
        self.at.inside.is_some()
            || chain.iter().any(|seen| seen.is_by(account))
            || has_own_root.is_some_and(|root| root.did == account)
    }

    /// One post by itself.
    fn one(&mut self, raw: &Value, above: &[&Seen]) {
        if let Some((seen, place)) = self.read(raw, above) {
            self.keep(&seen, &place);
        }
    }

    fn read(&mut self, raw: &Value, above: &[&Seen]) -> Option<(Seen, Place)> {
        match Seen::read(raw) {
            Ok(seen) => {
                let chain: Vec<&Seen> = above.iter().copied().chain([&seen]).collect();
                let place = self.place(&chain);
                Some((seen, place))
            }
            Err(problem) => {
                self.batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem));
                None
            }
        }
    }

    /// As the post from which this part goes on was placed.
    fn place(&self, chain: &[&Seen]) -> Place {
        match (&self.at.inside, chain.last()) {
            (Some(inside), Some(last)) => Place::Interaction {
                thread: inside.thread.clone(),
                parent: last.post.reply.as_ref().map(|reply| reply.parent.uri.clone()),
                content: inside.content.clone(),
            },
            _ => map::place(chain, &self.account.external_id),
        }
    }

    fn keep(&mut self, seen: &Seen, place: &Place) {
        match map::interaction(seen, place, &self.account.external_id) {
            Ok(Some(interaction)) => self.batch.interactions.push(interaction),
            Ok(None) => self.batch.content.push(map::content(seen)),
            Err(problem) => {
                let external_id = seen.uri().to_owned();
                self.batch.set_aside.push(SetAside {
                    kind: UnreadKind::Interaction,
                    external_id,
                    reason: problem,
                    raw: None,
                });
            }
        }
    }
}
