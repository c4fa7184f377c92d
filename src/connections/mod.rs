//! Platform connections: their states and causes, who may change them, and the tokens behind them.

pub mod account;
pub mod api;
pub mod budget;
pub mod connect;
pub mod consent;
mod flows;
pub mod imported;
pub mod jobs;
pub mod pages;
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

pub use self::store::Connection;
pub use self::tokens::RefreshLocks;
use crate::accounts::sessions::SessionRow;
use crate::events::{self, Event};
pub use crate::model::ConnectionId;
use crate::model::Platform;
use crate::secrets::{Broken, Vault};
use crate::work::Work;
use crate::workspaces::{Kind, UserId, Workspace, WorkspaceId};

kit::text_enum! {
    pub enum Status {
        Disconnected = "disconnected",
        Connecting = "connecting",
        Connected = "connected",
        NeedsReauth = "needs_reauth",
        Failed = "failed",
    }
}

kit::text_enum! {
    /// Why a connection is not, or not quite, as it should be.
    pub enum Cause {
        Denied = "access_denied",
        ScopesMissing = "scopes_missing",
        NoAccount = "no_channel",
        OtherAccount = "other_account",
        Cancelled = "cancelled",
        ConsentLate = "consent_late",
        ConsentUnusable = "consent_unusable",
        ClientRefused = "client_refused",
        NotEnabled = "not_enabled",
        AuthorisationLost = "authorisation_lost",
        PermissionLost = "permission_lost",
        SecretUnreadable = "secret_unreadable",
        RateLimited = "rate_limited",
        QuotaExhausted = "quota_exhausted",
        Unreachable = "unreachable",
        AnswerUnreadable = "answer_unreadable",
        Imported = "imported",
        Internal = "internal",
    }
}

impl Cause {
    /// What happened, and what to do about it: two plain sentences, with the platform's own words where it has some.
    pub const fn text(self, platform: Platform) -> (&'static str, &'static str) {
        let words = platform.words();
        match self {
            Cause::Denied => ("Access wasn't granted on the consent page.", "Connect again and choose Allow."),
            Cause::ScopesMissing => {
                ("Some permissions were left out on the consent page.", "Connect again and leave every box ticked.")
            }
            Cause::NoAccount => words.no_account,
            Cause::OtherAccount => (
                "You chose a different account on the consent page, so it was added separately.",
                "Reconnect and choose this account.",
            ),
            Cause::Cancelled => ("Connecting was cancelled.", "Connect again whenever you like."),
            Cause::ConsentLate => ("The consent page wasn't completed within ten minutes.", "Connect again."),
            Cause::ConsentUnusable => ("The consent page's response was no longer valid.", "Connect again."),
            Cause::ClientRefused => ("The platform rejected this server's OAuth client.", words.client_refused),
            Cause::NotEnabled => words.not_enabled,
            Cause::AuthorisationLost => {
                ("Access was revoked or has expired.", "Reconnect to keep syncing. Nothing you have is lost.")
            }
            Cause::PermissionLost => (
                "The platform no longer lets us read this account's comments.",
                "Reconnect, leave every box ticked, and check that the account is in good standing.",
            ),
            Cause::SecretUnreadable => (
                "The saved access can't be decrypted with this server's key file.",
                "Restore the previous key file, or reconnect.",
            ),
            Cause::RateLimited => {
                ("The platform is asking us to slow down.", "Syncing resumes on its own in a moment.")
            }
            Cause::QuotaExhausted => ("Today's platform quota is used up.", words.quota_returns),
            Cause::Unreachable => ("The platform isn't responding right now.", "Repruv will keep trying."),
            Cause::AnswerUnreadable => {
                ("The platform sent a response we couldn't read.", "Repruv will keep trying. Details are in the log.")
            }
            Cause::Imported => (
                "This account was imported from the previous system, without its access.",
                "Connect it again to keep syncing. Nothing you have is lost.",
            ),
            Cause::Internal => {
                ("Something went wrong on our side.", "Repruv will keep trying. Details are in the log.")
            }
        }
    }
}

/// What a person can do about a connection in its present state. Every state has at least one exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Sync,
    Reconnect,
    Cancel,
    Disconnect,
    Dismiss,
}

impl Status {
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Status::Connected => &[Action::Sync, Action::Disconnect],
            Status::Connecting => &[Action::Cancel],
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
        let job = jobs::RevokeToken::new(vault, random, connection, demo, &token);
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
    let foreign = store::sealed_secrets(conn)?.iter().any(|sealed| !vault.sealed(sealed));
    Ok(if foreign { Err(Broken::OtherKey) } else { Ok(()) })
}
