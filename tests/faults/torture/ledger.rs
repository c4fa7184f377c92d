//! What the outside was told: kept in the test, so that no kill can make it forget.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Ledger(Mutex<Book>);

#[derive(Clone, Default)]
pub struct Book {
    pub accounts: BTreeMap<String, Account>,
    /// What answers alone have shown to be wrong already.
    pub broken: Vec<String>,
    pub answered: usize,
    pub unanswered: usize,
}

/// What one person asked for and was told.
#[derive(Clone, Default)]
pub struct Account {
    pub enables: Requests,
    pub disables: Requests,
    pub retries: Requests,
    /// Numbers in the name: the highest that was acknowledged, and the highest that was asked for.
    pub name: (u64, u64),
    /// Acknowledged webhook deliveries, and the demo workspace in which they arrived.
    pub deliveries: BTreeMap<String, String>,
    /// Answers to comments, by their texts, each of which is another; acknowledged or not.
    pub answers: BTreeMap<String, Answer>,
    /// Orders of moderation that were acknowledged, and the demo workspaces of their comments.
    pub orders: BTreeMap<String, String>,
    /// Jobs that move all that match, likewise.
    pub moves: BTreeMap<String, String>,
}

/// An answer to a comment: in which demo workspace, and its id once it was acknowledged.
#[derive(Clone, Default)]
pub struct Answer {
    pub workspace: String,
    pub id: Option<String>,
    /// It was called back, and that was acknowledged.
    pub is_called_back: bool,
}

/// Requests of one kind. Each may have started one job at most.
#[derive(Clone, Default)]
pub struct Requests {
    pub sent: usize,
    pub refused: usize,
    /// The jobs that answers named.
    pub jobs: BTreeSet<String>,
    /// Answers that said what another answer had said before.
    pub repeated: usize,
    answers: BTreeSet<(String, String)>,
}

impl Requests {
    /// How many jobs they can have started, without anything being done twice.
    pub fn most_jobs(&self) -> usize {
        self.sent - self.refused - self.repeated
    }

    /// `state` tells the two apart that one job can be named for: to wait for a set-up, and to begin another one after a
    /// set-up that is being called back.
    pub fn acknowledge(&mut self, job: &str, state: &str) {
        self.jobs.insert(job.to_owned());
        if !self.answers.insert((job.to_owned(), state.to_owned())) {
            self.repeated += 1;
        }
    }
}

impl Ledger {
    pub fn account<T>(&self, user_id: &str, change: impl FnOnce(&mut Account) -> T) -> T {
        change(self.open().accounts.entry(user_id.to_owned()).or_default())
    }

    pub fn broken(&self, what: String) {
        self.open().broken.push(what);
    }

    pub fn count(&self, is_answered: bool) {
        let mut book = self.open();
        if is_answered { book.answered += 1 } else { book.unanswered += 1 }
    }

    pub fn copy(&self) -> Book {
        self.open().clone()
    }

    fn open(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
