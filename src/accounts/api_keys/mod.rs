//! Keys for programs: made by a person whose password is fresh, shown once, kept as a hash, good for what they name.

pub mod access;
pub mod api;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;
mod views;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};

use super::UserId;
use crate::accounts::sessions::{self, Caller, SessionId, TokenHash};
use crate::app::App;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::{self, Right, Role, WorkspaceId};
pub use store::Key;

kit::id_types! { pub KeyId }

kit::text_enum! {
    /// What a key is good for.
    pub enum Scope {
        Read = "read",
        InboxRead = "inbox:read",
        Write = "write",
        InboxWrite = "inbox:write",
        SendReplies = "replies:send",
        Connections = "connections",
        Demo = "demo",
    }
}

kit::text_enum! {
    /// How long a key lasts.
    pub enum Life {
        Month = "month",
        Quarter = "quarter",
        Year = "year",
        Unlimited = "unlimited",
    }
}

/// Whoever finds one lying about knows what it opens, and so do programs that search for lost secrets.
const PREFIX: &str = "repruv_";
/// Of the key, shown for good: 24 of 256 bits.
const HINT_CHARS: usize = PREFIX.len() + 4;
const PER_USER: i64 = 50;
const LONGEST_NAME: usize = 80;
/// `last_used_at` is written at most this often.
const USED_EVERY: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

impl Scope {
    /// What it allows, as its owner reads it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Scope::Read => "Read everything: the dashboard, inbox, connections, jobs and events",
            Scope::InboxRead => "Read the inbox only",
            Scope::Write => "Work in the inbox, and cancel and retry jobs",
            Scope::InboxWrite => {
                "Work in the inbox only: states, tags, notes, views, saved replies, and the jobs of these"
            }
            Scope::SendReplies => {
                "Act on the platforms on your behalf: send, edit and delete replies; hide, publish and reject comments, and ban their authors"
            }
            Scope::Connections => "Sync and disconnect accounts",
            Scope::Demo => "Turn demo mode on and off",
        }
    }

    /// Whether a key with this opens what `needed` is asked for.
    pub fn opens(self, needed: Scope) -> bool {
        self == needed || matches!((self, needed), (Scope::Read, Scope::InboxRead) | (Scope::Write, Scope::InboxWrite))
    }

    /// What its maker must be allowed for it to be good for anything.
    pub const fn right(self) -> Right {
        match self {
            Scope::Read | Scope::InboxRead => Right::Read,
            Scope::Write | Scope::InboxWrite | Scope::SendReplies => Right::Answer,
            Scope::Connections => Right::Connect,
            Scope::Demo => Right::Demo,
        }
    }
}

impl Life {
    const fn duration(self) -> Option<Duration> {
        match self {
            Life::Month => Some(DAY.saturating_mul(30)),
            Life::Quarter => Some(DAY.saturating_mul(90)),
            Life::Year => Some(DAY.saturating_mul(365)),
            Life::Unlimited => None,
        }
    }
}

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub life: Life,
    /// The key works in the demo workspace while demo mode is on. Else it always works in the live one: a program does not
    /// read invented numbers because somebody pressed a button.
    pub follows_demo: bool,
}

/// A key that was made a moment ago.
#[derive(Debug)]
pub struct Made {
    pub id: KeyId,
    /// It exists nowhere else.
    pub token: String,
}

/// For whoever asks, in a workspace of theirs: a key is no better than what they are there.
pub fn make(work: &mut Work<'_>, user: UserId, workspace: WorkspaceId, new: &NewKey) -> Result<Made> {
    let role = workspaces::role_of(work.tx, workspace, user)?.ok_or(Error::NotFound)?;
    let (now, new) = (work.now, check(new, role)?);
    if store::count(work.tx, user)? >= PER_USER {
        let text = format!("You already have {PER_USER} keys. Revoke one you no longer use.");
        return Err(FieldErrors::one("name", "too_many", text).into());
    }
    let token = format!("{PREFIX}{}", work.random.token());
    let key = Key {
        id: KeyId::new(now, work.random),
        user_id: user,
        workspace_id: workspace,
        name: new.name,
        hint: token.chars().take(HINT_CHARS).collect(),
        scopes: new.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
        follows_demo: new.follows_demo,
        created_at: now,
        expires_at: new.life.duration().map(|life| now + life),
        last_used_at: None,
    };
    store::insert(work.tx, &key, &TokenHash::of(&token))?;
    tracing::info!(event = "authn_token_created", %user, key = %key.id, scopes = key.scopes, "an API key was made");
    Ok(Made { id: key.id, token })
}

