//! The ledger of what people ask of a platform for comments that are there: other words for an own one, that one is taken away,
//! hidden, published, rejected. Nothing of it is lost, and whatever becomes of it is told.
//!
//! An act is a row before the platform hears of it, one for each comment; what somebody asks in one go is an order, and one job
//! carries it out (`moderating/`). Each of an act's moves ([`State`]) is one write that fails if somebody else has moved it.
//! Like the ledger of replies it stands below the inbox, so that pages of the inbox can show it, and its job above.

mod moves;
mod people;
mod questions;
mod receipt;
mod refused;
mod rights;
mod state;
mod store;
mod words;

use std::collections::{HashMap, HashSet};

use kit::clock::Timestamp;
use kit::db::{Conn, Result};
use serde::{Deserialize, Serialize};

pub use moves::{MOST, MOST_ATTEMPTS, advance, begin, gave_up, tell};
pub use people::{NewOrder, call_back, cancel, goes_on, order, reopen_for_job, retry, retry_one};
pub use questions::{Asking, Question, answer, ask, purge, question};
pub use receipt::{Receipt, Tally};
pub use refused::{NotNow, Refused, Skipped};
pub use rights::{Asker, Subject, in_the_way, right};
pub use state::State;
pub use store::{Act, Item};
pub use words::Words;

use crate::model::{ConnectionId, InteractionId, WorkspaceId};
use crate::platforms::{ActRules, Platforms};

kit::id_types! { pub ActId, pub OrderId }

/// Carries an order out. `moderating/` does it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CarryOut {
    pub order_id: OrderId,
}

impl CarryOut {
    /// At most one job has an order in its hands.
    pub fn operation_key(&self) -> String {
        format!("moderation:{}", self.order_id)
    }
}

/// What became of an order of the workspace.
pub fn receipt(conn: &mut Conn, workspace: WorkspaceId, id: OrderId) -> Result<Option<Receipt>> {
    let acts = store::of_order(conn, workspace, id)?;
    let Some(first) = acts.first().cloned() else { return Ok(None) };
    let authors = store::authors(conn, workspace, id)?;
    let Act { verb, created_at: ordered_at, orderer_name: ordered_by, .. } = first;
    Ok(Some(Receipt { id, verb, ordered_at, ordered_by, authors, acts }))
}

/// What became of several orders of the workspace, as far as it is known: the acts of each.
pub fn acts_of(conn: &mut Conn, workspace: WorkspaceId, orders: &[OrderId]) -> Result<Vec<Act>> {
    if orders.is_empty() { Ok(Vec::new()) } else { store::of_orders(conn, workspace, orders) }
}

/// The same for its job, whose payload was written by us.
pub fn receipt_for_job(conn: &mut Conn, id: OrderId) -> Result<Option<Receipt>> {
    match store::workspace_of(conn, id)? {
        Some(workspace) => receipt(conn, workspace, id),
        None => Ok(None),
    }
}

/// What is left of an order, what is due first before the rest: for its job.
pub fn left(conn: &mut Conn, id: OrderId) -> Result<Vec<Act>> {
    store::live(conn, id)
}

/// The last act on each comment of a thread that has any.
pub fn in_thread(conn: &mut Conn, workspace: WorkspaceId, connection: ConnectionId, thread: &str) -> Result<Vec<Act>> {
    let mut acts: Vec<Act> = Vec::new();
    for act in store::in_thread(conn, workspace, connection, thread)? {
        acts.retain(|known| known.interaction_id != act.interaction_id);
        acts.push(act);
    }
    Ok(acts)
}

/// Comments of an account with which something was done since, with their families and ids at the platform.
pub fn done_since(
    conn: &mut Conn,
    connection: ConnectionId,
    since: Timestamp,
) -> Result<Vec<(InteractionId, String, String)>> {
    store::done_since(conn, connection, since)
}

/// What is known of comments of the workspace, each once and in their order; those that are not there are passed over.
pub fn items(conn: &mut Conn, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<Vec<Item>> {
    let mut found: HashMap<_, _> =
        store::items(conn, workspace, ids)?.into_iter().map(|item| (item.id, item)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Those of some comments for which something is under way.
pub fn busy(conn: &mut Conn, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<HashSet<InteractionId>> {
    let places = store::places(conn, workspace, ids)?;
    Ok(places.into_iter().filter(|(.., is_busy)| *is_busy).map(|(id, ..)| id).collect())
}

/// The workspace's own comment that a reply became.
pub fn comment_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    connection: ConnectionId,
    external_id: &str,
) -> Result<Option<InteractionId>> {
    store::comment_of(conn, workspace, connection, external_id)
}

/// What the platform of a comment takes; nothing where this version does not speak to it.
pub fn rules_of(platforms: &Platforms, item: &Item) -> Option<ActRules> {
    platforms.get(item.platform).map(|module| module.acts())
}

/// What its platform calls what is done with a comment.
pub fn words_for(platforms: &Platforms, item: &Item) -> Words {
    Words::of(item.platform, rules_of(platforms, item))
}
