//! One mark on all that matches a filter, as jobs, portion by portion. The threads that it has changed are the act's, as if they
//! had been ticked.

#[cfg(test)]
mod tests;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::jobs::{self, Done, Enqueue, Failure, Job, JobId, JobRow, JobScope, JobStatus, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Act, ActId, Mark, put, store, take_some_back};
use crate::app::App;
use crate::inbox::decisions;
use crate::inbox::listing::{self, Filter, Matching, PORTION, Reached, Reader, WITHIN};
use crate::inbox::moves::matching::{Back, may_still};
use crate::web::errors::Result;
use crate::work::Work;
use crate::workspaces::{self, UserId, WorkspaceId};

/// So many are taken back while the person waits; more are a job.
const TAKEN_BACK_AT_ONCE: i64 = 1_000;

/// Marks the threads of all comments that match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarkMatching {
    #[serde(flatten)]
    all: Matching,
    /// What it does, and by which it is taken back.
    pub act: ActId,
}

/// Takes a mark on many threads back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TakeBackMarks {
    workspace: WorkspaceId,
    by: UserId,
    act: ActId,
}

/// How far a job has come. A portion that is marked twice is the same.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Progress {
    after: Reached,
    /// So many matched when the job began.
    total: usize,
    seen: usize,
}

/// Enqueues the mark.
pub fn order(work: &mut Work<'_>, reader: Reader<'_>, filter: &Filter, mark: &Mark) -> Result<Option<(JobId, ActId)>> {
    workspaces::lock(work.tx, reader.workspace)?;
    let all = Matching::new(reader, filter, work.now);
    all.check(work.tx)?;
    if all.is_empty(work.tx)? {
        return Ok(None);
    }
    let act = Act::new(work, (reader.workspace, reader.user), mark, true)?;
    store::begin(work.tx, &act)?;
    let job = MarkMatching { all, act: act.id };
    Ok(Some((jobs::enqueue(work.tx, work.now, work.random, &job, of_act(&act))?.id, act.id)))
}

/// One of both is at an act: what does it, or what takes it back.
fn of_act(act: &Act) -> Enqueue {
    Enqueue {
        user_id: Some(act.done_by.uuid()),
        workspace_id: Some(act.workspace_id.uuid()),
        operation_key: Some(format!("marking:{}", act.id)),
        ..Enqueue::default()
    }
}

/// The job that takes an act back, where one must.
pub(super) fn take_back(work: &mut Work<'_>, act: &Act) -> Result<Option<JobId>> {
    let how = of_act(act);
    if let Some(id) = jobs::hold(work.tx, how.operation_key.as_deref().unwrap_or_default())? {
        let scope = scope_of(act.workspace_id, act.done_by);
        let is_marking =
            jobs::status(work.tx, id, scope, work.now)?.is_some_and(|job| job.job_type == MarkMatching::TYPE);
        if is_marking {
            jobs::cancel::<App>(work.tx, work.now, work.random, id, scope)?;
        }
        return Ok(Some(id));
    }
    if act.changed <= TAKEN_BACK_AT_ONCE {
        return Ok(None);
    }
    let job = TakeBackMarks::of(act);
    Ok(Some(jobs::enqueue(work.tx, work.now, work.random, &job, how)?.id))
}

fn scope_of(workspace: WorkspaceId, by: UserId) -> JobScope {
    JobScope::Member { user_id: by.uuid(), workspace_id: workspace.uuid() }
}

impl Job for MarkMatching {
    const TYPE: &'static str = "mark_matching";
    type Context = App;

    fn policy(&self) -> Policy {
        listing::policy()
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let mut progress = match run.restore::<Progress>() {
            Some(progress) => progress,
            None => {
                let all = self.all.clone();
                let total = app.db.read_within(WITHIN, move |conn| all.total(conn)).await?;
                Progress { total, ..Progress::default() }
            }
        };
        loop {
            run.progress(progress.seen, progress.total.max(progress.seen), "Marking comments");
            let Some(next) = self.portion(&app, &run, progress).await? else { break };
            progress = next;
        }
        let (workspace, by, id) = (self.all.workspace, self.all.by, self.act);
        let act = app.db.read(move |conn| store::act(conn, workspace, by, id)).await?;
        run.done(json!({ "act": id, "changed": act.map_or(0, |act| act.changed) })).await
    }

    fn on_cancelled(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        if let Some(act) = store::act(tx, self.all.workspace, self.all.by, self.act)? {
            jobs::enqueue(tx, now, random, &TakeBackMarks::of(&act), of_act(&act))?;
        }
        Ok(())
    }
}