fn check(new: &NewKey, role: Role) -> Result<NewKey> {
    let mut errors = FieldErrors::default();
    let name = errors.name(&new.name, LONGEST_NAME);
    if new.scopes.is_empty() {
        errors.add("scopes", "missing", "Choose at least one permission.");
    }
    if let Some(scope) = new.scopes.iter().find(|scope| !role.may(scope.right())) {
        errors.add("scopes", "role_missing", scope.right().missing(role));
    }
    errors.into_result()?;
    Ok(NewKey { name: name.unwrap_or_default(), ..new.clone() })
}

/// The user's keys, the newest first.
pub fn list(conn: &mut Conn, user: UserId) -> db::Result<Vec<Key>> {
    store::list(conn, user)
}

/// How many of them still open something.
pub fn living(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<usize> {
    Ok(list(conn, user)?.iter().filter(|key| !key.has_expired(now)).count())
}

/// The key is dead from this commit on, and so are its streams; false when the user has none of that id.
pub fn revoke(tx: &mut Tx, user: UserId, key: KeyId) -> db::Result<bool> {
    let is_theirs = store::delete(tx, user, key)?;
    if is_theirs {
        end(tx, user, key);
    }
    Ok(is_theirs)
}

/// For an account whose password was given to somebody else by the operator; answers the keys that were.
pub(super) fn revoke_all(tx: &mut Tx, user: UserId) -> db::Result<Vec<KeyId>> {
    let revoked = store::delete_all(tx, user)?;
    for key in &revoked {
        end(tx, user, *key);
    }
    Ok(revoked)
}

/// For somebody who is no member of the workspace any more.
pub fn revoke_in(tx: &mut Tx, user: UserId, workspace: WorkspaceId) -> db::Result<()> {
    for key in store::delete_in(tx, user, workspace)? {
        end(tx, user, key);
    }
    Ok(())
}

/// For an account that was closed: its keys open nothing, and what they have opened ends.
pub(super) fn end_streams(tx: &mut Tx, user: UserId) -> db::Result<()> {
    for key in store::list(tx, user)? {
        tx.signal(sessions::ENDED, key.id.to_string());
    }
    Ok(())
}

fn end(tx: &mut Tx, user: UserId, key: KeyId) {
    tracing::info!(event = "authn_token_revoked", %user, %key, "an API key was revoked");
    tx.signal(sessions::ENDED, key.to_string());
}

/// For whom the key stands; `None` when it was revoked, has expired, was never made, or its owner is disabled.
pub fn authenticate(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> db::Result<Option<(Key, Caller)>> {
    let Some(key) = store::living(conn, token, now)? else { return Ok(None) };
    let found = sessions::person(conn, key.user_id, key.workspace_id, key.follows_demo)?;
    let Some((user, workspace, role)) = found else { return Ok(None) };
    let pass = SessionId::from(key.id.uuid());
    let ends_at = key.expires_at;
    let caller = Caller { user, workspace, role, pass, ends_at, session: None, key: Some(key.clone()) };
    Ok(Some((key, caller)))
}

/// Notes that the key is in use, in the background and at most once a minute.
pub fn used(app: &App, key: &Key) {
    let now = app.now();
    if key.last_used_at.is_some_and(|last| now.since(last) < USED_EVERY) {
        return;
    }
    let (db, id) = (app.db.clone(), key.id);
    tokio::spawn(async move {
        let noted = db.write(move |tx| store::touch(tx, id, now, now - USED_EVERY)).await;
        if let Err(error) = noted {
            tracing::debug!(%error, "a key's last use was not noted");
        }
    });
}

impl Key {
    /// A scope that this version does not know opens nothing.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.scopes.split(' ').filter_map(|word| word.parse().ok())
    }

    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    pub(in crate::accounts) fn allows(&self, scope: Scope) -> Result<()> {
        if self.scopes().any(|own| own.opens(scope)) {
            return Ok(());
        }
        Err(Error::forbidden("scope_missing", format!("This API key doesn't have the “{scope}” scope.")))
    }
}
