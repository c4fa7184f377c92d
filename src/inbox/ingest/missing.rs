//! Deletion is mostly silent: what two complete passes in a row did not see is gone.

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::IngestContext;
use super::retriage::{self, Unsettled};
use super::rollups::{Counted, Rollups};
use super::store;
use crate::events::{self, Event};
use crate::model::ProviderState;
use crate::replies;
use crate::workspaces;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Not seen for the first time.
    pub newly_missing: usize,
    /// Not seen for the second time, and now taken as removed.
    pub removed: usize,
}

/// Call it after a pass that read everything the platform has, apart from what was spared, and only then.
pub fn pass_completed(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<Missing> {
    let zone = workspaces::lock(tx, context.workspace)?;
    let mut rollups = Rollups::default();
    let mut missing = Missing::default();
    let mut unsettled = Unsettled::default();
    for mut row in store::not_seen_since(tx, context, started_at)? {
        if row.missing_since.is_none() {
            missing.newly_missing += 1;
            continue;
        }
        missing.removed += 1;
        let before = Counted::of(&row);
        row.provider_state = ProviderState::Removed;
        row.can_reply = false;
        store::put_provider_state(tx, &row)?;
        rollups.replace(before, Counted::of(&row));
        unsettled.touched.entry(row.thread_external_id.clone()).or_default();
        unsettled.again.insert(row.thread_external_id);
    }
    store::mark_missing(tx, context, started_at)?;
    retriage::settle(tx, context.place(), unsettled, &mut rollups)?;
    rollups.apply(tx, context.workspace, context.connection, &zone)?;
    if missing.removed > 0 {
        replies::moderated(tx, context.now, context.connection)?;
        events::record(tx, context.now, context.workspace, Event::InboxChanged(context.connection))?;
    }
    Ok(missing)
}
