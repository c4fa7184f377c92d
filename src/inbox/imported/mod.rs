//! What an import asks of the inbox, and the work of people that it brings along.

mod store;

use std::collections::HashSet;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

use super::ingest::{self, Place as Setting};
use super::threads::store::Told;
use super::threads::{self, ThreadId, ThreadState};
use crate::model::ConnectionId;
use crate::workspaces::{self, UserId, WorkspaceId};

/// What somebody had done with a thread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    pub is_done: bool,
    pub is_assigned: bool,
    pub tags: Vec<String>,
    pub note: Option<String>,
}

/// Whose work it is, where and when it is brought over.
#[derive(Clone, Copy)]
pub struct Worker<'a> {
    pub by: UserId,
    pub workspace: WorkspaceId,
    pub account: ConnectionId,
    pub now: Timestamp,
    pub random: &'a Random,
}

kit::row! {
    #[derive(Clone, Copy, Debug)]
    pub struct Stored {
        pub thread_id: ThreadId,
        pub first_seen_at: Timestamp,
    }
}

/// Keeps the work as that of the worker, unless the interaction was here before `since`: what was done here meanwhile counts.
pub fn put_work(
    tx: &mut Tx,
    worker: Worker<'_>,
    (family, external_id): (&str, &str),
    since: Timestamp,
    work: &Work,
) -> db::Result<()> {
    let Worker { by, workspace, account, now, random } = worker;
    let found = store::stored(tx, account, family, external_id)?;
    let Some(Stored { thread_id, .. }) = found.filter(|stored| stored.first_seen_at >= since) else { return Ok(()) };
    store::tag(tx, (workspace, thread_id), &work.tags, by, now)?;
    if let Some(note) = &work.note {
        store::note(tx, (workspace, thread_id), (now, random), note, by)?;
    }
    if work.is_assigned {
        store::assign(tx, (workspace, thread_id), by, now)?;
    }
    if work.is_done {
        finish(tx, Setting { workspace, connection: account, now, random }, thread_id, by)?;
    }
    Ok(())
}

fn finish(tx: &mut Tx, setting: Setting<'_>, id: ThreadId, by: UserId) -> db::Result<()> {
    let zone = workspaces::lock(tx, setting.workspace)?;
    let Some(thread) = threads::store::find(tx, setting.workspace, id)? else { return Ok(()) };
    let at = setting.now;
    let told = Told { state: ThreadState::Done, until: None, by, at, undoable_since: at };
    threads::store::decide(tx, setting.workspace, &[id], told)?;
    ingest::decided(tx, setting, &zone, &[&thread.external_id])
}

kit::row! {
    /// Where an interaction stands.
    #[derive(Clone, Debug)]
    pub struct Place {
        pub thread_external_id: String,
        pub content_external_id: Option<String>,
    }
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct OwnReply {
        pub external_id: String,
        pub text: Option<String>,
    }
}

/// Those of the ids that are content of the account.
pub fn known_content(conn: &mut Conn, account: ConnectionId, ids: &[&str]) -> db::Result<HashSet<String>> {
    Ok(store::known_content(conn, account, ids)?.into_iter().collect())
}

/// Where a comment of the account stands.
pub fn place(conn: &mut Conn, account: ConnectionId, external_id: &str) -> db::Result<Option<Place>> {
    store::place(conn, account, external_id)
}

pub fn own_replies(conn: &mut Conn, account: ConnectionId, thread: &str) -> db::Result<Vec<OwnReply>> {
    store::own_replies(conn, account, thread)
}
