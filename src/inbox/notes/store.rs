//! The statements about notes.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::NoteId;
use crate::inbox::threads::ThreadId;
use crate::model::{AuthorId, InteractionId};
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Note {
        pub id: NoteId,
        pub text: String,
        pub written_by: UserId,
        /// None of somebody who has no account any more.
        pub author: Option<String>,
        pub written_at: Timestamp,
        /// Of who wrote the comment, rather than of its thread.
        pub is_on_person: bool,
    }
}

const SELECT: &str = "SELECT n.id, n.text, n.written_by, u.name, n.written_at, n.author_id IS NOT NULL
     FROM thread_notes n LEFT JOIN users u ON u.id = n.written_by";

pub struct NewNote<'a> {
    pub id: NoteId,
    pub text: &'a str,
    pub written_by: UserId,
    pub written_at: Timestamp,
    pub on_person: Option<AuthorId>,
}

/// Whether its id was free.
pub fn insert(tx: &mut Tx, workspace: WorkspaceId, thread: ThreadId, note: &NewNote<'_>) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO thread_notes (id, workspace_id, thread_id, author_id, text, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
        args![note.id, workspace, thread, note.on_person, note.text, note.written_by, note.written_at],
    )?;
    Ok(inserted == 1)
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: NoteId) -> Result<Option<Note>> {
    conn.opt(&format!("{SELECT} WHERE n.workspace_id = $1 AND n.id = $2"), args![workspace, id])
}

/// Of those that are read beside a comment.
pub fn count(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<i64> {
    conn.one(&format!("SELECT count(*) FROM thread_notes n WHERE {BESIDE}"), args![workspace, id])
}

/// Those that are read beside a comment: its thread's, and its author's from wherever they were written.
const BESIDE: &str = "(n.workspace_id = $1) IS TRUE AND (
        n.author_id = (SELECT i.author_id FROM interactions i WHERE i.workspace_id = $1 AND i.id = $2)
        OR n.author_id IS NULL AND n.thread_id = (SELECT t.id FROM interactions i
            JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
            WHERE i.workspace_id = $1 AND i.id = $2))";

pub fn of_item(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<Vec<Note>> {
    conn.all(&format!("{SELECT} WHERE {BESIDE} ORDER BY n.written_at, n.id"), args![workspace, id])
}

/// Who wrote a comment.
pub fn author(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<Option<AuthorId>> {
    conn.opt("SELECT author_id FROM interactions WHERE workspace_id = $1 AND id = $2", args![workspace, id])
}

/// With the form that wrote it last.
pub fn draft(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: InteractionId,
    user: UserId,
) -> Result<Option<(String, Option<String>)>> {
    conn.opt(
        "SELECT text, form FROM note_drafts WHERE (workspace_id = $1) IS TRUE AND user_id = $3
            AND thread_id = (SELECT t.id FROM interactions i
                JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
                WHERE i.workspace_id = $1 AND i.id = $2)",
        args![workspace, id, user],
    )
}

pub fn put_draft(
    tx: &mut Tx,
    workspace: WorkspaceId,
    (thread, user): (ThreadId, UserId),
    (text, form): (&str, Option<&str>),
) -> Result<()> {
    tx.exec(
        "INSERT INTO note_drafts (thread_id, workspace_id, user_id, text, form) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (thread_id, user_id) DO UPDATE SET text = excluded.text, form = excluded.form",
        args![thread, workspace, user, text, form],
    )
    .map(drop)
}

pub fn remove_draft(tx: &mut Tx, thread: ThreadId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM note_drafts WHERE thread_id = $1 AND user_id = $2", args![thread, user]).map(drop)
}

pub fn remove_drafts_of(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM note_drafts WHERE workspace_id = $1 AND user_id = $2", args![workspace, user]).map(drop)
}

/// A note by somebody that is read beside a comment; whether there was one.
pub fn delete(tx: &mut Tx, workspace: WorkspaceId, on: InteractionId, (id, by): (NoteId, UserId)) -> Result<bool> {
    let sql = format!("DELETE FROM thread_notes AS n WHERE n.id = $3 AND n.written_by = $4 AND {BESIDE}");
    Ok(tx.exec(&sql, args![workspace, on, id, by])? > 0)
}
