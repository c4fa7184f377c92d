//! The conformance suite of the engine, on both databases.

mod at_once;
mod claims;
mod ends;
mod fair;
mod histories;
mod holds;
mod interruptions;
mod owner;
mod queue;
mod standstill;
mod upkeep;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::*;
use crate::clock::{Clock, Hand, Timestamp};
use crate::db::{self, Db, Migration, Tx};
use crate::random::Random;
use crate::testing::simulation::Waiting;
use crate::testing::{Engine as Database, TestDb, wait_for};
use crate::{args, both_databases, work};

const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_domain",
        sql: "CREATE TABLE users (\n    id UUID PRIMARY KEY\n);\n\
              CREATE TABLE workspaces (\n    id UUID PRIMARY KEY\n);\n\
              CREATE TABLE effects (\n    job_id UUID NOT NULL,\n    what TEXT NOT NULL\n);",
    },
    Migration { name: "0002_jobs", sql: include_str!("../../../migrations/0002_jobs.sql") },
];

/// No wake-up comes from a timer within a test's life: what is not signalled does not happen.
const NEVER: Duration = Duration::from_secs(3_600);

const PATIENT: Settings =
    Settings { concurrency: 8, lease: NEVER, poll: NEVER, grace: Duration::from_secs(30), exclusive: false };

/// A database, a clock that stands still, and a gate at which jobs wait.
#[derive(Clone)]
struct Desk {
    db: Db,
    clock: Clock,
    hand: Hand,
    random: Random,
    user_id: Uuid,
    gate: Arc<Semaphore>,
    /// Runs that wait at the gate.
    waiting: Waiting,
    _keeps: Arc<TestDb>,
}

impl Desk {
    async fn fresh(database: Database) -> Self {
        Self::on(TestDb::with_schema(database, MIGRATIONS)).await
    }

    async fn on(db: TestDb) -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_second(1_800_000_000));
        let random = Random::seeded(42);
        let user_id = crate::id::Id::<Desk>::new(clock.now(), &random).uuid();
        let desk = Self {
            db: Db::clone(&db),
            clock,
            hand,
            random,
            user_id,
            gate: Arc::new(Semaphore::new(0)),
            waiting: Waiting::default(),
            _keeps: Arc::new(db),
        };
        desk.db
            .write(move |tx| tx.exec("INSERT INTO users (id) VALUES ($1)", args![user_id]))
            .await
            .expect("a user is made");
        desk
    }

    async fn enqueue(&self, plan: Plan) -> JobId {
        self.enqueue_keyed(plan, None).await.id
    }

    async fn enqueue_keyed(&self, plan: Plan, key: Option<&str>) -> Enqueued {
        let (now, random, user_id, key) = (self.clock.now(), self.random.clone(), self.user_id, key.map(str::to_owned));
        self.db
            .write(move |tx| {
                let how = Enqueue { user_id: Some(user_id), operation_key: key.clone(), ..Enqueue::default() };
                enqueue(tx, now, &random, &Errand { plan: plan.clone() }, how)
            })
            .await
            .expect("an errand is enqueued")
    }

    fn worker(&self, settings: Settings) -> WorkerHandle {
        Worker::start(self.db.clone(), self.clock.clone(), self.random.clone(), self.clone(), settings)
    }

    async fn run_due(&self) -> usize {
        run_due(self.db.clone(), self.clock.clone(), self.random.clone(), self.clone()).await.expect("due jobs run")
    }

    /// Lets time pass in which somebody is at work.
    async fn pass_at_work(&self, time: Duration, lease: Duration) {
        let end = self.clock.now() + time;
        self.at_work(lease).await;
        while self.clock.now() < end {
            self.hand.advance((lease * 2 / 3).min(end.since(self.clock.now())));
            self.at_work(lease).await;
        }
    }

    async fn at_work(&self, lease: Duration) {
        let now = self.clock.now();
        self.db.write(move |tx| pulse::keep(tx, lease, now)).await.expect("the pulse is kept");
    }

    /// Moves the clock, and wakes whoever waits for it.
    async fn pass(&self, time: Duration) {
        self.hand.advance(time);
        self.db
            .write(|tx| -> db::Result<()> {
                tx.signal(WORK_TOPIC, "");
                Ok(())
            })
            .await
            .expect("a signal is sent");
    }

    async fn cancel(&self, id: JobId) -> Option<JobView> {
        let (now, random, user_id) = (self.clock.now(), self.random.clone(), self.user_id);
        self.db.write(move |tx| cancel::<Desk>(tx, now, &random, id, user_id)).await.expect("a cancel is taken")
    }

    async fn retry(&self, id: JobId) -> Repeat {
        let (now, random, user_id) = (self.clock.now(), self.random.clone(), self.user_id);
        self.db.write(move |tx| retry::<Desk>(tx, now, &random, id, user_id)).await.expect("a repeat is answered")
    }

    async fn view(&self, id: JobId) -> JobView {
        let (user_id, now) = (self.user_id, self.clock.now());
        self.db
            .read(move |conn| status(conn, id, user_id, now))
            .await
            .expect("jobs can be read")
            .expect("the job exists")
    }

    async fn until<T>(&self, id: JobId, what: &str, is_so: impl Fn(&JobView) -> Option<T>) -> T {
        wait_for(what, || async { is_so(&self.view(id).await) }).await
    }

    async fn until_status(&self, id: JobId, wanted: JobStatus) -> JobView {
        self.until(id, wanted.as_str(), |view| (view.status == wanted).then(|| view.clone())).await
    }

    /// The job's history in words.
    async fn history(&self, id: JobId) -> Vec<&'static str> {
        let user_id = self.user_id;
        let events = self.db.read(move |conn| events(conn, id, user_id)).await.expect("events can be read");
        events.iter().map(|event| event.kind.as_str()).collect()
    }

    /// What the job and its hooks left in the domain.
    async fn effects(&self, id: JobId) -> Vec<String> {
        let read =
            self.db.read(move |conn| conn.all("SELECT what FROM effects WHERE job_id = $1 ORDER BY what", args![id]));
        read.await.expect("effects can be read")
    }

    async fn until_effects(&self, id: JobId, count: usize) {
        wait_for("effects are committed", || async { (self.effects(id).await.len() == count).then_some(()) }).await;
    }

    async fn all_effects(&self) -> HashMap<(JobId, String), i64> {
        let read = self.db.read(|conn| {
            conn.all::<(JobId, String, i64)>("SELECT job_id, what, count(*) FROM effects GROUP BY job_id, what", &[])
        });
        read.await.expect("effects can be read").into_iter().map(|(id, what, count)| ((id, what), count)).collect()
    }
}

