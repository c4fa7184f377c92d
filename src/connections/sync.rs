//! Reading a connected account: what is new before what is old, a page per transaction, each with the place that follows it.

use std::time::Duration;

use futures_util::future::join_all;
use kit::clock::Timestamp;
use kit::jobs::{Failure, Run};

use super::account::{OpenAccount, SyncError};
use super::store::{self, Walked};
use super::walks::Walks;
use super::{ConnectionId, budget, changed, unread};
use crate::app::App;
use crate::inbox::content::{self, AccountCounters};
use crate::inbox::derive::Language;
use crate::inbox::ingest;
use crate::model::UnreadKind;
use crate::platforms::{AccountKey, Batch, Cursor, Error, PartialThread, Reading};

pub use super::walks::Depth;

/// How long after a pass the next one comes by itself, as long as the budget allows.
pub const PERIOD: Duration = Duration::from_secs(600);
/// Threads that are read on side by side.
const THREADS_AT_ONCE: usize = 8;
/// What a pass for what is new costs where nobody has measured it: the account, its lists, and its newest content.
const USUAL_COST: i64 = 6;
/// So much of what a whole pass did not see is asked for by its id; the rest is taken for there.
const ASKED_FOR: usize = 1_000;
/// What a step usually costs at most.
const A_STEP: i64 = 2;

/// How far a pass is. The total is what the platform's own counters promise, so it is an estimate; 0 where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
    pub step: &'static str,
}

/// What a turn read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    pub content: usize,
    pub interactions: usize,
    /// What could not be read and was set aside.
    pub set_aside: usize,
    /// When the next turn is due, in seconds.
    pub next_in: u64,
}

/// One turn: demo mode's enabling and the periodic reading are this same function.
pub async fn everything(
    app: &App,
    run: &Run,
    connection: ConnectionId,
    depth: Depth,
    on_progress: impl Fn(Progress) + Send + Sync,
) -> Result<Report, SyncError> {
    let found = app.db.read(move |conn| store::by_id(conn, connection)).await?;
    let connection = found.ok_or_else(|| Failure::fail("connection_gone", "This account was disconnected."))?;
    let mut account = OpenAccount::open(app, connection).await?;
    on_progress(Progress { done: 0, total: 0, step: "Reading the account" });
    let mut walks = Walks::of(account.connection.walks.as_ref());
    walks.plan(app.now(), depth, account.connection.complete_to, account.connection.whole_pass_at);
    let shared = Shared::read(&account).await?;
    let key = read_account(&mut account, run).await?;
    let mut turn = Turn::begin(run, &account, key, walks, shared, &on_progress);
    if depth == Depth::New
        && let Some(budget) = account.purse.budget()
    {
        turn.for_old = budget.allowance(shared.accounts, turn.interval(USUAL_COST));
    }
    turn.run().await?;
    turn.report.next_in = turn.interval(turn.cost_of_new.max(USUAL_COST)).as_secs();
    Ok(turn.report)
}

async fn read_account(account: &mut OpenAccount, run: &Run) -> Result<AccountKey, SyncError> {
    let found = account.adapter.account(&account.key()).await?;
    let key = found.key();
    account.target.language = found.observed.language.as_deref().and_then(Language::of_tag);
    let (id, now, target) = (account.connection.id, account.app.now(), account.target.clone());
    run.write(move |tx| {
        store::set_account(tx, now, id, &found)?;
        let observed = &found.observed;
        let counters =
            AccountCounters { followers: observed.followers, views: observed.views, content: observed.content_total };
        if found.has_counters {
            content::account(tx, &target.at(now), counters)?;
        }
        Ok(())
    })
    .await?;
    Ok(key)
}

struct Turn<'a, P> {
    run: &'a Run,
    account: &'a OpenAccount,
    key: AccountKey,
    walks: Walks,
    report: Report,
    shared: Shared,
    /// What this turn may still spend on what is old.
    for_old: i64,
    cost_of_new: i64,
    promised_content: usize,
    /// By the counters of the content that is known, and of what this turn has read.
    promised_before: usize,
    promised_now: usize,
    on_progress: &'a P,
}

/// What an account shares with others, and what is known of it, when a turn begins.
#[derive(Clone, Copy)]
struct Shared {
    /// How many accounts draw on the budget.
    accounts: usize,
    promised: i64,
}

impl Shared {
    async fn read(account: &OpenAccount) -> Result<Self, SyncError> {
        let connection = account.connection.clone();
        let read = account.app.db.read(move |conn| {
            let demo = store::is_demo(conn, connection.workspace_id)?;
            let accounts = budget::accounts(conn, connection.platform, demo)?;
            Ok::<_, kit::db::Error>(Self { accounts, promised: content::promised(conn, connection.id)? })
        });
        Ok(read.await?)
    }
}

