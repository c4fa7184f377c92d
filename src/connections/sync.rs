//! Reading a connected account: channel, uploads, videos, comment threads with their replies, a page per transaction.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::try_join_all;
use kit::clock::Timestamp;
use kit::jobs::{Failure, Run};

use super::account::{Account, Stop};
use super::store::{self, Synced};
use super::{ConnectionId, signal};
use crate::app::App;
use crate::inbox::content::{self, AccountCounters};
use crate::inbox::derive::Language;
use crate::inbox::ingest;
use crate::model::{ObservedContent, ObservedInteraction};
use crate::platforms::Error;
use crate::platforms::youtube::{Channel, Moderation, Page, Thread, VIDEOS_AT_ONCE};

/// Providers' lists are not sorted to the second, and clocks differ.
const OVERLAP: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything that the account has.
    Whole,
    /// What is new since the last pass, and the newest page in any case.
    New,
}

/// How far a pass is. The total is what the platform's own counters promise, so it is an estimate; 0 where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
    pub step: &'static str,
}

/// What a pass read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    pub videos: usize,
    pub interactions: usize,
    /// Items that the platform sent in a form that we do not know; each is in the log.
    pub unreadable: usize,
}

/// One pass over an account: demo mode's enabling and the periodic reading are this same function.
pub async fn everything(
    app: &App,
    run: &Run,
    connection: ConnectionId,
    depth: Depth,
    on_progress: impl Fn(Progress) + Send + Sync,
) -> Result<Report, Stop> {
    let found = app.db.read(move |conn| store::by_id(conn, connection)).await?;
    let connection = found.ok_or_else(|| Failure::fail("connection_gone", "This account was disconnected."))?;
    let mut account = Account::open(app, connection).await?;
    let began_at = app.now();
    on_progress(Progress { done: 0, total: 0, step: "Reading the channel" });
    let channel = read_channel(&mut account, run).await?;
    let pass = Pass { run, account: &account, channel, depth, began_at, on_progress: &on_progress };
    pass.run().await
}

async fn read_channel(account: &mut Account, run: &Run) -> Result<Channel, Stop> {
    let no_channel = || Error::Permission { reason: "no_channel".into() };
    let channel = account.youtube().own_channel().await?.ok_or_else(no_channel)?;
    account.destination.language = channel.language.as_deref().and_then(Language::of_tag);
    let (id, now, observed, destination) =
        (account.connection.id, account.app.now(), channel.clone(), account.destination.clone());
    run.write(move |tx| {
        store::set_account(tx, now, id, &observed)?;
        let counters =
            AccountCounters { followers: observed.subscribers, views: observed.views, content: observed.videos };
        Ok(content::account(tx, &destination.at(now), counters)?)
    })
    .await?;
    Ok(channel)
}

struct Pass<'a, P> {
    run: &'a Run,
    account: &'a Account,
    channel: Channel,
    depth: Depth,
    began_at: Timestamp,
    on_progress: &'a P,
}

/// What a pass has so far.
#[derive(Default)]
struct Tally {
    report: Report,
    /// Interactions that the videos' counters promise.
    promised: usize,
    newest: Option<Timestamp>,
}

