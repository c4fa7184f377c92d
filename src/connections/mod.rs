//! Platform connections: their states and causes, who may change them, and the tokens behind them.

pub mod account;
pub mod api;
pub mod connect;
pub mod consent;
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
pub mod views;

use kit::clock::Timestamp;
use kit::db::{Conn, Tx};
use kit::jobs::Enqueue;
use kit::random::Random;

pub use self::store::Connection;
pub use self::tokens::Refreshing;
use crate::accounts::sessions::SessionRow;
pub use crate::model::ConnectionId;
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
        NoChannel = "no_channel",
        OtherAccount = "other_account",
        Cancelled = "cancelled",
        ConsentLate = "consent_late",
        ConsentUnusable = "consent_unusable",
        ClientRefused = "client_refused",
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
    /// What happened, and what to do about it: two plain sentences.
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            Cause::Denied => ("Access was not granted on the consent page.", "Connect again and choose Allow."),
            Cause::ScopesMissing => (
                "The consent page was left without permission to read and answer comments.",
                "Connect again and leave every box ticked.",
            ),
            Cause::NoChannel => {
                ("This Google account has no YouTube channel.", "Connect again with an account that has one.")
            }
            Cause::OtherAccount => (
                "Another account was chosen on the consent page; it was connected beside this one.",
                "Reconnect and choose this account.",
            ),
            Cause::Cancelled => ("Connecting was cancelled.", "Connect again whenever you like."),
            Cause::ConsentLate => ("The consent page was not answered within ten minutes.", "Connect again."),
            Cause::ConsentUnusable => ("The answer of the consent page was not accepted any more.", "Connect again."),
            Cause::ClientRefused => (
                "The platform does not accept this installation's client.",
                "Check REPRUV_GOOGLE_CLIENT_ID and REPRUV_GOOGLE_CLIENT_SECRET, then connect again.",
            ),
            Cause::AuthorisationLost => {
                ("The authorisation was withdrawn or has expired.", "Reconnect: everything gathered so far stays.")
            }
            Cause::PermissionLost => (
                "The platform no longer permits reading this account's comments.",
                "Reconnect, leave every box ticked, and check that the account is in good standing.",
            ),
            Cause::SecretUnreadable => (
                "The stored authorisation does not open with this installation's key.",
                "Put the former key file back, or reconnect.",
            ),
            Cause::RateLimited => ("The platform asks to slow down.", "Repruv goes on by itself in a moment."),
            Cause::QuotaExhausted => {
                ("Today's quota at the platform is used up.", "Repruv goes on by itself at midnight Pacific time.")
            }
            Cause::Unreachable => ("The platform does not answer at present.", "Repruv tries again by itself."),
            Cause::AnswerUnreadable => (
                "The platform's answer could not be understood.",
                "Repruv tries again by itself; the log has the details.",
            ),
            Cause::Imported => (
                "This account came from the former system, whose authorisation was not taken along.",
                "Connect again: everything gathered so far stays.",
            ),
            Cause::Internal => {
                ("Something went wrong on our side.", "Repruv tries again by itself; the log has the details.")
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
    #[error("there is no such connection")]
    NotFound,
    #[error("this connection cannot be synced before it is connected")]
    NotConnected,
    #[error("this version does not speak to the platform yet")]
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
    signal(tx, workspace)?;
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
            scope_id: Some(connection.workspace_id.uuid()),
            ..Enqueue::default()
        };
        kit::jobs::enqueue(tx, now, random, &job, enqueue)?;
    }
    Ok(())
}

/// Tells the open pages of everybody who sees the workspace.
pub fn signal(tx: &mut Tx, workspace: WorkspaceId) -> Result<(), kit::db::Error> {
    for user in store::members(tx, workspace)? {
        tx.signal("hint", format!("{user}:connection"));
    }
    Ok(())
}

/// Whether the vault opens what the database holds; asked once, at start.
pub fn check_secrets(conn: &mut Conn, vault: &Vault) -> Result<Result<(), Broken>, kit::db::Error> {
    let foreign = store::sealed_secrets(conn)?.iter().any(|sealed| !vault.sealed(sealed));
    Ok(if foreign { Err(Broken::OtherKey) } else { Ok(()) })
}
