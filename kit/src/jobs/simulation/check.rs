//! The invariants of design I1–I10, as far as a job engine has them: by triggers at each statement, by a look at each
//! commit, and by the whole record at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::MIGRATIONS;
use super::outside::{Ledger, seconds};
use super::work::{Act, Errand, Operation};
use crate::args;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::jobs::{EventKind, JobEvent, JobId, JobRow, JobStatus, store};
use crate::testing::simulation::{Database, Plan, Shared};

/// Wrong if it has a run; a worker may take back what it does not know of.
const TAKEN: &str = "a job was taken from a worker whose lease still ran";

/// Wrong if something else ran in that process at the time.
const BLAMED: &str = "a job was blamed for a death in company";

/// What no statement may do, whoever runs it.
const TRIGGERS: [(&str, &str, &str); 9] = [
    ("a terminal job changed", "UPDATE ON background_jobs", "OLD.status IN ('completed', 'failed', 'cancelled')"),
    (
        "a token did not grow",
        "UPDATE ON background_jobs",
        "NEW.lease_token < OLD.lease_token OR (NEW.lease_token = OLD.lease_token AND NEW.status <> OLD.status \
         AND NEW.status <> 'completed')",
    ),
    (
        "a job was completed that did not run",
        "UPDATE ON background_jobs",
        "OLD.status = 'pending' AND NEW.status = 'completed'",
    ),
    (
        "a job was completed although its cancel was asked for",
        "UPDATE ON background_jobs",
        "OLD.cancel_requested_at IS NOT NULL AND NEW.status = 'completed'",
    ),
    (
        "attempts or deaths are out of bounds",
        "UPDATE ON background_jobs",
        "NEW.attempt > NEW.max_attempts OR NEW.attempt < 0 OR NEW.deaths > 3 \
         OR (NEW.deaths = 3 AND NEW.status IN ('pending', 'running'))",
    ),
    (BLAMED, "UPDATE ON background_jobs", "NEW.deaths > OLD.deaths AND OLD.deaths > 0"),
    (
        "deaths were added up although something was stored in between",
        "UPDATE ON background_jobs",
        "NEW.deaths > OLD.deaths AND OLD.deaths > 0 \
         AND EXISTS (SELECT 1 FROM effects WHERE job_id = OLD.id AND token = OLD.lease_token)",
    ),
    (
        TAKEN,
        "UPDATE ON background_jobs",
        "NEW.interruptions > OLD.interruptions AND EXISTS (SELECT 1 FROM rules WHERE NOT exclusive \
         AND OLD.lease_until > NEW.updated_at + slack)",
    ),
    (
        "a run wrote that had lost its lease",
        "INSERT ON effects",
        "NEW.token <> (SELECT lease_token FROM background_jobs WHERE id = NEW.job_id)",
    ),
];

/// A database whose statements are watched.
pub(super) fn database() -> Database {
    let database = Database::new(MIGRATIONS);
    let made = database.look(|tx| {
        for (index, (wrong, event, when)) in TRIGGERS.iter().enumerate() {
            let subject = if event.starts_with("UPDATE") { "OLD.id, OLD.lease_token" } else { "NEW.job_id, NEW.token" };
            let sql = format!(
                "CREATE TRIGGER invariant_{index} AFTER {event} WHEN {when} \
                 BEGIN INSERT INTO wrongs VALUES ('{wrong}', {subject}); END"
            );
            tx.exec(&sql, &[])?;
        }
        Ok(())
    });
    made.expect("the triggers are SQLite's own");
    database
}

pub(super) fn is_settled(database: &Database) -> bool {
    let live = "SELECT EXISTS (SELECT 1 FROM background_jobs WHERE status IN ('pending', 'running'))";
    database.look(|tx| tx.one::<i64>(live, &[])).expect("jobs can be read") == 0
}

pub(super) struct Rules {
    /// Only such a history may interrupt a job.
    can_interrupt: bool,
}

