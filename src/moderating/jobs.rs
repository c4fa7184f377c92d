//! The job that has an order in its hands until all of it is done, or somebody is told why not.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Enqueue, Failure, Job, JobRow, Policy, Run};
use kit::mutant;
use kit::random::Random;

use super::words::NOT_DONE;
use crate::app::App;
use crate::moderation::{self, CarryOut, OrderId};
use crate::replies::Trouble;

impl Job for CarryOut {
    const TYPE: &'static str = "carry_out";
    type Context = App;

    /// A person waits. A quota may be waited for until its day ends; how often the platform is asked is counted apart.
    fn policy(&self) -> Policy {
        Policy {
            max_attempts: 100,
            deadline: Duration::from_secs(26 * 3_600),
            backoff: Duration::from_secs(1),
            backoff_cap: Duration::from_secs(2),
            priority: 30,
            ..Policy::default()
        }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        super::carry_out(&app, run, self.order_id).await
    }

    fn on_failed(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        failure: &Failure,
        now: Timestamp,
        random: &Random,
    ) -> db::Result<()> {
        if failure.code == NOT_DONE {
            return goes_on(tx, (now, random), self.order_id, whose(job));
        }
        let trouble = Trouble { code: failure.code, message: failure.message.clone() };
        moderation::gave_up(tx, now, self.order_id, &trouble)
    }

    /// What is not asked for yet is called back with its job. What became of the rest must be known all the same.
    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        moderation::call_back(tx, now, self.order_id)?;
        if mutant!("moderation: a stopped job leaves the rest") {
            return Ok(());
        }
        goes_on(tx, (now, random), self.order_id, whose(job))
    }

    fn on_retry(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, _: &Random) -> db::Result<bool> {
        moderation::reopen_for_job(tx, now, self.order_id)
    }
}

/// In the commit that ends an order's job: what somebody has brought back on its way meanwhile, another job takes up.
pub(super) fn goes_on(
    tx: &mut Tx,
    (now, random): (Timestamp, &Random),
    order_id: OrderId,
    whose: Enqueue,
) -> db::Result<()> {
    if !moderation::goes_on(tx, order_id)? {
        return Ok(());
    }
    let job = CarryOut { order_id };
    let how = Enqueue { operation_key: Some(job.operation_key()), ..whose };
    kit::jobs::enqueue(tx, now, random, &job, how).map(drop)
}

fn whose(job: &JobRow) -> Enqueue {
    Enqueue { user_id: job.user_id, workspace_id: job.workspace_id, ..Enqueue::default() }
}
