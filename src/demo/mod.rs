//! Demo mode: a workspace of its own, filled by the production adapters from the platform simulator.
//!
//! ```text
//! disabled, failed ── enable ──▶ enabling ── all promised data counted ──▶ enabled
//!                                  │  └── gave up ──▶ failed (enable)        │
//!                                cancel                                     leave
//!                                  ▼                                         ▼
//!                              disabling ◀───────────────────────────────────┘
//!                                  │  └── gave up ──▶ failed (disable)
//!                                  ▼
//!                               disabled, or enabling again where that was wished for meanwhile
//! ```
//! Each move is one conditional UPDATE, committed together with the job that will make it true.

pub mod api;
mod choice;
pub mod forgetting;
pub mod jobs;
pub mod pages;
mod past;
mod pictures;
mod profile;
mod samples;
mod service;
mod store;
pub mod switchboard;
#[cfg(test)]
mod tests;
pub mod views;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Json, Tx};
use kit::jobs::{Enqueue, Job, JobId, JobView};
use kit::random::Random;
use maud::Markup;
use serde::{Deserialize, Serialize};

pub use self::choice::{Choice, DemoLanguage, LARGEST_SEED, NICHE_REFUSED, Niche, Scenario, Size, Story};
use self::jobs::{DisableDemo, EnableDemo};
pub use self::profile::{Held, Platforms, Profile};
use crate::accounts::sessions::{self, SignedIn, UserRow};
use crate::app::App;
use crate::live::{Hint, hint};
use crate::web::ui::Local;
use crate::work::Work;
pub use crate::workspaces::{DemoStatus, UserId, WorkspaceId};
use crate::workspaces::{Kind, Right, Role, Workspace};

kit::text_enum! {
    pub enum Operation {
        Enable = "enable",
        Disable = "disable",
    }
}

/// What comes after the leaving under way: the last wish wins. Kept in `users.demo_next`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
enum Next {
    SetUp(Choice),
    /// It is being cancelled by its own page, and was wished for again: it begins anew, and then this.
    Anew {
        anew: Option<Choice>,
    },
}

/// Why demo mode is `failed`; kept in `users.demo_mode_error`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    pub operation: Operation,
    pub code: String,
    pub message: String,
}

/// Demo mode of one user, with the job that is at it.
#[derive(Clone, Debug)]
pub struct Demo {
    pub status: DemoStatus,
    pub fault: Option<Fault>,
    pub profile: Option<Profile>,
    pub workspace_id: Option<WorkspaceId>,
    pub job_id: Option<JobId>,
    /// What is set up when the leaving under way is done: the last wish wins.
    pub next: Option<Choice>,
    /// While something is under way.
    pub job: Option<JobView>,
    /// Whether whoever looks may change it where they are.
    pub may_change: bool,
    /// It is on, and they are in another workspace.
    pub is_elsewhere: bool,
    /// What the demo's workspace is called, where whoever looks is in it.
    pub name: Option<String>,
}

