//! Accounts that come from another system, with their passwords.

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

use super::store::{self, ImportedUser, NewUser};
use super::{UserId, bcrypt_hash, email_key, profile, sign_up};
use crate::workspaces::{self, Kind, WorkspaceId};

/// An account as the other system described it.
#[derive(Clone, Debug)]
pub struct Described {
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    /// The first that is known counts.
    pub time_zones: Vec<String>,
    pub is_owner: bool,
    pub is_open: bool,
    pub created_at: Timestamp,
}

/// An account that now exists, with its live workspace.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    pub user: UserId,
    pub workspace: WorkspaceId,
    /// Otherwise nobody signs in before a passphrase is set from the terminal.
    pub has_password: bool,
}

/// Why an account was not made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    Address,
    Taken,
}

/// What nobody's password opens.
const NO_PASSWORD: &str = "!";

pub fn add(tx: &mut Tx, now: Timestamp, random: &Random, described: &Described) -> db::Result<Result<Added, Unfit>> {
    let email = described.email.trim();
    if !sign_up::is_address(email) {
        return Ok(Err(Unfit::Address));
    }
    let key = email_key(email);
    if store::is_taken(tx, &key)? {
        return Ok(Err(Unfit::Taken));
    }
    let hash = described.password_hash.as_deref().filter(|hash| bcrypt_hash::is_usable(hash));
    let time_zone = described.time_zones.iter().find_map(|name| profile::known_time_zone(name));
    let name = profile::fit_name(&described.name).or_else(|| profile::fit_name(email.split('@').next()?));
    let name = name.unwrap_or_else(|| "Somebody".to_owned());
    let user = NewUser {
        id: UserId::new(now, random),
        email,
        email_key: &key,
        name: &name,
        password_hash: hash.unwrap_or(NO_PASSWORD),
        time_zone: time_zone.as_deref().unwrap_or("UTC"),
        is_owner: described.is_owner,
    };
    let id = user.id;
    let disabled_at = (!described.is_open).then_some(now);
    store::insert_imported(tx, &ImportedUser { user, created_at: described.created_at, disabled_at }, now)?;
    let workspace = workspaces::create(tx, now, random, id, Kind::Live, &name)?;
    Ok(Ok(Added { user: id, workspace, has_password: hash.is_some() }))
}

pub fn has_account(conn: &mut Conn, email: &str) -> db::Result<bool> {
    store::is_taken(conn, &email_key(email))
}

pub fn has_owner(conn: &mut Conn) -> db::Result<bool> {
    store::has_owner(conn)
}

/// Makes the open account of that address an owner of the installation; answers its address.
pub fn make_owner(tx: &mut Tx, now: Timestamp, email: &str) -> db::Result<Option<String>> {
    store::make_owner(tx, now, &email_key(email))
}
