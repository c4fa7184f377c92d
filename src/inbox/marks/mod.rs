//! What members put on threads: each their own stars; the workspace's tags, and one member who sees to it. One thread and many
//! go by one function. What an act changed is kept for a day, so that whoever did it can take it back.

pub mod api;
mod assignee;
pub mod matching;
pub mod pages;
mod store;
mod tag;
#[cfg(test)]
mod tests;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::jobs::JobId;

use super::decisions;
use super::listing::{Interaction, PORTION, Reader};
use super::threads::ThreadId;
use crate::events::{self, Event};
use crate::live::{self, Hint};
use crate::model::InteractionId;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::{self, Right, UserId, WorkspaceId};

pub use assignee::{Assignee, BadAssignee};
pub use store::Act;
pub use tag::{BadTag, TagName};

kit::id_types! { pub ActId }

/// How long an act can be taken back by whoever did it.
const UNDO: Duration = decisions::UNDO;
/// What was changed is kept a while longer, for lines that still tell of it.
const KEPT: Duration = Duration::from_secs(86_400);

/// What is put on threads, or taken off them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Star,
    Unstar,
    Tag(TagName),
    Untag(TagName),
    Assign(UserId),
    Unassign,
}

kit::text_enum! {
    pub enum MarkKind {
        Star = "star",
        Unstar = "unstar",
        Tag = "tag",
        Untag = "untag",
        Assign = "assign",
        Unassign = "unassign",
    }
}

impl Mark {
    pub const fn kind(&self) -> MarkKind {
        match self {
            Mark::Star => MarkKind::Star,
            Mark::Unstar => MarkKind::Unstar,
            Mark::Tag(_) => MarkKind::Tag,
            Mark::Untag(_) => MarkKind::Untag,
            Mark::Assign(_) => MarkKind::Assign,
            Mark::Unassign => MarkKind::Unassign,
        }
    }
}

impl MarkKind {
    /// Everybody's stars are their own, and nobody else's page shows them.
    const fn is_private(self) -> bool {
        matches!(self, MarkKind::Star | MarkKind::Unstar)
    }
}

/// Marks the threads that interactions stand in. Those that are not there are passed over; those that are marked so already
/// are matched, and not changed.
pub fn mark(work: &mut Work<'_>, workspace: WorkspaceId, ids: &[InteractionId], mark: &Mark) -> Result<Act> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    workspaces::lock(work.tx, workspace)?;
    let threads = decisions::threads_of(work.tx, workspace, ids)?;
    let ids = threads.iter().map(|thread| thread.id).collect::<Vec<ThreadId>>();
    let act = Act::new(work, (workspace, by), mark, !ids.is_empty())?;
    if ids.is_empty() {
        return Ok(act);
    }
    store::begin(work.tx, &act)?;
    let changed = put(work.tx, work.now, &act, &ids)?;
    store::count(work.tx, act.id, ids.len(), changed)?;
    Ok(Act { matched: ids.len() as i64, changed: changed as i64, ..act })
}

impl Act {
    /// What is about to be done; where it is `used`, to some thread.
    fn new(work: &mut Work<'_>, (workspace, by): (WorkspaceId, UserId), mark: &Mark, used: bool) -> Result<Self> {
        if let Mark::Assign(to) = mark
            && used
            && !is_member(work.tx, workspace, *to)?
        {
            let text = "Choose somebody who can answer here.";
            return Err(Error::Invalid(FieldErrors::one("assignee", "not_a_member", text)));
        }
        let tag = match mark {
            Mark::Tag(tag) | Mark::Untag(tag) => Some(store::known_tag(work.tx, workspace, tag)?),
            _ => None,
        };
        Ok(Act {
            id: ActId::new(work.now, work.random),
            workspace_id: workspace,
            done_by: by,
            done_at: work.now,
            mark: mark.kind(),
            tag,
            assignee: if let Mark::Assign(to) = mark { Some(*to) } else { None },
            matched: 0,
            changed: 0,
        })
    }
}

/// Does an act to some threads, under the workspace's lock: of two who do the same at once only one changes each. How many were
/// not so already.
fn put(tx: &mut Tx, now: Timestamp, act: &Act, threads: &[ThreadId]) -> db::Result<usize> {
    let changed = store::note_changes(tx, act, threads)?;
    if !changed.is_empty() {
        store::apply(tx, act, act.mark, &changed)?;
        tell(tx, now, act, &changed)?;
    }
    Ok(changed.len())
}

/// How an act is taken back: it has been, or a job does so.
#[derive(Clone, Copy, Debug)]
pub enum TakenBack {
    /// Of so many threads.
    Now(usize),
    By(JobId),
}

/// Takes an act back where nobody marked otherwise since; a job does it where that would take long. What is still being done
/// is called off first, and its end takes back what was done until then.
pub fn undo(work: &mut Work<'_>, workspace: WorkspaceId, id: ActId) -> Result<TakenBack> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let act = store::act(work.tx, workspace, by, id)?.filter(|act| work.now.since(act.done_at) < UNDO);
    let act = act.ok_or_else(Error::nothing_to_undo)?;
    if let Some(job) = matching::take_back(work, &act)? {
        return Ok(TakenBack::By(job));
    }
    let mut taken_back = 0;
    loop {
        match take_some_back(work.tx, work.now, &act, PORTION)? {
            0 => break,
            some => taken_back += some,
        }
    }
    store::forget(work.tx, &act)?;
    Ok(TakenBack::Now(taken_back))
}

