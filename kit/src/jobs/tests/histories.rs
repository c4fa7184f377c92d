//! Random histories: whatever happens in whatever order, the table of states is never left.

use super::claim::{Claim, Places};
use super::finish::finish;
use super::step::Outcome;
use super::*;

const STEPS: usize = 60;
const KEYS: u64 = 3;

/// One history: what the database says, what workers (dead and stalled ones too) believe, what was seen before.
struct History {
    desk: Desk,
    chance: Random,
    claims: Vec<JobRow>,
    seen: HashMap<JobId, JobRow>,
}

both_databases! {
    async fn no_history_leaves_the_table_of_states(desk: Desk) {
        for seed in 0..6 {
            let desk = Desk { user_id: Uuid::from_u128(seed.into()), ..desk.clone() };
            let user_id = desk.user_id;
            desk.db.write(move |tx| tx.exec("INSERT INTO users (id) VALUES ($1)", args![user_id])).await.unwrap();
            let mut history = History { desk, chance: Random::seeded(seed), claims: Vec::new(), seen: HashMap::new() };
            for step in 0..STEPS {
                let what = history.step().await;
                history.check(&format!("seed {seed}, step {step}, {what}")).await;
            }
            history.settle_all().await;
            history.check_ends(&format!("seed {seed}")).await;
        }
    }
}

impl History {
    fn below(&self, limit: usize) -> usize {
        (self.chance.u64() % limit as u64) as usize
    }

    async fn step(&mut self) -> String {
        match self.below(10) {
            0..3 => self.enqueue().await,
            3..5 => self.claim().await,
            5..8 => self.act_on_a_claim().await,
            8 => self.cancel_any().await,
            _ => {
                self.desk.hand.advance(Duration::from_secs(self.chance.u64() % 120));
                "time passes".into()
            }
        }
    }

    async fn enqueue(&mut self) -> String {
        let key = format!("{}:{}", self.desk.user_id, self.chance.u64() % KEYS);
        let enqueued = self.desk.enqueue_keyed(Plan::Finish, Some(&key)).await;
        format!("enqueue {enqueued:?}")
    }

    async fn claim(&mut self) -> String {
        let (claim, now) = (Claim::new(self.desk.db.dialect(), work::job_types::<Desk>()), self.desk.clock.now());
        let claimed = self
            .desk
            .db
            .write(move |tx| claim.take(tx, Uuid::nil(), now, &Places { all: 2, of_types: vec![2] }, now))
            .await
            .unwrap();
        let what = format!("claim of {}", claimed.len());
        self.claims.extend(claimed);
        what
    }

    /// By the newest holder of a job or by one that has long lost it: the fence must tell them apart.
    async fn act_on_a_claim(&mut self) -> String {
        if self.claims.is_empty() {
            return "nothing".into();
        }
        let job = self.claims[self.below(self.claims.len())].clone();
        let holds = self.seen.get(&job.id).is_some_and(|now| {
            now.lease_token == job.lease_token && now.status == JobStatus::Running && now.cancel_requested_at.is_none()
        });
        if self.below(3) == 0 {
            let (id, finished) = (job.id, self.finish(job).await);
            assert_eq!(finished, holds, "{id}: only its holder finishes a job that nobody cancelled");
            return format!("finish: {finished}");
        }
        let outcome = match self.below(5) {
            0 => Outcome::Failed(Failure::retry("busy", "Busy.")),
            1 => Outcome::Failed(Failure::fail("refused", "Refused.")),
            2 => Outcome::Stopped,
            3 => Outcome::Late,
            _ => Outcome::Died,
        };
        let what = format!("{outcome:?}");
        self.end(job, outcome).await;
        what
    }

    async fn finish(&self, job: JobRow) -> bool {
        let now = self.desk.clock.now();
        let unit = move |tx: &mut Tx| -> db::Result<bool> {
            let claimed = store::Claimed::of(&job);
            let completed = store::complete(tx, &claimed, &json!({}), &Progress::default(), now)?;
            if completed {
                leave(tx, job.id, "finished")?;
            }
            Ok(completed)
        };
        self.desk.db.write(unit).await.unwrap()
    }

    async fn end(&self, job: JobRow, outcome: Outcome) {
        let (now, random) = (self.desk.clock.now(), self.desk.random.clone());
        let unit = move |tx: &mut Tx| -> db::Result<()> {
            if let Some(job) = store::lock(tx, job.seq, job.lease_token, JobStatus::Running)? {
                finish::<Desk>(tx, &job, &outcome, &Progress::default(), now, &random)?;
            }
            Ok(())
        };
        self.desk.db.write(unit).await.unwrap();
    }

    async fn cancel_any(&self) -> String {
        let mut ids: Vec<JobId> = self.seen.keys().copied().collect();
        ids.sort();
        if let Some(id) = ids.get(self.below(ids.len().max(1))) {
            self.desk.cancel(*id).await;
        }
        "cancel".into()
    }

    async fn rows(&self) -> Vec<JobRow> {
        let user_id = self.desk.user_id;
        let sql = format!("SELECT {} FROM background_jobs WHERE user_id = $1 ORDER BY seq", JobRow::COLUMNS);
        self.desk.db.read(move |conn| conn.all(&sql, args![user_id])).await.unwrap()
    }

    async fn check(&mut self, moment: &str) {
        let rows = self.rows().await;
        let mut live_keys: Vec<_> =
            rows.iter().filter(|job| job.status.is_live()).filter_map(|job| job.operation_key.as_deref()).collect();
        live_keys.sort_unstable();
        assert!(live_keys.windows(2).all(|pair| pair[0] != pair[1]), "{moment}: two live jobs of one key");
        for job in rows {
            assert!((0..=job.max_attempts).contains(&job.attempt), "{moment}: attempt {}", job.attempt);
            if let Some(before) = self.seen.insert(job.id, job.clone()) {
                assert!(is_allowed(&before, &job), "{moment}: {} to {}", before.status, job.status);
                assert!(before.lease_token <= job.lease_token, "{moment}: the token shrank");
            }
        }
    }

    /// Ends what is live, as sweeps would.
    async fn settle_all(&mut self) {
        self.desk.hand.advance(NEVER);
        for job in self.rows().await.into_iter().filter(|job| job.status == JobStatus::Running) {
            self.end(job, Outcome::Died).await;
        }
        self.desk.run_due().await;
    }

    async fn check_ends(&self, seed: &str) {
        let effects = self.desk.all_effects().await;
        for job in self.rows().await {
            assert!(job.status.is_terminal(), "{seed}: {} is {}", job.id, job.status);
            let left: Vec<_> = effects.iter().filter(|((id, _), _)| *id == job.id).collect();
            assert_eq!(left.len(), 1, "{seed}: one end, one effect, not {left:?}");
            let ((_, what), count) = left[0];
            let expected = match job.status {
                JobStatus::Completed => "finished",
                JobStatus::Cancelled => "cancelled",
                _ => "gave up",
            };
            assert!(what.starts_with(expected) && *count == 1, "{seed}: {} left {what} {count} times", job.status);
            let last = self.desk.history(job.id).await.pop();
            assert_eq!(last, Some(job.status.as_str()), "{seed}: the history ends as the row says");
        }
    }
}

fn is_allowed(before: &JobRow, after: &JobRow) -> bool {
    use JobStatus::{Cancelled, Completed, Failed, Pending, Running};
    match (before.status, after.status) {
        (Pending, Pending | Running | Failed | Cancelled) => true,
        (Running, Running | Pending | Completed | Failed | Cancelled) => true,
        (same, now) if same == now => before.updated_at == after.updated_at,
        _ => false,
    }
}
