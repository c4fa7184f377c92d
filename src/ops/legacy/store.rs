//! SQL of an import: the former database's tables, whatever they look like, and what is remembered here.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};
use kit::id::Id;

use super::record::LONGEST_TEXT;
use super::{Key, Part, Position, Report};
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct LegacyColumn {
        pub name: String,
        pub data_type: String,
    }
}

/// The snapshot is read for as long as it takes to write it elsewhere.
pub fn wait_patiently(conn: &mut Conn) -> Result<()> {
    for setting in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        conn.all::<i64>(&format!("SET LOCAL {setting} = 0"), args![])?;
    }
    Ok(())
}

pub fn tables(conn: &mut Conn) -> Result<Vec<String>> {
    conn.all(
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
        args![],
    )
}

pub fn columns(conn: &mut Conn, table: &str) -> Result<Vec<LegacyColumn>> {
    conn.all(
        "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
        args![table],
    )
}

pub fn count(conn: &mut Conn, table: &str) -> Result<i64> {
    conn.one(&format!("SELECT count(*) FROM \"{table}\""), args![])
}

/// A part's rows after a key, each as one JSON object of texts; answers the cursor's name.
pub fn open_cursor(
    conn: &mut Conn,
    part: Part,
    wanted: &[&str],
    columns: &[LegacyColumn],
    after: Option<&Key>,
) -> Result<String> {
    let has = |name: &str| columns.iter().any(|column| column.name == name);
    let pairs = columns.iter().filter(|column| wanted.contains(&column.name.as_str())).map(as_text);
    let pairs = pairs.collect::<Vec<_>>().join(", ");
    let order = if has("user_id") { "\"user_id\", \"id\"" } else { "\"id\"" };
    let mut filters = Vec::from_iter(open_or_closed(part, has("is_active")).map(str::to_owned));
    if let Some(after) = after {
        filters.push(beyond(conn, after, has("user_id"))?);
    }
    let filter = if filters.is_empty() { String::new() } else { format!("WHERE {}", filters.join(" AND ")) };
    let cursor = format!("legacy_{part:?}");
    conn.all::<i64>(
        &format!(
            "DECLARE {cursor} NO SCROLL CURSOR FOR
             SELECT CAST(json_build_object({pairs}) AS TEXT) FROM \"{}\" {filter} ORDER BY {order}",
            part.table()
        ),
        args![],
    )?;
    Ok(cursor)
}

/// The cursor's next rows; none at its end.
pub fn fetch(conn: &mut Conn, cursor: &str, rows: usize) -> Result<Vec<String>> {
    conn.all(&format!("FETCH {rows} FROM {cursor}"), args![])
}

