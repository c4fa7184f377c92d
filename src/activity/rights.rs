//! Who may stop a job or repeat it: whoever may do by hand what it does. That they see it is not enough.

use std::collections::{HashMap, HashSet};

use kit::jobs::{Job as _, JobId};

use super::store::{self, Ordered};
use crate::accounts::api_keys::Scope;
use crate::connections::clients::jobs::CheckClient;
use crate::connections::connect::{ConnectAccount, LateConsent};
use crate::connections::jobs::{FetchInteraction, SyncConnection};
use crate::connections::revoking::RevokeToken;
use crate::demo::forgetting::ForgetDemoProfile;
use crate::demo::jobs::{DisableDemo, EnableDemo};
use crate::demo::switchboard::PressSwitch;
use crate::inbox::marks::matching::{MarkMatching, TakeBackMarks};
use crate::inbox::marks::{self, ActId};
use crate::inbox::moves::matching::{MoveMatching, TakeBackMoves};
use crate::moderation::{self, Act, Asker, CarryOut, OrderId};
use crate::replies::{self, Reply, ReplyId, SendReply};
use crate::web::errors::{Error, Result};
use crate::workspaces::{Right, Role, UserId, WorkspaceId};
use kit::db::Conn;

/// Jobs that work in the inbox in the name of whoever ordered them.
const IN_ONES_NAME: [&str; 4] = [MoveMatching::TYPE, TakeBackMoves::TYPE, MarkMatching::TYPE, TakeBackMarks::TYPE];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    Cancel,
    Retry,
}

/// What decides about some jobs, read in one go however many they are.
pub(super) struct Rights {
    by: UserId,
    jobs: HashMap<JobId, Ordered>,
    askers: HashMap<WorkspaceId, Asker>,
    orders: HashMap<OrderId, Vec<Act>>,
    replies: HashMap<ReplyId, Reply>,
    /// Those that may be tried again.
    again: HashSet<ReplyId>,
    /// Marks on many that are not taken back.
    marks: HashSet<ActId>,
}

impl Rights {
    pub(super) fn read(conn: &mut Conn, by: UserId, ids: &[JobId]) -> Result<Self> {
        let jobs = store::ordered(conn, ids)?;
        let mut rights = Self {
            by,
            jobs: HashMap::new(),
            askers: HashMap::new(),
            orders: HashMap::new(),
            replies: HashMap::new(),
            again: HashSet::new(),
            marks: HashSet::new(),
        };
        for workspace in jobs.iter().filter_map(|job| job.workspace_id).collect::<HashSet<_>>() {
            match Asker::read(conn, workspace, by) {
                Ok(asker) => drop(rights.askers.insert(workspace, asker)),
                Err(moderation::Refused::NotFound) => continue,
                Err(refused) => return Err(refused.into()),
            }
            let here = jobs.iter().filter(|job| job.workspace_id == Some(workspace)).collect::<Vec<_>>();
            rights.learn(conn, workspace, &here)?;
        }
        rights.jobs = jobs.into_iter().map(|job| (job.id, job)).collect();
        Ok(rights)
    }

    fn learn(&mut self, conn: &mut Conn, workspace: WorkspaceId, jobs: &[&Ordered]) -> Result<()> {
        let of = |job_type: &'static str| jobs.iter().filter(move |job| job.job_type == job_type);
        let orders = of(CarryOut::TYPE).filter_map(|job| Some(read::<CarryOut>(&job.payload).ok()?.order_id));
        for act in moderation::acts_of(conn, workspace, &orders.collect::<Vec<_>>())? {
            self.orders.entry(act.order_id).or_default().push(act);
        }
        let replies = of(SendReply::TYPE).filter_map(|job| Some(read::<SendReply>(&job.payload).ok()?.reply_id));
        let replies = replies::of_ids(conn, workspace, &replies.collect::<Vec<_>>())?;
        self.again.extend(replies::of_those_can_retry(conn, workspace, &replies, self.by)?);
        self.replies.extend(replies.into_iter().map(|reply| (reply.id, reply)));
        let acts = of(MarkMatching::TYPE).filter_map(|job| Some(read::<MarkMatching>(&job.payload).ok()?.act));
        self.marks.extend(marks::known_acts(conn, workspace, &acts.collect::<Vec<_>>())?);
        Ok(())
    }

    /// Whether they may do this with a job that they see.
    pub(super) fn has(&self, id: JobId, wanted: Wanted) -> bool {
        self.check(id, wanted).is_ok()
    }

