//! Copies of a whole database: a SQLite file with everything of one moment, whichever database it comes from and goes to.
//!
//! The schema is the same on both, so a copy is its tables row by row; types are translated where the databases differ.
//! The functions block, and know nothing of what the tables mean.

mod bulk_load;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::driver::Driver;
use super::row::Source;
use super::{AsVal as _, Cell, Column, Conn, Dialect, Error, FromRow, Json, Migration, Mismatch, Result, Row, Tx, Val};
use super::{migrate, sqlite};
use crate::args;
use crate::clock::Timestamp;
pub use bulk_load::bulk_load;

/// Rows that are held in memory at one time.
const BATCH: usize = 500;
/// Places in one statement for PostgreSQL, which takes 65,535.
const PLACES: usize = 20_000;

/// Writes everything of one moment into `file`, which must not exist yet. Works beside the process that has the database
/// open, and holds nobody up: it reads a snapshot.
///
/// The copy is whole when this returns, but durable only after an fsync of it and its directory.
pub fn vacuum_into(database: &Path, file: &Path) -> Result<()> {
    let failed = |error| Error::Sqlite { error, sql: "VACUUM INTO".to_owned() };
    let connection = open(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let target = file.to_str().ok_or_else(|| unavailable(file, "its name is no UTF-8"))?;
    connection.execute("VACUUM INTO ?1", [target]).map_err(failed)?;
    Ok(())
}

/// The file itself, by whatever links it is named.
pub fn resolve(database: &Path) -> Result<PathBuf> {
    sqlite::resolve(database)
}

/// Takes the lock that a process holds while it has a resolved database open, until the file is dropped.
pub fn lock(database: &Path) -> Result<File> {
    sqlite::take_lock(database)
}

/// Writes everything that `conn` sees into `file`, a database of the same schema without rows; but not what is in the tables
/// `except`, which each database has in its own way and can make anew.
pub fn dump(conn: &mut Conn, file: &Path, except: &[&str]) -> Result<()> {
    conn.take_time()?;
    let mut to = Tx::new(Driver::Sqlite(open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?));
    to.batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN IMMEDIATE")?;
    for table in tables(&mut to)?.into_iter().filter(|table| !except.contains(&table.as_str())) {
        let columns = columns(&mut to, &table)?;
        let cursor = format!("copy_{table}");
        let list = quoted(&columns);
        conn.all::<i64>(&format!("DECLARE {cursor} NO SCROLL CURSOR FOR SELECT {list} FROM \"{table}\""), args![])?;
        loop {
            let rows = conn.all::<Cells>(&format!("FETCH {BATCH} FROM {cursor}"), args![])?;
            if rows.is_empty() {
                break;
            }
            insert(&mut to, &table, &columns, &rows)?;
        }
    }
    to.batch("COMMIT")
}

/// Whether `file` is whole, and of these `migrations` or a beginning of them.
pub fn examine(file: &Path, migrations: &[Migration]) -> Result<()> {
    let mut conn = Tx::new(Driver::Sqlite(open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?));
    let faults = conn
        .all::<String>("PRAGMA integrity_check(5)", args![])
        .map_err(|_| unavailable(file, "it is no database that can be read"))?;
    if faults != ["ok"] {
        return Err(unavailable(file, &format!("it is damaged: {}", faults.join("; "))));
    }
    if let Some(table) = conn.opt::<String>("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", args![])? {
        return Err(unavailable(file, &format!("rows of {table} belong to rows that are not there")));
    }
    migrate::examine(&mut conn, migrations)
}

/// Brings all of a database that nobody has open into its one file: no write-ahead log is left beside it.
pub fn settle(file: &Path) -> Result<()> {
    let mut tx = Tx::new(Driver::Sqlite(open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?));
    let mode = tx.one::<String>("PRAGMA journal_mode = DELETE", args![])?;
    match mode.as_str() {
        "delete" => Ok(()),
        _ => Err(unavailable(file, "another process has it open")),
    }
}

fn open(file: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| unavailable(file, &error.to_string()))?;
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(|error| unavailable(file, &error.to_string()))?;
    Ok(connection)
}

