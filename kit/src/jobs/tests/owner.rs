//! Who is at work, and what whoever keeps the installation sees and does.

use super::*;

impl Desk {
    async fn workers(&self) -> Vec<WorkerView> {
        let now = self.clock.now();
        self.db.read(move |conn| workers(conn, now)).await.expect("workers can be read")
    }

    async fn until_workers(&self, what: &str, is_so: impl Fn(&[WorkerView]) -> bool) -> Vec<WorkerView> {
        wait_for(what, || async { Some(self.workers().await).filter(|workers| is_so(workers)) }).await
    }

    async fn overview(&self) -> Overview {
        let now = self.clock.now();
        self.db.read(move |conn| overview(conn, now)).await.expect("the overview can be read")
    }
}

both_databases! {
    async fn a_worker_is_seen_while_it_lives_and_gone_when_it_stops(desk: Desk) {
        let worker = desk.worker(Settings { lease: Duration::from_millis(300), ..PATIENT });
        let seen = desk.until_workers("it shows itself", |workers| workers.len() == 1).await;
        assert_eq!((seen[0].concurrency, seen[0].is_online(desk.clock.now())), (8, true));
        desk.enqueue(Plan::FinishAtGate).await;
        desk.until_workers("it tells what it holds", |workers| workers[0].running == 1).await;
        desk.hand.advance(Duration::from_secs(60));
        desk.until_workers("it is seen again", |workers| workers[0].seen_at == desk.clock.now()).await;
        desk.gate.add_permits(1);
        worker.stop().await;
        assert!(desk.workers().await.is_empty());
    }

    async fn whoever_waits_learns_that_nobody_is_at_work(desk: Desk) {
        let id = desk.enqueue(Plan::FinishAtGate).await;
        assert!(desk.view(id).await.no_worker_online, "none was ever seen");
        let worker = desk.worker(Settings { concurrency: 1, ..PATIENT });
        desk.until_workers("it shows itself", |workers| workers.len() == 1).await;
        desk.until_status(id, JobStatus::Running).await;
        desk.until_waiting(1).await;
        let waiting = desk.enqueue(Plan::Finish).await;
        assert!(!desk.view(waiting).await.no_worker_online);
        drop(worker);
        // What it was about to write may still arrive.
        wait_for("a lease has passed without a sign of it", || async {
            desk.hand.advance(PATIENT.lease);
            desk.view(waiting).await.no_worker_online.then_some(())
        })
        .await;
        assert!(!desk.view(id).await.no_worker_online, "only who waits is told");
        assert!(desk.workers().await.iter().all(|lost| !lost.is_online(desk.clock.now())));
    }

    async fn a_worker_alone_on_its_database_knows_that_the_others_are_dead(desk: Desk) {
        let dead = desk.worker(PATIENT);
        let before = desk.until_workers("it shows itself", |workers| workers.len() == 1).await;
        drop(dead);
        let worker = desk.worker(Settings { exclusive: true, ..PATIENT });
        desk.until_workers("the other is forgotten", |workers| workers.len() == 1 && workers[0].id != before[0].id).await;
        worker.stop().await;
    }

    async fn the_overview_counts_what_lives_and_what_failed_of_late(desk: Desk) {
        let failed = desk.enqueue(Plan::Fail).await;
        desk.run_due().await;
        desk.hand.advance(Duration::from_secs(60));
        let due = desk.clock.now();
        let ready = desk.enqueue(Plan::Finish).await;
        let paused = desk.enqueue(Plan::Finish).await;
        let later = due + Duration::from_secs(600);
        desk.db.write(move |tx| tx.exec("UPDATE background_jobs SET run_at = $2 WHERE id = $1", args![paused, later])).await.unwrap();
        desk.hand.advance(Duration::from_secs(9));

        let overview = desk.overview().await;
        let [queue] = &overview.queues[..] else { panic!("one type: {overview:?}") };
        assert_eq!((queue.job_type.as_str(), queue.ready, queue.scheduled, queue.running), ("errand", 1, 1, 0));
        assert_eq!((queue.failed_last_day, queue.oldest_ready_at), (1, Some(due)));
        assert_eq!(overview.oldest_ready_age(desk.clock.now()), Duration::from_secs(9));
        assert_eq!((overview.workers_online, overview.workers.len()), (0, 0));

        desk.hand.advance(Duration::from_secs(86_400));
        assert_eq!(desk.overview().await.failed_last_day(), 0);
        assert_eq!(desk.view(failed).await.status, JobStatus::Failed);
        assert_eq!(desk.view(ready).await.status, JobStatus::Pending);
    }

    async fn the_owner_sees_cancels_and_repeats_the_jobs_of_all(desk: Desk) {
        let (now, random) = (desk.clock.now(), desk.random.clone());
        let of_user = desk.enqueue(Plan::Finish).await;
        let of_system = desk
            .db
            .write(move |tx| enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, Enqueue::default()))
            .await
            .unwrap()
            .id;
        let filter = Filter { scope: JobScope::All, ..filter_of_nine() };
        let page = desk.db.read(move |conn| list(conn, &filter, now)).await.unwrap();
        assert_eq!(page.items.iter().map(|job| job.id).collect::<Vec<_>>(), [of_system, of_user]);
        assert_eq!(page.items.iter().map(|job| job.user_id).collect::<Vec<_>>(), [None, Some(desk.user_id)]);

        let in_workspace = Filter { scope: JobScope::Workspace(desk.user_id), ..filter_of_nine() };
        assert!(desk.db.read(move |conn| list(conn, &in_workspace, now)).await.unwrap().items.is_empty());

        let random = desk.random.clone();
        let cancelled = desk.db.write(move |tx| cancel::<Desk>(tx, now, &random, of_system, JobScope::All)).await;
        assert_eq!(cancelled.unwrap().map(|job| job.status), Some(JobStatus::Cancelled));
        let random = desk.random.clone();
        let again = desk.db.write(move |tx| retry::<Desk>(tx, now, &random, of_system, JobScope::All)).await.unwrap();
        let Repeat::Enqueued(Enqueued { id, already_live: false }) = again else { panic!("{again:?}") };
        let view = desk.db.read(move |conn| status(conn, id, JobScope::All, now)).await.unwrap();
        assert_eq!(view.map(|job| (job.status, job.user_id)), Some((JobStatus::Pending, None)), "it stays the system's");
        assert_eq!(desk.db.read(move |conn| events(conn, of_system, JobScope::All)).await.unwrap().len(), 3);
    }
}

fn filter_of_nine() -> Filter {
    Filter { limit: 9, ..Filter::default() }
}
