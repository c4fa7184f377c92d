//! What comes back by itself, and what goes.

use std::collections::HashSet;

use super::*;

#[derive(Clone)]
struct Keeper;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Sweep;

impl Job for Sweep {
    const TYPE: &'static str = "sweep";
    type Context = Keeper;

    async fn run(self, _: Keeper, run: Run) -> Result<Done, Failure> {
        run.done(()).await
    }
}

impl Recurring for Sweep {
    const EVERY: Duration = Duration::from_secs(3_600);
}

work! { Keeper; Sweep; recurring: Sweep }

const DAY: Duration = Duration::from_secs(86_400);

impl Desk {
    async fn sweeps(&self) -> i64 {
        let count = "SELECT count(*) FROM background_jobs WHERE job_type = 'sweep' AND status = 'completed'";
        self.db.read(move |conn| conn.one(count, &[])).await.expect("jobs can be counted")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.db.read(move |conn| conn.one(sql, &[])).await.expect("rows can be counted")
    }

    async fn prune_all(&self, named: HashSet<JobId>) -> usize {
        let (now, retention) = (self.clock.now(), Retention { batch: 3, ..Retention::default() });
        let (mut removed, mut after) = (0, Some(0));
        while let Some(from) = after {
            let named = named.clone();
            let pruned = self.db.write(move |tx| prune(tx, now, &retention, &named, from)).await.expect("a batch goes");
            assert!(pruned.removed <= 3, "a transaction stays small");
            (removed, after) = (removed + pruned.removed, pruned.next);
        }
        removed
    }
}

both_databases! {
    async fn however_many_workers_there_are_each_period_has_one_job(desk: Desk) {
        let settings = Settings { poll: Duration::from_millis(10), ..PATIENT };
        let start = || Worker::start(desk.db.clone(), desk.clock.clone(), desk.random.clone(), Keeper, settings);
        let workers = [start(), start(), start()];
        for period in 1..=4 {
            wait_for("this period's is done", || async { (desk.sweeps().await == period).then_some(()) }).await;
            desk.hand.advance(Sweep::EVERY);
        }
        wait_for("the last", || async { (desk.sweeps().await == 5).then_some(()) }).await;
        for worker in workers {
            worker.stop().await;
        }
        assert_eq!(desk.count("SELECT count(*) FROM background_jobs").await, 5);
    }

    async fn a_standstill_is_not_made_up_for(desk: Desk) {
        let settings = Settings { poll: Duration::from_millis(10), ..PATIENT };
        let start = || Worker::start(desk.db.clone(), desk.clock.clone(), desk.random.clone(), Keeper, settings);
        let worker = start();
        wait_for("the first", || async { (desk.sweeps().await == 1).then_some(()) }).await;
        worker.stop().await;
        desk.hand.advance(Sweep::EVERY * 100);
        let worker = start();
        wait_for("one more", || async { (desk.sweeps().await == 2).then_some(()) }).await;
        worker.stop().await;
        assert_eq!(desk.count("SELECT count(*) FROM background_jobs").await, 2);
    }

    async fn finished_jobs_go_with_their_histories_and_live_and_named_ones_stay(desk: Desk) {
        let done = all((0..10).map(|_| desk.enqueue(Plan::Finish))).await;
        let failed = desk.enqueue(Plan::Fail).await;
        desk.run_due().await;
        let live = desk.enqueue(Plan::Finish).await;
        assert_eq!(desk.prune_all(HashSet::new()).await, 0, "nothing is old enough");

        desk.hand.advance(DAY);
        assert_eq!(desk.prune_all(HashSet::from([done[4]])).await, 9);
        assert_eq!(desk.view(done[4]).await.status, JobStatus::Completed, "a row of the domain names it");
        assert_eq!(desk.view(failed).await.status, JobStatus::Failed, "somebody may still want to know why");

        desk.hand.advance(DAY * 6);
        assert_eq!(desk.prune_all(HashSet::new()).await, 2);
        assert_eq!(desk.view(live).await.status, JobStatus::Pending);
        assert_eq!(desk.count("SELECT count(*) FROM background_job_events").await, 1, "its own event alone is left");
    }

    async fn the_history_of_a_job_that_went_with_its_workspace_goes_too(desk: Desk) {
        let (now, random, workspace_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
        let goes = desk.db.write(move |tx| {
            tx.exec("INSERT INTO workspaces (id) VALUES ($1)", args![workspace_id])?;
            let how = Enqueue { workspace_id: Some(workspace_id), ..Enqueue::default() };
            enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how)
        });
        goes.await.unwrap();
        desk.run_due().await;
        let stays = desk.db.clone();
        let (now, random) = (desk.clock.now(), desk.random.clone());
        stays.write(move |tx| enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, Enqueue::default())).await.unwrap();
        desk.db.write(|tx| tx.exec("DELETE FROM workspaces", &[])).await.unwrap();
        desk.hand.advance(DAY);
        assert_eq!(desk.prune_all(HashSet::new()).await, 0);
        assert_eq!(desk.count("SELECT count(*) FROM background_job_events").await, 1);
    }

    async fn no_seq_is_given_twice(desk: Desk) {
        let gone = desk.enqueue(Plan::Finish).await;
        let last = desk.count("SELECT max(seq) FROM background_jobs").await;
        desk.db.write(move |tx| tx.exec("DELETE FROM background_jobs WHERE id = $1", args![gone])).await.unwrap();

        let new = desk.enqueue(Plan::Finish).await;
        assert!(desk.count("SELECT max(seq) FROM background_jobs").await > last);
        assert_eq!(desk.history(new).await, ["enqueued"], "events of a job that is gone are nobody else's");
    }

    async fn a_job_that_becomes_due_takes_its_turn(desk: Desk) {
        let (now, random) = (desk.clock.now(), desk.random.clone());
        let at = now + DAY;
        let how = Enqueue { user_id: Some(desk.user_id), run_at: Some(at), ..Enqueue::default() };
        let later = desk.db.write(move |tx| enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how.clone()));
        let later = later.await.unwrap().id;
        let worker = desk.worker(PATIENT);
        desk.pass(DAY - Duration::from_secs(1)).await;
        let other = desk.enqueue(Plan::Finish).await;
        desk.until_status(other, JobStatus::Completed).await;
        assert_eq!(desk.view(later).await.status, JobStatus::Pending);
        desk.pass(Duration::from_secs(1)).await;
        desk.until_status(later, JobStatus::Completed).await;
        wait_for("both are counted", || async { (worker.metrics().completed == 2).then_some(()) }).await;
        let metrics = worker.metrics();
        assert_eq!((metrics.claimed, metrics.queue_delay.count()), (2, 2));
        worker.stop().await;
    }
}
