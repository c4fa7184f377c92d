//! Jobs of one type that are enqueued together: on PostgreSQL one statement for all, where each alone is two round trips.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::queue::{self, Enqueue, Enqueued, PLACE, enqueue};
use super::store::NewJob;
use super::work::Handled;
use super::{JobId, Policy, finish};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{self, Dialect, Result, Tx};
use crate::random::Random;

/// [`enqueue`] for each, in their order; the answers are in it too.
pub fn enqueue_all<J: Handled>(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    jobs: &[(J, Enqueue)],
) -> db::Result<Vec<Enqueued>> {
    let is_plain = |(_, how): &(J, Enqueue)| how.run_at.is_none() && how.repeats.is_none();
    if tx.dialect() == Dialect::Sqlite || jobs.len() < 2 || !jobs.iter().all(is_plain) {
        // Nothing travels there; and a single one may begin at once.
        return jobs.iter().map(|(job, how)| enqueue(tx, now, random, job, how.clone())).collect();
    }
    let payloads: Vec<_> = jobs.iter().map(|(job, _)| queue::payload(job)).collect();
    let policies: Vec<_> = jobs.iter().map(|(job, _)| job.policy()).collect();
    let mut places = Places::default();
    let mut new = Vec::with_capacity(jobs.len());
    for (((_, how), payload), policy) in jobs.iter().zip(&payloads).zip(&policies) {
        new.push(NewJob {
            id: JobId::new(now, random),
            job_type: J::TYPE,
            user_id: how.user_id,
            workspace_id: how.workspace_id,
            payload,
            operation_key: how.operation_key.as_deref(),
            priority: policy.priority,
            run_at: now,
            queue_position: Some(places.next(tx, now, policy, how)?),
            deadline_at: now + policy.deadline,
            max_attempts: policy.max_attempts.into(),
            repeats: None,
            claim: None,
        });
    }
    let made: HashSet<JobId> = insert_all(tx, J::TYPE, &new, now)?.into_iter().collect();
    tell(tx, &new, &made);
    let keys = new.iter().filter(|new| !made.contains(&new.id)).filter_map(|new| new.operation_key).collect();
    let live = hold_live_with_keys(tx, keys)?;
    let answers = new.iter().zip(jobs).map(|(new, (job, how))| {
        match (made.contains(&new.id), new.operation_key.and_then(|key| live.get(key))) {
            (true, _) => Ok(Enqueued { id: new.id, already_live: false }),
            (false, Some(id)) => Ok(Enqueued { id: *id, already_live: true }),
            // The holder of the key has ended between the two statements.
            (false, None) => enqueue(tx, now, random, job, how.clone()),
        }
    });
    answers.collect()
}

fn tell(tx: &mut Tx, new: &[NewJob<'_>], made: &HashSet<JobId>) {
    for new in new.iter().filter(|new| made.contains(&new.id)) {
        finish::tell(tx, new.user_id, new.workspace_id);
    }
    if !made.is_empty() {
        queue::tell_workers(tx);
    }
}

/// The last place of each party, as [`enqueue`] would find it after the one before.
#[derive(Default)]
struct Places(HashMap<(Uuid, i64), Timestamp>);

impl Places {
    fn next(&mut self, tx: &mut Tx, now: Timestamp, policy: &Policy, how: &Enqueue) -> db::Result<Timestamp> {
        let Some(party) = how.user_id.or(how.workspace_id) else { return Ok(now) };
        let place = match self.0.get(&(party, policy.priority)) {
            Some(last) => now.max(*last + PLACE),
            None => queue::queue_position(tx, now, policy.priority, how)?,
        };
        self.0.insert((party, policy.priority), place);
        Ok(place)
    }
}

const INSERT_ALL: &str = "\
    WITH job AS (INSERT INTO background_jobs (id, job_type, user_id, workspace_id, payload, operation_key, status, priority, \
    run_at, queue_position, deadline_at, attempt, max_attempts, interruptions, lease_token, progress_done, progress_total, \
    progress_step, checkpoint, created_at, updated_at, events) \
    SELECT id::uuid, $2, NULLIF(user_id, '')::uuid, NULLIF(workspace_id, '')::uuid, payload::jsonb, \
    substr(NULLIF(operation_key, ''), 2), 'pending', priority, $1, \
    TIMESTAMPTZ 'epoch' + queue_position * INTERVAL '1 microsecond', \
    TIMESTAMPTZ 'epoch' + deadline_at * INTERVAL '1 microsecond', 0, max_attempts, 0, 0, 0, 0, '', 'null', $1, $1, 1 \
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], \
    $11::bigint[]) AS new (id, user_id, workspace_id, payload, operation_key, priority, queue_position, deadline_at, max_attempts) \
    ON CONFLICT (operation_key) WHERE operation_key IS NOT NULL AND status IN ('pending', 'running') DO NOTHING \
    RETURNING seq, id), \
    told AS (INSERT INTO background_job_events (key, at, kind, attempt, data) \
    SELECT seq * 1048576 + 1, $1, 'enqueued', 0, '{}' FROM job) SELECT id FROM job";

/// Inserts jobs of one type that are due, with their first events; those for which no live job held the key.
fn insert_all(tx: &mut Tx, job_type: &str, jobs: &[NewJob<'_>], now: Timestamp) -> Result<Vec<JobId>> {
    let texts = |of: &dyn Fn(&NewJob<'_>) -> String| jobs.iter().map(of).collect::<Vec<String>>();
    let numbers = |of: &dyn Fn(&NewJob<'_>) -> i64| jobs.iter().map(of).collect::<Vec<i64>>();
    let or_empty = |id: Option<Uuid>| id.map_or_else(String::new, |id| id.to_string());
    tx.all(
        INSERT_ALL,
        args![
            now,
            job_type,
            texts(&|job| job.id.to_string()),
            texts(&|job| or_empty(job.user_id)),
            texts(&|job| or_empty(job.workspace_id)),
            texts(&|job| job.payload.to_string()),
            texts(&|job| job.operation_key.map_or_else(String::new, |key| format!("={key}"))),
            numbers(&|job| job.priority),
            numbers(&|job| job.queue_position.unwrap_or(job.run_at).micros()),
            numbers(&|job| job.deadline_at.micros()),
            numbers(&|job| job.max_attempts),
        ],
    )
}

/// The live jobs that hold these keys; they do not end before this transaction does.
fn hold_live_with_keys(tx: &mut Tx, keys: Vec<&str>) -> Result<HashMap<String, JobId>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT operation_key, id FROM background_jobs \
               WHERE operation_key = ANY ($1::text[]) AND status IN ('pending', 'running') ORDER BY seq FOR NO KEY UPDATE";
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    Ok(tx.all::<(String, JobId)>(sql, args![keys])?.into_iter().collect())
}
