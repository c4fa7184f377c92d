//! The ledger of replies: what people answer, and what became of each answer at the platform. Never sent twice, never lost.
//!
//! A reply is a row before the platform hears of it, and each of its moves ([`State`]) is one write that fails if somebody
//! else has moved it. Sending is `sending/`'s job; this is what people do, and what pages show:
//!
//! ```ignore
//! let new = NewReply { interaction, text: &text, key: Some(&key), delay: Duration::from_secs(5) };
//! app.write(who.acting(), |work| replies::send(work, &platforms, workspace, &new))   // Result<Reply, Refused>
//! replies::cancel(work, workspace, reply)                      // undo, while `reply.can_be_cancelled()`
//! replies::retry(work, workspace, reply)                       // while `reply.can_be_retried()`: sends, or looks, again
//! replies::settle(work, workspace, reply, it_was_sent)         // while `reply.asks_a_person()`
//! replies::of_item(conn, workspace, interaction)               // Vec<Reply>, newest last
//! replies::save_draft(work, workspace, interaction, &typed)    // of whoever `work` is in the name of; empty removes it
//! replies::draft_of(conn, workspace, interaction, user)        // Option<Draft>
//! replies::who_writes(conn, workspace, interaction, user, now) // others, by name, in the last minute
//! replies::rules_of(&platforms, platform)                      // how long a text may be, and in what it is counted
//! ```
//!
//! `key` is made when the form is rendered and sent along: a form that is sent twice is one reply. Each [`Refused`] becomes an
//! answer of its own by `?`: 404, 409, or 422 with the word beside the field `text`. `sending` is "sending";
//! `unknown` with `next_look_at` is "not known yet, looking it up"; without it, a person decides.
//! `error_message` is the sentence to show with `failed`, `unknown`, and a queued reply that waits until `due_at`.

mod adopted;
pub mod answers;
pub mod api;
mod approval;
mod drafts;
mod moves;
mod people;
mod refused;
pub mod saved;
mod state;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod trouble;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use serde::{Deserialize, Serialize};

pub use adopted::adopt;
pub use approval::{Approval, approve, awaiting, count_awaiting, release, send_back};
pub use drafts::{
    BESIDE_A_DRAFT, Draft, Typed, Writer, draft_of, forget_drafts, save_draft, who_writes, written_elsewhere,
};
pub use moves::{NOT_SENT, PAUSES, advance, advance_with, gave_up, has_made_nothing};
pub use people::{
    NewReply, can_retry, cancel, fitting, may_retry, of_those_can_retry, reopen, retry, rules_of, send, settle,
};
pub use refused::Refused;
pub use state::State;
pub use store::{Item, Reply};
pub use trouble::{Trouble, Wish, is_refusal, pause};

use crate::model::{ConnectionId, InteractionId, ObservedInteraction, UserId, WorkspaceId};

kit::id_types! { pub ReplyId }

/// Sends a reply, and looks for it where nobody knows whether it was sent. `sending/` does it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendReply {
    pub reply_id: ReplyId,
}

impl SendReply {
    /// At most one job has a reply in its hands.
    pub fn operation_key(&self) -> String {
        format!("reply:{}", self.reply_id)
    }
}

/// Every answer to an item, the newest last.
pub fn of_item(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<Vec<Reply>> {
    store::of_item(conn, workspace, interaction)
}

/// Whether the workspace has such an item.
pub fn is_there(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<bool> {
    Ok(store::item(conn, workspace, interaction)?.is_some())
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: ReplyId) -> Result<Option<Reply>> {
    store::find(conn, workspace, id)
}

/// A reply with what it answers, for its job.
pub fn with_item(conn: &mut Conn, id: ReplyId) -> Result<Option<(Reply, Item)>> {
    let Some(reply) = store::by_id(conn, id)? else { return Ok(None) };
    let item = store::item(conn, reply.workspace_id, reply.interaction_id)?;
    Ok(item.map(|item| (reply, item)))
}

/// What the platform held back and has decided about since, as the inbox knows it; whoever calls says that something happened.
pub fn moderated(tx: &mut Tx, now: Timestamp, connection: ConnectionId) -> Result<()> {
    store::moderated(tx, now, connection)
}

/// Whether an answer in a thread waits for the platform's moderation.
pub fn waits_for_moderation(conn: &mut Conn, connection: ConnectionId, thread: &str) -> Result<bool> {
    store::waits_for_moderation(conn, connection, thread)
}

/// The comment that a reply became says something else now; whoever calls says that something happened.
pub fn edited(tx: &mut Tx, now: Timestamp, connection: ConnectionId, comment: &ObservedInteraction) -> Result<()> {
    store::edited(tx, now, connection, comment)
}

/// A reply, as it stands, is about to become a comment that another was until now; whoever calls says that something happened.
pub fn replace(tx: &mut Tx, now: Timestamp, by: &Reply, external_id: &str) -> Result<()> {
    store::replace(tx, now, by, external_id)
}

/// The comment that a reply became is gone from the platform; whoever calls says that something happened.
pub fn deleted(tx: &mut Tx, now: Timestamp, connection: ConnectionId, external_id: &str) -> Result<()> {
    store::deleted(tx, now, connection, external_id)
}

/// Whether a comment is known as another reply's.
pub fn is_anothers(conn: &mut Conn, reply: &Reply, external_id: &str) -> Result<bool> {
    store::is_anothers(conn, reply, external_id)
}

/// Whether the very same words may be arriving in the same thread: at the platform the two could not be told apart.
pub fn has_a_double(tx: &mut Tx, reply: &Reply, item: &Item) -> Result<bool> {
    store::has_a_double(tx, reply, &item.thread_external_id)
}

/// Whether another answer to the same item is under way.
pub fn is_taken(conn: &mut Conn, reply: &Reply) -> Result<bool> {
    let other = store::under_way(conn, reply.workspace_id, reply.interaction_id)?;
    Ok(other.is_some_and(|other| other.id != reply.id))
}

pub fn of_ids(conn: &mut Conn, workspace: WorkspaceId, ids: &[ReplyId]) -> Result<Vec<Reply>> {
    if ids.is_empty() { Ok(Vec::new()) } else { store::of_ids(conn, workspace, ids) }
}

pub fn by_id(conn: &mut Conn, id: ReplyId) -> Result<Option<Reply>> {
    store::by_id(conn, id)
}

/// Whether it is a reply's first sending, with nobody's other one on its way to the item: what else there is to say, [`send`] says.
pub fn is_first(
    conn: &mut Conn,
    workspace: WorkspaceId,
    user: UserId,
    interaction: InteractionId,
    key: &str,
) -> Result<bool> {
    let is_known = store::by_key(conn, workspace, user, key)?.is_some();
    Ok(!is_known && store::under_way(conn, workspace, interaction)?.is_none())
}
