//! Durable background jobs over the table `background_jobs`, on both databases.
//!
//! A job is a row that is written in the same transaction as the state that it is to change, so neither exists without the
//! other. It ends exactly once: `completed` by the job's own [`Run::finish`] or [`Run::done`], `failed` after its attempts or its time are
//! used up, or `cancelled`; and the domain's row changes in that very commit.
//!
//! ```ignore
//! #[derive(Clone, Serialize, Deserialize)]
//! pub struct EnableDemo { pub scenario: Scenario }
//!
//! impl Job for EnableDemo {
//!     const TYPE: &'static str = "enable_demo";
//!     type Context = App;
//!
//!     async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
//!         run.progress(0, 2, "Making the profile");
//!         let profile = app.demo_service.create(run.id(), &self.scenario).await?;      // no transaction is open here
//!         run.checkpoint(&profile.id).await?;
//!         run.finish(json!({ "profile": profile.id }), move |tx| Ok(store::set_enabled(tx, &profile)?)).await
//!     }
//!
//!     fn on_failed(&self, tx: &mut Tx, job: &JobRow, failure: &Failure, now: Timestamp, _: &Random) -> db::Result<()> {
//!         store::set_failed(tx, job.user_id, failure, now)                             // in the commit of `failed`
//!     }
//! }
//!
//! work! { App; EnableDemo, DisableDemo }                                               // once, for the whole application
//!
//! db.write(move |tx| {
//!     store::set_enabling(tx, user_id)?;
//!     jobs::enqueue(tx, now, &random, &EnableDemo { scenario }, Enqueue { user_id: Some(user_id), ..Default::default() })
//! }).await?;
//! ```
//!
//! # Guarantees
//! - **One owner.** A claim gives a lease and a token that only grows. Every write of a run checks the token in its own
//!   transaction: a worker that stalled past its lease changes nothing, neither the job nor the domain.
//! - **At least one run, one effect.** A run may be repeated; its database effects are not, its outside calls are made
//!   idempotent by [`Run::id`].
//! - **Interruptions are not failures.** A worker that stops gives the job back, attempt and all. One that dies costs an
//!   interruption. [`Run::restore`] brings the last checkpoint back.
//! - **A death is blamed on nobody who stood by.** A job whose worker died is a suspect until it stores something: suspects
//!   run first, and alone. One that kills its worker again and again fails with `worker_died` ([`Policy::max_deaths`]).
//! - **Every job ends.** Attempts and a deadline bound it; both are stored with the job. Time in which no worker lived does
//!   not count, nor what a clock showed that was ahead and has been set right.
//! - **One live job per operation key**, by a partial unique index. Enqueueing a second returns the first.
//! - **A wake-up is a hint.** Commits wake workers within a millisecond; a lost wake-up costs at most a poll.
//! - **Unknown types wait.** A row whose type this release does not list, or whose payload it cannot read, stays pending for
//!   one that can.
//!
//! - **Fair.** Lower [`Policy::priority`] goes first; among equals the position in the queue decides. The next job of a user (or of a workspace,
//!   without one) stands a second behind the last of theirs that waits, so thousands of one do not hold up the few of others.
//!   A type at its [`Job::CONCURRENCY`] holds up no other type. An enqueued job is not overtaken for ever: whatever comes
//!   later than its position stands behind it.
//!
//! # Costs
//! A claim takes all free slots in one unit and reads the head of each type's stretch of one index: it does not grow with
//! what waits, and no plan depends on statistics (`tests/fair.rs` reads them). [`Run::done`] shares its commit with whatever
//! ends at the same moment, each fenced for itself; [`Run::finish`] has a commit of its own on PostgreSQL, and shares the
//! group's on SQLite. [`prune`] keeps the table small; finished rows cost nothing but their space.
//!
//! # Who looks after it
//! [`workers`] and [`overview`] tell who is at work, what waits and since when, and what failed of late; [`list`], [`cancel`]
//! and [`retry`] take [`JobScope::All`]. [`WorkerHandle::metrics`] has a worker's counters and times; each run has a
//! tracing span `job` with its id, type and attempt. Jobs that come back by themselves are [`Recurring`].
//!
//! # Order of locks
//! A run locks its job's row first and domain rows after it. Whoever brings something back on its way for a job that may be
//! live takes the same order: [`enqueue`] first, or [`hold`], and the domain's rows after it. So the job's end comes before, and
//! the new job is written, or after, and sees what was brought back. Where the order cannot be kept, PostgreSQL ends one of the
//! two and the unit is run again.

mod claim;
mod claims;
mod completions;
mod engine;
mod execute;
mod fence;
mod finish;
mod heartbeat;
mod intake;
mod job;
mod metrics;
mod overview;
mod prune;
mod pulse;
mod queue;
mod row;
mod run;
mod running;
mod schedule;
mod scope;
#[cfg(test)]
mod simulation;
mod step;
mod store;
mod suspects;
#[cfg(test)]
mod tests;
mod together;
mod upkeep;
mod view;
mod work;
mod worker;

pub use heartbeat::{WorkerId, WorkerView, workers};
pub use job::{Done, Failure, Job, Policy};
pub use metrics::Metrics;
pub use overview::{Overview, Queue, overview};
pub use prune::{Pruned, Retention, prune};
pub use queue::{Enqueue, Enqueued, Repeat, cancel, enqueue, hold, live, retry, run_sooner};
pub use row::{EventKind, JobEvent, JobId, JobRow, JobStatus, Progress};
pub use run::Run;
pub use schedule::{Recurrence, Recurring};
pub use scope::JobScope;
pub use store::Filter;
pub use together::enqueue_all;
pub use view::{JobError, JobPage, JobView, events, list, status};
pub use work::{Handled, Handler, Workplace, can_read};
pub use worker::{Settings, Watch, Worker, WorkerHandle, run_due};

#[doc(hidden)]
pub use work::assert_distinct;

/// Signalled when a job that a person ordered changes visibly; the key is that person's id, with
/// `:` and the workspace's behind it where it belongs to one.
pub const JOB_TOPIC: &str = "job";

/// Signalled when there may be work; for workers.
pub const WORK_TOPIC: &str = "work";

/// The key of [`WORK_TOPIC`] when a running job's cancel was asked for.
const CANCEL_KEY: &str = "cancel";
