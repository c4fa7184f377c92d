//! SQL of an import: the former database's tables, whatever they look like, and what is remembered here.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};
use kit::id::Id;

use super::parts::{Lookup, Part};
use super::record::LONGEST_TEXT;
use super::schema::Schema;
use super::{Key, Position, Report};
use crate::workspaces::WorkspaceId;

kit::row! {
    #[derive(Clone, Debug)]
    pub struct LegacyColumn {
        pub table_name: String,
        pub name: String,
        pub data_type: String,
        pub may_be_read: bool,
    }
}

/// The snapshot is read for as long as it takes to write it elsewhere.
pub fn wait_patiently(conn: &mut Conn) -> Result<()> {
    for setting in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        conn.all::<i64>(&format!("SET LOCAL {setting} = 0"), args![])?;
    }
    Ok(())
}

pub fn is_sql_ascii(conn: &mut Conn) -> Result<bool> {
    conn.one("SELECT current_setting('server_encoding') = 'SQL_ASCII'", args![])
}

/// Also those that this role may not read: the information schema would hide them.
pub fn columns(conn: &mut Conn) -> Result<Vec<LegacyColumn>> {
    conn.all(
        "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, NULL),
            has_column_privilege(c.oid, a.attnum, 'SELECT')
         FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
         WHERE c.relnamespace = CAST(CAST(current_schema() AS TEXT) AS regnamespace) AND c.relkind IN ('r', 'p')
             AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY c.relname, a.attnum",
        args![],
    )
}

pub fn has_user(conn: &mut Conn, email: &str) -> Result<bool> {
    conn.one("SELECT EXISTS (SELECT 1 FROM users WHERE lower(btrim(email)) = lower(btrim($1)))", args![email])
}

pub fn count(conn: &mut Conn, part: Part) -> Result<i64> {
    let filter = if part.is_answers() { format!("WHERE {ANSWERED}") } else { String::new() };
    conn.one(&format!("SELECT count(*) FROM \"{}\" AS t {filter}", part.table()), args![])
}

