//! A pass over a channel, a page at a time: its uploads with their counters, then its threads by moderation state.

use std::time::Duration;

use kit::clock::Timestamp;
use serde_json::Value;

use super::api::{Api, Known};
use super::map;
use super::place::{LISTS, List, Moderation, Place};
use crate::model::{ObservedContent, UnreadKind};
use crate::platforms::adapter::{AccountKey, Batch, Cursor, Reading};
use crate::platforms::error::Error;
use crate::platforms::pages::{After, Pages};

/// Providers' lists are not sorted to the second, and clocks differ.
const OVERLAP: Duration = Duration::from_secs(3_600);
const VIDEOS_A_PAGE: usize = 50;
pub const THREADS_A_PAGE: usize = 100;

/// A list to be read page by page.
pub struct Asked<'a> {
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub largest: usize,
    /// What of an item is enough to know its id.
    pub ids: &'a str,
}

/// A page as it came. Where nothing but an item by itself was too much, the page is that item, passed over.
pub struct Page {
    pub items: Vec<Value>,
    pub next: Option<String>,
    pub passed_over: Option<(Value, String)>,
    /// How many items it was asked for.
    size: usize,
}

impl Api {
    pub async fn read_on(
        &self,
        account: &AccountKey,
        reading: &Reading,
        cursor: Option<&Cursor>,
    ) -> Result<Batch, Error> {
        let place: Place = cursor.and_then(Cursor::read).unwrap_or_default();
        let list = *LISTS.get(place.list).ok_or_else(|| Error::protocol("there is no such list", b""))?;
        let (read, step) = match list {
            List::Uploads => (self.uploads(account, reading, &place.page).await, "Reading the videos"),
            List::Threads(moderation) => {
                (self.threads(account, reading, moderation, &place.page).await, "Reading the comments")
            }
        };
        let (mut batch, after) = match read {
            Ok(read) => read,
            Err(error) => self.without_the_page(account, list, &place.page, error).await?,
        };
        batch.step = step;
        batch.next = match after {
            After::Page(page) => Some(Cursor::of(&Place { list: place.list, page })),
            After::End | After::Cut(_) => {
                if let After::Cut(reason) = after {
                    batch.set_aside.push(list.set_aside(reason));
                }
                let list = place.list + 1;
                (list < LISTS.len()).then(|| Cursor::of(&Place { list, page: Pages::default() }))
            }
        };
        Ok(batch)
    }

    /// A page that is refused is no reason to lose the other lists.
    async fn without_the_page(
        &self,
        account: &AccountKey,
        list: List,
        pages: &Pages,
        error: Error,
    ) -> Result<(Batch, After), Error> {
        let error = self.confirmed(error).await?;
        let mut batch = Batch::default();
        match &error {
            Error::Rejected { reason, .. } if reason == "invalidPageToken" && pages.anew().is_some() => {
                return Ok((batch, pages.anew().map_or(After::End, After::Page)));
            }
            // A channel that never uploaded anything has no such list.
            Error::NotFound { .. } if list == List::Uploads && Known::of(&account.state).videos == Some(0) => {}
            error if error.is_about_the_thing() => {
                batch.set_aside.push(list.set_aside(error));
            }
            _ => return Err(error),
        }
        Ok((batch, After::End))
    }

