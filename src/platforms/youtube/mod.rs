//! The YouTube Data API, version 3: what an inbox reads, as the common model.

mod errors;
mod map;
#[cfg(test)]
mod tests;
mod wire;

use kit::clock::{Clock, Timestamp};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

pub use self::map::{Channel, Thread};
use super::LISTING;
use super::error::Error;
use super::hosts::{Host, Hosts};
use crate::model::{ObservedContent, ObservedInteraction, ProviderState};
use crate::outbound::HttpClient;
use crate::secrets::Secret;

/// The largest number of ids that one call takes, and of playlist items that one page holds.
pub const VIDEOS_AT_ONCE: usize = 50;
const THREADS_A_PAGE: &str = "100";

/// An access token, and which of its connection's tokens it is.
#[derive(Clone, Debug)]
pub struct Token {
    pub secret: Secret,
    pub version: i64,
}

/// Whoever keeps a connection's tokens: hands out a good one, and another when the platform refused it.
pub trait Tokens: Send + Sync {
    fn current(&self) -> impl Future<Output = Result<Token, Error>> + Send;
    fn instead_of(&self, refused: &Token) -> impl Future<Output = Result<Token, Error>> + Send;
}

/// A token that was granted a moment ago: nothing can replace it.
impl Tokens for Secret {
    async fn current(&self) -> Result<Token, Error> {
        Ok(Token { secret: self.clone(), version: 0 })
    }

    async fn instead_of(&self, _: &Token) -> Result<Token, Error> {
        Err(Error::Reauth { reason: "authError".into() })
    }
}

/// Which threads a listing shows: the platform never mixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    Published,
    HeldForReview,
    LikelySpam,
}

impl Moderation {
    pub const ALL: [Moderation; 3] = [Moderation::Published, Moderation::HeldForReview, Moderation::LikelySpam];

    const fn parameter(self) -> &'static str {
        match self {
            Moderation::Published => "published",
            Moderation::HeldForReview => "heldForReview",
            Moderation::LikelySpam => "likelySpam",
        }
    }

    pub const fn state(self) -> ProviderState {
        match self {
            Moderation::Published => ProviderState::Published,
            Moderation::HeldForReview => ProviderState::Held,
            Moderation::LikelySpam => ProviderState::Spam,
        }
    }
}

/// One page of a list. An item that cannot be read is logged and counted; the others are not lost over it.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    pub unreadable: usize,
}

pub struct YouTube<'a, T> {
    pub http: &'a HttpClient,
    pub hosts: &'a Hosts,
    pub clock: &'a Clock,
    pub tokens: &'a T,
}

impl<T: Tokens> YouTube<'_, T> {
    /// The channel of the person who authorised us; `None` when the Google account has no channel.
    pub async fn own_channel(&self) -> Result<Option<Channel>, Error> {
        let page = self.list("channels", &[("part", "snippet,statistics,contentDetails"), ("mine", "true")]).await?;
        Ok(read_items(page, map::channel).items.into_iter().next())
    }

    /// Ids of the videos in a playlist, newest first.
    pub async fn playlist(&self, id: &str, page: Option<&str>) -> Result<Page<String>, Error> {
        let query = [("part", "contentDetails"), ("playlistId", id), ("maxResults", "50")];
        Ok(read_items(self.list_page("playlistItems", &query, page).await?, map::playlist_item))
    }

    pub async fn videos(&self, ids: &[String]) -> Result<Page<ObservedContent>, Error> {
        let ids = ids.join(",");
        let query = [("part", "snippet,statistics,contentDetails,status"), ("id", &ids), ("maxResults", "50")];
        Ok(read_items(self.list("videos", &query).await?, map::video))
    }

    /// Threads on everything that belongs to the channel, newest first.
    pub async fn threads(
        &self,
        channel: &str,
        moderation: Moderation,
        page: Option<&str>,
    ) -> Result<Page<Thread>, Error> {
        let query = [
            ("part", "snippet,replies"),
            ("allThreadsRelatedToChannelId", channel),
            ("order", "time"),
            ("textFormat", "plainText"),
            ("moderationStatus", moderation.parameter()),
            ("maxResults", THREADS_A_PAGE),
        ];
        let wire = self.list_page("commentThreads", &query, page).await?;
        Ok(read_items(wire, |item| map::thread(item, channel, moderation.state())))
    }

    pub async fn thread(&self, id: &str, channel: &str) -> Result<Option<Thread>, Error> {
        let query = [("part", "snippet,replies"), ("id", id), ("textFormat", "plainText")];
        match self.list("commentThreads", &query).await {
            Ok(wire) => {
                let page = read_items(wire, |item| map::thread(item, channel, ProviderState::Published));
                Ok(page.items.into_iter().next())
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All replies of a thread that a listing showed only in part.
    pub async fn replies(&self, thread: &Thread, channel: &str) -> Result<Vec<ObservedInteraction>, Error> {
        let query = [
            ("part", "snippet"),
            ("parentId", thread.root.external_id.as_str()),
            ("textFormat", "plainText"),
            ("maxResults", "100"),
        ];
        let (mut replies, mut next) = (Vec::new(), None);
        loop {
            let wire = self.list_page("comments", &query, next.as_deref()).await?;
            let page = read_items(wire, |item| map::reply(item, thread, channel));
            replies.extend(page.items);
            match page.next {
                Some(token) if next.as_ref() != Some(&token) => next = Some(token),
                _ => return Ok(replies),
            }
        }
    }

    async fn list_page(&self, path: &str, query: &[(&str, &str)], page: Option<&str>) -> Result<wire::List, Error> {
        let mut query = query.to_vec();
        query.extend(page.map(|token| ("pageToken", token)));
        self.list(path, &query).await
    }

    async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<wire::List, Error> {
        let mut url = self.hosts.url(Host::Youtube, &format!("/youtube/v3/{path}"));
        url.query_pairs_mut().extend_pairs(query).append_pair("prettyPrint", "false");
        self.get(url).await
    }

    /// A refused token is replaced once; a second refusal is the platform's last word.
    async fn get<Wire: DeserializeOwned>(&self, url: Url) -> Result<Wire, Error> {
        let token = self.tokens.current().await?;
        match self.get_with(url.clone(), &token.secret).await {
            Err(Error::Reauth { .. }) => {
                let token = self.tokens.instead_of(&token).await?;
                self.get_with(url, &token.secret).await
            }
            answered => answered,
        }
    }

    async fn get_with<Wire: DeserializeOwned>(&self, url: Url, token: &Secret) -> Result<Wire, Error> {
        let answer = self.http.send(self.http.request(Method::GET, url).bearer_auth(token.expose()), LISTING).await?;
        if answer.is_success() {
            answer.json().map_err(|error| Error::protocol(error, &answer.body))
        } else {
            Err(errors::classify(&answer, self.now()))
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn read_items<Item>(list: wire::List, read: impl Fn(&Value) -> Option<Item>) -> Page<Item> {
    let (mut items, mut unreadable) = (Vec::with_capacity(list.items.len()), 0);
    for raw in &list.items {
        match read(raw) {
            Some(item) => items.push(item),
            None => {
                unreadable += 1;
                let beginning: String = raw.to_string().chars().take(500).collect();
                tracing::warn!(item = %beginning, "YouTube sent an item that cannot be read");
            }
        }
    }
    Page { items, next: list.next_page_token.filter(|token| !token.is_empty()), unreadable }
}
