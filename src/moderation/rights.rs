//! Who may ask for what: asked by the rules themselves, so that no way to them goes round it.

use kit::db::Conn;

use super::people::Refused;
use super::store::{self, Act};
use super::{OrderId, State};
use crate::platforms::Verb;
use crate::workspaces::{self, Right, UserId, WorkspaceId};

/// What cannot be taken back from many people's words, or from a person, is for owners.
pub const fn right(verb: Verb, comments: usize) -> Right {
    match verb {
        Verb::Ban => Right::Ban,
        Verb::Reject | Verb::Delete | Verb::ReportSpam if comments > 1 => Right::Ban,
        _ => Right::Answer,
    }
}

/// Whether somebody may call an order back, or have it tried again.
pub fn may_change(
    conn: &mut Conn,
    (workspace, by): (WorkspaceId, UserId),
    id: OrderId,
    is_tried_again: bool,
) -> Result<(), Refused> {
    let acts = store::of_order(conn, workspace, id)?;
    changes(conn, (workspace, by), &acts, is_tried_again)
}

/// The same of the order's acts.
pub(super) fn changes(
    conn: &mut Conn,
    whose: (WorkspaceId, UserId),
    acts: &[Act],
    is_tried_again: bool,
) -> Result<(), Refused> {
    let first = acts.first().ok_or(Refused::NotFound)?;
    let asked = acts.iter().filter(|act| act.state != State::Skipped).count();
    asks(conn, whose, first.verb, asked)?;
    match is_tried_again {
        true => says(conn, whose, first.verb),
        false => Ok(()),
    }
}

/// Whether somebody may ask for it, by what they are now.
pub(super) fn asks(
    conn: &mut Conn,
    (workspace, by): (WorkspaceId, UserId),
    verb: Verb,
    comments: usize,
) -> Result<(), Refused> {
    let role = workspaces::role_of(conn, workspace, by)?.ok_or(Refused::NotFound)?;
    let right = right(verb, comments);
    if role.may(right) { Ok(()) } else { Err(Refused::NotAllowed(right.missing(role))) }
}

/// Whether somebody's words may go out without an owner's look at them.
pub(super) fn says(conn: &mut Conn, (workspace, by): (WorkspaceId, UserId), verb: Verb) -> Result<(), Refused> {
    match verb == Verb::Edit && workspaces::waits_for_approval(conn, workspace, by)? {
        true => Err(Refused::NeedsOwner),
        false => Ok(()),
    }
}
