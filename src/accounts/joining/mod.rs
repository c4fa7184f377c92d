//! Links into a workspace: an owner gives one away with a role, and whoever opens it within a week joins, with the account that
//! they have or with a new one.

pub mod pages;
mod store;
mod views;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};

pub use self::store::{Invitation, Offer};
pub use self::views::promise;
use super::store::use_link;
use super::{INVITATION, LinkId, UserId};
use crate::accounts::sessions::{self, SessionId, TokenHash};
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::work::{Actor, Work};
use crate::workspaces::{self, Kind, Role, Workspace, WorkspaceId};

/// An invitation's token, which exists nowhere else.
pub fn invite(work: &mut Work<'_>, workspace: &Workspace, role: Role) -> Result<(LinkId, String)> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    if workspace.kind == Kind::Demo {
        return Err(Error::conflict(
            "demo",
            "Your demo is yours alone. Switch to another workspace to invite somebody.",
        ));
    }
    let (id, token) = (LinkId::new(work.now, work.random), work.random.token());
    let link = store::NewLink { id, token: TokenHash::of(&token), workspace: workspace.id, role, by };
    store::insert(work.tx, &link, work.now, work.now + INVITATION)?;
    audit::record(work, Event::InvitationMade, format!("{id} {role} {}", workspace.id))?;
    Ok((id, token))
}

/// Those that nobody has used, the newest first.
pub fn list(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp) -> db::Result<Vec<Invitation>> {
    store::list(conn, workspace, now)
}

pub fn withdraw(work: &mut Work<'_>, workspace: WorkspaceId, id: LinkId) -> Result<()> {
    if !store::delete(work.tx, workspace, id)? {
        return Err(Error::NotFound);
    }
    Ok(audit::record(work, Event::InvitationWithdrawn, id)?)
}

/// Somebody may invite no more: what they gave away opens nothing.
pub fn withdraw_of(tx: &mut Tx, workspace: WorkspaceId, by: UserId) -> db::Result<()> {
    store::delete_of(tx, workspace, by)
}

/// Where a link leads, while it does.
pub fn look(conn: &mut Conn, token: &TokenHash, now: Timestamp) -> db::Result<Option<Offer>> {
    store::offer(conn, token, now)
}

/// Somebody with an account comes in, and goes there in this session. Who is a member already spends no link, and stays what
/// they are.
pub fn accept(work: &mut Work<'_>, (user, session): (UserId, SessionId), token: &TokenHash) -> Result<()> {
    let offer = store::offer(work.tx, token, work.now)?.ok_or_else(is_gone)?;
    if workspaces::role_of(work.tx, offer.workspace_id, user)?.is_none() {
        // Of two who open it at once, one does.
        use_link(work.tx, token, work.now)?.ok_or_else(is_gone)?;
        workspaces::join(work.tx, work.now, offer.workspace_id, user, offer.role)?;
        joined(work, user, &offer)?;
    }
    sessions::choose(work, user, session, offer.workspace_id)
}

/// The same for an account that was made a moment ago, by a link that it has used up.
pub(super) fn join_newly(work: &mut Work<'_>, user: UserId, token: &TokenHash) -> Result<()> {
    let offer = store::used_offer(work.tx, token)?.ok_or_else(is_gone)?;
    workspaces::join(work.tx, work.now, offer.workspace_id, user, offer.role)?;
    // Later than their own workspace, which was made at the same instant: this is where they begin.
    workspaces::chosen(work.tx, work.now + Duration::from_micros(1), offer.workspace_id, user)?;
    joined(work, user, &offer)
}

fn joined(work: &mut Work<'_>, user: UserId, offer: &Offer) -> Result<()> {
    tracing::info!(event = "member_joined", %user, workspace = %offer.workspace_id, role = %offer.role, "somebody joined a workspace");
    let object = format!("{user} {} {}", offer.role, offer.workspace_id);
    Ok(audit::record_by(work, Actor::User(user), Event::MemberJoined, object)?)
}

pub(super) fn is_gone() -> Error {
    let text = "This invitation has expired, has already been used, or was withdrawn. Ask for a new one.";
    Error::gone("link_invalid", text)
}
