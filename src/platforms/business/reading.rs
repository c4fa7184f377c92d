//! A pass over a location: the place itself, then its reviews with their answers, those that changed last first.

use std::collections::HashMap;
use std::time::Duration;

use kit::clock::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::{Api, Known, path_of};
use super::{map, wire};
use crate::model::{SetAside, UnreadKind};
use crate::platforms::adapter::{AccountKey, Batch, Cursor, Reading};
use crate::platforms::error::Error;
use crate::platforms::hosts::Host;
use crate::platforms::pages::{After, Pages};

const REVIEWS_A_PAGE: usize = 50;
/// Lists are not sorted to the second, and clocks differ.
const OVERLAP: Duration = Duration::from_secs(3_600);
/// Of what a whole pass did not see, so much is asked for one by one; the rest is taken for there.
const ASKED_FOR: usize = 100;
/// As many at once are no deletions. Review ids have changed their form before, over night
/// (<https://developers.google.com/my-business/content/change-log>, version 4.8).
const A_NEW_FORM: usize = 20;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Position {
    page: Pages,
}

/// A page as it came. Where nothing but a review by itself was too much, the page is that review, passed over.
struct Page {
    list: wire::Reviews,
    passed_over: Option<SetAside>,
    size: usize,
}

impl Api {
    pub async fn read_on(
        &self,
        account: &AccountKey,
        reading: &Reading,
        cursor: Option<&Cursor>,
    ) -> Result<Batch, Error> {
        let Position { page: pages } = cursor.and_then(Cursor::read).unwrap_or_default();
        let mut batch = Batch { step: "Reading the reviews", ..Batch::default() };
        let page = match self.page(account, &pages).await {
            Ok(page) => page,
            Err(Error::Rejected { .. }) if pages.anew().is_some() => {
                batch.next = pages.anew().map(|page| Cursor::of(&Position { page }));
                return Ok(batch);
            }
            Err(error) => return Err(self.confirmed(account, error).await?),
        };
        if pages.token.is_none() {
            batch.content.push(map::place(account, page.list.total_review_count));
        }
        let (mut oldest, count) = (None, page.list.reviews.len() + usize::from(page.passed_over.is_some()));
        for raw in &page.list.reviews {
            match map::review(raw, account) {
                Ok(seen) => {
                    oldest = Some(seen.updated_at);
                    batch.interactions.extend(seen.interactions());
                }
                Err(problem) => batch.set_aside.push(map::unread(raw, problem)),
            }
        }
        batch.set_aside.extend(page.passed_over);
        let next = page.list.next_page_token.filter(|token| !token.is_empty() && !is_enough(reading, oldest));
        match pages.sized(page.size * 2).after(next, count, reading.promised_interactions) {
            After::Page(page) => batch.next = Some(Cursor::of(&Position { page })),
            After::End => {}
            After::Cut(reason) => batch.set_aside.push(SetAside {
                kind: UnreadKind::InteractionList,
                external_id: "reviews".to_owned(),
                reason: reason.to_owned(),
                raw: None,
            }),
        }
        Ok(batch)
    }

    /// What is refused for the reviews may be about the whole location, which another account may manage by now.
    async fn confirmed(&self, account: &AccountKey, error: Error) -> Result<Error, Error> {
        if !matches!(error, Error::NotFound { .. } | Error::Reauth { .. }) {
            return Ok(error);
        }
        let found = self.location(account).await?;
        // The next pass asks where it is by now.
        let has_moved = Known::of(&found.key()).account != Known::of(account).account;
        Ok(if has_moved {
            Error::Unavailable { status: 404 }
        } else {
            Error::Permission { reason: error.code().into() }
        })
    }

    /// One page, smaller and smaller while it is too much; a review that is too much by itself is passed over.
    async fn page(&self, account: &AccountKey, pages: &Pages) -> Result<Page, Error> {
        let mut size = if pages.size == 0 { REVIEWS_A_PAGE } else { pages.size.min(REVIEWS_A_PAGE) };
        loop {
            match self.sized(account, pages, size, None).await {
                Ok(list) => return Ok(Page { list, passed_over: None, size }),
                Err(error) if error.is_too_much() && size > 1 => size /= 2,
                Err(error) if error.is_too_much() => {
                    let ids = self.sized(account, pages, 1, Some("nextPageToken,totalReviewCount,reviews(name)")).await;
                    let Ok(mut list) = ids else { return Err(error) };
                    let passed_over = list.reviews.first().map(|raw| map::unread(raw, &error));
                    list.reviews.clear();
                    return Ok(Page { list, passed_over, size: 1 });
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn sized(
        &self,
        account: &AccountKey,
        pages: &Pages,
        size: usize,
        fields: Option<&str>,
    ) -> Result<wire::Reviews, Error> {
        let most = size.to_string();
        let mut query = vec![("pageSize", most.as_str()), ("orderBy", "updateTime desc")];
        query.extend(pages.token.as_deref().map(|token| ("pageToken", token)));
        query.extend(fields.map(|fields| ("fields", fields)));
        self.get(Host::GbpReviews, &path_of(account, ""), &query).await
    }

    /// One review with its answer; nothing where it is gone.
    pub async fn review_of(&self, account: &AccountKey, external_id: &str) -> Result<Batch, Error> {
        let mut batch = Batch::default();
        let Some(raw) = self.look_up(account, map::review_of(external_id)).await? else { return Ok(batch) };
        match map::review(&raw, account) {
            Ok(seen) => batch.interactions.extend(seen.interactions()),
            Err(problem) => batch.set_aside.push(map::unread(&raw, problem)),
        }
        Ok(batch)
    }

    async fn look_up(&self, account: &AccountKey, review: &str) -> Result<Option<Value>, Error> {
        match self.on_review(Method::GET, account, (review, ""), None).await {
            Ok(raw) => Ok(Some(raw)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Which of these are there no more: reviews, and answers without one.
    pub async fn gone_of(&self, account: &AccountKey, external_ids: &[String]) -> Result<Vec<String>, Error> {
        let mut asked = HashMap::new();
        let mut gone = Vec::new();
        for id in external_ids.iter().filter(|id| **id != account.external_id).take(ASKED_FOR) {
            let review = map::review_of(id);
            let raw = match asked.get(review) {
                Some(known) => known,
                None => {
                    let found = self.look_up(account, review).await?;
                    asked.entry(review).or_insert(found)
                }
            };
            let is_there = raw.as_ref().is_some_and(|raw| id == review || raw.get("reviewReply").is_some());
            if !is_there {
                gone.push(id.clone());
            }
        }
        let is_new_form = asked.len() >= A_NEW_FORM && asked.values().all(Option::is_none);
        if is_new_form {
            tracing::warn!(reviews = asked.len(), "so many reviews are unknown at once that none is taken for deleted");
            gone.clear();
        }
        Ok(gone)
    }
}

/// Whether a pass for what is new can leave the list after a page whose oldest review changed then.
fn is_enough(reading: &Reading, oldest: Option<Timestamp>) -> bool {
    reading.since.zip(oldest).is_some_and(|(since, oldest)| oldest < since - OVERLAP)
}
