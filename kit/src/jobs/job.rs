//! What a job is to whoever writes one: the trait, its limits, and what a failure means.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{JobRow, Run};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::random::Random;

/// An order that survives the process: the struct's fields are the payload.
///
/// A job may run more than once (a worker dies after the outside call and before the commit), so [`Job::run`] is safe to
/// repeat: outside calls carry a key made of [`Run::id`] and the step, and rows are written by [`Run::write`],
/// [`Run::step`] or [`Run::finish`], which refuse once the lease is lost or a cancel was asked for.
///
/// The payload outlives releases: give new fields `#[serde(default)]`, and a new [`Job::TYPE`] to a new meaning.
pub trait Job: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The name in the table. It stays when the Rust type is renamed.
    const TYPE: &'static str;

    /// Runs of this type at once in one worker at most. What is over it waits, and holds up no other type.
    const CONCURRENCY: usize = usize::MAX;

    /// What every run is given: the application.
    type Context: Clone + Send + Sync + 'static;

    fn policy(&self) -> Policy {
        Policy::default()
    }

    fn run(self, context: Self::Context, run: Run) -> impl Future<Output = Result<Done, Failure>> + Send;

    /// The job has failed for good. Runs in the commit that says so; an error here undoes that commit, and it is tried again.
    fn on_failed(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        failure: &Failure,
        now: Timestamp,
        random: &Random,
    ) -> db::Result<()> {
        let _ = (tx, job, failure, now, random);
        Ok(())
    }

    /// The job was cancelled. Runs in the commit that says so; what the job had made outside is taken back from here,
    /// by enqueueing the job that does it. The operation key is free again.
    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        let _ = (tx, job, now, random);
        Ok(())
    }

    /// A person asked to repeat a failed or cancelled job, and `job` is the new one. Brings the domain to the state in
    /// which this job is live, in the same commit; `false` refuses the repeat, and nothing is enqueued.
    fn on_retry(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<bool> {
        let _ = (tx, job, now, random);
        Ok(true)
    }
}

/// The limits of one job: `Policy { max_attempts: 8, ..Policy::default() }`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Policy {
    pub max_attempts: u32,
    /// From when it is due to its end, whatever happens.
    pub deadline: Duration,
    /// The pause after the first failure; it doubles with each further one.
    pub backoff: Duration,
    pub backoff_cap: Duration,
    /// Deaths of its worker, one after the other and with nothing stored in between, after which the job itself is to blame, and
    /// fails. All but the first are counted only if it ran alone.
    pub max_deaths: u32,
    /// Lower runs first.
    pub priority: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: 5,
            deadline: Duration::from_secs(15 * 60),
            backoff: Duration::from_secs(2),
            backoff_cap: Duration::from_secs(60),
            max_deaths: 3,
            priority: 100,
        }
    }
}

impl Policy {
    /// The pause after failed attempt `attempt` (from 1): doubling, capped, times 0.5..1.5 so that a crowd spreads out.
    pub(super) fn pause(&self, attempt: i64, unit: f64) -> Duration {
        let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(30);
        self.backoff.saturating_mul(1 << doublings).min(self.backoff_cap).mul_f64(0.5 + unit)
    }
}

/// Proof that the job's end is committed; only [`Run::finish`] and [`Run::done`] give one.
#[derive(Debug)]
pub struct Done(pub(super) ());

/// Why a run ended without its result, and what should happen next.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Stable, for programs and tests.
    pub code: &'static str,
    /// For the person who waits: a sentence, without internals.
    pub message: String,
    verdict: Verdict,
    detail: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Retry,
    RetryAt(Timestamp),
    Fail,
    /// Neither success nor fault: the worker stops, or the job is no longer this worker's.
    Interrupted,
    /// For a release that can read it.
    Parked,
}

impl Failure {
    /// May pass by itself: tried again after a growing pause, until attempts or time run out.
    pub fn retry(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Verdict::Retry, code, message)
    }

    /// May pass by itself, but not before `at` (Retry-After). Counts as an attempt like any other.
    pub fn retry_at(code: &'static str, message: impl Into<String>, at: Timestamp) -> Self {
        Self::new(Verdict::RetryAt(at), code, message)
    }

    /// Trying again would fail again.
    pub fn fail(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, code, message)
    }

    /// Adds the cause for the log; the person does not see it.
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.detail = Some(cause.to_string());
        self
    }

    /// Whether another attempt may help.
    pub fn is_retryable(&self) -> bool {
        matches!(self.verdict, Verdict::Retry | Verdict::RetryAt(_))
    }

    /// Not the job's doing: give the error on, the engine knows what to do.
    pub fn is_interruption(&self) -> bool {
        self.verdict == Verdict::Interrupted
    }

    pub(super) fn interrupted() -> Self {
        Self::new(Verdict::Interrupted, "interrupted", "The work was interrupted.")
    }

    pub(super) fn late() -> Self {
        Self::fail("deadline", "It took too long and was stopped.")
    }

    pub(super) fn worker_died() -> Self {
        Self::fail("worker_died", "The worker crashed several times while doing this.")
    }

    pub(super) fn panicked(cause: impl fmt::Display) -> Self {
        Self::retry("panic", "An internal error stopped the work.").because(cause)
    }

    pub(super) fn unreadable(cause: impl fmt::Display) -> Self {
        Self::new(Verdict::Parked, "unreadable", "This version doesn't know this kind of job.").because(cause)
    }

    pub(super) fn database(error: &db::Error) -> Self {
        Self::retry("database", "The change couldn't be saved.").because(error)
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.verdict
    }

    fn new(verdict: Verdict, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), verdict, detail: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, " ({detail})"))
    }
}

impl std::error::Error for Failure {}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::database(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_spread_by_half() {
        let policy = Policy::default();
        let seconds = |attempt, unit| policy.pause(attempt, unit).as_secs_f64();
        assert_eq!([seconds(1, 0.5), seconds(2, 0.5), seconds(5, 0.5)], [2.0, 4.0, 32.0]);
        assert_eq!([seconds(6, 0.5), seconds(1_000, 0.5)], [60.0, 60.0]);
        assert_eq!([seconds(1, 0.0), seconds(1, 1.0)], [1.0, 3.0]);
    }

    #[test]
    fn the_cause_is_for_the_log_only() {
        let failure = Failure::retry("quota", "The platform asks to wait.").because("HTTP 429");
        assert_eq!(failure.to_string(), "quota: The platform asks to wait. (HTTP 429)");
        assert_eq!(failure.message, "The platform asks to wait.");
    }
}
