//! SQL of users, one-time links, known devices and sign-in limits.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::{LinkKind, UserId};
use crate::accounts::sessions::TokenHash;
use crate::workspaces;

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Credentials {
        pub id: UserId,
        pub password_hash: String,
        pub disabled_at: Option<Timestamp>,
    }
}

kit::row! {
    pub struct Account {
        pub id: UserId,
        pub email: String,
        pub name: String,
        pub password_hash: String,
        pub disabled_at: Option<Timestamp>,
    }
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Listed {
        pub id: UserId,
        pub email: String,
        pub name: String,
        pub is_owner: bool,
        pub created_at: Timestamp,
        pub disabled_at: Option<Timestamp>,
    }
}

pub struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a str,
    pub email_key: &'a str,
    pub name: &'a str,
    pub password_hash: &'a str,
    pub time_zone: &'a str,
    pub is_owner: bool,
}

pub fn insert_user(tx: &mut Tx, user: &NewUser<'_>, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO users (id, email, email_key, name, password_hash, password_changed_at, time_zone, is_owner,
             created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $8, $6, $7, $8, $8)",
        args![user.id, user.email, user.email_key, user.name, user.password_hash, user.time_zone, user.is_owner, now],
    )?;
    Ok(())
}

pub struct ImportedUser<'a> {
    pub user: NewUser<'a>,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
}

pub fn insert_imported(tx: &mut Tx, imported: &ImportedUser<'_>, now: Timestamp) -> Result<()> {
    let ImportedUser { user, created_at, disabled_at } = imported;
    tx.exec(
        "INSERT INTO users (id, email, email_key, name, password_hash, password_changed_at, time_zone, is_owner,
             created_at, updated_at, disabled_at)
         VALUES ($1, $2, $3, $4, $5, $8, $6, $7, $8, $9, $10)",
        args![
            user.id,
            user.email,
            user.email_key,
            user.name,
            user.password_hash,
            user.time_zone,
            user.is_owner,
            created_at,
            now,
            disabled_at
        ],
    )?;
    Ok(())
}

pub fn has_owner(conn: &mut Conn) -> Result<bool> {
    conn.one("SELECT EXISTS (SELECT 1 FROM users WHERE is_owner AND disabled_at IS NULL)", args![])
}

pub fn make_owner(tx: &mut Tx, now: Timestamp, email_key: &str) -> Result<Option<String>> {
    tx.opt(
        "UPDATE users SET is_owner = $1, updated_at = $2 WHERE email_key = $3 AND disabled_at IS NULL RETURNING email",
        args![true, now, email_key],
    )
}

/// One of the hashes that were made elsewhere, of the kind that takes longest to verify.
pub fn costliest_bcrypt(conn: &mut Conn) -> Result<Option<String>> {
    // The cost stands at a fixed place: $2b$12$…
    conn.opt(
        "SELECT password_hash FROM users WHERE password_hash LIKE '$2%' ORDER BY substr(password_hash, 5, 2) DESC LIMIT 1",
        args![],
    )
}

pub fn any_user(conn: &mut Conn) -> Result<bool> {
    Ok(conn.opt::<i64>("SELECT 1 FROM users LIMIT 1", args![])?.is_some())
}

pub fn users(conn: &mut Conn) -> Result<Vec<Listed>> {
    conn.all(&format!("SELECT {} FROM users ORDER BY created_at, id", Listed::COLUMNS), args![])
}

pub fn is_taken(conn: &mut Conn, email_key: &str) -> Result<bool> {
    Ok(conn.opt::<i64>("SELECT 1 FROM users WHERE email_key = $1", args![email_key])?.is_some())
}

pub fn credentials_by_email(conn: &mut Conn, email_key: &str) -> Result<Option<Credentials>> {
    conn.opt(&format!("SELECT {} FROM users WHERE email_key = $1", Credentials::COLUMNS), args![email_key])
}

