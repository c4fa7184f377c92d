//! Batches, fairness, limits of types, and plans that do not depend on statistics.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::claim::{Claim, Places};
use super::store::Claimed;
use super::*;
use crate::db::Dialect;

/// Jobs of one type of which a worker runs two at once, and of another without a limit.
#[derive(Clone)]
struct Narrow {
    gate: Arc<Semaphore>,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Slow;

impl Job for Slow {
    const TYPE: &'static str = "slow";
    const CONCURRENCY: usize = 2;
    type Context = Narrow;

    async fn run(self, narrow: Narrow, run: Run) -> Result<Done, Failure> {
        let now_running = narrow.running.fetch_add(1, Ordering::SeqCst) + 1;
        narrow.most.fetch_max(now_running, Ordering::SeqCst);
        narrow.gate.acquire().await.expect("the gate is never closed").forget();
        narrow.running.fetch_sub(1, Ordering::SeqCst);
        run.done(()).await
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Quick;

impl Job for Quick {
    const TYPE: &'static str = "quick";
    type Context = Narrow;

    async fn run(self, _: Narrow, run: Run) -> Result<Done, Failure> {
        run.progress(3, 3, "Done");
        run.done(json!({ "quick": true })).await
    }
}

work! { Narrow; Slow, Quick }

impl Desk {
    async fn enqueue_many<J: Handled>(&self, job: J, count: usize, user_id: Option<Uuid>) -> Vec<JobId> {
        let (now, random) = (self.clock.now(), self.random.clone());
        let unit = move |tx: &mut Tx| -> db::Result<_> {
            let how = Enqueue { user_id, ..Enqueue::default() };
            (0..count).map(|_| Ok(enqueue(tx, now, &random, &job, how.clone())?.id)).collect()
        };
        self.db.write(unit).await.expect("jobs are enqueued")
    }

    async fn until_all(&self, ids: &[JobId], wanted: JobStatus) {
        for id in ids {
            let (id, now) = (*id, self.clock.now());
            wait_for(wanted.as_str(), || async {
                let view = self.db.read(move |conn| status(conn, id, JobScope::All, now)).await.expect("readable");
                view.filter(|view| view.status == wanted).map(drop)
            })
            .await;
        }
    }

    async fn take(&self, places: i64) -> Vec<JobRow> {
        let (claim, now) = (Claim::new(self.db.dialect(), work::job_types::<Desk>()), self.clock.now());
        let lease = now + NEVER;
        let places = Places { all: places, of_types: vec![places] };
        self.db.write(move |tx| claim.take(tx, Uuid::nil(), lease, &places, now)).await.expect("a claim is taken")
    }

    /// What the database would do for `sql`.
    async fn plan(&self, sql: String, args: Vec<db::Val<'static>>) -> String {
        let explain = match self.db.dialect() {
            Dialect::Sqlite => "EXPLAIN QUERY PLAN ",
            Dialect::Postgres => "EXPLAIN ",
        };
        let dialect = self.db.dialect();
        let unit = move |tx: &mut Tx| -> db::Result<String> {
            if dialect == Dialect::Postgres {
                tx.exec(claim::PLAN_BY_INDEXES, &[])?;
            }
            let sql = format!("{explain}{sql}");
            let lines: Vec<String> = match dialect {
                Dialect::Sqlite => {
                    tx.all::<(i64, i64, i64, String)>(&sql, &args)?.into_iter().map(|line| line.3).collect()
                }
                Dialect::Postgres => tx.all(&sql, &args)?,
            };
            Ok(lines.join("\n"))
        };
        self.db.write(unit).await.expect("a plan is made")
    }
}

both_databases! {
    async fn one_with_thousands_of_jobs_does_not_hold_up_the_others(desk: Desk) {
        let heavy = desk.enqueue_many(Errand { plan: Plan::Finish }, 2_000, Some(desk.user_id)).await;
        desk.hand.advance(Duration::from_secs(3));
        let light = Desk { user_id: Uuid::from_u128(7), ..desk.clone() };
        let user_id = light.user_id;
        desk.db.write(move |tx| tx.exec("INSERT INTO users (id) VALUES ($1)", args![user_id])).await.unwrap();
        let fresh = light.enqueue(Plan::Finish).await;
        let claimed: Vec<_> = desk.take(8).await.iter().map(|job| job.id).collect();
        assert!(claimed.contains(&fresh), "it stands behind three seconds of the other's, not behind them all");
        assert_eq!(claimed[0], heavy[0], "who came first is served first");
        let next = desk.take(4).await;
        assert!(next.iter().all(|job| job.user_id == Some(desk.user_id)), "and what is free goes to who has work");
    }

    async fn a_type_at_its_limit_holds_up_no_other(desk: Desk) {
        let narrow = Narrow { gate: Arc::new(Semaphore::new(0)), running: Arc::default(), most: Arc::default() };
        let slow = desk.enqueue_many(Slow, 50, None).await;
        let worker = Worker::start(desk.db.clone(), desk.clock.clone(), desk.random.clone(), narrow.clone(), PATIENT);
        wait_for("two run", || async { (narrow.running.load(Ordering::SeqCst) == 2).then_some(()) }).await;
        let quick = desk.enqueue_many(Quick, 20, None).await;
        desk.until_all(&quick, JobStatus::Completed).await;
        narrow.gate.add_permits(50);
        desk.until_all(&slow, JobStatus::Completed).await;
        assert_eq!(narrow.most.load(Ordering::SeqCst), 2);
        let metrics = worker.metrics();
        assert_eq!((metrics.claimed, metrics.failed), (70, 0));
        worker.stop().await;
    }

    async fn plain_ends_are_written_together_and_each_is_fenced(desk: Desk) {
        let ids = desk.enqueue_many(Errand { plan: Plan::Finish }, 40, Some(desk.user_id)).await;
        let claimed = desk.take(40).await;
        let (lost, cancelled) = (claimed[3].clone(), claimed[5].id);
        let (seq, now) = (lost.seq, desk.clock.now());
        let taken_over = "UPDATE background_jobs SET lease_token = lease_token + 1 WHERE seq = $1";
        desk.db.write(move |tx| tx.exec(taken_over, args![seq])).await.unwrap();
        desk.cancel(cancelled).await;
        let completions = Arc::new(completions::Completions::new(desk.db.clone(), desk.clock.clone(), Default::default()));
        let answers = all(claimed.iter().map(|job| {
            let completion = completions::Completion {
                claimed: Claimed::of(job),
                user_id: job.user_id,
                workspace_id: job.workspace_id,
                result: json!({ "seq": job.seq }),
                progress: Progress { done: 1, total: 1, step: "Done".into() },
            };
            completions.done(completion)
        }))
        .await;
        for (job, answer) in claimed.iter().zip(&answers) {
            let is_refused = job.seq == lost.seq || job.id == cancelled;
            assert_eq!(answer.is_err(), is_refused, "{}", job.seq);
        }
        for id in ids.into_iter().filter(|id| *id != lost.id && *id != cancelled) {
            let view = desk.view(id).await;
            let seq = claimed.iter().find(|job| job.id == id).map(|job| job.seq);
            assert_eq!((view.status, view.result), (JobStatus::Completed, Some(json!({ "seq": seq }))));
            assert_eq!((view.progress.step.as_str(), view.completed_at), ("Done", Some(now)));
            assert_eq!(desk.history(id).await, ["enqueued", "started", "completed"]);
        }
        assert_eq!(desk.view(lost.id).await.status, JobStatus::Running);
        assert_eq!(desk.history(cancelled).await, ["enqueued", "started", "cancel_requested"]);
    }

    async fn one_end_that_cannot_be_written_harms_no_other(desk: Desk) {
        desk.enqueue_many(Errand { plan: Plan::Finish }, 3, Some(desk.user_id)).await;
        let claimed = desk.take(3).await;
        let completions = Arc::new(completions::Completions::new(desk.db.clone(), desk.clock.clone(), Default::default()));
        let results = [json!(1), json!("\u{0}"), json!(3)];
        let answers = all(claimed.iter().zip(results).map(|(job, result)| {
            let (claimed, progress) = (Claimed::of(job), Progress::default());
            completions.done(completions::Completion { claimed, user_id: job.user_id, workspace_id: job.workspace_id, result, progress })
        }))
        .await;
        let refused = usize::from(desk.db.dialect() == Dialect::Postgres);
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), refused, "PostgreSQL's JSON knows no zero byte");
        assert!(answers[0].is_ok() && answers[2].is_ok());
    }