/// What the platform said, and when it was asked.
struct Read {
    asked_at: Timestamp,
    batch: Batch,
}

/// Whether a turn goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    GoOn,
    /// What is left is old, and has had its share.
    Enough,
}

impl<'a, P: Fn(Progress) + Send + Sync> Turn<'a, P> {
    fn begin(
        run: &'a Run,
        account: &'a OpenAccount,
        key: AccountKey,
        walks: Walks,
        shared: Shared,
        on_progress: &'a P,
    ) -> Self {
        Self {
            run,
            account,
            key,
            walks,
            report: Report::default(),
            shared,
            for_old: i64::MAX,
            cost_of_new: 0,
            promised_content: usize::try_from(account.connection.content_total.unwrap_or(0)).unwrap_or(0),
            promised_before: usize::try_from(shared.promised).unwrap_or(0),
            promised_now: 0,
            on_progress,
        }
    }

    fn interval(&self, cost: i64) -> Duration {
        self.account.purse.budget().map_or(PERIOD, |budget| budget.interval(self.shared.accounts, cost, PERIOD))
    }

    async fn run(&mut self) -> Result<(), SyncError> {
        while self.walks.first().is_some() {
            match self.walk_on().await {
                Ok(Flow::GoOn) => {}
                Ok(Flow::Enough) => break,
                // What is left is old, and goes on tomorrow.
                Err(SyncError::Platform(Error::BudgetSpent { .. })) if self.walks.can_wait() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The pass in front, to its end or as far as it may go. The next page travels while the former is being stored.
    async fn walk_on(&mut self) -> Result<Flow, SyncError> {
        let mut ahead: Option<Result<Read, Error>> = None;
        loop {
            if self.finish_threads().await? == Flow::Enough {
                return Ok(Flow::Enough);
            }
            let Some(walk) = self.walks.first() else { return Ok(Flow::GoOn) };
            if walk.is_over() {
                self.end_walk().await?;
                return Ok(Flow::GoOn);
            }
            let (account, key, reading) = (self.account, self.key.clone(), self.reading());
            let read = async |cursor: Option<&Cursor>| {
                let asked_at = account.app.now();
                let batch = account.adapter.read(&key, &reading, cursor).await?;
                Ok(Read { asked_at, batch })
            };
            let page = match ahead.take() {
                Some(page) => page?,
                None if self.has_had_its_share() => return Ok(Flow::Enough),
                None => read(walk.cursor.as_ref()).await?,
            };
            let next = page.batch.next.clone().filter(|_| self.may_read_ahead());
            let read_on = async {
                match &next {
                    Some(cursor) => Some(read(Some(cursor)).await),
                    None => None,
                }
            };
            let (following, stored) = tokio::join!(read_on, self.keep(page, None));
            stored?;
            ahead = following;
        }
    }

    async fn finish_threads(&mut self) -> Result<Flow, SyncError> {
        loop {
            let Some(walk) = self.walks.first() else { return Ok(Flow::GoOn) };
            let threads: Vec<PartialThread> = walk.threads.iter().take(THREADS_AT_ONCE).cloned().collect();
            if threads.is_empty() {
                return Ok(Flow::GoOn);
            }
            if self.has_had_its_share() {
                return Ok(Flow::Enough);
            }
            let (account, key, reading) = (self.account, self.key.clone(), self.reading());
            let asked_at = account.app.now();
            let asked = threads.iter().map(|thread| account.adapter.read_thread(&key, &reading, thread));
            let (mut whole, mut count, mut trouble) = (Batch::default(), 0, None);
            for answer in join_all(asked).await {
                match answer {
                    // Those behind one that failed are asked again: they stay in their order.
                    Ok(batch) if trouble.is_none() => {
                        count += 1;
                        whole.absorb(batch);
                    }
                    Ok(_) => {}
                    Err(error) => trouble = trouble.or(Some(error)),
                }
            }
            self.keep(Read { asked_at, batch: whole }, Some(count)).await?;
            if let Some(error) = trouble {
                return Err(error.into());
            }
        }
    }

    /// Stores a batch with the place behind it: a page of a list, or the next part of that many threads.
    async fn keep(&mut self, read: Read, threads: Option<usize>) -> Result<(), SyncError> {
        let Read { asked_at, batch } = read;
        let spent = self.account.purse.take_spent();
        let is_old = self.walks.can_wait();
        if is_old {
            self.for_old = self.for_old.saturating_sub(spent);
        } else if self.walks.first().is_some_and(|walk| !walk.is_whole) {
            self.cost_of_new += spent;
        }
        self.report.content += batch.content.len();
        self.report.interactions += batch.interactions.len();
        self.report.set_aside += batch.set_aside.len();
        self.promised_now +=
            batch.content.iter().filter_map(|item| usize::try_from(item.comments?).ok()).sum::<usize>();
        let (step, id, workspace) = (batch.step, self.account.connection.id, self.account.connection.workspace_id);
        let (target, now) = (self.account.target.clone(), self.account.app.now());
        let before = self.walks.clone();
        let kept = self.run.write(move |tx| {
            let mut walks = before.clone();
            if let Some(walk) = walks.first_mut() {
                let is_list = |kind| matches!(kind, UnreadKind::InteractionList | UnreadKind::ContentList);
                walk.is_cut |= batch.set_aside.iter().any(|item| is_list(item.kind));
                match threads {
                    Some(count) => {
                        walk.threads.drain(..count.min(walk.threads.len()));
                        walk.threads.extend(batch.partial.iter().cloned());
                    }
                    None => {
                        for thread in &batch.partial {
                            // A pass for what is new leaves a thread alone whose number of replies is known.
                            let known = store::reply_count(tx, id, &thread.external_id)?;
                            if walk.is_whole || known.is_none() || known != thread.replies {
                                walk.threads.push(thread.clone());
                            }
                        }
                        walk.is_read = batch.next.is_none();
                        walk.cursor.clone_from(&batch.next);
                    }
                }
            }
            content::ingest(tx, &target.at(now), &batch.content)?;
            ingest::listed(tx, &target.at(now), &batch.interactions, asked_at)?;
            unread::keep(tx, now, (workspace, id), &batch.set_aside)?;
            store::set_walks(tx, id, &walks)?;
            Ok(walks)
        });
        self.walks = kept.await?;
        kit::failpoint!("sync: page kept");
        self.tell(step);
        Ok(())
    }

    /// Only a pass that came to its end says up to when everything is known, and only a whole one can tell what is gone.
    async fn end_walk(&mut self) -> Result<(), SyncError> {
        let (id, workspace) = (self.account.connection.id, self.account.connection.workspace_id);
        let (target, now, mut walks) = (self.account.target.clone(), self.account.app.now(), self.walks.clone());
        let Some(walk) = walks.first().cloned() else { return Ok(()) };
        let gone = if walk.is_whole { self.gone_since(walk.began_at).await? } else { None };
        let complete_to = walks.end();
        self.walks = walks.clone();
        self.run
            .write(move |tx| {
                if let Some(gone) = &gone {
                    ingest::spare_all_but(tx, &target.at(now), walk.began_at, gone)?;
                    content::spare_all_but(tx, &target.at(now), walk.began_at, gone)?;
                }
                if walk.is_whole {
                    let unread = unread::since(tx, id, walk.began_at)?;
                    ingest::spare(tx, &target.at(now), &unread)?;
                    content::spare(tx, &target.at(now), &unread)?;
                    ingest::pass_completed(tx, &target.at(now), walk.began_at)?;
                    content::pass_completed(tx, &target.at(now), walk.began_at)?;
                    unread::forget_before(tx, id, walk.began_at)?;
                }
                let whole_pass_at = walk.is_whole.then_some(walk.began_at);
                store::set_walked(tx, now, id, &Walked { complete_to, whole_pass_at, walks: &walks })?;
                Ok(changed(tx, now, workspace, id)?)
            })
            .await?;
        Ok(())
    }

    /// Of what the pass did not see, what the platform says is gone; `None` where its lists say so by themselves.
    async fn gone_since(&self, began_at: Timestamp) -> Result<Option<Vec<String>>, SyncError> {
        let id = self.account.connection.id;
        let unseen = self.account.app.db.read(move |conn| {
            let mut unseen = ingest::unseen(conn, id, began_at, ASKED_FOR)?;
            unseen.extend(content::unseen(conn, id, began_at, ASKED_FOR)?);
            Ok::<_, kit::db::Error>(unseen)
        });
        Ok(self.account.adapter.gone(&self.key, &unseen.await?).await?)
    }

    fn reading(&self) -> Reading {
        Reading {
            since: self.walks.first().and_then(|walk| walk.since),
            promised_content: self.promised_content,
            promised_interactions: self.promised_before.max(self.promised_now),
            is_last_attempt: self.run.is_last_attempt(),
        }
    }

    /// The page that is under way is not counted yet.
    fn may_read_ahead(&self) -> bool {
        !self.walks.can_wait() || self.for_old >= 2 * A_STEP
    }

    fn has_had_its_share(&self) -> bool {
        self.walks.can_wait() && self.for_old <= 0
    }

    fn tell(&self, step: &'static str) {
        let done = self.report.content + self.report.interactions;
        // How much is new, nobody promises.
        let is_whole = self.walks.first().is_none_or(|walk| walk.is_whole);
        let promised = self.report.content + self.promised_before.max(self.promised_now);
        (self.on_progress)(Progress { done, total: if is_whole { promised.max(done) } else { 0 }, step });
    }
}
