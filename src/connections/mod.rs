//! Platform connections: their states and causes, who may change them, and the tokens behind them.

pub mod account;
pub mod api;
pub mod app_password;
pub mod budget;
mod causes;
pub mod choosing;
pub mod clients;
pub mod connect;
pub mod consent;
mod flows;
pub mod imported;
pub mod jobs;
pub mod pages;
pub mod revoking;
mod service;
pub mod simulated;
pub mod store;
pub mod sync;
#[cfg(test)]
mod tests;
mod tokens;
pub mod unread;
pub mod views;
mod walks;

use kit::clock::Timestamp;
use kit::db::{Conn, Tx};
use kit::jobs::Enqueue;
use kit::random::Random;

pub use self::causes::Cause;
pub use self::store::Connection;
pub use self::tokens::RefreshLocks;
use crate::accounts::sessions::SessionRow;
use crate::events::{self, Event};
pub use crate::model::ConnectionId;
use crate::secrets::{Broken, Vault};
use crate::work::Work;
use crate::workspaces::{Kind, UserId, Workspace, WorkspaceId};

kit::id_types! { pub GrantId }

kit::text_enum! {
    pub enum Status {
        Disconnected = "disconnected",
        Connecting = "connecting",
        /// Its person has signed in, and is asked which of their accounts are meant.
        Choosing = "choosing",
        Connected = "connected",
        NeedsReauth = "needs_reauth",
        Failed = "failed",
    }
}

/// What a person can do about a connection in its present state. Every state has at least one exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Sync,
    Reconnect,
    Choose,
    Cancel,
    Disconnect,
    Dismiss,
}

impl Status {
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Status::Connected => &[Action::Sync, Action::Disconnect],
            Status::Connecting => &[Action::Cancel],
            Status::Choosing => &[Action::Choose, Action::Cancel],
            Status::NeedsReauth => &[Action::Reconnect, Action::Disconnect],
            Status::Failed => &[Action::Reconnect, Action::Dismiss],
            Status::Disconnected => &[Action::Reconnect],
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("no such connection")]
    NotFound,
    #[error("this connection must be connected before it can be synced")]
    NotConnected,
    #[error("this platform isn't supported yet")]
    NotOffered,
    #[error("this connection offers nothing to choose from")]
    NothingToChoose,
    #[error("none of the accounts that are offered was chosen")]
    NothingChosen,
    #[error(transparent)]
    Db(#[from] kit::db::Error),
}

/// Whether a session may begin or end a connection there. What opens somebody's live account, or takes it away, asks for a
/// password that was typed a short while ago; the accounts of a demo are nobody's.
pub fn is_fresh_enough(session: &SessionRow, workspace: &Workspace, now: Timestamp) -> bool {
    workspace.kind == Kind::Demo || session.is_fresh(now)
}

/// Reads the connection now, or hastens the reading that waits.
pub fn sync_now(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    user: UserId,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<kit::jobs::Enqueued, Refused> {
    let connection = store::find(tx, workspace, id)?.ok_or(Refused::NotFound)?;
    if connection.connection_status != Status::Connected {
        return Err(Refused::NotConnected);
    }
    Ok(jobs::enqueue_sync(tx, now, random, Some(user), id, now)?)
}

/// Ends a connection. Its secrets are gone with this transaction; the platform is told by a job of its own.
/// What was gathered stays, unless nothing was ever gathered.
pub fn disconnect(work: &mut Work<'_>, user: UserId, workspace: WorkspaceId, id: ConnectionId) -> Result<(), Refused> {
    let (now, random, vault) = (work.now, work.random, work.secrets);
    let tx = &mut *work.tx;
    let connection = store::find(tx, workspace, id)?.ok_or(Refused::NotFound)?;
    revoke_later(tx, now, random, vault, Some(user), &connection)?;
    if connection.external_id.is_none() {
        store::delete(tx, workspace, id)?;
    } else {
        store::clear_tokens(tx, now, id)?;
        store::set_status(tx, now, id, Status::Disconnected, None)?;
    }
    changed(tx, now, workspace, id)?;
    Ok(())
}

/// Hands the secrets that a connection holds to a job that revokes them at the platform.
fn revoke_later(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    user: Option<UserId>,
    connection: &Connection,
) -> Result<(), kit::db::Error> {
    let Some(sealed) = store::tokens(tx, connection.id)? else { return Ok(()) };
    // Revoking the refresh token ends the access token with it. One that does not open can be revoked by nobody.
    let held = [sealed.open_refresh(vault), sealed.open_access(vault)];
    if let Some(token) = held.into_iter().flatten().flatten().next() {
        let demo = store::is_demo(tx, connection.workspace_id)?;
        let job = revoking::RevokeToken::new(vault, random, connection, demo, &token);
        let enqueue = Enqueue {
            user_id: user.map(UserId::uuid),
            workspace_id: Some(connection.workspace_id.uuid()),
            ..Enqueue::default()
        };
        kit::jobs::enqueue(tx, now, random, &job, enqueue)?;
    }
    Ok(())
}

/// Tells everybody who sees the workspace.
pub fn changed(
    tx: &mut Tx,
    now: Timestamp,
    workspace: WorkspaceId,
    connection: ConnectionId,
) -> Result<(), kit::db::Error> {
    events::record(tx, now, workspace, Event::ConnectionChanged(connection))
}

/// Whether the vault opens what the database holds; asked once, at start.
pub fn check_secrets(conn: &mut Conn, vault: &Vault) -> Result<Result<(), Broken>, kit::db::Error> {
    let held = [store::sealed_secrets(conn)?, clients::sealed_secrets(conn)?].concat();
    let foreign = held.iter().any(|sealed| !vault.sealed(sealed));
    Ok(if foreign { Err(Broken::OtherKey) } else { Ok(()) })
}
