//! Migrations: forward only, checksummed, each in the same transaction under a lock.

use sha2::{Digest, Sha256};

use super::{Conn, Dialect, Error, Result, Tx};

/// One step of the schema. Its text is PostgreSQL's; on SQLite the types are mapped and every table is STRICT.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Like `0001_start`: sorts by its number.
    pub name: &'static str,
    pub sql: &'static str,
}

/// Any number will do, so long as every process takes the same.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7237880)";

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)";

pub(super) fn run(tx: &mut Tx, migrations: &[Migration]) -> Result<()> {
    tx.take_time()?;
    if tx.dialect() == Dialect::Postgres {
        tx.batch(POSTGRES_LOCK)?;
    }
    if !has_table(tx, "schema_migrations")? && table_count(tx)? > 0 {
        return Err(Error::Schema(
            "this database has tables that aren't Repruv's: give Repruv its own database".into(),
        ));
    }
    tx.batch(HISTORY)?;
    let applied = check(tx, migrations)?;
    for migration in &migrations[applied..] {
        let sql = only_for(tx.dialect(), migration.sql);
        let sql = match tx.dialect() {
            Dialect::Postgres => sql.replace("SEQUENCE_KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            Dialect::Sqlite => for_sqlite(&sql),
        };
        tx.batch(&sql).map_err(|error| Error::Schema(format!("migration {}: {error}", migration.name)))?;
        tx.exec(
            "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
            crate::args![migration.name, checksum(migration)],
        )?;
    }
    Ok(())
}

pub(super) fn is_current(conn: &mut Conn, migrations: &[Migration]) -> Result<bool> {
    Ok(has_table(conn, "schema_migrations")? && check(conn, migrations)? == migrations.len())
}

/// Whether all of ours are applied; a newer release may have added its own.
pub(super) fn is_sufficient(conn: &mut Conn, migrations: &[Migration]) -> Result<bool> {
    if !has_table(conn, "schema_migrations")? {
        return Ok(false);
    }
    let applied = history(conn)?;
    Ok(migrations.iter().all(|ours| applied.contains(&(ours.name.to_owned(), checksum(ours)))))
}

/// Refuses a database that is not ours, or newer.
pub(super) fn examine(conn: &mut Conn, migrations: &[Migration]) -> Result<()> {
    if !has_table(conn, "schema_migrations")? {
        return Err(Error::Schema("this isn't a Repruv database".into()));
    }
    check(conn, migrations).map(|_| ())
}

/// How many are applied; an error when the history is not a beginning of ours.
fn check(conn: &mut Conn, migrations: &[Migration]) -> Result<usize> {
    let history = history(conn)?;
    for (index, (name, applied)) in history.iter().enumerate() {
        match migrations.get(index) {
            Some(ours) if ours.name == name && checksum(ours) == *applied => {}
            Some(ours) if ours.name == name => {
                return Err(Error::Schema(format!(
                    "migration {name} changed after it ran here: use the release that created this database"
                )));
            }
            _ => {
                return Err(Error::Schema(format!(
                    "this database was created by a newer Repruv (it has migration {name}): use that release, or restore an earlier backup"
                )));
            }
        }
    }
    Ok(history.len())
}

/// Names and checksums, in order.
fn history(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    conn.all("SELECT name, checksum FROM schema_migrations ORDER BY name", &[])
}

fn checksum(migration: &Migration) -> String {
    let hash = Sha256::digest(migration.sql.as_bytes());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn has_table(conn: &mut Conn, name: &str) -> Result<bool> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        Dialect::Postgres => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
        }
    };
    Ok(conn.one::<i64>(sql, crate::args![name])? > 0)
}

fn table_count(conn: &mut Conn) -> Result<i64> {
    conn.one(
        match conn.dialect() {
            Dialect::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            Dialect::Postgres => "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()",
        },
        &[],
    )
}

/// Without what stands between `-- only` the other database and the next such line, or `-- both`.
fn only_for(dialect: Dialect, sql: &str) -> String {
    let mut is_ours = true;
    let ours = sql.lines().filter(|line| {
        match line.trim() {
            "-- only sqlite" => is_ours = dialect == Dialect::Sqlite,
            "-- only postgres" => is_ours = dialect == Dialect::Postgres,
            "-- both" => is_ours = true,
            _ => {}
        }
        is_ours
    });
    ours.collect::<Vec<_>>().join("\n")
}

/// The same text in SQLite's words: types by word, each table STRICT.
fn for_sqlite(sql: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("SEQUENCE_KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        ("DOUBLE PRECISION", "REAL"),
        (" UUID", " BLOB"),
        (" BYTEA", " BLOB"),
        (" TIMESTAMPTZ", " INTEGER"),
        (" JSONB", " TEXT"),
        (" BOOLEAN", " INTEGER"),
        (" BIGINT", " INTEGER"),
    ];
    let without_comments =
        sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let mapped = WORDS.iter().fold(without_comments, |text, (from, to)| text.replace(from, to));
    mapped.replace("\n);", "\n) STRICT;")
}
