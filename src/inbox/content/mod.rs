//! Content that people write about, and one reading a day of its and the account's counters.

mod store;

use std::collections::HashMap;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::ingest::{IngestContext, Ingested};
use crate::events::{self, Event};
use crate::model::{ConnectionId, ContentId, ObservedContent, UnreadKind};

/// What the account's page shows; a counter that the platform hides is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountCounters {
    pub followers: Option<i64>,
    pub views: Option<i64>,
    pub content: Option<i64>,
}

/// Keeps content and its counters, with today's reading of each.
pub fn ingest(tx: &mut Tx, context: &IngestContext<'_>, observed: &[ObservedContent]) -> Result<Ingested> {
    let observed = observed.iter().cloned().map(bounded).collect::<Vec<_>>();
    let keys = observed.iter().map(|item| item.external_id.as_str()).collect::<Vec<_>>();
    let known = store::by_external_id(tx, context, &keys)?;
    let mut known = known.into_iter().map(|row| (row.external_id.clone(), row)).collect::<HashMap<_, _>>();
    let mut ingested = Ingested::default();
    let mut unchanged = Vec::new();
    // Of one seen twice the later sight counts, and the first one makes the row.
    for item in &observed {
        let row = known.remove(&item.external_id);
        let id = row.as_ref().map_or_else(|| ContentId::new(context.now, context.random), |row| row.id);
        match &row {
            Some(row) if row.shows(item) => {
                ingested.unchanged += 1;
                unchanged.push(id);
            }
            _ => {
                ingested.changed += usize::from(row.is_some());
                ingested.new += usize::from(row.is_none());
                store::put(tx, context, id, item)?;
            }
        }
        for (metric, value) in [("views", item.views), ("likes", item.likes), ("comments", item.comments)] {
            if let Some(value) = value {
                store::read(tx, context, ("content", id), metric, value)?;
            }
        }
        known.insert(item.external_id.clone(), store::Content::of(id, item));
    }
    store::seen(tx, context, &unchanged)?;
    if ingested.new + ingested.changed > 0 {
        tell(tx, context)?;
    }
    Ok(ingested)
}

/// What could not be read is not taken for gone.
pub fn spare(tx: &mut Tx, context: &IngestContext<'_>, unread: &[(UnreadKind, String)]) -> Result<()> {
    if unread.iter().any(|(kind, _)| *kind == UnreadKind::ContentList) {
        return store::spare_all(tx, context);
    }
    for (_, external_id) in unread.iter().filter(|(kind, _)| *kind == UnreadKind::Content) {
        store::spare(tx, context, external_id)?;
    }
    Ok(())
}

/// What was not seen since then, so many at most.
pub fn unseen(conn: &mut Conn, connection: ConnectionId, since: Timestamp, most: usize) -> Result<Vec<String>> {
    store::unseen(conn, connection, since, most)
}

/// Only what the platform was asked for and does not have stays unseen.
pub fn spare_all_but(tx: &mut Tx, context: &IngestContext<'_>, since: Timestamp, gone: &[String]) -> Result<()> {
    store::spare_unseen(tx, context, since)?;
    gone.iter().try_for_each(|external_id| store::unspare(tx, context, since, external_id))
}

/// Call it after a pass that read everything the platform has, and only then: what two in a row did not see is gone.
pub fn pass_completed(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<()> {
    if store::remove_missing(tx, context, started_at)? > 0 {
        tell(tx, context)?;
    }
    store::mark_missing(tx, context, started_at)
}

/// How many comments the counters of an account's content promise.
pub fn promised(conn: &mut Conn, connection: ConnectionId) -> Result<i64> {
    store::promised(conn, connection)
}

/// Today's reading of the account's own counters.
pub fn account(tx: &mut Tx, context: &IngestContext<'_>, counters: AccountCounters) -> Result<()> {
    let AccountCounters { followers, views, content } = counters;
    let [followers, views, content] = [followers, views, content].map(|value| value.map(counter));
    for (metric, value) in [("followers", followers), ("views", views), ("content", content)] {
        if let Some(value) = value {
            store::read(tx, context, ("connection", context.connection), metric, value)?;
        }
    }
    tell(tx, context)
}

/// An account's counters as they stood on earlier days, as if they had been read then. A day that was read keeps what was read; what lies
/// ahead is no past.
pub fn past(tx: &mut Tx, context: &IngestContext<'_>, readings: &[(Timestamp, AccountCounters)]) -> Result<()> {
    let mut kept = Vec::new();
    for (at, AccountCounters { followers, views, content }) in readings.iter().filter(|(at, _)| *at <= context.now) {
        let counters = [("followers", *followers), ("views", *views), ("content", *content)];
        kept.extend(counters.into_iter().filter_map(|(metric, value)| Some((*at, metric, counter(value?)))));
    }
    store::readings(tx, context, &kept)
}

fn tell(tx: &mut Tx, context: &IngestContext<'_>) -> Result<()> {
    events::record(tx, context.now, context.workspace, Event::ConnectionChanged(context.connection))
}

fn bounded(item: ObservedContent) -> ObservedContent {
    let [views, likes, comments] = [item.views, item.likes, item.comments].map(|value| value.map(counter));
    ObservedContent { views, likes, comments, ..item }
}

/// More than anything was ever counted, and so little that thousands of them can be summed.
const LARGEST: i64 = 1_000_000_000_000_000;

fn counter(value: i64) -> i64 {
    value.clamp(0, LARGEST)
}
