//! How long somebody has waited: the one part of a priority that changes by itself, at a few known instants.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::rollups::{Counted, Rollups};
use super::store::{self, Stored};
use crate::events::{self, Event};
use crate::inbox::derive;
use crate::inbox::triage::{self, Triage, TriageState};
use crate::model::{ConnectionId, InteractionId};
use crate::workspaces::{self, WorkspaceId};

const BATCH: usize = 500;

/// Whoever has waited longer ages no more.
pub fn ageing() -> Duration {
    derive::steps().max().unwrap_or_default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged {
    pub changed: usize,
    /// Where the next batch begins; none when this was the last.
    pub last: Option<(Timestamp, InteractionId)>,
}

/// Judges a batch of those whose points fell since `aged_to`, oldest first.
pub fn age(
    tx: &mut Tx,
    workspace: WorkspaceId,
    aged_to: Timestamp,
    now: Timestamp,
    after: Option<(Timestamp, InteractionId)>,
) -> Result<Aged> {
    let zone = workspaces::lock(tx, workspace)?;
    let steps = derive::steps().map(|step| (aged_to - step, now - step)).collect::<Vec<_>>();
    let rows = store::waiting_between(tx, workspace, &steps, after, BATCH)?;
    let last = rows.last().filter(|_| rows.len() == BATCH).map(|row| (row.created_at, row.id));
    let mut rollups: BTreeMap<ConnectionId, Rollups> = BTreeMap::new();
    let mut changed = 0;
    for row in &rows {
        if let Some(triage) = older(row, now) {
            store::put_triage(tx, row.id, &row.facts(), &triage)?;
            let rollups = rollups.entry(row.connection_id).or_default();
            rollups.replace(Counted::of(row), Counted::of(row).triaged(&triage));
            changed += 1;
        }
    }
    for (connection, rollups) in rollups {
        rollups.apply(tx, workspace, connection, &zone)?;
        events::record(tx, now, workspace, Event::InboxChanged(connection))?;
    }
    Ok(Aged { changed, last })
}

/// What the row is now, where hours have changed that.
fn older(row: &Stored, now: Timestamp) -> Option<Triage> {
    let facts = row.facts();
    let triage = triage::triage_as(&row.input(&facts), TriageState::NeedsReply, now);
    (triage.score != row.priority_score).then_some(triage)
}

/// Whether anybody waits whose points will still fall.
pub fn somebody_ages(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<bool> {
    store::somebody_waits_since(tx, workspace, now - ageing())
}
