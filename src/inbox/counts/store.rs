//! The statements of counts, and of their recount.

use kit::args;
use kit::db::{AsVal, Conn, Dialect, FromRow, Result, Row, Tx, Val};

use super::{ASKED, Counts};
use crate::inbox::derive::PriorityBand;
use crate::inbox::triage::TriageState;
use crate::model::{AuthorId, ConnectionId};
use crate::workspaces::WorkspaceId;
use kit::db::lists::rows_of;

const COLUMNS: &str =
    "comments, replies, reviews, mentions, positive, neutral, negative, mixed, unknown, asked, answered";

/// A day or a quarter of an hour, with its counts.
struct Slot<K>(K, Counts);

impl<K: kit::db::Column> FromRow for Slot<K> {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let mut counts = Counts::default();
        for (index, count) in counts.iter_mut().enumerate() {
            *count = row.get(index + 1)?;
        }
        Ok(Self(row.get(0)?, counts))
    }
}

impl<K> From<Slot<K>> for (K, Counts) {
    fn from(Slot(key, counts): Slot<K>) -> Self {
        (key, counts)
    }
}

fn slots<K: kit::db::Column>(conn: &mut Conn, sql: &str, workspace: WorkspaceId) -> Result<Vec<(K, Counts)>> {
    Ok(conn.all::<Slot<K>>(sql, args![workspace])?.into_iter().map(Into::into).collect())
}

pub fn add_to_quarters(tx: &mut Tx, workspace: WorkspaceId, by: &[(i64, Counts)]) -> Result<()> {
    add(tx, workspace, "interaction_quarters", "quarter", by)
}

pub fn add_to_days(tx: &mut Tx, workspace: WorkspaceId, by: &[(String, Counts)]) -> Result<()> {
    add(tx, workspace, "interaction_days", "day", by)
}

fn add<K: AsVal>(tx: &mut Tx, workspace: WorkspaceId, table: &str, key: &str, by: &[(K, Counts)]) -> Result<()> {
    let sums = COLUMNS.split(", ").map(|column| format!("{column} = {table}.{column} + excluded.{column}"));
    let sums = sums.collect::<Vec<_>>().join(", ");
    for (chunk, places) in rows_of(by, 1, 12) {
        let sql = format!(
            "INSERT INTO {table} (workspace_id, {key}, {COLUMNS}) VALUES {places}
             ON CONFLICT (workspace_id, {key}) DO UPDATE SET {sums}"
        );
        let mut args = vec![Val::from(&workspace)];
        for (key, counts) in chunk {
            args.push(key.as_val());
            args.extend(counts.iter().map(Val::from));
        }
        tx.exec(&sql, &args)?;
    }
    Ok(())
}

