//! The installation's people, as its owner keeps them: who may come in, and which invitations are out.

pub mod pages;
#[cfg(test)]
mod tests;
mod views;

use kit::db::{self, Conn};

use super::store::{self, Invitation, Listed};
use super::{LinkId, UserId, api_keys};
use crate::accounts::sessions;
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::work::{Actor, Look, Work};

/// Everybody with an account, and the invitations that nobody has used.
#[derive(Clone, Debug)]
pub struct People {
    pub accounts: Vec<Listed>,
    pub invitations: Vec<Invitation>,
}

pub fn list(look: &mut Look<'_>) -> db::Result<People> {
    Ok(People { accounts: store::users(look.conn)?, invitations: store::invitations(look.conn, look.now)? })
}

/// Nobody signs in to the account any more, and whoever is in it is out at once.
pub fn disable(work: &mut Work<'_>, user: UserId) -> Result<()> {
    if work.who.actor == Actor::User(user) {
        return Err(Error::conflict("own_account", "You cannot close your own account: nobody could open it again."));
    }
    known(work.tx, user)?;
    store::disable(work.tx, user, work.now)?;
    sessions::end_others(work.tx, user, None)?;
    api_keys::end_streams(work.tx, user)?;
    Ok(audit::record(work, Event::UserDisabled, user)?)
}

pub fn open_again(work: &mut Work<'_>, user: UserId) -> Result<()> {
    known(work.tx, user)?;
    if store::open_again(work.tx, user, work.now)? {
        audit::record(work, Event::UserEnabled, user)?;
    }
    Ok(())
}

/// Ends every session of theirs; they may sign in again.
pub fn sign_out(work: &mut Work<'_>, user: UserId) -> Result<usize> {
    known(work.tx, user)?;
    let ended = sessions::end_others(work.tx, user, None)?;
    audit::record(work, Event::SessionEnded, format!("all of {user}"))?;
    Ok(ended)
}

pub fn withdraw(work: &mut Work<'_>, invitation: LinkId) -> Result<()> {
    if !store::withdraw_invitation(work.tx, invitation)? {
        return Err(Error::NotFound);
    }
    Ok(audit::record(work, Event::InvitationWithdrawn, invitation)?)
}

fn known(conn: &mut Conn, user: UserId) -> Result<()> {
    if store::is_there(conn, user)? { Ok(()) } else { Err(Error::NotFound) }
}
