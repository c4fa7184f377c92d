//! Where owners look at what editors answer before it goes out: approve it as it is or changed, or send it back with a word.

use std::time::Duration;

use kit::db::{self, Conn};

use super::Refused;
use super::moves::advance;
use super::people::{enqueue, fitting};
use super::store::{self, Reply};
use super::{ReplyId, State, drafts};
use crate::audit;
use crate::model::{UserId, visible};
use crate::platforms::Platforms;
use crate::work::Work;
use crate::workspaces::{self, Right, WorkspaceId};

/// More than anybody reads at once.
const LISTED: i64 = 100;
const LONGEST_NOTE: usize = 2_000;

/// What waits for an owner, the oldest first: at most a hundred.
pub fn awaiting(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<Vec<Reply>> {
    store::awaiting(conn, workspace, LISTED)
}

pub fn count_awaiting(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<i64> {
    store::count_awaiting(conn, workspace)
}

/// Lets a reply go out, with other words where an owner has found some. It can be called back until `delay` is over. Where
/// another owner was faster, theirs counts.
pub fn approve(
    work: &mut Work<'_>,
    platforms: &Platforms,
    (workspace, id): (WorkspaceId, ReplyId),
    text: Option<&str>,
    delay: Duration,
) -> Result<Reply, Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let item = store::item(work.tx, workspace, reply.interaction_id)?.ok_or(Refused::NotFound)?;
    let text = text.map(|text| fitting(platforms, item.platform, text)).transpose()?;
    let text = text.unwrap_or_else(|| reply.text.clone());
    if reply.state == State::AwaitingApproval {
        let after = reply.approved(work.now, work.now + delay, by, text.clone());
        if advance(work.tx, &reply, &after)? {
            enqueue(work, &after, reply.author_id, after.due_at)?;
            audit::record(work, audit::Event::ReplyApproved, id)?;
            return store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound);
        }
    }
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let was_approved = reply.reviewed_by.is_some() && !matches!(reply.state, State::SentBack | State::Cancelled);
    match was_approved && reply.text == text {
        true => Ok(reply),
        false => Err(Refused::NotNow { state: reply.state, wanted: "approved" }),
    }
}

/// Lets a reply go out that no owner has to look at any more, by the hand of whoever wrote it.
pub fn release(
    work: &mut Work<'_>,
    (workspace, id): (WorkspaceId, ReplyId),
    delay: Duration,
) -> Result<Reply, Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let waits = reply.state == State::AwaitingApproval;
    if waits && !Approval::of(work.tx, workspace, std::slice::from_ref(&reply))?.may_release(&reply, by) {
        return Err(Refused::NeedsOwner);
    }
    let after = Reply { due_at: work.now + delay, ..reply.clone() };
    if !waits || !advance(work.tx, &reply, &after.released(work.now))? {
        return Err(Refused::NotNow { state: reply.state, wanted: "sent" });
    }
    enqueue(work, &after, by, after.due_at)?;
    audit::record(work, audit::Event::ReplySent, id)?;
    store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)
}

/// Why replies wait for an owner: the workspace asks for it, or did so when they were written.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    is_asked_for: bool,
    /// Who can answer.
    able: Vec<UserId>,
}

impl Approval {
    /// Nothing is read where nothing waits.
    pub fn of(conn: &mut Conn, workspace: WorkspaceId, replies: &[Reply]) -> db::Result<Self> {
        if !replies.iter().any(|reply| reply.state == State::AwaitingApproval) {
            return Ok(Self::default());
        }
        let people = workspaces::people(conn, workspace)?;
        let able = people.iter().filter(|one| !one.is_closed && one.role.may(Right::Answer));
        let able = able.map(|one| one.user_id).collect();
        Ok(Self { is_asked_for: workspaces::approves_replies(conn, workspace)?, able })
    }

    pub fn may_release(&self, reply: &Reply, by: UserId) -> bool {
        let is_theirs = reply.author_id == by && self.able.contains(&by);
        reply.state == State::AwaitingApproval && is_theirs && !self.is_asked_for
    }

    /// What became of it that this reply waits, if anything.
    pub fn says(&self, reply: &Reply) -> Option<String> {
        let author = reply.author_name.as_deref().unwrap_or("Whoever wrote it");
        if !self.able.contains(&reply.author_id) {
            return Some(format!("{author} can't answer here any more. An owner can approve it or send it back."));
        }
        let waits_on =
            format!("Replies don't need approval any more. {author} can send this one, or an owner approves it.");
        (!self.is_asked_for).then_some(waits_on)
    }
}

/// Gives a reply back to whoever wrote it, with a word: its text is their draft again.
pub fn send_back(work: &mut Work<'_>, workspace: WorkspaceId, id: ReplyId, note: &str) -> Result<Reply, Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let note = visible::text(note).ok().filter(|note| note.chars().count() <= LONGEST_NOTE).ok_or(Refused::NoNote)?;
    let waits = reply.state == State::AwaitingApproval;
    if !waits || !advance(work.tx, &reply, &reply.sent_back(work.now, by, note))? {
        let state = store::find(work.tx, workspace, id)?.map_or(reply.state, |reply| reply.state);
        return Err(Refused::NotNow { state, wanted: "sent back" });
    }
    drafts::taken_back(work.tx, work.now, &reply)?;
    audit::record(work, audit::Event::ReplySentBack, id)?;
    store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)
}
