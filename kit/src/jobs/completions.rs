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
use super::{Done, Failure, Progress, finish};
use crate::args;
use crate::clock::{Clock, Timestamp};
use crate::db::{self, Db, Dialect, Tx};

/// Completions that one commit carries at most.
const TOGETHER: usize = 500;

#[derive(Clone, Debug)]
pub(super) struct Completion {
    pub claimed: Claimed,
    pub user_id: Option<Uuid>,
    pub workspace_id: Option<Uuid>,
    pub result: Json,
    pub progress: Progress,
}

pub(super) struct Completions {
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
    completion: Completion,
    told: oneshot::Sender<Result<Done, Failure>>,
}

impl Completions {
    pub(super) fn new(db: Db, clock: Clock, tasks: TaskTracker) -> Self {
        Self { db, clock, tasks, queue: Mutex::default() }
    }

    /// Ends the job as completed, if it is still its run's.
    pub(super) async fn done(self: &Arc<Self>, completion: Completion) -> Result<Done, Failure> {
        let (told, answer) = oneshot::channel();
        let was_attended = {
            let mut queue = self.queue();
            queue.waiting.push(Waiting { completion, told });
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
        let (completions, callers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.completion, waiting.told)).unzip();
        let completions = Arc::new(completions);
        match self.commit(completions.clone()).await {
            Ok(landed) => callers.into_iter().zip(landed).for_each(|(caller, landed)| tell(caller, answer(landed))),
            // One row that cannot be written harms no other.
            Err(error @ (db::Error::Postgres { .. } | db::Error::Sqlite { .. })) if completions.len() > 1 => {
                tracing::warn!(%error, jobs = completions.len(), "completions are not written together, but one by one");
                for (completion, caller) in completions.iter().zip(callers) {
                    let landed = self.commit(Arc::new(vec![completion.clone()])).await;
                    tell(caller, landed.map_err(Failure::from).and_then(|landed| answer(landed.contains(&true))));
                }
            }
            Err(error) => callers.into_iter().for_each(|caller| tell(caller, Err(Failure::database(&error)))),
        }
    }

    async fn commit(&self, completions: Arc<Vec<Completion>>) -> db::Result<Vec<bool>> {
        let now = self.clock.now();
        self.db.write(move |tx| complete(tx, &completions, now)).await
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
fn complete(tx: &mut Tx, completions: &[Completion], now: Timestamp) -> db::Result<Vec<bool>> {
    let landed = match tx.dialect() {
        Dialect::Sqlite => complete_one_by_one(tx, completions, now)?,
        Dialect::Postgres => complete_at_once(tx, completions, now)?,
    };
    for completion in completions.iter().zip(&landed).filter_map(|(completion, landed)| landed.then_some(completion)) {
        finish::tell(tx, completion.user_id, completion.workspace_id);
    }
    Ok(landed)
}

/// A prepared statement by the primary key needs no statistics.
fn complete_one_by_one(tx: &mut Tx, completions: &[Completion], now: Timestamp) -> db::Result<Vec<bool>> {
    completions
        .iter()
        .map(|completion| store::complete(tx, &completion.claimed, &completion.result, &completion.progress, now))
        .collect()
}

/// The status is compared so that no index of running jobs applies: by one, all that run would be read for each of the batch.
pub(super) const COMPLETE_AT_ONCE: &str = "\
    WITH acked AS (UPDATE background_jobs AS job SET status = 'completed', lease_until = NULL, \
    result_data = completion.result::jsonb, error_code = NULL, error_message = NULL, progress_done = completion.done, \
    progress_total = completion.total, progress_step = completion.step, updated_at = $1, completed_at = $1, events = events + 1 \
    FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[]) \
    AS completion (seq, token, result, done, total, step) \
    WHERE job.seq = completion.seq AND job.lease_token = completion.token AND job.status || '' = 'running' \
    AND job.cancel_requested_at IS NULL RETURNING job.seq, job.events, job.attempt), \
    told AS (INSERT INTO background_job_events (key, at, kind, attempt, data) \
    SELECT seq * 1048576 + events, $1, 'completed', attempt, '{}' FROM acked) \
    SELECT seq FROM acked";

fn complete_at_once(tx: &mut Tx, completions: &[Completion], now: Timestamp) -> db::Result<Vec<bool>> {
    let numbers = |of: fn(&Completion) -> i64| completions.iter().map(of).collect::<Vec<i64>>();
    let texts = |of: fn(&Completion) -> String| completions.iter().map(of).collect::<Vec<String>>();
    let landed: HashSet<i64> = tx
        .all_after::<i64>(
            &[(PLAN_BY_INDEXES, &[])],
            COMPLETE_AT_ONCE,
            args![
                now,
                numbers(|completion| completion.claimed.lease.seq),
                numbers(|completion| completion.claimed.lease.lease_token),
                texts(|completion| completion.result.to_string()),
                numbers(|completion| completion.progress.done),
                numbers(|completion| completion.progress.total),
                texts(|completion| completion.progress.step.clone()),
            ],
        )?
        .into_iter()
        .collect();
    Ok(completions.iter().map(|completion| landed.contains(&completion.claimed.lease.seq)).collect())
}
