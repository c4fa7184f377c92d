//! Who is in a workspace: owners invite, give roles and remove; everybody may leave, but for the last owner. What somebody did
//! keeps their name after they have gone; what they only held ends.

pub mod api;
pub mod pages;
#[cfg(test)]
mod tests;
mod views;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use kit::db;

use crate::accounts::joining::{self, Invitation};
use crate::accounts::sessions::{self, UserId};
use crate::accounts::{LinkId, api_keys};
use crate::audit::{self, Event};
use crate::events;
use crate::inbox::{listing, marks, notes, saved_views};
use crate::replies;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::{Look, Work};
use crate::workspaces::{self, BusinessHours, Changed, Member, Right, Role, Workspace, WorkspaceId};

const LONGEST_NAME: usize = 80;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Members {
    pub people: Vec<Member>,
    /// Links that nobody has used; only owners see them.
    pub invitations: Vec<Invitation>,
    /// What editors answer waits for an owner.
    pub approves_replies: bool,
    /// Replies that wait for one.
    pub awaiting: i64,
    /// When the workspace answers, where that is set, and its zone.
    pub hours: (Option<BusinessHours>, TimeZone),
}

pub fn list(look: &mut Look<'_>, workspace: WorkspaceId, role: Role) -> db::Result<Members> {
    let people = workspaces::people(look.conn, workspace)?;
    let invitations = match role {
        Role::Owner => joining::list(look.conn, workspace, look.now)?,
        Role::Editor | Role::Viewer => Vec::new(),
    };
    let approves_replies = workspaces::approves_replies(look.conn, workspace)?;
    let awaiting = replies::count_awaiting(look.conn, workspace)?;
    let hours = workspaces::business_hours(look.conn, workspace)?;
    Ok(Members { people, invitations, approves_replies, awaiting, hours })
}

/// The token of a link into the workspace.
pub fn invite(work: &mut Work<'_>, workspace: &Workspace, role: Role) -> Result<(LinkId, String)> {
    joining::invite(work, workspace, role)
}

pub fn change_role(work: &mut Work<'_>, workspace: WorkspaceId, user: UserId, role: Role) -> Result<()> {
    match before(workspaces::set_role(work.tx, workspace, user, role)?)? {
        same if same == role => Ok(()),
        was => {
            if was == Role::Owner {
                joining::withdraw_of(work.tx, workspace, user)?;
            }
            if !role.may(Right::Answer) {
                marks::cannot_answer(work.tx, work.now, workspace, user)?;
            }
            Ok(audit::record(work, Event::MemberRoleChanged, format!("{user} {was} {role} {workspace}"))?)
        }
    }
}

pub fn remove(work: &mut Work<'_>, workspace: WorkspaceId, user: UserId) -> Result<()> {
    go(work, workspace, user)?;
    Ok(audit::record(work, Event::MemberRemoved, format!("{user} {workspace}"))?)
}

/// Whoever `work` is in the name of.
pub fn leave(work: &mut Work<'_>, workspace: WorkspaceId) -> Result<()> {
    let user = work.who.person().ok_or(Error::SignInNeeded)?;
    go(work, workspace, user)?;
    Ok(audit::record(work, Event::MemberLeft, workspace)?)
}

/// Ends a membership with all that somebody held by it.
fn go(work: &mut Work<'_>, workspace: WorkspaceId, user: UserId) -> Result<()> {
    before(workspaces::remove(work.tx, workspace, user)?)?;
    workspaces::see_to_a_home(work.tx, work.now, work.random, user)?;
    joining::withdraw_of(work.tx, workspace, user)?;
    api_keys::revoke_in(work.tx, user, workspace)?;
    replies::forget_drafts(work.tx, work.now, workspace, user)?;
    notes::member_left(work.tx, workspace, user)?;
    marks::member_left(work.tx, work.now, workspace, user)?;
    saved_views::member_left(work.tx, workspace, user)?;
    Ok(sessions::restart_streams(work.tx, user)?)
}

fn before(changed: Changed) -> Result<Role> {
    match changed {
        Changed::From(role) => Ok(role),
        Changed::NoMember => Err(Error::NotFound),
        Changed::LastOwner => {
            Err(Error::conflict("last_owner", "A workspace needs an owner. Make somebody else an owner first."))
        }
    }
}

/// Calls the workspace something else, and says whether what editors answer waits for an owner.
pub fn set_up(work: &mut Work<'_>, workspace: WorkspaceId, name: &str, approves_replies: bool) -> Result<()> {
    let mut errors = FieldErrors::default();
    let Some(name) = errors.name(name, LONGEST_NAME) else { return Err(errors.into()) };
    workspaces::rename(work.tx, workspace, &name)?;
    workspaces::set_approves_replies(work.tx, workspace, approves_replies)?;
    Ok(audit::record(work, Event::WorkspaceChanged, workspace)?)
}

/// Says when the workspace answers; on no day: every hour counts. All that is told of answers follows.
pub fn set_hours(work: &mut Work<'_>, workspace: WorkspaceId, days: [bool; 7], from: &str, until: &str) -> Result<()> {
    let refused = |field, text: &str| FieldErrors::one(field, "bad_time", text);
    let minutes = |field, text: &str| -> Result<i64> {
        let time: Time = text.parse().map_err(|_| refused(field, "Enter a time, like 09:00."))?;
        Ok(i64::from(time.hour()) * 60 + i64::from(time.minute()))
    };
    let hours = if days.contains(&true) {
        // A day's end and its beginning are the same on a clock.
        let end = |minutes| if minutes == 0 { 1_440 } else { minutes };
        let (from, until) = (minutes("from", from)?, end(minutes("until", until)?));
        if until <= from {
            return Err(refused("until", "The end must be later than the beginning.").into());
        }
        Some(BusinessHours { days, from, until })
    } else {
        None
    };
    workspaces::set_business_hours(work.tx, workspace, hours)?;
    for connection in listing::connections(work.tx, workspace)? {
        events::record(work.tx, work.now, workspace, events::Event::InboxChanged(connection.id))?;
    }
    Ok(audit::record(work, Event::WorkspaceChanged, workspace)?)
}
