//! What a worker does to the table: claims, renewals, reclaims. When it does them is the worker's loops' business.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::acks::Acks;
use super::claim::{self, Claim, Places};
use super::execute::execute;
use super::fence;
use super::hold::{Hold, Slots, Stop};
use super::presence::Presence;
use super::settle::{self, Outcome};
use super::store::{self, Lease};
use super::work::{Workplace, handler, job_types, limits};
use super::{JobRow, JobStatus, Progress, Settings};
use crate::clock::{Clock, Timestamp};
use crate::db::{self, Db};
use crate::mutant;
use crate::random::Random;

/// Rows that one sweep looks at.
const SWEEP: i64 = 100;

/// Jobs that one claim takes at most.
const CLAIM: usize = 500;

pub(super) struct Engine<C: Workplace> {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub context: C,
    pub settings: Settings,
    pub slots: Arc<Slots>,
    pub acks: Arc<Acks>,
    worker_id: Uuid,
    presence: Presence,
    claim: Arc<Claim>,
    /// Runs of a type at once, in the claim's order of types.
    limits: Vec<Option<usize>>,
    /// Rows under this worker's name that it does not hold, since when: the answer to their claim was lost.
    strangers: Mutex<BTreeMap<Lease, Instant>>,
    /// A claim is under way: rows under this worker's name may be about to be in its hands.
    is_claiming: AtomicBool,
}

/// What a claim found.
pub(super) struct Claimed {
    pub jobs: usize,
    /// More may be due than there were free slots.
    pub is_full: bool,
    pub next_due: Option<Timestamp>,
}

impl<C: Workplace> Engine<C> {
    pub(super) fn new(db: Db, clock: Clock, random: Random, context: C, settings: Settings) -> Self {
        let worker_id = crate::id::Id::<Self>::new(clock.now(), &random).uuid();
        let presence = Presence::new(worker_id, clock.now());
        let claim = Arc::new(Claim::new(db.dialect(), job_types::<C>()));
        let (slots, strangers): (Arc<Slots>, _) = (Arc::default(), Mutex::default());
        let acks = Arc::new(Acks::new(db.clone(), clock.clone(), slots.tasks.clone()));
        let limits = limits::<C>().collect();
        let is_claiming = AtomicBool::new(false);
        Self {
            db,
            clock,
            random,
            context,
            settings,
            slots,
            acks,
            worker_id,
            presence,
            claim,
            limits,
            strangers,
            is_claiming,
        }
    }