pub fn account(conn: &mut Conn, user: UserId) -> Result<Account> {
    conn.one(&format!("SELECT {} FROM users WHERE id = $1", Account::COLUMNS), args![user])
}

/// False when the hash is no longer the one that was verified.
pub fn replace_hash(tx: &mut Tx, user: UserId, verified: &str, hash: &str) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        args![user, verified, hash],
    )?;
    Ok(changed > 0)
}

pub fn note_password_change(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE users SET password_changed_at = $2, must_change_password = FALSE, updated_at = $2 WHERE id = $1",
        args![user, now],
    )?;
    Ok(())
}

pub fn ask_for_another_password(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.exec("UPDATE users SET must_change_password = TRUE WHERE id = $1", args![user])?;
    Ok(())
}

pub fn set_profile(tx: &mut Tx, user: UserId, name: &str, time_zone: &str, now: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE users SET name = $2, time_zone = $3, updated_at = $4 WHERE id = $1",
        args![user, name, time_zone, now],
    )?;
    workspaces::owner_moved(tx, user, time_zone)
}

pub fn set_shortcuts(tx: &mut Tx, user: UserId, are_on: bool, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE users SET shortcuts = $2, updated_at = $3 WHERE id = $1", args![user, are_on, now])?;
    Ok(())
}

pub fn set_undo_seconds(tx: &mut Tx, user: UserId, seconds: i64, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE users SET undo_seconds = $2, updated_at = $3 WHERE id = $1", args![user, seconds, now])?;
    Ok(())
}

pub fn disable(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE users SET disabled_at = $2, updated_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    Ok(tx.exec(sql, args![user, now])? > 0)
}

pub fn open_again(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE users SET disabled_at = NULL, updated_at = $2 WHERE id = $1 AND disabled_at IS NOT NULL";
    Ok(tx.exec(sql, args![user, now])? > 0)
}

pub fn is_there(conn: &mut Conn, user: UserId) -> Result<bool> {
    Ok(conn.opt::<i64>("SELECT 1 FROM users WHERE id = $1", args![user])?.is_some())
}

kit::row! {
    /// A link that was given away and not used.
    #[derive(Clone, Debug)]
    pub struct Invitation {
        pub id: super::LinkId,
        pub created_at: Timestamp,
        pub expires_at: Timestamp,
    }
}

pub fn invitations(conn: &mut Conn, now: Timestamp) -> Result<Vec<Invitation>> {
    let sql = format!(
        "SELECT {} FROM one_time_links WHERE kind = 'invite' AND used_at IS NULL AND expires_at > $1
         ORDER BY created_at DESC, id DESC LIMIT 100",
        Invitation::COLUMNS
    );
    conn.all(&sql, args![now])
}

pub fn withdraw_invitation(tx: &mut Tx, invitation: super::LinkId) -> Result<bool> {
    let sql = "DELETE FROM one_time_links WHERE id = $1 AND kind = 'invite' AND used_at IS NULL";
    Ok(tx.exec(sql, args![invitation])? > 0)
}

pub fn insert_link(
    tx: &mut Tx,
    id: super::LinkId,
    kind: LinkKind,
    token: &TokenHash,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.exec(
        "INSERT INTO one_time_links (id, kind, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        args![id, kind, token.as_bytes(), now, expires_at],
    )?;
    Ok(())
}

