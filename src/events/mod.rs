//! What happened in a workspace, written in the commit in which it happened: a row for whoever tells others of it, in the
//! order of the commits, and a signal for open pages.

mod store;
#[cfg(test)]
mod tests;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use crate::model::ConnectionId;
use crate::workspaces::{self, UserId, WorkspaceId};

/// What happened, and to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Interactions of a connection came, changed, or were decided about.
    InboxChanged(ConnectionId),
    /// A connection's state, or what is known of its account.
    ConnectionChanged(ConnectionId),
}

kit::text_enum! { pub enum EventKind { InboxChanged = "inbox.changed", ConnectionChanged = "connection.changed" } }

impl Event {
    pub const fn kind(self) -> EventKind {
        match self {
            Event::InboxChanged(_) => EventKind::InboxChanged,
            Event::ConnectionChanged(_) => EventKind::ConnectionChanged,
        }
    }

    const fn object(self) -> ConnectionId {
        match self {
            Event::InboxChanged(id) | Event::ConnectionChanged(id) => id,
        }
    }
}

/// Signal topic; the key is a member and what happened: [`heard`].
pub const TOPIC: &str = "event";

/// How long what happened is kept. Whoever tells others of it is done long before.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Keeps the event and tells everybody in the workspace, once the transaction is durable. Units that record wait for each
/// other from here on, so it is the last that a unit does.
pub fn record(tx: &mut Tx, now: Timestamp, workspace: WorkspaceId, event: Event) -> Result<()> {
    let seq = store::next_seq(tx, workspace)?;
    store::insert(tx, workspace, seq, event.kind(), event.object(), now)?;
    for member in workspaces::members(tx, workspace)? {
        tx.signal(TOPIC, format!("{member}:{}", event.kind()));
    }
    Ok(())
}

/// Whom a signal's key concerns, and what happened.
pub fn heard(key: &str) -> Option<(UserId, EventKind)> {
    let (member, kind) = key.split_once(':')?;
    Some((member.parse().ok()?, kind.parse().ok()?))
}

/// Removes events of long ago, at most `batch`; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<u64> {
    store::purge(tx, now - KEPT, batch)
}
