//! The inbox's own work: whoever has waited for days moves down, and once a night the counts are counted again.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use kit::jobs::{self, Done, Enqueue, Failure, Job, JobRow, Policy, Recurring, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::counts::{self, Drift};
use super::decisions;
use super::ingest::{self, Aged, Place};
use crate::app::App;
use crate::model::InteractionId;
use crate::ops::metrics::Metrics;
use crate::workspaces::{self, WorkspaceId};

const HOUR: Duration = Duration::from_secs(3600);
/// Threads that one unit wakes.
const WOKEN: i64 = 200;

/// Judges those anew whose points of waiting fell, once an hour, while anybody waits for whom they still will.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AgePriorities {
    pub workspace: WorkspaceId,
    /// Up to when the hours are counted already: after a standstill of any length none is missed.
    pub aged_to: Timestamp,
}

impl Job for AgePriorities {
    const TYPE: &'static str = "age_priorities";
    type Context = App;

    fn policy(&self) -> Policy {
        // Due hours ago after a standstill, and still worth its run.
        Policy { priority: 500, deadline: HOUR * 24 * 7, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let now = app.now();
        let mut after: Option<(Timestamp, InteractionId)> = None;
        let mut changed = 0;
        loop {
            let Self { workspace, aged_to } = self;
            let aged = run.write(move |tx| Ok(ingest::age(tx, workspace, aged_to, now, after)?)).await?;
            changed += aged.changed;
            match aged {
                Aged { last: Some(last), .. } => after = Some(last),
                Aged { last: None, .. } => break,
            }
        }
        let (random, workspace) = (app.random.clone(), self.workspace);
        run.finish(json!({ "changed": changed }), move |tx| {
            if ingest::somebody_ages(tx, workspace, now)? {
                in_an_hour(tx, now, &random, AgePriorities { workspace, aged_to: now })?;
            }
            Ok(())
        })
        .await
    }

    /// The hours go on; the next run counts those of this one.
    fn on_failed(&self, tx: &mut Tx, _: &JobRow, _: &Failure, now: Timestamp, random: &Random) -> Result<()> {
        in_an_hour(tx, now, random, self.clone())
    }
}

/// Sees to it that the workspace's priorities age; one job does so, however often this is called.
pub(super) fn keep_ageing(tx: &mut Tx, place: Place<'_>) -> Result<()> {
    let Place { workspace, now, random, .. } = place;
    in_an_hour(tx, now, random, AgePriorities { workspace, aged_to: now })
}

fn in_an_hour(tx: &mut Tx, now: Timestamp, random: &Random, job: AgePriorities) -> Result<()> {
    let operation_key = Some(format!("age_priorities:{}", job.workspace));
    let workspace_id = Some(job.workspace.uuid());
    let how = Enqueue { operation_key, workspace_id, run_at: Some(now + HOUR), ..Enqueue::default() };
    jobs::enqueue(tx, now, random, &job, how)?;
    Ok(())
}

/// Lets snoozed threads come back when their time has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WakeSnoozed {
    pub workspace: WorkspaceId,
}

impl Job for WakeSnoozed {
    const TYPE: &'static str = "wake_snoozed";
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 200, deadline: HOUR * 24 * 7, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let mut woken = 0;
        loop {
            let (now, random, workspace) = (app.now(), app.random.clone(), self.workspace);
            let some = run.write(move |tx| Ok(decisions::wake(tx, now, &random, workspace, WOKEN)?)).await?;
            woken += some;
            if some < WOKEN as usize {
                break;
            }
        }
        run.done(json!({ "woken": woken })).await
    }

    /// They come back an hour late, and not never.
    fn on_failed(&self, tx: &mut Tx, _: &JobRow, _: &Failure, now: Timestamp, random: &Random) -> Result<()> {
        wake_at(tx, now, random, self.workspace, now + HOUR)
    }
}

/// One for each moment, however many threads sleep until then.
pub(super) fn wake_at(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    workspace: WorkspaceId,
    until: Timestamp,
) -> Result<()> {
    let operation_key = Some(format!("wake_snoozed:{workspace}:{until}"));
    let how =
        Enqueue { operation_key, workspace_id: Some(workspace.uuid()), run_at: Some(until), ..Enqueue::default() };
    jobs::enqueue(tx, now, random, &WakeSnoozed { workspace }, how)?;
    Ok(())
}

/// Counts every workspace's interactions again and mends what differs. Nothing should; what did is told.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RecountInboxes {}

impl Recurring for RecountInboxes {
    const EVERY: Duration = Duration::from_secs(24 * 3600);
}

impl Job for RecountInboxes {
    const TYPE: &'static str = "recount_inboxes";
    const CONCURRENCY: usize = 1;
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 900, deadline: HOUR * 24, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let workspaces = app.db.read(workspaces::all).await?;
        let mut mended = Drift::default();
        for workspace in workspaces {
            // Looked at without anybody's lock first: a large inbox takes a while, and nearly always all is well.
            let found = app.db.read_within(HOUR, move |conn| counts::drift(conn, workspace)).await?;
            if found.all() > 0 {
                let found = run.write(move |tx| Ok(counts::mend(tx, workspace)?)).await?;
                tracing::warn!(%workspace, ?found, "counts had drifted from their rows, and were mended");
                app.part::<Metrics>().counts_mended(found.all());
                mended += found;
            }
        }
        run.done(json!({ "mended": mended })).await
    }
}
