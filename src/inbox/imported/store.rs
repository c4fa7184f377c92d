//! SQL of what an import asks of the inbox.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use kit::id::Id;
use kit::random::Random;

use super::{OwnReply, Place, Stored};
use crate::inbox::threads::ThreadId;
use crate::model::ConnectionId;
use crate::workspaces::{UserId, WorkspaceId};
use kit::db::lists::all_in;

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

pub fn stored(conn: &mut Conn, account: ConnectionId, family: &str, external_id: &str) -> Result<Option<Stored>> {
    conn.opt(
        "SELECT threads.id, interactions.first_seen_at FROM interactions
         JOIN threads ON threads.connection_id = interactions.connection_id
            AND threads.external_id = interactions.thread_external_id
         WHERE interactions.connection_id = $1 AND interactions.family = $2 AND interactions.external_id = $3",
        args![account, family, external_id],
    )
}

pub fn tag(
    tx: &mut Tx,
    (workspace, thread): (WorkspaceId, ThreadId),
    tags: &[String],
    by: UserId,
    now: Timestamp,
) -> Result<()> {
    for tag in tags {
        tx.exec(
            "INSERT INTO thread_tags (workspace_id, thread_id, tag, tagged_by, tagged_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (workspace_id, tag, thread_id) DO NOTHING",
            args![workspace, thread, tag, by, now],
        )?;
    }
    Ok(())
}

/// The same words in one thread are one note.
pub fn note(
    tx: &mut Tx,
    (workspace, thread): (WorkspaceId, ThreadId),
    (now, random): (Timestamp, &Random),
    text: &str,
    by: UserId,
) -> Result<()> {
    let id: Id<()> = Id::new(now, random);
    let known = "SELECT EXISTS (SELECT 1 FROM thread_notes WHERE thread_id = $1 AND text = $2)";
    if !tx.one::<bool>(known, args![thread, text])? {
        tx.exec(
            "INSERT INTO thread_notes (id, workspace_id, thread_id, text, written_by, written_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, workspace, thread, text, by, now],
        )?;
    }
    Ok(())
}

pub fn assign(tx: &mut Tx, (workspace, thread): (WorkspaceId, ThreadId), to: UserId, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO thread_assignments (thread_id, workspace_id, assigned_to, assigned_by, assigned_at)
         VALUES ($1, $2, $3, $3, $4) ON CONFLICT (thread_id) DO NOTHING",
        args![thread, workspace, to, now],
    )?;
    Ok(())
}
