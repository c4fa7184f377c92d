//! Rollups: what a batch adds to and takes from the counts, written once a batch.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kit::db::{Result, Tx};

use super::store::Stored;
use crate::inbox::counts::{self, Counts};
use crate::inbox::derive::{PriorityBand, Sentiment};
use crate::inbox::triage::{Triage, TriageState};
use crate::model::{ConnectionId, Kind, ProviderState};
use crate::workspaces::WorkspaceId;

/// What of an interaction is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// The quarter of an hour that it counts for, unless it is set aside; none for an own one, or one that not everybody sees.
    pub quarter: Option<i64>,
    pub kind: Kind,
    pub sentiment: Sentiment,
    pub state: TriageState,
    pub band: PriorityBand,
}

impl Counted {
    pub fn of(row: &Stored) -> Self {
        Self {
            quarter: (row.provider_state == ProviderState::Published && !row.is_own)
                .then(|| counts::quarter_of(row.created_at)),
            kind: row.kind,
            sentiment: row.sentiment,
            state: row.state,
            band: row.priority,
        }
    }

    pub fn triaged(self, triage: &Triage) -> Self {
        Self { state: triage.state, band: triage.band, ..self }
    }
}

#[derive(Default)]
pub(super) struct Rollups {
    quarters: BTreeMap<i64, Counts>,
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
        if let Some(quarter) = counted.quarter.filter(|_| !counted.state.is_set_aside()) {
            let counts = self.quarters.entry(quarter).or_default();
            counts[kind_column(counted.kind)] += by;
            counts[4 + sentiment_column(counted.sentiment)] += by;
            counts[9] += if counts::ASKED.contains(&counted.state) { by } else { 0 };
            counts[10] += if counted.state == TriageState::Answered { by } else { 0 };
        }
    }

    /// Under the workspace's lock.
    pub fn apply(
        mut self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        connection: ConnectionId,
        zone: &TimeZone,
    ) -> Result<()> {
        self.quarters.retain(|_, counts| counts.iter().any(|count| *count != 0));
        self.totals.retain(|_, by| *by != 0);
        counts::add(tx, workspace, zone, self.quarters)?;
        counts::add_to_totals(tx, workspace, connection, self.totals)
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
