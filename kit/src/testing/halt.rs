//! A unit of work that stands still in its middle, so that a test says in which order two of them go.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{wait_for, wait_until};
use crate::db::{Db, Dialect};

/// Where a unit stands still until it is let go.
#[derive(Clone, Debug, Default)]
pub struct Halt(Arc<(Mutex<Stand>, Condvar)>);

#[derive(Debug, Default)]
struct Stand {
    reached: usize,
    may_go: bool,
}

impl Halt {
    /// In the unit: waits here. One that is run again is counted, and waits no more.
    pub fn here(&self) {
        self.stand().reached += 1;
        drop(self.0.1.wait_while(self.stand(), |stand| !stand.may_go).unwrap_or_else(PoisonError::into_inner));
    }

    /// In the test: when the unit stands there.
    pub async fn reached(&self) {
        wait_until("a unit stands at its place", || async { self.stand().reached > 0 }).await;
    }

    /// How often the unit has come by.
    pub fn count(&self) -> usize {
        self.stand().reached
    }

    pub fn go(&self) {
        self.stand().may_go = true;
        self.0.1.notify_all();
    }

    /// Nothing is left half-changed by a panic.
    fn stand(&self) -> MutexGuard<'_, Stand> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until a unit waits for a row that another one holds, or is over all the same. On SQLite it waits for its turn to write.
pub async fn until_held_up(db: &Db, is_over: impl Fn() -> bool) {
    let is_held_up = || async {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let found = db.read(move |conn| match conn.dialect() {
            Dialect::Sqlite => Ok(1),
            Dialect::Postgres => conn.one::<i64>(waiting, &[]),
        });
        let waits = found.await.expect("the database answers") > 0;
        (waits || is_over()).then_some(())
    };
    wait_for("a unit is held up, or over", is_held_up).await;
}
