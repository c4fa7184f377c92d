//! One word on all that matches a filter: as jobs, portion by portion, however many there are. What happened in a thread after
//! somebody asked was not what they spoke of.

#[cfg(test)]
mod tests;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::jobs::{self, Done, Enqueue, Failure, Job, JobId, JobRow, JobScope, JobStatus, JobView, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::App;
use crate::inbox::decisions::{self, LeftOut, Receipt, Refused, Speaker, Word};
use crate::inbox::listing::{self, Filter, Matching, PORTION, Reader, WITHIN};
use crate::inbox::threads::ThreadState;
use crate::web::errors;
use crate::work::Work;
use crate::workspaces::{self, Right, UserId, WorkspaceId};

/// So many are taken back while the person waits; more are a job.
const TAKEN_BACK_AT_ONCE: i64 = 1_000;

/// Says a word on the threads of all comments that match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MoveMatching {
    /// Its time is the word's own, by which it is taken back.
    #[serde(flatten)]
    all: Matching,
    state: ThreadState,
    until: Option<Timestamp>,
}

/// Takes back a word on many threads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TakeBackMoves {
    workspace: WorkspaceId,
    by: UserId,
    asked_at: Timestamp,
}

/// Up to where all is moved, and what was left alone on the way. A portion that is moved twice is the same.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Reached {
    after: listing::Reached,
    /// So many matched when the job began.
    total: usize,
    seen: usize,
    spared: usize,
    passed_over: usize,
}

/// What became of such a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// By which it is taken back.
    pub at: Timestamp,
    pub changed: i64,
    /// That were left as they were: there was nothing to move in them.
    pub spared: usize,
    /// In which something happened after it was asked.
    pub passed_over: usize,
}

/// Enqueues the word; none where nothing matches.
pub fn order(work: &mut Work<'_>, reader: Reader<'_>, filter: &Filter, word: Word) -> errors::Result<Option<JobId>> {
    word.check(work.now).map_err(super::pages::refused)?;
    let all = Matching::new(reader, filter, work.now);
    all.check(work.tx)?;
    if all.is_empty(work.tx)? {
        return Ok(None);
    }
    let (whose, asked_at) = ((all.by, all.workspace), all.asked_at);
    let job = MoveMatching { all, state: word.state, until: word.until };
    Ok(Some(jobs::enqueue(work.tx, work.now, work.random, &job, in_name_of(whose, asked_at))?.id))
}

/// One of both is at a word: what says it, or what takes it back.
fn in_name_of((by, workspace): (UserId, WorkspaceId), asked_at: Timestamp) -> Enqueue {
    Enqueue {
        user_id: Some(by.uuid()),
        workspace_id: Some(workspace.uuid()),
        operation_key: Some(format!("matching:{workspace}:{by}:{asked_at}")),
        ..Enqueue::default()
    }
}

/// How something is taken back: it has been, or a job does so.
#[derive(Clone, Copy, Debug)]
pub enum TakenBack {
    Now(Receipt),
    By(JobId),
}

/// Takes back what somebody said in one go; a job does it where that would take long. What is still being said is called off
/// first, and its end takes back what was said until then.
pub fn take_back(
    work: &mut Work<'_>,
    (by, workspace): (UserId, WorkspaceId),
    asked_at: Timestamp,
) -> Result<TakenBack, Refused> {
    let is_fresh = work.now.since(asked_at) < decisions::UNDO;
    let how = in_name_of((by, workspace), asked_at);
    let scope = JobScope::Member { user_id: by.uuid(), workspace_id: workspace.uuid() };
    if let Some(id) = jobs::hold(work.tx, how.operation_key.as_deref().unwrap_or_default())? {
        let is_move = jobs::status(work.tx, id, scope, work.now)?.is_some_and(|job| job.job_type == MoveMatching::TYPE);
        if is_move {
            jobs::cancel::<App>(work.tx, work.now, work.random, id, scope)?;
        }
        return Ok(TakenBack::By(id));
    }
    let said = decisions::said_at(work.tx, workspace, by, asked_at)?.filter(|_| is_fresh);
    if said.is_none_or(|(.., count)| count <= TAKEN_BACK_AT_ONCE) {
        let speaker = Speaker { by, workspace, now: work.now, random: work.random };
        return Ok(TakenBack::Now(decisions::undo_all(work.tx, speaker, asked_at)?));
    }
    let job = TakeBackMoves { workspace, by, asked_at };
    Ok(TakenBack::By(jobs::enqueue(work.tx, work.now, work.random, &job, how)?.id))
}

