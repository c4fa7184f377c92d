//! How long somebody has waited: the one part of a priority that changes by itself, at a few known instants.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::rollups::{Counted, Rollups};
use super::store::{self, Stored};
use crate::inbox::derive;
use crate::inbox::triage::{self, TriageState};
use crate::model::{ConnectionId, InteractionId};
use crate::workspaces::WorkspaceId;

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
    let steps = derive::steps().map(|step| (aged_to - step, now - step)).collect::<Vec<_>>();
    let rows = store::waiting_between(tx, workspace, &steps, after, BATCH)?;
    let last = rows.last().filter(|_| rows.len() == BATCH).map(|row| (row.created_at, row.id));
    let mut rollups: BTreeMap<ConnectionId, Rollups> = BTreeMap::new();
    let mut changed = 0;
    for row in &rows {
        changed += usize::from(age_one(tx, row, now, rollups.entry(row.connection_id).or_default())?);
    }
    for (connection, rollups) in rollups {
        rollups.apply(tx, workspace, connection)?;
    }
    if changed > 0 {
        super::tell_members(tx, workspace)?;
    }
    Ok(Aged { changed, last })
}

fn age_one(tx: &mut Tx, row: &Stored, now: Timestamp, rollups: &mut Rollups) -> Result<bool> {
    let facts = row.facts();
    let triage = triage::triage_as(&row.case(&facts), TriageState::NeedsReply, now);
    let is_older = triage.score != row.priority_score;
    if is_older {
        store::put_triage(tx, row.id, &facts, &triage)?;
        rollups.replace(Counted::of(row), Counted::of(row).settled(&triage));
    }
    Ok(is_older)
}

/// Whether anybody waits whose points will still fall.
pub fn somebody_ages(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<bool> {
    store::somebody_waits_since(tx, workspace, now - ageing())
}