impl Rules {
    pub(super) fn begin(shared: &Arc<Shared>, database: &Database, ledger: &Ledger, plan: &Plan) -> Self {
        let (exclusive, slack) = (i64::from(plan.settings.exclusive), plan.settings.lease.as_micros() as i64 / 5);
        database
            .look(|tx| tx.exec("INSERT INTO rules (exclusive, slack) VALUES ($1, $2)", args![exclusive, slack]))
            .expect("the rules are written");
        let (shared, ledger) = (shared.clone(), ledger.clone());
        database.watch(move |tx| {
            if let Some(wrong) = at_a_commit(tx).expect("the tables can be read") {
                shared.wrong(wrong);
            }
            let seen: Vec<(String, JobId, i64)> =
                tx.all("DELETE FROM wrongs RETURNING what, job_id, token", &[]).expect("the tables can be read");
            for (what, id, token) in seen {
                let (run, book) = ((id, token), ledger.book());
                let is_wrong = match what.as_str() {
                    TAKEN => book.running.contains_key(&run),
                    BLAMED => book.in_company.contains(&run),
                    _ => true,
                };
                if is_wrong {
                    shared.wrong(format!("{id}, token {token}: {what}"));
                }
            }
            if shared.is_traced() {
                tell(tx, &shared).expect("the tables can be read");
            }
        });
        // A call to the outside may be the last thing that a process does.
        Self { can_interrupt: plan.faults.can_take_leases() || plan.faults.outside > 0 }
    }

    pub(super) fn end(&self, shared: &Shared, database: &Database, ledger: &Ledger, in_time: bool) {
        let looked = database.look(|tx| {
            let jobs: Vec<JobRow> =
                tx.all(&format!("SELECT {} FROM background_jobs ORDER BY seq", JobRow::COLUMNS), &[])?;
            let effects = tx.all("SELECT job_id, what, count(*) FROM effects GROUP BY job_id, what", &[])?;
            let mut events = BTreeMap::<JobId, Vec<JobEvent>>::new();
            for job in &jobs {
                events.insert(job.id, store::events(tx, job.seq)?);
            }
            let orders = jobs.iter().map(Planned::of).collect();
            Ok((jobs, Record { orders, effects, events }))
        });
        let (jobs, record) = looked.expect("the tables can be read");
        if !in_time {
            shared.wrong("not everything has ended a minute after the last fault");
        }
        let book = ledger.book();
        for id in book.acknowledged.iter().filter(|id| !jobs.iter().any(|job| job.id == **id)) {
            shared.wrong(format!("{id} was acknowledged and does not exist"));
        }
        for job in &jobs {
            let plan = Planned::of(job);
            if book.refused.contains(&plan.order) && job.repeats_job_id.is_none() {
                shared.wrong(format!("{}: exists although its order was refused", job.id));
            }
            if book.cancelling.contains(&job.id) && job.status != JobStatus::Cancelled {
                shared.wrong(format!("{}: {} although its cancel was acknowledged", job.id, job.status));
            }
            let outside: Vec<_> = book.effects.iter().filter(|((id, _), _)| *id == job.id).collect();
            for ((_, step), _) in outside.iter().filter(|(_, keys)| keys.len() > 1) {
                shared.wrong(format!("{}: outside effect {step} was made more than once", job.id));
            }
            self.job(job, &plan, &record, &outside.iter().map(|((_, step), _)| *step).collect::<Vec<_>>(), shared);
        }
    }

    fn job(&self, job: &JobRow, plan: &Planned, record: &Record, outside: &[usize], shared: &Shared) {
        let wrong = |what: String| {
            shared.wrong(format!("{} ({}, {}s): {what}", job.id, job.status, seconds(job.updated_at)));
        };
        let is_deadly = |plan: &Planned| plan.acts.iter().any(|act| matches!(act, Act::Kill));
        if job.interruptions > 0 && !self.can_interrupt && !record.orders.iter().any(is_deadly) {
            wrong("interrupted in a history without faults".into());
        }
        let effects: Vec<_> = record.effects.iter().filter(|(id, _, _)| *id == job.id).collect();
        for (_, what, count) in effects.iter().filter(|(_, _, count)| *count != 1) {
            wrong(format!("{what}: {count} times"));
        }
        let has = |what: &str| effects.iter().any(|(_, left, _)| left == what);
        let ends =
            [("finished", JobStatus::Completed), ("gave up", JobStatus::Failed), ("cancelled", JobStatus::Cancelled)];
        for (what, status) in ends {
            let is_told = job.status == status && !(plan.is_quiet && status == JobStatus::Completed);
            if has(what) != is_told {
                wrong(format!("its domain says {what}: {}", has(what)));
            }
        }
        if job.status == JobStatus::Completed {
            for (index, act) in plan.acts.iter().enumerate() {
                let done = match act {
                    Act::Step => has(&format!("step {index}")),
                    Act::Write => has(&format!("write {index}")),
                    Act::Call => outside.contains(&index),
                    _ => true,
                };
                if !done {
                    wrong(format!("completed without act {index}, {act:?}"));
                }
            }
        }
        if let Err(error) = legal(job, &record.events[&job.id]) {
            wrong(format!("its history is not one: {error}"));
        }
    }
}

