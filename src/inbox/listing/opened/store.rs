//! The statements about one interaction and what stands around it.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result};

use super::super::store::{COLUMNS, Interaction, JOINED};
use crate::model::{AuthorId, ContentId, ContentKind, InteractionId};
use crate::workspaces::WorkspaceId;

pub fn interaction(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<Option<Interaction>> {
    conn.opt(&format!("{} AND i.id = $2", select_named()), args![workspace, id])
}

/// So many of a thread are shown; a longer one is read on the platform.
const THREAD_SHOWN: i64 = 200;

pub fn thread(conn: &mut Conn, workspace: WorkspaceId, of: &Interaction) -> Result<Vec<Interaction>> {
    let sql = format!(
        "{} AND i.connection_id = $2 AND i.thread_external_id = $3
         ORDER BY i.created_at, i.id LIMIT {THREAD_SHOWN}",
        select_named()
    );
    conn.all(&sql, args![workspace, of.connection_id, of.thread_external_id])
}

pub fn by_author(
    conn: &mut Conn,
    workspace: WorkspaceId,
    author: AuthorId,
    but: InteractionId,
) -> Result<Vec<Interaction>> {
    let sql = format!(
        "{} AND i.author_id = $2 AND i.id <> $3 ORDER BY i.created_at DESC, i.id DESC LIMIT 10",
        select_named()
    );
    conn.all(&sql, args![workspace, author, but])
}

/// When somebody wrote for the first time, of what is known of them.
pub fn author_since(conn: &mut Conn, author: AuthorId) -> Result<Option<Timestamp>> {
    conn.one("SELECT min(created_at) FROM interactions WHERE author_id = $1", args![author])
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct ContentItem {
        pub id: ContentId,
        pub kind: ContentKind,
        pub title: Option<String>,
        pub permalink: Option<String>,
        pub thumbnail_url: Option<String>,
        pub published_at: Option<Timestamp>,
        pub duration_seconds: Option<i64>,
        pub comments_enabled: bool,
        pub views: Option<i64>,
        pub likes: Option<i64>,
        pub comments: Option<i64>,
        pub last_seen_at: Timestamp,
    }
}

pub fn content(conn: &mut Conn, workspace: WorkspaceId, id: ContentId) -> Result<Option<ContentItem>> {
    let sql = format!("SELECT {} FROM content_items WHERE workspace_id = $1 AND id = $2", ContentItem::COLUMNS);
    conn.opt(&sql, args![workspace, id])
}

kit::row! {
    /// What an edit replaced.
    #[derive(Clone, Debug)]
    pub struct Version {
        pub replaced_at: Timestamp,
        pub text: Option<String>,
        pub rating: Option<i64>,
    }
}

/// Of an interaction that was found in its workspace.
pub fn versions(conn: &mut Conn, of: InteractionId) -> Result<Vec<Version>> {
    let sql =
        format!("SELECT {} FROM interaction_versions WHERE interaction_id = $1 ORDER BY replaced_at", Version::COLUMNS);
    conn.all(&sql, args![of])
}

/// Those that something else names: by the workspace's index SQLite would read all that it has, for their order.
fn select_named() -> String {
    format!("{COLUMNS} FROM interactions i {JOINED} WHERE (i.workspace_id = $1) IS TRUE")
}
