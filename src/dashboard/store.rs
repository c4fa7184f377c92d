//! What the dashboard reads: a few rows each time, and never by counting interactions.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::civil;
use kit::args;
use kit::clock::Timestamp;
use kit::db::{Column, Conn, FromRow, Json, Result, Row};

use super::{Connection, Day, Engagement, Growth, Item, Open, SMOOTHING_DAYS, WINDOW_DAYS, Waiting};
use crate::inbox::counts;
use crate::inbox::derive::Reason;
use crate::web::ui::Local;
use crate::workspaces::WorkspaceId;

pub fn connections(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Connection>> {
    conn.all(
        "SELECT id, platform, display_name, connection_status, connection_error, followers, synced_at, complete_to
         FROM platform_connections WHERE workspace_id = $1 ORDER BY platform, created_at, id",
        args![workspace],
    )
}

pub fn waiting(conn: &mut Conn, workspace: WorkspaceId) -> Result<Waiting> {
    conn.one(
        "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT),
                CAST(COALESCE(SUM(total) FILTER (WHERE priority = 'urgent'), 0) AS BIGINT),
                (SELECT created_at FROM interactions WHERE workspace_id = $1 AND state = 'needs_reply'
                 ORDER BY created_at LIMIT 1)
         FROM interaction_totals WHERE workspace_id = $1 AND state = 'needs_reply'",
        args![workspace],
    )
}

/// Every day of the window and of its smoothing, today last; a day without a row is all zero.
///
/// The workspace's own zone has its days summed already; for any other they are summed here, by quarters of an hour.
pub fn days(conn: &mut Conn, workspace: WorkspaceId, local: &Local) -> Result<Vec<Day>> {
    const ALL: usize = WINDOW_DAYS + SMOOTHING_DAYS - 1;
    let all = (0..ALL).rev().map(|back| local.day_back(back)).collect::<Vec<_>>();
    let kept = days_of_its_own_zone(conn, workspace, local.zone_name(), &all)?;
    if !kept.is_empty() {
        return Ok(all.iter().map(|day| kept.get(&day.to_string()).copied().unwrap_or_default()).collect());
    }
    let starts = all.iter().map(|day| local.quarter_at(*day)).collect::<Vec<_>>();
    let end = local.quarter_at(local.today().tomorrow().unwrap_or(local.today()));
    let rows: Vec<Slot<i64>> = conn.all(
        &format!("{QUARTERS} WHERE workspace_id = $1 AND quarter >= $2 AND quarter < $3"),
        args![workspace, starts[0], end],
    )?;
    let mut days = vec![Day::default(); ALL];
    for Slot(quarter, counts) in rows {
        let day = &mut days[starts.partition_point(|start| *start <= quarter) - 1];
        *day = day.plus(counts);
    }
    Ok(days)
}

const QUARTERS: &str =
    "SELECT quarter, comments, replies, reviews, mentions, positive, neutral, negative, mixed, unknown, asked, answered
    FROM interaction_quarters";

/// None where the days that are kept are another zone's.
fn days_of_its_own_zone(
    conn: &mut Conn,
    workspace: WorkspaceId,
    zone: &str,
    all: &[civil::Date],
) -> Result<HashMap<String, Day>> {
    let rows: Vec<Slot<String>> = conn.all(
        "SELECT d.day, d.comments, d.replies, d.reviews, d.mentions, d.positive, d.neutral, d.negative, d.mixed, d.unknown,
            d.asked, d.answered
         FROM interaction_day_zones z JOIN interaction_days d ON d.workspace_id = z.workspace_id
         WHERE z.workspace_id = $1 AND z.time_zone = $2 AND d.day >= $3 AND d.day <= $4",
        args![workspace, zone, all[0].to_string(), all[all.len() - 1].to_string()],
    )?;
    Ok(rows.into_iter().map(|Slot(day, counts)| (day, counts)).collect())
}

/// A day or a quarter of an hour, with its counts.
struct Slot<K>(K, Day);

impl<K: Column> FromRow for Slot<K> {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let mut column = 1..;
        let mut count = || row.get(column.next().unwrap_or_default());
        let counts = Day {
            comments: count()?,
            replies: count()?,
            reviews: count()?,
            mentions: count()?,
            positive: count()?,
            neutral: count()?,
            negative: count()?,
            mixed: count()?,
            unknown: count()?,
            asked: count()?,
            answered: count()?,
        };
        Ok(Self(row.get(0)?, counts))
    }
}