impl MarkMatching {
    /// Marks the threads of the next comments; none when there are no more.
    async fn portion(
        &self,
        app: &App,
        run: &Run,
        progress: Progress,
    ) -> std::result::Result<Option<Progress>, Failure> {
        let all = self.all.clone();
        let found = app.db.read_within(WITHIN, move |conn| all.after(conn, progress.after)).await?;
        let Some(last) = found.last().copied() else { return Ok(None) };
        let next = Progress {
            after: Some((last.created_at, last.id)),
            total: progress.total,
            seen: progress.seen + found.len(),
        };
        let (Matching { workspace, by, .. }, id, now) = (self.all.clone(), self.act, app.now());
        run.step(&progress, move |tx| {
            workspaces::lock(tx, workspace)?;
            may_still(tx, workspace, by)?;
            let Some(act) = store::act(tx, workspace, by, id)? else {
                return Err(Failure::fail("gone", "What was to be done is forgotten."));
            };
            if let Some(to) = act.assignee
                && !super::is_member(tx, workspace, to)?
            {
                return Err(Failure::fail("not_a_member", "Whoever they were to be assigned to has left."));
            }
            let ids = found.iter().map(|cursor| cursor.id).collect::<Vec<_>>();
            let threads = decisions::threads_known_at(tx, workspace, &ids, act.done_at)?;
            // A thread of several comments is met again: only what is changed is counted.
            let changed = put(tx, now, &act, &threads)?;
            Ok(store::count(tx, id, changed, changed)?)
        })
        .await?;
        Ok(Some(next))
    }
}

impl TakeBackMarks {
    fn of(act: &Act) -> Self {
        Self { workspace: act.workspace_id, by: act.done_by, act: act.id }
    }
}

impl Job for TakeBackMarks {
    const TYPE: &'static str = "take_back_marks";
    type Context = App;

    fn policy(&self) -> Policy {
        listing::policy()
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let Self { workspace, by, act: id } = self;
        let read = move |conn: &mut Conn| {
            let act = store::act(conn, workspace, by, id)?;
            act.map(|act| Ok::<_, db::Error>((act, store::left(conn, id)?))).transpose()
        };
        let Some((act, left)) = app.db.read(read).await? else { return run.done(json!({ "taken_back": 0 })).await };
        // A run before this one may have begun.
        let (total, done) = (act.changed.max(left), act.changed - left);
        let (total, mut taken_back) = (usize::try_from(total).unwrap_or(0), usize::try_from(done).unwrap_or(0));
        loop {
            run.progress(taken_back, total.max(taken_back), "Taking it back");
            let (act, now) = (act.clone(), app.now());
            let some = run
                .write(move |tx| {
                    let some = take_some_back(tx, now, &act, PORTION)?;
                    if some == 0 {
                        store::forget(tx, &act)?;
                    }
                    Ok::<_, Failure>(some)
                })
                .await?;
            if some == 0 {
                break;
            }
            taken_back += some;
        }
        run.done(json!({ "taken_back": taken_back })).await
    }
}

/// What a job is doing of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Underway {
    /// So many comments have been looked at.
    Marking(i64),
    Back(Back),
}

pub fn underway(conn: &mut Conn, act: &Act, now: Timestamp) -> db::Result<Option<(JobId, Underway)>> {
    let Some(id) = jobs::live(conn, &of_act(act).operation_key.unwrap_or_default())? else { return Ok(None) };
    let job = jobs::status(conn, id, scope_of(act.workspace_id, act.done_by), now)?;
    Ok(job.map(|job| {
        let is_marking = job.job_type == MarkMatching::TYPE;
        (id, if is_marking { Underway::Marking(job.progress.done) } else { Underway::Back(Back::of(&job)) })
    }))
}

/// How an act's being taken back stands, by the job that does so or that was called off for it: it is told also when the act
/// is forgotten.
pub fn taken_back(
    conn: &mut Conn,
    (workspace, by, now): (WorkspaceId, UserId, Timestamp),
    (job, act): (JobId, ActId),
) -> db::Result<Option<Back>> {
    let Some(job) = jobs::status(conn, job, scope_of(workspace, by), now)? else { return Ok(None) };
    if job.job_type == TakeBackMarks::TYPE {
        return Ok(Some(Back::of(&job)));
    }
    if job.job_type != MarkMatching::TYPE || job.status != JobStatus::Cancelled {
        return Ok(None);
    }
    let left = store::act(conn, workspace, by, act)?;
    let is_live = match &left {
        Some(act) => jobs::live(conn, &of_act(act).operation_key.unwrap_or_default())?.is_some(),
        None => false,
    };
    Ok(Some(Back::of_called_off(is_live, left.is_some())))
}
