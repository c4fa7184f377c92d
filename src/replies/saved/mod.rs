//! Saved replies: what a team answers often, with places for what is known of the comment that is answered.

pub mod api;
mod fill;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;
mod views;

use kit::clock::Timestamp;
use kit::db::{self, Conn};

use crate::model::visible::BadText;
use crate::model::{WorkspaceId, visible};
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;

pub use fill::{Facts, VARIABLES, filled};
pub use store::SavedReply;

kit::id_types! { pub SavedReplyId }

/// Letters of a name.
const LONGEST_NAME: usize = 60;
/// Letters of a text.
const LONGEST: usize = 2_000;
/// So many a workspace keeps.
const MOST: i64 = 100;

/// What somebody typed, word for word.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    pub text: String,
}

/// All of a workspace, by name.
pub fn list(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<Vec<SavedReply>> {
    store::list(conn, workspace)
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: SavedReplyId) -> db::Result<Option<SavedReply>> {
    store::find(conn, workspace, id)
}

pub fn make(work: &mut Work<'_>, workspace: WorkspaceId, typed: &Typed) -> Result<SavedReply> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let sound = read(work.tx, workspace, typed, None)?;
    if store::count(work.tx, workspace)? >= MOST {
        let text = "A workspace keeps up to 100 saved replies. Delete one first.";
        return Err(Error::Invalid(FieldErrors::one("name", "too_many", text)));
    }
    let reply = SavedReply {
        id: SavedReplyId::new(work.now, work.random),
        name: sound.name,
        text: sound.text,
        created_at: work.now,
        updated_at: work.now,
    };
    store::insert(work.tx, workspace, &reply, &visible::caseless(&reply.name), by)?;
    Ok(reply)
}

/// `seen` is when it had last been changed, as whoever changes it saw it; where nobody says so, nothing is compared.
pub fn change(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    (id, seen): (SavedReplyId, Option<Timestamp>),
    typed: &Typed,
) -> Result<SavedReply> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let known = store::find(work.tx, workspace, id)?.ok_or(Error::NotFound)?;
    let sound = read(work.tx, workspace, typed, Some(id))?;
    let is_same = (&known.name, &known.text) == (&sound.name, &sound.text);
    if !is_same && seen.is_some_and(|seen| seen != known.updated_at) {
        return Err(Error::Invalid(changed_since(&known, &sound)));
    }
    let reply = SavedReply { name: sound.name, text: sound.text, updated_at: work.now, ..known };
    store::update(work.tx, workspace, &reply, &visible::caseless(&reply.name), by)?;
    Ok(reply)
}

/// Both stand there: what somebody else made of it, and what was typed.
fn changed_since(known: &SavedReply, typed: &Typed) -> FieldErrors {
    let (field, theirs) = if known.text == typed.text { ("name", &known.name) } else { ("text", &known.text) };
    let words = format!("This was changed meanwhile, to: “{theirs}” Keep yours to replace it.");
    FieldErrors::one(field, "changed_since", words)
}

pub fn delete(work: &mut Work<'_>, workspace: WorkspaceId, id: SavedReplyId) -> Result<()> {
    if store::delete(work.tx, workspace, id)? { Ok(()) } else { Err(Error::NotFound) }
}

/// What was typed as it is kept, or what is wrong with each field.
fn read(conn: &mut Conn, workspace: WorkspaceId, typed: &Typed, of: Option<SavedReplyId>) -> Result<Typed> {
    let mut errors = FieldErrors::default();
    let name = errors.name(&typed.name, LONGEST_NAME);
    if let Some(name) = &name
        && store::id_of(conn, workspace, &visible::caseless(name))?.is_some_and(|known| Some(known) != of)
    {
        errors.add("name", "taken", "Another saved reply has this name.");
    }
    let text = visible::text(&typed.text);
    let long = typed.text.replace("\r\n", "\n").trim().chars().count().saturating_sub(LONGEST);
    match &text {
        Err(BadText::Empty) => errors.add("text", "required", "Write the reply."),
        _ if long > 0 => {
            errors.add("text", "too_long", format!("A saved reply has up to 2,000 letters: this is {long} too long."));
        }
        Err(BadText::Hidden) => {
            errors.add("text", "bad_characters", "A reply can't contain invisible characters.");
        }
        Ok(text) => {
            if let Some(mistake) = fill::mistake(text) {
                errors.add("text", "unknown_variable", mistake);
            }
        }
    }
    errors.into_result()?;
    Ok(Typed { name: name.unwrap_or_default(), text: text.unwrap_or_default() })
}