struct Record {
    orders: Vec<Planned>,
    effects: Vec<(JobId, String, i64)>,
    events: BTreeMap<JobId, Vec<JobEvent>>,
}

struct Planned {
    order: u64,
    acts: Vec<Act>,
    /// Its completion changes no rows but its own.
    is_quiet: bool,
}

impl Planned {
    fn of(job: &JobRow) -> Self {
        let errand = serde_json::from_value::<Errand>(job.payload.clone());
        let is_operation = errand.is_err();
        let errand = errand
            .or_else(|_| serde_json::from_value::<Operation>(job.payload.clone()).map(|operation| operation.errand))
            .expect("only these two jobs are enqueued");
        Self { order: errand.order, acts: errand.acts, is_quiet: errand.is_quiet && !is_operation }
    }
}

/// The live jobs after a commit.
fn tell(tx: &mut Tx, shared: &Shared) -> db::Result<()> {
    let live = "SELECT seq, status, attempt, interruptions, lease_token, lease_until FROM background_jobs \
                WHERE status IN ('pending', 'running') ORDER BY seq";
    for (seq, status, attempt, interruptions, token, until) in
        tx.all::<(i64, String, i64, i64, i64, Option<Timestamp>)>(live, &[])?
    {
        let until = until.map(seconds);
        shared.note(|| {
            format!("  job {seq}: {status}, attempt {attempt}, interruptions {interruptions}, token {token}, lease {until:?}")
        });
    }
    Ok(())
}

/// I2: an operation is under way exactly while one live job says so, and a key is held once.
fn at_a_commit(tx: &mut Tx) -> db::Result<Option<String>> {
    let (working, live, both): (i64, i64, i64) = tx.one(
        "SELECT (SELECT count(*) FROM operations WHERE state = 'working'), \
         (SELECT count(*) FROM background_jobs WHERE job_type = 'operation' AND status IN ('pending', 'running')), \
         (SELECT count(*) FROM operations o JOIN background_jobs j ON j.id = o.job_id \
          WHERE o.state = 'working' AND j.operation_key = o.key AND j.status IN ('pending', 'running'))",
        &[],
    )?;
    let doubled = "SELECT operation_key FROM background_jobs WHERE operation_key IS NOT NULL \
                   AND status IN ('pending', 'running') GROUP BY operation_key HAVING count(*) > 1 LIMIT 1";
    if let Some(key) = tx.opt::<String>(doubled, &[])? {
        return Ok(Some(format!("two live jobs hold the key {key}")));
    }
    let agree = working == live && live == both;
    Ok((!agree)
        .then(|| format!("{working} operations are under way, {live} live jobs have a key, {both} belong together")))
}

/// The events are a path of the state machine, and end where the row is.
fn legal(job: &JobRow, events: &[JobEvent]) -> Result<(), String> {
    use EventKind::{CancelRequested, Cancelled, Completed, Enqueued, Failed, Interrupted, RetryScheduled, Started};
    let mut state = None;
    let mut given_back = 0;
    let mut starts = 0;
    for event in events {
        let next = match (state, event.kind) {
            (None, Enqueued) => JobStatus::Pending,
            (Some(JobStatus::Pending), Started) => JobStatus::Running,
            (Some(JobStatus::Running), RetryScheduled | Interrupted) => JobStatus::Pending,
            (Some(JobStatus::Running), Completed) => JobStatus::Completed,
            (Some(live @ (JobStatus::Pending | JobStatus::Running)), CancelRequested) => live,
            (Some(JobStatus::Pending | JobStatus::Running), Cancelled) => JobStatus::Cancelled,
            (Some(JobStatus::Pending | JobStatus::Running), Failed) => JobStatus::Failed,
            (state, kind) => return Err(format!("{kind} after {state:?}")),
        };
        starts += i64::from(event.kind == Started);
        given_back += i64::from(event.kind == Interrupted);
        state = Some(next);
    }
    if state != Some(job.status) {
        return Err(format!("it ends at {state:?}"));
    }
    let is_numbered = events.iter().zip(1..).all(|(event, number)| event.key == JobEvent::key(job.seq, number));
    if !is_numbered || job.events != events.len() as i64 {
        return Err(format!("{} events, numbered otherwise", events.len()));
    }
    if job.attempt != starts - given_back {
        return Err(format!("{starts} starts, {given_back} given back, and yet attempt {}", job.attempt));
    }
    Ok(())
}