pub fn quarters(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(i64, Counts)>> {
    let sql = format!("SELECT quarter, {COLUMNS} FROM interaction_quarters WHERE workspace_id = $1");
    slots(conn, &sql, workspace)
}

pub fn days(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(String, Counts)>> {
    slots(conn, &format!("SELECT day, {COLUMNS} FROM interaction_days WHERE workspace_id = $1"), workspace)
}

pub fn replace_quarters(tx: &mut Tx, workspace: WorkspaceId, quarters: &[(i64, Counts)]) -> Result<()> {
    tx.exec("DELETE FROM interaction_quarters WHERE workspace_id = $1", args![workspace])?;
    add_to_quarters(tx, workspace, quarters)
}

pub fn replace_days(tx: &mut Tx, workspace: WorkspaceId, zone: &str, days: &[(String, Counts)]) -> Result<()> {
    tx.exec("DELETE FROM interaction_days WHERE workspace_id = $1", args![workspace])?;
    add_to_days(tx, workspace, days)?;
    tx.exec(
        "INSERT INTO interaction_day_zones (workspace_id, time_zone) VALUES ($1, $2)
         ON CONFLICT (workspace_id) DO UPDATE SET time_zone = excluded.time_zone",
        args![workspace, zone],
    )?;
    Ok(())
}

/// Whose days the days are.
pub fn zone_of_days(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<String>> {
    conn.opt("SELECT time_zone FROM interaction_day_zones WHERE workspace_id = $1", args![workspace])
}

type Total = ((TriageState, PriorityBand, ConnectionId), i64);

pub fn add_to_total(
    tx: &mut Tx,
    (workspace, connection): (WorkspaceId, ConnectionId),
    state: TriageState,
    band: PriorityBand,
    by: i64,
) -> Result<()> {
    tx.exec_later(
        "INSERT INTO interaction_totals (workspace_id, connection_id, state, priority, total) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, connection_id, state, priority)
         DO UPDATE SET total = interaction_totals.total + excluded.total",
        args![workspace, connection, state, band, by],
    )
}

pub fn totals(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Total>> {
    let sql = "SELECT state, priority, connection_id, total FROM interaction_totals WHERE workspace_id = $1";
    by_state(conn, sql, workspace)
}

pub fn recounted_totals(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Total>> {
    let sql = "SELECT state, priority, connection_id, count(*) FROM interactions WHERE workspace_id = $1
               GROUP BY state, priority, connection_id";
    by_state(conn, sql, workspace)
}

fn by_state(conn: &mut Conn, sql: &str, workspace: WorkspaceId) -> Result<Vec<Total>> {
    let rows: Vec<(TriageState, PriorityBand, ConnectionId, i64)> = conn.all(sql, args![workspace])?;
    Ok(rows.into_iter().map(|(state, band, connection, total)| ((state, band, connection), total)).collect())
}

pub fn replace_totals(tx: &mut Tx, workspace: WorkspaceId, totals: &[Total]) -> Result<()> {
    tx.exec("DELETE FROM interaction_totals WHERE workspace_id = $1", args![workspace])?;
    for ((state, band, connection), total) in totals {
        add_to_total(tx, (workspace, *connection), *state, *band, *total)?;
    }
    Ok(())
}

pub fn recounted_quarters(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(i64, Counts)>> {
    let quarter = match conn.dialect() {
        Dialect::Sqlite => "created_at / 900000000 - (created_at % 900000000 < 0)",
        Dialect::Postgres => "CAST(floor(extract(epoch FROM created_at) / 900) AS BIGINT)",
    };
    let kinds =
        ["comment", "reply", "review", "mention"].map(|kind| format!("count(*) FILTER (WHERE kind = '{kind}')"));
    let moods = ["positive", "neutral", "negative", "mixed", "unknown"];
    let moods = moods.map(|mood| format!("count(*) FILTER (WHERE sentiment = '{mood}')"));
    let states = |states: &[TriageState]| {
        let list = states.iter().map(|state| format!("'{state}'")).collect::<Vec<_>>().join(", ");
        format!("count(*) FILTER (WHERE state IN ({list}))")
    };
    let sql = format!(
        "SELECT {quarter}, {}, {}, {}, {} FROM interactions
         WHERE workspace_id = $1 AND NOT is_own AND provider_state = 'published' AND state <> 'spam' AND state <> 'removed' GROUP BY 1",
        kinds.join(", "),
        moods.join(", "),
        states(&ASKED),
        states(&[TriageState::Answered])
    );
    slots(conn, &sql, workspace)
}

/// Those whose count is wrong, with the right one.
pub fn miscounted_authors(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(AuthorId, i64)>> {
    conn.all(
        "SELECT a.id, count(i.id) FROM authors a LEFT JOIN interactions i ON i.author_id = a.id
         WHERE a.workspace_id = $1 GROUP BY a.id, a.interactions HAVING a.interactions <> count(i.id)",
        args![workspace],
    )
}

pub fn set_author(tx: &mut Tx, author: AuthorId, interactions: i64) -> Result<()> {
    tx.exec("UPDATE authors SET interactions = $2 WHERE id = $1", args![author, interactions])?;
    Ok(())
}