    fn check(&self, id: JobId, wanted: Wanted) -> Result<()> {
        let Some(job) = self.jobs.get(&id) else { return Ok(()) };
        // What belongs to no workspace is seen by nobody but whoever ordered it.
        let Some(workspace) = job.workspace_id else { return Ok(()) };
        let asker = self.askers.get(&workspace).ok_or(Error::NotFound)?;
        match (job.job_type.as_str(), wanted) {
            (SendReply::TYPE, wanted) => {
                has(asker.role, Right::Answer)?;
                match (wanted, self.reply(id)) {
                    // Its reply is gone: nothing is called back.
                    (Wanted::Cancel, None) => Ok(()),
                    (Wanted::Cancel, Some(reply)) if reply.can_be_cancelled() => Ok(()),
                    (Wanted::Cancel, _) => Err(Error::conflict("not_now", "It's too late to cancel this reply.")),
                    (Wanted::Retry, Some(reply)) if self.again.contains(&reply.id) => Ok(()),
                    (Wanted::Retry, _) => Err(super::not_repeatable()),
                }
            }
            (CarryOut::TYPE, wanted) => {
                let acts = self.orders.get(&read::<CarryOut>(&job.payload)?.order_id).ok_or(Error::NotFound)?;
                match wanted {
                    Wanted::Cancel => Ok(asker.may_cancel(acts)?),
                    Wanted::Retry => Ok(asker.may_retry(acts)?),
                }
            }
            // What was taken back has nothing to go on with.
            (MarkMatching::TYPE, Wanted::Retry)
                if read::<MarkMatching>(&job.payload).is_ok_and(|job| !self.marks.contains(&job.act)) =>
            {
                Err(super::not_repeatable())
            }
            // It speaks in the name of whoever ordered it.
            (job_type, _) if IN_ONES_NAME.contains(&job_type) && job.user_id == self.by => {
                has(asker.role, Right::Answer)
            }
            (other, _) => has(asker.role, right(other)),
        }
    }

    /// The reply that a job has in its hands.
    fn reply(&self, id: JobId) -> Option<&Reply> {
        let job = self.jobs.get(&id).filter(|job| job.job_type == SendReply::TYPE)?;
        self.replies.get(&read::<SendReply>(&job.payload).ok()?.reply_id)
    }
}

/// Refuses whoever sees a job, and may not do this with it.
pub(super) fn check(conn: &mut Conn, by: UserId, id: JobId, wanted: Wanted) -> Result<()> {
    let rights = Rights::read(conn, by, &[id])?;
    match rights.reply(id) {
        Some(reply) if wanted == Wanted::Retry => Ok(replies::may_retry(conn, reply, by)?),
        _ => rights.check(id, wanted),
    }
}

/// What shows a job to a program: the same that shows what it is about.
pub(super) fn scope_to_see(job_type: &str) -> Scope {
    match job_type {
        SendReply::TYPE | CarryOut::TYPE => Scope::InboxRead,
        job_type if IN_ONES_NAME.contains(&job_type) => Scope::InboxRead,
        _ => Scope::Read,
    }
}

/// What opens a job to a program: the same that opens what it does.
pub(super) fn scope(conn: &mut Conn, id: JobId) -> Result<Scope> {
    let job = store::ordered(conn, &[id])?.pop();
    Ok(job.map_or(Scope::Write, |job| match (job.job_type.as_str(), right(&job.job_type)) {
        (SendReply::TYPE | CarryOut::TYPE, _) => Scope::SendReplies,
        (job_type, _) if IN_ONES_NAME.contains(&job_type) => Scope::InboxWrite,
        (_, Right::Connect) => Scope::Connections,
        (_, Right::Demo) => Scope::Demo,
        _ => Scope::Write,
    }))
}

fn right(job_type: &str) -> Right {
    match job_type {
        SyncConnection::TYPE
        | FetchInteraction::TYPE
        | ConnectAccount::TYPE
        | LateConsent::TYPE
        | RevokeToken::TYPE
        | CheckClient::TYPE => Right::Connect,
        EnableDemo::TYPE | DisableDemo::TYPE | ForgetDemoProfile::TYPE | PressSwitch::TYPE => Right::Demo,
        _ => Right::Manage,
    }
}

fn has(role: Role, right: Right) -> Result<()> {
    if role.may(right) { Ok(()) } else { Err(Error::forbidden("role_missing", right.missing(role))) }
}

/// What this version cannot read, it cannot judge.
fn read<T: serde::de::DeserializeOwned>(payload: &serde_json::Value) -> Result<T> {
    serde_json::from_value(payload.clone()).map_err(|_| Error::NotFound)
}
