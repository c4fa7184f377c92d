//! Drafts: what members are writing, each for themselves, and who writes at the moment.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::Refused;
use super::State;
use super::moves::advance;
use super::store::{self, Reply};
pub use super::store::{Draft, Writer};
use super::trouble::Trouble;
use crate::events::{self, Event};
use crate::model::{InteractionId, UserId, WorkspaceId};
use crate::platforms::TextUnit;
use crate::work::Work;
use crate::workspaces::{self, Right};

/// Whoever has changed nothing for so long is not writing any more.
const WRITING: Duration = Duration::from_secs(60);
/// Of a reply that was called back while its author was writing something else.
pub const BESIDE_A_DRAFT: &str = "beside_a_draft";
/// More than any platform takes: a draft may be too long to be sent.
const LONGEST: usize = 100_000;

/// What somebody has typed so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    pub text: &'a str,
    /// What was kept when they began, or last; where nobody says so, nothing is compared.
    pub was: Option<&'a str>,
    /// The form in which they type: it never argues with itself.
    pub form: Option<&'a str>,
    /// Of the reply which it is to become: words that come after that reply are older than it, and are refused.
    pub key: Option<&'a str>,
}

impl Typed<'_> {
    /// What is kept, was not there when this was begun, and would be lost by it: words of another tab, or another device.
    pub fn written_elsewhere(&self, kept: &str, by: Option<&str>) -> Option<String> {
        let plain = |text: &str| text.replace("\r\n", "\n");
        let (kept, was, text) = (plain(kept), plain(self.was?), plain(self.text));
        let is_own = self.form.is_some() && self.form == by;
        let is_lost = !is_own && !kept.trim().is_empty() && kept != was && !text.contains(kept.trim());
        is_lost.then_some(kept)
    }

    /// With such words below it.
    pub fn above(&self, elsewhere: &str) -> String {
        format!("{}\n\n{elsewhere}", self.text)
    }
}

/// Keeps what somebody has written so far; an empty text removes it. What they wrote elsewhere meanwhile is kept below it, and
/// answered.
pub fn save_draft(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    interaction: InteractionId,
    typed: &Typed<'_>,
) -> std::result::Result<Option<String>, Refused> {
    let user = work.who.person().ok_or(Refused::NotFound)?;
    let item = store::item(work.tx, workspace, interaction)?.ok_or(Refused::NotFound)?;
    let before = store::draft(work.tx, workspace, interaction, user)?;
    let elsewhere = before.as_ref().and_then(|draft| typed.written_elsewhere(&draft.text, draft.form.as_deref()));
    let text = elsewhere.as_ref().map_or_else(|| typed.text.to_owned(), |words| typed.above(words));
    if text.contains('\0') {
        return Err(Refused::Nul);
    }
    if text.len() > LONGEST {
        let (length, letters) = (text.len(), text.chars().count());
        return Err(Refused::TooLong { length, longest: LONGEST, unit: TextUnit::Bytes, letters });
    }
    if let Some(key) = typed.key
        && store::by_key(work.tx, workspace, user, key)?.is_some_and(|reply| reply.state != State::Cancelled)
    {
        return Err(Refused::KeyReused);
    }
    let was_writing = before.as_ref().is_some_and(|draft| work.now < draft.updated_at + WRITING);
    let is_writing = !text.trim().is_empty();
    if is_writing {
        store::put_draft(work.tx, workspace, (interaction, user), (&text, typed.form), work.now)?;
    } else {
        store::remove_draft(work.tx, interaction, user)?;
    }
    // Others learn that somebody begins or stops, not of each letter.
    if was_writing != is_writing {
        events::record(work.tx, work.now, workspace, Event::InboxChanged(item.connection_id))?;
    }
    Ok(elsewhere)
}

/// What sending these words would lose.
pub fn written_elsewhere(
    conn: &mut Conn,
    (workspace, interaction, user): (WorkspaceId, InteractionId, UserId),
    typed: &Typed<'_>,
) -> Result<Option<String>> {
    let draft = store::draft(conn, workspace, interaction, user)?;
    Ok(draft.and_then(|draft| typed.written_elsewhere(&draft.text, draft.form.as_deref())))
}

pub fn draft_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interaction: InteractionId,
    user: UserId,
) -> Result<Option<Draft>> {
    store::draft(conn, workspace, interaction, user)
}

/// Who, apart from `user`, is writing an answer to an item; the last to write first.
pub fn who_writes(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interaction: InteractionId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Writer>> {
    store::writers(conn, workspace, interaction, user, now - WRITING)
}

/// Somebody has left: what they were writing ends, and nobody waits for it.
pub fn forget_drafts(tx: &mut Tx, now: Timestamp, workspace: WorkspaceId, user: UserId) -> Result<()> {
    let mut connections = store::remove_drafts_of(tx, workspace, user)?;
    connections.sort_unstable();
    connections.dedup();
    for connection in connections {
        events::record(tx, now, workspace, Event::InboxChanged(connection))?;
    }
    Ok(())
}

/// What is sent is no draft any more.
pub(super) fn sent(tx: &mut Tx, reply: &Reply) -> Result<()> {
    store::remove_draft(tx, reply.interaction_id, reply.author_id)
}

/// Calls a reply back, with a word on it where its author is writing something else already; false where it has moved.
pub(super) fn call_back(tx: &mut Tx, reply: &Reply, now: Timestamp) -> Result<bool> {
    let after = reply.cancelled(now).untroubled();
    let draft = store::draft(tx, reply.workspace_id, reply.interaction_id, reply.author_id)?;
    let after = match draft {
        Some(draft) if draft.text.trim() != reply.text => after.with(Trouble {
            code: BESIDE_A_DRAFT,
            message: "You were writing something else by then, so it isn't in the box.".to_owned(),
        }),
        _ => after,
    };
    advance(tx, reply, &after)
}

/// What was called back is its author's draft again, unless they are writing something else already, or write no more.
pub(super) fn taken_back(tx: &mut Tx, now: Timestamp, reply: &Reply) -> Result<()> {
    let role = workspaces::role_of(tx, reply.workspace_id, reply.author_id)?;
    if !role.is_some_and(|role| role.may(Right::Answer)) {
        return Ok(());
    }
    if store::draft(tx, reply.workspace_id, reply.interaction_id, reply.author_id)?.is_none() {
        let whose = (reply.interaction_id, reply.author_id);
        store::put_draft(tx, reply.workspace_id, whose, (&reply.text, None), now)?;
    }
    Ok(())
}
