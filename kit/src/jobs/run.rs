//! What a running job holds in its hand: its identity, its checkpoint, its progress, and writes behind the fence.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::time::Instant;
use uuid::Uuid;

use super::completions::{Completion, Completions};
use super::running::RunningJob;
use super::store::{self, Claimed};
use super::{Done, Failure, JobId, Progress, fence, finish};
use crate::clock::Clock;
use crate::db::{Db, Tx};
use crate::mutant;

/// One run of a job. Every write checks, in its own transaction, that the job is still this run's; when it is not (the lease
/// is lost, a cancel was asked for) it answers an error that only needs to be passed on with `?`.
pub struct Run {
    db: Db,
    clock: Clock,
    hold: Arc<RunningJob>,
    completions: Arc<Completions>,
}

impl Run {
    pub(super) fn new(db: Db, clock: Clock, hold: Arc<RunningJob>, completions: Arc<Completions>) -> Self {
        Self { db, clock, hold, completions }
    }

    /// The same over all attempts: what idempotency keys of outside calls are made from.
    pub fn id(&self) -> JobId {
        self.hold.job.id
    }

    #[cfg(test)]
    pub(super) fn lease_token(&self) -> i64 {
        self.hold.job.lease_token
    }

    /// From 1.
    pub fn attempt(&self) -> i64 {
        self.hold.job.attempt
    }

    pub fn is_last_attempt(&self) -> bool {
        self.hold.job.attempt >= self.hold.job.max_attempts
    }

    pub fn user_id(&self) -> Option<Uuid> {
        self.hold.job.user_id
    }

    /// What the last checkpoint of an earlier run saved; `None` at the first run, or when it is no `T`.
    pub fn restore<T: DeserializeOwned>(&self) -> Option<T> {
        match &self.hold.job.checkpoint {
            Json::Null => None,
            state => T::deserialize(state).ok(),
        }
    }

    /// Shows how far the run is. Written at most four times a second, and the last value with the job's end.
    pub fn progress(&self, done: usize, total: usize, step: impl Into<String>) {
        let number = |value| i64::try_from(value).unwrap_or(i64::MAX);
        self.hold.set_progress(Progress { done: number(done), total: number(total), step: step.into() });
    }

    /// Saves where the next run may start. A stopping worker lets go here, with nothing lost.
    pub async fn checkpoint<T: Serialize + Sync>(&self, state: &T) -> Result<(), Failure> {
        self.step(state, |_| Ok(())).await
    }

    /// Domain rows and the checkpoint behind them, in one commit.
    pub async fn step<S, T, F>(&self, state: &S, mut unit: F) -> Result<T, Failure>
    where
        S: Serialize + Sync,
        F: FnMut(&mut Tx) -> Result<T, Failure> + Send + 'static,
        T: Send + 'static,
    {
        let state = serde_json::to_value(state).expect("a checkpoint is plain data, with text for keys");
        let (hold, now) = (self.hold.clone(), self.clock.now());
        let answer = self
            .write(move |tx| {
                store::save_checkpoint(tx, hold.job.seq, hold.job.lease_token, &state)?;
                mutant!("a checkpoint before its rows" => { tx.commit_midway()? });
                store::save_progress(tx, hold.job.seq, hold.job.lease_token, &hold.progress(), now)?;
                unit(tx)
            })
            .await?;
        if self.hold.stopping.is_cancelled() { Err(Failure::interrupted()) } else { Ok(answer) }
    }

    /// A domain write under the fence. As every unit it may be run again, so clone what it moves out.
    pub async fn write<T, F>(&self, mut unit: F) -> Result<T, Failure>
    where
        F: FnMut(&mut Tx) -> Result<T, Failure> + Send + 'static,
        T: Send + 'static,
    {
        let (seq, token) = (self.hold.job.seq, self.hold.job.lease_token);
        let (asked_at, lease_until) = (Instant::now(), self.clock.now() + self.hold.lease);
        let fenced = move |tx: &mut Tx| {
            let holds = fence::holds(tx, seq, token, lease_until)?;
            if holds || mutant!("no fence") { unit(tx) } else { Err(Failure::interrupted()) }
        };
        let answer = self.db.write(fenced).await?;
        self.hold.renewed(asked_at);
        self.hold.stored();
        Ok(answer)
    }

    /// Ends the job: the domain rows and `completed` in one commit. The operation key is free inside `unit`, so that a
    /// following job may take it.
    pub async fn finish<F>(self, result: impl Serialize, mut unit: F) -> Result<Done, Failure>
    where
        F: FnMut(&mut Tx) -> Result<(), Failure> + Send + 'static,
    {
        let result = serde_json::to_value(result).expect("a result is plain data, with text for keys");
        let (hold, now) = (self.hold, self.clock.now());
        self.db
            .write(move |tx| {
                if !store::complete(tx, &Claimed::of(&hold.job), &result, &hold.progress(), now)? {
                    return Err(Failure::interrupted());
                }
                mutant!("state and job in two commits" => { tx.commit_midway()? });
                unit(tx)?;
                finish::tell(tx, hold.job.user_id, hold.job.workspace_id);
                Ok(Done(()))
            })
            .await
    }

    /// Ends a job that changes no domain rows with its end: `completed`, under the fence as ever, in one commit with
    /// whatever else ends at the moment. Much cheaper than [`Run::finish`] where there are many.
    pub async fn done(self, result: impl Serialize) -> Result<Done, Failure> {
        let result = serde_json::to_value(result).expect("a result is plain data, with text for keys");
        let (job, progress) = (&self.hold.job, self.hold.progress());
        let completion = Completion {
            claimed: Claimed::of(job),
            user_id: job.user_id,
            workspace_id: job.workspace_id,
            result,
            progress,
        };
        self.completions.done(completion).await
    }
}
