//! Notes of the team on a thread, or on who wrote in it: plain text for each other, which no platform ever sees.

pub mod api;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;

use kit::db::{self, Conn, Tx};

use super::decisions;
use crate::events::{self, Event};
use crate::model::visible::BadText;
use crate::model::{InteractionId, visible};
use crate::replies::Typed;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

pub use store::Note;

use store::NewNote;

kit::id_types! { pub NoteId }

kit::text_enum! {
    /// What a note is about.
    #[derive(Default)]
    pub enum About {
        /// Read in that thread.
        #[default]
        Thread = "thread",
        /// Read beside all that its author writes on that account.
        Person = "person",
    }
}

/// What somebody writes, and about what.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    pub text: &'a str,
    pub about: About,
}

/// Letters.
pub const LONGEST: usize = 2_000;
/// Of a draft, which may be too long to be a note.
const LONGEST_DRAFT: usize = 100_000;
/// So many are read beside a comment: those of its thread, and those on its author from wherever they were written.
const MOST: i64 = 200;

/// Writes a note on the thread of a comment.
pub fn write(work: &mut Work<'_>, workspace: WorkspaceId, on: InteractionId, words: Words<'_>) -> Result<Note> {
    let id = NoteId::new(work.now, work.random);
    write_once(work, workspace, on, words, id)
}

/// Under an id that was made when the form was drawn: a form that is sent twice is one note.
pub fn write_once(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    on: InteractionId,
    words: Words<'_>,
    id: NoteId,
) -> Result<Note> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let thread = decisions::threads_of(work.tx, workspace, &[on])?.pop().ok_or(Error::NotFound)?;
    let text = read(words.text)?;
    let known = store::find(work.tx, workspace, id)?;
    if let Some(note) = known.filter(|note| note.written_by == by && note.text == text && note.about() == words.about) {
        return Ok(note);
    }
    if store::count(work.tx, workspace, on)? >= MOST {
        return Err(Error::Invalid(FieldErrors::one(
            "text",
            "too_many",
            "There are 200 notes here already. Delete one first.",
        )));
    }
    let on_person = match words.about {
        About::Person => Some(store::author(work.tx, workspace, on)?.ok_or(Error::NotFound)?),
        About::Thread => None,
    };
    let mut note = NewNote { id, text: &text, written_by: by, written_at: work.now, on_person };
    // Other words under an id that is taken are another note.
    if !store::insert(work.tx, workspace, thread.id, &note)? {
        note.id = NoteId::new(work.now, work.random);
        store::insert(work.tx, workspace, thread.id, &note)?;
    }
    store::remove_draft(work.tx, thread.id, by)?;
    events::record(work.tx, work.now, workspace, Event::InboxChanged(thread.connection_id))?;
    store::find(work.tx, workspace, note.id)?.ok_or(Error::NotFound)
}

/// Deletes a note of one's own that is read beside a comment.
pub fn delete(work: &mut Work<'_>, workspace: WorkspaceId, on: InteractionId, note: NoteId) -> Result<()> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let thread = decisions::threads_of(work.tx, workspace, &[on])?.pop().ok_or(Error::NotFound)?;
    if !store::delete(work.tx, workspace, on, (note, by))? {
        return Err(Error::NotFound);
    }
    Ok(events::record(work.tx, work.now, workspace, Event::InboxChanged(thread.connection_id))?)
}

/// Those that are read beside a comment, the oldest first.
pub fn of_item(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> db::Result<Vec<Note>> {
    store::of_item(conn, workspace, id)
}

/// Keeps what somebody has typed so far; an empty text removes it. Words that come after the note which they became are older
/// than it, and are not kept. What they wrote elsewhere meanwhile is kept below, and answered.
pub fn save_draft(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    on: InteractionId,
    typed: &Typed<'_>,
) -> Result<Option<String>> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let thread = decisions::threads_of(work.tx, workspace, &[on])?.pop().ok_or(Error::NotFound)?;
    let elsewhere = written_elsewhere(work.tx, (workspace, on, by), typed)?;
    let text = elsewhere.as_ref().map_or_else(|| typed.text.to_owned(), |words| typed.above(words));
    if text.len() > LONGEST_DRAFT {
        return Err(Error::bad_request("too_long", "This is too long to be kept."));
    }
    let notes = store::of_item(work.tx, workspace, on)?;
    let last = notes.iter().rfind(|note| note.written_by == by);
    let is_written = last.is_some_and(|note| note.text == text.replace("\r\n", "\n").trim());
    if text.trim().is_empty() || is_written {
        store::remove_draft(work.tx, thread.id, by)?;
    } else {
        store::put_draft(work.tx, workspace, (thread.id, by), (&text, typed.form))?;
    }
    Ok(elsewhere)
}

/// What writing these words would lose of what is kept.
fn written_elsewhere(
    conn: &mut Conn,
    (workspace, on, by): (WorkspaceId, InteractionId, UserId),
    typed: &Typed<'_>,
) -> db::Result<Option<String>> {
    let kept = store::draft(conn, workspace, on, by)?;
    Ok(kept.and_then(|(text, form)| typed.written_elsewhere(&text, form.as_deref())))
}

pub fn draft_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: InteractionId,
    user: UserId,
) -> db::Result<Option<String>> {
    Ok(store::draft(conn, workspace, id, user)?.map(|(text, _)| text))
}

/// Somebody has left: what they were writing ends.
pub fn member_left(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> db::Result<()> {
    store::remove_drafts_of(tx, workspace, user)
}

impl Note {
    pub fn about(&self) -> About {
        if self.is_on_person { About::Person } else { About::Thread }
    }
}

fn read(text: &str) -> Result<String> {
    let refused = |code, words: &str| Err(Error::Invalid(FieldErrors::one("text", code, words)));
    let text = match visible::text(text) {
        Ok(text) => text,
        Err(BadText::Empty) => return refused("required", "Write a note first."),
        Err(BadText::Hidden) => return refused("bad_characters", "A note can't contain invisible characters."),
    };
    match text.chars().count().saturating_sub(LONGEST) {
        0 => Ok(text),
        long => refused("too_long", &format!("A note has up to 2,000 letters: this is {long} too long.")),
    }
}
