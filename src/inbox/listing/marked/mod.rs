//! What a filter asks of a thread's marks: few are looked up and put in order; of many, the list's own order finds enough soon.

mod store;

use kit::clock::Timestamp;
use kit::db::{Conn, Result};

use super::store::start_of;
use super::{Filter, Reader, ReplyStands};
use crate::inbox::marks::Assignee;
use crate::workspaces::UserId;

pub use store::FEW;
pub(super) use store::{joined, narrowed, up_to};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marked {
    Starred(UserId),
    /// By its key.
    Tagged(String),
    Assigned(UserId),
    Unassigned,
    /// First answered from here since then, by this member or by anybody.
    Answered(Timestamp, Option<UserId>),
    Reply(ReplyStands),
}

pub fn asked(filter: &Filter, reader: Reader<'_>) -> Vec<Marked> {
    let starred = filter.starred.map(|_| Marked::Starred(reader.user));
    let tagged = filter.tag.as_ref().map(|tag| Marked::Tagged(tag.key()));
    let assigned =
        filter.assignee.map(|who: Assignee| who.user(reader.user).map_or(Marked::Unassigned, Marked::Assigned));
    let since = filter.answered.map(|days| start_of(days.since(reader.today()), reader.zone));
    let is_answered = filter.answered.is_some() || filter.answered_by.is_some();
    let answered = is_answered.then(|| Marked::Answered(since.unwrap_or(Timestamp::EPOCH), filter.answered_by));
    let reply = filter.reply.map(Marked::Reply);
    [tagged, starred, assigned, answered, reply].into_iter().flatten().collect()
}

/// The first that few threads bear: a list begins with those.
pub fn first_few(conn: &mut Conn, reader: Reader<'_>, asked: &[Marked]) -> Result<Option<usize>> {
    for (index, mark) in asked.iter().enumerate() {
        if *mark != Marked::Unassigned && store::up_to(conn, reader.workspace, mark, FEW + 1)? <= FEW {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
