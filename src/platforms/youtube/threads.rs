//! The replies that a listing left out, and one thread by its id.

use serde::{Deserialize, Serialize};

use super::api::Api;
use super::map::{self, Context, Thread};
use super::place::Moderation;
use super::reading::{Asked, THREADS_A_PAGE};
use crate::model::{ProviderState, SetAside, UnreadKind};
use crate::platforms::adapter::{AccountKey, Batch, Cursor, PartialThread, Reading};
use crate::platforms::error::Error;
use crate::platforms::pages::{After, Pages};

/// Where the reading of one thread's replies is, and what a reply does not say of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ThreadPlace {
    pub content: Option<String>,
    pub can_reply: bool,
    pub page: Pages,
}

/// More than the interface lets anybody write below one comment in years.
const PAGES_OF_A_FETCH: usize = 50;

impl Api {
    pub async fn replies(
        &self,
        account: &AccountKey,
        reading: &Reading,
        thread: &PartialThread,
    ) -> Result<Batch, Error> {
        let place: ThreadPlace = thread.cursor.read().unwrap_or_default();
        let mut batch = Batch { step: "Reading the replies", ..Batch::default() };
        match self.replies_page(account, thread, &place, &mut batch).await {
            Ok(After::Page(page)) => {
                batch
                    .partial
                    .push(PartialThread { cursor: Cursor::of(&ThreadPlace { page, ..place }), ..thread.clone() });
            }
            Ok(After::Cut(reason)) => batch.set_aside.push(aside(thread, reason)),
            Ok(After::End) => {}
            Err(error) => {
                let error = self.confirmed(error).await?;
                let is_refused = matches!(&error, Error::Rejected { reason, .. } if reason == "invalidPageToken");
                if let Some(page) = place.page.anew().filter(|_| is_refused) {
                    let cursor = Cursor::of(&ThreadPlace { page, ..place });
                    batch.partial.push(PartialThread { cursor, ..thread.clone() });
                } else if error.is_about_the_thing() || reading.gives_up_on(&error) {
                    batch.set_aside.push(aside(thread, error));
                } else {
                    return Err(error);
                }
            }
        }
        Ok(batch)
    }

    async fn replies_page(
        &self,
        account: &AccountKey,
        thread: &PartialThread,
        place: &ThreadPlace,
        batch: &mut Batch,
    ) -> Result<After, Error> {
        let query = [("part", "snippet"), ("parentId", thread.external_id.as_str()), ("textFormat", "plainText")];
        let asked = Asked { path: "comments", query: &query, largest: THREADS_A_PAGE, ids: "nextPageToken,items(id)" };
        let page = self.page(&asked, &place.page).await?;
        let context = Context {
            channel: &account.external_id,
            listed: ProviderState::Published,
            thread: Some(&thread.external_id),
            video: place.content.as_deref(),
            can_reply: place.can_reply,
        };
        for raw in &page.items {
            match map::comment(raw, context) {
                Ok(reply) => batch.interactions.push(reply),
                Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem)),
            }
        }
        if let Some((raw, problem)) = &page.passed_over {
            batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem));
        }
        let (count, promised) = (page.items.len(), usize::try_from(thread.replies.unwrap_or(0)).unwrap_or(0));
        Ok(page.pages(&place.page).after(page.next.clone(), count, promised))
    }

    /// Asked for by its id, a thread does not say whether it is held back. A new one is looked for in the newest page of
    /// each list, which does; one that we know keeps the state in which we know it.
    pub async fn thread_of(
        &self,
        account: &AccountKey,
        external_id: &str,
        known: Option<ProviderState>,
    ) -> Result<Batch, Error> {
        // A reply's id begins with its thread's.
        let id = external_id.split('.').next().unwrap_or_default();
        let newest = if known.is_none() { self.among_the_newest(account, id).await? } else { None };
        let mut found = match newest {
            Some(thread) => Some(thread),
            None => self.by_id(account, id).await?,
        };
        if let (Some(thread), Some(state)) = (&mut found, known) {
            thread.root.provider_state = state;
        }
        let mut batch = Batch::default();
        let Some(thread) = found else { return Ok(batch) };
        thread.put_into(&mut batch);
        let reading = Reading { since: None, promised_content: 0, promised_interactions: 0, is_last_attempt: false };
        for _ in 0..PAGES_OF_A_FETCH {
            let Some(partial) = batch.partial.pop() else { break };
            let more = self.replies(account, &reading, &partial).await?;
            batch.interactions.retain(|known| more.interactions.iter().all(|new| new.external_id != known.external_id));
            batch.interactions.extend(more.interactions);
            batch.set_aside.extend(more.set_aside);
            batch.partial = more.partial;
        }
        Ok(batch)
    }

    async fn among_the_newest(&self, account: &AccountKey, id: &str) -> Result<Option<Thread>, Error> {
        for moderation in Moderation::ALL {
            let threads = self.newest(account, moderation).await?;
            if let Some(thread) = threads.into_iter().find(|thread| thread.root.external_id == id) {
                return Ok(Some(thread));
            }
        }
        Ok(None)
    }

    /// Only lists say how a comment stands, and only the newest page of each is worth its price.
    pub async fn standing_of(
        &self,
        account: &AccountKey,
        external_ids: &[String],
    ) -> Result<Vec<(String, ProviderState)>, Error> {
        let mut found: Vec<(String, ProviderState)> = Vec::new();
        for moderation in Moderation::ALL {
            for thread in self.newest(account, moderation).await? {
                for shown in std::iter::once(thread.root).chain(thread.replies) {
                    let is_asked = external_ids.contains(&shown.external_id);
                    if is_asked && found.iter().all(|(known, _)| *known != shown.external_id) {
                        found.push((shown.external_id, shown.provider_state));
                    }
                }
            }
        }
        Ok(found)
    }

    /// The threads of a list's newest page that can be read; none of a list that is refused for itself.
    async fn newest(&self, account: &AccountKey, moderation: Moderation) -> Result<Vec<Thread>, Error> {
        let page = match self.threads_page(account, moderation, &Pages::default()).await {
            Ok(page) => page,
            Err(error) => match self.confirmed(error).await? {
                error if error.is_about_the_thing() => return Ok(Vec::new()),
                error => return Err(error),
            },
        };
        let read = |raw| map::thread(raw, &account.external_id, moderation.state()).ok();
        Ok(page.items.iter().filter_map(read).collect())
    }

    async fn by_id(&self, account: &AccountKey, id: &str) -> Result<Option<Thread>, Error> {
        let query = [("part", "snippet,replies"), ("id", id), ("textFormat", "plainText")];
        match self.list("commentThreads", &query).await {
            Ok(list) => {
                let read = |raw| map::thread(raw, &account.external_id, ProviderState::Published).ok();
                Ok(list.items.first().and_then(read))
            }
            Err(error) => match self.confirmed(error).await? {
                // Gone before we came; or the next pass tells what is wrong with it.
                error if error.is_about_the_thing() => Ok(None),
                error => Err(error),
            },
        }
    }
}

fn aside(thread: &PartialThread, reason: impl std::fmt::Display) -> SetAside {
    SetAside {
        kind: UnreadKind::Replies,
        external_id: thread.external_id.clone(),
        reason: reason.to_string(),
        raw: None,
    }
}
