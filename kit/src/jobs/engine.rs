//! What a worker does to the table: renewals, reclaims. When it does them is up to the worker's loops.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::claim::Claim;
use super::completions::Completions;
use super::fence;
use super::finish;
use super::heartbeat::Heartbeat;
use super::pulse::{self, Pulse};
use super::running::{RunningJob, Slots, Stop};
use super::step::Outcome;
use super::store::{self, Lease};
use super::suspects::Suspects;
use super::upkeep::{self, Owned};
use super::work::{Workplace, handler, job_types, limits};
use super::{JobRow, JobStatus, Progress, Settings};
use crate::clock::{Clock, Timestamp};
use crate::db::{self, Db};
use crate::mutant;
use crate::random::Random;

/// Rows that one sweep looks at.
const SWEEP: i64 = 100;

pub(super) struct Engine<C: Workplace> {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub context: C,
    pub settings: Settings,
    pub slots: Arc<Slots>,
    pub completions: Arc<Completions>,
    pub worker_id: Uuid,
    heartbeat: Heartbeat,
    pub claim: Arc<Claim>,
    pub suspects: Arc<Suspects>,
    pub pulse: Arc<Pulse>,
    /// Runs of a type at once, in the claim's order of types.
    pub limits: Vec<Option<usize>>,
    /// Rows under this worker's name that it does not hold, since when: the answer to their claim, or to an enqueue that
    /// claimed for it, was lost.
    strangers: Mutex<BTreeMap<Lease, Instant>>,
    /// A claim is under way: rows under this worker's name may be about to be in its hands.
    pub is_claiming: AtomicBool,
}

impl<C: Workplace> Engine<C> {
    pub(super) fn new(db: Db, clock: Clock, random: Random, context: C, settings: Settings) -> Self {
        let worker_id = crate::id::Id::<Self>::new(clock.now(), &random).uuid();
        let heartbeat = Heartbeat::new(worker_id, clock.now());
        let claim = Arc::new(Claim::new(db.dialect(), job_types::<C>()));
        let (slots, strangers): (Arc<Slots>, _) = (Arc::default(), Mutex::default());
        let completions = Arc::new(Completions::new(db.clone(), clock.clone(), slots.tasks.clone()));
        let limits = limits::<C>().collect();
        let is_claiming = AtomicBool::new(false);
        Self {
            db,
            clock,
            random,
            context,
            settings,
            slots,
            completions,
            worker_id,
            heartbeat,
            claim,
            suspects: Arc::default(),
            pulse: Arc::default(),
            limits,
            strangers,
            is_claiming,
        }
    }

    /// To be asked before any deadline is judged: whoever wakes up first after a standstill moves them all.
    pub(super) async fn keep_pulse(&self) -> db::Result<()> {
        let (now, lease) = (self.clock.now(), self.settings.lease);
        if !self.pulse.is_due(now, lease / 4) {
            return Ok(());
        }
        let held = self.slots.held();
        self.pulse.begins();
        let stood_still = self.db.write(move |tx| pulse::keep(tx, lease, now)).await?;
        self.kept_pulse(now, stood_still, &held);
        Ok(())
    }

    /// `held` are the jobs from before the pulse was kept: what began meanwhile has slept through nothing.
    fn kept_pulse(&self, now: Timestamp, stood_still: bool, held: &[Arc<RunningJob>]) {
        if self.pulse.was_at(now, self.settings.lease) || stood_still {
            // Whatever they spoke to is gone by now: they begin again, and lose no attempt.
            held.iter().for_each(|hold| hold.stop.trigger(Stop::WorkerStops));
        }
    }

    /// Brings what a clock that was ahead has stored to where the right one would have put it.
    pub(super) async fn mend_instants(&self) -> db::Result<()> {
        let (now, lease) = (self.clock.now(), self.settings.lease);
        if self.db.read(move |conn| upkeep::has_instants_ahead(conn, now, lease)).await? {
            self.db.write(move |tx| upkeep::bring_back(tx, now, lease)).await?;
        }
        Ok(())
    }

    /// Shows that this worker lives, prolongs the leases of all held jobs, and learns which of them are cancelled, late
    /// or lost.
    pub(super) async fn renew(&self) {
        mutant!("leases are not renewed" => { return });
        let (worker_id, asked_at, now) = (self.worker_id, Instant::now(), self.clock.now());
        let lease_until = now + self.settings.lease;
        let held = self.slots.held();
        let (heartbeat, settings, running) = (self.heartbeat.clone(), self.settings, held.len());
        let is_pulse_due = self.pulse.is_due(now, settings.lease / 4);
        if is_pulse_due {
            self.pulse.begins();
        }
        let unit = move |tx: &mut db::Tx| -> db::Result<_> {
            let stood_still = is_pulse_due && pulse::keep(tx, settings.lease, now)?;
            heartbeat.beat(tx, &settings, running, now)?;
            let renewed = if running > 0 { upkeep::renew(tx, worker_id, lease_until)? } else { Vec::new() };
            Ok((stood_still, renewed, upkeep::owned(tx, worker_id)?))
        };
        let patience = self.settings.lease / 3;
        match tokio::time::timeout(patience, self.db.write(unit)).await {
            Ok(Ok((stood_still, renewed, owned))) => {
                if is_pulse_due {
                    self.kept_pulse(now, stood_still, &held);
                }
                renewed.iter().filter_map(|lease| self.slots.holds(lease)).for_each(|hold| hold.renewed(asked_at));
                self.heed(&held, &owned, now).await;
            }
            Ok(Err(error)) => tracing::warn!(%error, "leases are not renewed"),
            Err(_) => tracing::warn!("leases are not renewed: the database does not answer"),
        }
        for hold in &held {
            if hold.since_renewal() >= self.settings.lease * 2 / 3 && !mutant!("no end without a lease") {
                hold.stop.trigger(Stop::Lost);
            }
        }
    }