/// What the link opens, while it does.
pub fn open_link(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> Result<Option<LinkKind>> {
    conn.opt(
        "SELECT kind FROM one_time_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        args![token.as_bytes(), now],
    )
}

/// What the link opens, for the one caller that opens it.
pub fn use_link(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<Option<LinkKind>> {
    tx.opt(
        "UPDATE one_time_links SET used_at = $2
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING kind",
        args![token.as_bytes(), now],
    )
}

pub fn purge_links(tx: &mut Tx, older_than: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM one_time_links WHERE id IN (SELECT id FROM one_time_links WHERE expires_at <= $1 LIMIT $2)",
        args![older_than, batch],
    )
}

/// Links that nobody used, of a kind of which only the newest counts.
pub fn withdraw_links(tx: &mut Tx, kind: LinkKind) -> Result<()> {
    tx.exec("DELETE FROM one_time_links WHERE kind = $1 AND used_at IS NULL", args![kind])?;
    Ok(())
}

pub fn device_owner(conn: &mut Conn, device: &TokenHash) -> Result<Option<UserId>> {
    conn.opt("SELECT user_id FROM known_devices WHERE token_hash = $1", args![device.as_bytes()])
}

/// The user's devices used longest ago make room.
pub fn remember_device(tx: &mut Tx, user: UserId, device: &TokenHash, now: Timestamp, keep: i64) -> Result<()> {
    tx.exec(
        "INSERT INTO known_devices (token_hash, user_id, last_used_at) VALUES ($1, $2, $3)
         ON CONFLICT (token_hash) DO UPDATE SET user_id = excluded.user_id, last_used_at = excluded.last_used_at",
        args![device.as_bytes(), user, now],
    )?;
    tx.exec(
        "DELETE FROM known_devices WHERE user_id = $1 AND token_hash NOT IN
             (SELECT token_hash FROM known_devices WHERE user_id = $1 ORDER BY last_used_at DESC, token_hash LIMIT $2)",
        args![user, keep],
    )?;
    Ok(())
}

pub fn forget_devices(tx: &mut Tx, user: UserId, keep: Option<&TokenHash>) -> Result<()> {
    let keep: &[u8] = keep.map_or(&[], TokenHash::as_bytes);
    tx.exec("DELETE FROM known_devices WHERE user_id = $1 AND token_hash <> $2", args![user, keep])?;
    Ok(())
}

kit::row! {
    pub struct Limit {
        pub failures: i64,
        pub window_started_at: Timestamp,
        pub blocked_until: Option<Timestamp>,
    }
}

/// The counter, made when it is missing; locked until the transaction ends.
pub fn lock_limit(tx: &mut Tx, key: &str, now: Timestamp) -> Result<Limit> {
    tx.one(
        &format!(
            "INSERT INTO sign_in_limits (key, failures, window_started_at) VALUES ($1, 0, $2)
             ON CONFLICT (key) DO UPDATE SET failures = sign_in_limits.failures RETURNING {}",
            Limit::COLUMNS
        ),
        args![key, now],
    )
}

pub fn save_limit(
    tx: &mut Tx,
    key: &str,
    failures: i64,
    started: Timestamp,
    blocked_until: Option<Timestamp>,
) -> Result<()> {
    tx.exec(
        "UPDATE sign_in_limits SET failures = $2, window_started_at = $3, blocked_until = $4 WHERE key = $1",
        args![key, failures, started, blocked_until],
    )?;
    Ok(())
}

pub fn clear_limit(tx: &mut Tx, key: &str) -> Result<()> {
    tx.exec("DELETE FROM sign_in_limits WHERE key = $1", args![key])?;
    Ok(())
}

pub fn lower_limit(tx: &mut Tx, key: &str) -> Result<()> {
    tx.exec(
        "UPDATE sign_in_limits SET failures = failures - 1, blocked_until = NULL WHERE key = $1 AND failures > 0",
        args![key],
    )?;
    Ok(())
}

/// Counters with an instant of the future: a window that has not begun, or a wait beyond the longest.
pub fn limits_after(conn: &mut Conn, begun: Timestamp, blocked: Timestamp) -> Result<i64> {
    conn.one(
        "SELECT count(*) FROM sign_in_limits WHERE window_started_at > $1 OR blocked_until > $2",
        args![begun, blocked],
    )
}

pub fn purge_limits(tx: &mut Tx, older_than: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM sign_in_limits WHERE key IN
             (SELECT key FROM sign_in_limits WHERE window_started_at <= $1 ORDER BY window_started_at LIMIT $2)",
        args![older_than, batch],
    )
}
