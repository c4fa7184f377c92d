//! Saved views: filters of the inbox that have a name, one's own or the workspace's. Everybody keeps their own; whoever answers
//! keeps the workspace's, too. One of them can be what a member's inbox opens with.

pub mod api;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;
pub mod views;

use kit::db::{self, Conn, Tx};

use super::listing::{self, Counted, Filter, Reader};
use super::place::Place;
use crate::live::{self, Hint};
use crate::model::visible;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::{self, Right, UserId, WorkspaceId};

pub use store::SavedView;

kit::id_types! { pub SavedViewId }

/// Letters of a name.
pub const LONGEST_NAME: usize = 60;
/// So many a person keeps, and a workspace.
const MOST: usize = 30;
/// So many are counted, on every page that shows them.
const COUNTED: usize = 15;

kit::text_enum! {
    /// Past its neighbour.
    pub enum Direction { Up = "up", Down = "down" }
}

/// What somebody typed or chose.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    pub filter: String,
}

impl SavedView {
    /// The list that it opens, with a word about what of it means nothing any more.
    pub fn place(&self) -> Place {
        let (known, unknown): (Vec<_>, Vec<_>) = url::form_urlencoded::parse(self.filter.as_bytes())
            .into_owned()
            .partition(|(name, _)| Filter::NAMES.contains(&name.as_str()));
        let mut place = Place::parse(known).unwrap_or_else(|_| Place::of(Filter::default()));
        if !unknown.is_empty() {
            place
                .remarks
                .push(format!("“{}” uses filters this version doesn't have; the rest are applied.", self.name));
        }
        place
    }

    /// The filter, where all of it means something still.
    pub fn sound_filter(&self) -> Option<Filter> {
        let place = self.place();
        (place.errors.is_empty() && place.remarks.is_empty()).then_some(place.filter)
    }

    pub const fn is_shared(&self) -> bool {
        self.owner_id.is_none()
    }
}

/// One's own, and behind them the workspace's.
pub fn list(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> db::Result<Vec<SavedView>> {
    store::list(conn, workspace, user)
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, user: UserId, id: SavedViewId) -> db::Result<Option<SavedView>> {
    Ok(store::list(conn, workspace, user)?.into_iter().find(|view| view.id == id))
}

/// What somebody's inbox opens with.
pub fn default_of(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> db::Result<Option<SavedViewId>> {
    store::default_of(conn, workspace, user)
}

/// How many each of the first of them lists, as far as that is quickly known.
pub fn counts(conn: &mut Conn, reader: Reader<'_>, views: &[SavedView]) -> db::Result<Vec<Counted>> {
    views.iter().take(COUNTED).map(|view| listing::count(conn, reader, &view.place().filter)).collect()
}

pub fn make(work: &mut Work<'_>, workspace: WorkspaceId, typed: &Typed, is_shared: bool) -> Result<SavedView> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    if is_shared {
        may_share(work, workspace, by)?;
    }
    workspaces::lock(work.tx, workspace)?;
    let owner_id = (!is_shared).then_some(by);
    let all = store::list(work.tx, workspace, by)?;
    let sound = read(&all, owner_id, typed, None)?;
    let group = all.iter().filter(|view| view.owner_id == owner_id);
    if group.clone().count() >= MOST {
        let text = "There is room for 30 views. Delete one first.";
        return Err(Error::Invalid(FieldErrors::one("name", "too_many", text)));
    }
    let view = SavedView {
        id: SavedViewId::new(work.now, work.random),
        owner_id,
        name: sound.name,
        filter: sound.filter,
        place: group.map(|view| view.place).max().unwrap_or(0) + 1,
        created_at: work.now,
        updated_at: work.now,
    };
    store::insert(work.tx, workspace, &view, &visible::caseless(&view.name), by)?;
    tell(work, workspace, &view, by)?;
    Ok(view)
}

pub fn change(work: &mut Work<'_>, workspace: WorkspaceId, id: SavedViewId, typed: &Typed) -> Result<SavedView> {
    let (by, all, view) = theirs(work, workspace, id)?;
    let sound = read(&all, view.owner_id, typed, Some(id))?;
    let view = SavedView { name: sound.name, filter: sound.filter, updated_at: work.now, ..view };
    store::update(work.tx, workspace, &view, &visible::caseless(&view.name))?;
    tell(work, workspace, &view, by)?;
    Ok(view)
}

pub fn delete(work: &mut Work<'_>, workspace: WorkspaceId, id: SavedViewId) -> Result<SavedView> {
    let (by, _, view) = theirs(work, workspace, id)?;
    store::delete(work.tx, workspace, id)?;
    tell(work, workspace, &view, by)?;
    Ok(view)
}

/// Past its neighbour among the views of the same owner; the first and the last stay.
pub fn shift(work: &mut Work<'_>, workspace: WorkspaceId, id: SavedViewId, direction: Direction) -> Result<()> {
    let (by, all, view) = theirs(work, workspace, id)?;
    let mut group = all.into_iter().filter(|one| one.owner_id == view.owner_id).collect::<Vec<_>>();
    let Some(at) = group.iter().position(|one| one.id == id) else { return Ok(()) };
    let to = match direction {
        Direction::Up => at.saturating_sub(1),
        Direction::Down => (at + 1).min(group.len() - 1),
    };
    group.swap(at, to);
    for (place, one) in (1_i64..).zip(&group).filter(|(place, one)| one.place != *place) {
        store::put_at(work.tx, workspace, one.id, place)?;
    }
    tell(work, workspace, &view, by)
}

/// What one's inbox opens with from now on; none: with what needs a reply.
pub fn set_default(work: &mut Work<'_>, workspace: WorkspaceId, id: Option<SavedViewId>) -> Result<()> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    match id {
        Some(id) => {
            find(work.tx, workspace, by, id)?.ok_or(Error::NotFound)?;
            store::set_default(work.tx, workspace, by, id)?;
        }
        None => store::unset_default(work.tx, workspace, by)?,
    }
    live::hint(work.tx, by, Hint::Inbox);
    Ok(())
}