    async fn uploads(&self, account: &AccountKey, reading: &Reading, pages: &Pages) -> Result<(Batch, After), Error> {
        let known = Known::of(&account.state);
        let query = [("part", "contentDetails"), ("playlistId", known.uploads.as_str())];
        let asked = Asked {
            path: "playlistItems",
            query: &query,
            largest: VIDEOS_A_PAGE,
            ids: "nextPageToken,items(contentDetails/videoId)",
        };
        let page = self.page(&asked, pages).await?;
        let mut batch = Batch::default();
        let mut videos = Vec::new();
        let count = page.count();
        for raw in &page.items {
            match map::playlist_item(raw) {
                Ok(video) => videos.push(video),
                Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Content, raw, problem)),
            }
        }
        if let Some((raw, problem)) = &page.passed_over {
            let id = raw["contentDetails"]["videoId"].as_str().unwrap_or_default();
            batch.set_aside.push(map::unread_id(UnreadKind::Content, id, raw, problem));
        }
        let oldest = videos.iter().filter_map(|(_, at)| *at).min();
        let ids = videos.into_iter().map(|(id, _)| id).collect();
        self.videos(ids, reading, &mut batch).await?;
        let next = page.next.clone().filter(|_| !is_enough(reading, oldest));
        Ok((batch, page.pages(pages).after(next, count, reading.promised_content)))
    }

    /// Fewer at once where all together are too much, or where one of them spoils it for the others.
    async fn videos(&self, ids: Vec<String>, reading: &Reading, batch: &mut Batch) -> Result<(), Error> {
        let mut waiting = vec![ids];
        while let Some(mut ids) = waiting.pop().filter(|ids| !ids.is_empty()) {
            let asked = ids.join(",");
            let query =
                [("part", "snippet,statistics,contentDetails,status"), ("id", asked.as_str()), ("maxResults", "50")];
            match self.list("videos", &query).await {
                Ok(list) => list.items.iter().for_each(|raw| keep_video(map::video(raw), raw, batch)),
                Err(error) => {
                    let error = self.confirmed(error).await?;
                    if !(error.is_about_the_thing() || error.is_too_much() || reading.gives_up_on(&error)) {
                        return Err(error);
                    }
                    if ids.len() > 1 {
                        let rest = ids.split_off(ids.len() / 2);
                        waiting.extend([rest, ids]);
                    } else {
                        batch.set_aside.push(map::unread_id(UnreadKind::Content, &ids[0], &Value::Null, &error));
                    }
                }
            }
        }
        Ok(())
    }

    async fn threads(
        &self,
        account: &AccountKey,
        reading: &Reading,
        moderation: Moderation,
        pages: &Pages,
    ) -> Result<(Batch, After), Error> {
        let page = self.threads_page(account, moderation, pages).await?;
        let mut batch = Batch::default();
        let (count, mut oldest) = (page.count(), None);
        for raw in &page.items {
            match map::thread(raw, &account.external_id, moderation.state()) {
                Ok(thread) => {
                    oldest = Some(thread.root.created_at);
                    thread.put_into(&mut batch);
                }
                Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem)),
            }
        }
        if let Some((raw, problem)) = &page.passed_over {
            batch.set_aside.push(map::unread(UnreadKind::Interaction, raw, problem));
        }
        let next = page.next.clone().filter(|_| !is_enough(reading, oldest));
        Ok((batch, page.pages(pages).after(next, count, reading.promised_interactions)))
    }

    pub async fn threads_page(
        &self,
        account: &AccountKey,
        moderation: Moderation,
        pages: &Pages,
    ) -> Result<Page, Error> {
        let query = [
            ("part", "snippet,replies"),
            ("allThreadsRelatedToChannelId", account.external_id.as_str()),
            ("order", "time"),
            ("textFormat", "plainText"),
            ("moderationStatus", moderation.parameter()),
        ];
        let asked =
            Asked { path: "commentThreads", query: &query, largest: THREADS_A_PAGE, ids: "nextPageToken,items(id)" };
        self.page(&asked, pages).await
    }

    /// One page, smaller and smaller while it is too much; an item that is too much by itself is passed over.
    pub async fn page(&self, asked: &Asked<'_>, pages: &Pages) -> Result<Page, Error> {
        let mut size = if pages.size == 0 { asked.largest } else { pages.size.min(asked.largest) };
        loop {
            match self.sized(asked, pages, size, None).await {
                Ok(page) => return Ok(page),
                Err(error) if error.is_too_much() && size > 1 => size /= 2,
                Err(error) if error.is_too_much() => {
                    let Ok(ids) = self.sized(asked, pages, 1, Some(asked.ids)).await else { return Err(error) };
                    let passed_over = ids.items.into_iter().next().map(|raw| (raw, error.to_string()));
                    return Ok(Page { items: Vec::new(), next: ids.next, passed_over, size: 1 });
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn sized(&self, asked: &Asked<'_>, pages: &Pages, size: usize, fields: Option<&str>) -> Result<Page, Error> {
        let most = size.to_string();
        let mut query = asked.query.to_vec();
        query.push(("maxResults", &most));
        query.extend(pages.token.as_deref().map(|token| ("pageToken", token)));
        query.extend(fields.map(|fields| ("fields", fields)));
        let list = self.list(asked.path, &query).await?;
        let next = list.next_page_token.filter(|token| !token.is_empty());
        Ok(Page { items: list.items, next, passed_over: None, size })
    }
}

impl Page {
    fn count(&self) -> usize {
        self.items.len() + usize::from(self.passed_over.is_some())
    }

    /// The next page may be twice as large again.
    pub fn pages(&self, asked: &Pages) -> Pages {
        asked.sized(self.size * 2)
    }
}

/// Whether a pass for what is new can leave a list after a page whose oldest item is of then. An empty page tells nothing.
fn is_enough(reading: &Reading, oldest: Option<Timestamp>) -> bool {
    reading.since.zip(oldest).is_some_and(|(since, oldest)| oldest < since - OVERLAP)
}

fn keep_video(video: Result<Option<ObservedContent>, String>, raw: &Value, batch: &mut Batch) {
    match video {
        Ok(video) => batch.content.extend(video),
        Err(problem) => batch.set_aside.push(map::unread(UnreadKind::Content, raw, problem)),
    }
}
