//! Runs one claimed job and writes its end.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep};

use super::engine::Engine;
use super::finish::finish;
use super::running::{RunningJob, Slot, Stop};
use super::step::Outcome;
use super::work::{Workplace, handler};
use super::{Failure, JobRow, JobStatus, Run, store};
use crate::db;

/// Between two writes of progress of one job.
const PROGRESS_PAUSE: Duration = Duration::from_millis(250);

/// Pauses between tries to finish. After the last, the lease is left to run out.
const FINISH_PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

pub(super) async fn execute<C: Workplace>(engine: Arc<Engine<C>>, hold: Arc<RunningJob>, slot: Slot) {
    tracing::debug!("job starts");
    let started = Instant::now();
    let ended = run(&engine, &hold).await;
    // A job whose own commit ended it may be told as lost before the commit's answer is here.
    if !matches!(ended, Ended::With(_)) {
        crate::failpoint!("job: finished");
    }
    match ended {
        Ended::Completed => engine.slots.meter.completed.add_one(),
        Ended::Lost => engine.slots.meter.lost.add_one(),
        Ended::With(outcome) => finish_running(&engine, &hold, outcome).await,
    }
    engine.slots.meter.run_time.add(started.elapsed());
    drop(slot);
}

enum Ended {
    /// The job committed its own end.
    Completed,
    /// It is no longer this worker's.
    Lost,
    With(Outcome),
}

async fn run<C: Workplace>(engine: &Engine<C>, hold: &Arc<RunningJob>) -> Ended {
    if hold.job.cancel_requested_at.is_some() {
        return Ended::With(Outcome::Cancelled);
    }
    let Some(handler) = handler::<C>(&hold.job.job_type) else { return Ended::With(Outcome::Stopped) };
    let run = Run::new(engine.db.clone(), engine.clock.clone(), hold.clone(), engine.completions.clone());
    let context = engine.context.clone();
    let work = AssertUnwindSafe(async move { handler.run(&hold.job.payload, context, run)?.await }).catch_unwind();
    tokio::select! {
        biased;
        why = hold.stop.triggered() => why.outcome().map_or(Ended::Lost, Ended::With),
        never = write_progress(engine, hold) => match never {},
        ended = work => match ended {
            Ok(Ok(_done)) => Ended::Completed,
            Ok(Err(failure)) => Ended::With(Outcome::Failed(failure)),
            Err(panic) => Ended::With(Outcome::Failed(Failure::panicked(words_of(&*panic)))),
        },
    }
}

async fn write_progress<C: Workplace>(engine: &Engine<C>, hold: &Arc<RunningJob>) -> Infallible {
    loop {
        hold.progressed.notified().await;
        let Some(progress) = hold.take_news() else { continue };
        let (lease, job, now) = (hold.lease(), &hold.job, engine.clock.now());
        let (user_id, workspace_id) = (job.user_id, job.workspace_id);
        let written = engine.db.write(move |tx| -> db::Result<bool> {
            let ours = store::save_progress(tx, lease.seq, lease.lease_token, &progress, now)?;
            if ours {
                super::finish::tell(tx, user_id, workspace_id);
            }
            Ok(ours)
        });
        match written.await {
            Ok(true) => {}
            Ok(false) => hold.stop.trigger(Stop::Lost),
            Err(error) => tracing::debug!(job = %hold.job.id, %error, "progress is not written"),
        }
        sleep(PROGRESS_PAUSE).await;
    }
}

async fn finish_running<C: Workplace>(engine: &Engine<C>, hold: &Arc<RunningJob>, outcome: Outcome) {
    if hold.job.suspect_since.is_some() {
        engine.suspects.expect();
    }
    for pause in FINISH_PAUSES {
        sleep(pause).await;
        let (hold_in_unit, outcome_in_unit) = (hold.clone(), outcome.clone());
        let (now, random) = (engine.clock.now(), engine.random.clone());
        let finished = engine.db.write(move |tx| -> db::Result<Option<JobRow>> {
            let job = &hold_in_unit.job;
            let Some(job) = store::lock(tx, job.seq, job.lease_token, JobStatus::Running)? else { return Ok(None) };
            finish::<C>(tx, &job, &outcome_in_unit, &hold_in_unit.progress(), now, &random).map(Some)
        });
        match finished.await {
            Ok(finished) => {
                finished.as_ref().map_or_else(|| engine.slots.meter.lost.add_one(), |job| engine.count(job));
                return log(hold, &outcome, finished);
            }
            Err(error) => tracing::warn!(job = %hold.job.id, %error, "the end of a job is not written yet"),
        }
    }
    tracing::error!(job = %hold.job.id, job_type = hold.job.job_type, "the end of a job could not be written: its lease runs out");
}

fn log(hold: &RunningJob, outcome: &Outcome, finished: Option<JobRow>) {
    let Some(job) = finished else {
        return tracing::info!(job = %hold.job.id, "a job that is no longer this worker's ended: nothing is written");
    };
    match outcome {
        Outcome::Failed(failure) if !failure.is_interruption() => {
            tracing::warn!(job = %job.id, job_type = job.job_type, attempt = hold.job.attempt, status = %job.status, %failure, "job failed");
        }
        _ => tracing::info!(job = %job.id, job_type = job.job_type, status = %job.status, "job stopped"),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