impl Demo {
    /// As somebody sees it where they are.
    pub fn seen_in(self, workspace: &Workspace, role: Role) -> Self {
        let is_elsewhere = self.status == DemoStatus::Enabled && workspace.kind == Kind::Live;
        let name = (workspace.kind == Kind::Demo).then(|| workspace.name.clone());
        Self { may_change: role.may(Right::Demo), is_elsewhere, name, ..self }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accepted {
    pub status: DemoStatus,
    pub job_id: JobId,
}

/// Why a wish is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("demo mode is already {0}")]
    Already(DemoStatus),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Starts the set-up; while demo mode is being left, as soon as that is done. While one is under way, answers that one.
pub fn enable(work: &mut Work<'_>, user: UserId, choice: &Choice) -> Result<Accepted, Refused> {
    let state = store::lock(work.tx, user)?;
    if state.status != DemoStatus::Enabled {
        sessions::follow_demo(work.tx, user)?;
    }
    match state.status {
        DemoStatus::Enabling => {
            let job_id = state.job()?;
            if !is_called_off::<EnableDemo>(work, user, job_id)? {
                return Ok(Accepted { status: state.status, job_id });
            }
            // By its own page. The state says so now, for there this wish is kept.
            let accepted = move_to(work, user, state.status, DemoStatus::Disabling, job_id)?;
            store::set_next(work.tx, work.now, user, Some(&Next::SetUp(choice.clone())))?;
            Ok(accepted)
        }
        DemoStatus::Enabled => Err(Refused::Already(state.status)),
        DemoStatus::Disabling => {
            let next = match is_called_off::<DisableDemo>(work, user, state.job()?)? {
                true => Next::Anew { anew: Some(choice.clone()) },
                false => Next::SetUp(choice.clone()),
            };
            store::set_next(work.tx, work.now, user, Some(&next))?;
            hint(work.tx, user, Hint::Demo);
            Ok(Accepted { status: state.status, job_id: state.job()? })
        }
        DemoStatus::Disabled | DemoStatus::Failed => {
            // Whatever a failure left behind is taken away before anything new is made.
            let clear_first = state.status == DemoStatus::Failed;
            let job = EnableDemo { choice: choice.clone(), clear_first, patient: false };
            let job_id = kit::jobs::enqueue(work.tx, work.now, work.random, &job, operation(user))?.id;
            kit::failpoint!("demo: enqueued");
            move_to(work, user, state.status, DemoStatus::Enabling, job_id)
        }
    }
}

/// For a new account that had demo mode elsewhere: it is set up anew, whenever the worker comes to it.
pub fn bring_back(tx: &mut Tx, now: Timestamp, random: &Random, user: UserId) -> Result<Accepted, Refused> {
    let job = EnableDemo { choice: Choice::default(), clear_first: false, patient: true };
    let job_id = kit::jobs::enqueue(tx, now, random, &job, operation(user))?.id;
    if !store::move_status(tx, now, user, DemoStatus::Disabled, DemoStatus::Enabling, job_id)? {
        return Err(db::Error::NotFound.into());
    }
    Ok(Accepted { status: DemoStatus::Enabling, job_id })
}

/// For a new account whose demo mode had failed elsewhere: it may be tried again or left.
pub fn bring_back_failed(tx: &mut Tx, now: Timestamp, user: UserId) -> Result<(), Refused> {
    let fault = Fault {
        operation: Operation::Enable,
        code: "imported".to_owned(),
        message: "Demo mode had failed to set up in the previous system.".to_owned(),
    };
    Ok(store::set_failed(tx, now, user, &fault)?)
}

/// Leaves demo mode, or calls a set-up back, one that was only wished for too. While that is under way, answers that one.
pub fn disable(work: &mut Work<'_>, user: UserId) -> Result<Accepted, Refused> {
    let state = store::lock(work.tx, user)?;
    match state.status {
        DemoStatus::Disabling => {
            let anew = is_called_off::<DisableDemo>(work, user, state.job()?)?;
            store::set_next(work.tx, work.now, user, anew.then_some(&Next::Anew { anew: None }))?;
            hint(work.tx, user, Hint::Demo);
            Ok(Accepted { status: state.status, job_id: state.job()? })
        }
        DemoStatus::Disabled => Err(Refused::Already(state.status)),
        DemoStatus::Enabled | DemoStatus::Failed => {
            let leave = DisableDemo::default();
            let job_id = kit::jobs::enqueue(work.tx, work.now, work.random, &leave, operation(user))?.id;
            kit::failpoint!("demo: enqueued");
            move_to(work, user, state.status, DemoStatus::Disabling, job_id)
        }
        DemoStatus::Enabling => {
            let job_id = state.job()?;
            move_to(work, user, DemoStatus::Enabling, DemoStatus::Disabling, job_id)?;
            // Its end, at once or when its worker has let go, enqueues the clearing: see `EnableDemo::cancelled`.
            kit::jobs::cancel::<App>(work.tx, work.now, work.random, job_id, user.uuid())?;
            Ok(Accepted { status: DemoStatus::Disabling, job_id: store::lock(work.tx, user)?.job()? })
        }
    }
}

/// Demo mode of `user`, with its job's progress where one is under way.
pub fn view(conn: &mut Conn, user: &UserRow, now: Timestamp) -> db::Result<Demo> {
    let is_moving = matches!(user.demo_mode_status, DemoStatus::Enabling | DemoStatus::Disabling);
    let job = match user.demo_job_id.filter(|_| is_moving) {
        Some(id) => kit::jobs::status(conn, id, user.id.uuid(), now)?,
        None => None,
    };
    Ok(Demo { job, ..without_job(user) })
}

/// What stands above every page of somebody. Its progress follows as soon as the page listens.
pub fn banner(who: &SignedIn, local: &Local) -> Markup {
    views::strip(&without_job(&who.user).seen_in(&who.workspace, who.role), local)
}

fn without_job(user: &UserRow) -> Demo {
    Demo {
        status: user.demo_mode_status,
        fault: user.demo_mode_error.clone().and_then(|fault| serde_json::from_value(fault).ok()),
        profile: user.demo_profile.clone().and_then(|profile| serde_json::from_value(profile).ok()),
        workspace_id: user.demo_workspace_id,
        job_id: user.demo_job_id,
        next: user.demo_next.as_ref().and_then(Next::of).and_then(Next::choice),
        job: None,
        may_change: true,
        is_elsewhere: false,
        name: None,
    }
}

impl Next {
    fn of(kept: &Json) -> Option<Self> {
        let choice = |kept: &Json| Choice::kept(kept).ok();
        match kept.get("anew") {
            Some(Json::Null) => Some(Next::Anew { anew: None }),
            Some(anew) => choice(anew).map(|choice| Next::Anew { anew: Some(choice) }),
            None => choice(kept).map(Next::SetUp),
        }
    }

    fn choice(self) -> Option<Choice> {
        match self {
            Next::SetUp(choice) => Some(choice),
            Next::Anew { anew } => anew,
        }
    }
}

/// Whether the operation under way is a `J` that ends as soon as its worker lets go of it.
fn is_called_off<J: Job>(work: &mut Work<'_>, user: UserId, job: JobId) -> db::Result<bool> {
    let job = kit::jobs::status(work.tx, job, user.uuid(), work.now)?;
    Ok(job.is_some_and(|job| job.job_type == J::TYPE && job.cancel_requested))
}

/// At most one demo operation of a user is live.
fn operation(user: UserId) -> Enqueue {
    Enqueue { user_id: Some(user.uuid()), operation_key: Some(format!("demo:{user}")), ..Enqueue::default() }
}

fn move_to(
    work: &mut Work<'_>,
    user: UserId,
    from: DemoStatus,
    to: DemoStatus,
    job_id: JobId,
) -> Result<Accepted, Refused> {
    if !store::move_status(work.tx, work.now, user, from, to, job_id)? {
        return Err(db::Error::NotFound.into());
    }
    kit::failpoint!("demo: moved");
    hint(work.tx, user, Hint::Demo);
    Ok(Accepted { status: to, job_id })
}
