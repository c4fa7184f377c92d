//! Who may stop a job or repeat it: whoever may do by hand what it does. That they see it is not enough.

use kit::jobs::{Job as _, JobId};

use super::store;
use crate::accounts::api_keys::Scope;
use crate::connections::connect::{ConnectAccount, LateConsent};
use crate::connections::jobs::{FetchInteraction, RevokeToken, SyncConnection};
use crate::demo::jobs::{DisableDemo, EnableDemo, ForgetDemoProfile};
use crate::inbox::moves::matching::{MoveMatching, TakeBackMoves};
use crate::moderation::{self, CarryOut};
use crate::replies::{self, SendReply};
use crate::web::errors::{Error, Result};
use crate::workspaces::{self, Right, Role, UserId};
use kit::db::Conn;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    Cancel,
    Retry,
}

/// Refuses whoever sees a job, and may not do this with it.
pub(super) fn check(conn: &mut Conn, by: UserId, id: JobId, wanted: Wanted) -> Result<()> {
    let Some(job) = store::ordered(conn, id)? else { return Ok(()) };
    // What belongs to no workspace is seen by nobody but whoever ordered it.
    let Some(workspace) = job.workspace_id else { return Ok(()) };
    let role = workspaces::role_of(conn, workspace, by)?.ok_or(Error::NotFound)?;
    match (job.job_type.as_str(), wanted) {
        (SendReply::TYPE, Wanted::Retry) => {
            let SendReply { reply_id } = read(job.payload)?;
            Ok(replies::may_retry(conn, workspace, reply_id, by)?)
        }
        (SendReply::TYPE, Wanted::Cancel) => has(role, Right::Answer),
        (CarryOut::TYPE, _) => {
            let CarryOut { order_id } = read(job.payload)?;
            Ok(moderation::may_change(conn, (workspace, by), order_id, wanted == Wanted::Retry)?)
        }
        // It speaks in the name of whoever ordered it.
        (MoveMatching::TYPE | TakeBackMoves::TYPE, _) if job.user_id == by => has(role, Right::Answer),
        (other, _) => has(role, right(other)),
    }
}

/// What opens a job to a program: the same that opens what it does.
pub(super) fn scope(conn: &mut Conn, id: JobId) -> Result<Scope> {
    let job = store::ordered(conn, id)?;
    Ok(job.map_or(Scope::Write, |job| match (job.job_type.as_str(), right(&job.job_type)) {
        (SendReply::TYPE | CarryOut::TYPE, _) => Scope::SendReplies,
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
        | RevokeToken::TYPE => Right::Connect,
        EnableDemo::TYPE | DisableDemo::TYPE | ForgetDemoProfile::TYPE => Right::Demo,
        _ => Right::Manage,
    }
}

fn has(role: Role, right: Right) -> Result<()> {
    if role.may(right) { Ok(()) } else { Err(Error::forbidden("role_missing", right.missing(role))) }
}

/// What this version cannot read, it cannot judge.
fn read<T: serde::de::DeserializeOwned>(payload: serde_json::Value) -> Result<T> {
    serde_json::from_value(payload).map_err(|_| Error::NotFound)
}
