//! The audit log: who did what, each act in the transaction that does it, chained under a key that the database does not hold.
//!
//! Writing takes the head's row, so that audited acts commit one after the other: they are what people do by hand, far
//! fewer than a database commits. Take it last in a transaction. Failed sign-ins are bounded: a flood fills neither the
//! table nor the queue at its head.

mod store;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use kit::db::{Conn, Result};
use sha2::Sha256;

use crate::secrets::Vault;
use crate::work::{Actor, Work};
pub use store::Row;

kit::text_enum! {
    /// What happened, in OWASP's vocabulary where it has a word.
    pub enum Event {
        SignedIn = "authn_login_success",
        SignInFailed = "authn_login_fail",
        PasswordChanged = "authn_password_change",
        UserCreated = "user_created",
        UserDisabled = "user_disabled",
        UserEnabled = "user_enabled",
        InvitationMade = "invitation_created",
        InvitationWithdrawn = "invitation_withdrawn",
        MemberJoined = "member_joined",
        MemberRoleChanged = "member_role_changed",
        MemberRemoved = "member_removed",
        MemberLeft = "member_left",
        WorkspaceChanged = "workspace_changed",
        SessionEnded = "session_ended",
        KeyMade = "authn_token_created",
        KeyRevoked = "authn_token_revoked",
        AccountConnected = "connection_connected",
        AccountReconnected = "connection_reconnected",
        AccountDisconnected = "connection_disconnected",
        ClientSaved = "client_saved",
        ClientRemoved = "client_removed",
        ReplySent = "reply_sent",
        ReplySubmitted = "reply_submitted",
        ReplyApproved = "reply_approved",
        ReplySentBack = "reply_sent_back",
        ReplyCancelled = "reply_cancelled",
        ReplyRetried = "reply_retried",
        ReplySettled = "reply_settled",
        CommentEdited = "comment_edited",
        CommentDeleted = "comment_deleted",
        CommentHidden = "comment_hidden",
        CommentPublished = "comment_published",
        CommentRejected = "comment_rejected",
        AuthorBanned = "author_banned",
        SpamReported = "spam_reported",
        ModerationCancelled = "moderation_cancelled",
        ModerationRetried = "moderation_retried",
        JobCancelled = "job_cancelled",
        JobRetried = "job_retried",
        DemoEnabled = "demo_enabled",
        DemoLeft = "demo_left",
        LegacyImported = "data_imported",
        Restored = "data_restored",
    }
}

kit::text_enum! { pub enum Outcome { Ok = "ok", Failed = "failed" } }

/// Failed sign-ins that are written down in a minute; the log on the terminal has all of them.
const FAILURES_A_MINUTE: i64 = 20;

/// Where a log was found not to be what was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Broken {
    #[error("row {0} is missing or was replaced")]
    Missing(i64),
    #[error("row {0}, or one before it, was changed or written with another key")]
    Changed(i64),
    #[error("the end is missing: only {there} of {written} rows are there")]
    Cut { there: i64, written: i64 },
    #[error("the head was changed")]
    Head,
}

/// A log that is as it was written. Whoever notes both elsewhere can tell later that nothing was taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    pub rows: i64,
    pub code: String,
}

/// Writes down what is done, in the transaction that does it and in the name in which it is done. `object` is what it was
/// done to: an id, or a name.
pub fn record(work: &mut Work<'_>, event: Event, object: impl Display) -> Result<()> {
    let actor = work.who.actor;
    record_by(work, actor, event, object)
}

/// [`record`] in the name of somebody who became known only in this very transaction.
pub fn record_by(work: &mut Work<'_>, actor: Actor, event: Event, object: impl Display) -> Result<()> {
    let now = work.now;
    if event == Event::SignInFailed
        && store::count_since(work.tx, event, now - Duration::from_secs(60))? >= FAILURES_A_MINUTE
    {
        return Ok(());
    }
    let (last, before) = store::lock_head(work.tx)?;
    let outcome = if event == Event::SignInFailed { Outcome::Failed } else { Outcome::Ok };
    let mut row = Row {
        seq: last + 1,
        at: now,
        event: event.to_string(),
        outcome,
        actor: name(actor),
        object: object.to_string(),
        address: work.who.address.to_string(),
        code: Vec::new(),
    };
    let key = key(work.secrets);
    row.code = code(&key, &before, &row);
    store::insert(work.tx, &row)?;
    store::move_head(work.tx, row.seq, &head_code(&key, row.seq, &row.code))
}

fn name(actor: Actor) -> String {
    match actor {
        Actor::User(user) => user.to_string(),
        Actor::Terminal => "terminal".to_owned(),
        Actor::Nobody => String::new(),
    }
}

/// The newest rows first, before `before`.
pub fn list(conn: &mut Conn, before: Option<i64>, limit: i64) -> Result<Vec<Row>> {
    store::newest(conn, before.unwrap_or(i64::MAX), limit)
}

/// Goes through the whole log from its first row.
pub fn verify(conn: &mut Conn, vault: &Vault) -> Result<std::result::Result<Verified, Broken>> {
    const BATCH: i64 = 1_000;
    let key = key(vault);
    let (mut seq, mut before) = (0, Vec::new());
    loop {
        let rows = store::after(conn, seq, BATCH)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != seq + 1 {
                return Ok(Err(Broken::Missing(seq + 1)));
            }
            let expected = code(&key, &before, &row);
            if expected != row.code {
                return Ok(Err(Broken::Changed(row.seq)));
            }
            (seq, before) = (row.seq, row.code);
        }
    }
    let head = store::head(conn)?;
    Ok(match head {
        None if seq == 0 => Ok(Verified { rows: 0, code: String::new() }),
        Some((written, _)) if written > seq => Err(Broken::Cut { there: seq, written }),
        Some((written, sealed)) if written == seq && sealed == head_code(&key, seq, &before) => {
            Ok(Verified { rows: seq, code: before.iter().map(|byte| format!("{byte:02x}")).collect() })
        }
        _ => Err(Broken::Head),
    })
}

fn key(vault: &Vault) -> [u8; 32] {
    vault.derive("audit log", b"")
}

fn code(key: &[u8; 32], before: &[u8], row: &Row) -> Vec<u8> {
    let (seq, at) = (row.seq.to_le_bytes(), row.at.micros().to_le_bytes());
    let texts = [&row.event, row.outcome.as_str(), &row.actor, &row.object, &row.address].map(str::as_bytes);
    mac(key, [before, &seq, &at].into_iter().chain(texts))
}

fn head_code(key: &[u8; 32], seq: i64, last: &[u8]) -> Vec<u8> {
    mac(key, [b"head".as_slice(), &seq.to_le_bytes(), last].into_iter())
}

/// Lengths keep ("ab", "c") and ("a", "bc") apart.
fn mac<'a>(key: &[u8; 32], parts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
