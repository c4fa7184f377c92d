//! From a SQLite file into PostgreSQL's tables.

use std::collections::BTreeMap;
use std::path::Path;
use std::{borrow, panic, thread};

use rusqlite::OpenFlags;
use uuid::Uuid;

use super::super::driver::Driver;
use super::super::{Conn, Error, Json, Result, Tx, Val};
use super::{BATCH, Cells, columns, insert, open, quoted, tables};
use crate::args;
use crate::clock::Timestamp;

/// Batches that are read before they can be written.
const AHEAD: usize = 8;

/// A table, and what of it goes where.
struct Table {
    name: String,
    columns: Vec<String>,
    types: BTreeMap<String, Type>,
}

/// PostgreSQL's type of a column.
struct Type {
    name: String,
    counts_by_itself: bool,
}

/// Rows of the table that has this place among all.
struct Batch {
    table: usize,
    rows: Vec<Cells>,
}

/// Puts everything of `file` into the tables of `tx`, which have the same schema; what they hold goes first. Indexes and
/// references are taken away meanwhile and made anew at the end, which checks as much in less time. The tables `except` are
/// left empty.
pub fn bulk_load(file: &Path, tx: &mut Tx, except: &[&str]) -> Result<()> {
    let mut from = Tx::new(Driver::Sqlite(open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?));
    let mut names = tables(&mut from)?;
    names.retain(|name| !except.contains(&name.as_str()));
    tx.take_time()?;
    let describe = |name: String| {
        let (columns, types) = (columns(&mut from, &name)?, types(tx, &name)?);
        Ok(Table { name, columns, types })
    };
    let tables = names.into_iter().map(describe).collect::<Result<Vec<_>>>()?;
    let later = take_away(tx)?;
    for table in tables.iter().map(|table| table.name.as_str()).chain(except.iter().copied()) {
        tx.batch(&format!("TRUNCATE \"{table}\""))?;
    }
    let poured = thread::scope(|scope| {
        let (from, tables, (sender, batches)) = (&mut from, &tables, flume::bounded(AHEAD));
        let reader = scope.spawn(move || read(from, tables, &sender));
        let poured = write(tx, tables, batches);
        let read = reader.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked));
        read.and(poured)
    })?;
    for (table, poured) in tables.iter().zip(poured) {
        if tx.one::<i64>(&format!("SELECT count(*) FROM \"{}\"", table.name), args![])? != poured {
            return Err(Error::Schema(format!("not every row of {} has arrived", table.name)));
        }
        go_on_counting(tx, table)?;
    }
    for statement in later {
        tx.batch(&statement)?;
    }
    // Until then PostgreSQL knows nothing of what is in its tables, and reads all of them.
    tx.batch("ANALYZE")
}

fn read(from: &mut Conn, tables: &[Table], sender: &flume::Sender<Batch>) -> Result<()> {
    for (place, table) in tables.iter().enumerate() {
        let (list, mut after) = (quoted(&table.columns), i64::MIN);
        let page =
            format!("SELECT rowid, {list} FROM \"{}\" WHERE rowid > $1 ORDER BY rowid LIMIT {BATCH}", table.name);
        loop {
            let mut rows = from.all::<Cells>(&page, args![after])?;
            let Some(last) = rows.last() else { break };
            after = if let Some(Val::Int(rowid)) = last.0.first() { *rowid } else { i64::MAX };
            for row in &mut rows {
                row.0.remove(0);
                fit(row, table)?;
            }
            if sender.send(Batch { table: place, rows }).is_err() {
                // The writer has met an error, and tells it.
                return Ok(());
            }
        }
    }
    Ok(())
}

/// How many rows of each table there were.
fn write(tx: &mut Tx, tables: &[Table], batches: flume::Receiver<Batch>) -> Result<Vec<i64>> {
    let mut poured = vec![0; tables.len()];
    for Batch { table, rows } in batches {
        insert(tx, &tables[table].name, &tables[table].columns, &rows)?;
        poured[table] += i64::try_from(rows.len()).unwrap_or(0);
    }
    Ok(poured)
}

/// Takes away indexes and references that are not needed to write; answers the statements that bring them back.
fn take_away(tx: &mut Tx) -> Result<Vec<String>> {
    let indexes = tx.all::<(String, String)>(
        "SELECT CAST('DROP INDEX ' || quote_ident(index.relname) AS TEXT), CAST(pg_get_indexdef(index.oid) AS TEXT)
         FROM pg_class AS index WHERE index.relkind = 'i' AND index.relnamespace = current_schema()::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = index.oid AND contype <> 'f')
         ORDER BY index.relname",
        args![],
    )?;
    let references = tx.all::<(String, String)>(
        "SELECT CAST('ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) AS TEXT),
         CAST('ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' '
            || pg_get_constraintdef(oid) AS TEXT)
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname",
        args![],
    )?;
    for (away, _) in references.iter().chain(&indexes) {
        tx.batch(away)?;
    }
    Ok(indexes.into_iter().chain(references).map(|(_, back)| back).collect())
}

fn types(postgres: &mut Conn, table: &str) -> Result<BTreeMap<String, Type>> {
    let rows = postgres.all::<(String, String, String)>(
        "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT), CAST(is_identity AS TEXT)
         FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1",
        args![table],
    )?;
    let described = |(column, name, counts)| (column, Type { name, counts_by_itself: counts == "YES" });
    Ok(rows.into_iter().map(described).collect())
}

/// What SQLite holds in PostgreSQL's types.
fn fit(row: &mut Cells, table: &Table) -> Result<()> {
    for (cell, column) in row.0.iter_mut().zip(&table.columns) {
        let missing = || Error::Schema(format!("the database has no column {column}"));
        let Type { name, .. } = table.types.get(column).ok_or_else(missing)?;
        let unfit = || Error::Schema(format!("what {column} holds is no {name}"));
        let fitted = match (name.as_str(), &*cell) {
            ("uuid", Val::Bytes(bytes)) => Val::Uuid(Uuid::from_slice(bytes).map_err(|_| unfit())?),
            ("timestamp with time zone", Val::Int(micros)) => Val::Time(Timestamp::from_micros(*micros)),
            ("boolean", Val::Int(value)) => Val::Bool(*value != 0),
            ("double precision", Val::Int(value)) => Val::Float(*value as f64),
            ("jsonb", Val::Text(text)) => {
                let json: Json = serde_json::from_str(text).map_err(|_| unfit())?;
                Val::Json(borrow::Cow::Owned(json))
            }
            _ => continue,
        };
        *cell = fitted;
    }
    Ok(())
}

/// A column that counts by itself goes on after what was put into it.
fn go_on_counting(tx: &mut Tx, table: &Table) -> Result<()> {
    for column in table.types.iter().filter(|(_, column)| column.counts_by_itself).map(|(name, _)| name) {
        let next = format!(
            "SELECT setval(pg_get_serial_sequence($1, $2), COALESCE((SELECT max(\"{column}\") FROM \"{}\"), 0) + 1, false)",
            table.name
        );
        tx.all::<i64>(&next, args![table.name, column])?;
    }
    Ok(())
}
