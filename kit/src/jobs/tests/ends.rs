//! How jobs end: retries, giving up, panics, deadlines, cancels.

use super::finish::finish;
use super::step::Outcome;
use super::*;

both_databases! {
    async fn a_failed_attempt_waits_and_the_job_still_succeeds(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::FinishAtAttempt(3)).await;
        let started = desk.clock.now();
        for attempt in 1..3 {
            let view = desk
                .until(id, "a retry is stored", |view| {
                    (view.status == JobStatus::Pending && view.attempt == attempt).then(|| view.clone())
                })
                .await;
            let pause = view.next_run_at.expect("it is pending").since(started.max(desk.clock.now()));
            let base = Duration::from_secs(1 << attempt);
            assert!((base / 2..=base * 3 / 2).contains(&pause), "attempt {attempt} waits {pause:?}");
            assert_eq!(view.error.expect("the reason is shown").code, "busy");
            desk.pass(pause).await;
        }
        let view = desk.until_status(id, JobStatus::Completed).await;
        assert_eq!((view.attempt, view.error), (3, None));
        let expected = ["enqueued", "started", "retry_scheduled", "started", "retry_scheduled", "started", "completed"];
        assert_eq!(desk.history(id).await, expected);
        worker.stop().await;
    }

    async fn a_job_gives_up_after_its_last_attempt_and_tells_its_domain(desk: Desk) {
        let id = desk.enqueue(Plan::FinishAtAttempt(4)).await;
        for _ in 0..3 {
            desk.run_due().await;
            desk.hand.advance(Duration::from_secs(90));
        }
        let view = desk.view(id).await;
        assert_eq!((view.status, view.attempt, view.can_retry), (JobStatus::Failed, 3, true));
        assert_eq!(view.error.unwrap().message, "The other side is busy.");
        assert_eq!(desk.effects(id).await, ["gave up: busy"]);
    }

    async fn a_hopeless_failure_is_not_tried_again(desk: Desk) {
        let id = desk.enqueue(Plan::Fail).await;
        assert_eq!(desk.run_due().await, 1);
        assert_eq!(desk.view(id).await.status, JobStatus::Failed);
        assert_eq!(desk.history(id).await, ["enqueued", "started", "failed"]);
    }

    async fn the_end_and_its_hook_are_one_commit(desk: Desk) {
        let id = desk.enqueue(Plan::FailWithBrokenHook).await;
        let (random, now, user_id) = (desk.random.clone(), desk.clock.now(), desk.user_id);
        let ended = desk
            .db
            .write(move |tx| -> db::Result<()> {
                let job = store::lock_by_id(tx, id, user_id.into())?.expect("it exists");
                let outcome = Outcome::Failed(Failure::fail("refused", "No."));
                finish::<Desk>(tx, &job, &outcome, &Progress::default(), now, &random).map(drop)
            })
            .await;
        assert!(ended.is_err());
        assert_eq!(desk.view(id).await.status, JobStatus::Pending);
        assert_eq!(desk.history(id).await, ["enqueued"]);
    }

    async fn a_panic_is_a_failed_attempt_and_harms_no_other_job(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::Panic).await;
        let calm = desk.enqueue(Plan::Finish).await;
        desk.until_status(calm, JobStatus::Completed).await;
        let error = desk.until(id, "a retry is stored", |view| view.error.clone()).await;
        assert_eq!(error.code, "panic");
        assert!(!error.message.contains("errand"), "the person does not read the panic's words");
        worker.stop().await;
    }

    async fn a_pending_job_fails_at_its_deadline(desk: Desk) {
        let id = desk.enqueue(Plan::Finish).await;
        desk.pass_at_work(Duration::from_secs(15 * 60), Duration::from_secs(15)).await;
        assert_eq!(desk.run_due().await, 0);
        assert_eq!(desk.view(id).await.error.unwrap().code, "deadline");
        assert_eq!(desk.effects(id).await, ["gave up: deadline"]);
    }

    async fn a_running_job_fails_at_its_deadline(desk: Desk) {
        let lease = Duration::from_secs(3);
        let worker = desk.worker(Settings { lease, ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        desk.until_waiting(1).await;
        desk.pass_at_work(Duration::from_secs(15 * 60), lease).await;
        desk.until_status(id, JobStatus::Failed).await;
        assert_eq!(desk.effects(id).await, ["gave up: deadline"]);
        worker.stop().await;
    }

    async fn a_running_job_is_cancelled_by_a_signal_with_its_hook(desk: Desk) {
        // Renewals are an hour apart: only the signal can bring it.
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        let view = desk.cancel(id).await.expect("it is the user's");
        assert!(view.cancel_requested && !view.can_cancel);
        desk.until_status(id, JobStatus::Cancelled).await;
        assert_eq!(desk.effects(id).await, ["cancelled"]);
        assert_eq!(desk.history(id).await, ["enqueued", "started", "cancel_requested", "cancelled"]);
        worker.stop().await;
    }

    async fn a_running_job_is_cancelled_by_the_renewal_when_the_signal_is_lost(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_millis(300), ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        let now = desk.clock.now();
        let silent = "UPDATE background_jobs SET cancel_requested_at = $2 WHERE id = $1";
        desk.db.write(move |tx| tx.exec(silent, args![id, now])).await.unwrap();
        desk.until_status(id, JobStatus::Cancelled).await;
        worker.stop().await;
    }

    async fn a_finish_that_comes_after_the_cancel_is_refused(desk: Desk) {
        let id = desk.enqueue(Plan::FinishAtGate).await;
        let runs = tokio::spawn({
            let desk = desk.clone();
            async move { desk.run_due().await }
        });
        desk.until_status(id, JobStatus::Running).await;
        desk.cancel(id).await;
        desk.gate.add_permits(1);
        assert_eq!(runs.await.unwrap(), 1);
        assert_eq!(desk.view(id).await.status, JobStatus::Cancelled);
        assert_eq!(desk.effects(id).await, ["cancelled"], "of the finish there is nothing");
    }

    async fn a_cancelled_job_of_a_dead_worker_is_cancelled_when_it_is_taken_back(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        drop(worker);
        desk.cancel(id).await;
        let next = desk.worker(Settings { exclusive: true, ..PATIENT });
        desk.until_status(id, JobStatus::Cancelled).await;
        assert_eq!(desk.effects(id).await, ["cancelled"]);
        next.stop().await;
    }
}
