//! What a worker claims, and when: suspects first, then whatever is due, into the slots that are free.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::claim::{self, Places};
use super::engine::Engine;
use super::running::{RunningJob, Slot, Stop};
use super::work::Workplace;
use super::{JobRow, finish};
use crate::clock::Timestamp;
use crate::db;
use crate::mutant;

/// Jobs that one claim takes at most.
const CLAIM: usize = 500;

/// What a claim found.
pub(super) struct Claimed {
    pub jobs: Vec<(Arc<RunningJob>, Slot)>,
    /// More may be due than there were free slots.
    pub is_full: bool,
    /// All that was due is claimed.
    pub left_nothing: bool,
    pub next_due: Option<Timestamp>,
}

impl Claimed {
    /// No more goes in for now: when a slot becomes free, there is to be another look.
    pub(super) fn full(job: Option<(Arc<RunningJob>, Slot)>) -> Self {
        Self { jobs: job.into_iter().collect(), is_full: true, left_nothing: false, next_due: None }
    }

    pub(super) fn failed() -> Self {
        Self { jobs: Vec::new(), is_full: false, left_nothing: false, next_due: None }
    }
}

enum Found {
    Nobody,
    Waits,
    Taken(Box<JobRow>),
}

impl<C: Workplace> Engine<C> {
    /// Claims jobs into the free slots.
    pub(super) async fn claim(&self) -> db::Result<Claimed> {
        self.keep_pulse().await?;
        let places = self.places();
        if places.all == 0 || (self.slots.runs_suspect() && !mutant!("a suspect has company")) {
            return Ok(Claimed::full(None));
        }
        if let Some(claimed) = self.claim_suspect(&places).await? {
            return Ok(claimed);
        }
        let (claim, worker_id, now, claimed_at) =
            (self.claim.clone(), self.worker_id, self.clock.now(), Instant::now());
        let (lease_until, wanted) = (now + self.settings.lease, places.clone());
        let unit = move |tx: &mut db::Tx| -> db::Result<_> {
            let jobs = claim.take(tx, worker_id, lease_until, &wanted, now)?;
            jobs.iter().for_each(|job| finish::announce(tx, job));
            let next_due = if (jobs.len() as i64) < wanted.all { claim::next_due(tx)? } else { None };
            Ok((jobs, next_due))
        };
        self.is_claiming.store(true, Ordering::SeqCst);
        let claimed = self.db.write(unit).await.map(|(jobs, next_due)| {
            let is_full = jobs.len() as i64 == places.all || self.is_some_type_full(&places, &jobs);
            let jobs = jobs.into_iter().map(|job| self.hold(job, (claimed_at, now))).collect();
            Claimed { jobs, is_full, left_nothing: !is_full, next_due }
        });
        self.is_claiming.store(false, Ordering::SeqCst);
        claimed
    }

    /// Free slots, in all and for each type.
    fn places(&self) -> Places {
        let all = self.settings.concurrency.saturating_sub(self.slots.taken()).min(CLAIM);
        let taken = if self.limits.iter().any(Option::is_some) { self.slots.taken_by_type() } else { BTreeMap::new() };
        let of_type = |(job_type, limit): (&&str, &Option<usize>)| match limit {
            Some(limit) => limit.saturating_sub(taken.get(*job_type).copied().unwrap_or(0)).min(all) as i64,
            None => all as i64,
        };
        Places { all: all as i64, of_types: self.claim.job_types().iter().zip(&self.limits).map(of_type).collect() }
    }

    /// Whether more of a type may be due than its own limit let in.
    fn is_some_type_full(&self, places: &Places, jobs: &[JobRow]) -> bool {
        let types = self.claim.job_types().iter().zip(&self.limits).zip(&places.of_types);
        types.into_iter().any(|((job_type, limit), places)| {
            limit.is_some() && jobs.iter().filter(|job| job.job_type == *job_type).count() as i64 == *places
        })
    }

    /// Takes a job in hand that was claimed at an instant, told by both clocks, and stops it at once where it must not begin.
    pub(super) fn hold(&self, job: JobRow, (claimed_at, now): (Instant, Timestamp)) -> (Arc<RunningJob>, Slot) {
        crate::failpoint!("job: claimed");
        let running = Arc::new(RunningJob::new(job, self.settings.lease, claimed_at, &self.slots));
        if claimed_at.elapsed() >= self.settings.lease * 2 / 3 {
            running.stop.trigger(Stop::Lost);
        } else if self.slots.stopping.is_cancelled() {
            running.stop.trigger(Stop::WorkerStops);
        } else if now >= running.job.deadline_at {
            running.stop.trigger(Stop::Late);
        }
        self.slots.meter.claimed.add_one();
        self.slots.meter.queue_delay.add(self.clock.now().since(running.job.run_at));
        let slot = self.slots.take(running.clone());
        (running, slot)
    }

    /// Takes one suspect, if there is any. `None`: nobody stands before the others.
    ///
    /// It waits until all that run here have stored something, so that they are not its victims; for a lease at most, since a
    /// job may store nothing for long. In their company its worker's death is not counted against it.
    pub(super) async fn claim_suspect(&self, places: &Places) -> db::Result<Option<Claimed>> {
        if !self.suspects.are_expected.swap(false, Ordering::SeqCst) {
            return Ok(None);
        }
        let with_places = self.claim.job_types().iter().zip(&places.of_types).filter(|(_, places)| **places > 0);
        let job_types: Vec<_> = with_places.map(|(job_type, _)| *job_type).collect();
        let is_alone = self.slots.taken() == 0;
        let may_begin = self.slots.all_have_stored() || self.suspects.wait() >= self.settings.lease;
        let (worker_id, now, claimed_at) = (self.worker_id, self.clock.now(), Instant::now());
        let lease_until = now + self.settings.lease;
        let unit = move |tx: &mut db::Tx| -> db::Result<Found> {
            let Some(mut job) = claim::suspect(tx, &job_types)? else { return Ok(Found::Nobody) };
            if !may_begin {
                return Ok(Found::Waits);
            }
            claim::take_suspect(tx, &mut job, worker_id, lease_until, is_alone, now)?;
            finish::announce(tx, &job);
            Ok(Found::Taken(Box::new(job)))
        };
        self.is_claiming.store(true, Ordering::SeqCst);
        let found = self.db.write(unit).await;
        let found = found.map(|found| match found {
            Found::Taken(job) => (false, Some(Claimed::full(Some(self.hold(*job, (claimed_at, now)))))),
            Found::Waits => (true, Some(Claimed::full(None))),
            Found::Nobody => (false, None),
        });
        self.is_claiming.store(false, Ordering::SeqCst);
        if !matches!(found, Ok((_, None))) {
            self.suspects.expect();
        }
        let (waits, claimed) = found?;
        if !waits {
            *self.suspects.waiting() = None;
        }
        Ok(claimed)
    }
}