impl<P: Fn(Progress) + Send + Sync> Pass<'_, P> {
    async fn run(&self) -> Result<Report, Stop> {
        let mut tally = Tally::default();
        self.videos(&mut tally).await?;
        for moderation in Moderation::ALL {
            self.threads(moderation, &mut tally).await?;
        }
        self.end(&tally).await?;
        Ok(tally.report)
    }

    async fn videos(&self, tally: &mut Tally) -> Result<(), Stop> {
        self.tell(tally, "Reading the videos");
        let youtube = self.account.youtube();
        let mut next = None;
        loop {
            let listed = youtube.playlist(&self.channel.uploads_playlist, next.as_deref()).await?;
            for ids in listed.items.chunks(VIDEOS_AT_ONCE) {
                let page = youtube.videos(ids).await?;
                tally.unreadable(listed.unreadable + page.unreadable);
                tally.report.videos += page.items.len();
                tally.promised +=
                    page.items.iter().filter_map(|video| usize::try_from(video.comments?).ok()).sum::<usize>();
                self.keep_videos(page.items).await?;
            }
            self.tell(tally, "Reading the videos");
            match listed.next {
                Some(token) if next.as_ref() != Some(&token) => next = Some(token),
                _ => return Ok(()),
            }
        }
    }

    /// The next page travels while the former is being stored.
    async fn threads(&self, moderation: Moderation, tally: &mut Tally) -> Result<(), Stop> {
        let youtube = self.account.youtube();
        let mut page = youtube.threads(&self.channel.id, moderation, None).await?;
        loop {
            let token = page.next.take().filter(|_| !self.is_enough(&page));
            let next = async {
                match &token {
                    Some(token) => Ok(Some(youtube.threads(&self.channel.id, moderation, Some(token)).await?)),
                    None => Ok::<_, Stop>(None),
                }
            };
            let (next, ()) = tokio::try_join!(next, self.keep_threads(page, tally))?;
            match next {
                // A token that leads back to itself would never end.
                Some(following) if following.next != token => page = following,
                _ => return Ok(()),
            }
        }
    }

    /// Whether a pass for what is new can stop after this page.
    fn is_enough(&self, page: &Page<Thread>) -> bool {
        let Some(watermark) = self.account.connection.watermark.filter(|_| self.depth == Depth::New) else {
            return false;
        };
        page.items.last().is_none_or(|oldest| oldest.root.created_at < watermark - OVERLAP)
    }

    async fn keep_threads(&self, page: Page<Thread>, tally: &mut Tally) -> Result<(), Stop> {
        let replies = self.missing_replies(&page.items).await?;
        tally.unreadable(page.unreadable);
        let threads = page.items.into_iter().flat_map(|thread| std::iter::once(thread.root).chain(thread.replies));
        // A reply that came both ways is taken once, from the longer list.
        let mut seen = HashSet::new();
        let interactions: Vec<_> =
            replies.into_iter().chain(threads).filter(|item| seen.insert(item.external_id.clone())).collect();
        tally.report.interactions += interactions.len();
        tally.newest = interactions.iter().map(|item| item.created_at).chain(tally.newest).max();
        self.keep_interactions(interactions).await?;
        self.tell(tally, "Reading the comments");
        Ok(())
    }

    /// The replies that the page did not show, of threads where they are not known already.
    async fn missing_replies(&self, threads: &[Thread]) -> Result<Vec<ObservedInteraction>, Stop> {
        let cut: Vec<&Thread> = threads.iter().filter(|thread| !thread.is_whole()).collect();
        let known = match self.depth {
            Depth::Whole => vec![None; cut.len()],
            Depth::New => self.known_reply_counts(&cut).await?,
        };
        let youtube = self.account.youtube();
        let asked = cut.iter().zip(known).filter(|(thread, known)| *known != thread.root.reply_count);
        let found = try_join_all(asked.map(|(thread, _)| youtube.replies(thread, &self.channel.id))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn known_reply_counts(&self, threads: &[&Thread]) -> Result<Vec<Option<i64>>, Stop> {
        let id = self.account.connection.id;
        let threads: Vec<String> = threads.iter().map(|thread| thread.root.external_id.clone()).collect();
        let counts = self.account.app.db.read(move |conn| {
            threads.iter().map(|thread| store::reply_count(conn, id, thread)).collect::<kit::db::Result<Vec<_>>>()
        });
        Ok(counts.await?)
    }

    async fn keep_videos(&self, videos: Vec<ObservedContent>) -> Result<(), Stop> {
        let (destination, now) = (self.account.destination.clone(), self.account.app.now());
        self.run.write(move |tx| Ok(content::ingest(tx, &destination.at(now), &videos)?)).await?;
        Ok(())
    }

    async fn keep_interactions(&self, interactions: Vec<ObservedInteraction>) -> Result<(), Stop> {
        let (destination, now) = (self.account.destination.clone(), self.account.app.now());
        self.run.write(move |tx| Ok(ingest::interactions(tx, &destination.at(now), &interactions)?)).await?;
        kit::failpoint!("sync: page kept");
        Ok(())
    }

    /// Only a pass that came to its end moves the watermark, and only a whole one can tell what is gone.
    async fn end(&self, tally: &Tally) -> Result<(), Stop> {
        let (id, workspace) = (self.account.connection.id, self.account.connection.workspace_id);
        let (destination, now) = (self.account.destination.clone(), self.account.app.now());
        let synced = Synced {
            watermark: self.account.connection.watermark.max(tally.newest),
            began_at: self.began_at,
            whole: self.depth == Depth::Whole && tally.report.unreadable == 0,
        };
        self.run
            .write(move |tx| {
                if synced.whole {
                    ingest::pass_completed(tx, &destination.at(now), synced.began_at)?;
                }
                store::set_synced(tx, now, id, &synced)?;
                Ok(signal(tx, workspace)?)
            })
            .await?;
        Ok(())
    }

    fn tell(&self, tally: &Tally, step: &'static str) {
        let done = tally.report.videos + tally.report.interactions;
        // How much is new, nobody promises.
        let total = if self.depth == Depth::Whole { (tally.report.videos + tally.promised).max(done) } else { 0 };
        (self.on_progress)(Progress { done, total, step });
    }
}

impl Tally {
    fn unreadable(&mut self, count: usize) {
        self.report.unreadable += count;
    }
}
