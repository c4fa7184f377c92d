//! The statements about content and its counters.

use jiff::tz::TimeZone;
use kit::args;
use kit::clock::Timestamp;
use kit::db::{AsVal, Conn, Result, Tx, Val};

use crate::inbox::ingest::IngestContext;
use crate::model::{ConnectionId, ContentId, ContentKind, ObservedContent};
use kit::db::lists::{all_in, exec_in};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Content {
        pub id: ContentId,
        pub external_id: String,
        pub kind: ContentKind,
        pub title: Option<String>,
        pub permalink: Option<String>,
        pub thumbnail_url: Option<String>,
        pub published_at: Option<Timestamp>,
        pub duration_seconds: Option<i64>,
        pub comments_enabled: bool,
        pub views: Option<i64>,
        pub likes: Option<i64>,
        pub comments: Option<i64>,
        pub missing_since: Option<Timestamp>,
    }
}

impl Content {
    pub fn of(id: ContentId, item: &ObservedContent) -> Self {
        Self {
            id,
            external_id: item.external_id.clone(),
            kind: item.kind,
            title: item.title.clone(),
            permalink: item.permalink.clone(),
            thumbnail_url: item.thumbnail_url.clone(),
            published_at: item.published_at,
            duration_seconds: item.duration_seconds,
            comments_enabled: item.comments_enabled,
            views: item.views,
            likes: item.likes,
            comments: item.comments,
            missing_since: None,
        }
    }

    pub fn shows(&self, item: &ObservedContent) -> bool {
        self.missing_since.is_none()
            && self.kind == item.kind
            && self.title == item.title
            && self.permalink == item.permalink
            && self.thumbnail_url == item.thumbnail_url
            && self.published_at == item.published_at
            && self.duration_seconds == item.duration_seconds
            && self.comments_enabled == item.comments_enabled
            && (self.views, self.likes, self.comments) == (item.views, item.likes, item.comments)
    }
}

pub fn by_external_id(tx: &mut Tx, context: &IngestContext<'_>, external_ids: &[&str]) -> Result<Vec<Content>> {
    let sql = format!("SELECT {} FROM content_items WHERE connection_id = $1 AND external_id IN ", Content::COLUMNS);
    all_in(tx, &sql, "", args![context.connection], external_ids)
}

pub fn put(tx: &mut Tx, context: &IngestContext<'_>, id: ContentId, item: &ObservedContent) -> Result<()> {
    tx.exec(
        "INSERT INTO content_items (id, workspace_id, connection_id, kind, external_id, title, permalink, thumbnail_url,
            published_at, duration_seconds, comments_enabled, views, likes, comments, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
         ON CONFLICT (connection_id, external_id) DO UPDATE SET kind = excluded.kind, title = excluded.title,
            permalink = excluded.permalink, thumbnail_url = excluded.thumbnail_url,
            published_at = excluded.published_at, duration_seconds = excluded.duration_seconds,
            comments_enabled = excluded.comments_enabled, views = excluded.views, likes = excluded.likes,
            comments = excluded.comments, last_seen_at = excluded.last_seen_at, missing_since = NULL, removed_at = NULL",
        args![
            id, context.workspace, context.connection, item.kind, item.external_id.as_str(), &item.title,
            &item.permalink, &item.thumbnail_url, item.published_at, item.duration_seconds, item.comments_enabled,
            item.views, item.likes, item.comments, context.now
        ],
    )?;
    Ok(())
}

pub fn seen(tx: &mut Tx, context: &IngestContext<'_>, ids: &[ContentId]) -> Result<()> {
    let sql = "UPDATE content_items SET last_seen_at = $1 WHERE id IN ";
    exec_in(tx, sql, args![context.now], ids)
}

pub fn spare(tx: &mut Tx, context: &IngestContext<'_>, external_id: &str) -> Result<()> {
    tx.exec(
        "UPDATE content_items SET last_seen_at = $3 WHERE connection_id = $1 AND external_id = $2 AND removed_at IS NULL",
        args![context.connection, external_id, context.now],
    )?;
    Ok(())
}

pub fn spare_all(tx: &mut Tx, context: &IngestContext<'_>) -> Result<()> {
    tx.exec(
        "UPDATE content_items SET last_seen_at = $2 WHERE connection_id = $1 AND removed_at IS NULL",
        args![context.connection, context.now],
    )?;
    Ok(())
}