/// Takes back what an act did to some threads; how many it were.
fn take_some_back(tx: &mut Tx, now: Timestamp, act: &Act, limit: usize) -> db::Result<usize> {
    workspaces::lock(tx, act.workspace_id)?;
    let threads = store::changed(tx, act.id, limit)?;
    if threads.is_empty() {
        return Ok(0);
    }
    match act.mark {
        MarkKind::Star => store::apply(tx, act, MarkKind::Unstar, &threads)?,
        MarkKind::Unstar => store::apply(tx, act, MarkKind::Star, &threads)?,
        MarkKind::Tag => store::apply(tx, act, MarkKind::Untag, &threads)?,
        MarkKind::Untag => store::apply(tx, act, MarkKind::Tag, &threads)?,
        MarkKind::Assign | MarkKind::Unassign => store::assign_as_before(tx, act, now, &threads)?,
    }
    tell(tx, now, act, &threads)?;
    store::forget_changes(tx, act.id, &threads)?;
    Ok(threads.len())
}

fn tell(tx: &mut Tx, now: Timestamp, act: &Act, threads: &[ThreadId]) -> db::Result<()> {
    if act.mark.is_private() {
        live::hint(tx, act.done_by, Hint::Inbox);
        return Ok(());
    }
    for connection in store::connections_of(tx, threads)? {
        events::record(tx, now, act.workspace_id, Event::InboxChanged(connection))?;
    }
    Ok(())
}

/// What somebody did a moment ago, if they did.
pub fn act(conn: &mut Conn, workspace: WorkspaceId, by: UserId, id: ActId) -> db::Result<Option<Act>> {
    store::act(conn, workspace, by, id)
}

/// A member who can be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: UserId,
    pub name: String,
}

/// Everybody who can answer and whose account is open, by name.
pub fn members(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<Vec<Member>> {
    let people = workspaces::people(conn, workspace)?.into_iter();
    let able = people.filter(|person| !person.is_closed && person.role.may(Right::Answer));
    let mut members = able.map(|person| Member { id: person.user_id, name: person.name }).collect::<Vec<_>>();
    members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.id));
    Ok(members)
}

fn is_member(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> db::Result<bool> {
    Ok(members(conn, workspace)?.iter().any(|member| member.id == user))
}

/// Which of these acts can still be gone on with.
pub fn known_acts(conn: &mut Conn, workspace: WorkspaceId, acts: &[ActId]) -> db::Result<Vec<ActId>> {
    store::known_acts(conn, workspace, acts)
}

/// Whether it hangs on some thread.
pub fn has_tag(conn: &mut Conn, workspace: WorkspaceId, tag: &TagName) -> db::Result<bool> {
    store::has_tag(conn, workspace, &tag.key())
}

/// The tags that hang on some thread, by name.
pub fn tags(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<Vec<TagName>> {
    store::tags(conn, workspace)
}

/// What hangs on a thread, as somebody sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub is_starred: bool,
    pub tags: Vec<TagName>,
    pub assignee: Option<UserId>,
}

/// In the items' order.
pub fn of_items(conn: &mut Conn, reader: Reader<'_>, items: &[Interaction]) -> db::Result<Vec<Marks>> {
    let found = store::of_threads(conn, reader, items)?;
    let of = |item: &Interaction| {
        let is_its = |thread: &&store::Marked| {
            thread.connection_id == item.connection_id && thread.external_id == item.thread_external_id
        };
        let thread = found.threads.iter().find(is_its)?;
        let tags = found.tags.iter().filter(|(id, _)| *id == thread.id).map(|(_, tag)| tag.clone()).collect();
        Some(Marks { is_starred: thread.is_starred, tags, assignee: thread.assigned_to })
    };
    Ok(items.iter().map(|item| of(item).unwrap_or_default()).collect())
}

/// Somebody is no member any more: nothing is theirs to see to, and their stars go.
pub fn member_left(tx: &mut Tx, now: Timestamp, workspace: WorkspaceId, user: UserId) -> db::Result<()> {
    store::end_stars_of(tx, workspace, user)?;
    cannot_answer(tx, now, workspace, user)
}

/// Nothing is theirs to see to who cannot answer any more.
pub fn cannot_answer(tx: &mut Tx, now: Timestamp, workspace: WorkspaceId, user: UserId) -> db::Result<()> {
    let connections = store::assigned_connections(tx, workspace, user)?;
    store::end_assignments_of(tx, workspace, user)?;
    for connection in connections {
        events::record(tx, now, workspace, Event::InboxChanged(connection))?;
    }
    Ok(())
}

/// Forgets acts of long ago, and ends what is assigned to people who left, only read, or whose account is closed; at most `batch` of each,
/// how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> db::Result<u64> {
    Ok(store::purge(tx, now - KEPT, batch)?.max(store::end_abandoned(tx, batch)?))
}
