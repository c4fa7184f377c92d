//! SQL of the accounts, their sessions, and what was written.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};

use super::feed::Written;
use super::session::{Account, SessionId, Tokens};
use crate::oauth::{Access, Hash};
use crate::profiles::ProfileId;

/// In the order of their writing.
pub fn written(conn: &mut Conn, profile: ProfileId) -> Result<Vec<Written>> {
    type Row = (String, String, Option<Json>, Timestamp);
    let rows = conn.all::<Row>(
        "SELECT collection, record_key, record, written_at FROM repo_writes WHERE profile_id = $1 ORDER BY place",
        args![profile],
    )?;
    let written = |(collection, key, record, at): Row| Written { collection, key, record, at };
    Ok(rows.into_iter().map(written).collect())
}

pub fn count(conn: &mut Conn, profile: ProfileId) -> Result<i64> {
    conn.one("SELECT count(*) FROM repo_writes WHERE profile_id = $1", args![profile])
}

pub fn write(tx: &mut Tx, profile: ProfileId, written: &Written) -> Result<()> {
    tx.exec(
        "INSERT INTO repo_writes (profile_id, place, collection, record_key, record, written_at)
         SELECT $1, count(*), $2, $3, $4, $5 FROM repo_writes WHERE profile_id = $1",
        args![profile, written.collection.as_str(), written.key.as_str(), &written.record, written.at],
    )?;
    Ok(())
}

/// Another password for the account: those before it stay good.
pub fn add_password(tx: &mut Tx, account: &Account, password: &Hash, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO network_accounts (profile_id, did, handle, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (profile_id) DO UPDATE SET did = excluded.did, handle = excluded.handle",
        args![account.profile, account.did.as_str(), account.handle.as_str(), now],
    )?;
    tx.exec(
        "INSERT INTO app_passwords (password_hash, profile_id, created_at) VALUES ($1, $2, $3)",
        args![password, account.profile, now],
    )?;
    Ok(())
}

const OF_ACTIVE: &str = "JOIN profiles p ON p.id = a.profile_id AND p.deactivated_at IS NULL";

pub fn did_of(conn: &mut Conn, handle: &str) -> Result<Option<String>> {
    let sql =
        format!("SELECT a.did FROM network_accounts a {OF_ACTIVE} WHERE a.handle = $1 ORDER BY a.made_at DESC LIMIT 1");
    conn.opt(&sql, args![handle])
}

pub fn handle_of(conn: &mut Conn, did: &str) -> Result<Option<String>> {
    conn.opt(&format!("SELECT a.handle FROM network_accounts a {OF_ACTIVE} WHERE a.did = $1"), args![did])
}

/// The account that goes by a DID or handle, if the password is one of its own.
pub fn account_with(conn: &mut Conn, identifier: &str, password: &Hash) -> Result<Option<Account>> {
    let sql = format!(
        "SELECT a.profile_id, a.did, a.handle FROM app_passwords w
         JOIN network_accounts a ON a.profile_id = w.profile_id {OF_ACTIVE}
         WHERE w.password_hash = $1 AND (a.did = $2 OR a.handle = $3)"
    );
    let handle = identifier.trim_start_matches('@').to_ascii_lowercase();
    let row = conn.opt::<(ProfileId, String, String)>(&sql, args![password, identifier, handle])?;
    Ok(row.map(|(profile, did, handle)| Account { profile, did, handle }))
}

pub fn insert_session(tx: &mut Tx, id: SessionId, profile: ProfileId, tokens: &Tokens, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO network_sessions (id, profile_id, access_hash, access_expires_at, refresh_hash, refresh_expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            id,
            profile,
            crate::oauth::hash(&tokens.access),
            tokens.access_expires_at,
            crate::oauth::hash(&tokens.refresh),
            tokens.refresh_expires_at,
            now
        ],
    )?;
    Ok(())
}

pub fn account_by_refresh(conn: &mut Conn, token: &Hash) -> Result<Option<(Account, Timestamp)>> {
    let sql = format!(
        "SELECT a.profile_id, a.did, a.handle, s.refresh_expires_at FROM network_sessions s
         JOIN network_accounts a ON a.profile_id = s.profile_id {OF_ACTIVE} WHERE s.refresh_hash = $1"
    );
    let row = conn.opt::<(ProfileId, String, String, Timestamp)>(&sql, args![token])?;
    Ok(row.map(|(profile, did, handle, expires_at)| (Account { profile, did, handle }, expires_at)))
}

pub fn shorten_refresh(tx: &mut Tx, token: &Hash, until: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE network_sessions SET refresh_expires_at = $2 WHERE refresh_hash = $1 AND refresh_expires_at > $2",
        args![token, until],
    )?;
    Ok(())
}

/// By its refresh token. False when there is none.
pub fn delete_session(tx: &mut Tx, token: &Hash) -> Result<bool> {
    Ok(tx.exec("DELETE FROM network_sessions WHERE refresh_hash = $1", args![token])? > 0)
}

/// Whoever is behind an access token, which may have ended.
pub fn access(conn: &mut Conn, token: &Hash) -> Result<Option<Access>> {
    type Row = (ProfileId, String, bool, Timestamp);
    let row = conn.opt::<Row>(
        "SELECT s.profile_id, p.user_id, EXISTS (SELECT 1 FROM faults WHERE faults.profile_id = p.id), s.access_expires_at
         FROM network_sessions s
         JOIN profiles p ON p.id = s.profile_id AND p.deactivated_at IS NULL WHERE s.access_hash = $1",
        args![token],
    )?;
    Ok(row.map(|(profile_id, user_id, has_faults, expires_at)| Access {
        profile_id,
        user_id,
        client_id: "atproto".to_owned(),
        scopes: Vec::new(),
        daily_units: 0,
        has_faults,
        token: *token,
        expires_at,
        is_offline: true,
    }))
}

/// The access token ends now; another may be had for the refresh token.
pub fn expire_access(tx: &mut Tx, token: &Hash, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE network_sessions SET access_expires_at = $2 WHERE access_hash = $1", args![token, now])?;
    Ok(())
}

/// Ends the session behind an access token.
pub fn delete_session_of(tx: &mut Tx, token: &Hash) -> Result<()> {
    tx.exec("DELETE FROM network_sessions WHERE access_hash = $1", args![token])?;
    Ok(())
}

pub fn purge(tx: &mut Tx, expired_before: Timestamp) -> Result<()> {
    tx.exec("DELETE FROM network_sessions WHERE refresh_expires_at < $1", args![expired_before])?;
    Ok(())
}