pub fn unseen(conn: &mut Conn, connection: ConnectionId, since: Timestamp, most: usize) -> Result<Vec<String>> {
    conn.all(
        "SELECT external_id FROM content_items
         WHERE connection_id = $1 AND last_seen_at < $2 AND removed_at IS NULL ORDER BY id LIMIT $3",
        args![connection, since, most as i64],
    )
}

pub fn spare_unseen(tx: &mut Tx, context: &IngestContext<'_>, since: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE content_items SET last_seen_at = $3 WHERE connection_id = $1 AND last_seen_at < $2 AND removed_at IS NULL",
        args![context.connection, since, context.now],
    )?;
    Ok(())
}

/// As if it had been seen for the last time right before.
pub fn unspare(tx: &mut Tx, context: &IngestContext<'_>, since: Timestamp, external_id: &str) -> Result<()> {
    tx.exec(
        "UPDATE content_items SET last_seen_at = $3 WHERE connection_id = $1 AND external_id = $2 AND removed_at IS NULL",
        args![context.connection, external_id, since - std::time::Duration::from_secs(1)],
    )?;
    Ok(())
}

/// How many it were.
pub fn remove_missing(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<u64> {
    tx.exec(
        "UPDATE content_items SET removed_at = $3
         WHERE connection_id = $1 AND last_seen_at < $2 AND missing_since IS NOT NULL AND removed_at IS NULL",
        args![context.connection, started_at, context.now],
    )
}

pub fn mark_missing(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE content_items SET missing_since = $3
         WHERE connection_id = $1 AND last_seen_at < $2 AND missing_since IS NULL",
        args![context.connection, started_at, context.now],
    )?;
    Ok(())
}

pub fn promised(conn: &mut Conn, connection: ConnectionId) -> Result<i64> {
    conn.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN comments < 1000000000 THEN comments ELSE 1000000000 END), 0) AS BIGINT) FROM content_items WHERE connection_id = $1",
        args![connection],
    )
}

/// Today's reading; of several on one day the last one stays.
pub fn read(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    (subject, subject_id): (&str, impl AsVal),
    metric: &str,
    value: i64,
) -> Result<()> {
    let id: kit::id::Id<()> = kit::id::Id::new(context.now, context.random);
    tx.exec(
        "INSERT INTO metric_snapshots (id, workspace_id, connection_id, subject, subject_id, metric, day, taken_at, value)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (subject_id, metric, day) DO UPDATE SET taken_at = excluded.taken_at, value = excluded.value
         WHERE metric_snapshots.taken_at <= excluded.taken_at",
        args![
            id, context.workspace, context.connection, subject, subject_id, metric, utc_day(context.now), context.now,
            value
        ],
    )?;
    Ok(())
}

fn utc_day(at: Timestamp) -> String {
    at.to_jiff().to_zoned(TimeZone::UTC).date().to_string()
}

/// So many readings travel in one statement.
const READINGS_AT_ONCE: usize = 100;

/// An account's readings of earlier instants. A day that has one already keeps it.
pub fn readings(tx: &mut Tx, context: &IngestContext<'_>, readings: &[(Timestamp, &str, i64)]) -> Result<()> {
    for chunk in readings.chunks(READINGS_AT_ONCE) {
        let rows = chunk.iter().map(|(at, metric, value)| {
            let id: kit::id::Id<()> = kit::id::Id::new(context.now, context.random);
            (id, *metric, utc_day(*at), *at, *value)
        });
        let rows = rows.collect::<Vec<_>>();
        let places = (0..rows.len()).map(|row| {
            let n = 3 + row * 5;
            format!("(${}, $1, $2, 'connection', $2, ${}, ${}, ${}, ${})", n, n + 1, n + 2, n + 3, n + 4)
        });
        let sql = format!(
            "INSERT INTO metric_snapshots (id, workspace_id, connection_id, subject, subject_id, metric, day, taken_at, value)
             VALUES {} ON CONFLICT (subject_id, metric, day) DO NOTHING",
            places.collect::<Vec<_>>().join(", ")
        );
        let mut values = vec![Val::from(&context.workspace), Val::from(&context.connection)];
        for (id, metric, day, at, value) in &rows {
            values.extend([Val::from(id), Val::from(metric), Val::from(day), Val::from(at), Val::from(value)]);
        }
        tx.exec(&sql, &values)?;
    }
    Ok(())
}
