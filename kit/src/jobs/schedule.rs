//! Jobs that come back by themselves, without a leader: any number of workers enqueue each once in a period.

use std::time::Duration;

use super::engine::Engine;
use super::queue::{Enqueue, enqueue};
use super::upkeep::SKEW;
use super::work::{Handled, Workplace};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::random::Random;

/// A job that is enqueued once in each period of [`Recurring::EVERY`], by whichever worker is first; listed in
/// [`work!`](crate::work) after `recurring:`.
///
/// Periods are counted from 1970. One in which no worker ran is left out, and while one such job is live there is no other.
pub trait Recurring: Handled + Default {
    const EVERY: Duration;
}

/// A recurring job with its Rust type erased.
pub struct Recurrence {
    name: &'static str,
    every: Duration,
    enqueue: fn(&mut Tx, Timestamp, &Random) -> db::Result<()>,
}

impl Recurrence {
    #[doc(hidden)]
    pub const fn of<J: Recurring>() -> Self {
        Self {
            name: J::TYPE,
            every: J::EVERY,
            enqueue: |tx, now, random| {
                let operation_key = Some(format!("recurring:{}", J::TYPE));
                enqueue(tx, now, random, &J::default(), Enqueue { operation_key, ..Enqueue::default() }).map(drop)
            },
        }
    }

    fn period(&self, now: Timestamp) -> i64 {
        let every = i64::try_from(self.every.as_micros()).unwrap_or(i64::MAX).max(1);
        now.micros().div_euclid(every)
    }
}

/// The periods that one worker knows to be served.
pub(super) struct Served(Vec<Option<i64>>);

impl Served {
    pub(super) fn nothing<C: Workplace>() -> Self {
        Self(vec![None; C::RECURRING.len()])
    }

    /// Enqueues what nobody has enqueued yet in its present period.
    pub(super) async fn catch_up<C: Workplace>(&mut self, engine: &Engine<C>) -> db::Result<()> {
        let now = engine.clock.now();
        for (recurrence, served) in C::RECURRING.iter().zip(&mut self.0) {
            let period = recurrence.period(now);
            if *served != Some(period) {
                let random = engine.random.clone();
                engine.db.write(move |tx| serve(tx, recurrence, period, now, &random)).await?;
                *served = Some(period);
            }
        }
        Ok(())
    }
}

/// The row of the schedule lets one transaction through for each period; one of a clock that was ahead stops nobody.
fn serve(tx: &mut Tx, recurrence: &Recurrence, period: i64, now: Timestamp, random: &Random) -> db::Result<()> {
    let is_first = tx.exec(
        "INSERT INTO background_schedules (name, period, enqueued_at) VALUES ($1, $2, $3) \
         ON CONFLICT (name) DO UPDATE SET period = $2, enqueued_at = $3 \
         WHERE background_schedules.period < $2 OR background_schedules.enqueued_at > $4",
        args![recurrence.name, period, now, now + SKEW],
    )? == 1;
    if is_first { (recurrence.enqueue)(tx, now, random) } else { Ok(()) }
}
