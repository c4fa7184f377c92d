//! What the simulated program does: errands, and operations with a state of their own, like demo mode's.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::sleep;

use super::outside::Ledger;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::jobs::{Done, Enqueue, Enqueued, Failure, Job, JobId, JobRow, Policy, Run, enqueue};
use crate::random::Random;
use crate::testing::simulation::{Database, Dice, Faults, Place};
use crate::{args, work};

/// What a job does, in order.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Act {
    /// Waits that many milliseconds.
    Wait(u64),
    /// Calls the outside.
    Call,
    /// Writes rows and the checkpoint behind them.
    Step,
    /// Writes a row that may be written again.
    Write,
    Tell,
    /// Fails before that attempt.
    FailBefore(i64),
    Panic,
    Refuse,
    /// Takes its process with it.
    Kill,
}

/// Leaves a row for each step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Errand {
    pub order: u64,
    pub acts: Vec<Act>,
    pub policy: Limits,
    /// Ends with others, without rows of its own.
    pub is_quiet: bool,
}

/// The same, and the only one of its key: `operations` says so in the same commits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Operation {
    pub errand: Errand,
    pub key: String,
    /// Its cancel is followed by this, which takes back what it made.
    pub follows: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Limits {
    pub attempts: u32,
    pub deadline: u64,
    pub priority: i64,
}

#[derive(Clone)]
pub(super) struct Desk {
    pub place: Place,
    pub ledger: Ledger,
    pub database: Database,
}

work! { Desk; Errand, Operation }

impl Errand {
    pub(super) fn drawn(dice: &Dice, order: u64) -> Self {
        let acts = (0..dice.below(5)).map(|_| match dice.below(14) {
            0 | 1 => Act::Wait(dice.below(if dice.chance(100) { 9_000 } else { 60 }) as u64),
            2..=4 => Act::Call,
            5..=8 => Act::Step,
            9 => Act::Write,
            10 => Act::Tell,
            11 => Act::FailBefore(1 + dice.below(4) as i64),
            12 => Act::Panic,
            _ if dice.chance(300) => Act::Refuse,
            _ if dice.chance(200) => Act::Kill,
            _ => Act::Step,
        });
        let acts: Vec<_> = acts.collect();
        // Whoever stores something before each death is stopped by its deadline alone.
        let is_deadly = acts.iter().any(|act| matches!(act, Act::Kill));
        let policy = Limits {
            attempts: 1 + dice.below(4) as u32,
            deadline: if is_deadly { 20 } else { dice.pick(&[20, 120, 600]) },
            priority: dice.pick(&[10, 100, 100]),
        };
        Self { order, acts, policy, is_quiet: dice.chance(400) }
    }

    async fn act(&self, desk: &Desk, run: &Run) -> Result<(), Failure> {
        let _running = desk.ledger.run_begins(run, &desk.place, &desk.database);
        let done = run.restore::<usize>().unwrap_or(0);
        let (id, token) = (run.id(), run.lease_token());
        for (index, act) in self.acts.iter().enumerate().skip(done) {
            match *act {
                Act::Wait(millis) => {
                    let is_healed = desk.place.link.shared.faults() == Faults::NONE;
                    sleep(Duration::from_millis(if is_healed { millis.min(500) } else { millis })).await;
                }
                Act::Call => desk.ledger.call(&desk.place, &desk.database, run, index).await?,
                Act::Step => {
                    run.step(&(index + 1), move |tx| Ok(leave(tx, id, &format!("step {index}"), token)?)).await?
                }
                Act::Write => run.write(move |tx| Ok(leave_again(tx, id, &format!("write {index}"), token)?)).await?,
                Act::Tell => run.progress(index, self.acts.len(), "Telling"),
                Act::FailBefore(attempt) if run.attempt() < attempt => {
                    return Err(Failure::retry("not_yet", "Not at this attempt."));
                }
                Act::FailBefore(_) => {}
                // Without the hook's output.
                Act::Panic => std::panic::resume_unwind(Box::new("an errand goes wrong")),
                Act::Kill => {
                    desk.place.link.die_now("killed by its own job");
                    std::future::pending().await
                }
                Act::Refuse => return Err(Failure::fail("refused", "Never.")),
            }
        }
        Ok(())
    }

    fn limits(&self) -> Policy {
        Policy {
            max_attempts: self.policy.attempts,
            deadline: Duration::from_secs(self.policy.deadline),
            backoff: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(4),
            max_deaths: 3,
            priority: self.policy.priority,
        }
    }
}

