//! The world outside the database: a service with effects of its own, and a ledger of what was promised to people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::sleep;
use uuid::Uuid;

use crate::args;
use crate::clock::Timestamp;
use crate::jobs::{Failure, JobId, Run};
use crate::mutant;
use crate::testing::simulation::{Database, Faults, Place};

/// Kept where no crash reaches it.
#[derive(Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
pub(super) struct Book {
    /// Jobs whose enqueueing was acknowledged.
    pub acknowledged: BTreeSet<JobId>,
    /// Orders that were refused for certain: no job of them may exist.
    pub refused: BTreeSet<u64>,
    /// Running jobs for which somebody was told that they are being cancelled.
    pub cancelling: BTreeSet<JobId>,
    /// Runs, by the token of their lease, in processes that live or stand still, with the process.
    pub running: BTreeMap<(JobId, i64), u64>,
    /// Runs beside which another ran in their process.
    pub in_company: BTreeSet<(JobId, i64)>,
    /// What the service did, by job, step and idempotency key.
    pub effects: BTreeMap<(JobId, usize), BTreeSet<String>>,
}

impl Ledger {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until the answer is dropped, that run goes on.
    pub(super) fn run_begins(&self, run: &Run, place: &Place, database: &Database) -> Running {
        let (this, process) = ((run.id(), run.lease_token()), place.link.number);
        let row = "SELECT count(*) FROM background_jobs WHERE id = $1";
        if database.look(|tx| tx.one::<i64>(row, args![this.0])).expect("jobs can be read") == 0 {
            place.link.shared.wrong(format!("{}: a run began whose job is not there", this.0));
        }
        let mut book = self.book();
        let beside: Vec<_> = book.running.iter().filter(|(_, of)| **of == process).map(|(run, _)| *run).collect();
        if !beside.is_empty() {
            book.in_company.insert(this);
        }
        book.in_company.extend(beside);
        book.running.insert(this, process);
        Running(self.clone(), this)
    }

    /// A call with an effect that the service makes once for each key; the answer may be late, lost or a refusal.
    pub(super) async fn call(&self, place: &Place, database: &Database, run: &Run, step: usize) -> Result<(), Failure> {
        let shared = &place.link.shared;
        let (dice, faults) = (shared.dice.clone(), shared.faults());
        let (job, token) = (run.id(), run.lease_token());
        let key = if mutant!("a key for each attempt") {
            format!("{job}:{step}:{}", run.attempt())
        } else {
            format!("{job}:{step}")
        };
        let most = if faults != Faults::NONE && dice.chance(120) { shared.lease.as_millis() as u64 * 2 } else { 40 };
        sleep(dice.millis(0..most)).await;
        place.until_alive().await;
        let fault = if dice.chance(faults.outside) { 1 + dice.below(6) } else { 0 };
        match fault {
            1 => return Err(Failure::retry("refused_connection", "Nothing was sent.")),
            2 => place.link.die_now("dead before a call's effect"),
            _ => {}
        }
        place.until_alive().await;
        self.effect(place, database, (job, token), step, key);
        sleep(dice.millis(0..most)).await;
        match fault {
            3 => Err(Failure::retry("answer_lost", "The answer did not come.")),
            4 => {
                Err(Failure::retry_at("busy", "The service asks to wait.", place.clock.now() + Duration::from_secs(3)))
            }
            5 => Err(Failure::fail("refused", "The service refuses for good.")),
            6 => {
                place.link.die_now("dead after a call's effect");
                std::future::pending().await
            }
            _ => Ok(()),
        }
    }

    fn effect(&self, place: &Place, database: &Database, (job, token): (JobId, i64), step: usize, key: String) {
        place.link.shared.note(|| format!("process {}: outside effect {step} of {job}", place.link.number));
        self.book().effects.entry((job, step)).or_default().insert(key);
        let shared = &place.link.shared;
        let owner = database.look(|tx| {
            tx.opt::<(i64, Option<Uuid>)>(
                "SELECT lease_token, worker_id FROM background_jobs WHERE id = $1",
                args![job],
            )
        });
        let (now_token, _) = owner.expect("jobs can be read").unwrap_or((0, None));
        if now_token != token && !place.link.was_frozen_within(shared.lease) {
            shared
                .wrong(format!("{job}: a run calls outside that lost its lease, in a process that never stood still"));
        }
    }
}

pub(super) struct Running(Ledger, (JobId, i64));

impl Drop for Running {
    fn drop(&mut self) {
        self.0.book().running.remove(&self.1);
    }
}

/// Since the beginning, for people.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.since(crate::testing::simulation::BEGIN).as_secs_f64()
}
