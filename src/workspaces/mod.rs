//! Whose data a row is: every row of the product belongs to a workspace, and a person sees one workspace at a time.

mod store;

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

pub use crate::model::{UserId, WorkspaceId};

kit::text_enum! {
    pub enum Kind {
        Live = "live",
        /// Exists from a demo's start to its end, and takes everything of it along.
        Demo = "demo",
    }
}

kit::text_enum! {
    /// `users.demo_mode_status`. The current workspace is the demo one exactly while this is `Enabled`.
    pub enum DemoStatus {
        Disabled = "disabled",
        Enabling = "enabling",
        Enabled = "enabled",
        Disabling = "disabling",
        Failed = "failed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub kind: Kind,
    pub name: String,
}

/// A workspace that `owner` owns.
pub fn create(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    owner: UserId,
    kind: Kind,
    name: &str,
) -> db::Result<WorkspaceId> {
    let id = WorkspaceId::new(now, random);
    create_with_id(tx, now, id, owner, kind, name)?;
    Ok(id)
}

/// The same, where the id is known before the transaction.
pub fn create_with_id(
    tx: &mut Tx,
    now: Timestamp,
    id: WorkspaceId,
    owner: UserId,
    kind: Kind,
    name: &str,
) -> db::Result<()> {
    store::insert(tx, id, owner, kind, name, now)?;
    store::add_owner(tx, id, owner, now)
}

/// Holds the workspace's inbox against every other writer until the transaction ends. Whoever needs it takes it first, so
/// that nobody waits in a circle.
///
/// Answers the workspace's time zone.
pub fn lock(tx: &mut Tx, id: WorkspaceId) -> db::Result<TimeZone> {
    let zone = store::lock(tx, id)?;
    Ok(zone.and_then(|zone| TimeZone::get(&zone).ok()).unwrap_or(TimeZone::UTC))
}

/// An owner moved: what they own goes along.
pub fn owner_moved(tx: &mut Tx, owner: UserId, time_zone: &str) -> db::Result<()> {
    store::set_time_zone(tx, owner, time_zone)
}

/// Who sees it.
pub fn members(conn: &mut Conn, id: WorkspaceId) -> db::Result<Vec<UserId>> {
    store::members(conn, id)
}

/// Whether somebody owns the workspace, and sees what only owners see.
pub fn is_owner(conn: &mut Conn, id: WorkspaceId, user: UserId) -> db::Result<bool> {
    store::is_owner(conn, id, user)
}

pub fn all(conn: &mut Conn) -> db::Result<Vec<WorkspaceId>> {
    store::all(conn)
}