    /// Claims jobs into the free slots and starts them.
    pub(super) async fn claim(self: &Arc<Self>) -> db::Result<Claimed> {
        let places = self.places();
        if places.all == 0 {
            return Ok(Claimed { jobs: 0, is_full: true, next_due: None });
        }
        let (claim, worker_id, now, claimed_at) =
            (self.claim.clone(), self.worker_id, self.clock.now(), Instant::now());
        let (lease_until, wanted) = (now + self.settings.lease, places.clone());
        let unit = move |tx: &mut db::Tx| -> db::Result<_> {
            let jobs = claim.take(tx, worker_id, lease_until, &wanted, now)?;
            jobs.iter().for_each(|job| settle::announce(tx, job));
            let next_due = if (jobs.len() as i64) < wanted.all { claim::next_due(tx)? } else { None };
            Ok((jobs, next_due))
        };
        self.is_claiming.store(true, Ordering::SeqCst);
        let claimed = self.db.write(unit).await.map(|(jobs, next_due)| {
            let is_full = jobs.len() as i64 == places.all || self.is_some_type_full(&places, &jobs);
            let claimed = Claimed { jobs: jobs.len(), is_full, next_due };
            jobs.into_iter().for_each(|job| self.start(job, claimed_at));
            claimed
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

    fn start(self: &Arc<Self>, job: JobRow, claimed_at: Instant) {
        crate::failpoint!("job: claimed");
        let hold = Arc::new(Hold::new(job, self.settings.lease, claimed_at, self.slots.stopping.clone()));
        if claimed_at.elapsed() >= self.settings.lease * 2 / 3 {
            hold.leash.pull(Stop::Lost);
        } else if self.slots.stopping.is_cancelled() {
            hold.leash.pull(Stop::WorkerStops);
        } else if self.clock.now() >= hold.job.deadline_at {
            hold.leash.pull(Stop::Late);
        }
        self.slots.meter.claimed.add_one();
        self.slots.meter.queue_delay.add(self.clock.now().since(hold.job.run_at));
        let (slot, job) = (self.slots.take(hold.clone()), &hold.job);
        let span = tracing::info_span!("job", id = %job.id, job_type = job.job_type, attempt = job.attempt);
        self.slots.tasks.spawn(execute(self.clone(), hold, slot).instrument(span));
    }

    /// Shows that this worker lives, prolongs the leases of all held jobs, and learns which of them are cancelled, late
    /// or lost.
    pub(super) async fn renew(&self) {
        mutant!("leases are not renewed" => { return });
        let (worker_id, asked_at, now) = (self.worker_id, Instant::now(), self.clock.now());
        let lease_until = now + self.settings.lease;
        let held = self.slots.held();
        let (presence, settings, running) = (self.presence.clone(), self.settings, held.len());
        let unit = move |tx: &mut db::Tx| -> db::Result<_> {
            presence.show(tx, &settings, running, now)?;
            if running == 0 {
                return Ok((Vec::new(), store::owned(tx, worker_id)?));
            }
            Ok((store::renew(tx, worker_id, lease_until)?, store::owned(tx, worker_id)?))
        };
        let patience = self.settings.lease / 3;
        match tokio::time::timeout(patience, self.db.write(unit)).await {
            Ok(Ok((renewed, owned))) => {
                renewed.iter().filter_map(|lease| self.slots.holds(lease)).for_each(|hold| hold.renewed(asked_at));
                self.heed(&held, &owned).await;
            }
            Ok(Err(error)) => tracing::warn!(%error, "leases are not renewed"),
            Err(_) => tracing::warn!("leases are not renewed: the database does not answer"),
        }
        for hold in &held {
            if hold.since_renewal() >= self.settings.lease * 2 / 3 && !mutant!("no end without a lease") {
                hold.leash.pull(Stop::Lost);
            } else if now >= hold.job.deadline_at {
                hold.leash.pull(Stop::Late);
            }
        }
    }

    /// `held` was taken before `owned` was read, so a job that is in the one and not in the other has ended or is lost.
    async fn heed(&self, held: &[Arc<Hold>], owned: &[(i64, i64, Option<Timestamp>)]) {
        let owned: BTreeMap<_, _> =
            owned.iter().map(|&(seq, lease_token, cancel)| (Lease { seq, lease_token }, cancel)).collect();
        for hold in held {
            match owned.get(&hold.lease()) {
                Some(Some(_)) => hold.leash.pull(Stop::Cancelled),
                Some(None) => {}
                None => hold.leash.pull(Stop::Lost),
            }
        }
        for lease in self.long_strange(owned.keys()) {
            tracing::warn!(seq = lease.seq, "a job of this worker is in nobody's hands: it is taken back");
            self.reclaim(lease).await;
        }
    }

    fn long_strange<'a>(&self, owned: impl Iterator<Item = &'a Lease>) -> Vec<Lease> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_claiming.load(Ordering::SeqCst) {
            strangers.clear();
            return Vec::new();
        }
        let now_strange: BTreeMap<_, _> = owned
            .filter(|lease| self.slots.holds(lease).is_none())
            .map(|lease| (*lease, strangers.get(lease).copied().unwrap_or_else(Instant::now)))
            .collect();
        *strangers = now_strange;
        strangers
            .iter()
            .filter(|(_, since)| since.elapsed() > self.settings.lease / 3)
            .map(|(lease, _)| *lease)
            .collect()
    }

    /// Takes back the jobs of processes that are known to be dead.
    pub(super) async fn reclaim_of_others(&self) -> db::Result<()> {
        let (worker_id, presence) = (self.worker_id, self.presence.clone());
        self.db.write(move |tx| presence.bury_others(tx)).await?;
        let leases = self.db.read(move |conn| store::of_other_workers(conn, worker_id)).await?;
        if !leases.is_empty() {
            tracing::info!(jobs = leases.len(), "jobs of a process before this one go on");
        }
        for lease in leases {
            self.reclaim(lease).await;
        }
        Ok(())
    }

    /// Takes back jobs whose lease ran out.
    pub(super) async fn sweep(&self) -> db::Result<()> {
        let now = self.clock.now();
        let expired = self.db.read(move |conn| store::expired(conn, now, SWEEP)).await?;
        for lease in expired.into_iter().filter(|_| !mutant!("abandoned jobs are left")) {
            self.reclaim_expired(lease, now).await;
        }
        Ok(())
    }

    /// Ends jobs that still waited for their turn when their deadline passed.
    pub(super) async fn sweep_overdue(&self) -> db::Result<()> {
        let now = self.clock.now();
        let overdue = self.db.read(move |conn| store::overdue(conn, now, SWEEP)).await?;
        for (seq, lease_token, job_type) in overdue {
            if handler::<C>(&job_type).is_some() {
                self.settle(Lease { seq, lease_token }, JobStatus::Pending, Outcome::Late, None).await;
            }
        }
        Ok(())
    }

    async fn reclaim(&self, lease: Lease) {
        self.settle(lease, JobStatus::Running, Outcome::Died, None).await;
    }

    /// Its owner may prolong it after all, between the look and the lock.
    pub(super) async fn reclaim_expired(&self, lease: Lease, now: Timestamp) {
        self.settle(lease, JobStatus::Running, Outcome::Died, Some(now)).await;
    }

    /// A transaction for each, so that one job whose hook fails holds up no other.
    async fn settle(&self, lease: Lease, status: JobStatus, outcome: Outcome, expired_by: Option<Timestamp>) {
        let (now, random) = (self.clock.now(), self.random.clone());
        let unit = move |tx: &mut db::Tx| -> db::Result<Option<JobRow>> {
            let Some(job) = store::lock(tx, lease.seq, lease.lease_token, status)? else { return Ok(None) };
            if let Some(at) = expired_by
                && !mutant!("taken back whosever it is")
                && !mutant!("taken back although it was prolonged")
                && !fence::is_expired(tx, lease.seq, at)?
            {
                return Ok(None);
            }
            settle::settle::<C>(tx, &job, &outcome, &Progress::of(&job), now, &random).map(Some)
        };
        match self.db.write(unit).await {
            Ok(Some(job)) => {
                self.count(&job);
                tracing::warn!(job = %job.id, job_type = job.job_type, status = %job.status, "job taken back")
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(seq = lease.seq, %error, "a job is not taken back yet"),
        }
    }

    /// Counts a job by how it stands after it was settled.
    pub(super) fn count(&self, job: &JobRow) {
        let meter = &self.slots.meter;
        match job.status {
            JobStatus::Failed => meter.failed.add_one(),
            JobStatus::Cancelled => meter.cancelled.add_one(),
            // Only a failed attempt waits for a new turn.
            JobStatus::Pending if job.turn.is_none() => meter.retried.add_one(),
            JobStatus::Pending => meter.interrupted.add_one(),
            JobStatus::Running | JobStatus::Completed => {}
        }
    }

    /// Takes this worker's name off the board. Best effort: after a lease nobody counts on it anyway.
    pub(super) async fn leave(&self) {
        let presence = self.presence.clone();
        if let Err(error) = self.db.write(move |tx| presence.leave(tx)).await {
            tracing::debug!(%error, "a worker left without a word");
        }
    }

    /// Names of pending jobs that no handler here knows.
    pub(super) async fn unknown_types(&self) -> db::Result<Vec<String>> {
        let mut pending = self.db.read(store::pending_types).await?;
        pending.retain(|job_type| handler::<C>(job_type).is_none());
        Ok(pending)
    }

    /// `base` times 0.75..1.25, so that workers do not act in step.
    pub(super) fn jittered(&self, base: Duration) -> Duration {
        base.mul_f64(0.75 + 0.5 * self.random.unit())
    }
}
