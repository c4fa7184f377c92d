//! Deletion is mostly silent: what two complete passes in a row did not see is gone.

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::IngestContext;
use super::page::retriage;
use super::rollups::{Counted, Rollups};
use super::store;
use crate::model::ProviderState;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Not seen for the first time.
    pub newly_missing: usize,
    /// Not seen for the second time, and now taken as removed.
    pub removed: usize,
}

/// Call it after a pass that read everything the platform has, apart from what was spared, and only then.
pub fn pass_completed(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<Missing> {
    let mut rollups = Rollups::default();
    let mut missing = Missing::default();
    let mut unsettled = Vec::new();
    for mut row in store::not_seen_since(tx, context, started_at)? {
        if row.missing_since.is_none() {
            missing.newly_missing += 1;
            continue;
        }
        missing.removed += 1;
        let before = Counted::of(&row);
        row.provider_state = ProviderState::Removed;
        row.can_reply = false;
        store::remove(tx, row.id)?;
        rollups.replace(before, Counted::of(&row));
        unsettled.push(row.thread_external_id);
    }
    store::mark_missing(tx, context, started_at)?;
    unsettled.sort_unstable();
    unsettled.dedup();
    for thread in &unsettled {
        let answered_at = store::own_replies(tx, context, &[thread.as_str()])?.into_iter().map(|(_, _, at)| at).max();
        for row in store::in_threads(tx, context, &[thread.as_str()])? {
            retriage(tx, context, &row, &row.facts(), answered_at, &mut rollups)?;
        }
    }
    rollups.apply(tx, context.workspace, context.connection)?;
    if missing.removed > 0 {
        super::tell_members(tx, context.workspace)?;
    }
    Ok(missing)
}