    async fn no_plan_of_a_claim_or_an_end_reads_the_whole_table(desk: Desk) {
        for table in ["empty", "full of history", "analyzed"] {
            match table {
                "full of history" => {
                    desk.enqueue_many(Errand { plan: Plan::Finish }, 3_000, None).await;
                    let ended = "UPDATE background_jobs SET status = 'completed', completed_at = run_at, queue_position = NULL";
                    desk.db.write(move |tx| tx.exec(ended, &[])).await.unwrap();
                }
                "analyzed" => {
                    desk.db.write(|tx| tx.exec("ANALYZE", &[])).await.unwrap();
                }
                _ => {}
            }
            let dialect = desk.db.dialect();
            let claim = Claim::new(dialect, work::job_types::<Desk>());
            let (now, id) = (desk.clock.now(), Uuid::nil());
            let args = match dialect {
                Dialect::Sqlite => vec![db::Val::Int(8), db::Val::Text("errand".into()), db::Val::Int(8)],
                Dialect::Postgres => vec![
                    db::Val::Int(8), db::Val::Time(now), db::Val::Uuid(id), db::Val::Time(now),
                    db::Val::Text("errand".into()), db::Val::Int(8),
                ],
            };
            let plan = desk.plan(claim.sql().to_owned(), args).await;
            assert!(plan.contains("background_jobs_ready"), "{table}: {plan}");
            assert!(!plan.contains("Seq Scan on background_jobs") && !plan.contains("SCAN background_jobs\n"), "{table}: {plan}");
            if dialect == Dialect::Postgres {
                let numbers = || db::Val::Ints(vec![1, 2, 3].into());
                let texts = || db::Val::Texts(vec!["1".to_owned(); 3].into());
                let args = vec![db::Val::Time(now), numbers(), numbers(), texts(), numbers(), numbers(), texts()];
                let plan = desk.plan(completions::COMPLETE_AT_ONCE.to_owned(), args).await;
                assert!(plan.contains("background_jobs_pkey"), "{table}: {plan}");
                assert!(!plan.contains("Seq Scan on background_jobs"), "{table}: {plan}");
            }
        }
    }
}
