//! Signed-in browsers: an opaque token in a cookie, its SHA-256 in `user_sessions`, ended on the server.

pub mod pages;
mod store;
#[cfg(test)]
mod tests;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Json, Tx};
use kit::web::Nonce;
use sha2::{Digest as _, Sha256};

use super::api_keys::{Key, Scope};
use crate::app::App;
use crate::web::cookies::SESSION_LIFE;
use crate::web::errors::{Error, Result};
use crate::work::{Who, Work};
use crate::workspaces::{self, Kind};
pub use crate::workspaces::{DemoStatus, Role, UserId, Workspace, WorkspaceId};

kit::id_types! { pub SessionId }

pub use crate::config::{DEVICE_COOKIE, SESSION_COOKIE as COOKIE};

/// A session ends after this long without a request.
pub const IDLE: Duration = Duration::from_secs(7 * 86_400);
/// And after this long in any case.
pub const ABSOLUTE: Duration = SESSION_LIFE;
/// The oldest make room for the newest.
const PER_USER: i64 = 20;
/// `last_seen_at` is written at most this often.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// How long ago a password may have been typed for an action that asks for a fresh one.
const FRESH: Duration = Duration::from_secs(600);

/// SHA-256 of a cookie's value: all that the database knows of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[derive(Clone, Debug)]
pub struct UserRow {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub password_changed_at: Timestamp,
    pub time_zone: String,
    pub is_owner: bool,
    /// Somebody else knows it: the terminal printed it.
    pub must_change_password: bool,
    pub demo_mode_status: DemoStatus,
    pub demo_mode_error: Option<Json>,
    /// The newest demo operation's job.
    pub demo_job_id: Option<kit::jobs::JobId>,
    pub demo_workspace_id: Option<crate::workspaces::WorkspaceId>,
    pub demo_profile: Option<Json>,
    pub demo_next: Option<Json>,
    pub created_at: Timestamp,
    /// Whether single keys do something in the inbox.
    pub shortcuts: bool,
    /// For second thoughts about a reply, on pages.
    pub undo_seconds: i64,
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct SessionRow {
        pub id: SessionId,
        pub user_agent: String,
        pub ip: String,
        pub created_at: Timestamp,
        pub last_seen_at: Timestamp,
        pub authenticated_at: Timestamp,
        /// Never later than `expires_at`, so it alone decides.
        pub idle_expires_at: Timestamp,
        pub expires_at: Timestamp,
    }
}

impl SessionRow {
    /// The password was typed in this session a short while ago.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.authenticated_at) <= FRESH
    }
}

/// The session's token as it came, for handlers that look it up in the same read as their own rows.
#[derive(Clone, Copy, Debug)]
pub struct SessionToken(pub Option<TokenHash>);

/// What a page needs besides its content, with or without somebody signed in.
#[derive(Clone, Debug)]
pub struct PageContext {
    pub nonce: Nonce,
    pub path: String,
    pub signed_in: Option<SignedIn>,
}

/// Who asks, in which session, and whose rows they see now.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: UserRow,
    pub session: SessionRow,
    pub workspace: Workspace,
    /// What they are in it.
    pub role: Role,
    /// Where else they could go.
    pub others: Vec<Workspace>,
    /// The number of the workspace's last event: nothing that an event tells of has changed while it is the same.
    pub last_event: i64,
    /// Up to where this process had heard of changes before anything was read (live/streams.rs).
    pub version: String,
}

/// Who asks the API: a person in a session of theirs, or a program with a key of theirs.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: UserRow,
    pub workspace: Workspace,
    /// What they are in it now: a key is good for no more.
    pub role: Role,
    /// The session, or the key in a session's place: open streams end with it.
    pub pass: SessionId,
    /// When the session or the key ends by itself.
    pub ends_at: Option<Timestamp>,
    /// None with a key, which somebody made with a fresh password.
    pub session: Option<SessionRow>,
    /// None in a session, to which all is open.
    pub key: Option<Key>,
}

impl Caller {
    /// Refuses a key that does not open this.
    pub fn needs(&self, scope: Scope) -> Result<()> {
        self.key.as_ref().map_or(Ok(()), |key| key.allows(scope))
    }
}

impl From<SignedIn> for Caller {
    fn from(who: SignedIn) -> Self {
        let (pass, ends_at) = (who.session.id, Some(who.session.expires_at));
        let SignedIn { user, workspace, role, session, .. } = who;
        Self { user, workspace, role, pass, ends_at, session: Some(session), key: None }
    }
}

/// A browser as a new session remembers it.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    pub ip: String,
    pub user_agent: String,
    /// The session that it comes with: a new one replaces it.
    pub session: Option<TokenHash>,
    /// What a sign-in before has left in it.
    pub device: Option<TokenHash>,
}

impl Visitor {
    /// Whoever they have shown that they are, from where they are now.
    pub fn acting_for(&self, user: UserId) -> Who {
        Who::user(user, &self.ip)
    }
}

impl SignedIn {
    /// In their name, from where they signed in.
    pub fn acting(&self) -> Who {
        Who::user(self.user.id, &self.session.ip)
    }
}