/// Somebody is no member any more: what was their own goes, what they made for the workspace stays.
pub fn member_left(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> db::Result<()> {
    store::end_views_of(tx, workspace, user)
}

/// A view that whoever acts may change, and all that they see.
fn theirs(work: &mut Work<'_>, workspace: WorkspaceId, id: SavedViewId) -> Result<(UserId, Vec<SavedView>, SavedView)> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    workspaces::lock(work.tx, workspace)?;
    let all = store::list(work.tx, workspace, by)?;
    let view = all.iter().find(|view| view.id == id).cloned().ok_or(Error::NotFound)?;
    if view.is_shared() {
        may_share(work, workspace, by)?;
    }
    Ok((by, all, view))
}

fn may_share(work: &mut Work<'_>, workspace: WorkspaceId, by: UserId) -> Result<()> {
    let role = workspaces::role_of(work.tx, workspace, by)?;
    if role.is_some_and(|role| role.may(Right::Answer)) {
        return Ok(());
    }
    Err(Error::forbidden("not_allowed", "Only owners and editors can change shared views."))
}

/// What was typed as it is kept, or what is wrong with each field.
fn read(all: &[SavedView], owner: Option<UserId>, typed: &Typed, of: Option<SavedViewId>) -> Result<Typed> {
    let mut errors = FieldErrors::default();
    let name = errors.name(&typed.name, LONGEST_NAME);
    let is_another = |view: &&SavedView| view.owner_id == owner && Some(view.id) != of;
    if let Some(key) = name.as_deref().map(visible::caseless)
        && all.iter().filter(is_another).any(|view| visible::caseless(&view.name) == key)
    {
        errors.add("name", "taken", "Another view has this name.");
    }
    let asked = url::form_urlencoded::parse(typed.filter.as_bytes()).into_owned().collect();
    let place = Place::parse(asked).ok().filter(|place| place.errors.is_empty() && place.remarks.is_empty());
    let Some(place) = place.filter(|place| place.cursor.is_none()) else {
        errors.add("filter", "bad_filter", "This isn't an inbox filter.");
        return Err(Error::Invalid(errors));
    };
    errors.into_result()?;
    Ok(Typed { name: name.unwrap_or_default(), filter: place.sound() })
}

fn tell(work: &mut Work<'_>, workspace: WorkspaceId, view: &SavedView, by: UserId) -> Result<()> {
    if !view.is_shared() {
        live::hint(work.tx, by, Hint::Inbox);
        return Ok(());
    }
    for member in workspaces::people(work.tx, workspace)? {
        live::hint(work.tx, member.user_id, Hint::Inbox);
    }
    Ok(())
}
