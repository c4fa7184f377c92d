//! A unit of work in a queue: run on a connection's thread, answered after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::{Error, Result, Tx};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    Read,
    Write,
}

/// A closure, its answer, and who waits for it, with their types erased.
pub(super) trait Unit: Send {
    fn access(&self) -> Access;

    /// Runs the closure; whether its effects are wanted. May be called again before `answer`.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Tells the caller: its own answer, or why that could not be kept.
    fn answer(self: Box<Self>, committed: Result<()>);

    fn refuse(self: Box<Self>, error: Error);
}

struct Task<T, E, F> {
    access: Access,
    unit: F,
    outcome: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

pub(super) fn boxed<T, E, F>(access: Access, unit: F) -> (Box<dyn Unit>, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Box::new(Task { access, unit, outcome: None, caller }), answer)
}

impl<T, E, F> Unit for Task<T, E, F>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        // A panicking unit is rolled back whole, so nothing half-changed is seen again.
        let outcome =
            catch_unwind(AssertUnwindSafe(|| (self.unit)(tx))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let wanted = outcome.is_ok();
        self.outcome = Some(outcome);
        wanted
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let answer = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            // The unit's own error says more than that its transaction went with it.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Closed.into()),
        };
        // The caller may have gone; what is durable stays so.
        let _ = self.caller.send(answer);
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.caller.send(Err(error.into()));
    }
}
