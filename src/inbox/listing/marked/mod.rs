//! What a filter asks of a thread's marks: few are looked up and put in order; of many, the list's own order finds enough soon.

mod store;

use kit::db::{Conn, Result};

use super::{Filter, Reader};
use crate::inbox::marks::Assignee;
use crate::workspaces::UserId;

pub use store::FEW;
pub(super) use store::{joined, narrowed};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marked {
    Starred(UserId),
    /// By its key.
    Tagged(String),
    Assigned(UserId),
    Unassigned,
}

pub fn asked(filter: &Filter, reader: Reader<'_>) -> Vec<Marked> {
    let starred = filter.starred.map(|_| Marked::Starred(reader.user));
    let tagged = filter.tag.as_ref().map(|tag| Marked::Tagged(tag.key()));
    let assigned =
        filter.assignee.map(|who: Assignee| who.user(reader.user).map_or(Marked::Unassigned, Marked::Assigned));
    [tagged, starred, assigned].into_iter().flatten().collect()
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
