//! SQL of what an import asks of the inbox.

use kit::args;
use kit::db::{Conn, Result};

use super::{OwnReply, Place};
use crate::inbox::ingest::lists::all_in;
use crate::model::ConnectionId;

pub fn known_content(conn: &mut Conn, account: ConnectionId, ids: &[&str]) -> Result<Vec<String>> {
    let sql = "SELECT external_id FROM content_items WHERE connection_id = $1 AND external_id IN ";
    all_in(conn, sql, "", args![account], ids)
}

pub fn place(conn: &mut Conn, account: ConnectionId, external_id: &str) -> Result<Option<Place>> {
    conn.opt(
        "SELECT interactions.thread_external_id, content_items.external_id FROM interactions
         LEFT JOIN content_items ON content_items.id = interactions.content_id
         WHERE interactions.connection_id = $1 AND interactions.family = 'comment' AND interactions.external_id = $2",
        args![account, external_id],
    )
}

pub fn own_replies(conn: &mut Conn, account: ConnectionId, thread: &str) -> Result<Vec<OwnReply>> {
    conn.all(
        "SELECT external_id, text FROM interactions
         WHERE connection_id = $1 AND thread_external_id = $2 AND is_own ORDER BY created_at, id",
        args![account, thread],
    )
}
