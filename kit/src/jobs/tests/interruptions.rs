//! Workers that stop, die, or lose their lease.

use futures_util::poll;
use tokio::time::Instant;

use super::super::engine::Engine;
use super::super::fence;
use super::super::store::Lease;
use super::*;

both_databases! {
    async fn a_new_process_goes_on_at_once_from_the_last_checkpoint(desk: Desk) {
        let crashed = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::StepsThroughGate(4)).await;
        desk.gate.add_permits(2);
        desk.until_effects(id, 3).await;
        desk.until_waiting(1).await;
        drop(crashed);
        desk.until_waiting(0).await;

        // No lease has run out: the lock on the database proves that its owner is gone.
        let next = desk.worker(Settings { exclusive: true, ..PATIENT });
        desk.gate.add_permits(2);
        let view = desk.until_status(id, JobStatus::Completed).await;
        assert_eq!((view.attempt, view.interruptions), (1, 1));
        assert_eq!(desk.effects(id).await, ["finished", "step 0", "step 1", "step 2", "step 3"], "no step ran twice");
        next.stop().await;
    }

    async fn a_job_under_which_three_workers_die_is_failed(desk: Desk) {
        let id = desk.enqueue(Plan::FinishAtGate).await;
        workers_die_under(&desk, id, 3).await;
        let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
        let view = desk.until_status(id, JobStatus::Failed).await;
        assert_eq!((view.error.unwrap().code.as_str(), view.interruptions), ("worker_died", 3));
        assert_eq!(desk.effects(id).await, ["gave up: worker_died"]);
        worker.stop().await;
    }

    async fn a_job_that_gets_on_between_the_deaths_of_its_workers_is_not_to_blame(desk: Desk) {
        let id = desk.enqueue(Plan::StepsThroughGate(10)).await;
        for step in 1..=9 {
            let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
            desk.until_effects(id, step).await;
            drop(worker);
        }
        desk.until_waiting(0).await;
        desk.gate.add_permits(20);
        let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
        let view = desk.until_status(id, JobStatus::Completed).await;
        assert_eq!((view.attempt, view.interruptions), (1, 9));
        worker.stop().await;
    }

    async fn whoever_kills_its_workers_is_found_and_those_beside_it_are_done(desk: Desk) {
        let neighbours = all((0..3).map(|_| desk.enqueue(Plan::StepsThroughGate(1)))).await;
        let killer = desk.enqueue(Plan::FinishAtGate).await;
        let last = desk.enqueue(Plan::FinishAtGate).await;
        let mut deaths = 0;
        while desk.view(killer).await.status.is_live() {
            let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
            let killer_runs = |view: &JobView| {
                let runs = view.status == JobStatus::Running && view.interruptions == deaths;
                (runs || view.status == JobStatus::Failed).then_some(view.status)
            };
            let killer = desk.until(killer, "it runs, or has failed", killer_runs).await;
            if deaths > 0 && killer == JobStatus::Running {
                assert_eq!(desk.view(last).await.status, JobStatus::Pending, "nothing begins beside it");
            }
            drop(worker);
            desk.hand.advance(Duration::from_secs(1));
            deaths += 1;
        }
        assert_eq!(desk.effects(killer).await, ["gave up: worker_died"]);
        desk.gate.add_permits(20);
        let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
        for id in neighbours.into_iter().chain([last]) {
            desk.until_status(id, JobStatus::Completed).await;
        }
        worker.stop().await;
    }

    async fn a_job_that_may_outlive_its_workers_goes_on(desk: Desk) {
        let id = desk.enqueue(Plan::OutliveWorkers).await;
        workers_die_under(&desk, id, 5).await;
        desk.gate.add_permits(1);
        let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
        let view = desk.until_status(id, JobStatus::Completed).await;
        assert_eq!((view.attempt, view.interruptions), (1, 5));
        worker.stop().await;
    }

    async fn another_worker_takes_over_when_the_lease_runs_out(desk: Desk) {
        let dead = desk.worker(Settings { lease: Duration::from_secs(15), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        drop(dead);
        // Its run takes no place at the gate with it.
        desk.until_waiting(0).await;
        let other = desk.worker(Settings { poll: Duration::from_millis(10), ..PATIENT });
        desk.gate.add_permits(1);
        let probe = desk.enqueue(Plan::Finish).await;
        desk.until_status(probe, JobStatus::Completed).await;
        assert_eq!(desk.view(id).await.interruptions, 0, "not before");
        desk.hand.advance(Duration::from_secs(16));
        desk.until_status(id, JobStatus::Completed).await;
        other.stop().await;
    }

    async fn a_lease_is_renewed_while_its_worker_lives(desk: Desk) {
        let lease = Duration::from_millis(150);
        let worker = desk.worker(Settings { lease, ..PATIENT });
        let other = desk.worker(Settings { lease, poll: Duration::from_millis(10), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        desk.until_waiting(1).await;
        for _ in 0..5 {
            let before = desk.lease_until(id).await;
            desk.hand.advance(lease / 10);
            wait_for("the lease grows", || async { (desk.lease_until(id).await > before).then_some(()) }).await;
        }
        desk.gate.add_permits(1);
        assert_eq!(desk.until_status(id, JobStatus::Completed).await.interruptions, 0);
        worker.stop().await;
        other.stop().await;
    }

    /// Renewals pass over rows that a transaction holds, and this one's were held nearly all the time.
    async fn a_run_that_writes_all_the_time_keeps_its_lease(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::StepsThroughGate(3)).await;
        desk.until_effects(id, 1).await;
        // Less than a clock may be ahead: an upkeep under way, which still has the old time, would set it right.
        desk.hand.advance(Duration::from_secs(30));
        desk.gate.add_permits(1);
        desk.until_effects(id, 2).await;
        assert_eq!(desk.lease_until(id).await, desk.clock.now() + NEVER);
        drop(worker);
    }

    async fn a_renewal_that_comes_late_shortens_no_lease(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        let (early, late) = (desk.clock.now() + NEVER, desk.clock.now() + NEVER + Duration::from_secs(30));
        for until in [late, early] {
            let renewed = desk.db.write(move |tx| {
                let mine = tx.one("SELECT worker_id FROM background_jobs WHERE id = $1", args![id])?;
                super::super::upkeep::renew(tx, mine, until)
            });
            assert_eq!(renewed.await.expect("it is there").len(), 1);
            assert_eq!(desk.lease_until(id).await, late);
        }
        worker.stop().await;
    }

    /// Asked for before the last renewal, and in the database after it.
    async fn a_write_that_comes_late_does_not_shorten_a_lease_that_was_prolonged(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        let (Lease { seq, lease_token }, prolonged) = (desk.lease(id).await, desk.lease_until(id).await);
        let write = async |until| desk.db.write(move |tx| fence::holds(tx, seq, lease_token, until)).await.unwrap();
        assert!(write(prolonged - NEVER / 2).await, "late as it is, it is its owner's");
        assert_eq!(desk.lease_until(id).await, prolonged);
        let late = Duration::from_secs(30);
        assert!(write(prolonged + late).await);
        assert_eq!(desk.lease_until(id).await, prolonged + late, "one in time prolongs");
        drop(worker);
    }

    async fn a_lease_that_was_prolonged_after_the_sweep_looked_is_not_taken_back(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        let (lease, other) = (desk.lease(id).await, desk.engine(PATIENT));
        other.reclaim_expired(lease, desk.clock.now()).await;
        assert_eq!(desk.view(id).await.interruptions, 0, "its lease has not run out");
        other.reclaim_expired(lease, desk.clock.now() + NEVER + NEVER).await;
        assert_eq!(desk.view(id).await.interruptions, 1, "now it has");
        drop(worker);
    }

    async fn a_worker_that_learns_of_a_lost_lease_lets_go(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_millis(300), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        desk.db.write(move |tx| tx.exec("UPDATE background_jobs SET lease_token = 99 WHERE id = $1", args![id])).await.unwrap();
        desk.until_waiting(0).await;
        assert!(desk.effects(id).await.is_empty());
        worker.stop().await;
    }

    async fn a_worker_that_cannot_renew_lets_go_by_itself(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_millis(300), ..PATIENT });
        desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        let db = desk.db.clone();
        tokio::task::spawn_blocking(move || db.close()).await.unwrap();
        desk.until_waiting(0).await;
        drop(worker);
    }

    async fn a_claim_whose_answer_was_lost_is_taken_back(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_millis(300), concurrency: 1, ..PATIENT });
        let held = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(held, JobStatus::Running).await;
        let orphan = desk.enqueue(Plan::Finish).await;
        let claim = "UPDATE background_jobs SET status = 'running', attempt = 1, lease_token = 1, lease_until = $3, \
                     worker_id = (SELECT worker_id FROM background_jobs WHERE id = $2) WHERE id = $1";
        let far = desk.clock.now() + NEVER;
        desk.db.write(move |tx| tx.exec(claim, args![orphan, held, far])).await.unwrap();
        desk.until(orphan, "it is pending again", |view| (view.interruptions == 1).then_some(())).await;
        desk.gate.add_permits(1);
        desk.until_status(orphan, JobStatus::Completed).await;
        worker.stop().await;
    }

    /// It looked abandoned to its own worker's renewals, was given back, taken by another, and then begun here as well.
    async fn a_claim_that_is_answered_late_is_not_given_to_another_meanwhile(desk: Desk) {
        let lease = Duration::from_secs(3);
        let engine = Arc::new(desk.engine(Settings { lease, ..PATIENT }));
        assert_eq!(engine.claim().await.unwrap().jobs.len(), 0, "the first claim asks more than the others");
        let (id, claim) = loop {
            let id = desk.enqueue(Plan::Finish).await;
            let mut claim = Box::pin(engine.claim());
            // Unless it is answered in this very moment.
            if poll!(&mut claim).is_pending() {
                break (id, claim);
            }
        };
        desk.until_status(id, JobStatus::Running).await;

        // Longer than a row in nobody's hands is left alone.
        let began = Instant::now();
        while began.elapsed() < lease / 2 {
            engine.renew().await;
        }
        let view = desk.view(id).await;
        assert_eq!((view.status, view.interruptions), (JobStatus::Running, 0));
        assert_eq!(claim.await.unwrap().jobs.len(), 1);
    }

    async fn a_stopping_worker_gives_its_jobs_back_with_the_attempt(desk: Desk) {
        let worker = desk.worker(Settings { grace: Duration::from_millis(10), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        worker.stop().await;
        let view = desk.view(id).await;
        assert_eq!((view.status, view.attempt, view.interruptions), (JobStatus::Pending, 0, 0));
        assert_eq!(desk.history(id).await, ["enqueued", "started", "interrupted"]);
        desk.gate.add_permits(1);
        assert_eq!(desk.run_due().await, 1, "another worker goes on at once");
        assert_eq!(desk.view(id).await.attempt, 1);
    }

    async fn a_stopping_worker_waits_for_the_next_checkpoint(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::StepsThroughGate(5)).await;
        desk.until_effects(id, 1).await;
        desk.until_waiting(1).await;
        let mut stopping = std::pin::pin!(worker.stop());
        assert!(poll!(&mut stopping).is_pending());
        desk.gate.add_permits(5);
        stopping.await;
        assert_eq!(desk.view(id).await.status, JobStatus::Pending);
        assert_eq!(desk.effects(id).await, ["step 0", "step 1"], "it let go at its next step");
        desk.run_due().await;
        assert_eq!(desk.view(id).await.status, JobStatus::Completed);
        assert_eq!(desk.effects(id).await.len(), 6, "no step ran twice");
    }
}