/// Who holds the token, in one query: session, user, current workspace; in a second one where else they could go, if they
/// can. `None` when ended, expired, disabled or never issued.
pub fn authenticate(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> db::Result<Option<SignedIn>> {
    let Some((mut who, memberships)) = store::signed_in(conn, token, now)? else { return Ok(None) };
    if memberships > 1 {
        who.others = workspaces::of_person(conn, who.user.id)?;
        who.others.retain(|other| other.id != who.workspace.id);
    }
    Ok(Some(who))
}

/// The user, the workspace that a key of theirs works in, and what they are there. `None` when they are disabled, or no
/// members any more.
pub fn person(
    conn: &mut Conn,
    user: UserId,
    workspace: WorkspaceId,
    follows_demo: bool,
) -> db::Result<Option<(UserRow, Workspace, Role)>> {
    store::person(conn, user, workspace, follows_demo)
}

/// The session goes to another workspace of its person's.
pub fn choose(work: &mut Work<'_>, user: UserId, session: SessionId, workspace: WorkspaceId) -> Result<()> {
    let wanted = workspaces::of_person(work.tx, user)?.into_iter().find(|other| other.id == workspace);
    let wanted = wanted.ok_or(Error::NotFound)?;
    match wanted.kind {
        Kind::Demo => store::follow_demo(work.tx, user, Some(session))?,
        Kind::Live => {
            store::set_workspace(work.tx, session, workspace)?;
            workspaces::chosen(work.tx, work.now, workspace, user)?;
        }
    }
    // What the session listens to was another workspace's.
    end_streams(work.tx, &[session]);
    Ok(())
}

/// What somebody has open listens anew: where they may listen has changed.
pub fn restart_streams(tx: &mut Tx, user: UserId) -> db::Result<()> {
    let sessions = store::ids(tx, user)?;
    end_streams(tx, &sessions);
    Ok(())
}

/// Every browser of somebody who is about to have a demo goes there when it is ready.
pub fn follow_demo(tx: &mut Tx, user: UserId) -> db::Result<()> {
    store::follow_demo(tx, user, None)
}

/// Starts a session and answers its token, which exists nowhere else. The visitor's old session, the user's oldest
/// beyond the limit end in the same transaction.
pub fn start(work: &mut Work<'_>, user: UserId, visitor: &Visitor) -> db::Result<(SessionId, String)> {
    if let Some(old) = &visitor.session {
        end_by_token(work.tx, old)?;
    }
    let evicted = store::evict_oldest(work.tx, user, PER_USER - 1)?;
    if !evicted.is_empty() {
        tracing::info!(event = "session_evicted", %user, evicted = evicted.len(), "a user's oldest sessions made room");
        end_streams(work.tx, &evicted);
    }
    let (now, token) = (work.now, work.random.token());
    let session = SessionRow {
        id: SessionId::new(now, work.random),
        user_agent: visitor.user_agent.clone(),
        ip: visitor.ip.clone(),
        created_at: now,
        last_seen_at: now,
        authenticated_at: now,
        idle_expires_at: now + IDLE,
        expires_at: now + ABSOLUTE,
    };
    store::insert(work.tx, user, &TokenHash::of(&token), &session)?;
    Ok((session.id, token))
}

/// The user's living sessions, the last used first.
pub fn list(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<Vec<SessionRow>> {
    store::list(conn, user, now)
}

/// Removes expired ones, at most `batch`; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> db::Result<u64> {
    let expired = store::purge_expired(tx, now, batch)?;
    end_streams(tx, &expired);
    Ok(expired.len() as u64)
}

/// Whatever ends a session ends what was opened in it.
fn end_streams(tx: &mut Tx, sessions: &[SessionId]) {
    for session in sessions {
        tx.signal(ENDED, session.to_string());
    }
}

/// Ends one session of the user; false when there is none of that id.
pub fn end(tx: &mut Tx, user: UserId, session: SessionId) -> db::Result<bool> {
    let ended = store::delete(tx, user, session)?;
    if ended {
        tx.signal(ENDED, session.to_string());
    }
    Ok(ended)
}

/// Ends the session of that token, and answers which and whose it was, if there is one.
pub fn end_by_token(tx: &mut Tx, token: &TokenHash) -> db::Result<Option<(SessionId, UserId)>> {
    let ended = store::delete_by_token(tx, token)?;
    if let Some((session, user)) = ended {
        tracing::info!(event = "session_ended", %user, %session, "somebody signed out");
        tx.signal(ENDED, session.to_string());
    }
    Ok(ended)
}

/// Ends all sessions of the user but `keep`, and answers how many.
pub fn end_others(tx: &mut Tx, user: UserId, keep: Option<SessionId>) -> db::Result<usize> {
    let ended = store::delete_others(tx, user, keep)?;
    end_streams(tx, &ended);
    Ok(ended.len())
}

/// Signal topic; the key is the session's id. Open streams of that session close.
pub const ENDED: &str = "session-ended";

/// The password was typed again in the session: it gets a new token, and the old one is dead.
pub fn renew(work: &mut Work<'_>, session: SessionId) -> db::Result<String> {
    let token = work.random.token();
    store::renew(work.tx, session, &TokenHash::of(&token), work.now)?;
    Ok(token)
}

/// Notes that the session is in use, in the background and at most once a minute.
pub fn seen(app: &App, session: &SessionRow) {
    let now = app.now();
    if now.since(session.last_seen_at) < SEEN_EVERY {
        return;
    }
    let (db, id, idle_expires_at) = (app.db.clone(), session.id, session.expires_at.min(now + IDLE));
    tokio::spawn(async move {
        let noted = db.write(move |tx| store::touch(tx, id, now, now - SEEN_EVERY, idle_expires_at)).await;
        if let Err(error) = noted {
            tracing::debug!(%error, "a session's last use was not noted");
        }
    });
}
