//! SQL of profiles and their idempotency keys.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};

use super::{ProfileId, Webhook};

kit::row! {
    #[derive(Debug, Clone)]
    pub struct ProfileRow {
        pub id: ProfileId,
        pub user_id: String,
        pub idempotency_key: Option<String>,
        pub settings: Json,
        pub created_at: Timestamp,
        pub last_activity_at: Timestamp,
        pub announced_to: Timestamp,
        pub deactivated_at: Option<Timestamp>,
    }
}

kit::row! {
    pub struct KeyRow {
        pub user_id: String,
        pub profile_id: Option<ProfileId>,
        pub cancelled_at: Option<Timestamp>,
    }
}

pub fn insert(tx: &mut Tx, row: &ProfileRow, webhook: Option<&Webhook>) -> Result<()> {
    tx.exec(
        "INSERT INTO profiles (id, user_id, idempotency_key, settings, webhook_url, webhook_secret, created_at, last_activity_at, announced_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            row.id,
            row.user_id.as_str(),
            &row.idempotency_key,
            &row.settings,
            webhook.map(|webhook| webhook.url.as_str()),
            webhook.map(|webhook| webhook.secret.as_str()),
            row.created_at,
            row.last_activity_at,
            row.announced_to
        ],
    )?;
    Ok(())
}

pub fn key(conn: &mut Conn, key: &str) -> Result<Option<KeyRow>> {
    conn.opt(&format!("SELECT {} FROM profile_keys WHERE idempotency_key = $1", KeyRow::COLUMNS), args![key])
}

pub fn insert_key(tx: &mut Tx, key: &str, user_id: &str, profile: Option<ProfileId>, now: Timestamp) -> Result<()> {
    let cancelled_at = profile.is_none().then_some(now);
    tx.exec(
        "INSERT INTO profile_keys (idempotency_key, user_id, profile_id, created_at, cancelled_at) VALUES ($1, $2, $3, $4, $5)",
        args![key, user_id, profile, now, cancelled_at],
    )?;
    Ok(())
}

pub fn cancel_key(tx: &mut Tx, key: &str, now: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE profile_keys SET cancelled_at = $2 WHERE idempotency_key = $1 AND cancelled_at IS NULL",
        args![key, now],
    )?;
    Ok(())
}

pub fn by_id(conn: &mut Conn, id: ProfileId) -> Result<Option<ProfileRow>> {
    conn.opt(&format!("SELECT {} FROM profiles WHERE id = $1", ProfileRow::COLUMNS), args![id])
}

pub fn active_of(conn: &mut Conn, user_id: &str) -> Result<Option<ProfileRow>> {
    let sql = format!("SELECT {} FROM profiles WHERE user_id = $1 AND deactivated_at IS NULL", ProfileRow::COLUMNS);
    conn.opt(&sql, args![user_id])
}

/// The user's newest profile, active or not.
pub fn latest_of(conn: &mut Conn, user_id: &str) -> Result<Option<ProfileRow>> {
    let sql = format!(
        "SELECT {} FROM profiles WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
        ProfileRow::COLUMNS
    );
    conn.opt(&sql, args![user_id])
}

/// Active profiles in the order of their making, after `after`.
pub fn active(conn: &mut Conn, after: Option<ProfileId>, limit: i64) -> Result<Vec<ProfileRow>> {
    let columns = ProfileRow::COLUMNS;
    match after {
        None => conn.all(
            &format!("SELECT {columns} FROM profiles WHERE deactivated_at IS NULL ORDER BY id LIMIT $1"),
            args![limit],
        ),
        Some(after) => conn.all(
            &format!("SELECT {columns} FROM profiles WHERE deactivated_at IS NULL AND id > $2 ORDER BY id LIMIT $1"),
            args![limit, after],
        ),
    }
}

pub fn is_active(conn: &mut Conn, id: ProfileId) -> Result<bool> {
    let found = conn.one::<i64>("SELECT count(*) FROM profiles WHERE id = $1 AND deactivated_at IS NULL", args![id])?;
    Ok(found > 0)
}

pub fn count_active(conn: &mut Conn) -> Result<i64> {
    conn.one("SELECT count(*) FROM profiles WHERE deactivated_at IS NULL", args![])
}

/// Ends a profile and everything that acts for it, in one transaction: nothing of it is delivered or opened afterwards.
pub fn deactivate(tx: &mut Tx, id: ProfileId, now: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE profiles SET deactivated_at = $2, webhook_url = NULL, webhook_secret = NULL
         WHERE id = $1 AND deactivated_at IS NULL",
        args![id, now],
    )?;
    for sql in [
        "DELETE FROM faults WHERE profile_id = $1",
        "DELETE FROM outbox WHERE profile_id = $1",
        "DELETE FROM oauth_codes WHERE profile_id = $1",
        "DELETE FROM oauth_grants WHERE profile_id = $1",
        "DELETE FROM written_comments WHERE profile_id = $1",
        "DELETE FROM moderated_comments WHERE profile_id = $1",
        "DELETE FROM banned_authors WHERE profile_id = $1",
        "DELETE FROM review_replies WHERE profile_id = $1",
        "DELETE FROM network_sessions WHERE profile_id = $1",
        "DELETE FROM app_passwords WHERE profile_id = $1",
        "DELETE FROM network_accounts WHERE profile_id = $1",
        "DELETE FROM repo_writes WHERE profile_id = $1",
        "DELETE FROM world_changes WHERE profile_id = $1",
    ] {
        tx.exec(sql, args![id])?;
    }
    Ok(())
}

/// Forgets profiles that ended before an instant. Their keys stay: a late request with one makes nothing.
pub fn purge(tx: &mut Tx, ended_before: Timestamp) -> Result<()> {
    tx.exec("DELETE FROM profiles WHERE deactivated_at < $1", args![ended_before])?;
    Ok(())
}

pub fn touch(tx: &mut Tx, id: ProfileId, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE profiles SET last_activity_at = $2 WHERE id = $1", args![id, now])?;
    Ok(())
}
