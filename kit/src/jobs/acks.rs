//! Plain completions, acknowledged together: what ends while a commit is under way shares the next one.
//!
//! Nothing waits for a timer: a lone completion is committed at once. Each is fenced for itself, and each is told whether
//! it landed.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value as Json;
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::claim::PLAN_BY_INDEXES;
use super::store::{self, Claimed};
use super::{Done, Failure, JOB_TOPIC, Progress};
use crate::args;
use crate::clock::{Clock, Timestamp};
use crate::db::{self, Db, Dialect, Tx};

/// Completions that one commit carries at most.
const TOGETHER: usize = 500;

#[derive(Clone, Debug)]
pub(super) struct Ack {
    pub claimed: Claimed,
    pub user_id: Option<Uuid>,
    pub result: Json,
    pub progress: Progress,
}

pub(super) struct Acks {
    db: Db,
    clock: Clock,
    /// A stopping worker waits for what is being written.
    tasks: TaskTracker,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// A task is at it.
    is_attended: bool,
}

struct Waiting {
    ack: Ack,
    told: oneshot::Sender<Result<Done, Failure>>,
}

impl Acks {
    pub(super) fn new(db: Db, clock: Clock, tasks: TaskTracker) -> Self {
        Self { db, clock, tasks, queue: Mutex::default() }
    }

    /// Ends the job as completed, if it is still its run's.
    pub(super) async fn done(self: &Arc<Self>, ack: Ack) -> Result<Done, Failure> {
        let (told, answer) = oneshot::channel();
        let was_attended = {
            let mut queue = self.queue();
            queue.waiting.push(Waiting { ack, told });
            std::mem::replace(&mut queue.is_attended, true)
        };
        if !was_attended {
            self.tasks.spawn(self.clone().attend());
        }
        answer.await.unwrap_or_else(|_| Err(Failure::interrupted()))
    }

    async fn attend(self: Arc<Self>) {
        loop {
            // Runs that end in this very moment come along.
            tokio::task::yield_now().await;
            let batch = {
                let mut queue = self.queue();
                let count = queue.waiting.len().min(TOGETHER);
                queue.is_attended = count > 0;
                queue.waiting.drain(..count).collect::<Vec<_>>()
            };
            if batch.is_empty() {
                return;
            }
            self.write(batch).await;
        }
    }

    async fn write(&self, batch: Vec<Waiting>) {
        let (acks, callers): (Vec<_>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.ack, waiting.told)).unzip();
        let acks = Arc::new(acks);
        match self.commit(acks.clone()).await {
            Ok(landed) => callers.into_iter().zip(landed).for_each(|(caller, landed)| tell(caller, answer(landed))),
            // One row that cannot be written harms no other.
            Err(error @ (db::Error::Postgres { .. } | db::Error::Sqlite { .. })) if acks.len() > 1 => {
                tracing::warn!(%error, jobs = acks.len(), "completions are not written together, but one by one");
                for (ack, caller) in acks.iter().zip(callers) {
                    let landed = self.commit(Arc::new(vec![ack.clone()])).await;
                    tell(caller, landed.map_err(Failure::from).and_then(|landed| answer(landed.contains(&true))));
                }
            }
            Err(error) => callers.into_iter().for_each(|caller| tell(caller, Err(Failure::database(&error)))),
        }
    }

    async fn commit(&self, acks: Arc<Vec<Ack>>) -> db::Result<Vec<bool>> {
        let now = self.clock.now();
        self.db.write(move |tx| complete(tx, &acks, now)).await
    }

    /// Nothing in the queue is left half-changed by a panic.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(landed: bool) -> Result<Done, Failure> {
    if landed { Ok(Done(())) } else { Err(Failure::interrupted()) }
}

/// Who was aborted meanwhile does not listen: the row says what happened.
fn tell(caller: oneshot::Sender<Result<Done, Failure>>, answer: Result<Done, Failure>) {
    let _ = caller.send(answer);
}

/// `running` to `completed` with its event, for each that still is its run's and not to be cancelled; which those are.
fn complete(tx: &mut Tx, acks: &[Ack], now: Timestamp) -> db::Result<Vec<bool>> {
    let landed = match tx.dialect() {
        Dialect::Sqlite => complete_one_by_one(tx, acks, now)?,
        Dialect::Postgres => complete_at_once(tx, acks, now)?,
    };
    for ack in acks.iter().zip(&landed).filter_map(|(ack, landed)| landed.then_some(ack)) {
        if let Some(user_id) = ack.user_id {
            tx.signal(JOB_TOPIC, user_id);
        }
    }
    Ok(landed)
}

/// A prepared statement by the primary key needs no statistics.
fn complete_one_by_one(tx: &mut Tx, acks: &[Ack], now: Timestamp) -> db::Result<Vec<bool>> {
    acks.iter().map(|ack| store::complete(tx, &ack.claimed, &ack.result, &ack.progress, now)).collect()
}

/// The status is compared so that no index of running jobs applies: by one, all that run would be read for each of the batch.
pub(super) const COMPLETE_AT_ONCE: &str = "\
    WITH acked AS (UPDATE background_jobs AS job SET status = 'completed', lease_until = NULL, \
    result_data = ack.result::jsonb, error_code = NULL, error_message = NULL, progress_done = ack.done, \
    progress_total = ack.total, progress_step = ack.step, updated_at = $1, completed_at = $1, events = events + 1 \
    FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[]) \
    AS ack (seq, token, result, done, total, step) \
    WHERE job.seq = ack.seq AND job.lease_token = ack.token AND job.status || '' = 'running' \
    AND job.cancel_requested_at IS NULL RETURNING job.seq, job.events, job.attempt), \
    told AS (INSERT INTO background_job_events (key, at, kind, attempt, data) \
    SELECT seq * 1048576 + events, $1, 'completed', attempt, '{}' FROM acked) \
    SELECT seq FROM acked";

fn complete_at_once(tx: &mut Tx, acks: &[Ack], now: Timestamp) -> db::Result<Vec<bool>> {
    let numbers = |of: fn(&Ack) -> i64| acks.iter().map(of).collect::<Vec<i64>>();
    let texts = |of: fn(&Ack) -> String| acks.iter().map(of).collect::<Vec<String>>();
    let landed: HashSet<i64> = tx
        .all_after::<i64>(
            &[(PLAN_BY_INDEXES, &[])],
            COMPLETE_AT_ONCE,
            args![
                now,
                numbers(|ack| ack.claimed.lease.seq),
                numbers(|ack| ack.claimed.lease.lease_token),
                texts(|ack| ack.result.to_string()),
                numbers(|ack| ack.progress.done),
                numbers(|ack| ack.progress.total),
                texts(|ack| ack.progress.step.clone()),
            ],
        )?
        .into_iter()
        .collect();
    Ok(acks.iter().map(|ack| landed.contains(&ack.claimed.lease.seq)).collect())
}
