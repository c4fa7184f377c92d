//! SQL of the authorization server. Secrets, codes and tokens are kept as SHA-256 only.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::{Access, Client, Code, GrantId, Hash};
use crate::profiles::ProfileId;

kit::row! {
    struct ClientRow {
        pub id: String,
        pub secret_hash: Vec<u8>,
        pub name: String,
        pub redirect_uris: String,
        pub lists_accounts: bool,
        pub daily_units: i64,
        pub refresh_seconds: Option<i64>,
    }
}

pub fn client(conn: &mut Conn, id: &str) -> Result<Option<Client>> {
    let sql = format!("SELECT {} FROM oauth_clients WHERE id = $1", ClientRow::COLUMNS);
    Ok(conn.opt::<ClientRow>(&sql, args![id])?.map(|row| Client {
        id: row.id,
        secret_hash: row.secret_hash,
        name: row.name,
        redirect_uris: row.redirect_uris.lines().map(str::to_owned).collect(),
        lists_accounts: row.lists_accounts,
        daily_units: row.daily_units,
        refresh_seconds: row.refresh_seconds,
    }))
}

pub fn count_clients(conn: &mut Conn) -> Result<i64> {
    conn.one::<i64>("SELECT count(*) FROM oauth_clients", args![])
}

/// The same id again replaces the client: registering is safe to repeat.
pub fn put_client(tx: &mut Tx, client: &Client, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO oauth_clients (id, secret_hash, name, redirect_uris, lists_accounts, daily_units, refresh_seconds, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, name = excluded.name,
             redirect_uris = excluded.redirect_uris, lists_accounts = excluded.lists_accounts, daily_units = excluded.daily_units,
             refresh_seconds = excluded.refresh_seconds",
        args![
            client.id.as_str(),
            &client.secret_hash,
            client.name.as_str(),
            client.redirect_uris.join("\n"),
            client.lists_accounts,
            client.daily_units,
            client.refresh_seconds,
            now
        ],
    )?;
    Ok(())
}

kit::row! {
    #[derive(Debug)]
    pub struct CodeRow {
        pub client_id: String,
        pub profile_id: ProfileId,
        pub redirect_uri: String,
        pub scopes: String,
        pub offline: bool,
        pub prompted: bool,
        pub challenge: Option<String>,
        pub challenge_method: Option<String>,
        pub nonce: Option<String>,
        pub expires_at: Timestamp,
        pub grant_id: Option<GrantId>,
    }
}

pub fn insert_code(tx: &mut Tx, hash: &Hash, code: &Code) -> Result<()> {
    tx.exec(
        "INSERT INTO oauth_codes (code_hash, client_id, profile_id, redirect_uri, scopes, offline, prompted, challenge, challenge_method, nonce, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            hash,
            code.client_id.as_str(),
            code.profile_id,
            code.redirect_uri.as_str(),
            code.scopes.join(" "),
            code.offline,
            code.prompted,
            &code.challenge,
            &code.challenge_method,
            &code.nonce,
            code.expires_at
        ],
    )?;
    Ok(())
}

pub fn code(conn: &mut Conn, hash: &Hash) -> Result<Option<CodeRow>> {
    conn.opt(&format!("SELECT {} FROM oauth_codes WHERE code_hash = $1", CodeRow::COLUMNS), args![hash])
}

/// False when the code was used before.
pub fn use_code(tx: &mut Tx, hash: &Hash, grant: GrantId) -> Result<bool> {
    let used =
        tx.exec("UPDATE oauth_codes SET grant_id = $2 WHERE code_hash = $1 AND grant_id IS NULL", args![hash, grant])?;
    Ok(used == 1)
}

pub fn insert_grant(
    tx: &mut Tx,
    id: GrantId,
    code: &CodeRow,
    refresh_hash: Option<Hash>,
    now: Timestamp,
) -> Result<()> {
    tx.exec(
        "INSERT INTO oauth_grants (id, client_id, profile_id, scopes, refresh_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, code.client_id.as_str(), code.profile_id, code.scopes.as_str(), refresh_hash.as_ref(), now],
    )?;
    Ok(())
}

/// The newest `keep` grants of an account and client stay.
pub fn trim_grants(tx: &mut Tx, client: &str, profile: ProfileId, keep: i64) -> Result<()> {
    tx.exec(
        "DELETE FROM oauth_grants WHERE id IN (
             SELECT id FROM oauth_grants WHERE profile_id = $1 AND client_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $3)",
        args![profile, client, keep],
    )?;
    Ok(())
}

pub fn has_offline_grant(conn: &mut Conn, client: &str, profile: ProfileId) -> Result<bool> {
    let found = conn.one::<i64>(
        "SELECT count(*) FROM oauth_grants WHERE profile_id = $1 AND client_id = $2 AND refresh_hash IS NOT NULL",
        args![profile, client],
    )?;
    Ok(found > 0)
}

/// Everything that the same person ever allowed the same client.
pub fn delete_grants_like(tx: &mut Tx, id: GrantId) -> Result<()> {
    tx.exec(
        "DELETE FROM oauth_grants WHERE (profile_id, client_id) IN (SELECT profile_id, client_id FROM oauth_grants WHERE id = $1)",
        args![id],
    )?;
    Ok(())
}