impl Job for Errand {
    const TYPE: &'static str = "errand";
    const CONCURRENCY: usize = 2;
    type Context = Desk;

    fn policy(&self) -> Policy {
        self.limits()
    }

    async fn run(self, desk: Desk, run: Run) -> Result<Done, Failure> {
        self.act(&desk, &run).await?;
        if self.is_quiet {
            return run.done(json!({})).await;
        }
        let (id, token) = (run.id(), run.lease_token());
        run.finish(json!({}), move |tx| Ok(leave(tx, id, "finished", token)?)).await
    }

    fn on_failed(&self, tx: &mut Tx, job: &JobRow, _: &Failure, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, "gave up", job.lease_token)
    }

    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, "cancelled", job.lease_token)
    }
}

impl Job for Operation {
    const TYPE: &'static str = "operation";
    type Context = Desk;

    fn policy(&self) -> Policy {
        self.errand.limits()
    }

    async fn run(self, desk: Desk, run: Run) -> Result<Done, Failure> {
        self.errand.act(&desk, &run).await?;
        let (id, token, key) = (run.id(), run.lease_token(), self.key);
        run.finish(json!({}), move |tx| {
            leave(tx, id, "finished", token)?;
            Ok(end(tx, &key, id, "done")?)
        })
        .await
    }

    fn on_failed(&self, tx: &mut Tx, job: &JobRow, _: &Failure, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, "gave up", job.lease_token)?;
        end(tx, &self.key, job.id, "failed")
    }

    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        leave(tx, job.id, "cancelled", job.lease_token)?;
        if !self.follows {
            return end(tx, &self.key, job.id, "cancelled");
        }
        let next = Operation { follows: false, ..self.clone() };
        let next = enqueue(tx, now, random, &next, how(job.user_id, &self.key))?;
        let moved = tx.exec(
            "UPDATE operations SET job_id = $2 WHERE key = $1 AND job_id = $3 AND state = 'working'",
            args![self.key, next.id, job.id],
        )?;
        if moved == 1 { Ok(()) } else { Err(db::Error::NotFound) }
    }

    fn on_retry(&self, tx: &mut Tx, job: &JobRow, _: Timestamp, _: &Random) -> db::Result<bool> {
        begin(tx, &self.key, job.id)
    }
}

/// A person's wish: while the operation is under way, the answer is that one.
pub(super) fn start(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    operation: &Operation,
    user: uuid::Uuid,
) -> db::Result<Enqueued> {
    let under_way = "SELECT job_id FROM operations WHERE key = $1 AND state = 'working'";
    if let Some(id) = tx.opt(under_way, args![operation.key])? {
        return Ok(Enqueued { id, already_live: true });
    }
    let enqueued = enqueue(tx, now, random, operation, how(Some(user), &operation.key))?;
    begin(tx, &operation.key, enqueued.id)?;
    Ok(enqueued)
}

fn how(user_id: Option<uuid::Uuid>, key: &str) -> Enqueue {
    Enqueue { user_id, operation_key: Some(key.to_owned()), ..Enqueue::default() }
}

fn begin(tx: &mut Tx, key: &str, id: JobId) -> db::Result<bool> {
    let moved = tx.exec(
        "INSERT INTO operations (key, state, job_id) VALUES ($1, 'working', $2) \
         ON CONFLICT (key) DO UPDATE SET state = 'working', job_id = $2 WHERE operations.state <> 'working'",
        args![key, id],
    )?;
    Ok(moved == 1)
}

fn end(tx: &mut Tx, key: &str, id: JobId, state: &str) -> db::Result<()> {
    let moved = tx.exec(
        "UPDATE operations SET state = $3 WHERE key = $1 AND job_id = $2 AND state = 'working'",
        args![key, id, state],
    )?;
    if moved == 1 { Ok(()) } else { Err(db::Error::NotFound) }
}

/// The token is the run's: a trigger compares it with the row's.
fn leave(tx: &mut Tx, id: JobId, what: &str, token: i64) -> db::Result<()> {
    tx.exec("INSERT INTO effects (job_id, what, token) VALUES ($1, $2, $3)", args![id, what, token]).map(drop)
}

fn leave_again(tx: &mut Tx, id: JobId, what: &str, token: i64) -> db::Result<()> {
    tx.exec("DELETE FROM effects WHERE job_id = $1 AND what = $2", args![id, what])?;
    leave(tx, id, what, token)
}
