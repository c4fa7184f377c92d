//! Rollups: what a batch adds to and takes from the counts, written once a batch.

use std::collections::BTreeMap;

use kit::db::{Result, Tx};

use super::store::{self, Stored};
use crate::inbox::derive::{PriorityBand, Sentiment};
use crate::inbox::triage::{Triage, TriageState};
use crate::model::{ConnectionId, Kind, ProviderState};
use crate::workspaces::WorkspaceId;

/// What of an interaction is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// The day that it counts for; none while it counts for no day: an own one, or one that not everybody sees.
    pub day: Option<String>,
    pub kind: Kind,
    pub sentiment: Sentiment,
    pub state: TriageState,
    pub band: PriorityBand,
}

impl Counted {
    pub fn of(row: &Stored) -> Self {
        Self {
            day: (row.provider_state == ProviderState::Published && !row.is_own).then(|| row.day.clone()),
            kind: row.kind,
            sentiment: row.sentiment,
            state: row.state,
            band: row.priority,
        }
    }

    pub fn settled(self, triage: &Triage) -> Self {
        Self { state: triage.state, band: triage.band, ..self }
    }
}

/// By kind, then by sentiment, in the columns' order.
pub(super) type DayCounts = [i64; 9];

#[derive(Default)]
pub(super) struct Rollups {
    days: BTreeMap<String, DayCounts>,
    totals: BTreeMap<(TriageState, PriorityBand), i64>,
}

impl Rollups {
    pub fn add(&mut self, counted: Counted) {
        self.count(counted, 1);
    }

    pub fn replace(&mut self, before: Counted, after: Counted) {
        if before != after {
            self.count(before, -1);
            self.count(after, 1);
        }
    }

    fn count(&mut self, counted: Counted, by: i64) {
        *self.totals.entry((counted.state, counted.band)).or_default() += by;
        if let Some(day) = counted.day {
            let counts = self.days.entry(day).or_default();
            counts[kind_column(counted.kind)] += by;
            counts[4 + sentiment_column(counted.sentiment)] += by;
        }
    }

    /// Always in the same order, so that two batches on PostgreSQL wait for each other and never both.
    pub fn apply(self, tx: &mut Tx, workspace: WorkspaceId, connection: ConnectionId) -> Result<()> {
        for (day, counts) in self.days.iter().filter(|(_, counts)| counts.iter().any(|count| *count != 0)) {
            store::add_to_day(tx, workspace, day, counts)?;
        }
        for ((state, band), by) in self.totals.into_iter().filter(|(_, by)| *by != 0) {
            store::add_to_total(tx, (workspace, connection), state, band, by)?;
        }
        Ok(())
    }
}

fn kind_column(kind: Kind) -> usize {
    match kind {
        Kind::Comment => 0,
        Kind::Reply => 1,
        Kind::Review => 2,
        Kind::Mention => 3,
    }
}

fn sentiment_column(sentiment: Sentiment) -> usize {
    match sentiment {
        Sentiment::Positive => 0,
        Sentiment::Neutral => 1,
        Sentiment::Negative => 2,
        Sentiment::Mixed => 3,
        Sentiment::Unknown => 4,
    }
}
