//! Where owners look at what editors answer before it goes out: approve it as it is or changed, or send it back with a word.

use std::time::Duration;

use kit::db::{self, Conn};

use super::moves::advance;
use super::people::{Refused, enqueue, fitting};
use super::store::{self, Reply};
use super::{ReplyId, State, drafts};
use crate::audit;
use crate::model::visible;
use crate::platforms::Platforms;
use crate::work::Work;
use crate::workspaces::WorkspaceId;

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
