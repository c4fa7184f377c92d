//! Deletion is mostly silent: what two complete passes in a row did not see is gone.

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::IngestContext;
use super::retriage::{self, Unsettled};
use super::rollups::Rollups;
use super::{moderated, store};
use crate::events::{self, Event};
use crate::inbox::corrections;
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
    let not_seen = store::not_seen_since(tx, context, started_at)?;
    let (gone, new): (Vec<_>, Vec<_>) = not_seen.into_iter().partition(|row| row.missing_since.is_some());
    let said = corrections::said_of(tx, &gone.iter().map(|row| row.id).collect::<Vec<_>>())?;
    (missing.newly_missing, missing.removed) = (new.len(), gone.len());
    for row in gone {
        let said = said.get(&row.id).copied().unwrap_or_default();
        moderated::put(tx, context, (row, said), ProviderState::Removed, (&mut rollups, &mut unsettled))?;
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
