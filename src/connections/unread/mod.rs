//! What of an account could not be read: by its id and with the reason, until a pass reads it or finds it gone.

mod store;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use serde_json::{Value, json};

use super::{ConnectionId, store as connections};
use crate::model::{SetAside, UnreadKind};
use crate::workspaces::WorkspaceId;

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Unread {
        pub kind: UnreadKind,
        pub external_id: String,
        pub reason: String,
        /// The platform's own object, as far as it came.
        pub raw: Option<Value>,
        pub first_seen_at: Timestamp,
        pub last_seen_at: Timestamp,
    }
}

/// How many a page lists.
pub const SHOWN: i64 = 20;
/// A raw form is for a person to look at.
const LONGEST_RAW: usize = 4_000;
const LONGEST_REASON: usize = 300;

pub fn keep(
    tx: &mut Tx,
    now: Timestamp,
    (workspace, connection): (WorkspaceId, ConnectionId),
    set_aside: &[SetAside],
) -> Result<()> {
    for item in set_aside {
        let reason: String = item.reason.chars().take(LONGEST_REASON).collect();
        let raw = item.raw.as_ref().map(shortened);
        tracing::warn!(%connection, kind = %item.kind, item = item.external_id, reason, "set aside");
        store::put(tx, now, (workspace, connection), &SetAside { reason, raw, ..item.clone() })?;
    }
    Ok(())
}

fn shortened(raw: &Value) -> Value {
    let text = raw.to_string();
    if text.len() <= LONGEST_RAW {
        return raw.clone();
    }
    json!({ "beginning": text.chars().take(LONGEST_RAW).collect::<String>(), "bytes": text.len() })
}

/// What a pass that began then could not read.
pub fn since(conn: &mut Conn, connection: ConnectionId, began_at: Timestamp) -> Result<Vec<(UnreadKind, String)>> {
    store::since(conn, connection, began_at)
}

/// What a whole pass did not meet again is readable now, or gone.
pub fn forget_before(tx: &mut Tx, connection: ConnectionId, began_at: Timestamp) -> Result<()> {
    store::delete_before(tx, connection, began_at)
}

/// How many there are, and the newest of them.
pub fn list(conn: &mut Conn, workspace: WorkspaceId, connection: ConnectionId) -> Result<(i64, Vec<Unread>)> {
    if connections::find(conn, workspace, connection)?.is_none() {
        return Ok((0, Vec::new()));
    }
    Ok((store::count(conn, connection)?, store::newest(conn, connection, SHOWN)?))
}
