//! The list of all jobs, and how a row of the table finds its Rust type again.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value as Json;

use super::{Done, Failure, Job, JobRow, Policy, Recurrence, Run};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::random::Random;

/// Declares all jobs of an application, once: `work! { crate::app::App; EnableDemo, DisableDemo }`.
///
/// Jobs that come back by themselves are named once more: `work! { App; Tidy, Send; recurring: Tidy }`, see [`Recurring`](crate::jobs::Recurring).
///
/// Only a listed job can be enqueued, so a type that nobody handles does not compile; nor do two jobs of one name.
///
/// ```
/// # use kit::jobs::{Done, Enqueue, Failure, Job, Run, enqueue};
/// #[derive(Clone)]
/// struct App;
/// #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// struct Tidy;
/// impl Job for Tidy {
///     const TYPE: &'static str = "tidy";
///     type Context = App;
///     async fn run(self, _: App, run: Run) -> Result<Done, Failure> {
///         run.finish((), |_| Ok(())).await
///     }
/// }
/// kit::work! { App; Tidy } // without this line, `later` does not compile
///
/// fn later(tx: &mut kit::db::Tx, now: kit::clock::Timestamp, random: &kit::random::Random) -> kit::db::Result<()> {
///     enqueue(tx, now, random, &Tidy, Enqueue::default()).map(drop)
/// }
/// ```
///
/// ```compile_fail,E0277
/// # use kit::jobs::{Done, Enqueue, Failure, Job, Run, enqueue};
/// # #[derive(Clone)]
/// # struct App;
/// # #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// # struct Tidy;
/// # impl Job for Tidy {
/// #     const TYPE: &'static str = "tidy";
/// #     type Context = App;
/// #     async fn run(self, _: App, run: Run) -> Result<Done, Failure> {
/// #         run.finish((), |_| Ok(())).await
/// #     }
/// # }
/// fn later(tx: &mut kit::db::Tx, now: kit::clock::Timestamp, random: &kit::random::Random) -> kit::db::Result<()> {
///     enqueue(tx, now, random, &Tidy, Enqueue::default()).map(drop)
/// }
/// ```
#[macro_export]
macro_rules! work {
    ($context:ty; $($job:ty),+ $(,)? $(; recurring: $($recurring:ty),+ $(,)?)?) => {
        impl $crate::jobs::Workplace for $context {
            const HANDLERS: &'static [$crate::jobs::Handler<Self>] = &[$($crate::jobs::Handler::of::<$job>()),+];
            const RECURRING: &'static [$crate::jobs::Recurrence] =
                &[$($($crate::jobs::Recurrence::of::<$recurring>()),+)?];
        }
        $(impl $crate::jobs::Handled for $job {})+
        const _: () = $crate::jobs::assert_distinct(<$context as $crate::jobs::Workplace>::HANDLERS);
    };
}

/// A context whose jobs are listed. Implemented by [`work!`](crate::work) alone.
pub trait Workplace: Clone + Send + Sync + 'static {
    const HANDLERS: &'static [Handler<Self>];
    const RECURRING: &'static [Recurrence];
}

/// A listed job. Implemented by [`work!`](crate::work) alone.
pub trait Handled: Job {}

type Running = Pin<Box<dyn Future<Output = Result<Done, Failure>> + Send>>;

/// One listed job with its Rust type erased.
pub struct Handler<C: 'static> {
    job_type: &'static str,
    concurrency: usize,
    policy: fn(&Json) -> serde_json::Result<Policy>,
    run: fn(&Json, C, Run) -> serde_json::Result<Running>,
    on_failed: fn(&mut Tx, &JobRow, &Failure, Timestamp, &Random) -> serde_json::Result<db::Result<()>>,
    on_cancelled: fn(&mut Tx, &JobRow, Timestamp, &Random) -> serde_json::Result<db::Result<()>>,
    on_retry: fn(&mut Tx, &JobRow, Timestamp, &Random) -> serde_json::Result<db::Result<bool>>,
}

impl<C> Handler<C> {
    #[doc(hidden)]
    pub const fn of<J: Job<Context = C>>() -> Self {
        Self {
            job_type: J::TYPE,
            concurrency: J::CONCURRENCY,
            policy: |payload| Ok(read::<J>(payload)?.policy()),
            run: |payload, context, run| Ok(Box::pin(read::<J>(payload)?.run(context, run))),
            on_failed: |tx, job, failure, now, random| {
                Ok(read::<J>(&job.payload)?.on_failed(tx, job, failure, now, random))
            },
            on_cancelled: |tx, job, now, random| Ok(read::<J>(&job.payload)?.on_cancelled(tx, job, now, random)),
            on_retry: |tx, job, now, random| Ok(read::<J>(&job.payload)?.on_retry(tx, job, now, random)),
        }
    }

    /// [`Job::TYPE`].
    pub fn job_type(&self) -> &'static str {
        self.job_type
    }

    /// `None`: this release cannot read the payload; another one can.
    pub(super) fn policy(&self, payload: &Json) -> Option<Policy> {
        (self.policy)(payload).ok()
    }

    pub(super) fn run(&self, payload: &Json, context: C, run: Run) -> Result<Running, Failure> {
        (self.run)(payload, context, run).map_err(Failure::unreadable)
    }

    pub(super) fn on_failed(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        failure: &Failure,
        now: Timestamp,
        random: &Random,
    ) -> db::Result<()> {
        (self.on_failed)(tx, job, failure, now, random).unwrap_or_else(|error| skip_hook(job, &error))
    }

    pub(super) fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        (self.on_cancelled)(tx, job, now, random).unwrap_or_else(|error| skip_hook(job, &error))
    }

    /// A payload that cannot be read is not repeated.
    pub(super) fn on_retry(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<bool> {
        (self.on_retry)(tx, job, now, random).unwrap_or(Ok(false))
    }
}

fn read<J: Job>(payload: &Json) -> serde_json::Result<J> {
    serde::Deserialize::deserialize(payload)
}

fn skip_hook(job: &JobRow, error: &serde_json::Error) -> db::Result<()> {
    tracing::error!(job = %job.id, job_type = job.job_type, %error, "a job's payload is unreadable: its end tells its domain nothing");
    Ok(())
}

/// `None`: this release does not know the type; another one does.
pub(super) fn handler<C: Workplace>(job_type: &str) -> Option<&'static Handler<C>> {
    C::HANDLERS.iter().find(|handler| handler.job_type == job_type)
}

/// Whether this release can read such a job; one that it cannot read waits for another release.
pub fn can_read<C: Workplace>(job_type: &str, payload: &Json) -> bool {
    handler::<C>(job_type).is_some_and(|handler| handler.policy(payload).is_some())
}

pub(super) fn job_types<C: Workplace>() -> impl Iterator<Item = &'static str> {
    C::HANDLERS.iter().map(|handler| handler.job_type)
}

/// Types of which a worker runs only so many at once, in the order of [`job_types`]; `None` where there is no limit.
pub(super) fn limits<C: Workplace>() -> impl Iterator<Item = Option<usize>> {
    C::HANDLERS.iter().map(|handler| Some(handler.concurrency).filter(|limit| *limit < usize::MAX))
}

#[doc(hidden)]
pub const fn assert_distinct<C>(handlers: &[Handler<C>]) {
    let mut later = 1;
    while later < handlers.len() {
        let mut earlier = 0;
        while earlier < later {
            assert!(!same(handlers[earlier].job_type, handlers[later].job_type), "two jobs have the same TYPE");
            earlier += 1;
        }
        later += 1;
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    a.len() == b.len()
}