fn leave(tx: &mut Tx, id: JobId, what: &str) -> db::Result<()> {
    tx.exec("INSERT INTO effects (job_id, what) VALUES ($1, $2)", args![id, what]).map(drop)
}

/// What an errand does when it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Plan {
    Finish,
    /// Fails with a retry until that attempt.
    FinishAtAttempt(i64),
    /// Finishes once the gate opens.
    FinishAtGate,
    /// The same, however often its worker dies.
    OutliveWorkers,
    Fail,
    Panic,
    /// A committed step before each passage through the gate.
    StepsThroughGate(usize),
    /// Says a lot, waits at the gate, says one thing more.
    Talk,
    /// As `Fail`, and its hook cannot write.
    FailWithBrokenHook,
    /// Fails, and its domain does not want it repeated.
    FailForEver,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Errand {
    plan: Plan,
}

impl Job for Errand {
    const TYPE: &'static str = "errand";
    type Context = Desk;

    fn policy(&self) -> Policy {
        let max_deaths = if matches!(self.plan, Plan::OutliveWorkers) { 100 } else { 3 };
        Policy { max_attempts: 3, max_deaths, ..Policy::default() }
    }

    async fn run(self, desk: Desk, run: Run) -> Result<Done, Failure> {
        let id = run.id();
        match self.plan {
            Plan::Finish => {}
            Plan::FinishAtAttempt(attempt) if run.attempt() < attempt => {
                return Err(Failure::retry("busy", "The other side is busy."));
            }
            Plan::FinishAtAttempt(_) => {}
            Plan::FinishAtGate | Plan::OutliveWorkers => desk.pass_gate().await,
            Plan::Fail | Plan::FailWithBrokenHook | Plan::FailForEver => {
                return Err(Failure::fail("refused", "The other side refused."));
            }
            Plan::Panic => panic!("an errand goes wrong"),
            Plan::StepsThroughGate(steps) => {
                for step in run.restore().unwrap_or(0)..steps {
                    run.step(&(step + 1), move |tx| Ok(leave(tx, id, &format!("step {step}"))?)).await?;
                    desk.pass_gate().await;
                }
            }
            Plan::Talk => {
                (1..=1_000).for_each(|done| run.progress(done, 1_001, "Talking"));
                desk.pass_gate().await;
                run.progress(1_001, 1_001, "Told");
            }
        }
        run.finish(json!({ "ran": true }), move |tx| Ok(leave(tx, id, "finished")?)).await
    }

    fn on_failed(&self, tx: &mut Tx, job: &JobRow, failure: &Failure, _: Timestamp, _: &Random) -> db::Result<()> {
        if matches!(self.plan, Plan::FailWithBrokenHook) {
            return tx.exec("INSERT INTO effects (job_id) VALUES ($1)", args![job.id]).map(drop);
        }
        leave(tx, job.id, &format!("gave up: {}", failure.code))
    }

    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, "cancelled")
    }

    fn on_retry(&self, tx: &mut Tx, job: &JobRow, _: Timestamp, _: &Random) -> db::Result<bool> {
        leave(tx, job.id, "repeated")?;
        Ok(!matches!(self.plan, Plan::FailForEver))
    }
}

impl Desk {
    async fn pass_gate(&self) {
        let _waits = self.waiting.one_more();
        self.gate.acquire().await.expect("the gate is never closed").forget();
    }
}

work! { Desk; Errand }

/// Another release, which knows other jobs.
#[derive(Clone)]
struct NextRelease;

#[derive(Clone, Serialize, Deserialize)]
struct Novelty;

impl Job for Novelty {
    const TYPE: &'static str = "novelty";
    type Context = NextRelease;

    async fn run(self, _: NextRelease, run: Run) -> Result<Done, Failure> {
        let id = run.id();
        run.finish((), move |tx| Ok(leave(tx, id, "finished")?)).await
    }

    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, "cancelled")
    }
}

/// A plan that this release does not know.
#[derive(Clone, Serialize, Deserialize)]
struct NextErrand {
    plan: String,
}

impl Job for NextErrand {
    const TYPE: &'static str = Errand::TYPE;
    type Context = NextRelease;

    async fn run(self, _: NextRelease, run: Run) -> Result<Done, Failure> {
        let id = run.id();
        run.finish((), move |tx| Ok(leave(tx, id, &self.plan)?)).await
    }

    fn on_failed(&self, tx: &mut Tx, job: &JobRow, failure: &Failure, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, &format!("gave up: {}", failure.code))
    }

    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, _: Timestamp, _: &Random) -> db::Result<()> {
        leave(tx, job.id, "cancelled")
    }
}

work! { NextRelease; Novelty, NextErrand }

async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    futures_util::future::join_all(futures).await
}
