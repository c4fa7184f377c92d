//! Who may ask for what, and of which comment: asked by the rules themselves, so that no way to them goes round it, and by pages,
//! so that nothing is offered that would be refused.

use kit::db::Conn;

use super::refused::{NotNow, Refused, Skipped};
use super::store::{self, Act};
use super::{OrderId, State};
use crate::model::ProviderState;
use crate::platforms::{ActRules, Verb};
use crate::workspaces::{self, Right, Role, UserId, WorkspaceId};

/// Somebody who asks, by what they are now.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    pub role: Role,
    /// Their words go out when an owner has seen them.
    pub waits_for_approval: bool,
}

impl Asker {
    pub fn read(conn: &mut Conn, workspace: WorkspaceId, by: UserId) -> Result<Self, Refused> {
        let role = workspaces::role_of(conn, workspace, by)?.ok_or(Refused::NotFound)?;
        let waits_for_approval = role != Role::Owner && workspaces::approves_replies(conn, workspace)?;
        Ok(Self { role, waits_for_approval })
    }

    /// Whether they may ask for something for so many comments, or have it tried again.
    pub fn may_ask(self, verb: Verb, comments: usize) -> Result<(), Refused> {
        self.may_call_back(verb, comments)?;
        if verb == Verb::Edit && self.waits_for_approval { Err(Refused::NeedsOwner) } else { Ok(()) }
    }

    pub fn may_call_back(self, verb: Verb, comments: usize) -> Result<(), Refused> {
        let right = right(verb, comments);
        if self.role.may(right) { Ok(()) } else { Err(Refused::NotAllowed(right.missing(self.role))) }
    }

    /// Whether they may call back these acts of an order.
    pub fn may_cancel(self, acts: &[Act]) -> Result<(), Refused> {
        let (verb, comments) = asked(acts)?;
        self.may_call_back(verb, comments)?;
        if acts.iter().any(Act::can_be_cancelled) { Ok(()) } else { Err(Refused::NotNow(NotNow::TooLate)) }
    }

    /// Whether they may have an order tried again.
    pub fn may_retry(self, acts: &[Act]) -> Result<(), Refused> {
        let (verb, comments) = asked(acts)?;
        self.may_ask(verb, comments)?;
        let is_under_way = acts.iter().any(|act| act.state.is_under_way());
        if !is_under_way && acts.iter().any(Act::can_be_retried) {
            Ok(())
        } else {
            Err(Refused::NotNow(NotNow::NothingFailed))
        }
    }
}

/// What cannot be taken back from many people's words, or from a person, is for owners.
pub const fn right(verb: Verb, comments: usize) -> Right {
    match verb {
        Verb::Ban => Right::Ban,
        Verb::Reject | Verb::Delete | Verb::ReportSpam if comments > 1 => Right::Ban,
        _ => Right::Answer,
    }
}

fn asked(acts: &[Act]) -> Result<(Verb, usize), Refused> {
    let first = acts.first().ok_or(Refused::NotFound)?;
    Ok((first.verb, acts.iter().filter(|act| act.state != State::Skipped).count()))
}

/// A comment, as far as it stands in an act's way.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub stands: ProviderState,
    pub is_own: bool,
    pub is_connected: bool,
}

/// Why its platform would be asked for nothing, or for what it does not do. Whether an edit changes anything only its words say.
pub fn in_the_way(rules: Option<ActRules>, subject: Subject, verb: Verb) -> Option<Skipped> {
    let Subject { stands, is_own, is_connected } = subject;
    let Some(rules) = rules.filter(|rules| rules.takes(verb)) else { return Some(Skipped::NotOffered) };
    let is_so = match verb {
        // Its author may write on.
        Verb::Edit | Verb::Ban | Verb::Delete => false,
        _ => rules.becomes(verb) == Some(stands),
    };
    match () {
        () if is_own && !verb.is_about_own() => Some(Skipped::Own),
        () if !is_own && verb.is_about_own() => Some(Skipped::NotOwn),
        () if stands == ProviderState::Removed => Some(Skipped::Gone),
        () if is_so => Some(Skipped::Already),
        () if stands == ProviderState::Rejected && verb != Verb::Ban && !verb.is_about_own() => Some(Skipped::Rejected),
        () if !is_connected => Some(Skipped::NotConnected),
        () => None,
    }
}

/// The acts of an order, with whoever asks about it.
pub(super) fn of_order(
    conn: &mut Conn,
    (workspace, by): (WorkspaceId, UserId),
    id: OrderId,
) -> Result<(Asker, Vec<Act>), Refused> {
    let acts = store::of_order(conn, workspace, id)?;
    Ok((Asker::read(conn, workspace, by)?, acts))
}