fn as_text(column: &LegacyColumn) -> String {
    let LegacyColumn { name, data_type } = column;
    let value = if data_type.starts_with("timestamp") || data_type == "date" {
        // Of a time without a zone this is the time as if it were UTC's, which it was.
        format!(
            "CASE WHEN isfinite(\"{name}\")
                THEN 'us:' || CAST(CAST(EXTRACT(EPOCH FROM \"{name}\") * 1000000 AS BIGINT) AS TEXT) END"
        )
    } else if name == "content" {
        format!("left(CAST(\"{name}\" AS TEXT), {})", LONGEST_TEXT + 1)
    } else {
        format!("CAST(\"{name}\" AS TEXT)")
    };
    format!("'{name}', {value}")
}

fn open_or_closed(part: Part, has_activity: bool) -> Option<&'static str> {
    match (part, has_activity) {
        (Part::OpenUsers, true) => Some("COALESCE(lower(CAST(is_active AS TEXT)), 't') NOT IN ('f', 'false', '0')"),
        (Part::ClosedUsers, true) => Some("lower(CAST(is_active AS TEXT)) IN ('f', 'false', '0')"),
        (Part::ClosedUsers, false) => Some("FALSE"),
        _ => None,
    }
}

/// Rows without a user come last. A cursor takes no parameters, so PostgreSQL quotes them itself.
fn beyond(conn: &mut Conn, after: &Key, has_user: bool) -> Result<String> {
    let id: String = conn.one("SELECT quote_literal($1)", args![&after.id])?;
    Ok(match (&after.user, has_user) {
        (Some(user), true) => {
            let user: String = conn.one("SELECT quote_literal($1)", args![user])?;
            format!("(\"user_id\" IS NULL OR (\"user_id\", \"id\") > ({user}, {id}))")
        }
        (None, true) => format!("(\"user_id\" IS NULL AND \"id\" > {id})"),
        (_, false) => format!("\"id\" > {id}"),
    })
}

/// Where a run that has not ended goes on, and what it has counted.
pub fn interrupted(conn: &mut Conn, source: &str) -> Result<Option<(Position, Report)>> {
    let found = conn.opt::<(Json, Json)>(
        "SELECT position, report FROM legacy_imports WHERE source = $1 AND position IS NOT NULL",
        args![source],
    )?;
    // What another version has left is not understood: then everything is read again, which changes nothing twice.
    Ok(found.and_then(|(position, report)| {
        Some((serde_json::from_value(position).ok()?, serde_json::from_value(report).ok()?))
    }))
}

pub fn begin(tx: &mut Tx, now: Timestamp, source: &str, report: &Report) -> Result<()> {
    tx.exec(
        "INSERT INTO legacy_imports (source, position, report, started_at, updated_at) VALUES ($1, NULL, $2, $3, $3)
         ON CONFLICT (source) DO UPDATE SET position = NULL, report = excluded.report,
            started_at = excluded.started_at, updated_at = excluded.updated_at, finished_at = NULL",
        args![source, to_json(report), now],
    )?;
    Ok(())
}

/// Without a position the run has come to its end.
pub fn save(tx: &mut Tx, now: Timestamp, source: &str, position: Option<&Position>, report: &Report) -> Result<()> {
    let finished_at = position.is_none().then_some(now);
    tx.exec(
        "UPDATE legacy_imports SET position = $2, report = $3, updated_at = $4, finished_at = $5 WHERE source = $1",
        args![source, position.map(to_json), to_json(report), now, finished_at],
    )?;
    Ok(())
}

pub fn is_known(conn: &mut Conn, source: &str, kind: &str, legacy_id: &str) -> Result<bool> {
    let found = conn.opt::<String>(
        "SELECT kind FROM legacy_rows WHERE source = $1 AND kind = $2 AND legacy_id = $3",
        args![source, kind, legacy_id],
    )?;
    Ok(found.is_some())
}

pub fn remember<T>(tx: &mut Tx, source: &str, kind: &str, legacy_id: &str, id: Id<T>) -> Result<()> {
    tx.exec(
        "INSERT INTO legacy_rows (source, kind, legacy_id, id) VALUES ($1, $2, $3, $4)",
        args![source, kind, legacy_id, id],
    )?;
    Ok(())
}

kit::row! {
    /// Somebody who was brought over and is still here.
    #[derive(Clone, Debug)]
    pub struct Known {
        pub user_id: UserId,
        pub workspace_id: WorkspaceId,
        pub time_zone: String,
    }
}

pub fn known_user(conn: &mut Conn, source: &str, legacy_id: &str) -> Result<Option<Known>> {
    conn.opt(
        "SELECT users.id, workspaces.id, users.time_zone FROM legacy_rows
         JOIN users ON users.id = legacy_rows.id
         JOIN memberships ON memberships.user_id = users.id AND memberships.role = 'owner'
         JOIN workspaces ON workspaces.id = memberships.workspace_id AND workspaces.kind = 'live'
         WHERE legacy_rows.source = $1 AND legacy_rows.kind = 'user' AND legacy_rows.legacy_id = $2
         ORDER BY workspaces.created_at, workspaces.id",
        args![source, legacy_id],
    )
}

fn to_json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).expect("counts and texts always serialise")
}
