//! What the dashboard reads: a few rows each time, and never by counting interactions.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::civil;
use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, FromRow, Json, Result, Row};

use super::{Connection, Day, Engagement, Growth, Item, Open, SMOOTHING_DAYS, WINDOW_DAYS, Waiting};
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
pub fn days(conn: &mut Conn, workspace: WorkspaceId, local: &Local) -> Result<Vec<Day>> {
    const ALL: usize = WINDOW_DAYS + SMOOTHING_DAYS - 1;
    let first = local.day_back(ALL - 1);
    let rows: Vec<OnDay> = conn.all(
        "SELECT day, comments, replies, reviews, mentions, positive, neutral, negative, mixed, unknown
         FROM interaction_days WHERE workspace_id = $1 AND day >= $2 AND day <= $3",
        args![workspace, first.to_string(), local.today().to_string()],
    )?;
    let rows: HashMap<civil::Date, Day> = rows.into_iter().map(|row| (row.day, row.counts)).collect();
    Ok((0..ALL).rev().map(|back| rows.get(&local.day_back(back)).copied().unwrap_or_default()).collect())
}

struct OnDay {
    day: civil::Date,
    counts: Day,
}

impl FromRow for OnDay {
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
        };
        // Written by Repruv itself, always as a date.
        Ok(Self { day: row.get::<String>(0)?.parse().unwrap_or_default(), counts })
    }
}

pub fn engagement(conn: &mut Conn, workspace: WorkspaceId, since: Timestamp) -> Result<Engagement> {
    conn.one(
        "SELECT count(*), CAST(COALESCE(SUM(views), 0) AS BIGINT), CAST(COALESCE(SUM(likes), 0) AS BIGINT),
                CAST(COALESCE(SUM(comments), 0) AS BIGINT)
         FROM content_items
         WHERE workspace_id = $1 AND published_at >= $2 AND views IS NOT NULL AND removed_at IS NULL",
        args![workspace, since],
    )
}

/// Over the accounts that were read on both days: the first day from `since` on that has readings, and the newest.
pub fn growth(conn: &mut Conn, workspace: WorkspaceId, metric: &str, since: civil::Date) -> Result<Option<Growth>> {
    conn.opt(
        "SELECT first.day, count(*), CAST(SUM(newest.value - first.value) AS BIGINT)
         FROM metric_snapshots first
         JOIN metric_snapshots newest ON newest.subject_id = first.subject_id AND newest.metric = first.metric
             AND newest.day = (SELECT MAX(day) FROM metric_snapshots
                               WHERE workspace_id = $1 AND subject = 'connection' AND metric = $2)
         WHERE first.workspace_id = $1 AND first.subject = 'connection' AND first.metric = $2
             AND first.day = (SELECT MIN(day) FROM metric_snapshots
                              WHERE workspace_id = $1 AND subject = 'connection' AND metric = $2 AND day >= $3)
             AND newest.day > first.day
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
         WHERE i.workspace_id = $1 AND NOT i.is_own AND i.provider_state = 'published'
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