impl Job for MoveMatching {
    const TYPE: &'static str = "move_matching";
    type Context = App;

    fn policy(&self) -> Policy {
        listing::policy()
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let mut reached = match run.restore::<Reached>() {
            Some(reached) => reached,
            None => Reached { total: self.total(&app).await?, ..Reached::default() },
        };
        loop {
            run.progress(reached.seen, reached.total.max(reached.seen), "Moving comments");
            let Some(next) = self.portion(&app, &run, reached).await? else { break };
            reached = next;
        }
        // Those of threads that were moved on the way are not met again.
        let all = reached.total.max(reached.seen);
        run.progress(all, all, "Moving comments");
        let Self { all: Matching { workspace, by, asked_at, .. }, state, .. } = self;
        let said = app.db.read_within(WITHIN, move |conn| decisions::said_at(conn, workspace, by, asked_at)).await?;
        let changed = said.filter(|(said, ..)| *said == state).map_or(0, |(.., changed)| changed);
        let Reached { spared, passed_over, .. } = reached;
        run.done(Outcome { at: asked_at, changed, spared, passed_over }).await
    }

    fn on_cancelled(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        let Matching { workspace, by, asked_at, .. } = self.all;
        let job = TakeBackMoves { workspace, by, asked_at };
        jobs::enqueue(tx, now, random, &job, in_name_of((by, workspace), asked_at))?;
        Ok(())
    }
}

impl MoveMatching {
    async fn total(&self, app: &App) -> db::Result<usize> {
        let all = self.all.clone();
        app.db.read_within(WITHIN, move |conn| all.total(conn)).await
    }

    /// Moves the next comments of the list; none when there are no more.
    async fn portion(&self, app: &App, run: &Run, reached: Reached) -> std::result::Result<Option<Reached>, Failure> {
        let all = self.all.clone();
        let found = app.db.read_within(WITHIN, move |conn| all.after(conn, reached.after)).await?;
        let Some(last) = found.last().copied() else { return Ok(None) };
        let (order, random, now, seen) = (self.clone(), app.random.clone(), app.now(), found.len());
        let left_out = run
            .step(&reached, move |tx| {
                let Matching { workspace, by, asked_at, .. } = order.all;
                may_still(tx, workspace, by)?;
                let ids = found.iter().map(|cursor| cursor.id).collect::<Vec<_>>();
                let speaker = Speaker { by, workspace, now, random: &random };
                let word = Word { state: order.state, until: order.until };
                decisions::decide_as_of(tx, speaker, asked_at, &ids, word).map_err(refused)
            })
            .await?;
        let LeftOut { spared, passed_over } = left_out;
        Ok(Some(Reached {
            after: Some((last.created_at, last.id)),
            total: reached.total,
            seen: reached.seen + seen,
            spared: reached.spared + spared,
            passed_over: reached.passed_over + passed_over,
        }))
    }
}

/// What somebody asked for is not done in their name once they may not any more.
pub fn may_still(conn: &mut Conn, workspace: WorkspaceId, by: UserId) -> std::result::Result<(), Failure> {
    match workspaces::role_of(conn, workspace, by)?.is_some_and(|role| role.may(Right::Answer)) {
        true => Ok(()),
        false => Err(Failure::fail("no_right", "Whoever asked for this may not do it any more.")),
    }
}

impl Job for TakeBackMoves {
    const TYPE: &'static str = "take_back_moves";
    type Context = App;

