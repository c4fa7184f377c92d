//! Time in which nobody worked, and time that only a wrong clock has seen: neither is held against a job.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::upkeep::{self, SKEW};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{self, Dialect, Tx};

/// When this worker last said that somebody is at work, by its clock.
#[derive(Default)]
pub(super) struct Pulse(Mutex<Said>);

#[derive(Default)]
struct Said {
    last: Option<Timestamp>,
    /// Begun since the last one that was answered.
    unanswered: u32,
}

impl Pulse {
    /// A clock that went back is no reason to keep quiet.
    pub(super) fn is_due(&self, now: Timestamp, pause: Duration) -> bool {
        self.said().last.is_none_or(|last| now < last || now >= last + pause)
    }

    pub(super) fn begins(&self) {
        self.said().unanswered += 1;
    }

    /// It was said, and answered. Whether an answer was lost before it that may have told of a standstill: there was time
    /// for one.
    pub(super) fn was_at(&self, now: Timestamp, lease: Duration) -> bool {
        let mut said = self.said();
        let may_have_slept = said.last.is_some_and(|last| last + lease < now);
        let is_one_lost = said.unanswered > 1;
        *said = Said { last: Some(now), unanswered: 0 };
        is_one_lost && may_have_slept
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that somebody is at work; whether nobody was for longer than a lease, so that deadlines moved by as much.
pub(super) fn keep(tx: &mut Tx, lease: Duration, now: Timestamp) -> db::Result<bool> {
    let lock = if tx.dialect() == Dialect::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT at FROM background_pulse WHERE id = 1{lock}");
    let last: Timestamp = match tx.opt(&sql, &[])? {
        Some(last) => last,
        None => {
            // Whoever is the first ever waits here for others who think so too.
            let beginning = "INSERT INTO background_pulse (id, at) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
            tx.exec(beginning, args![Timestamp::from_second(0)])?;
            tx.one(&sql, &[])?
        }
    };
    let stood_still = last + lease < now;
    if last > now + SKEW {
        upkeep::bring_back(tx, now, lease)?;
    } else if stood_still {
        upkeep::extend_deadlines(tx, last, now)?;
    }
    let update = "UPDATE background_pulse SET at = $1 WHERE id = 1 AND (at < $1 OR at > $2)";
    tx.exec(update, args![now, now + SKEW])?;
    Ok(stood_still)
}
