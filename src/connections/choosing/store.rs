//! SQL of what is offered to choose from.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::Choice;
use crate::connections::store::Tokens;
use crate::connections::{ConnectionId, Status};
use crate::platforms::Grant;
use crate::secrets::Vault;

pub fn put_choices(tx: &mut Tx, now: Timestamp, id: ConnectionId, choices: &[Choice]) -> Result<()> {
    let choices = serde_json::to_value(choices).expect("choices are plain data");
    tx.exec(
        "UPDATE platform_connections
         SET connection_status = $2, connection_error = NULL, choices = $3, updated_at = $4 WHERE id = $1",
        args![id, Status::Choosing, choices, now],
    )
    .map(drop)
}

/// Nothing is offered any more.
pub fn end(tx: &mut Tx, now: Timestamp, id: ConnectionId) -> Result<()> {
    tx.exec(
        "UPDATE platform_connections SET choices = NULL, updated_at = $2 WHERE id = $1 AND choices IS NOT NULL",
        args![id, now],
    )
    .map(drop)
}

kit::row! {
    struct Expiries {
        refresh_expires_at: Option<Timestamp>,
        scopes: String,
    }
}

/// The authorisation that a connection holds; `None` where there is none, or it does not open.
pub fn grant(conn: &mut Conn, vault: &Vault, id: ConnectionId) -> Result<Option<Grant>> {
    let Some(sealed) = crate::connections::store::tokens(conn, id)? else { return Ok(None) };
    let columns = Expiries::COLUMNS;
    let sql = format!("SELECT {columns} FROM platform_connections WHERE id = $1");
    let Some(Expiries { refresh_expires_at, scopes }) = conn.opt(&sql, args![id])? else { return Ok(None) };
    let Tokens { access_expires_at: Some(access_expires_at), .. } = sealed else { return Ok(None) };
    let (Ok(Some(access_token)), Ok(refresh_token)) = (sealed.open_access(vault), sealed.open_refresh(vault)) else {
        return Ok(None);
    };
    let scopes = scopes.split_whitespace().map(str::to_owned).collect();
    Ok(Some(Grant { access_token, access_expires_at, refresh_token, refresh_expires_at, scopes }))
}