pub fn delete_grant(tx: &mut Tx, id: GrantId) -> Result<()> {
    tx.exec("DELETE FROM oauth_grants WHERE id = $1", args![id])?;
    Ok(())
}

/// `narrower`: fewer scopes than the grant's.
pub fn insert_access(
    tx: &mut Tx,
    hash: &Hash,
    grant: GrantId,
    narrower: Option<&[String]>,
    expires_at: Timestamp,
) -> Result<()> {
    tx.exec(
        "INSERT INTO oauth_access_tokens (token_hash, grant_id, scopes, expires_at) VALUES ($1, $2, $3, $4)",
        args![hash, grant, narrower.map(|scopes| scopes.join(" ")), expires_at],
    )?;
    Ok(())
}

pub fn delete_access(tx: &mut Tx, hash: &Hash) -> Result<()> {
    tx.exec("DELETE FROM oauth_access_tokens WHERE token_hash = $1", args![hash])?;
    Ok(())
}

pub fn delete_grant_of(tx: &mut Tx, hash: &Hash) -> Result<()> {
    match grant_of(tx, hash)? {
        Some(grant) => delete_grant(tx, grant),
        None => Ok(()),
    }
}

kit::row! {
    pub struct GrantRow {
        pub id: GrantId,
        pub profile_id: ProfileId,
        pub scopes: String,
        pub created_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }
}

/// The live grant behind a refresh token.
pub fn grant_by_refresh(conn: &mut Conn, client: &str, hash: &Hash) -> Result<Option<GrantRow>> {
    conn.opt(
        "SELECT g.id, g.profile_id, g.scopes, g.created_at, g.used_at FROM oauth_grants g JOIN profiles p ON p.id = g.profile_id
         WHERE g.refresh_hash = $1 AND g.client_id = $2 AND p.deactivated_at IS NULL",
        args![hash, client],
    )
}

pub fn use_grant(tx: &mut Tx, id: GrantId, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE oauth_grants SET used_at = $2 WHERE id = $1", args![id, now])?;
    Ok(())
}

/// What a person has allowed a client so far, grant by grant.
pub fn granted(conn: &mut Conn, client: &str, profile: ProfileId) -> Result<Vec<String>> {
    conn.all(
        "SELECT scopes FROM oauth_grants WHERE profile_id = $1 AND client_id = $2 ORDER BY created_at, id",
        args![profile, client],
    )
}

/// Whose a code or a token of either kind is.
pub fn profile_of(conn: &mut Conn, hash: &Hash) -> Result<Option<ProfileId>> {
    if let Some(code) = code(conn, hash)? {
        return Ok(Some(code.profile_id));
    }
    match grant_of(conn, hash)? {
        Some(grant) => conn.opt("SELECT profile_id FROM oauth_grants WHERE id = $1", args![grant]),
        None => Ok(None),
    }
}

/// The grant behind a token of either kind.
pub fn grant_of(conn: &mut Conn, hash: &Hash) -> Result<Option<GrantId>> {
    let refresh = conn.opt("SELECT id FROM oauth_grants WHERE refresh_hash = $1", args![hash])?;
    if refresh.is_some() {
        return Ok(refresh);
    }
    conn.opt("SELECT grant_id FROM oauth_access_tokens WHERE token_hash = $1", args![hash])
}

kit::row! {
    struct AccessRow {
        pub profile_id: ProfileId,
        pub user_id: String,
        pub client_id: String,
        pub scopes: String,
        pub daily_units: i64,
        pub has_faults: bool,
        pub expires_at: Timestamp,
        pub is_offline: bool,
    }
}

pub fn access(conn: &mut Conn, hash: &Hash, now: Timestamp) -> Result<Option<Access>> {
    let row = conn.opt::<AccessRow>(
        "SELECT p.id, p.user_id, g.client_id, coalesce(t.scopes, g.scopes), c.daily_units,
             EXISTS (SELECT 1 FROM faults WHERE faults.profile_id = p.id), t.expires_at, g.refresh_hash IS NOT NULL
         FROM oauth_access_tokens t
         JOIN oauth_grants g ON g.id = t.grant_id
         JOIN oauth_clients c ON c.id = g.client_id
         JOIN profiles p ON p.id = g.profile_id
         WHERE t.token_hash = $1 AND t.expires_at > $2 AND p.deactivated_at IS NULL",
        args![hash, now],
    )?;
    Ok(row.map(|row| Access {
        profile_id: row.profile_id,
        user_id: row.user_id,
        client_id: row.client_id,
        scopes: super::words(&row.scopes),
        daily_units: row.daily_units,
        has_faults: row.has_faults,
        token: *hash,
        expires_at: row.expires_at,
        is_offline: row.is_offline,
    }))
}

/// Codes stay a while after their end, so that a second use is still seen.
pub fn purge(tx: &mut Tx, expired_before: Timestamp) -> Result<()> {
    tx.exec("DELETE FROM oauth_codes WHERE expires_at < $1", args![expired_before])?;
    tx.exec("DELETE FROM oauth_access_tokens WHERE expires_at < $1", args![expired_before])?;
    Ok(())
}