    /// `held` was taken before `owned` was read, so a job that is in the one and not in the other has ended or is lost.
    async fn heed(&self, held: &[Arc<RunningJob>], owned: &[Owned], now: Timestamp) {
        let rows: BTreeMap<_, _> = owned.iter().map(|owned| (owned.lease(), owned)).collect();
        for hold in held {
            match rows.get(&hold.lease()) {
                Some(row) if row.cancel_requested_at.is_some() => hold.stop.trigger(Stop::Cancelled),
                Some(row) if now >= row.deadline_at => hold.stop.trigger(Stop::Late),
                Some(_) => {}
                None => hold.stop.trigger(Stop::Lost),
            }
        }
        for lease in self.long_strange(owned) {
            tracing::warn!(seq = lease.seq, "a job of this worker is in nobody's hands: it is taken back");
            self.finish(lease, JobStatus::Running, Outcome::Strayed, None).await;
        }
    }

    fn long_strange(&self, owned: &[Owned]) -> Vec<Lease> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_claiming.load(Ordering::SeqCst) {
            strangers.clear();
            return Vec::new();
        }
        // A promise is asked for first: it ends when its job is held.
        let now_strange: BTreeMap<_, _> = owned
            .iter()
            .filter(|owned| !self.slots.is_promised(owned.id) && self.slots.holds(&owned.lease()).is_none())
            .map(Owned::lease)
            .map(|lease| (lease, strangers.get(&lease).copied().unwrap_or_else(Instant::now)))
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
        self.keep_pulse().await?;
        let (worker_id, heartbeat) = (self.worker_id, self.heartbeat.clone());
        self.db.write(move |tx| heartbeat.remove_others(tx)).await?;
        let leases = self.db.read(move |conn| upkeep::of_other_workers(conn, worker_id)).await?;
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
        self.keep_pulse().await?;
        let now = self.clock.now();
        let look = move |conn: &mut db::Conn| -> db::Result<_> {
            Ok((upkeep::expired(conn, now, SWEEP)?, upkeep::has_suspects(conn)?))
        };
        let (expired, has_suspects) = self.db.read(look).await?;
        if has_suspects {
            self.suspects.expect();
        }
        for lease in expired.into_iter().filter(|_| !mutant!("abandoned jobs are left")) {
            self.reclaim_expired(lease, now).await;
        }
        Ok(())
    }

    /// Ends jobs that still waited for their turn when their deadline passed.
    pub(super) async fn sweep_overdue(&self) -> db::Result<()> {
        self.keep_pulse().await?;
        let now = self.clock.now();
        let overdue = self.db.read(move |conn| upkeep::overdue(conn, now, SWEEP)).await?;
        for (seq, lease_token, job_type) in overdue {
            if handler::<C>(&job_type).is_some() {
                self.finish(Lease { seq, lease_token }, JobStatus::Pending, Outcome::Late, None).await;
            }
        }
        Ok(())
    }

    async fn reclaim(&self, lease: Lease) {
        self.finish(lease, JobStatus::Running, Outcome::Died, None).await;
    }

    /// Its owner may prolong it after all, between the look and the lock.
    pub(super) async fn reclaim_expired(&self, lease: Lease, now: Timestamp) {
        self.finish(lease, JobStatus::Running, Outcome::Died, Some(now)).await;
    }

    /// A transaction for each, so that one job whose hook fails holds up no other.
    async fn finish(&self, lease: Lease, status: JobStatus, outcome: Outcome, expired_by: Option<Timestamp>) {
        if matches!(outcome, Outcome::Died) {
            self.suspects.expect();
        }
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
            finish::finish::<C>(tx, &job, &outcome, &Progress::of(&job), now, &random).map(Some)
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

    /// Counts a job by how it stands after it was finished.
    pub(super) fn count(&self, job: &JobRow) {
        let meter = &self.slots.meter;
        match job.status {
            JobStatus::Failed => meter.failed.add_one(),
            JobStatus::Cancelled => meter.cancelled.add_one(),
            // Only a failed attempt waits for a new turn.
            JobStatus::Pending if job.queue_position.is_none() => meter.retried.add_one(),
            JobStatus::Pending => meter.interrupted.add_one(),
            JobStatus::Running | JobStatus::Completed => {}
        }
    }

    /// Takes this worker's name off the board. Best effort: after a lease nobody counts on it anyway.
    pub(super) async fn leave(&self) {
        let heartbeat = self.heartbeat.clone();
        if let Err(error) = self.db.write(move |tx| heartbeat.leave(tx)).await {
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
