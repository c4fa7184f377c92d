//! SQL of sessions.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, FromRow, Result, Row, Tx};

use super::{Role, SessionId, SessionRow, SignedIn, TokenHash, UserId, UserRow, Workspace, WorkspaceId};

/// A user and a workspace of theirs, as [`Person`] reads them.
const PERSON: &str = "u.id, u.email, u.name, u.password_changed_at, u.time_zone, u.is_owner, u.must_change_password,
     u.demo_mode_status, u.demo_mode_error, u.demo_job_id, u.demo_workspace_id, u.demo_profile, u.demo_next,
     u.created_at, u.shortcuts, u.undo_seconds, w.id, w.kind, w.name, m.role";

/// Where somebody begins: in the live workspace to which they went last.
const LIVE: &str = "(SELECT own.workspace_id FROM memberships own JOIN workspaces live ON live.id = own.workspace_id
     WHERE own.user_id = u.id AND live.kind = 'live' ORDER BY own.chosen_at DESC, live.created_at, live.id LIMIT 1)";

/// The session and its person, and how many memberships they have.
pub fn signed_in(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> Result<Option<(SignedIn, i64)>> {
    let found: Option<Found> = conn.opt(
        &format!(
            "SELECT {PERSON}, s.id, s.user_agent, s.ip, s.created_at, s.last_seen_at, s.authenticated_at,
                    s.idle_expires_at, s.expires_at, COALESCE(h.seq, 0),
                    (SELECT count(*) FROM memberships WHERE user_id = u.id)
             FROM user_sessions s
             JOIN users u ON u.id = s.user_id
             JOIN memberships m ON m.user_id = u.id AND m.workspace_id =
                 CASE WHEN s.follows_demo AND u.demo_mode_status = 'enabled' THEN u.demo_workspace_id
                 ELSE COALESCE((SELECT chosen.workspace_id FROM memberships chosen
                      WHERE chosen.workspace_id = s.workspace_id AND chosen.user_id = s.user_id), {LIVE}) END
             JOIN workspaces w ON w.id = m.workspace_id
             LEFT JOIN event_heads h ON h.workspace_id = w.id
             WHERE s.token_hash = $1 AND s.idle_expires_at > $2 AND u.disabled_at IS NULL"
        ),
        args![token.as_bytes(), now],
    )?;
    Ok(found.map(|Found(who, memberships)| (who, memberships)))
}

pub fn person(
    conn: &mut Conn,
    user: UserId,
    workspace: WorkspaceId,
    follows_demo: bool,
) -> Result<Option<(UserRow, Workspace, Role)>> {
    let found: Option<Person> = conn.opt(
        &format!(
            "SELECT {PERSON} FROM users u
             JOIN memberships m ON m.user_id = u.id AND m.workspace_id =
                 CASE WHEN $3 AND u.demo_mode_status = 'enabled' THEN u.demo_workspace_id ELSE $2 END
             JOIN workspaces w ON w.id = m.workspace_id
             WHERE u.id = $1 AND u.disabled_at IS NULL"
        ),
        args![user, workspace, follows_demo],
    )?;
    Ok(found.map(|Person(user, workspace, role)| (user, workspace, role)))
}

pub fn set_workspace(tx: &mut Tx, session: SessionId, workspace: WorkspaceId) -> Result<()> {
    let sql = "UPDATE user_sessions SET workspace_id = $2, follows_demo = FALSE WHERE id = $1";
    tx.exec(sql, args![session, workspace])?;
    Ok(())
}

/// One session of the user, or all of them.
pub fn follow_demo(tx: &mut Tx, user: UserId, session: Option<SessionId>) -> Result<()> {
    match session {
        Some(session) => tx.exec("UPDATE user_sessions SET follows_demo = TRUE WHERE id = $1", args![session])?,
        None => tx.exec("UPDATE user_sessions SET follows_demo = TRUE WHERE user_id = $1", args![user])?,
    };
    Ok(())
}

struct Person(UserRow, Workspace, Role);

impl FromRow for Person {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let user = UserRow {
            id: row.get(0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            password_changed_at: row.get(3)?,
            time_zone: row.get(4)?,
            is_owner: row.get(5)?,
            must_change_password: row.get(6)?,
            demo_mode_status: row.get(7)?,
            demo_mode_error: row.get(8)?,
            demo_job_id: row.get(9)?,
            demo_workspace_id: row.get(10)?,
            demo_profile: row.get(11)?,
            demo_next: row.get(12)?,
            created_at: row.get(13)?,
            shortcuts: row.get(14)?,
            undo_seconds: row.get(15)?,
        };
        Ok(Self(user, Workspace { id: row.get(16)?, kind: row.get(17)?, name: row.get(18)? }, row.get(19)?))
    }
}

struct Found(SignedIn, i64);

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let Person(user, workspace, role) = Person::from_row(row)?;
        let session = SessionRow {
            id: row.get(20)?,
            user_agent: row.get(21)?,
            ip: row.get(22)?,
            created_at: row.get(23)?,
            last_seen_at: row.get(24)?,
            authenticated_at: row.get(25)?,
            idle_expires_at: row.get(26)?,
            expires_at: row.get(27)?,
        };
        let (last_event, memberships) = (row.get(28)?, row.get(29)?);
        let (others, version) = (Vec::new(), String::new());
        Ok(Self(SignedIn { user, session, workspace, role, others, last_event, version }, memberships))
    }
}