fn unavailable(file: &Path, why: &str) -> Error {
    Error::Unavailable(format!("{}: {why}", file.display()))
}

/// Those that others refer to first. The history of the schema is the schema's own.
fn tables(sqlite: &mut Conn) -> Result<Vec<String>> {
    let mut waiting = sqlite.all::<String>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migrations'
            AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table') ORDER BY name",
        args![],
    )?;
    let mut needs = BTreeMap::new();
    for table in &waiting {
        let known = "SELECT \"table\" FROM pragma_foreign_key_list($1) WHERE \"table\" <> $1";
        needs.insert(table.clone(), sqlite.all::<String>(known, args![table])?);
    }
    let mut sorted = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let (free, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|table| needs[table].iter().all(|need| sorted.contains(need)));
        if free.is_empty() {
            return Err(Error::Schema(format!("tables refer to each other in a circle: {}", others.join(", "))));
        }
        sorted.extend(free);
        waiting = others;
    }
    Ok(sorted)
}

fn columns(sqlite: &mut Conn, table: &str) -> Result<Vec<String>> {
    sqlite.all("SELECT name FROM pragma_table_info($1) ORDER BY cid", args![table])
}

fn insert(tx: &mut Tx, table: &str, columns: &[String], rows: &[Cells]) -> Result<()> {
    let own_numbers = if tx.dialect() == Dialect::Postgres { "OVERRIDING SYSTEM VALUE " } else { "" };
    let together = match tx.dialect() {
        // There is no way to save, and SQLite looks for each place among all of its statement.
        Dialect::Sqlite => 1,
        Dialect::Postgres => (PLACES / columns.len().max(1)).max(1),
    };
    for chunk in rows.chunks(together) {
        let mut place = 0;
        let lists = chunk.iter().map(|row| {
            let places = row.0.iter().map(|_| {
                place += 1;
                format!("${place}")
            });
            format!("({})", places.collect::<Vec<_>>().join(", "))
        });
        let lists = lists.collect::<Vec<_>>().join(", ");
        let values = chunk.iter().flat_map(|row| row.0.iter().map(|cell| cell.as_val())).collect::<Vec<_>>();
        tx.exec(&format!("INSERT INTO \"{table}\" ({}) {own_numbers}VALUES {lists}", quoted(columns)), &values)?;
    }
    Ok(())
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// A row of any table.
struct Cells(Vec<Val<'static>>);

impl FromRow for Cells {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let count = match &row.0 {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        };
        (0..count).map(|index| row.get::<Any>(index).map(|any| any.0)).collect::<Result<_>>().map(Cells)
    }
}

struct Any(Val<'static>);

impl Column for Any {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        let value = match cell {
            _ if cell.is_null() => Val::Null,
            Cell::Sqlite(ValueRef::Integer(value)) => Val::Int(*value),
            Cell::Sqlite(ValueRef::Real(value)) => Val::Float(*value),
            Cell::Sqlite(ValueRef::Blob(bytes)) => Val::Bytes(bytes.to_vec().into()),
            Cell::Sqlite(_) => Val::Text(String::read(cell)?.into()),
            Cell::Postgres(Type::BOOL, _) => Val::Bool(bool::read(cell)?),
            Cell::Postgres(Type::INT2 | Type::INT4 | Type::INT8, _) => Val::Int(i64::read(cell)?),
            Cell::Postgres(Type::FLOAT8, _) => Val::Float(f64::read(cell)?),
            Cell::Postgres(Type::BYTEA, _) => Val::Bytes(Vec::<u8>::read(cell)?.into()),
            Cell::Postgres(Type::UUID, _) => Val::Uuid(Uuid::read(cell)?),
            Cell::Postgres(Type::TIMESTAMPTZ, _) => Val::Time(Timestamp::read(cell)?),
            Cell::Postgres(Type::JSON | Type::JSONB, _) => Val::Json(std::borrow::Cow::Owned(Json::read(cell)?)),
            Cell::Postgres(..) => Val::Text(String::read(cell)?.into()),
        };
        Ok(Any(value))
    }
}