    fn policy(&self) -> Policy {
        listing::policy()
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let Self { workspace, by, asked_at } = self;
        let said = app.db.read_within(WITHIN, move |conn| decisions::said_at(conn, workspace, by, asked_at)).await?;
        let left = said.map_or(0, |(.., count)| usize::try_from(count).unwrap_or(0));
        let total = run.restore::<usize>().unwrap_or(left);
        run.checkpoint(&total).await?;
        // A run before this one may have begun.
        let mut taken_back = total.saturating_sub(left);
        loop {
            run.progress(taken_back, total.max(taken_back), "Taking it back");
            let (random, now) = (app.random.clone(), app.now());
            let some = run
                .write(move |tx| {
                    let speaker = Speaker { by, workspace, now, random: &random };
                    decisions::undo_some(tx, speaker, asked_at, PORTION).map_err(refused)
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

fn refused(refused: Refused) -> Failure {
    match refused {
        Refused::Until => Failure::fail("bad_until", "The end of the snooze has passed meanwhile."),
        Refused::NotFound => Failure::fail("gone", "What was meant is gone."),
        Refused::Database(error) => error.into(),
    }
}

/// Such a word, or its being taken back, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Underway {
    Moving {
        at: Timestamp,
        /// So many comments have been looked at.
        seen: i64,
    },
    Moved(Outcome),
    /// What was said by then holds.
    Failed {
        at: Timestamp,
    },
    Back(Back),
}

/// How it stands with what was done to many threads and is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// So many threads are as they were before.
    Underway(i64),
    Done(i64),
    /// It was stopped while it was being done, and what was done by then is taken back.
    CallingOff,
    /// All of that is.
    CalledOff,
    /// It came to an end before all was taken back.
    LeftHalfway,
}

pub fn underway(
    conn: &mut Conn,
    (workspace, by, now): (WorkspaceId, UserId, Timestamp),
    id: JobId,
) -> db::Result<Option<Underway>> {
    let scope = JobScope::Member { user_id: by.uuid(), workspace_id: workspace.uuid() };
    let Some(job) = jobs::status(conn, id, scope, now)? else { return Ok(None) };
    if job.job_type == TakeBackMoves::TYPE {
        return Ok(Some(Underway::Back(Back::of(&job))));
    }
    if job.job_type != MoveMatching::TYPE {
        return Ok(None);
    }
    Ok(Some(match job.status {
        JobStatus::Pending | JobStatus::Running => Underway::Moving { at: job.created_at, seen: job.progress.done },
        JobStatus::Failed => Underway::Failed { at: job.created_at },
        JobStatus::Cancelled => Underway::Back(called_off(conn, (workspace, by), job.created_at)?),
        JobStatus::Completed => match serde_json::from_value(job.result.unwrap_or_default()) {
            Ok(outcome) => Underway::Moved(outcome),
            Err(_) => return Ok(None),
        },
    }))
}

/// The job that takes it back may wait, be at it, or have ended before all was back.
fn called_off(conn: &mut Conn, (workspace, by): (WorkspaceId, UserId), at: Timestamp) -> db::Result<Back> {
    let how = in_name_of((by, workspace), at);
    let is_live = jobs::live(conn, how.operation_key.as_deref().unwrap_or_default())?.is_some();
    let is_left = !is_live && decisions::said_at(conn, workspace, by, at)?.is_some();
    Ok(Back::of_called_off(is_live, is_left))
}

impl Back {
    /// By the job that takes it back.
    pub fn of(job: &JobView) -> Self {
        match job.status {
            JobStatus::Pending | JobStatus::Running => Self::Underway(job.progress.done),
            JobStatus::Completed => {
                let result = job.result.as_ref();
                Self::Done(result.and_then(|result| result["taken_back"].as_i64()).unwrap_or(0))
            }
            JobStatus::Failed | JobStatus::Cancelled => Self::LeftHalfway,
        }
    }

    /// Of what was stopped: whether a job is at it, and whether anything is left where none is.
    pub fn of_called_off(is_live: bool, is_left: bool) -> Self {
        match (is_live, is_left) {
            (true, _) => Self::CallingOff,
            (false, true) => Self::LeftHalfway,
            (false, false) => Self::CalledOff,
        }
    }
}
