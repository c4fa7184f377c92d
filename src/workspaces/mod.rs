//! Whose data a row is: every row of the product belongs to a workspace, and a person sees one workspace at a time.

mod hours;
mod rights;
mod store;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

pub use self::hours::BusinessHours;
pub use self::rights::{Right, Role};
pub use self::store::Member;
pub use crate::model::{UserId, WorkspaceId};

kit::text_enum! {
    pub enum Kind {
        Live = "live",
        /// Exists from a demo's start to its end, and takes everything of it along.
        Demo = "demo",
    }
}

kit::text_enum! {
    /// `users.demo_mode_status`. The demo can be the current workspace exactly while this is `Enabled`.
    pub enum DemoStatus {
        Disabled = "disabled",
        Enabling = "enabling",
        Enabled = "enabled",
        Disabling = "disabling",
        Failed = "failed",
    }
}

kit::row! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Workspace {
        pub id: WorkspaceId,
        pub kind: Kind,
        pub name: String,
    }
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
    store::add(tx, id, owner, Role::Owner, now)
}

/// Whoever is in no live workspace any more gets one of their own: without any, nobody can come in.
pub fn see_to_a_home(tx: &mut Tx, now: Timestamp, random: &Random, user: UserId) -> db::Result<()> {
    let Some(name) = store::hold_person(tx, user)? else { return Ok(()) };
    if !store::has_a_home(tx, user)? {
        create(tx, now, random, user, Kind::Live, &name)?;
    }
    Ok(())
}

/// Holds the workspace's inbox against every other writer until the transaction ends. Whoever needs it takes it first, so
/// that nobody waits in a circle.
///
/// Answers the workspace's time zone.
pub fn lock(tx: &mut Tx, id: WorkspaceId) -> db::Result<TimeZone> {
    let zone = store::lock(tx, id)?;
    Ok(zone.and_then(|zone| TimeZone::get(&zone).ok()).unwrap_or(TimeZone::UTC))
}

/// An owner moved: what they alone own goes along.
pub fn owner_moved(tx: &mut Tx, owner: UserId, time_zone: &str) -> db::Result<()> {
    store::set_time_zone(tx, owner, time_zone)
}

/// Its people with their names, owners first: whom something can be assigned to, and who is listed as a member.
pub fn people(conn: &mut Conn, id: WorkspaceId) -> db::Result<Vec<Member>> {
    store::people(conn, id)
}

/// What somebody is in the workspace; none of those who are no members.
pub fn role_of(conn: &mut Conn, id: WorkspaceId, user: UserId) -> db::Result<Option<Role>> {
    store::role_of(conn, id, user)
}

/// When it began.
pub fn made_at(conn: &mut Conn, id: WorkspaceId) -> db::Result<Timestamp> {
    store::made_at(conn, id)
}

/// Whether what editors answer waits for an owner.
pub fn approves_replies(conn: &mut Conn, id: WorkspaceId) -> db::Result<bool> {
    store::approves_replies(conn, id)
}

pub fn set_approves_replies(tx: &mut Tx, id: WorkspaceId, approves: bool) -> db::Result<()> {
    store::set_approves_replies(tx, id, approves)
}

/// When the workspace answers, if that is set, and in which zone.
pub fn business_hours(conn: &mut Conn, id: WorkspaceId) -> db::Result<(Option<BusinessHours>, TimeZone)> {
    let Some((days, from, until, zone)) = store::business_hours(conn, id)? else { return Ok((None, TimeZone::UTC)) };
    Ok((BusinessHours::read(days, from, until), TimeZone::get(&zone).unwrap_or(TimeZone::UTC)))
}

pub fn set_business_hours(tx: &mut Tx, id: WorkspaceId, hours: Option<BusinessHours>) -> db::Result<()> {
    store::set_business_hours(tx, id, hours)
}

/// Whether what this member answers waits for an owner.
pub fn waits_for_approval(conn: &mut Conn, id: WorkspaceId, user: UserId) -> db::Result<bool> {
    Ok(store::approves_replies(conn, id)? && store::role_of(conn, id, user)? != Some(Role::Owner))
}

pub fn rename(tx: &mut Tx, id: WorkspaceId, name: &str) -> db::Result<()> {
    store::set_name(tx, id, name)
}

/// Which ones somebody can go to, by name; their demo while demo mode is on.
pub fn of_person(conn: &mut Conn, user: UserId) -> db::Result<Vec<Workspace>> {
    store::of_person(conn, user)
}

/// Somebody has gone to it: they begin there when they sign in next.
pub fn chosen(tx: &mut Tx, now: Timestamp, id: WorkspaceId, user: UserId) -> db::Result<()> {
    store::set_chosen(tx, id, user, now)
}

/// Whether they have joined now; a member stays what they are.
pub fn join(tx: &mut Tx, now: Timestamp, id: WorkspaceId, user: UserId, role: Role) -> db::Result<bool> {
    if store::role_of(tx, id, user)?.is_some() {
        return Ok(false);
    }
    store::add(tx, id, user, role, now)?;
    Ok(true)
}

/// What came of a change of who is in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// From this role.
    From(Role),
    NoMember,
    /// Nobody else could do what owners do.
    LastOwner,
}

/// Gives a member another role. Holds the workspace, so that of two owners who go at once one stays.
pub fn set_role(tx: &mut Tx, id: WorkspaceId, user: UserId, role: Role) -> db::Result<Changed> {
    let changed = may_cease(tx, id, user, Some(role))?;
    if matches!(changed, Changed::From(_)) {
        store::set_role(tx, id, user, role)?;
    }
    Ok(changed)
}

/// Ends a membership. Holds the workspace, as [`set_role`] does.
pub fn remove(tx: &mut Tx, id: WorkspaceId, user: UserId) -> db::Result<Changed> {
    let changed = may_cease(tx, id, user, None)?;
    if matches!(changed, Changed::From(_)) {
        store::remove(tx, id, user)?;
    }
    Ok(changed)
}

/// Whether somebody may cease to be what they are.
fn may_cease(tx: &mut Tx, id: WorkspaceId, user: UserId, next: Option<Role>) -> db::Result<Changed> {
    store::lock(tx, id)?;
    let Some(role) = store::role_of(tx, id, user)? else { return Ok(Changed::NoMember) };
    let ceases = role == Role::Owner && next != Some(Role::Owner);
    let is_last = ceases && !store::has_another_owner(tx, id, user)?;
    Ok(if is_last { Changed::LastOwner } else { Changed::From(role) })
}

/// Who sees it.
pub fn members(conn: &mut Conn, id: WorkspaceId) -> db::Result<Vec<UserId>> {
    store::members(conn, id)
}

/// Whether somebody owns the workspace, and sees what only owners see.
pub fn is_owner(conn: &mut Conn, id: WorkspaceId, user: UserId) -> db::Result<bool> {
    Ok(store::role_of(conn, id, user)? == Some(Role::Owner))
}

pub fn all(conn: &mut Conn) -> db::Result<Vec<WorkspaceId>> {
    store::all(conn)
}
