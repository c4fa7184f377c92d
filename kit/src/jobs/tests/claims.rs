//! Claims, wake-ups, the fence.

use super::*;

both_databases! {
    async fn sixteen_claimers_give_each_of_two_thousand_jobs_one_owner(desk: Desk) {
        const JOBS: usize = 2_000;
        let (now, random, user_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
        desk.db
            .write(move |tx| -> db::Result<()> {
                for _ in 0..JOBS {
                    let how = Enqueue { user_id: Some(user_id), ..Enqueue::default() };
                    enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how)?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let runs: usize = all((0..16).map(|_| desk.run_due())).await.into_iter().sum();
        assert_eq!(runs, JOBS);
        let effects = desk.all_effects().await;
        assert_eq!(effects.len(), JOBS);
        assert!(effects.iter().all(|((_, what), count)| what == "finished" && *count == 1));
    }

    async fn a_commit_wakes_a_worker_that_never_polls(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let first = desk.enqueue(Plan::Finish).await;
        desk.until_status(first, JobStatus::Completed).await;
        let second = desk.enqueue(Plan::Finish).await;
        let view = desk.until_status(second, JobStatus::Completed).await;
        assert_eq!((view.attempt, view.result, view.can_retry), (1, Some(json!({ "ran": true })), false));
        assert_eq!(desk.history(second).await, ["enqueued", "started", "completed"]);
        worker.stop().await;
    }

    async fn a_free_slot_is_filled_without_a_new_signal(desk: Desk) {
        let ids = all((0..20).map(|_| desk.enqueue(Plan::Finish))).await;
        let worker = desk.worker(Settings { concurrency: 2, ..PATIENT });
        for id in ids {
            desk.until_status(id, JobStatus::Completed).await;
        }
        worker.stop().await;
    }

    async fn a_lost_wake_up_costs_one_poll(desk: Desk) {
        let worker = desk.worker(Settings { poll: Duration::from_millis(20), ..PATIENT });
        let id = desk.enqueue(Plan::Finish).await;
        desk.until_status(id, JobStatus::Completed).await;
        let later = desk.enqueue(Plan::FinishAtAttempt(2)).await;
        desk.until(later, "its retry is stored", |view| view.error.as_ref().map(drop)).await;
        // No signal comes with time.
        desk.hand.advance(Duration::from_secs(60));
        desk.until_status(later, JobStatus::Completed).await;
        worker.stop().await;
    }

    async fn urgent_jobs_run_first_and_equals_in_their_order(desk: Desk) {
        let ids = [desk.enqueue(Plan::Finish).await, desk.enqueue(Plan::Finish).await, desk.enqueue(Plan::Finish).await];
        let urgent = ids[2];
        desk.db.write(move |tx| tx.exec("UPDATE background_jobs SET priority = 1 WHERE id = $1", args![urgent])).await.unwrap();
        let claim = claim::Claim::new(desk.db.dialect(), work::job_types::<Desk>());
        let now = desk.clock.now();
        let claimed = desk.db.write(move |tx| claim.take(tx, Uuid::nil(), now, &claim::Places { all: 2, of_types: vec![2] }, now)).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [ids[2], ids[0]]);
    }

    async fn a_worker_that_stalled_past_its_lease_changes_nothing(desk: Desk) {
        let lease = Duration::from_secs(300);
        let stalled = desk.worker(Settings { lease, concurrency: 1, ..PATIENT });
        let id = desk.enqueue(Plan::FinishAtGate).await;
        desk.until_status(id, JobStatus::Running).await;
        desk.until_waiting(1).await;

        // To every other process the lease has run out; the stalled worker's own timers stand still.
        desk.hand.advance(lease * 2);
        let awake = Desk { gate: Arc::new(Semaphore::new(0)), waiting: Waiting::default(), ..desk.clone() };
        let other = awake.worker(Settings { lease, poll: Duration::from_millis(10), ..PATIENT });
        awake.until_waiting(1).await;
        desk.until(id, "it runs again", |view| (view.interruptions == 1 && view.status == JobStatus::Running).then_some(())).await;

        desk.gate.add_permits(1);
        stalled.stop().await;
        assert_eq!(desk.view(id).await.status, JobStatus::Running, "the late finish is refused");
        assert!(desk.effects(id).await.is_empty(), "and its domain rows with it");

        awake.gate.add_permits(1);
        desk.until_status(id, JobStatus::Completed).await;
        assert_eq!(desk.effects(id).await, ["finished"]);
        assert_eq!(desk.history(id).await, ["enqueued", "started", "interrupted", "started", "completed"]);
        other.stop().await;
    }

    async fn a_step_of_a_worker_that_stalled_is_refused_too(desk: Desk) {
        let lease = Duration::from_secs(300);
        let stalled = desk.worker(Settings { lease, concurrency: 1, ..PATIENT });
        let id = desk.enqueue(Plan::StepsThroughGate(3)).await;
        desk.until_effects(id, 1).await;

        desk.hand.advance(lease * 2);
        let awake = Desk { gate: Arc::new(Semaphore::new(0)), ..desk.clone() };
        let other = awake.worker(Settings { lease, poll: Duration::from_millis(10), ..PATIENT });
        desk.until_effects(id, 2).await;

        desk.gate.add_permits(1);
        stalled.stop().await;
        assert_eq!(desk.effects(id).await, ["step 0", "step 1"], "nothing of the late step is there");
        awake.gate.add_permits(2);
        desk.until_status(id, JobStatus::Completed).await;
        assert_eq!(desk.effects(id).await, ["finished", "step 0", "step 1", "step 2"]);
        other.stop().await;
    }

    async fn progress_is_shown_while_running_in_few_writes_and_whole_at_the_end(desk: Desk) {
        let worker = desk.worker(PATIENT);
        let id = desk.enqueue(Plan::Talk).await;
        desk.until(id, "the last word is visible", |view| (view.progress.done == 1_000).then_some(())).await;
        desk.gate.add_permits(1);
        let view = desk.until_status(id, JobStatus::Completed).await;
        assert_eq!(view.progress, Progress { done: 1_001, total: 1_001, step: "Told".into() });
        worker.stop().await;
    }

    async fn a_page_hears_of_every_visible_change(desk: Desk) {
        let mut signals = desk.db.subscribe();
        let id = desk.enqueue(Plan::Finish).await;
        desk.run_due().await;
        desk.view(id).await;
        let heard = async {
            let mut heard = 0;
            while heard < 3 {
                let signal = signals.recv().await.expect("the database is open");
                heard += usize::from(signal.topic == JOB_TOPIC && signal.key == desk.user_id.to_string());
            }
        };
        tokio::time::timeout(crate::testing::PATIENCE, heard).await.expect("enqueued, started, completed are told");
    }
}