/// What other people wrote yesterday up to this time of the day: whole quarters of an hour by their counts, the rest by rows.
pub fn yesterday_so_far(conn: &mut Conn, workspace: WorkspaceId, local: &Local) -> Result<i64> {
    let until = local.this_time_yesterday();
    let (first, last) = (local.quarter_at(local.day_back(1)), counts::quarter_of(until));
    conn.one(
        "SELECT (SELECT CAST(COALESCE(SUM(comments + replies + reviews + mentions), 0) AS BIGINT)
                 FROM interaction_quarters WHERE workspace_id = $1 AND quarter >= $2 AND quarter < $3)
              + (SELECT count(*) FROM interactions
                 WHERE workspace_id = $1 AND created_at >= $4 AND created_at <= $5
                     AND NOT is_own AND provider_state = 'published' AND state <> 'spam' AND state <> 'removed')",
        args![workspace, first, last, counts::start_of(last), until],
    )
}

pub fn engagement(conn: &mut Conn, workspace: WorkspaceId, since: Timestamp) -> Result<Engagement> {
    conn.one(
        "SELECT count(*), COALESCE(SUM(CAST(views AS DOUBLE PRECISION)), 0.0),
                COALESCE(SUM(CAST(likes AS DOUBLE PRECISION)), 0.0),
                COALESCE(SUM(CAST(comments AS DOUBLE PRECISION)), 0.0), MIN(last_seen_at)
         FROM content_items
         WHERE workspace_id = $1 AND published_at >= $2 AND views IS NOT NULL AND removed_at IS NULL",
        args![workspace, since],
    )
}

/// Over the accounts that were read on both days: the first day from `since` on that has readings, and the newest. Followers are
/// those of the platform that has most of them, as in the audience's figure.
pub fn growth(conn: &mut Conn, workspace: WorkspaceId, metric: &str, since: civil::Date) -> Result<Option<Growth>> {
    conn.opt(
        "SELECT MIN(first.taken_at), MIN(newest.taken_at), count(*),
                SUM(CAST(newest.value AS DOUBLE PRECISION) - CAST(first.value AS DOUBLE PRECISION))
         FROM metric_snapshots first
         JOIN metric_snapshots newest ON newest.subject_id = first.subject_id AND newest.metric = first.metric
             AND newest.day = (SELECT MAX(day) FROM metric_snapshots
                               WHERE workspace_id = $1 AND subject = 'connection' AND metric = $2)
         WHERE first.workspace_id = $1 AND first.subject = 'connection' AND first.metric = $2
             AND first.day = (SELECT MIN(day) FROM metric_snapshots
                              WHERE workspace_id = $1 AND subject = 'connection' AND metric = $2 AND day >= $3)
             AND newest.day > first.day
             AND (first.metric <> 'followers' OR first.subject_id IN (
                 SELECT id FROM platform_connections WHERE workspace_id = $1 AND platform = (
                     SELECT platform FROM platform_connections
                     WHERE workspace_id = $1 AND connection_status <> 'disconnected' AND followers IS NOT NULL
                     GROUP BY platform ORDER BY SUM(CAST(followers AS DOUBLE PRECISION)) DESC, platform LIMIT 1)))
         GROUP BY first.day",
        args![workspace, metric, since.to_string()],
    )
}

pub fn first_things(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Open>> {
    // The number in the text: PostgreSQL keeps no plan for a limit that it does not know, and to plan takes longer than to
    // read.
    conn.all(
        "SELECT i.id, i.platform, a.display_name, substr(i.text, 1, 280), i.rating, i.state, i.sentiment, c.title,
                i.created_at, i.priority, i.reasons
         FROM interactions i
         JOIN authors a ON a.id = i.author_id
         LEFT JOIN content_items c ON c.id = i.content_id
         WHERE i.workspace_id = $1 AND i.state = 'needs_reply'
         ORDER BY i.priority_score DESC, i.created_at DESC, i.id DESC LIMIT 5",
        args![workspace],
    )
}

/// What other people wrote last.
pub fn recent(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Item>> {
    conn.all(
        "SELECT i.id, i.platform, a.display_name, substr(i.text, 1, 280), i.rating, i.state, i.sentiment, c.title,
                i.created_at
         FROM interactions i
         JOIN authors a ON a.id = i.author_id
         LEFT JOIN content_items c ON c.id = i.content_id
         WHERE i.workspace_id = $1 AND NOT i.is_own AND i.provider_state = 'published' AND i.state <> 'spam' AND i.state <> 'removed'
         ORDER BY i.created_at DESC, i.id DESC LIMIT 10",
        args![workspace],
    )
}

impl FromRow for Open {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { item: Item::from_row(row)?, priority: row.get(9)?, reasons: weightiest(row.get(10)?) })
    }
}

/// The three reasons that raised the priority most.
fn weightiest(reasons: Json) -> Vec<Reason> {
    let mut raised: Vec<Reason> = serde_json::from_value(reasons).unwrap_or_default();
    raised.retain(|reason| reason.points > Some(0));
    raised.sort_by_key(|reason| Reverse(reason.points));
    raised.truncate(3);
    raised
}