pub fn insert(tx: &mut Tx, user: UserId, token: &TokenHash, session: &SessionRow) -> Result<()> {
    tx.exec(
        &format!(
            "INSERT INTO user_sessions (id, user_id, token_hash, user_agent, ip, created_at, last_seen_at, authenticated_at,
                 idle_expires_at, expires_at, workspace_id, follows_demo)
             SELECT $1, u.id, $3, $4, $5, $6, $7, $8, $9, $10, {LIVE}, TRUE FROM users u WHERE u.id = $2"
        ),
        args![
            session.id,
            user,
            token.as_bytes(),
            &session.user_agent,
            &session.ip,
            session.created_at,
            session.last_seen_at,
            session.authenticated_at,
            session.idle_expires_at,
            session.expires_at
        ],
    )?;
    Ok(())
}

pub fn list(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Vec<SessionRow>> {
    conn.all(
        &format!(
            "SELECT {} FROM user_sessions WHERE user_id = $1 AND idle_expires_at > $2 ORDER BY last_seen_at DESC, id DESC",
            SessionRow::COLUMNS
        ),
        args![user, now],
    )
}

pub fn ids(conn: &mut Conn, user: UserId) -> Result<Vec<SessionId>> {
    conn.all("SELECT id FROM user_sessions WHERE user_id = $1", args![user])
}

pub fn delete(tx: &mut Tx, user: UserId, session: SessionId) -> Result<bool> {
    Ok(tx.exec("DELETE FROM user_sessions WHERE id = $1 AND user_id = $2", args![session, user])? > 0)
}

pub fn delete_by_token(tx: &mut Tx, token: &TokenHash) -> Result<Option<(SessionId, UserId)>> {
    tx.opt("DELETE FROM user_sessions WHERE token_hash = $1 RETURNING id, user_id", args![token.as_bytes()])
}

pub fn delete_others(tx: &mut Tx, user: UserId, keep: Option<SessionId>) -> Result<Vec<SessionId>> {
    match keep {
        Some(keep) => {
            tx.all("DELETE FROM user_sessions WHERE user_id = $1 AND id <> $2 RETURNING id", args![user, keep])
        }
        None => tx.all("DELETE FROM user_sessions WHERE user_id = $1 RETURNING id", args![user]),
    }
}

pub fn evict_oldest(tx: &mut Tx, user: UserId, keep: i64) -> Result<Vec<SessionId>> {
    tx.all(
        "DELETE FROM user_sessions WHERE user_id = $1 AND id NOT IN
             (SELECT id FROM user_sessions WHERE user_id = $1 ORDER BY last_seen_at DESC, id DESC LIMIT $2) RETURNING id",
        args![user, keep],
    )
}

pub fn purge_expired(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<Vec<SessionId>> {
    tx.all(
        "DELETE FROM user_sessions WHERE id IN
             (SELECT id FROM user_sessions WHERE idle_expires_at <= $1 ORDER BY idle_expires_at LIMIT $2) RETURNING id",
        args![now, batch],
    )
}

pub fn renew(tx: &mut Tx, session: SessionId, token: &TokenHash, now: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE user_sessions SET token_hash = $2, authenticated_at = $3 WHERE id = $1",
        args![session, token.as_bytes(), now],
    )?;
    Ok(())
}

/// Conditional, so that many requests at once write one row once.
pub fn touch(
    tx: &mut Tx,
    session: SessionId,
    now: Timestamp,
    not_since: Timestamp,
    idle_expires_at: Timestamp,
) -> Result<()> {
    tx.exec(
        "UPDATE user_sessions SET last_seen_at = $2, idle_expires_at = $3 WHERE id = $1 AND last_seen_at <= $4",
        args![session, now, idle_expires_at, not_since],
    )?;
    Ok(())
}
