//! Time in which nobody worked, and clocks that were ahead.

use super::*;

const DAY: Duration = Duration::from_secs(86_400);
const LEASE: Duration = Duration::from_secs(15);

#[derive(Clone)]
struct Keeper;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Daily;

impl Job for Daily {
    const TYPE: &'static str = "daily";
    type Context = Keeper;

    async fn run(self, _: Keeper, run: Run) -> Result<Done, Failure> {
        run.done(()).await
    }
}

impl Recurring for Daily {
    const EVERY: Duration = DAY;
}

work! { Keeper; Daily; recurring: Daily }

both_databases! {
    async fn a_standstill_makes_no_job_late(desk: Desk) {
        desk.at_work(LEASE).await;
        let waits = desk.enqueue(Plan::Finish).await;
        let planned = desk.enqueue_at(Duration::from_secs(3_600)).await;
        let tried = desk.enqueue(Plan::FinishAtAttempt(2)).await;
        let dead = desk.worker(Settings { concurrency: 1, ..PATIENT });
        desk.until_status(waits, JobStatus::Completed).await;
        desk.until(tried, "its retry is stored", |view| view.error.as_ref().map(drop)).await;
        let cut_off = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(cut_off, JobStatus::Running).await;
        desk.until_waiting(1).await;
        drop(dead);
        let waits = desk.enqueue(Plan::Finish).await;

        desk.hand.advance(DAY * 2);
        let worker = desk.worker(Settings { exclusive: true, lease: LEASE, ..PATIENT });
        desk.gate.add_permits(1);
        for id in [waits, planned, tried, cut_off] {
            let view = desk.until(id, "it ends", |view| view.status.is_terminal().then(|| view.clone())).await;
            assert_eq!((view.status, view.error), (JobStatus::Completed, None));
        }
        worker.stop().await;
    }

    async fn what_waited_for_the_first_worker_ever_is_not_late(desk: Desk) {
        let id = desk.enqueue(Plan::Finish).await;
        desk.hand.advance(DAY * 2);
        assert_eq!(desk.run_due().await, 1);
        assert_eq!(desk.view(id).await.status, JobStatus::Completed);
    }

    /// Whoever woke first has moved the deadline already, and the run was not yet held when that was told.
    async fn a_run_is_late_by_its_row_and_not_by_what_it_remembers(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_secs(3), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_waiting(1).await;
        let woken = desk.clock.now() + DAY * 2;
        let moved = desk.db.write(move |tx| {
            tx.exec("UPDATE background_pulse SET at = $1", args![woken])?;
            let sql = "UPDATE background_jobs SET deadline_at = $1, lease_until = $2 WHERE id = $3";
            tx.exec(sql, args![woken + DAY, woken + Duration::from_secs(1), id])
        });
        moved.await.expect("the row is there");
        desk.hand.advance(DAY * 2);
        wait_for("its lease was prolonged since", || async {
            (desk.lease_until(id).await > woken + Duration::from_secs(1)).then_some(())
        })
        .await;
        desk.gate.add_permits(1);
        let view = desk.until(id, "it ends", |view| view.status.is_terminal().then(|| view.clone())).await;
        assert_eq!((view.status, view.interruptions), (JobStatus::Completed, 0), "{:?}", view.error);
        worker.stop().await;
    }

    /// As on a computer that was asleep: its timers stood still as well.
    async fn a_run_that_slept_past_its_deadline_begins_again(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_secs(3), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        desk.until_waiting(1).await;
        desk.hand.advance(DAY * 2);
        wait_for("it was given back", || async {
            desk.history(id).await.contains(&"interrupted").then_some(())
        })
        .await;
        desk.gate.add_permits(1);
        desk.until_status(id, JobStatus::Completed).await;
        worker.stop().await;
    }

    async fn a_standstill_gives_no_more_time_than_it_took(desk: Desk) {
        desk.at_work(LEASE).await;
        let id = desk.enqueue(Plan::Finish).await;
        desk.hand.advance(DAY);
        desk.at_work(LEASE).await;
        desk.pass_at_work(Duration::from_secs(15 * 60), LEASE).await;
        assert_eq!(desk.run_due().await, 0);
        assert_eq!(desk.view(id).await.error.unwrap().code, "deadline");
    }

    async fn what_a_clock_that_was_a_day_ahead_has_planned_comes_in_its_own_time(desk: Desk) {
        let right = desk.clock.now();
        desk.hand.advance(DAY);
        desk.at_work(LEASE).await;
        let tried = desk.enqueue(Plan::FinishAtAttempt(2)).await;
        desk.run_due().await;
        let planned = desk.enqueue_at(Duration::from_secs(600)).await;
        desk.hand.set(right);
        desk.run_due().await;
        assert_eq!(desk.view(planned).await.next_run_at, Some(right + Duration::from_secs(600)));
        assert!(desk.view(tried).await.next_run_at.unwrap() < right + Duration::from_secs(60));
        desk.pass_at_work(Duration::from_secs(601), LEASE).await;
        assert_eq!(desk.run_due().await, 2);
    }

    async fn a_process_without_a_worker_whose_clock_was_ahead_holds_up_nothing(desk: Desk) {
        let right = desk.clock.now();
        desk.at_work(LEASE).await;
        desk.hand.advance(DAY);
        let planned = desk.enqueue_at(Duration::from_secs(1)).await;
        desk.hand.set(right);
        let worker = desk.worker(Settings { poll: Duration::from_millis(10), ..PATIENT });
        desk.until(planned, "it is where it would be", |view| {
            (view.next_run_at == Some(right + Duration::from_secs(1))).then_some(())
        })
        .await;
        worker.stop().await;
    }

    async fn a_lease_of_a_clock_that_was_ahead_runs_out_in_time(desk: Desk) {
        let right = desk.clock.now();
        desk.hand.advance(DAY);
        let dead = desk.worker(Settings { lease: LEASE, ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        desk.until_waiting(1).await;
        drop(dead);
        desk.hand.set(right);
        let other = desk.worker(Settings { lease: LEASE, poll: Duration::from_millis(10), ..PATIENT });
        wait_for("the lease is one of now", || async { (desk.lease_until(id).await <= right + LEASE).then_some(()) }).await;
        assert_eq!(desk.view(id).await.status, JobStatus::Running);
        desk.gate.add_permits(1);
        desk.hand.advance(LEASE + Duration::from_secs(1));
        desk.until_status(id, JobStatus::Completed).await;
        other.stop().await;
    }

    async fn a_worker_of_a_clock_that_was_ahead_is_not_at_work(desk: Desk) {
        let right = desk.clock.now();
        desk.hand.advance(DAY);
        let dead = desk.worker(Settings { lease: LEASE, ..PATIENT });
        wait_for("it shows itself", || async { desk.workers_online().await.then_some(()) }).await;
        drop(dead);
        desk.hand.set(right);
        assert!(!desk.workers_online().await);
        let id = desk.enqueue(Plan::Finish).await;
        assert!(desk.view(id).await.no_worker_online);
    }

    async fn a_schedule_of_a_clock_that_was_ahead_does_not_wait_for_it(desk: Desk) {
        let settings = Settings { poll: Duration::from_millis(10), ..PATIENT };
        let start = || Worker::start(desk.db.clone(), desk.clock.clone(), desk.random.clone(), Keeper, settings);
        let count = "SELECT count(*) FROM background_jobs WHERE job_type = 'daily' AND status = 'completed'";
        let until = async |wanted: i64| {
            wait_for("it came", || async {
                (desk.db.read(move |conn| conn.one::<i64>(count, &[])).await.unwrap() == wanted).then_some(())
            })
            .await;
        };
        let right = desk.clock.now();
        desk.hand.advance(DAY * 3);
        let worker = start();
        until(1).await;
        worker.stop().await;
        desk.hand.set(right);
        let worker = start();
        until(2).await;
        worker.stop().await;
    }
}

impl Desk {
    async fn enqueue_at(&self, later: Duration) -> JobId {
        let (now, random, user_id) = (self.clock.now(), self.random.clone(), self.user_id);
        let enqueued = self.db.write(move |tx| {
            let how = Enqueue { user_id: Some(user_id), run_at: Some(now + later), ..Enqueue::default() };
            enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how)
        });
        enqueued.await.expect("an errand is enqueued").id
    }

    async fn workers_online(&self) -> bool {
        let now = self.clock.now();
        let workers = self.db.read(move |conn| workers(conn, now)).await.expect("workers can be read");
        workers.iter().any(|worker| worker.is_online(now))
    }
}
