//! The hours that somebody has waited: the one part of a priority that changes by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::rollups::{Counted, Rollups};
use super::store::{self, Stored};
use crate::inbox::derive::MAX_WAITING_HOURS;
use crate::inbox::triage::{self, TriageState};
use crate::model::{ConnectionId, InteractionId};
use crate::workspaces::WorkspaceId;

/// Whoever has waited longer ages no more.
pub const AGEING: Duration = Duration::from_secs(MAX_WAITING_HOURS * 3600);
const BATCH: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged {
    pub changed: usize,
    /// Where the next batch begins; none when this was the last.
    pub last: Option<(Timestamp, InteractionId)>,
}

/// Judges a batch of those whose hours may have changed since `aged_to`.
pub fn age(
    tx: &mut Tx,
    workspace: WorkspaceId,
    aged_to: Timestamp,
    now: Timestamp,
    after: Option<(Timestamp, InteractionId)>,
) -> Result<Aged> {
    let rows = store::waiting_since(tx, workspace, aged_to - AGEING, after, BATCH)?;
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

/// Whether anybody waits who wrote after `since`.
pub fn somebody_waits_since(tx: &mut Tx, workspace: WorkspaceId, since: Timestamp) -> Result<bool> {
    Ok(!store::waiting_since(tx, workspace, since, None, 1)?.is_empty())
}