impl Desk {
    fn engine(&self, settings: Settings) -> Engine<Desk> {
        Engine::new(self.db.clone(), self.clock.clone(), self.random.clone(), self.clone(), settings)
    }

    async fn lease(&self, id: JobId) -> Lease {
        let found =
            self.db.read(move |conn| conn.one("SELECT seq, lease_token FROM background_jobs WHERE id = $1", args![id]));
        let (seq, lease_token) = found.await.expect("the job is there");
        Lease { seq, lease_token }
    }

    pub(super) async fn lease_until(&self, id: JobId) -> Timestamp {
        let found =
            self.db.read(move |conn| conn.one("SELECT lease_until FROM background_jobs WHERE id = $1", args![id]));
        found.await.expect("the job runs")
    }

    /// Of a run at the gate its worker knows: a job is running a moment before that.
    pub(super) async fn until_waiting(&self, runs: usize) {
        wait_for("that many wait at the gate", || async { (self.waiting.count() == runs).then_some(()) }).await;
    }
}

/// Each is a process that begins the job, or goes on with it, and is killed.
async fn workers_die_under(desk: &Desk, id: JobId, times: i64) {
    for deaths in 0..times {
        let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
        desk.until(id, "it runs", |view| {
            (view.status == JobStatus::Running && view.interruptions == deaths).then_some(())
        })
        .await;
        drop(worker);
    }
}