/// A part's rows after a key, each as JSON whose fields are texts, in bytes; answers the cursor's name.
pub fn open_cursor(conn: &mut Conn, schema: &Schema, part: Part, after: Option<&Key>) -> Result<String> {
    let columns = schema.columns(part).collect::<Vec<_>>();
    let fields = columns.iter().map(|column| as_text(column)).chain(schema.lookups(part).map(looked_up));
    let fields = fields.collect::<Vec<_>>().join(", ");
    let unusable = columns.iter().filter(|column| is_time(column)).map(|column| {
        let name = &column.name;
        format!("CASE WHEN NOT ({}) THEN '{name}' END", usable(name))
    });
    let unusable = std::iter::once("', ', NULL".to_owned()).chain(unusable).collect::<Vec<_>>().join(", ");
    let group = part.grouped_by().map_or_else(|| "NULL".to_owned(), |column| format!("t.\"{column}\""));
    let order = part.grouped_by().map_or_else(|| "t.\"id\"".to_owned(), |_| format!("{group}, t.\"id\""));
    let mut filters = Vec::from_iter(of_part(schema, part));
    if let Some(after) = after {
        filters.push(beyond(conn, after, part.grouped_by())?);
    }
    let filter = if filters.is_empty() { String::new() } else { format!("WHERE {}", filters.join(" AND ")) };
    // Bytes that are no text arrive as they are, for whoever reads them to say so.
    let encoding = if schema.is_sql_ascii { "SQL_ASCII" } else { "UTF8" };
    let cursor = format!("legacy_{part:?}");
    conn.all::<i64>(
        &format!(
            "DECLARE {cursor} NO SCROLL CURSOR FOR
             SELECT convert_to(CAST(json_build_object('id', CAST(t.\"id\" AS TEXT), 'grouped_by', CAST({group} AS TEXT),
                 'unusable', concat_ws({unusable}), 'fields', json_build_object({fields})) AS TEXT), '{encoding}')
             FROM \"{}\" AS t {filter} ORDER BY {order}",
            part.table()
        ),
        args![],
    )?;
    Ok(cursor)
}

/// The cursor's next rows; none at its end.
pub fn fetch(conn: &mut Conn, cursor: &str, rows: usize) -> Result<Vec<Vec<u8>>> {
    conn.all(&format!("FETCH {rows} FROM {cursor}"), args![])
}

const ANSWERED: &str = "btrim(COALESCE(t.response_text, '')) <> ''";

fn as_text(column: &LegacyColumn) -> String {
    let LegacyColumn { name, data_type, .. } = column;
    let value = if is_time(column) {
        // Of a time without a zone this is the time as if it were UTC's, which it was.
        format!(
            "CASE WHEN {} THEN 'us:' || CAST(CAST(EXTRACT(EPOCH FROM t.\"{name}\") * 1000000 AS BIGINT) AS TEXT) END",
            usable(name)
        )
    } else if data_type.ends_with("[]") {
        format!("CAST(to_json(t.\"{name}\") AS TEXT)")
    } else {
        // Four bytes are the longest letter, where letters are bytes.
        format!("left(CAST(t.\"{name}\" AS TEXT), {})", 4 * LONGEST_TEXT + 1)
    };
    format!("'{name}', {value}")
}

fn looked_up(lookup: &'static Lookup) -> String {
    format!("'{}', CAST(({}) AS TEXT)", lookup.name, lookup.sql)
}

fn is_time(column: &LegacyColumn) -> bool {
    column.data_type.starts_with("timestamp") || column.data_type == "date"
}

fn usable(name: &str) -> String {
    format!("t.\"{name}\" IS NULL OR t.\"{name}\" >= '1970-01-01' AND t.\"{name}\" < '10000-01-01'")
}

fn of_part(schema: &Schema, part: Part) -> Option<String> {
    match part {
        Part::OpenUsers => Some(open(schema)),
        Part::ClosedUsers => Some(format!("NOT {}", open(schema))),
        part if part.is_answers() => Some(ANSWERED.to_owned()),
        _ => None,
    }
}

/// Who might sign in: active, and approved or let in. An installation that had neither let everybody in.
fn open(schema: &Schema) -> String {
    let says = |column: &str, word: &str| {
        schema.has("users", column).then(|| format!("COALESCE(lower(CAST(t.{column} AS TEXT)) = '{word}', FALSE)"))
    };
    let admitted = [says("approval_status", "approved"), says("access_status", "full")];
    let admitted = admitted.into_iter().flatten().collect::<Vec<_>>();
    let admitted = if admitted.is_empty() { "TRUE".to_owned() } else { admitted.join(" OR ") };
    let active = match schema.has("users", "is_active") {
        true => "COALESCE(lower(CAST(t.is_active AS TEXT)), 't') NOT IN ('f', 'false', '0')",
        false => "TRUE",
    };
    format!("(({admitted}) AND {active})")
}

/// Rows without a group come last. A cursor takes no parameters, so PostgreSQL quotes them itself.
fn beyond(conn: &mut Conn, after: &Key, grouped_by: Option<&str>) -> Result<String> {
    let id: String = conn.one("SELECT quote_literal($1)", args![&after.id])?;
    Ok(match (&after.group, grouped_by) {
        (Some(group), Some(column)) => {
            let group: String = conn.one("SELECT quote_literal($1)", args![group])?;
            format!("(t.\"{column}\" IS NULL OR (t.\"{column}\", t.\"id\") > ({group}, {id}))")
        }
        (None, Some(column)) => format!("(t.\"{column}\" IS NULL AND t.\"id\" > {id})"),
        (_, None) => format!("t.\"id\" > {id}"),
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

pub fn started_at(conn: &mut Conn, source: &str) -> Result<Timestamp> {
    conn.one("SELECT started_at FROM legacy_imports WHERE source = $1", args![source])
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

/// What became of a row that was brought over.
pub fn known<T>(conn: &mut Conn, source: &str, kind: &str, legacy_id: &str) -> Result<Option<Id<T>>> {
    conn.opt(
        "SELECT id FROM legacy_rows WHERE source = $1 AND kind = $2 AND legacy_id = $3",
        args![source, kind, legacy_id],
    )
}

pub fn remember<T>(tx: &mut Tx, source: &str, kind: &str, legacy_id: &str, id: Id<T>) -> Result<()> {
    tx.exec(
        "INSERT INTO legacy_rows (source, kind, legacy_id, id) VALUES ($1, $2, $3, $4)",
        args![source, kind, legacy_id, id],
    )?;
    Ok(())
}

/// The live workspace of somebody who was brought over and is still here.
pub fn home_of(conn: &mut Conn, source: &str, legacy_id: &str) -> Result<Option<WorkspaceId>> {
    conn.opt(
        "SELECT workspaces.id FROM legacy_rows
         JOIN memberships ON memberships.user_id = legacy_rows.id AND memberships.role = 'owner'
         JOIN workspaces ON workspaces.id = memberships.workspace_id AND workspaces.kind = 'live'
         WHERE legacy_rows.source = $1 AND legacy_rows.kind = 'user' AND legacy_rows.legacy_id = $2
         ORDER BY workspaces.created_at, workspaces.id",
        args![source, legacy_id],
    )
}

fn to_json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).expect("counts and texts always serialise")
}
